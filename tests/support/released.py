"""Filled databases of a released version as SQL, from which the tests of upgrades start.

At a release, `python -m tests.support.released 0.2.0` writes
`tests/hub/migrations/released/0.2.0.sqlite.sql` and `0.2.0.postgres.sql`: a hub that the present
code filled by an import of `released/source` and by each service once.
"""

from __future__ import annotations

import argparse
import re
import sqlite3
import tempfile
from collections.abc import Sequence
from contextlib import closing
from datetime import timedelta
from pathlib import Path
from time import time

import anyio

from hub import (
    articles,
    audit,
    comments,
    outbox,
    people,
    persisted,
    rate_limits,
    related,
    taxonomy,
    tokens,
    webhooks,
)
from hub.articles import previews, releases, working_versions
from hub.auth import SYSTEM
from hub.comments import form_tokens
from hub.curation import outside, suggestions
from hub.db import leases
from hub.db.database import open_database, transaction
from hub.db.timestamps import now
from hub.drafts import ArticleChanges, NewArticle
from hub.media.folder import MediaFolder
from hub.media.keeping import MediaStore
from hub.models import Article, CommentStatus, RelationKind, ReportReason, Role, Status
from hub.outbox import Follower
from hub.reads.search_tuning import Banner, RuleRow
from hub.related import Neighbour, Reason
from hub.search import followers, overtaken, tuning
from hub.search.rules import set_rule
from hub.search.settled import Search
from hub.search.statistics import QueryCounter, block
from hub.settings import Settings
from hub.taxonomy import AUTHORS, TOPICS
from hub.text.bodies import Body, Markup
from scripts.commands.import_ import import_paths
from tests.support.factories import an_article
from tests.support.paths import ROOT
from tests.support.pictures import a_picture
from tests.support.postgres import Cluster, find_programs

RELEASED = ROOT / "tests" / "hub" / "migrations" / "released"
SOURCE = RELEASED / "source"
TARGET = "https://cdn.example"
_PSQL_COMMAND = re.compile(r"^\\\w+ .*\n", re.MULTILINE)
"""A command to psql in the output of pg_dump, which is no SQL."""


async def fill(settings: Settings) -> None:
    """Fill an empty hub: import the source, and call each service once. Every table has rows."""
    await import_paths(sorted(SOURCE.iterdir()), settings)
    async with open_database(settings) as db:
        await webhooks.register([TARGET])
        await audit.record_settings(settings.public_values())
        store = MediaStore(MediaFolder(settings))
        picture = await store.keep(a_picture(), "https://pictures.example/ferry.jpg")
        article = await _write_articles()
        await an_article("Illustrated", image_url=picture)
        await _relate(article)
        await _discuss(article)
        await tuning.add_synonyms(("ferry", "boat"), by=SYSTEM)
        await tuning.add_synonyms(("mist",), by=SYSTEM, typed="fog")
        await tuning.pin("ferry", article, by=SYSTEM)
        await tuning.add_stop_word("quay", by=SYSTEM)
        await set_rule(RuleRow(0, "Strike", texts=("ferry",), banner=Banner("No ferry")), by=SYSTEM)
        await tokens.create("Newsroom", Role.EDITOR, by=SYSTEM)
        await tokens.create("Importer", Role.WRITER, by=SYSTEM, scopes=("write",))
        counter = QueryCounter(rate_limits.daily_secret)
        counter.count(Search("night ferry", 3), "address 192.0.2.1")
        counter.count(Search("submarine", 0))
        await counter.store(settings.statistics_days)
        await overtaken.exchange({"a digest": time()}, {}, 0.0)
        await block("jane doe", by=SYSTEM)
        await rate_limits.spend({"a": 30.0})
        await leases.acquire(db, "webhook", "holder", 15.0)
        await webhooks.create_message(TARGET, lambda *_: "{}")
        [message] = await webhooks.due_messages(TARGET)
        await webhooks.mark_failed(message, "answered 503", 503, 60.0)
        [event, *_] = await outbox.pending(db, 1)
        await outbox.settle([event], neighbours=True)
        await followers.lead(Follower("index", "holder"), (), "host")
        await people.erase(db, "gone@readers.example", by=SYSTEM)
        await persisted.store("0" * 64, "{ __typename }")
        await _rename_labels()
        await _change_topics()


