"""Tortoise's PostgreSQL backend, made fit for writers who read before they write.

Named as `engine` in the connection's configuration. A transaction takes its turn when it begins,
as `BEGIN IMMEDIATE` has it on SQLite: one writer at a time, in all processes. So what a service
has read stays true until it commits, and lines of the change feed become visible in the order of
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

from hub.db.postgres.connect import LOST, connect, pool, refusals_told
from hub.errors import DatabaseError

WRITERS, MIGRATIONS = 0x687562_0001, 0x687562_0002
"""The advisory locks of a database on which writers, and processes that start, wait."""

CHANNEL = "hub_commits"
MOST_CONNECTIONS = 4
_TURN = f"SELECT pg_advisory_xact_lock({WRITERS}), pg_notify('{CHANNEL}', $1)"


class SerialTransaction(TransactionWrapper):
    """A transaction that waits for its turn when it begins, and tells of itself when it commits."""

    _parent: Client

    @override
    async def begin(self) -> None:
        await super().begin()
        try:
            await self._connection.execute(_TURN, self._parent.name)
        except asyncpg.LockNotAvailableError as error:
            raise TransactionManagementError("the database is busy; try again") from error

    @override
    async def commit(self) -> None:
        try:
            await super().commit()
        finally:  # who was cut off meanwhile does not know whether it is committed
            self._parent.commits += 1


class _Begun(TransactionContextPooled):
    """Begins on a connection that works; one that does not begin is given back to the pool."""

    @override
    async def __aenter__(self) -> TransactionalDBClient:
        await self.ensure_connection()
        try:
            await self._begin()
        except LOST:
            await self._begin()  # nothing has been done yet, so it can be done again
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


class Client(AsyncpgDBClient):
    """The connections of a process's writers; hot reads have connections of their own."""

    def __init__(self, **given: Any) -> None:
        super().__init__(**given)
        self._url: str = self.extra.pop("url").get_secret_value()
        self._seconds: float | None = self.extra.pop("seconds")
        self.name = token_hex(8)
        """Tells these writers from those of other processes."""
        self.commits = 0
        """How many transactions have been committed."""

    @override
    async def create_pool(self, **_: Any) -> Any:
        return await pool(self._url, MOST_CONNECTIONS, self._seconds)

    @override
    def _in_transaction(self) -> TransactionContext:
        return _Begun(SerialTransaction(self), self._pool_init_lock)


client_class = Client


@asynccontextmanager
async def taking_turns(url: str) -> AsyncIterator[None]:
    """Hold the lock of those who migrate, which ends with the connection, however that ends.

    Raises:
        DatabaseError: the database cannot be used, or holds text as anything but UTF-8.
    """
    connection = await connect(url, lock_timeout="0")
    try:
        encoding = await connection.fetchval("SHOW server_encoding")
        if encoding != "UTF8":
            raise DatabaseError(
                f"The database holds text as {encoding}; the hub needs one that was made with"
                " ENCODING 'UTF8' (and perhaps TEMPLATE template0)."
            )
        async with refusals_told(url):
            await connection.execute(f"SELECT pg_advisory_lock({MIGRATIONS})")
        yield
    finally:
        await connection.close()


async def compare_by_code_point(client: Any, tables: Iterable[str]) -> None:
    """Let text in these tables sort and compare as on SQLite, whatever the database's locale.

    One statement where all of it does already.
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
