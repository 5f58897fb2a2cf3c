"""hub.db.postgres: many connections, and failures of the network."""

from __future__ import annotations

import asyncio
import logging
import os
import signal
import sys
from collections import Counter
from functools import partial
from typing import Any

import anyio
import pytest
from tortoise import Tortoise

from hub import articles, outbox
from hub.auth import SYSTEM
from hub.db.database import Reader, display_url, migrate, open_database, run, transaction
from hub.db.keyset import PageArgs
from hub.db.postgres.sql import translate
from hub.db.timestamps import now
from hub.drafts import NewArticle, RelationDraft, TopicDraft
from hub.errors import DatabaseError, Invalid
from hub.import_plan import Action
from hub.imports import import_articles
from hub.models import Article, Change, Relation, RelationKind, Topic
from hub.reads import articles as article_reads
from hub.reads import topics
from hub.search.former_labels import slugs_by_name
from hub.settings import Settings
from hub.taxonomy import ensure_topics
from tests.support.factories import READER, a_draft, an_article, text
from tests.support.hub import a_hub
from tests.support.paths import ROOT
from tests.support.postgres import Database
from tests.support.signals import Signal

pytestmark = [pytest.mark.anyio, pytest.mark.databases("postgres")]


def test_arguments_are_numbered_and_lists_are_arrays() -> None:
    sql = "SELECT 1 FROM a WHERE b = ? AND c IN (?,?,?) AND d IN (?) AND e IN (NULL) LIMIT ?"
    assert translate(sql, [1, 2, 3, 4, 5, 6]) == (
        "SELECT 1 FROM a WHERE b = $1 AND c = ANY($2) AND d IN ($3) AND e IN (NULL) LIMIT $4",
        [1, [2, 3, 4], 5, 6],
    )
    assert translate("SELECT ?", [1]) == ("SELECT $1", [1])


# ── many writers ──────────────────────────────────────────────────────────────────────────────


async def test_lines_of_the_feed_come_to_light_in_the_order_of_their_numbers(db: Reader) -> None:
    announced, go = Signal(), Signal()

    @transaction
    async def early_but_slow() -> None:
        await outbox.announce(["first"])
        announced.set()
        await go.wait()

    @transaction
    async def late_but_quick() -> None:
        await outbox.announce(["second"])

    slow = asyncio.create_task(early_but_slow())
    await announced.wait()
    quick = asyncio.create_task(late_but_quick())
    await asyncio.sleep(0.2)
    assert await outbox.changes(db, 0, 10) == []
    go.set()
    await asyncio.gather(slow, quick)
    assert [line.tag for line in await outbox.changes(db, 0, 10)] == ["first", "second"]


async def test_whoever_reads_on_from_the_last_line_misses_none(db: Reader) -> None:
    read_tags: list[str] = []

    async def read_on() -> None:
        last = 0
        while len(read_tags) < 200:
            for line in await outbox.changes(db, last, 7):
                read_tags.append(line.tag)
                last = line.seq
            await asyncio.sleep(0)

    @transaction
    async def announce(tag: str) -> None:
        await outbox.announce([f"{tag}a", f"{tag}b"])

    with anyio.fail_after(30):
        await asyncio.gather(read_on(), *(announce(f"{number}-") for number in range(100)))
    assert Counter(read_tags) == {f"{number}-{end}": 1 for number in range(100) for end in "ab"}


async def test_articles_of_one_title_saved_at_once_get_slugs_of_their_own(db: Reader) -> None:
    await asyncio.gather(*(an_article("Bread") for _ in range(12)))
    rows = await db.rows("SELECT slug FROM article ORDER BY id")
    assert [slug for (slug,) in rows] == ["bread", *(f"bread-{n}" for n in range(2, 13))]


async def test_of_two_who_want_a_slug_one_is_told_that_it_is_taken(db: Reader) -> None:
    new = NewArticle(title="Bread", slug="bread", body=text("Words."))
    done = await asyncio.gather(
        *(articles.create(new, by=SYSTEM) for _ in range(6)), return_exceptions=True
    )
    assert sorted(type(result).__name__ for result in done) == ["Invalid"] * 5 + ["int"]
    assert all("bread is taken" in str(result) for result in done if isinstance(result, Invalid))


