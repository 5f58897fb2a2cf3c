"""hub.db.sqlite: errors while opening, beginning and committing leave no lock behind."""

from __future__ import annotations

import resource
import signal
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import anyio
import pytest
from tortoise import Tortoise
from tortoise.exceptions import OperationalError

from hub.db import sqlite
from hub.db.database import Reader, open_database, run, transaction
from hub.db.timestamps import now
from hub.errors import DatabaseError
from hub.models import Change
from hub.settings import Settings

pytestmark = pytest.mark.anyio


@transaction
async def save(text: str = "x") -> None:
    await Change.create(tag=text, at=now())


async def test_a_connection_that_cannot_be_opened_fails_each_time(tmp_path: Path) -> None:
    client = sqlite.Client(str(tmp_path), connection_name="default", fetch_inserted=True)
    for _ in range(3):
        with anyio.fail_after(5), pytest.raises(OperationalError, match="unable to open"):
            await client.execute_query("SELECT 1")
        with anyio.fail_after(5), pytest.raises(sqlite3.OperationalError, match="unable to open"):
            async with client._in_transaction():
                pass


async def test_a_transaction_that_cannot_begin_leaves_no_lock(
    db: Reader, settings: Settings
) -> None:
    client: Any = Tortoise.get_connection("default")
    client._connection.busy_seconds = 0.01
    other = sqlite3.connect(settings.data_dir / "hub.sqlite3", isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    for _ in range(3):
        with anyio.fail_after(5), pytest.raises(DatabaseError, match="locked"):
            await save()
    other.close()
    with anyio.fail_after(5):
        await save()


@contextmanager
def no_larger_files(than: int) -> Iterator[None]:
    """Let files of this process not grow beyond a size, as on a disk that is full."""
    ignored = signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    limits = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (than, limits[1]))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, limits)
        signal.signal(signal.SIGXFSZ, ignored)


async def test_a_commit_that_fails_is_rolled_back_and_the_next_one_stands(
    db: Reader, settings: Settings
) -> None:
    await run("PRAGMA wal_checkpoint(TRUNCATE)")
    with no_larger_files(than=4_000):
        for _ in range(3):
            with anyio.fail_after(5), pytest.raises(DatabaseError):
                await save("y" * 60)
    await save()
    assert await db.rows("SELECT tag FROM change") == [("x",)]
    client: Any = Tortoise.get_connection("default")
    assert client._connection.in_transaction is False


async def test_damage_that_shows_later_is_described_too(settings: Settings) -> None:
    async with open_database(settings):
        for _ in range(200):
            await save("z" * 60)
    file = settings.data_dir / "hub.sqlite3"
    [[root]] = sqlite3.connect(file).execute(
        "SELECT rootpage FROM sqlite_master WHERE name = 'change'"
    )
    with file.open("r+b") as out:
        out.seek((root - 1) * 4_096)
        out.write(b"\xff" * 4_096)
    with pytest.raises(DatabaseError, match=r"hub.sqlite3 cannot be used: it is damaged"):
        async with open_database(settings) as reader:
            await reader.rows("SELECT tag FROM change")
    with pytest.raises(DatabaseError, match=r"hub.sqlite3 cannot be used: it is damaged"):
        async with open_database(settings):
            await run("SELECT tag FROM change")
