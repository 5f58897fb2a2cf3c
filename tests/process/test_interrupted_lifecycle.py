"""A kill in a release, a restoration or a merge of topics leaves all of it or nothing."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from hub import articles, related, taxonomy
from hub.articles import releases, trash, working_versions
from hub.auth import SYSTEM
from hub.db.database import open_database, run, transaction
from hub.drafts import ArticleChanges
from hub.models import Article, RelationKind, Release, ReleaseStatus
from hub.settings import Settings
from hub.taxonomy import TOPICS
from tests.hub.test_snapshots import present
from tests.support.factories import a_comment, an_article
from tests.support.paths import ROOT

pytestmark = [pytest.mark.anyio, pytest.mark.databases]

SCRIPT = """
import os, signal, sys
import anyio
from hub import snapshots
from hub.articles import releases, revisions, trash
from hub.auth import SYSTEM
from hub.db.database import open_database
from hub.settings import Settings
from hub.taxonomy import TOPICS, merge, merging

steps = int(sys.argv[3])

def or_die(step):
    async def step_or_die(*args, **values):
        global steps
        steps -= 1
        if steps < 0:
            os.kill(os.getpid(), signal.SIGKILL)
        await step(*args, **values)

    return step_or_die

snapshots.record = or_die(snapshots.record)
merging.remember = or_die(merging.remember)

def merge_into_2(id_, by):
    return merge(TOPICS, id_, 2, by=by)

async def work():
    async with open_database(Settings()):
        await eval(sys.argv[1])(int(sys.argv[2]), by=SYSTEM)

anyio.run(work)
"""


def run_killed(settings: Settings, call: str, id_: int, steps: int) -> None:
    """Run a service in a process that is killed before it records its save number `steps`."""
    env = {
        **os.environ,
        "HUB_DATA_DIR": str(settings.data_dir),
        "HUB_DATABASE_URL": settings.database,
    }
    done = subprocess.run(
        [sys.executable, "-c", SCRIPT, call, str(id_), str(steps)],
        cwd=Path(ROOT),
        env=env,
        check=False,
        capture_output=True,
        text=True,
    )
    assert done.returncode == -signal.SIGKILL, done.stderr


async def rows(table: str) -> list[tuple[object, ...]]:
    return [tuple(row) for row in await transaction(run)(f"SELECT * FROM {table} ORDER BY id")]


async def test_a_release_is_whole_or_has_not_begun(settings: Settings, anyio_backend: str) -> None:
    async with open_database(settings):
        release = await releases.create("Release", by=SYSTEM)
        ids = [await an_article(f"Old {number}") for number in range(4)]
        for id_ in ids:
            await working_versions.save(id_, ArticleChanges(title=f"New {id_}"), by=SYSTEM)
            await releases.add(release, id_, by=SYSTEM)
        tables = ("article", "revision", "working_version", "outbox_event", "change")
        before = [await rows(table) for table in tables if table != "change"]
    run_killed(settings, "releases.publish", release, 3)
    async with open_database(settings):
        assert [await rows(table) for table in tables if table != "change"] == before
        assert (await Release.get(id=release)).status is ReleaseStatus.OPEN
        await releases.publish(release, by=SYSTEM)
        assert {article.title for article in await Article.all()} == {f"New {id_}" for id_ in ids}


async def test_a_restoration_is_whole_or_has_not_begun(
    settings: Settings, anyio_backend: str
) -> None:
    async with open_database(settings):
        id_, other = await an_article("Bread", topics=("Baking",)), await an_article("Other")
        await a_comment(id_)
        await related.link(other, kind=RelationKind.PINNED, by=SYSTEM, target_id=id_)
        state = await present(id_)
        await articles.delete(id_, by=SYSTEM)
        tables = ("article", "comment", "relation", "revision", "trashed_article", "trashed_row")
        before = [await rows(table) for table in tables]
    run_killed(settings, "trash.restore", id_, 0)
    async with open_database(settings):
        assert [await rows(table) for table in tables] == before
        await trash.restore(id_, by=SYSTEM)
        assert await present(id_) == state
        assert await rows("trashed_row") == []


async def test_a_merge_is_whole_or_has_not_begun(settings: Settings, anyio_backend: str) -> None:
    tables = ("topic", "article_topic", "former_topic", "outbox_event", "audit_entry")
    async with open_database(settings):
        for number in range(3):
            await an_article(f"Old {number}", topics=("Old", "New")[: number + 1])
        before = [await rows(table) for table in tables]
    run_killed(settings, "merge_into_2", 1, 0)
    async with open_database(settings):
        assert [await rows(table) for table in tables] == before
        assert await taxonomy.merge(TOPICS, 1, 2, by=SYSTEM) == 3
        assert [row[0] for row in await rows("topic")] == [2]
