"""A connection to PostgreSQL that sends several statements at once.

asyncpg sends a statement after the previous one is answered; each costs system calls, an iteration
of the event loop and more Python than its rows: 40 to 60 µs. libpq's pipeline mode sends all
statements and then reads; through `psycopg.pq` each further statement costs about 15 µs. See
docs/adr/0013-statements-that-go-out-together.md.
"""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Callable, Sequence
from itertools import count
from typing import Any

import psycopg
from psycopg.adapt import AdaptersMap, Transformer
from psycopg.pq import ConnStatus, ExecStatus
from psycopg.types.string import TextLoader

from hub.db.postgres.connect import (
    CONNECT_SECONDS,
    READ_ONLY,
    SESSION,
    translate_errors,
)
from hub.db.postgres.sql import encode_parameter

Row = tuple[Any, ...]
MAX_TRIES = 3
"""Attempts for a statement whose connection is lost each time."""

MAX_PREPARED = 512
"""Maximum number of prepared statements of a connection."""

_RETRYABLE = (
    psycopg.errors.FeatureNotSupported,  # "cached plan must not change result type"
    psycopg.errors.InvalidSqlStatementName,  # deallocated, for example by a proxy
    psycopg.errors.AdminShutdown,
    psycopg.errors.CrashShutdown,
)
"""Errors that the statement did not cause: it may succeed when sent again."""

_ROWS, _DONE = int(ExecStatus.TUPLES_OK), int(ExecStatus.COMMAND_OK)
_OK = int(ConnStatus.OK)
_SYNC, _ABORTED = int(ExecStatus.PIPELINE_SYNC), int(ExecStatus.PIPELINE_ABORTED)
_ADAPTERS = AdaptersMap(psycopg.adapters)
for _type in ("timestamptz", "json", "jsonb"):  # returned as text, unparsed
    _ADAPTERS.register_loader(_type, TextLoader)


class Statement:
    """A statement with its arguments encoded for PostgreSQL, and a future of its rows."""

    __slots__ = ("args", "rows", "text", "tries")

    def __init__(self, text: str, args: Sequence[object], rows: asyncio.Future[list[Row]]) -> None:
        self.text = text
        self.args = [encode_parameter(value) for value in args]
        self.rows = rows
        self.tries = 0


