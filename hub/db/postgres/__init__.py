"""PostgreSQL, for sites that outgrow an SQLite file. Only `hub.db.database` imports it.

Belongs here: connecting, pools, pipelines, reading, writing, and the translation of SQL.
Does not: anything that SQLite needs as well (`hub.db`).
"""
