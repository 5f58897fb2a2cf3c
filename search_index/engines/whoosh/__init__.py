"""The default engine: Whoosh, embedded, in a folder on disk; no service, no set-up.

Whoosh keeps the durable truth: schema, writers, segments, deletions, stored text, commits. Its
postings are written as arrays (`codec`, `arrays`), and queries are answered from these by numpy
instead of posting by posting. From the disk upwards:

| module | concept |
|---|---|
| `files` `generations` | flushed and checked files; the live generation, locks, sweeping |
| `analysis` `schema` | text to terms; documents to fields |
| `arrays` `codec` `writing` | postings, Whoosh's codec over them, batches and merges |
| `segment` `snapshot` | a segment in memory; a commit, and what of it a viewer sees |
| `parsing` `understanding` `spelling` | what was typed; what it means here; what was meant |
| `matching` `scoring` | which documents, how well |
| `facets` `paging` `highlights` `searching` | the parts of an answer, and the whole |
| `similarity` | documents that use similar words |
| `engine` | the contract, for asynchronous callers |
"""

from search_index.engines.whoosh.engine import WhooshEngine

__all__ = ["WhooshEngine"]
