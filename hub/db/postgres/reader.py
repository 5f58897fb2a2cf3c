"""Hot reads from PostgreSQL, and notifications of commits by all processes."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncIterator, Sequence
from contextlib import AbstractContextManager, asynccontextmanager, nullcontext, suppress
from time import monotonic
from typing import Any

import asyncpg

from hub.db.failures import raise_unavailable
from hub.db.postgres.connect import UNAVAILABLE, connect
from hub.db.postgres.pool import ReaderPool
from hub.db.postgres.sql import translate
from hub.db.postgres.writer import CHANNEL, Client
from hub.errors import DatabaseError

log = logging.getLogger(__name__)
PING_SECONDS = 0.25
STALE_SECONDS = 1.0
"""Seconds after a ping for which the absence of notifications means that there was no commit."""


class CommitListener:
    """Counts the commits of all processes, as notified by PostgreSQL (LISTEN/NOTIFY).

    A notification arrives about 0.2 ms after its commit. The listener also sends pings; a reply
    comes after all earlier notifications, so a commit is missed for a second at most. Without a
    reply, each call of `count` returns a new number.
    """

    def __init__(self, url: str, own: Client) -> None:
        self._url = url
        self._own = own
        self._received = 0
        self._valid_until = 0.0
        self._connection: Any = None

    def count(self) -> int:
        """Return a number that changes with any commit, at once for own commits; 0.3 µs."""
        if monotonic() > self._valid_until:
            self._received += 1
        return self._received + self._own.commits

    async def listen(self) -> None:
        """Start to listen. Raises DatabaseError."""
        connection = await connect(self._url)
        try:
            await connection.add_listener(CHANNEL, self._on_notify)
            self._connection = connection
            await self._ping()
            self._received += 1  # there may have been commits before it listened
        except BaseException:
            connection.terminate()
            raise

    async def run(self) -> None:
        """Send pings until cancelled; a lost connection is opened again."""
        try:
            while True:
                await asyncio.sleep(PING_SECONDS)
                try:
                    await self._ping()
                except (*UNAVAILABLE, asyncpg.PostgresError) as error:
                    log.warning(
                        "No commit notifications from PostgreSQL: %s", str(error) or "timeout"
                    )
                    self._connection.terminate()
                    await self._reconnect()
        finally:
            self._connection.terminate()

    async def _reconnect(self) -> None:
        while True:
            with suppress(DatabaseError, *UNAVAILABLE, asyncpg.PostgresError):
                await self.listen()
                log.warning("Commit notifications from PostgreSQL are back")
                return
            await asyncio.sleep(PING_SECONDS)

    async def _ping(self) -> None:
        sent_at = monotonic()
        await self._connection.fetchval("SELECT 1", timeout=STALE_SECONDS)
        self._valid_until = sent_at + STALE_SECONDS

    def _on_notify(self, _: object, __: int, ___: str, writers: str) -> None:
        if writers != self._own.name:  # own commits are counted already
            self._received += 1


class PostgresReader:
    """See `hub.db.database.Reader`."""

    immediate = False
    unnests = True

    def __init__(self, pool: ReaderPool, commits: CommitListener) -> None:
        self.statements = 0
        self._pool = pool
        self._commits = commits

    @property
    def batches(self) -> int:
        """The number of batches sent to PostgreSQL, for tests."""
        return self._pool.batches

    async def rows(self, sql: str, args: Sequence[object] = ()) -> list[tuple[Any, ...]]:
        """See `Reader.rows`. The statement is sent again if the connection is lost."""
        self.statements += 1
        try:
            return await self._pool.submit(*translate(sql, args))
        except Exception as error:
            raise_unavailable(error)
            raise

    def snapshot(self) -> AbstractContextManager[object]:
        """See `Reader.snapshot`: here each statement sees its own snapshot."""
        return nullcontext()

    def stamp(self) -> int:
        """See `Reader.stamp`; 0.3 µs."""
        return self._commits.count()

    def close(self) -> None:
        """See `Reader.close`."""
        self._pool.close()


@asynccontextmanager
async def open_reader(url: str, max_size: int, own: Client) -> AsyncIterator[PostgresReader]:
    """Open a reader with at most `max_size` connections, whose stamp changes with `own` commits.

    Raises:
        DatabaseError: PostgreSQL refuses the connection.
    """
    commits = CommitListener(url, own)
    reader = PostgresReader(ReaderPool(url, max_size), commits)
    try:
        await reader.rows("SELECT 1")
        await commits.listen()
        following = asyncio.create_task(commits.run())
        try:
            yield reader
        finally:
            following.cancel()
            await asyncio.gather(following, return_exceptions=True)
    finally:
        reader.close()
