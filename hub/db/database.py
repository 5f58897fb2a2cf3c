"""The database: opening and migrating it, transactions for writers, connections for readers.

Writers go through Tortoise, one transaction a service call (`transaction`). Hot reads never do:
a `Reader` answers with plain tuples from read-only connections of its own.
"""

from __future__ import annotations

import asyncio
import fcntl
import sqlite3
from collections.abc import AsyncIterator, Callable, Coroutine, Iterator, Sequence
from contextlib import AbstractContextManager, asynccontextmanager, contextmanager
from functools import wraps
from pathlib import Path
from typing import Any, ParamSpec, Protocol, TypeVar

from pydantic import SecretStr
from tortoise import Tortoise
from tortoise.backends.base.executor import EXECUTOR_CACHE
from tortoise.context import TortoiseContext
from tortoise.migrations.api import migrate as tortoise_migrate
from tortoise.transactions import in_transaction

from hub.db.postgres.connect import SCHEMES as POSTGRES
from hub.db.postgres.connect import STATEMENT_SECONDS, place
from hub.db.postgres.reader import reader as postgres_reader
from hub.db.postgres.sql import storable, translated
from hub.db.postgres.writer import compare_by_code_point, taking_turns
from hub.errors import DatabaseError
from hub.settings import Settings

P = ParamSpec("P")
T = TypeVar("T")
SCHEME = "sqlite://"
_writing: set[asyncio.Task[Any]] = set()


class Reader(Protocol):
    """Reads committed rows, one statement a call; counts its statements for the tests' sake.

    `immediate`: `rows` never yields to the event loop, so a coroutine that awaits nothing else can
    be run to its end without a task (see `schema.execution.dataloader`). `unnests`: a statement may
    join the members of a list (see `hub.reads.per_key`).
    """

    statements: int
    immediate: bool
    unnests: bool

    async def rows(self, sql: str, args: Sequence[object] = ()) -> list[tuple[Any, ...]]:
        """Every row that `sql` answers with, `?` standing for each of `args`."""
        ...

    def at_one_moment(self) -> AbstractContextManager[object]:
        """What is read within sees the same rows, where the reader is `immediate`.

        Each statement then costs 3 µs less; nothing but rows may be awaited within.
        """
        ...

    def stamp(self) -> int:
        """Differs after a commit by another connection, of this process or any other; 5 µs."""
        ...

    def close(self) -> None:
        """Let go of the connection."""
        ...


class Moment:
    """A transaction of a connection that reads; may be entered again once it has been left."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._connection = connection

    def __enter__(self) -> None:
        self._connection.execute("BEGIN")

    def __exit__(self, *_: object) -> None:
        if self._connection.in_transaction:  # an error may have ended it
            self._connection.execute("COMMIT")


class SqliteReader:
    """A read-only connection used on the event loop itself.

    A look-up takes some 10 µs, less than a hop to a thread and back; WAL lets it run while
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
        self._moment = Moment(self._connection)

    async def rows(self, sql: str, args: Sequence[object] = ()) -> list[tuple[Any, ...]]:
        """See `Reader.rows`."""
        self.statements += 1
        return self._connection.execute(sql, args).fetchall()

    def at_one_moment(self) -> Moment:
        """See `Reader.at_one_moment`."""
        return self._moment

    def stamp(self) -> int:
        """See `Reader.stamp`."""
        value: int = self._connection.execute("PRAGMA data_version").fetchone()[0]
        return value

    def close(self) -> None:
        """See `Reader.close`."""
        self._connection.close()


def marks(values: Sequence[object]) -> str:
    """`?,?,?` for a statement's IN list; for no values, what nothing is IN."""
    number = len(values)
    return _MARKS[number] if number < len(_MARKS) else ",".join("?" * number)


_MARKS = ("NULL", *(",".join("?" * number) for number in range(1, 101)))


def transaction(work: Callable[P, Coroutine[Any, Any, T]]) -> Callable[P, Coroutine[Any, Any, T]]:
    """Makes `work` one transaction: all of it is kept, or none of it.

    Runs to its end even when its caller is cancelled (a client that hangs up must neither
    leave half a save behind nor hold the write lock). Not to be nested: within it, call helpers
    that do not carry this decorator.
    """

    @wraps(work)
    async def run(*args: P.args, **kwargs: P.kwargs) -> T:
        async def inside() -> T:
            async with in_transaction():
                return await work(*args, **kwargs)

        task = asyncio.create_task(inside())
        _writing.add(task)  # a task that nobody holds may be collected before it is done
        task.add_done_callback(_writing.discard)
        return await asyncio.shield(task)

    return run


