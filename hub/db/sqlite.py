"""Tortoise's SQLite backend, adapted to several processes that write one file.

Named as `engine` in the connection's configuration. It differs from the stock client in two ways:
a transaction begins IMMEDIATE, so that it waits for the write lock at the start instead of failing
in the middle with "database is locked"; and it waits while the file is busy.
"""

from __future__ import annotations

import sqlite3

import aiosqlite
from tortoise.backends.base.client import TransactionContext
from tortoise.backends.sqlite.client import (
    SqliteClient,
    SqliteTransactionContext,
    SqliteTransactionWrapper,
)
from tortoise.exceptions import TransactionManagementError
from typing_extensions import override

BUSY_SECONDS = 30


class ImmediateTransaction(SqliteTransactionWrapper):
    """A transaction that takes the write lock when it begins, not with its first write."""

    @override
    async def begin(self) -> None:
        try:
            await self._connection.execute("BEGIN IMMEDIATE")
        except sqlite3.OperationalError as error:
            raise TransactionManagementError(error) from error


class Client(SqliteClient):
    """One write connection per process; hot reads have connections of their own."""

    @override
    async def create_connection(self, with_db: bool) -> None:
        if self._connection is None:
            self._connection = await aiosqlite.connect(
                self.filename, isolation_level=None, timeout=BUSY_SECONDS, cached_statements=512
            )
            self._connection._conn.row_factory = sqlite3.Row
            for pragma, value in self.pragmas.items():
                cursor = await self._connection.execute(f"PRAGMA {pragma}={value}")
                await cursor.close()

    @override
    def _in_transaction(self) -> TransactionContext:
        return SqliteTransactionContext(ImmediateTransaction(self), self._lock)


client_class = Client