async def test_an_import_that_runs_twice_at_once_stores_everything_once(db: Reader) -> None:
    drafts = [a_draft(str(number), topics=(TopicDraft("Bread"),)) for number in range(10)]
    outcomes = await asyncio.gather(*(import_articles(drafts, by=SYSTEM) for _ in range(4)))
    actions = Counter(outcome.action for batch in outcomes for outcome in batch)
    assert actions[Action.CREATED] >= 10
    assert actions[Action.REFUSED] == actions[Action.CONFLICT] == 0
    assert await Article.all().count() == 10
    assert await Topic.all().count() == 1
    assert {article.version for article in await Article.all()} == {1}


async def test_an_edge_and_its_target_that_arrive_together_find_each_other(db: Reader) -> None:
    async def pair(number: int) -> None:
        edge = RelationDraft(RelationKind.INLINE, f"Target {number}", by_headline=True)
        await asyncio.gather(
            import_articles([a_draft(f"s{number}", relations=(edge,))], by=SYSTEM),
            import_articles([a_draft(f"t{number}", title=f"Target {number}")], by=SYSTEM),
        )

    await asyncio.gather(*(pair(number) for number in range(10)))
    assert await Relation.filter(target_id=None).count() == 0
    assert await Relation.all().count() == 10


async def test_a_counter_that_all_read_and_write_loses_nothing(db: Reader) -> None:
    id_ = await an_article()

    @transaction
    async def increment() -> None:
        article = await Article.get(id=id_)
        await asyncio.sleep(0)
        await Article.filter(id=id_).update(comment_count=article.comment_count + 1)

    await asyncio.gather(*(increment() for _ in range(40)))
    assert (await Article.get(id=id_)).comment_count == 40


async def test_cancelled_saves_keep_no_connection(db: Reader) -> None:
    @transaction
    async def save() -> None:
        await Change.create(tag="x", at=now())

    for pause in range(40):
        task = asyncio.create_task(save())
        for _ in range(pause % 8):
            await asyncio.sleep(0)
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)
    with anyio.fail_after(10):
        await asyncio.gather(*(save() for _ in range(20)))
        pool: Any = Tortoise.get_connection("default")
        while pool._pool.get_idle_size() < pool._pool.get_size():
            await asyncio.sleep(0.01)


# ── news of commits ───────────────────────────────────────────────────────────────────────────

SAVE = """
import anyio
from hub.db.database import open_database
from hub.search.former_labels import slugs_by_name
from hub.settings import Settings
from tests.support.factories import an_article

async def main():
    async with open_database(Settings()):
        await an_article("From elsewhere")

anyio.run(main)
"""


async def _elsewhere(settings: Settings) -> None:
    """Save an article in another process."""
    env = os.environ | {"HUB_DATABASE_URL": settings.database_url, "PYTHONPATH": str(ROOT)}
    await anyio.run_process([sys.executable, "-c", SAVE], env=env)


async def test_a_commit_is_news_at_once_here_and_soon_elsewhere(
    db: Reader, settings: Settings
) -> None:
    before = await _steady(db)
    await an_article()
    after = db.stamp()
    assert after != before
    await asyncio.sleep(0.2)
    assert db.stamp() == after  # its own notification is ignored
    await _elsewhere(settings)
    with anyio.fail_after(10):
        while db.stamp() == after:
            await asyncio.sleep(0.01)


async def test_who_cannot_hear_takes_every_look_for_news_until_it_hears_again(
    db: Reader, postgres: Database, settings: Settings
) -> None:
    last = db.stamp()
    await _cut(postgres)
    await _elsewhere(settings)  # while there is no listener
    assert await _steady(db) != last


async def _steady(db: Reader) -> int:
    """The stamp, once it stays the same for half a second."""
    with anyio.fail_after(60):
        while True:
            stamp = db.stamp()
            await asyncio.sleep(0.5)
            if db.stamp() == stamp:
                return stamp


