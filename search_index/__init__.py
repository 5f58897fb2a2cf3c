"""Full-text search: documents, queries and hits, and the engines that search them.

Belongs here: the contract and parts of all engines; only `indexer`, `neighbours`, `suggestions`
and `tuning` read the database. Does not: GraphQL (`schema`), the rules on visibility (`hub.auth`).
"""
