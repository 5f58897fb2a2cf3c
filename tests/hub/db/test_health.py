"""hub.db.health: damaged pages and lost content are noticed, by servers and by `hub check`."""

from __future__ import annotations

import shutil
import sqlite3
from datetime import timedelta
from pathlib import Path

import anyio
import httpx
import pytest

from hub import articles
from hub.app import create_app
from hub.auth import SYSTEM
from hub.db.database import check_pages, open_database
from hub.db.timestamps import now
from hub.models import Article, Status
from hub.settings import Settings
from tests.support.factories import an_article
from tests.support.hub import Client, a_hub
from tests.support.server_process import hub

pytestmark = pytest.mark.anyio


async def damage(settings: Settings, table: str) -> None:
    """Fill a page of a table with other bytes; opening the database needs none of it."""
    async with open_database(settings):
        await an_article("One")
    file = settings.data_dir / "hub.sqlite3"
    with sqlite3.connect(file) as connection:
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        [[page]] = connection.execute(
            "SELECT rootpage FROM sqlite_master WHERE name = ?", [table]
        ).fetchall()
    connection.close()
    with file.open("r+b") as out:
        out.seek((page - 1) * 4_096)
        out.write(b"\xa5" * 4_096)


async def ready(client: Client, database: str) -> httpx.Response:
    """Wait until `/readyz` says this of the database."""
    with anyio.fail_after(20):
        while True:
            response = await client.http.get("/readyz", headers=client.editor)
            if response.json()["database"] == database:
                return response
            await anyio.sleep(0.02)


TABLES = ["query_stat", "pin", "synonym_set", "comment"]


@pytest.mark.parametrize("table", TABLES)
async def test_damaged_pages_are_noticed(settings: Settings, table: str) -> None:
    assert await check_pages(settings) == []
    await damage(settings, table)
    problems = await check_pages(settings)
    assert problems
    assert all("\n" not in problem for problem in problems)


async def test_readyz_says_that_pages_are_damaged(
    settings: Settings, caplog: pytest.LogCaptureFixture
) -> None:
    await damage(settings, "query_stat")
    async with a_hub(settings) as client:
        assert (await ready(client, "damaged")).status_code == 503
        assert [record for record in caplog.records if "The database is damaged" in record.message]


async def test_hub_check_deep_says_that_pages_are_damaged(settings: Settings) -> None:
    async with a_hub(settings):
        await an_article("One")
    sound = hub("check", "--deep", data=settings.data_dir)
    assert (sound.returncode, "pages     sound" in sound.stdout) == (0, True), sound
    await damage(settings, "query_stat")
    assert "damaged" not in hub("check", data=settings.data_dir).stdout
    deep = hub("check", "--deep", data=settings.data_dir)
    assert deep.returncode == 1
    assert "database  damaged: " in deep.stdout
    assert not deep.stderr


@pytest.fixture
async def emptied(settings: Settings, template: Path) -> Settings:
    """A hub with an index of two articles, and another database that is empty."""
    async with a_hub(settings) as client:
        for title in ("One", "Two"):
            assert await client.indexer.wait(await an_article(title))
    for file in settings.data_dir.glob("hub.sqlite3*"):
        file.unlink()
    shutil.copy(template, settings.data_dir / "hub.sqlite3")
    return settings


async def test_an_empty_database_beside_a_full_index_is_noticed(emptied: Settings) -> None:
    done = hub("check", data=emptied.data_dir)
    assert done.returncode == 1
    assert "it is empty, the index is not" in done.stdout
    async with a_hub(emptied) as client:
        answer = await ready(client, "empty")
        assert (answer.status_code, answer.json()["documents"]) == (503, 2)
        await anyio.sleep(0.3)
        assert (await ready(client, "empty")).json()["documents"] == 2  # nothing is lost yet


async def test_the_index_follows_once_the_database_has_an_article(emptied: Settings) -> None:
    async with a_hub(emptied) as client:
        await ready(client, "empty")
        assert await client.indexer.wait(await an_article("Three"))
        answer = await ready(client, "ok")
        assert (answer.status_code, answer.json()["documents"]) == (200, 1)
        found = await client.ask('{ search(query: "three") { totalCount } }')
        assert found == {"search": {"totalCount": 1}}


async def test_deleting_all_articles_is_no_fault(settings: Settings) -> None:
    async with a_hub(settings) as client:
        id_ = await an_article("One")
        assert await client.indexer.wait(id_)

        await articles.delete(id_, by=SYSTEM)
        assert await client.indexer.wait(id_)
        answer = await ready(client, "ok")
        assert (answer.status_code, answer.json()["documents"]) == (200, 0)


async def test_scheduled_articles_are_published_while_the_index_is_away(settings: Settings) -> None:
    (settings.data_dir / "index").write_text("not a folder")
    app = create_app(settings)
    async with app.router.lifespan_context(app):
        soon = now() + timedelta(milliseconds=200)
        id_ = await an_article("Soon", status=Status.SCHEDULED, published_at=soon)
        with anyio.fail_after(20):
            while (await Article.get(id=id_)).status is not Status.PUBLISHED:
                await anyio.sleep(0.05)
        transport = httpx.ASGITransport(app=app)
        async with httpx.AsyncClient(transport=transport, base_url="http://hub.test") as http:
            answer = (await http.get("/readyz")).json()
    assert answer["index"] == "unavailable"