async def _write_articles() -> int:
    """Write articles of each status, and return the id of a public one."""
    article = await articles.create(
        NewArticle(
            title="Written in the hub",
            body=Body("It **stands** [here](https://elsewhere.example/).", Markup.MARKDOWN),
            status=Status.PUBLISHED,
            topics=("Harbour",),
            authors=("Nora Quill",),
        ),
        by=SYSTEM,
    )
    changes = ArticleChanges(title="Written and revised in the hub", slug="revised-in-the-hub")
    await articles.revise(article, changes, seen_version=1, by=SYSTEM)
    await working_versions.save(article, ArticleChanges(title="Not public yet"), by=SYSTEM)
    await articles.publish(article, by=SYSTEM, at=now() + timedelta(days=36_500))
    await releases.add(await releases.create("Relaunch", by=SYSTEM), article, by=SYSTEM)
    await previews.create(article_id=article, by=SYSTEM)
    await articles.create(
        NewArticle(
            title="Opening of the slip",
            body=Body("Soon.", Markup.TEXT),
            status=Status.SCHEDULED,
            published_at=now() + timedelta(days=36_500),
        ),
        by=SYSTEM,
    )
    draft = await articles.create(NewArticle(title="To be deleted", body=Body("Gone.")), by=SYSTEM)
    await articles.publish(draft, by=SYSTEM)
    await articles.archive(draft, by=SYSTEM)
    await articles.delete(draft, by=SYSTEM)
    return article


async def _relate(article: int) -> None:
    imported = await Article.get(slug="gulls")
    await related.link(article, kind=RelationKind.PINNED, target_id=imported.id, by=SYSTEM)
    await suggestions.hide(article, imported.id, by=SYSTEM)
    await outside.collect(0)
    await related.link(article, kind=RelationKind.INLINE, headline="Nowhere yet", by=SYSTEM)
    reason = Reason("WORDS", "ferry", 0.5)
    neighbour = Neighbour(imported.id, RelationKind.SIMILAR, 0.5, (reason,))
    await related.replace_neighbours({article: [neighbour]})


async def _discuss(article: int) -> None:
    first, second = [
        await comments.submit(
            article,
            author_name="Rita",
            author_email="rita@readers.example",
            body="Indeed.",
            by=SYSTEM,
            parent_id=parent,
        )
        for parent in (None, None)
    ]
    await form_tokens.create_key()
    await comments.moderate(first, CommentStatus.APPROVED, by=SYSTEM)
    await comments.moderate(second, CommentStatus.SPAM, by=SYSTEM)
    await comments.report(first, ReportReason.ABUSE, reporter="address 192.0.2.1", by=SYSTEM)


async def _rename_labels() -> None:
    for kind in (TOPICS, AUTHORS):
        renamed = await taxonomy.create(kind, {"name": "Quay"}, by=SYSTEM)
        await taxonomy.update(kind, renamed, {"name": "Wharf", "slug": "wharf"}, by=SYSTEM)


@transaction
async def _change_topics() -> None:
    """Announce a change whose event for the webhook target is not in a message yet."""
    await outbox.announce(["topics"])


def dump_sqlite(path: Path) -> str:
    """Return an SQLite database as SQL."""
    with closing(sqlite3.connect(path)) as database:
        return "\n".join(database.iterdump()) + "\n"


def dump_postgres(cluster: Cluster, name: str) -> str:
    """Return a database of a cluster as SQL that a driver can run."""
    return _PSQL_COMMAND.sub("", cluster.dump(name))


def main(arguments: Sequence[str] | None = None) -> None:
    """Write the databases of a version."""
    parser = argparse.ArgumentParser(prog="tests.support.released", description=__doc__)
    parser.add_argument("version", help="the version to release, such as 0.2.0")
    version = parser.parse_args(arguments).version
    programs = find_programs()
    if programs is None or not re.fullmatch(r"\d+\.\d+\.\d+", version):
        parser.error("needs PostgreSQL's programs, and a version such as 0.2.0")
    with tempfile.TemporaryDirectory() as folder, Cluster(programs) as cluster:
        sqlite, name = Settings(data_dir=Path(folder), neighbours=0), "released"
        anyio.run(fill, sqlite)
        text = dump_sqlite(Path(folder) / "hub.sqlite3")
        (RELEASED / f"{version}.sqlite.sql").write_text(text, encoding="utf-8")
        anyio.run(cluster.run, f"CREATE DATABASE {name}")
        anyio.run(fill, sqlite.model_copy(update={"database_url": cluster.url(name)}))
        text = dump_postgres(cluster, name)
        (RELEASED / f"{version}.postgres.sql").write_text(text, encoding="utf-8")


if __name__ == "__main__":
    main()
