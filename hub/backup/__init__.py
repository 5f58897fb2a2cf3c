"""Backups of a running hub: one archive, verified, restored whole or not at all.

Belongs here: the archive, and copies of both databases. Does not: the index, which is rebuilt from
the database; the command (`scripts.commands.backup`).
"""