async def test_silence_is_not_taken_for_peace(db: Reader, settings: Settings) -> None:
    """A server that stops to respond, without closing the connection, is detected in a second."""
    last = await _steady(db)
    silent = await db.rows(
        "SELECT pid FROM pg_stat_activity WHERE datname = current_database() AND query = 'SELECT 1'"
    )
    assert silent
    try:
        for (pid,) in silent:
            os.kill(pid, signal.SIGSTOP)
        await _elsewhere(settings)
        with anyio.fail_after(10):
            while db.stamp() == last:
                await asyncio.sleep(0.01)
        await _steady(db)
    finally:
        for (pid,) in silent:
            os.kill(pid, signal.SIGCONT)


# ── a network in between ──────────────────────────────────────────────────────────────────────


async def _cut(postgres: Database) -> None:
    """End every connection to the database, as a restart or a proxy would."""
    await postgres.cluster.run(
        f"SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = '{postgres.name}'"
    )


async def test_lost_connections_are_opened_again(db: Reader, postgres: Database) -> None:
    id_ = await an_article("Before")
    for _ in range(3):
        await asyncio.gather(*(db.rows("SELECT pg_sleep(0.01)") for _ in range(8)))
        await _cut(postgres)
        assert await article_reads.by_ids(db, [id_], READER)
        await _cut(postgres)
        await an_article("After")
    assert await article_reads.count(db, article_reads.ArticleFilter(), READER) == 4


async def test_reads_share_few_connections_and_cancelled_ones_spoil_none(
    settings: Settings,
) -> None:
    few = settings.model_copy(update={"database_connections": 2})
    async with open_database(few) as db:
        for pause in range(30):
            reads = [asyncio.create_task(db.rows("SELECT pg_sleep(0.01), ?", [n])) for n in "abc"]
            for _ in range(pause):
                await asyncio.sleep(0)
            for read in reads:
                read.cancel()
            await asyncio.gather(*reads, return_exceptions=True)
        with anyio.fail_after(20):
            rows = await asyncio.gather(*(db.rows("SELECT ?", [str(n)]) for n in range(20)))
        assert rows == [[(str(n),)] for n in range(20)]
        [[there]] = await db.rows(
            "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database()"
        )
        assert there <= 2 + 1 + 1  # readers, the listener, a writer


async def test_a_hub_whose_database_is_away_says_so_and_comes_back(
    settings: Settings, postgres: Database
) -> None:
    async with a_hub(settings) as client:
        await an_article("Bread")
        assert (await client.http.get("/readyz")).status_code == 200
        postgres.cluster.stop()
        try:
            answer = await client.http.get("/readyz")
            assert (answer.status_code, answer.json()) == (503, {"database": "unavailable"})
            failed = await client.http.post("/graphql", json={"query": "{ topics { totalCount } }"})
            assert "Traceback" not in failed.text
            assert failed.json()["errors"]
        finally:
            postgres.cluster.start()
        with anyio.fail_after(20):
            while (await client.http.get("/readyz")).status_code != 200:
                await asyncio.sleep(0.05)
        answer = await client.http.post("/graphql", json={"query": "{ articles { totalCount } }"})
        assert answer.json()["data"] == {"articles": {"totalCount": 1}}


@pytest.mark.parametrize(
    ("_case", "url", "message"),
    [
        ("nobody listens", "postgres://me:hush@127.0.0.1:1/hub", "at 127.0.0.1:1/hub"),
        ("no such host", "postgresql://me:hush@nowhere.invalid/hub", "at nowhere.invalid/hub"),
        ("no port", "postgres://me:hush@localhost:port/hub", "HUB_DATABASE_URL"),
    ],
)
async def test_a_database_that_is_away_is_told_in_a_line(
    _case: str, url: str, message: str
) -> None:
    with pytest.raises(DatabaseError, match=message) as caught:
        async with open_database(Settings(database_url=url)):
            pass
    assert "hush" not in str(caught.value)
    assert "hush" not in display_url(Settings(database_url=url))
    assert "\n" not in str(caught.value)