class Pipeline:
    """A read-only connection that sends one batch of statements at a time.

    An error affects its statement only: those after it, which PostgreSQL skips then, are sent
    again.
    """

    def __init__(
        self,
        connection: psycopg.AsyncConnection[Any],
        seconds: float,
        on_batch_end: Callable[[Pipeline, list[Statement]], None],
    ) -> None:
        """Take over `connection`; `on_batch_end` gets the statements to be sent again.

        It is called after each batch, and when the connection is lost.
        """
        self.is_open = True
        self._connection = connection
        self._pg = connection.pgconn
        self._socket = connection.fileno()
        self._seconds = seconds + CONNECT_SECONDS
        self._on_batch_end = on_batch_end
        self._transformer = Transformer(connection)
        self._loop = asyncio.get_running_loop()
        self._names: dict[str, bytes] = {}
        self._numbers = count()
        self._batch: list[Statement] = []
        self._expected: deque[Statement | None] = deque()
        """Statements whose results are expected, in order; twice if it is also being prepared.

        None stands for DEALLOCATE ALL.
        """
        self._last_read = 0.0
        self._timer: asyncio.TimerHandle | None = None
        self._pg.nonblocking = 1
        self._pg.enter_pipeline_mode()
        self._loop.add_reader(self._socket, self._read)

    @classmethod
    async def open(
        cls, url: str, seconds: float, on_batch_end: Callable[[Pipeline, list[Statement]], None]
    ) -> Pipeline:
        """Connect; a statement may take `seconds`. Raises DatabaseError."""
        session = SESSION | READ_ONLY | {"statement_timeout": f"{seconds * 1000:.0f}"}
        async with translate_errors(url):
            connection = await psycopg.AsyncConnection.connect(
                url,
                autocommit=True,
                context=_ADAPTERS,
                client_encoding="utf8",
                connect_timeout=round(CONNECT_SECONDS),
                options=" ".join(f"-c {name}={value}" for name, value in session.items()),
            )
        return cls(connection, seconds, on_batch_end)

    def send(self, batch: list[Statement]) -> None:
        """Send all of `batch` in one packet; to be called when the previous batch has ended."""
        self._batch = batch
        try:
            for statement in batch:
                name = self._names.get(statement.text) or self._prepare(statement)
                self._pg.send_query_prepared(name, statement.args)
                self._expected.append(statement)
            self._pg.pipeline_sync()
            if self._pg.flush():
                self._loop.add_writer(self._socket, self._write)
        except psycopg.OperationalError as error:
            self._disconnect(error)
            return
        self._last_read = self._loop.time()
        if self._timer is None:
            self._timer = self._loop.call_later(self._seconds, self._check_timeout)

    def close(self) -> None:
        """Close the connection; statements that wait for rows fail or are sent again."""
        self._disconnect(psycopg.OperationalError("the connection is closed"))

    def _prepare(self, statement: Statement) -> bytes:
        number = next(self._numbers)
        if number and number % MAX_PREPARED == 0:
            self._names.clear()
            self._pg.send_query_params(b"DEALLOCATE ALL", None)
            self._expected.append(None)
        name = self._names[statement.text] = b"s%d" % number
        self._pg.send_prepare(name, statement.text.encode())
        self._expected.append(statement)
        return name

    def _write(self) -> None:
        """Continue to send what the socket's buffer did not accept at once."""
        try:
            if not self._pg.flush():
                self._loop.remove_writer(self._socket)
        except psycopg.OperationalError as error:
            self._disconnect(error)

    def _read(self) -> None:
        self._last_read = self._loop.time()
        try:
            self._pg.consume_input()
            while self._batch and not self._pg.is_busy():
                result = self._pg.get_result()
                if result is not None:
                    self._handle_result(result)
                elif self._pg.status != _OK:  # None otherwise separates two statements' results
                    raise psycopg.OperationalError("PostgreSQL's response cannot be parsed")
        except psycopg.OperationalError as error:
            self._disconnect(error)

    def _handle_result(self, result: Any) -> None:
        status = result.status
        if status == _SYNC:
            self._finish_batch()
            return
        statement = self._expected.popleft()
        if statement is None or status == _DONE:
            return
        if status == _ROWS:
            self._transformer.set_pgresult(result)
            if not statement.rows.done():  # done: its caller was cancelled
                statement.rows.set_result(self._transformer.load_rows(0, result.ntuples, tuple))
            return
        self._names.pop(statement.text, None)
        if status != _ABORTED:
            error = psycopg.errors.error_from_result(result)
            _fail_statement(statement, error, retry=isinstance(error, _RETRYABLE))

    def _check_timeout(self) -> None:
        """Disconnect after silence: PostgreSQL itself ends slow statements before this timeout."""
        self._timer = None
        if self._batch:
            remaining = self._last_read + self._seconds - self._loop.time()
            if remaining <= 0:
                self._disconnect(TimeoutError("PostgreSQL does not answer"))
            else:
                self._timer = self._loop.call_later(remaining, self._check_timeout)

    def _finish_batch(self) -> None:
        batch, self._batch = self._batch, []
        self._on_batch_end(self, [statement for statement in batch if not statement.rows.done()])

    def _disconnect(self, error: Exception) -> None:
        if self.is_open:
            self.is_open = False
            self._loop.remove_reader(self._socket)
            self._loop.remove_writer(self._socket)
            if self._timer is not None:
                self._timer.cancel()
            self._pg.finish()
            for statement in self._batch:
                _fail_statement(statement, error, retry=not isinstance(error, TimeoutError))
            self._finish_batch()


def _fail_statement(statement: Statement, error: Exception, *, retry: bool) -> None:
    """Count an attempt; set the exception unless the statement is to be sent again (`retry`)."""
    statement.tries += 1
    if not statement.rows.done() and not (retry and statement.tries < MAX_TRIES):
        statement.rows.set_exception(error)
