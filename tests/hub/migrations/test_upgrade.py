"""Hubs of released versions upgrade with everything in them.

`released/` holds, for each released version, a hub that this version filled, as SQL: by an import
of `released/source`, and by each service once. A release adds its own two files, which
`tests.support.released` writes.
"""

from __future__ import annotations

import sqlite3
import subprocess
import sys
from collections import Counter
from pathlib import Path

import anyio
import asyncpg
import pytest
from tortoise.context import TortoiseContext
from tortoise.migrations.autodetector import MigrationAutodetector

from hub import articles
from hub.auth import ANONYMOUS, SYSTEM
from hub.db.database import migrate, open_database, tortoise_config
from hub.db.new_databases import SCRIPT
from hub.drafts import ArticleChanges
from hub.import_plan import Action
from hub.reads import articles as reads
from hub.settings import Settings
from scripts.commands.import_ import import_paths
from tests.support.newest import newest, sql_of
from tests.support.paths import ROOT
from tests.support.postgres import Cluster, Database
from tests.support.released import RELEASED, SOURCE, dump_postgres, dump_sqlite, fill

VERSIONS = sorted({path.name.removesuffix(".sqlite.sql") for path in RELEASED.glob("*.sqlite.sql")})
UNTOUCHED = {"tortoise_migrations"}


def test_there_are_released_versions_on_both_databases() -> None:
    assert VERSIONS
    assert all((RELEASED / f"{version}.postgres.sql").is_file() for version in VERSIONS)


@pytest.mark.anyio
async def test_a_new_hub_has_what_all_migrations_make(tmp_path: Path) -> None:
    """If this fails after a new migration: `.venv/bin/python -m tests.support.newest`."""
    migrated = await newest(tmp_path)
    assert SCRIPT.read_text(encoding="utf-8") == migrated
    (tmp_path / "new").mkdir()
    await migrate(Settings(data_dir=tmp_path / "new"))
    assert sql_of(tmp_path / "new" / "hub.sqlite3") == migrated


@pytest.fixture(params=VERSIONS)
def version(request: pytest.FixtureRequest) -> str:
    version: str = request.param
    return version


@pytest.fixture(params=["sqlite", "postgres"])
def settings(version: str, tmp_path: Path, request: pytest.FixtureRequest) -> Settings:
    """Settings of a hub that the released version filled, not migrated yet."""
    data = tmp_path / "data"
    data.mkdir()
    if request.param == "sqlite":
        database = sqlite3.connect(data / "hub.sqlite3")
        database.executescript((RELEASED / f"{version}.sqlite.sql").read_text(encoding="utf-8"))
        database.close()
        return Settings(data_dir=data, neighbours=0)
    postgres: Database = request.getfixturevalue("postgres")
    url = anyio.run(_restore, postgres.cluster, version)
    return Settings(data_dir=data, database_url=url, neighbours=0)


async def _restore(cluster: Cluster, version: str) -> str:
    name = f"released_{version.replace('.', '_')}"
    await cluster.run(f"DROP DATABASE IF EXISTS {name} WITH (FORCE)")
    await cluster.run(f"CREATE DATABASE {name}")
    await cluster.run(
        (RELEASED / f"{version}.postgres.sql").read_text(encoding="utf-8"), database=name
    )
    return cluster.url(name)


async def _counts(settings: Settings) -> dict[str, int]:
    """The number of rows of each table."""
    if not settings.database.startswith("postgres"):
        database = sqlite3.connect(settings.data_dir / "hub.sqlite3")
        tables = [
            name
            for (name,) in database.execute(
                "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite_%'"
            )
        ]
        counts = {
            table: database.execute(f"SELECT count(*) FROM {table}").fetchone()[0]
            for table in tables
        }
        database.close()
        return counts
    connection = await asyncpg.connect(settings.database)
    try:
        rows = await connection.fetch("SELECT tablename FROM pg_tables WHERE schemaname = 'public'")
        return {
            row["tablename"]: await connection.fetchval(f"SELECT count(*) FROM {row['tablename']}")
            for row in rows
        }
    finally:
        await connection.close()


async def test_a_filled_hub_of_a_released_version_upgrades_whole(
    settings: Settings, anyio_backend: str
) -> None:
    """One migration for all that is asked of it, since it takes longer than all the questions."""
    before = await _counts(settings)
    await migrate(settings)
    assert await _lost(before, settings) == {}
    await _titles_that_links_had_copied_are_cleared(settings)
    await _the_first_import_finds_an_unchanged_source_unchanged(settings)
    await _what_was_there_can_be_read_and_saved(settings)


