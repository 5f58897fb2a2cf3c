"""The database: opening and migrating it, transactions for writers, connections for readers.

Writers use Tortoise, one transaction per service call (`transaction`). Hot reads do not: a
`Reader` returns plain tuples from read-only connections of its own.
"""

from __future__ import annotations

import fcntl
import sqlite3
from collections.abc import AsyncIterator, Callable, Coroutine, Iterator, Sequence
from contextlib import (
    AbstractContextManager,
    ExitStack,
    asynccontextmanager,
    contextmanager,
    nullcontext,
)
from contextvars import ContextVar
from functools import partial, wraps
from pathlib import Path
from typing import Any, ParamSpec, Protocol, TypeVar

from anyio import to_thread
from pydantic import SecretStr
from tortoise import Tortoise
from tortoise.backends.base.executor import EXECUTOR_CACHE
from tortoise.context import TortoiseContext
from tortoise.migrations.api import migrate as tortoise_migrate

from hub.db import files
from hub.db.failures import find_failure, raise_unavailable
from hub.db.new_databases import fill_if_empty
from hub.db.postgres.connect import SCHEMES as POSTGRES
from hub.db.postgres.connect import STATEMENT_SECONDS, host_and_path
from hub.db.postgres.connect import describe_fault as describe_postgres_fault
from hub.db.postgres.reader import open_reader as postgres_reader
from hub.db.postgres.sql import replace_nul, translate
from hub.db.postgres.writer import migration_lock, set_c_collation
from hub.db.sqlite import describe_fault as describe_sqlite_fault
from hub.db.sqlite import quick_check, translate_errors
from hub.db.writer import WriterClient
from hub.errors import DatabaseError
from hub.settings import Settings

P = ParamSpec("P")
T = TypeVar("T")
SCHEME = "sqlite://"


class Reader(Protocol):
    """Reads committed rows, one statement per call; counts its statements for tests.

    `immediate`: `rows` never yields to the event loop, so a coroutine that awaits nothing else can
    be run to its end without a task (see `schema.execution.dataloader`). `unnests`: a statement may
    join the members of a list (see `hub.reads.per_key`).
    """

    statements: int
    immediate: bool
    unnests: bool

    async def rows(self, sql: str, args: Sequence[object] = ()) -> list[tuple[Any, ...]]:
        """Run `sql`, with a `?` for each of `args`, and return all rows. Raises DatabaseError."""
        ...

    def snapshot(self) -> AbstractContextManager[object]:
        """Return a context whose reads all see the same data, if the reader is `immediate`.

        Each statement in it costs 3 µs less; nothing but `rows` may be awaited in it.
        """
        ...

    def stamp(self) -> int:
        """Return a number that changes with commits by other connections of any process; 5 µs."""
        ...

    def close(self) -> None:
        """Close the connection."""
        ...


class ReadTransaction:
    """A transaction of a reading connection; may be entered repeatedly, but not nested."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._connection = connection

    def __enter__(self) -> None:
        self._connection.execute("BEGIN")

    def __exit__(self, *_: object) -> None:
        if self._connection.in_transaction:  # an error may have ended it
            self._connection.execute("COMMIT")


class SqliteReader:
    """A read-only connection used on the event loop itself.

    A look-up takes about 10 µs, less than a switch to a thread and back; WAL lets it run while
    others write.
    """

    immediate = True
    unnests = False

    def __init__(self, path: Path) -> None:
        self.statements = 0
        self._connection = sqlite3.connect(
            f"file:{path.as_posix().replace('?', '%3f').replace('#', '%23')}?mode=ro",
            uri=True,
            isolation_level=None,
            check_same_thread=False,
            cached_statements=512,
        )
        for pragma in ("query_only=1", "mmap_size=1073741824", "cache_size=-65536"):
            self._connection.execute(f"PRAGMA {pragma}")
        self._transaction = ReadTransaction(self._connection)

    async def rows(self, sql: str, args: Sequence[object] = ()) -> list[tuple[Any, ...]]:
        """See `Reader.rows`."""
        self.statements += 1
        try:
            return self._connection.execute(sql, args).fetchall()
        except sqlite3.Error as error:
            raise_unavailable(error)
            raise

    def snapshot(self) -> ReadTransaction:
        """See `Reader.snapshot`."""
        return self._transaction

    def stamp(self) -> int:
        """See `Reader.stamp`."""
        try:
            value: int = self._connection.execute("PRAGMA data_version").fetchone()[0]
        except sqlite3.Error as error:
            raise_unavailable(error)
            raise
        return value

    def close(self) -> None:
        """See `Reader.close`."""
        self._connection.close()


def marks(values: Sequence[object]) -> str:
    """Return `?,?,?` for a statement's IN list; for no values NULL, which matches nothing."""
    number = len(values)
    return _MARKS[number] if number < len(_MARKS) else ",".join("?" * number)


