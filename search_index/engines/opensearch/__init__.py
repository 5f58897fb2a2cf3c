"""OpenSearch: one index on a cluster, which any number of hosts share.

Belongs here: all that speaks to the cluster. Does not: analysis, rewriting and the formulas of
scores, which all engines share.

| module | holds |
|---|---|
| `address` `client` | where the cluster is, and requests to it: deadlines, one retry elsewhere |
| `mapping` `rows` | the fields of the indices, and a document as their rows |
| `generations` `leader` | the indices behind the names, rebuilds, and who may write |
| `facts` `vocabulary` | what a viewer's documents hold, counted by the cluster, kept by commit |
| `clauses` `scoring` `restrictions` | terms, scores and filters as queries |
| `facets` `paging` `explanation` `execute` | the parts of a page of hits |
| `more_like_this` `suggester` | similar articles, and suggestions |
"""

from search_index.engines.opensearch.engine import OpenSearchEngine, open_opensearch

__all__ = ["OpenSearchEngine", "open_opensearch"]
