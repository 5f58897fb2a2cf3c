"""Tortoise's SQLite backend, adapted to several processes that write one file.

Named as `engine` in the connection's configuration. It differs from the stock client in five ways:
statements run in the calling thread, which is the writer's; a transaction begins IMMEDIATE, so that
it waits for the write lock at the start instead of failing in the middle with "database is locked";
it waits while the file is busy, in turns with other processes; a connection or a transaction that
cannot be opened releases its lock, so that the next caller does not wait without end; and a commit
that fails is rolled back.
"""

from __future__ import annotations

import asyncio
import os
import sqlite3
from collections.abc import Iterable, Iterator, Sequence
from contextlib import closing, contextmanager, suppress
from pathlib import Path
from random import uniform
from time import monotonic, sleep
from typing import Any

from tortoise.backends.base.client import (
    ConnectionWrapper,
    TransactionalDBClient,
    TransactionContext,
)
from tortoise.backends.sqlite.client import (
    SqliteClient,
    SqliteTransactionContext,
    SqliteTransactionWrapper,
)
from tortoise.connection import get_connections
from tortoise.exceptions import TransactionManagementError
from typing_extensions import override

from hub.db.writer import WriterClient
from hub.errors import DatabaseError

BUSY_SECONDS = 30.0
RETRY_SECONDS = (0.0005, 0.0015)
"""Pause before the file is tried again while another process writes. SQLite's own pauses grow to a
tenth of a second: a process that always writes would leave no other its turn."""

MAX_GAP_SECONDS = 0.002
"""Time for which the write lock is left to other processes, at most: they all try meanwhile."""

_RESTORE = "Restore it from a backup, or move it away to start with an empty database."
_FAULTS = {
    sqlite3.SQLITE_NOTADB: ("it is not an SQLite database", _RESTORE),
    sqlite3.SQLITE_CORRUPT: ("it is damaged", _RESTORE),
    sqlite3.SQLITE_FULL: ("the disk is full", "Free some space there, and try again."),
    sqlite3.SQLITE_IOERR: (
        "it cannot be read or written",
        "Check its disk, the free space there, and the limits of this process.",
    ),
    sqlite3.SQLITE_READONLY: (
        "it cannot be written",
        "Make it, its folder and its disk writable for this user.",
    ),
    sqlite3.SQLITE_BUSY: (
        f"another process has been writing for {BUSY_SECONDS:.0f} seconds",
        "Try again when it has ended.",
    ),
    sqlite3.SQLITE_CANTOPEN: (
        "it cannot be opened",
        "Make it and its folder readable and writable for this user.",
    ),
}
"""Problem and remedy by primary result code: faults of the database, not of a statement."""


class BlockingConnection:
    """A connection with the methods of aiosqlite's that Tortoise calls, without its thread.

    Each answers before it returns, in the calling thread, which waits while the file is busy.
    """

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._conn = connection
        self.busy_seconds = BUSY_SECONDS

    @property
    def in_transaction(self) -> bool:
        """Whether a transaction is open."""
        return self._conn.in_transaction

    @property
    def total_changes(self) -> int:
        """The number of rows that were changed since the connection was opened."""
        return self._conn.total_changes

    async def execute(self, sql: str, parameters: Iterable[Any] = ()) -> None:
        """Run a statement; its rows are not read."""
        self._execute(sql, parameters).close()

    async def executemany(self, sql: str, parameters: Iterable[Sequence[Any]]) -> None:
        """Run a statement for each row of parameters."""
        self._conn.executemany(sql, parameters)

    async def execute_insert(self, sql: str, parameters: Iterable[Any]) -> tuple[int]:
        """Insert a row, and return its id."""
        return (self._execute(sql, parameters).lastrowid or 0,)

    async def execute_fetchall(
        self, sql: str, parameters: Iterable[Any] | None = None
    ) -> list[sqlite3.Row]:
        """Run a statement, and return all of its rows."""
        return self._execute(sql, parameters or ()).fetchall()

    async def executescript(self, script: str) -> None:
        """Run several statements."""
        self._conn.executescript(script)

    async def commit(self) -> None:
        """Commit the open transaction, if there is one."""
        self._conn.commit()

    async def rollback(self) -> None:
        """Roll the open transaction back, if there is one."""
        self._conn.rollback()

    async def close(self) -> None:
        """Close the connection."""
        self._conn.close()

    def _execute(self, sql: str, parameters: Iterable[Any]) -> sqlite3.Cursor:
        until = monotonic() + self.busy_seconds
        while True:
            try:
                return self._conn.execute(sql, tuple(parameters))
            except sqlite3.OperationalError as error:
                if error.sqlite_errorcode != sqlite3.SQLITE_BUSY or monotonic() > until:
                    raise
            sleep(uniform(*RETRY_SECONDS))