async def run(sql: str, args: Sequence[object] = ()) -> list[Any]:
    """Run `sql` where the transaction at hand can see it, and answer with its rows.

    For writers, whose bulk statements have no words in the ORM; hot reads use a `Reader`.
    """
    connection = Tortoise.get_connection("default")
    if connection.capabilities.dialect == "postgres":
        sql, args = translated(sql, [storable(value) for value in args])
    _, rows = await connection.execute_query(sql, list(args))
    return list(rows)


async def run_many(sql: str, rows: Sequence[Sequence[object]]) -> None:
    """Run `sql` once for each of `rows`; nothing is done for none."""
    if rows:
        connection = Tortoise.get_connection("default")
        if connection.capabilities.dialect == "postgres":
            sql, _ = translated(sql, rows[0])
        await connection.execute_many(sql, [list(row) for row in rows])


def tortoise_config(settings: Settings) -> dict[str, Any]:
    """Tortoise's configuration for `settings`; also what its own commands are given."""
    if _is_postgres(settings):
        engine = "hub.db.postgres.writer"
        # Tortoise logs what it is given.
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
    """Bring the database to the newest schema, creating it where there is none.

    Safe to call from several processes at once: they take turns.

    Raises:
        DatabaseError: the file cannot be created or opened, or PostgreSQL does not let us in.
    """
    config = tortoise_config(settings)
    if _is_postgres(settings):
        config["connections"]["default"]["credentials"]["seconds"] = None
        async with taking_turns(settings.database):
            await _migrate(config)
    else:
        with _taking_turns(_path(settings)):
            await _migrate(config)


async def _migrate(config: dict[str, Any]) -> None:
    with TortoiseContext():
        try:
            await tortoise_migrate(config=config)
            connection = Tortoise.get_connection("default")
            if connection.capabilities.dialect == "postgres":
                tables = [model._meta.db_table for model in Tortoise.apps["hub"].values()]
                await compare_by_code_point(connection, tables)
        finally:
            await Tortoise.close_connections()


@asynccontextmanager
async def connected(settings: Settings) -> AsyncIterator[Reader]:
    """The migrated database, open for writers (through Tortoise) and for readers.

    Raises:
        DatabaseError: the file cannot be created or opened, or PostgreSQL does not let us in.
    """
    await migrate(settings)
    await Tortoise.init(config=tortoise_config(settings), _enable_global_fallback=True)
    EXECUTOR_CACHE.clear()  # keeps statements by table, whatever the database
    try:
        # The writer comes first: a read-only connection cannot start write-ahead logging.
        await Tortoise.get_connection("default").execute_query("SELECT 1")
        async with _reader(settings) as reader:
            try:
                yield reader
            finally:
                await _finish_writing()
    finally:
        await Tortoise.close_connections()


async def _finish_writing() -> None:
    """Wait for saves whose callers have gone; an open one would hang the connection's end."""
    while _writing:
        await asyncio.wait(_writing)


@asynccontextmanager
async def _reader(settings: Settings) -> AsyncIterator[Reader]:
    if _is_postgres(settings):
        writers: Any = Tortoise.get_connection("default")
        most = settings.database_connections
        async with postgres_reader(settings.database, most, writers) as postgres:
            yield postgres
    else:
        sqlite = SqliteReader(_path(settings))
        try:
            yield sqlite
        finally:
            sqlite.close()


def where(settings: Settings) -> str:
    """The database's url as it may be shown: without user and password."""
    url = settings.database
    return f"{POSTGRES[0]}{place(url)}" if _is_postgres(settings) else url


def _is_postgres(settings: Settings) -> bool:
    return settings.database.startswith(POSTGRES)


def _path(settings: Settings) -> Path:
    """The database file of `settings`. Raises DatabaseError for a url that is none of a file."""
    url = settings.database
    if not url.startswith(SCHEME):
        raise DatabaseError(
            f"HUB_DATABASE_URL must read {SCHEME}/path/to/file or {POSTGRES[0]}user:password@host"
            f":port/name, not {url.partition(':')[0]}:…"
        )
    return Path(url.removeprefix(SCHEME)).absolute()


@contextmanager
def _taking_turns(path: Path) -> Iterator[None]:
    """Hold the lock beside `path`, which ends with the process, however that ends."""
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with path.with_name(path.name + ".lock").open("w") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            yield
    except OSError as error:
        raise DatabaseError(
            f"{path.parent} cannot be written ({error.strerror}). Make it writable, or point "
            "HUB_DATA_DIR to a folder that is."
        ) from error
