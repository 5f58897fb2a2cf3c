"""Connections for hot reads: statements of one event-loop iteration are sent together."""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Sequence

from hub.db.postgres.connect import STATEMENT_SECONDS
from hub.db.postgres.pipeline import Pipeline, Row, Statement
from hub.errors import DatabaseError

BATCH = 8
"""Maximum number of statements in a batch: they are executed one after the other."""


class ReaderPool:
    """A pool of at most `max_size` read-only connections, opened on demand.

    Statements are queued until the end of the event-loop iteration in which they are submitted,
    and sent in batches, each by a connection of its own. While none is idle, they stay queued.
    """

    def __init__(self, url: str, max_size: int, seconds: float = STATEMENT_SECONDS) -> None:
        """Set up the pool; a statement that takes longer than `seconds` fails, and only it."""
        self._url = url
        self._max_size = max_size
        self._seconds = seconds
        self._loop = asyncio.get_running_loop()
        self._queue: deque[Statement] = deque()
        self._open: set[Pipeline] = set()
        self._idle: list[Pipeline] = []
        self._opening: set[asyncio.Task[None]] = set()
        self._is_closed = False
        self.batches = 0
        """The number of batches sent, for tests."""

    def submit(self, text: str, args: Sequence[object]) -> asyncio.Future[list[Row]]:
        """Queue a statement, and return a future of its rows; if cancelled in time, it is not sent.

        Raises:
            DatabaseError: the pool is closed; through the future: PostgreSQL is unavailable.
        """
        if self._is_closed:
            raise DatabaseError("The connections to PostgreSQL are closed.")
        statement = Statement(text, args, self._loop.create_future())
        if not self._queue:
            self._loop.call_soon(self._send)
        self._queue.append(statement)
        return statement.rows

    def close(self) -> None:
        """Close all connections; waiting statements fail, and no further ones are accepted."""
        self._is_closed = True
        for task in self._opening:
            task.cancel()
        for pipeline in list(self._open):
            pipeline.close()
        self._fail(DatabaseError("The connections to PostgreSQL are closed."))

    def _send(self) -> None:
        while self._queue and self._idle:
            batch = [self._queue.popleft() for _ in range(min(BATCH, len(self._queue)))]
            pending = [statement for statement in batch if not statement.rows.done()]
            if pending:
                self.batches += 1
                self._idle.pop().send(pending)
        if self._queue and len(self._open) + len(self._opening) < self._max_size:
            task = self._loop.create_task(self._add())
            self._opening.add(task)
            task.add_done_callback(self._opening.discard)

    async def _add(self) -> None:
        try:
            pipeline = await Pipeline.open(self._url, self._seconds, self._on_batch_end)
        except DatabaseError as error:
            if not self._open:
                self._fail(error)
            return
        if self._is_closed:
            pipeline.close()
            return
        self._open.add(pipeline)
        self._idle.append(pipeline)
        self._send()

    def _on_batch_end(self, pipeline: Pipeline, retries: list[Statement]) -> None:
        """Take a connection back, and queue its statements that have to be sent again."""
        if pipeline.is_open:
            self._idle.append(pipeline)
        else:
            self._drop(pipeline)
        self._queue.extendleft(reversed(retries))
        if self._queue:
            self._loop.call_soon(self._send)

    def _drop(self, pipeline: Pipeline) -> None:
        """Drop a lost connection, and all idle ones: a restart of PostgreSQL closes all of them."""
        self._open.discard(pipeline)
        idle, self._idle = self._idle, []
        for other in idle:
            if other is not pipeline:
                other.close()

    def _fail(self, error: DatabaseError) -> None:
        while self._queue:
            statement = self._queue.popleft()
            if not statement.rows.done():
                statement.rows.set_exception(error)
