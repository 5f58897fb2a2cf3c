"""PostgreSQL, for sites that outgrow one process's SQLite file.

`opening` connects, `writing` is Tortoise's way in, `reading` answers hot reads and hears of
commits; it asks by `connections`, each a `pipeline`. `statements` turns the hub's SQL into
PostgreSQL's. `hub.database` is their only user.
"""