async def test_processes_that_start_at_once_migrate_once(postgres: Database) -> None:
    await postgres.cluster.run("CREATE DATABASE fresh")
    env = os.environ | {"HUB_DATABASE_URL": postgres.cluster.url("fresh")}
    command = [sys.executable, "-m", "scripts", "migrate"]
    async with anyio.create_task_group() as group:
        for _ in range(4):
            group.start_soon(partial(anyio.run_process, command, env=env, cwd=ROOT))
    async with open_database(Settings(database_url=postgres.cluster.url("fresh"))) as db:
        [[applied, different]] = await db.rows(
            "SELECT count(*), count(DISTINCT name) FROM tortoise_migrations"
        )
        assert applied == different == len(list((ROOT / "hub" / "migrations").glob("0*.py")))
        unlike = await db.rows(
            "SELECT a.attrelid::regclass, a.attname FROM pg_attribute a"
            " JOIN pg_class c ON c.oid = a.attrelid JOIN pg_collation o ON o.oid = a.attcollation"
            " WHERE c.relnamespace = 'public'::regnamespace AND c.relkind = 'r'"
            " AND o.collname <> 'C' AND c.relname <> 'tortoise_migrations'"
        )
        assert unlike == []


async def test_a_database_that_does_not_exist_is_named(postgres: Database) -> None:
    with pytest.raises(DatabaseError, match='database "nosuch" does not exist'):
        await migrate(Settings(database_url=postgres.cluster.url("nosuch")))


async def test_a_password_is_in_no_line_of_the_log(
    postgres: Database, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    secret = postgres.url.replace("//hub@", "//hub:hush@")
    async with open_database(Settings(database_url=secret)):
        await an_article()
    assert "INSERT INTO" in caplog.text
    assert "hush" not in caplog.text


async def test_a_database_without_utf8_is_refused(postgres: Database) -> None:
    await postgres.cluster.run(
        "CREATE DATABASE ascii TEMPLATE template0 ENCODING 'SQL_ASCII' LOCALE 'C'"
        + " LOCALE_PROVIDER libc" * postgres.cluster.has_icu
    )
    with pytest.raises(DatabaseError, match=r"SQL_ASCII; the hub needs one .* ENCODING 'UTF8'"):
        await migrate(Settings(database_url=postgres.cluster.url("ascii")))


# ── what the two databases must agree on ──────────────────────────────────────────────────────


async def test_names_sort_by_code_point_whatever_the_locale(db: Reader) -> None:
    @transaction
    async def add() -> None:
        names = ("b", "B", "a", "Ä", "é", "-", "10", "9")
        await ensure_topics(TopicDraft(name, f"t{number}") for number, name in enumerate(names))

    await add()
    page = await topics.page(db, PageArgs(10), SYSTEM)
    assert [row.name for row in page.rows] == ["-", "10", "9", "B", "a", "b", "Ä", "é"]


async def test_a_nul_finds_nothing_and_breaks_nothing(db: Reader) -> None:
    await an_article("Bread", slug="bread")
    assert await article_reads.by_slug(db, "bre\0ad", None, READER) is None
    assert await slugs_by_name(db, "author", ["a\0", "b"], READER) == {}


async def test_a_page_of_the_newest_reads_an_index_and_sorts_nothing(db: Reader) -> None:
    @transaction
    async def fill() -> None:
        await run(
            "INSERT INTO article (slug, language, kind, title, headline_key, summary, status,"
            " published_at, created_at, updated_at, version, comments_open, comment_count,"
            " body_html, body_text) SELECT 's' || n, 'en', 'ARTICLE', 't', '', '', 'PUBLISHED', at,"
            " at, at, 1, TRUE, 0, '', '' FROM (SELECT n, CAST('2026-01-01' AS TIMESTAMPTZ)"
            " + n * INTERVAL '1 minute' AS at FROM generate_series(1, 5000) n) AS made"
        )
        await run("ANALYZE article")

    await fill()
    page = (
        "SELECT a.id FROM article a WHERE a.status IN (?) AND (a.published_at, a.id) < (?, ?)"
        " ORDER BY a.published_at DESC, a.id DESC LIMIT ?"
    )
    args = ["PUBLISHED", "2026-01-02 00:00:00+00:00", 9000, 21]
    plan = "\n".join(line for (line,) in await db.rows(f"EXPLAIN {page}", args))
    assert "Index Scan Backward" in plan or "Index Only Scan Backward" in plan
    assert "Sort" not in plan
