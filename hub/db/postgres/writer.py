"""Tortoise's PostgreSQL backend, with serialised write transactions.

Named as `engine` in the connection's configuration. A transaction acquires a lock when it begins,
like `BEGIN IMMEDIATE` on SQLite: one writer at a time, in all processes. So no row that a service
has read changes until it commits, and lines of the change feed become visible in the order of
their numbers. See docs/adr/0010-one-writer-at-a-time.md.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterable
from contextlib import asynccontextmanager, suppress
from secrets import token_hex
from typing import Any

import asyncpg
from tortoise.backends.asyncpg.client import AsyncpgDBClient, TransactionWrapper
from tortoise.backends.base.client import (
    TransactionalDBClient,
    TransactionContext,
    TransactionContextPooled,
)
from tortoise.connection import get_connections
from tortoise.exceptions import TransactionManagementError
from typing_extensions import override

from hub.db.postgres.connect import CONNECTION_LOST, connect, open_pool, translate_errors
from hub.db.writer import WriterClient
from hub.errors import DatabaseError

WRITER_LOCK, MIGRATION_LOCK = 0x687562_0001, 0x687562_0002
"""Keys of the advisory locks of writers, and of processes that migrate at their start."""

CHANNEL = "hub_commits"
MAX_CONNECTIONS = 4
_LOCK_AND_NOTIFY = f"SELECT pg_advisory_xact_lock({WRITER_LOCK}), pg_notify('{CHANNEL}', $1)"


class SerialTransaction(TransactionWrapper):
    """A transaction that acquires the writer lock first, and sends a notification on commit."""

    _parent: Client

    @override
    async def begin(self) -> None:
        await super().begin()
        try:
            await self._connection.execute(_LOCK_AND_NOTIFY, self._parent.name)
        except asyncpg.LockNotAvailableError as error:
            raise TransactionManagementError("the database is busy; try again") from error

    @override
    async def commit(self) -> None:
        try:
            await super().commit()
        finally:  # also if disconnected, when it is unknown whether it was committed
            self._parent.commits += 1


class _RetryingBegin(TransactionContextPooled):
    """Begins a transaction, on a second connection if the first one is lost.

    A connection on which this fails is returned to the pool.
    """

    @override
    async def __aenter__(self) -> TransactionalDBClient:
        await self.ensure_connection()
        try:
            await self._begin()
        except CONNECTION_LOST:
            await self._begin()  # no statement of the transaction has run yet
        self.token = get_connections().set(self.connection_name, self.client)
        return self.client

    async def _begin(self) -> None:
        client: Any = self.client
        client._connection = await client._parent._pool.acquire()
        try:
            await client.begin()
        except BaseException:
            with suppress(Exception):
                await client.rollback()
            await client._parent._pool.release(client._connection)
            raise


class Client(WriterClient, AsyncpgDBClient):
    """The connections of a process's writers; hot reads have connections of their own."""

    def __init__(self, **options: Any) -> None:
        super().__init__(**options)
        self.url: str = self.extra.pop("url").get_secret_value()
        self._seconds: float | None = self.extra.pop("seconds")
        self.name = token_hex(8)
        """Identifies the writers of this process in notifications."""
        self.commits = 0
        """The number of committed transactions."""

    @override
    async def create_pool(self, **_: Any) -> Any:
        return await open_pool(self.url, MAX_CONNECTIONS, self._seconds)

    @override
    def _in_transaction(self) -> TransactionContext:
        return _RetryingBegin(SerialTransaction(self), self._pool_init_lock)


client_class = Client


@asynccontextmanager
async def migration_lock(url: str) -> AsyncIterator[None]:
    """Hold the migration lock, which PostgreSQL releases when the connection ends.

    Raises:
        DatabaseError: the database cannot be used, or its encoding is not UTF-8.
    """
    connection = await connect(url, lock_timeout="0")
    try:
        encoding = await connection.fetchval("SHOW server_encoding")
        if encoding != "UTF8":
            raise DatabaseError(
                f"The database's encoding is {encoding}; the hub needs one that was created with"
                " ENCODING 'UTF8' (and perhaps TEMPLATE template0)."
            )
        async with translate_errors(url):
            await connection.execute(f"SELECT pg_advisory_lock({MIGRATION_LOCK})")
        yield
    finally:
        await connection.close()


async def set_c_collation(client: Any, tables: Iterable[str]) -> None:
    """Set the collation of these tables' text columns to "C", which sorts as SQLite does.

    One statement if all columns have it already.
    """
    _, columns = await client.execute_query(
        "SELECT c.relname, a.attname, format_type(a.atttypid, a.atttypmod) FROM pg_attribute a"
        " JOIN pg_class c ON c.oid = a.attrelid JOIN pg_collation o ON o.oid = a.attcollation"
        " WHERE c.relnamespace = current_schema()::regnamespace AND c.relname = ANY($1)"
        " AND c.relkind = 'r' AND a.attnum > 0 AND o.collname <> 'C' ORDER BY c.relname",
        [list(tables)],
    )
    by_table: dict[str, list[str]] = {}
    for table, column, type_ in columns:
        by_table.setdefault(table, []).append(f'ALTER "{column}" TYPE {type_} COLLATE "C"')
    for table, changes in by_table.items():
        await client.execute_query(f'ALTER TABLE "{table}" {", ".join(changes)}')
