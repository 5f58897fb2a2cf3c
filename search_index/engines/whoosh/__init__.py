"""The default engine: Whoosh, embedded, in a folder on disk; no service, no set-up.

Whoosh manages what is on disk: schema, writers, segments, deletions, stored text, commits. Postings
are written as arrays (`index.codec`, `index.postings`), and queries are executed on these with
numpy instead of posting by posting. From the disk upwards:

| module | concept |
|---|---|
| `index.directory` `index.generations` | durable, checked files; the live generation, locks |
| `index.schema` `index.postings` `index.codec` | documents to fields; postings; Whoosh's codec |
| `index.writer` `index.bulk_writer` | batches and merges; builds in several processes |
| `index.segment_reader` `index.searcher` | a segment in memory; a commit and its index views |
| `query.vocabulary` `query.spellchecker` | what rewriting asks: words, prefixes, corrections |
| `query.matching` `query.bm25` | matching documents, and their scores |
| `query.filters` `query.facets` `query.collector` | the parts of a page of hits |
| `query.execute` | a query from its text to a page of hits |
| `more_like_this` `suggester` | similar documents; suggestions while typing |
| `engine` | the contract, for asynchronous callers |
"""

from search_index.engines.whoosh.engine import WhooshEngine

__all__ = ["WhooshEngine"]
