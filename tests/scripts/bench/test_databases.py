"""scripts.bench.databases: a benchmark on a PostgreSQL server changes no existing database."""

from __future__ import annotations

import os
import signal
import sys
from pathlib import Path

import anyio
import asyncpg
import pytest

from hub.db.database import open_database
from hub.settings import Settings
from scripts.bench.corpus import Corpus
from scripts.bench.databases import scratch_database
from scripts.bench.fill import fill
from scripts.bench.process import BenchError
from tests.support.paths import ROOT
from tests.support.postgres import Database

pytestmark = pytest.mark.anyio


async def databases(postgres: Database) -> set[str]:
    connection = await asyncpg.connect(postgres.url)
    try:
        return {name for (name,) in await connection.fetch("SELECT datname FROM pg_database")}
    finally:
        await connection.close()


async def test_a_database_is_made_filled_and_dropped(postgres: Database, tmp_path: Path) -> None:
    there = await databases(postgres)
    with pytest.raises(RuntimeError, match="the bench fails"):  # noqa: PT012, what follows is in it
        async with scratch_database(postgres.url) as url:
            [name] = await databases(postgres) - there
            settings = Settings(data_dir=tmp_path, database_url=url)
            assert len((await fill(settings, Corpus(20))).articles) == 20
            async with open_database(settings) as db:
                assert await db.rows("SELECT current_database(), count(*) FROM article") == [
                    (name, 20)
                ]
            raise RuntimeError("the bench fails")
    assert await databases(postgres) == there


@pytest.mark.parametrize("signal_", [signal.SIGTERM, signal.SIGINT])
async def test_a_bench_that_is_ended_leaves_nothing_behind(
    postgres: Database, tmp_path: Path, signal_: signal.Signals
) -> None:
    there = await databases(postgres)
    command = [sys.executable, "-m", "scripts", "bench", "api", "--database", postgres.url]
    env = os.environ | {"TMPDIR": str(tmp_path)}
    async with await anyio.open_process(command, cwd=ROOT, env=env) as bench:
        with anyio.fail_after(60):
            while await databases(postgres) == there:
                await anyio.sleep(0.05)
            bench.send_signal(signal_)
            assert await bench.wait() != 0
    assert await databases(postgres) == there
    assert not [path async for path in anyio.Path(tmp_path).glob("hub-bench-*")]


async def test_without_a_server_it_is_sqlite() -> None:
    async with scratch_database("") as url:
        assert url == ""


async def test_who_may_make_no_database_is_told(postgres: Database) -> None:
    await postgres.cluster.run("CREATE ROLE guest LOGIN")
    try:
        with pytest.raises(BenchError, match="permission denied to create database"):
            async with scratch_database(postgres.url.replace("//hub@", "//guest@")):
                pass
    finally:
        await postgres.cluster.run("DROP ROLE guest")
