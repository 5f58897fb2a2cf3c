"""hub.db.database: transactions end even if cancelled; readers see committed rows only."""

from __future__ import annotations

import asyncio
import os
import sys
from functools import partial
from pathlib import Path

import anyio
import pytest

from hub.db.database import Reader, migrate, open_database, transaction
from hub.db.timestamps import now
from hub.errors import DatabaseError
from hub.models import Change
from hub.settings import Settings
from tests.support.paths import ROOT
from tests.support.signals import Signal

pytestmark = [pytest.mark.anyio, pytest.mark.databases]


async def test_a_save_outlives_its_cancelled_caller_and_frees_the_lock(db: Reader) -> None:
    @transaction
    async def slow(started: Signal, cancelled: Signal) -> None:
        started.set()
        await cancelled.wait()
        await Change.create(tag="kept", at=now())

    @transaction
    async def quick() -> None:
        await Change.create(tag="after", at=now())

    for _ in range(20):
        started, cancelled = Signal(), Signal()
        caller = asyncio.create_task(slow(started, cancelled))
        await started.wait()
        caller.cancel()
        with pytest.raises(asyncio.CancelledError):
            await caller
        cancelled.set()
        waiting = asyncio.create_task(quick())
        await asyncio.sleep(0)
        waiting.cancel()  # while it waits for the lock
        await asyncio.gather(waiting, return_exceptions=True)
    await quick()
    rows = await db.rows("SELECT tag, count(*) FROM change GROUP BY tag ORDER BY tag")
    assert rows[1] == ("kept", 20)
    assert rows[0][1] >= 1


async def test_a_failed_transaction_keeps_nothing(db: Reader) -> None:
    @transaction
    async def fails() -> None:
        await Change.create(tag="lost", at=now())
        raise RuntimeError

    with pytest.raises(RuntimeError):
        await fails()
    assert await db.rows("SELECT * FROM change") == []


async def test_a_reader_sees_commits_not_open_transactions(db: Reader) -> None:
    stamp = db.stamp()
    inside, done = Signal(), Signal()

    @transaction
    async def holds() -> None:
        await Change.create(tag="x", at=now())
        inside.set()
        await done.wait()

    task = asyncio.create_task(holds())
    await inside.wait()
    assert await db.rows("SELECT * FROM change") == []
    assert db.stamp() == stamp
    done.set()
    await task
    assert len(await db.rows("SELECT * FROM change")) == 1
    assert db.stamp() != stamp


async def test_a_reader_cannot_write(db: Reader) -> None:
    with pytest.raises(DatabaseError, match=r"read-?only"):
        await db.rows("DELETE FROM change")


INCREMENT = """
import sys, anyio
from hub.db.timestamps import now
from hub.db.database import open_database, run, transaction
from hub.errors import DatabaseError
from hub.models import Change
from hub.settings import Settings

@transaction
async def increment():
    [[before]] = await run("SELECT count(*) FROM change")
    await Change.create(tag=f"n{before}", at=now())

async def main():
    async with open_database(Settings()):
        for _ in range(40):
            await increment()

anyio.run(main)
"""


async def test_processes_that_read_and_write_take_turns(settings: Settings, db: Reader) -> None:
    env = os.environ | {
        "HUB_DATA_DIR": str(settings.data_dir),
        "HUB_DATABASE_URL": settings.database_url,
        "PYTHONPATH": str(ROOT),
    }
    async with anyio.create_task_group() as group:
        for _ in range(3):
            group.start_soon(partial(anyio.run_process, [sys.executable, "-c", INCREMENT], env=env))
    [[rows, tags]] = await db.rows("SELECT count(*), count(DISTINCT tag) FROM change")
    assert (rows, tags) == (120, 120)


@pytest.mark.databases("sqlite")
async def test_migrating_twice_changes_nothing(settings: Settings) -> None:
    file = settings.data_dir / "hub.sqlite3"
    await migrate(settings)
    before = file.read_bytes()
    await migrate(settings)
    assert file.read_bytes() == before


async def test_a_folder_that_cannot_be_written_is_named(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(DatabaseError, match="HUB_DATA_DIR"):
        async with open_database(Settings(data_dir=tmp_path / "file" / "below")):
            pass


async def test_an_unknown_database_url_is_refused_without_its_password() -> None:
    with pytest.raises(DatabaseError, match="sqlite://") as caught:
        await migrate(Settings(database_url="mysql://me:secret@host/db"))
    assert "secret" not in str(caught.value)
