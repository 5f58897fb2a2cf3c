"""Full-text search: documents, queries and hits, and the engines that search them.

Belongs here: what any engine needs; only `indexer`, `neighbours`, `suggestions` and `tuning` read
the database. Does not: GraphQL (`schema`), the rules who may see what (`hub.auth`).
"""