class LockedConnection(ConnectionWrapper[BlockingConnection]):
    """The connection and its lock, which is released if the connection cannot be opened."""

    @override
    async def __aenter__(self) -> BlockingConnection:
        await self._lock.acquire()
        try:
            await self.ensure_connection()
        except BaseException:
            self._lock.release()
            raise
        return self.connection


class LockedTransaction(SqliteTransactionContext):
    """A transaction and its lock, which is released if the transaction cannot begin."""

    @override
    async def __aenter__(self) -> TransactionalDBClient:
        await self._trxlock.acquire()
        try:
            await self.ensure_connection()
            await self.connection.begin()
        except BaseException:
            self._trxlock.release()
            raise
        self.token = get_connections().set(self.connection_name, self.connection)
        transaction: TransactionalDBClient = self.connection
        return transaction


class ImmediateTransaction(SqliteTransactionWrapper):
    """A transaction that takes the write lock when it begins, not with its first write.

    After one it leaves the lock to other processes for a tenth of the time that it was held.
    """

    _parent: Client

    @override
    async def begin(self) -> None:
        if self._connection.in_transaction:  # one whose COMMIT failed
            await self._connection.rollback()
        await asyncio.sleep(max(0.0, self._parent.free_until - monotonic()))
        try:
            await self._connection.execute("BEGIN IMMEDIATE")
        except sqlite3.OperationalError as error:
            raise TransactionManagementError(error) from error
        self._began = monotonic()

    @override
    async def commit(self) -> None:
        try:
            await super().commit()
        except sqlite3.Error:  # as on a full disk; left open, it would block the next one
            with suppress(sqlite3.Error):
                await self._connection.rollback()
            raise
        finally:
            now = monotonic()
            self._parent.free_until = now + min(MAX_GAP_SECONDS, (now - self._began) / 10)


class Client(WriterClient, SqliteClient):
    """One write connection per process; hot reads have connections of their own."""

    free_until = 0.0
    """Time, by `monotonic`, until which the write lock is left to other processes."""

    @override
    async def create_connection(self, with_db: bool) -> None:
        if self._connection is None:
            connection = sqlite3.connect(
                self.filename,
                timeout=0,  # see BlockingConnection
                isolation_level=None,
                check_same_thread=False,  # opened and used in the writer's thread, if there is one
                cached_statements=512,
            )
            connection.row_factory = sqlite3.Row
            blocking: Any = BlockingConnection(connection)
            try:
                for pragma, value in self.pragmas.items():
                    await blocking.execute(f"PRAGMA {pragma}={value}")
            except BaseException:
                connection.close()
                raise
            self._connection = blocking

    @override
    def acquire_connection(self) -> LockedConnection:
        return LockedConnection(self._lock, self)

    @override
    def _in_transaction(self) -> TransactionContext:
        return LockedTransaction(ImmediateTransaction(self), self._lock)


client_class = Client


@contextmanager
def translate_errors(path: Path) -> Iterator[None]:
    """Turn errors of SQLite that are faults of the file itself into a DatabaseError of one line."""
    try:
        yield
    except Exception as error:
        message = describe_fault(path, error)
        if message is None:
            raise
        raise DatabaseError(message) from error


def describe_fault(path: Path, error: BaseException) -> str | None:
    """Describe the fault of the database file that caused `error`, and its remedy; None if none."""
    cause = _sqlite_error(error)
    code = getattr(cause, "sqlite_errorcode", None)
    if code is None or code & 0xFF not in _FAULTS:
        return None
    problem, remedy = _FAULTS[code & 0xFF]
    if path.is_dir():
        problem, remedy = "it is a folder", "Remove it, or let HUB_DATABASE_URL name a file."
    elif code & 0xFF != sqlite3.SQLITE_BUSY and not _is_accessible(path):
        problem, remedy = _FAULTS[sqlite3.SQLITE_CANTOPEN]
        problem = "this user may not read and write it"
    return f"the database {path} cannot be used: {problem} ({cause}). {remedy}"


def _is_accessible(path: Path) -> bool:
    """Return whether this process may open the file, or create it if there is none."""
    try:
        return os.access(path if path.exists() else path.parent, os.R_OK | os.W_OK)
    except OSError:
        return False


def _sqlite_error(error: BaseException | None) -> sqlite3.Error | None:
    """Return the error of SQLite that `error` is, wraps (as Tortoise's do) or was caused by."""
    while error is not None:
        for candidate in (error, *error.args):
            if isinstance(candidate, sqlite3.Error):
                return candidate
        error = error.__cause__ or error.__context__
    return None


def quick_check(path: Path) -> list[str]:
    """Return up to five problems of the pages of a database, in the words of SQLite."""
    with closing(sqlite3.connect(f"{path.as_uri()}?mode=ro", uri=True)) as connection:
        try:
            rows = connection.execute("PRAGMA quick_check(5)").fetchall()
        except sqlite3.DatabaseError as error:  # too damaged for the check itself
            return [str(error)]
    return [] if rows == [("ok",)] else [" ".join(str(row[0]).split()) for row in rows]