async def _lost(before: dict[str, int], settings: Settings) -> dict[str, tuple[int, int | None]]:
    """Rows before and after, of each table that has not as many as before."""
    after = await _counts(settings)
    return {
        table: (count, after.get(table))
        for table, count in before.items()
        if table not in UNTOUCHED and after.get(table) != count
    }


async def _titles_that_links_had_copied_are_cleared(settings: Settings) -> None:
    """A link to an id without words of its own has none, even where the title has changed since."""
    copied = "SELECT id FROM relation WHERE target_id IS NOT NULL AND anchor <> '' AND origin <> "
    async with open_database(settings) as db:
        assert await db.rows(f"{copied} 'IMPORT' AND (chosen = TRUE OR origin = 'DERIVED')") == []
        assert await db.rows("SELECT id FROM relation WHERE chosen = TRUE AND anchor = ''")
        assert await db.rows(f"{copied} 'EDITOR'")  # what a source wrote stays


async def _the_first_import_finds_an_unchanged_source_unchanged(settings: Settings) -> None:
    report = await import_paths(sorted(SOURCE.iterdir()), settings)

    assert report.exit_status == 0
    # The scraped page gets its headline, which was taken for the name of the paper.
    assert report.actions == Counter({Action.UNCHANGED: 14, Action.UPDATED: 1})
    assert report.comments == 0


async def _what_was_there_can_be_read_and_saved(settings: Settings) -> None:
    async with open_database(settings) as db:
        article = await reads.by_slug(db, "old-crane", None, ANONYMOUS)
        assert article is not None
        assert article.title == "A second-hand crane for the quay"
        version = await articles.revise(
            article.id, ArticleChanges(title="A crane"), seen_version=article.version, by=SYSTEM
        )
        saved = await reads.by_ids(db, [article.id], ANONYMOUS)
        assert (saved[article.id].title, saved[article.id].version) == ("A crane", version)


def test_tortoises_own_commands_find_the_migrations() -> None:
    command = ["-m", "tortoise", "-c", "tests.support.migrations.CONFIG", "heads"]
    completed = subprocess.run(
        [sys.executable, *command], cwd=ROOT, capture_output=True, text=True, check=True
    )
    newest = max(path.stem for path in (ROOT / "hub" / "migrations").glob("[0-9]*.py"))
    assert newest in completed.stdout
    assert completed.stdout.count("- hub.") == 1, "two migrations depend on the same one"


async def test_the_migrations_lead_to_the_models(tmp_path: Path, anyio_backend: str) -> None:
    config = tortoise_config(Settings(data_dir=tmp_path))
    async with TortoiseContext() as context:
        await context.init(config=config, init_connections=False)
        changes = await MigrationAutodetector(context.apps, config["apps"]).changes()
    assert not changes


def _empty_tables(counts: dict[str, int]) -> list[str]:
    return [table for table, count in counts.items() if not count]


def test_the_dump_of_a_filled_database_restores_every_table(tmp_path: Path) -> None:
    data = tmp_path / "data"
    data.mkdir()
    filled = Settings(data_dir=data, neighbours=0)
    anyio.run(fill, filled)
    before, text = anyio.run(_counts, filled), dump_sqlite(data / "hub.sqlite3")
    (data / "hub.sqlite3").unlink()
    database = sqlite3.connect(data / "hub.sqlite3")
    database.executescript(text)
    database.close()
    assert anyio.run(_counts, filled) == before
    assert _empty_tables(before) == []


def test_the_dump_of_a_filled_postgres_restores_every_table(
    postgres: Database, tmp_path: Path
) -> None:
    cluster = postgres.cluster
    for name in ("filled", "restored"):
        anyio.run(cluster.run, f"CREATE DATABASE {name}")
    filled, restored = (
        Settings(data_dir=tmp_path, database_url=cluster.url(name), neighbours=0)
        for name in ("filled", "restored")
    )
    anyio.run(fill, filled)
    anyio.run(cluster.run, dump_postgres(cluster, "filled"), "restored")
    before = anyio.run(_counts, filled)
    assert anyio.run(_counts, restored) == before
    assert _empty_tables(before) == []
