"""PostgreSQL, for sites that outgrow one process's SQLite file. `hub.db.database` is its only user.

Belongs here: connecting, pools, pipelines, reading, writing, and the translation of SQL.
Does not: anything that SQLite has as well (`hub.db`).
"""