def containing(text: str) -> str:
    """Return the pattern of lower-case texts with `text` in them, for LIKE with ESCAPE '!'."""
    escaped = text.lower().replace("!", "!!").replace("%", "!%").replace("_", "!_")
    return f"%{escaped}%"


_MARKS = ("NULL", *(",".join("?" * number) for number in range(1, 101)))


holds_writer: ContextVar[bool] = ContextVar("holds_writer", default=False)
"""Whether the caller reads through an open transaction (`hub.db.uncommitted`), which holds up every
other one."""


def transaction(work: Callable[P, Coroutine[Any, Any, T]]) -> Callable[P, Coroutine[Any, Any, T]]:
    """Run `work` in a transaction: all of its changes are committed, or none.

    It runs in the writer's thread (`hub.db.writer`), and to its end even if its caller is
    cancelled: a client that disconnects must neither leave a partial save behind nor hold the
    write lock. Other statements wait meanwhile, so nothing slow but the database is awaited in
    it. Not to be nested: within it, call helpers without this decorator.

    Raises:
        DatabaseError: the database is unavailable or locked, or there is no space; or the caller
            holds the writer itself, and would wait for its own end.
    """

    @wraps(work)
    async def run(*args: P.args, **kwargs: P.kwargs) -> T:
        return await run_in_transaction(partial(work, *args, **kwargs))

    return run


async def run_in_transaction(
    work: Callable[[], Coroutine[Any, Any, T]], *, alone: bool = False
) -> T:
    """Run `work` as `transaction` does; `alone`: in one that is committed with no other.

    Raises what `work` raises, and DatabaseError as `transaction`.
    """
    if holds_writer.get():
        raise DatabaseError("nothing can be written by what reads a preview")
    client = Tortoise.get_connection("default")
    if not isinstance(client, WriterClient):
        raise RuntimeError("a transaction cannot wait for another one: call helpers within it")
    try:
        return await client.writer.run(work, alone=alone)
    except Exception as error:
        fault = fault_of(error)
        if fault is None or fault is error:
            raise
        raise fault from error


async def next_commit(seconds: float) -> None:
    """Wait until a transaction of this process has ended since the last call, `seconds` at most.

    The indexer waits so, and need not look at the stamp often while nothing happens; transactions
    of other processes end the wait no sooner.
    """
    client: Any = Tortoise.get_connection("default")
    await client.writer.next_commit(seconds)


def fault_of(error: Exception) -> DatabaseError | None:
    """Return the fault of the database that caused an error of a writer; None if it has no fault.

    After a fault, as of a full disk or a lost connection, other statements would fail too.
    """
    connection: Any = Tortoise.get_connection("default")
    if connection.capabilities.dialect == "postgres":
        message = describe_postgres_fault(connection.url, error)
    else:
        message = describe_sqlite_fault(Path(connection.filename), error)
    return find_failure(error, message)


async def run(sql: str, args: Sequence[object] = ()) -> list[Any]:
    """Run `sql` in the current transaction, and return its rows.

    For writers, whose bulk statements the ORM cannot express; hot reads use a `Reader`.
    """
    connection = Tortoise.get_connection("default")
    if connection.capabilities.dialect == "postgres":
        sql, args = translate(sql, [replace_nul(value) for value in args])
    _, rows = await connection.execute_query(sql, list(args))
    return list(rows)


async def run_many(sql: str, rows: Sequence[Sequence[object]]) -> None:
    """Run `sql` once for each of `rows`; do nothing if there are none."""
    if rows:
        connection = Tortoise.get_connection("default")
        if connection.capabilities.dialect == "postgres":
            sql, _ = translate(sql, rows[0])
        await connection.execute_many(sql, [list(row) for row in rows])


def tortoise_config(settings: Settings) -> dict[str, Any]:
    """Build Tortoise's configuration from `settings`; its own commands use it too."""
    if _is_postgres(settings):
        engine = "hub.db.postgres.writer"
        # SecretStr, because Tortoise logs its configuration.
        credentials = {"url": SecretStr(settings.database), "seconds": STATEMENT_SECONDS}
    else:
        engine = "hub.db.sqlite"
        # FULL: an acknowledged save outlives a power cut, not only a kill.
        credentials = {"file_path": str(_path(settings)), "synchronous": "FULL"}
    return {
        "connections": {"default": {"engine": engine, "credentials": credentials}},
        "apps": {"hub": {"models": ["hub.models"], "migrations": "hub.migrations"}},
        "use_tz": True,
        "timezone": "UTC",
    }


