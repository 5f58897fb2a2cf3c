"""The connections of hot reads: what is asked in one turn of the event loop goes out together."""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Sequence

from hub.db.postgres.connect import STATEMENT_SECONDS
from hub.db.postgres.pipeline import Asked, Pipeline, Row
from hub.errors import DatabaseError

BATCH = 8
"""Statements of one batch at most: they are answered one after the other."""


class Connections:
    """At most `most` connections that cannot write, opened as they are needed.

    Statements wait for the end of the turn of the event loop in which they are asked, and go out
    in batches, each by a connection of its own. While none is free, they wait on.
    """

    def __init__(self, url: str, most: int, seconds: float = STATEMENT_SECONDS) -> None:
        """A statement may take `seconds`; then it fails, and it alone."""
        self._url = url
        self._most = most
        self._seconds = seconds
        self._loop = asyncio.get_running_loop()
        self._asked: deque[Asked] = deque()
        self._open: set[Pipeline] = set()
        self._free: list[Pipeline] = []
        self._opening: set[asyncio.Task[None]] = set()
        self._is_closed = False
        self.batches = 0
        """How many have gone out, for the tests' sake."""

    def ask(self, text: str, args: Sequence[object]) -> asyncio.Future[list[Row]]:
        """The rows that a statement answers with, soon; a statement that nobody awaits is left out.

        Raises:
            DatabaseError: they have been closed; told by the future: PostgreSQL is away.
        """
        if self._is_closed:
            raise DatabaseError("The connections to PostgreSQL are closed.")
        one = Asked(text, args, self._loop.create_future())
        if not self._asked:
            self._loop.call_soon(self._send)
        self._asked.append(one)
        return one.rows

    def close(self) -> None:
        """Close them all; who waits for rows is told, and none is lent any more."""
        self._is_closed = True
        for task in self._opening:
            task.cancel()
        for pipeline in list(self._open):
            pipeline.close()
        self._fail(DatabaseError("The connections to PostgreSQL are closed."))

    def _send(self) -> None:
        while self._asked and self._free:
            batch = [self._asked.popleft() for _ in range(min(BATCH, len(self._asked)))]
            wanted = [one for one in batch if not one.rows.done()]
            if wanted:
                self.batches += 1
                self._free.pop().send(wanted)
        if self._asked and len(self._open) + len(self._opening) < self._most:
            task = self._loop.create_task(self._add())
            self._opening.add(task)
            task.add_done_callback(self._opening.discard)

    async def _add(self) -> None:
        try:
            pipeline = await Pipeline.open(self._url, self._seconds, self._ended)
        except DatabaseError as error:
            if not self._open:
                self._fail(error)
            return
        if self._is_closed:
            pipeline.close()
            return
        self._open.add(pipeline)
        self._free.append(pipeline)
        self._send()

    def _ended(self, pipeline: Pipeline, again: list[Asked]) -> None:
        """Take a connection back, and what it was asked in vain."""
        if pipeline.is_open:
            self._free.append(pipeline)
        else:
            self._drop(pipeline)
        self._asked.extendleft(reversed(again))
        if self._asked:
            self._loop.call_soon(self._send)

    def _drop(self, pipeline: Pipeline) -> None:
        """Let go of what is lost, and of those that idle: a restart of PostgreSQL loses all."""
        self._open.discard(pipeline)
        idle, self._free = self._free, []
        for other in idle:
            if other is not pipeline:
                other.close()

    def _fail(self, error: DatabaseError) -> None:
        while self._asked:
            one = self._asked.popleft()
            if not one.rows.done():
                one.rows.set_exception(error)
