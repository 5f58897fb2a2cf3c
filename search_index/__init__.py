"""Full-text search: documents, queries and hits, and the engines that answer them.

Knows nothing of GraphQL; only `search_index.indexer` knows the database.
"""