async def migrate(settings: Settings) -> None:
    """Migrate the database to the newest schema, creating it if there is none.

    The hub's files, existing and new ones, get the access of HUB_DATA_MODE.
    Safe to call from several processes at once: a lock serialises them.

    Raises:
        DatabaseError: the file cannot be created or opened, or PostgreSQL refuses the connection.
    """
    config = tortoise_config(settings)
    files.protect(settings)
    if _is_postgres(settings):
        config["connections"]["default"]["credentials"]["seconds"] = None
        async with migration_lock(settings.database):
            await _migrate(config)
    else:
        path = _path(settings)
        with _migration_lock(path), translate_errors(path):
            await to_thread.run_sync(fill_if_empty, path)
            await _migrate(config)


async def _migrate(config: dict[str, Any]) -> None:
    with TortoiseContext():
        try:
            await tortoise_migrate(config=config)
            connection = Tortoise.get_connection("default")
            if connection.capabilities.dialect == "postgres":
                tables = [model._meta.db_table for model in Tortoise.apps["hub"].values()]
                await set_c_collation(connection, tables)
        finally:
            await Tortoise.close_connections()


@asynccontextmanager
async def open_database(settings: Settings) -> AsyncIterator[Reader]:
    """Migrate and open the database, for writers (through Tortoise) and for readers.

    Raises:
        DatabaseError: the file cannot be created or opened, or PostgreSQL refuses the connection;
            also when SQLite's file turns out to be damaged, or its disk full, within the context.
    """
    await migrate(settings)
    await Tortoise.init(config=tortoise_config(settings), _enable_global_fallback=True)
    EXECUTOR_CACHE.clear()  # caches statements by table, without regard to the database
    with _translate_faults(settings):
        try:
            # The writer comes first: a read-only connection cannot start write-ahead logging.
            client: Any = Tortoise.get_connection("default")
            await client.writer.call(client.execute_query("SELECT 1"))
            async with _open_reader(settings) as reader:
                try:
                    yield reader
                finally:
                    await client.writer.drain()  # saves whose callers were cancelled
        finally:
            await Tortoise.close_connections()


async def check_pages(settings: Settings) -> list[str]:
    """Check all pages of an SQLite database; return up to five problems. Reads the whole file."""
    if _is_postgres(settings):
        return []
    return await to_thread.run_sync(quick_check, _path(settings))


@asynccontextmanager
async def _open_reader(settings: Settings) -> AsyncIterator[Reader]:
    if _is_postgres(settings):
        writers: Any = Tortoise.get_connection("default")
        max_size = settings.database_connections
        async with postgres_reader(settings.database, max_size, writers) as postgres:
            yield postgres
    else:
        sqlite = SqliteReader(_path(settings))
        try:
            yield sqlite
        finally:
            sqlite.close()


def _translate_faults(settings: Settings) -> AbstractContextManager[None]:
    return nullcontext() if _is_postgres(settings) else translate_errors(_path(settings))


def display_url(settings: Settings) -> str:
    """Return the database's url without user and password."""
    url = settings.database
    return f"{POSTGRES[0]}{host_and_path(url)}" if _is_postgres(settings) else url


def _is_postgres(settings: Settings) -> bool:
    return settings.database.startswith(POSTGRES)


def database_path(settings: Settings) -> Path | None:
    """Return the file of an SQLite database; None for PostgreSQL. Raises DatabaseError."""
    return None if _is_postgres(settings) else _path(settings)


def _path(settings: Settings) -> Path:
    """Return the database file of `settings`. Raises DatabaseError if the url names no file."""
    url = settings.database
    if not url.startswith(SCHEME):
        raise DatabaseError(
            f"HUB_DATABASE_URL must read {SCHEME}/path/to/file or {POSTGRES[0]}user:password@host"
            f":port/name, not {url.partition(':')[0]}:…"
        )
    return Path(url.removeprefix(SCHEME)).absolute()


@contextmanager
def _migration_lock(path: Path) -> Iterator[None]:
    """Hold a lock file beside `path`; it is released even if the process is killed."""
    with ExitStack() as stack:
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            lock = stack.enter_context(path.with_name(path.name + ".lock").open("w"))
            fcntl.flock(lock, fcntl.LOCK_EX)
            if not path.exists():
                path.touch()  # SQLite would not let a group write, whatever the umask
        except OSError as error:
            raise DatabaseError(
                f"{path.parent} cannot be written ({error.strerror}). Make it writable, or point "
                "HUB_DATA_DIR to a folder that is."
            ) from error
        yield
