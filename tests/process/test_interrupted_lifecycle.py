"""Releases, restorations and merges by processes that are killed, or that race each other.

Each leaves all of it or nothing, once, and the audit trail and the past tell that state.
"""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from hub import articles, related, taxonomy
from hub.articles import releases, revisions, trash, working_versions
from hub.auth import SYSTEM
from hub.db.database import Reader, open_database, run, transaction
from hub.db.timestamps import now
from hub.drafts import ArticleChanges
from hub.models import (
    Article,
    RelationKind,
    Release,
    ReleaseStatus,
    Revision,
    Topic,
    TrashedArticle,
)
from hub.settings import Settings
from hub.taxonomy import TOPICS
from tests.hub.reads.test_history import all_entries, public_at, public_now, retell_fields
from tests.hub.test_snapshots import present
from tests.support.factories import a_comment, an_article
from tests.support.paths import ROOT

RACES = 4
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

def to_version_1(id_, by):
    return revisions.restore(id_, 1, by=by)

def merge_into_2(id_, by):
    return merge(TOPICS, id_, 2, by=by)

async def work():
    async with open_database(Settings()):
        await eval(sys.argv[1])(int(sys.argv[2]), by=SYSTEM)

anyio.run(work)
"""


RACE = """
import json, sys, time
from pathlib import Path
import anyio
from hub.articles import releases, revisions, trash
from hub.auth import SYSTEM
from hub.db.database import open_database
from hub.errors import HubError
from hub.settings import Settings
from hub.taxonomy import TOPICS, merge

number, folder = int(sys.argv[1]), Path(sys.argv[2])
work = json.loads(sys.argv[3])

async def race():
    outcomes = {}
    async with open_database(Settings()):
        (folder / str(number)).touch()
        while len(list(folder.iterdir())) < 2:
            time.sleep(0.001)
        for place in range(len(work["releases"])):
            first, second = work["topics"][place]
            ends = (first, second) if number else (second, first)
            for name, change in {
                "release": lambda: releases.publish(work["releases"][place], by=SYSTEM),
                "version": lambda: revisions.restore(work["revised"][place], 1, by=SYSTEM),
                "trash": lambda: trash.restore(work["trashed"][place], by=SYSTEM),
                "merge": lambda: merge(TOPICS, *ends, by=SYSTEM),
            }.items():
                try:
                    await change()
                    outcome = "done"
                except HubError as problem:
                    outcome = type(problem).__name__
                outcomes.setdefault(name, []).append(outcome)
    print(json.dumps(outcomes))

