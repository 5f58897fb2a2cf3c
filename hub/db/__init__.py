"""Databases: connections, transactions, keyset pages, leases, for SQLite and PostgreSQL alike.

Belongs here: code that depends on SQL dialects and drivers, and on no particular table.
Does not: models (`hub.models`), queries of one kind of row (`hub.reads`).
"""
