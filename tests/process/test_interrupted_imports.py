"""An import whose database fails in the middle stops at once, and goes on when it is run again."""

from __future__ import annotations

import json
import sqlite3
import subprocess
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import anyio
import pytest
from tortoise import Tortoise

from hub.auth import SYSTEM
from hub.db.database import open_database, run
from hub.errors import DatabaseError
from hub.imports import import_articles
from hub.settings import Settings
from scripts.importers.options import Options
from scripts.importers.pipeline.run import Import
from scripts.importers.pipeline.sink import LocalSink
from tests.support.damage import run_hub
from tests.support.factories import a_draft, text
from tests.support.postgres import Database

ARTICLES = 2_000
GO_ON = "The import has stopped; imported articles stay. Run the same import again to go on."


@pytest.fixture
def small_disk() -> Iterator[Path]:
    """A disk of 3 MB; `grow` makes it larger."""
    folder = Path(tempfile.mkdtemp(prefix="hub-disk-"))
    mounted = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", "size=3m", "none", folder], capture_output=True, check=False
    )
    if mounted.returncode:
        folder.rmdir()
        pytest.skip(f"no small disk can be mounted here: {mounted.stderr.decode().strip()}")
    yield folder
    subprocess.run(["umount", folder], check=True)
    folder.rmdir()


def grow(disk: Path) -> None:
    subprocess.run(["mount", "-o", "remount,size=100m", disk], check=True)


@pytest.fixture
def source(tmp_path: Path) -> Path:
    """An export of articles that do not fit on the small disk."""
    path = tmp_path / "site.jsonl"
    with path.open("w") as out:
        for number in range(ARTICLES):
            record = {"slug": f"a{number}", "title": f"Article {number}", "status": "published"}
            out.write(json.dumps(record | {"text": f"Words of {number}. " * 100}) + "\n")
    return path


def test_an_import_on_a_full_disk_stops_and_goes_on_when_run_again(
    small_disk: Path, source: Path, tmp_path: Path
) -> None:
    done = run_hub(
        ["import", str(source), "--json"], tmp_path, seconds=60, HUB_DATA_DIR=str(small_disk)
    )
    assert done.status == 2, done
    report = json.loads(done.output.splitlines()[-1])
    assert report["refused"] == []
    assert report["retry"] == [str(source)]
    [reason] = report["unreadable"]
    assert str(small_disk / "hub.sqlite3") in reason
    assert "the disk is full" in reason
    assert reason.endswith(GO_ON)
    assert reason in done.errors
    stored = report["created"]
    assert 0 < stored < ARTICLES
    with sqlite3.connect(small_disk / "hub.sqlite3") as connection:
        assert connection.execute("SELECT count(*) FROM article").fetchall() == [(stored,)]
    connection.close()

    grow(small_disk)
    done = run_hub(
        ["import", str(source), "--json"], tmp_path, seconds=120, HUB_DATA_DIR=str(small_disk)
    )
    assert done.status == 0, done
    report = json.loads(done.output.splitlines()[-1])
    assert (report["unchanged"], report["created"]) == (stored, ARTICLES - stored)


@pytest.mark.anyio
async def test_a_database_that_others_write_to_for_long_stops_an_import(
    settings: Settings, source: Path
) -> None:
    async with open_database(settings):
        client: Any = Tortoise.get_connection("default")
        client._connection.busy_seconds = 0.05
        other = sqlite3.connect(settings.data_dir / "hub.sqlite3", isolation_level=None)
        other.execute("BEGIN IMMEDIATE")
        started = time.monotonic()
        report = await Import(LocalSink(), Options(kind="jsonl")).run([str(source)])
        assert time.monotonic() - started < 20  # not 50 ms and more for each article
        other.close()
        [reason] = report.unreadable
        assert "another process has been writing" in reason
        assert (report.refused, report.exit_status) == ([], 2)


@pytest.mark.anyio
@pytest.mark.databases("postgres")
async def test_a_postgresql_that_is_stopped_stops_an_import(
    settings: Settings, source: Path, postgres: Database
) -> None:
    async with open_database(settings):
        await import_articles([a_draft("a")], by=SYSTEM)
        postgres.cluster.stop("immediate")
        try:
            with anyio.fail_after(30):
                report = await Import(LocalSink(), Options(kind="jsonl")).run([str(source)])
        finally:
            postgres.cluster.start()
        [reason] = report.unreadable
        assert "PostgreSQL cannot be used" in reason
        assert reason.endswith(GO_ON)
        assert (report.refused, report.exit_status) == ([], 2)


@pytest.mark.anyio
@pytest.mark.databases
async def test_a_draft_that_cannot_be_stored_stops_nothing(settings: Settings) -> None:
    async with open_database(settings):
        outcomes = await import_articles(
            [a_draft("a"), a_draft("b", body=text("x" * 3_000_000)), a_draft("c")], by=SYSTEM
        )
    assert [outcome.action.value for outcome in outcomes] == ["CREATED", "REFUSED", "CREATED"]


@pytest.mark.anyio
async def test_the_fault_reaches_the_caller_of_the_service(settings: Settings) -> None:
    async with open_database(settings):
        await run("PRAGMA max_page_count=100")
        with pytest.raises(DatabaseError, match="the disk is full"):
            await import_articles(
                [a_draft(f"a{n}", body=text("x" * 20_000)) for n in range(50)], by=SYSTEM
            )
