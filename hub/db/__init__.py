"""Databases: connections, transactions, keyset pages, leases, for SQLite and PostgreSQL alike.

Belongs here: what knows SQL dialects and drivers, and no table in particular.
Does not: models (`hub.models`), queries of one kind of row (`hub.reads`).
"""
