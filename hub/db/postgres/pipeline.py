"""A connection to PostgreSQL that is asked several statements at once.

asyncpg sends a statement when the one before it is answered, and each costs system calls, a turn
of the event loop and more Python than its rows: 40 to 60 µs. libpq can send what there is and
then read (its pipeline mode); through `psycopg.pq` a statement more costs some 15 µs. See
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
    refusals_told,
)
from hub.db.postgres.sql import written

Row = tuple[Any, ...]
TRIES = 3
"""How often a statement is asked whose connection is lost each time."""

PREPARED = 512
"""Statements that a connection knows at most."""

_ANEW = (
    psycopg.errors.FeatureNotSupported,  # "cached plan must not change result type"
    psycopg.errors.InvalidSqlStatementName,  # somebody else has deallocated it
    psycopg.errors.AdminShutdown,
    psycopg.errors.CrashShutdown,
)
"""The statement is not to blame, and may be answered the next time."""

_ROWS, _DONE = int(ExecStatus.TUPLES_OK), int(ExecStatus.COMMAND_OK)
_OK = int(ConnStatus.OK)
_SYNC, _PASSED_OVER = int(ExecStatus.PIPELINE_SYNC), int(ExecStatus.PIPELINE_ABORTED)
_ADAPTERS = AdaptersMap(psycopg.adapters)
for _type in ("timestamptz", "json", "jsonb"):  # as the database writes them
    _ADAPTERS.register_loader(_type, TextLoader)


class Asked:
    """A statement with its arguments as PostgreSQL reads them, and the rows to come."""

    __slots__ = ("args", "rows", "text", "tries")

    def __init__(self, text: str, args: Sequence[object], rows: asyncio.Future[list[Row]]) -> None:
        self.text = text
        self.args = [written(value) for value in args]
        self.rows = rows
        self.tries = 0


class Pipeline:
    """A connection that cannot write, and takes one batch of statements at a time.

    A statement that fails does so alone: those behind it, which PostgreSQL passes over then,
    are to be asked again.
    """

    def __init__(
        self,
        connection: psycopg.AsyncConnection[Any],
        seconds: float,
        ended: Callable[[Pipeline, list[Asked]], None],
    ) -> None:
        """`ended` is called after each batch, with what has to be asked again, and when lost."""
        self.is_open = True
        self._connection = connection
        self._pg = connection.pgconn
        self._socket = connection.fileno()
        self._seconds = seconds + CONNECT_SECONDS
        self._ended = ended
        self._loaded = Transformer(connection)
        self._loop = asyncio.get_running_loop()
        self._names: dict[str, bytes] = {}
        self._numbers = count()
        self._batch: list[Asked] = []
        self._due: deque[Asked | None] = deque()
        """Whose results come, in this order: of its preparation perhaps, and of itself."""
        self._heard = 0.0
        self._watch: asyncio.TimerHandle | None = None
        self._pg.nonblocking = 1
        self._pg.enter_pipeline_mode()
        self._loop.add_reader(self._socket, self._read)

    @classmethod
    async def open(
        cls, url: str, seconds: float, ended: Callable[[Pipeline, list[Asked]], None]
    ) -> Pipeline:
        """Connect; a statement may take `seconds`. Raises DatabaseError."""
        session = SESSION | READ_ONLY | {"statement_timeout": f"{seconds * 1000:.0f}"}
        async with refusals_told(url):
            connection = await psycopg.AsyncConnection.connect(
                url,
                autocommit=True,
                context=_ADAPTERS,
                client_encoding="utf8",
                connect_timeout=round(CONNECT_SECONDS),
                options=" ".join(f"-c {name}={value}" for name, value in session.items()),
            )
        return cls(connection, seconds, ended)

    def send(self, batch: list[Asked]) -> None:
        """Ask all of `batch`, in one packet; to be called when the last one has ended."""
        self._batch = batch
        try:
            for one in batch:
                name = self._names.get(one.text) or self._prepare(one)
                self._pg.send_query_prepared(name, one.args)
                self._due.append(one)
            self._pg.pipeline_sync()
            if self._pg.flush():
                self._loop.add_writer(self._socket, self._write)
        except psycopg.OperationalError as error:
            self._lose(error)
            return
        self._heard = self._loop.time()
        if self._watch is None:
            self._watch = self._loop.call_later(self._seconds, self._look)

    def close(self) -> None:
        """Let go of the connection; whoever waits for it hears that it is lost."""
        self._lose(psycopg.OperationalError("the connection is closed"))

    def _prepare(self, one: Asked) -> bytes:
        number = next(self._numbers)
        if number and number % PREPARED == 0:
            self._names.clear()
            self._pg.send_query_params(b"DEALLOCATE ALL", None)
            self._due.append(None)
        name = self._names[one.text] = b"s%d" % number
        self._pg.send_prepare(name, one.text.encode())
        self._due.append(one)
        return name

    def _write(self) -> None:
        """Send some more of what the socket did not take at once."""
        try:
            if not self._pg.flush():
                self._loop.remove_writer(self._socket)
        except psycopg.OperationalError as error:
            self._lose(error)

    def _read(self) -> None:
        self._heard = self._loop.time()
        try:
            self._pg.consume_input()
            while self._batch and not self._pg.is_busy():
                result = self._pg.get_result()
                if result is not None:
                    self._take(result)
                elif self._pg.status != _OK:  # else it stands between two statements
                    raise psycopg.OperationalError("PostgreSQL answers what cannot be understood")
        except psycopg.OperationalError as error:
            self._lose(error)

    def _take(self, result: Any) -> None:
        status = result.status
        if status == _SYNC:
            self._end()
            return
        one = self._due.popleft()
        if one is None or status == _DONE:
            return
        if status == _ROWS:
            self._loaded.set_pgresult(result)
            if not one.rows.done():  # its caller has gone
                one.rows.set_result(self._loaded.load_rows(0, result.ntuples, tuple))
            return
        self._names.pop(one.text, None)
        if status != _PASSED_OVER:
            error = psycopg.errors.error_from_result(result)
            _refuse(one, error, again=isinstance(error, _ANEW))

    def _look(self) -> None:
        """Give up a PostgreSQL that owes an answer and says nothing: it should end what is slow."""
        self._watch = None
        if self._batch:
            left = self._heard + self._seconds - self._loop.time()
            if left <= 0:
                self._lose(TimeoutError("PostgreSQL does not answer"))
            else:
                self._watch = self._loop.call_later(left, self._look)

    def _end(self) -> None:
        batch, self._batch = self._batch, []
        self._ended(self, [one for one in batch if not one.rows.done()])

    def _lose(self, error: Exception) -> None:
        if self.is_open:
            self.is_open = False
            self._loop.remove_reader(self._socket)
            self._loop.remove_writer(self._socket)
            if self._watch is not None:
                self._watch.cancel()
            self._pg.finish()
            for one in self._batch:
                _refuse(one, error, again=not isinstance(error, TimeoutError))
            self._end()


def _refuse(one: Asked, error: Exception, *, again: bool) -> None:
    """Leave it to be asked `again`, or tell whoever waits for it."""
    one.tries += 1
    if not one.rows.done() and not (again and one.tries < TRIES):
        one.rows.set_exception(error)