anyio.run(race)
"""


def environment(settings: Settings) -> dict[str, str]:
    return {
        **os.environ,
        "HUB_DATA_DIR": str(settings.data_dir),
        "HUB_DATABASE_URL": settings.database,
    }


async def check_it_is_retold(db: Reader) -> None:
    """Check that audit trail and revisions tell what there is."""
    assert await public_at(db, now()) == await public_now()
    fields = retell_fields(await all_entries(db))
    for article in await Article.all():
        assert fields[article.id] == {
            **{"title": article.title, "slug": article.slug, "status": article.status.value}
        }


def run_killed(settings: Settings, call: str, id_: int, steps: int) -> None:
    """Run a service in a process that is killed before it records its save number `steps`."""
    done = subprocess.run(
        [sys.executable, "-c", SCRIPT, call, str(id_), str(steps)],
        cwd=Path(ROOT),
        env=environment(settings),
        check=False,
        capture_output=True,
        text=True,
    )
    assert done.returncode == -signal.SIGKILL, done.stderr


def run_race(settings: Settings, folder: Path, work: object) -> list[dict[str, list[str]]]:
    """Run the same changes in two processes at the same time; return the outcomes of each."""
    processes = [
        subprocess.Popen(
            [sys.executable, "-c", RACE, str(number), str(folder), json.dumps(work)],
            cwd=Path(ROOT),
            env=environment(settings),
            stdout=subprocess.PIPE,
        )
        for number in range(2)
    ]
    return [json.loads(process.communicate(timeout=60)[0]) for process in processes]


async def rows(table: str) -> list[tuple[object, ...]]:
    return [tuple(row) for row in await transaction(run)(f"SELECT * FROM {table} ORDER BY id")]


async def test_a_release_is_whole_or_has_not_begun(settings: Settings, anyio_backend: str) -> None:
    async with open_database(settings):
        release = await releases.create("Release", by=SYSTEM)
        ids = [await an_article(f"Old {number}") for number in range(4)]
        for id_ in ids:
            await working_versions.save(id_, ArticleChanges(title=f"New {id_}"), by=SYSTEM)
            await releases.add(release, id_, by=SYSTEM)
        tables = ("article", "revision", "working_version", "outbox_event", "audit_entry")
        before = [await rows(table) for table in tables]
    run_killed(settings, "releases.publish", release, 3)
    async with open_database(settings) as db:
        assert [await rows(table) for table in tables] == before
        await check_it_is_retold(db)
        assert (await Release.get(id=release)).status is ReleaseStatus.OPEN
        await releases.publish(release, by=SYSTEM)
        assert {article.title for article in await Article.all()} == {f"New {id_}" for id_ in ids}
        await check_it_is_retold(db)


@pytest.mark.parametrize("service", ["trash.restore", "to_version_1"])
async def test_a_restoration_is_whole_or_has_not_begun(
    settings: Settings, anyio_backend: str, service: str
) -> None:
    async with open_database(settings):
        id_, other = await an_article("Bread", topics=("Baking",)), await an_article("Other")
        await a_comment(id_)
        await related.link(other, kind=RelationKind.PINNED, by=SYSTEM, target_id=id_)
        state = await present(id_)
        if service == "trash.restore":
            await articles.delete(id_, by=SYSTEM)
        else:
            changes = ArticleChanges(title="Toast", topics=("Breakfast",))
            await articles.revise(id_, changes, seen_version=1, by=SYSTEM)
        tables = [
            *("article", "article_topic", "comment", "relation", "revision", "audit_entry"),
            *("trashed_article", "trashed_row"),
        ]
        before = [await rows(table) for table in tables]
    run_killed(settings, service, id_, 0)
    async with open_database(settings) as db:
        assert [await rows(table) for table in tables] == before
        await check_it_is_retold(db)
        if service == "trash.restore":
            await trash.restore(id_, by=SYSTEM)
        else:
            await revisions.restore(id_, 1, by=SYSTEM)
        assert await present(id_) == state
        await check_it_is_retold(db)
        assert await rows("trashed_row") == []


async def test_a_merge_is_whole_or_has_not_begun(settings: Settings, anyio_backend: str) -> None:
    tables = ("topic", "article_topic", "former_topic", "outbox_event", "audit_entry")
    async with open_database(settings):
        for number in range(3):
            await an_article(f"Old {number}", topics=("Old", "New")[: number + 1])
        before = [await rows(table) for table in tables]
    run_killed(settings, "merge_into_2", 1, 0)
    async with open_database(settings) as db:
        assert [await rows(table) for table in tables] == before
        await check_it_is_retold(db)
        assert await taxonomy.merge(TOPICS, 1, 2, by=SYSTEM) == 3
        assert [row[0] for row in await rows("topic")] == [2]
        await check_it_is_retold(db)


async def test_two_processes_at_the_same_time(
    settings: Settings, anyio_backend: str, tmp_path: Path
) -> None:
    """Each release, article in the trash and pair of topics is changed by one of them."""
    work: dict[str, list[Any]] = {"releases": [], "revised": [], "trashed": [], "topics": []}
    async with open_database(settings):
        for number in range(RACES):
            names = (f"First {number}", f"Second {number}")
            ids = [await an_article(f"{number} {place}", topics=names) for place in range(4)]
            await articles.revise(ids[0], ArticleChanges(title="Toast"), seen_version=1, by=SYSTEM)
            await articles.delete(ids[1], by=SYSTEM)
            release = await releases.create("Release", by=SYSTEM)
            for id_ in ids[2:]:
                await working_versions.save(id_, ArticleChanges(title=f"New {id_}"), by=SYSTEM)
                await releases.add(release, id_, by=SYSTEM)
            work["releases"].append(release)
            work["revised"].append(ids[0])
            work["trashed"].append(ids[1])
            work["topics"].append([(await Topic.get(name=name)).id for name in names])
    folder = tmp_path / "ready"
    folder.mkdir()
    outcomes = run_race(settings, folder, work)
    for name, refusal in (("release", "Invalid"), ("trash", "NotFound"), ("merge", "NotFound")):
        for pair in zip(*(outcome[name] for outcome in outcomes), strict=True):
            assert sorted(pair) == sorted(["done", refusal]), name
    async with open_database(settings) as db:
        await check_it_is_retold(db)
        assert await Topic.all().count() == RACES
        assert await TrashedArticle.all().count() == 0
        entries = await all_entries(db)
        for action in ("release.publish", "topic.merge"):
            assert sum(entry.action == action for entry in entries) == RACES
        for article in await Article.all():
            versions = await Revision.filter(article_id=article.id).order_by("version")
            assert [row.version for row in versions] == list(range(1, article.version + 1))
            if article.id not in work["revised"]:
                assert article.version == 2
            else:  # the second of both found it as it was to be
                assert article.version == 3
                assert article.title != "Toast"
