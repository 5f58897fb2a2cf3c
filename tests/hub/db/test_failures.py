"""Errors of drivers that are no fault of the statement, and those that are."""

from __future__ import annotations

import errno
import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import asyncpg
import psycopg
import pytest
from tortoise.exceptions import OperationalError

from hub.db import sqlite
from hub.db.database import open_database, run
from hub.db.failures import raise_unavailable
from hub.errors import DatabaseError, StorageFull
from hub.settings import Settings
from hub.tokens import authenticate
from tests.support.factories import a_token
from tests.support.hub import a_hub

pytestmark = pytest.mark.anyio
CREATE = 'mutation { createArticle(input: {title: "A", body: {text: "A."}}) { __typename } }'


def raised(error: Exception) -> type[Exception] | None:
    try:
        raise_unavailable(error)
    except DatabaseError as failure:
        is_readable = failure.__cause__ is error and "\n" not in str(failure)
        return type(failure) if is_readable else ValueError
    return None


def sqlite_error(sql: str) -> sqlite3.Error:
    with closing(sqlite3.connect(":memory:")) as connection:
        connection.execute("CREATE TABLE a (b PRIMARY KEY)")
        connection.execute("PRAGMA max_page_count = 3")
        with pytest.raises(sqlite3.Error) as caught:
            connection.execute(sql)
    return caught.value


def cannot_open() -> sqlite3.Error:
    with pytest.raises(sqlite3.Error) as caught:
        sqlite3.connect("file:/nowhere/x?mode=ro", uri=True)
    return caught.value


def wrapped(error: Exception) -> Exception:
    """The error as the ORM raises it."""
    try:
        try:
            raise error
        except type(error):
            raise OperationalError(error)  # noqa: B904  # as the ORM does
    except OperationalError as outer:
        return outer


FULL = "INSERT INTO a VALUES (zeroblob(100000))"
FAILURES: dict[str, tuple[Exception, type[Exception] | None]] = {
    "SQLite is full": (sqlite_error(FULL), StorageFull),
    "SQLite cannot open": (cannot_open(), DatabaseError),
    "PostgreSQL is full": (asyncpg.DiskFullError("no\nspace"), StorageFull),
    "psycopg: PostgreSQL is full": (psycopg.errors.DiskFull("no space"), StorageFull),
    "the system is full": (OSError(errno.ENOSPC, "No space left on device"), StorageFull),
    "too many connections": (asyncpg.TooManyConnectionsError("many"), DatabaseError),
    "a shutdown": (asyncpg.AdminShutdownError("shut down"), DatabaseError),
    "a start": (asyncpg.CannotConnectNowError("starting"), DatabaseError),
    "a closed connection": (asyncpg.InterfaceError("connection is closed"), DatabaseError),
    "a lost connection": (asyncpg.ConnectionDoesNotExistError("lost"), DatabaseError),
    "a refused connection": (ConnectionRefusedError("refused"), DatabaseError),
    "no answer": (TimeoutError(), DatabaseError),
    "a lock": (asyncpg.LockNotAvailableError("locked"), DatabaseError),
    "a standby": (asyncpg.ReadOnlySQLTransactionError("read-only"), DatabaseError),
    "psycopg: a lost connection": (psycopg.OperationalError("lost"), DatabaseError),
    "a wrong statement": (sqlite_error("SELECT nothing"), None),
    "a row twice": (sqlite3.IntegrityError("UNIQUE"), None),
    "PostgreSQL: a wrong statement": (asyncpg.UndefinedTableError("no table"), None),
    "PostgreSQL: a row twice": (asyncpg.UniqueViolationError("twice"), None),
    "a fault": (ValueError("x"), None),
}


@pytest.mark.parametrize("name", FAILURES)
def test_failures_are_told_from_errors(name: str) -> None:
    error, expected = FAILURES[name]
    assert raised(error) is expected
    assert raised(wrapped(error)) is expected


@contextmanager
def locked(settings: Settings) -> Iterator[None]:
    """Hold the write lock of the SQLite file, as another process does."""
    path = settings.database.removeprefix("sqlite://")
    with closing(sqlite3.connect(Path(path), isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        yield


async def test_a_locked_database_says_so(
    settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sqlite, "BUSY_SECONDS", 0.1)
    async with a_hub(settings) as client:
        with locked(settings):
            response = await client.http.post(
                "/graphql", json={"query": CREATE}, headers=client.editor
            )
            listed = await client.ask("{ articles { totalCount } }", editor=True)
        assert response.status_code == 503
        assert response.headers["retry-after"]
        assert response.json()["errors"][0]["extensions"]["code"] == "DATABASE_UNAVAILABLE"
        assert listed == {"articles": {"totalCount": 0}}
        assert await client.ask(CREATE, editor=True)


async def test_a_full_database_says_so(settings: Settings) -> None:
    async with a_hub(settings) as client:
        [[pages]] = await client.db.rows("PRAGMA page_count")
        await run(f"PRAGMA max_page_count = {pages}")
        text = "word " * 20_000
        query = CREATE.replace('"A."', f'"{text}"')
        response = await client.http.post("/graphql", json={"query": query}, headers=client.editor)
        assert response.status_code == 503
        assert response.json()["errors"][0]["extensions"]["code"] == "STORAGE_FULL"


async def test_a_token_is_good_where_its_use_cannot_be_recorded(
    settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sqlite, "BUSY_SECONDS", 0.1)
    async with open_database(settings) as db:
        secret = await a_token()
        with locked(settings):
            assert await authenticate(db, secret) is not None
