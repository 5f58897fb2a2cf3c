"""Hot reads from PostgreSQL, and news of what is committed by anybody."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncIterator, Sequence
from contextlib import AbstractContextManager, asynccontextmanager, nullcontext, suppress
from time import monotonic
from typing import Any

import asyncpg

from hub.db.postgres.connect import AWAY, connect
from hub.db.postgres.pool import Connections
from hub.db.postgres.sql import translated
from hub.db.postgres.writer import CHANNEL, Client
from hub.errors import DatabaseError

log = logging.getLogger(__name__)
BEAT_SECONDS = 0.25
STALE_SECONDS = 1.0
"""For how long nothing heard means that nothing was committed."""


class Commits:
    """Counts the commits of all processes, as PostgreSQL tells of them.

    A commit is heard of some 0.2 ms after it. Whoever listens also asks for an answer, which
    comes behind all that was told before: so what was not heard of is at most a second old, and
    where the answer does not come, every look counts as news.
    """

    def __init__(self, url: str, own: Client) -> None:
        self._url = url
        self._own = own
        self._heard = 0
        self._known_until = 0.0
        self._listening: Any = None

    def count(self) -> int:
        """Differs after a commit by anybody: at once for this process's own; 0.3 µs."""
        if monotonic() > self._known_until:
            self._heard += 1
        return self._heard + self._own.commits

    async def listen(self) -> None:
        """Begin to listen. Raises DatabaseError."""
        listening = await connect(self._url)
        try:
            await listening.add_listener(CHANNEL, self._hear)
            self._listening = listening
            await self._ask()
            self._heard += 1  # whatever was committed while nobody listened
        except BaseException:
            listening.terminate()
            raise

    async def follow(self) -> None:
        """Go on listening until cancelled; a connection that is lost is opened again."""
        try:
            while True:
                await asyncio.sleep(BEAT_SECONDS)
                try:
                    await self._ask()
                except (*AWAY, asyncpg.PostgresError) as error:
                    log.warning("PostgreSQL does not tell of commits: %s", str(error) or "silence")
                    self._listening.terminate()
                    await self._listen_again()
        finally:
            self._listening.terminate()

    async def _listen_again(self) -> None:
        while True:
            with suppress(DatabaseError, *AWAY, asyncpg.PostgresError):
                await self.listen()
                log.warning("PostgreSQL tells of commits again")
                return
            await asyncio.sleep(BEAT_SECONDS)

    async def _ask(self) -> None:
        asked = monotonic()
        await self._listening.fetchval("SELECT 1", timeout=STALE_SECONDS)
        self._known_until = asked + STALE_SECONDS

    def _hear(self, _: object, __: int, ___: str, writers: str) -> None:
        if writers != self._own.name:  # whose commits are known already
            self._heard += 1


class PostgresReader:
    """See `hub.db.database.Reader`."""

    immediate = False
    unnests = True

    def __init__(self, connections: Connections, commits: Commits) -> None:
        self.statements = 0
        self._connections = connections
        self._commits = commits

    @property
    def batches(self) -> int:
        """How often PostgreSQL has been asked: what is asked at one moment counts once."""
        return self._connections.batches

    async def rows(self, sql: str, args: Sequence[object] = ()) -> list[tuple[Any, ...]]:
        """See `Reader.rows`. Asked again where the connection has been lost."""
        self.statements += 1
        return await self._connections.ask(*translated(sql, args))

    def at_one_moment(self) -> AbstractContextManager[object]:
        """See `Reader.at_one_moment`: here each statement is on its own."""
        return nullcontext()

    def stamp(self) -> int:
        """See `Reader.stamp`; 0.3 µs."""
        return self._commits.count()

    def close(self) -> None:
        """See `Reader.close`."""
        self._connections.close()


@asynccontextmanager
async def reader(url: str, most: int, own: Client) -> AsyncIterator[PostgresReader]:
    """A reader with at most `most` connections, which hears at once of what `own` commits.

    Raises:
        DatabaseError: PostgreSQL does not let it in.
    """
    commits = Commits(url, own)
    found = PostgresReader(Connections(url, most), commits)
    try:
        await found.rows("SELECT 1")
        await commits.listen()
        following = asyncio.create_task(commits.follow())
        try:
            yield found
        finally:
            following.cancel()
            await asyncio.gather(following, return_exceptions=True)
    finally:
        found.close()
