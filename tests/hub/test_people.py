"""hub.people: what a person left is exported, or gone from every table and file."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import tarfile
from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from tortoise.models import Model

from hub import articles, comments, imports, models, people, persisted, tokens, webhooks
from hub.articles import previews, releases, trash, working_versions
from hub.auth import SYSTEM, require_revision, viewer_of
from hub.backup import create, restore
from hub.backup.people import BLANKED, EMPTIED
from hub.backup.tables import table_names
from hub.comments import secrets
from hub.db.database import Reader, open_database
from hub.db.keyset import PageArgs
from hub.db.timestamps import now
from hub.drafts import ArticleChanges, CommentDraft
from hub.errors import Invalid, NotAllowed
from hub.models import (
    Article,
    AuditEntry,
    Comment,
    CommentEventType,
    CommentReport,
    CommentStatus,
    ErasedPerson,
    QueryReader,
    QueryStat,
    ReportReason,
    Revision,
    Role,
    Status,
    Token,
    TrashedRow,
    WebhookEvent,
    WebhookMessage,
)
from hub.reads import comments as reads
from hub.settings import Settings
from schema.webhook_delivery import format_body
from search_index.engines import open_engine
from search_index.indexer import Indexer, rebuild_or_wait
from tests.support.factories import EDITOR, READER, a_draft, an_article, text
from tests.support.paths import ROOT

pytestmark = [pytest.mark.anyio, pytest.mark.databases]

EMAIL = "Qrita@Example.com"
TRACES = (b"qrita", b"qverbena", b"qmarigold", b"qtrashed")
"""What the person left, in lower case: address and name, and words of her comments."""


async def nothing() -> None:
    """Do nothing before a restore."""


async def leave(article_id: int, words: str, parent_id: int | None = None) -> int:
    """Submit a comment of the person, and approve it."""
    id_ = await comments.submit(
        article_id,
        author_name="Qrita Rose",
        author_email=EMAIL if parent_id else EMAIL.lower(),
        body=words,
        by=READER,
        parent_id=parent_id,
        secret=secrets.new_secret(),
    )
    await comments.moderate(id_, CommentStatus.APPROVED, by=EDITOR)
    return id_


async def reply(article_id: int, parent_id: int | None) -> int:
    return await comments.submit(
        article_id,
        author_name="Olga",
        author_email="olga@example.com",
        body="Indeed.",
        by=SYSTEM,
        parent_id=parent_id,
    )


async def fill() -> int:
    """Leave a person's traces wherever a hub holds them; return the id of the public article."""
    await webhooks.register([TARGET])
    article = await an_article("Bread")
    first = await leave(article, "The qverbena was lovely.")
    own = await leave(article, "And the qmarigold.", first)
    await reply(article, first)
    await leave(article, "More qmarigold.", own)
    secret = secrets.new_secret()
    edited = await comments.submit(
        article,
        author_name="Qrita Rose",
        author_email=EMAIL,
        body="Qmarigold.",
        by=READER,
        secret=secret,
    )
    policy = comments.Policy(edit_minutes=9)
    whole = secrets.join(edited, secret)
    await comments.edit_own(whole, "Other qmarigold, qrita@example.com.", by=READER, policy=policy)
    await comments.report(first, ReportReason.ABUSE, reporter="a", by=READER)
    gone = await an_article("Gone")
    await reply(gone, await leave(gone, "A qtrashed word."))
    await leave(gone, "Another qtrashed one.")
    await articles.delete(gone, by=SYSTEM)
    await QueryStat.create(day="2026-01-01", text="qmarigold", asked=1, hits=1, readers=1)
    await QueryStat.create(day="2026-01-01", text="the", asked=9, hits=1, readers=3)
    await comments.edit(first, "The qverbena was nice.", by=SYSTEM)
    await QueryReader.create(day="2026-01-01", text="qmarigold", reader="a digest")
    editor = replace(SYSTEM, name=EMAIL)
    await Revision.filter(article_id=article).update(editor=EMAIL)
    await previews.create(article_id=article, by=editor)
    await working_versions.save(article, ArticleChanges(title="New bread"), by=editor)
    await releases.create("Weekend", by=editor)
    await articles.unpublish(article, by=editor, at=now() + timedelta(days=9))
    await persisted.store("0" * 64, f'mutation {{ submitComment(authorEmail: "{EMAIL}") }}')
    return article


PLACES = {
    *("audit_entry", "comment", "content_release", "planned_change", "preview"),
    "persisted_document",
    *("query_reader", "query_stat", "revision", "trashed_row", "working_version"),
}
"""Tables with traces of the person; those of webhooks have ids alone."""
TARGET = "https://receiver.test"


async def tell(settings: Settings) -> str:
    """Make a message of what happened to comments, which waits for its receiver; return it."""

    def render(tags: frozenset[str], places: Any, moment: datetime) -> str:
        return format_body(tags, places, moment, settings)

    types = {f"comment.{event.value.lower()}" for event in CommentEventType}
    assert await webhooks.create_message(TARGET, render, types)
    return (await WebhookMessage.get()).body


def files(folder: Path) -> Iterator[tuple[str, bytes]]:
    for path in folder.rglob("*"):
        if path.is_file():
            yield str(path.relative_to(folder)), path.read_bytes().lower()


async def traces(db: Reader, folder: Path) -> set[tuple[str, bytes]]:
    """Return the files and tables that hold a trace of the person."""
    places = list(files(folder))
    for table in table_names():
        rows = await db.rows(f"SELECT * FROM {table}")
        places.append((table, str(rows).lower().encode()))
    return {(place, trace) for place, content in places for trace in TRACES if trace in content}


async def test_nothing_of_an_erased_person_is_left(settings: Settings) -> None:
    async with open_database(settings) as db:
        article = await fill()
        engine = open_engine(settings.search)
        indexer = Indexer(db, engine, max_tries=1)
        await indexer.rebuild()
        left = await traces(db, settings.data_dir)
        assert {trace for _, trace in left} == set(TRACES)
        places = {place for place, _ in left}
        assert any(place.startswith("index/") for place in places)
        assert places & set(table_names()) == PLACES
        assert "commentIds" in await tell(settings)
        assert await WebhookEvent.exists()
        kept = await Comment.filter(author_name="Olga").order_by("id").values("id", "parent_id")
        erasure = await people.erase(db, f" {EMAIL.upper()}", by=SYSTEM)
        assert erasure == (6, 2, True, ())
        assert not await CommentReport.exists()
        assert not await QueryReader.exists()
        assert not await Comment.filter(secret_digest__not_isnull=True).exists()
        await rebuild_or_wait(db, engine)
        await engine.close()
        assert await traces(db, settings.data_dir) == set()
        assert (
            await Comment.filter(author_name="Olga").order_by("id").values("id", "parent_id")
            == kept
        )
        await create.create(settings, settings.data_dir.parent / "after.backup", version="1")
        [top] = (await reads.threads(db, [article], PageArgs(9), READER, newest_first=False))[
            article
        ].rows
        assert (top.author_name, top.body_html, top.is_erased) == ("Anonymous", "", True)
        assert [row.author_name for row in await reads.latest(db, article, 9, READER)] == ["Olga"]
        assert (await Article.get(id=article)).comment_count == 1
        assert [row.text for row in await QueryStat.all()] == ["the"]
        for entry in await AuditEntry.filter(subject="Comment", action="comment.submit"):
            assert (entry.changes is None) == (entry.actor == "anonymous")
        assert await TrashedRow.filter(origin="comment").count() == 2
        gone = await AuditEntry.get(action="article.delete")
        await trash.restore(gone.subject_id or 0, by=SYSTEM)
        assert await Comment.filter(article_id=gone.subject_id, erased_at=None).count() == 1
    assert not [place for place, content in files(settings.data_dir) if TRACES[0] in content]
    with tarfile.open(settings.data_dir.parent / "after.backup") as archive:  # made since
        for member in archive:
            content = archive.extractfile(member)
            assert content is not None
            words = content.read().lower()
            assert not [trace for trace in TRACES if trace in words], member.name


async def test_a_restored_backup_does_not_bring_the_person_back(
    settings: Settings, tmp_path: Path
) -> None:
    file = tmp_path / "hub.backup"
    async with open_database(settings) as db:
        article = await fill()
        await create.create(settings, file, version="1")
        await people.erase(db, EMAIL, by=SYSTEM)
        await leave(article, "New words, by her own choice.")
    await restore.restore(settings, file, before=nothing)
    async with open_database(settings) as db:
        assert await traces(db, settings.data_dir) == set()
        assert (await ErasedPerson.get()).finished_at is not None
        assert await Comment.filter(erased_at__not_isnull=True).count() == 1
        assert await people.resume(db) == 0


async def test_an_import_does_not_bring_the_person_back(db: Reader) -> None:
    moment = now() - timedelta(days=1)

    def a_comment(key: str, email: str, parent: str | None = None) -> CommentDraft:
        body = text(f"Words of {key}.")
        approved = CommentStatus.APPROVED
        return CommentDraft(key, "Q", body, moment, approved, parent_key=parent, author_email=email)

    drafts = (
        a_comment("replied to", EMAIL),
        a_comment("also", EMAIL.upper(), "replied to"),
        a_comment("other", "olga@example.com", "also"),
        a_comment("alone", EMAIL, "other"),
    )
    await people.erase(db, EMAIL, by=SYSTEM)
    for number in range(2):
        draft = a_draft("bread", comments=drafts)
        [outcome] = await imports.import_articles([draft], by=SYSTEM)
        assert "people whose comments were erased here" in (outcome.reason or "")
        assert outcome.comments_added == (0 if number else 3)
    rows = (
        await Comment.all()
        .order_by("source_key")
        .values_list("source_key", "author_email", "body_html", "erased_at")
    )
    assert [(*row[:3], row[3] is not None) for row in rows] == [
        ("also", None, "", True),
        ("other", "olga@example.com", "<p>Words of other.</p>", False),
        ("replied to", None, "", True),
    ]
    assert (await Article.get(source_key="bread")).comment_count == 1


SCRIPT = """
import os, signal
import anyio
from hub import people
from hub.auth import SYSTEM, require_revision, viewer_of
from hub.comments import erased
from hub.db.database import open_database
from hub.settings import Settings

people.BATCH, remove, steps = 1, erased.remove, 2

async def remove_or_die(rows):
    global steps
    steps -= 1
    if steps < 0:
        os.kill(os.getpid(), signal.SIGKILL)
    return await remove(rows)

erased.remove = remove_or_die

async def work():
    async with open_database(Settings()) as db:
        await people.erase(db, "qrita@example.com", by=SYSTEM)

anyio.run(work)
"""


def run_killed(settings: Settings) -> None:
    """Erase the person in a process that is killed before it removes the third comment."""
    env = os.environ | {
        "HUB_DATA_DIR": str(settings.data_dir),
        "HUB_DATABASE_URL": settings.database,
    }
    done = subprocess.run(
        [sys.executable, "-c", SCRIPT], cwd=ROOT, env=env, check=False, capture_output=True
    )
    assert done.returncode == -signal.SIGKILL, done.stderr


async def test_an_erasure_that_was_killed_is_resumed_by_the_hub(settings: Settings) -> None:
    async with open_database(settings):
        await fill()
    run_killed(settings)
    async with open_database(settings) as db:
        assert await Comment.filter(author_name="Qrita Rose").count() == 2
        assert await people.resume(db) == 1
        assert await traces(db, settings.data_dir) == set()
        assert await people.resume(db) == 0


async def test_an_export_holds_all_that_a_person_left(db: Reader) -> None:
    await fill()
    rows: list[people.PersonalComment] = []
    after, has_next = 0, True
    while has_next:
        page, has_next = await people.export(db, EMAIL, by=SYSTEM, after=after, limit=2)
        rows, after = rows + page, page[-1].id
    assert [row.is_in_trash for row in rows] == [False] * 4 + [True] * 2
    assert {row.author_email.lower() for row in rows} == {EMAIL.lower()}
    assert rows[0].body_html == "<p>The qverbena was nice.</p>"
    assert await AuditEntry.filter(action="person.export").count() == 1


async def test_who_may_not_and_what_is_no_address(db: Reader) -> None:
    await fill()
    for call in (people.export, people.erase):
        with pytest.raises(NotAllowed):
            await call(db, EMAIL, by=EDITOR)
        for bad in ("", "nope"):
            with pytest.raises(Invalid, match="email"):
                await call(db, bad, by=SYSTEM)
    assert await ErasedPerson.all().count() == 0


async def test_addresses_are_kept_for_as_long_as_is_set(db: Reader) -> None:
    await fill()
    old = now() - timedelta(days=31)
    await Comment.filter(author_name="Qrita Rose").update(created_at=old)
    await people.forget_addresses(db, 0)
    assert await Comment.filter(author_email=None).count() == 0
    await people.forget_addresses(db, 30)
    emails = await Comment.all().values_list("author_name", "author_email", "audit_key")
    assert {(name, email is None) for name, email, _ in emails} == {
        ("Qrita Rose", True),
        ("Olga", False),
    }
    assert all(key is None for _, email, key in emails if email is None)


NAMES_OF_THINGS = {
    *(f"{table}.name" for table in ("author", "former_author", "topic", "former_topic")),
    *(f"{table}.name" for table in ("hub_secret", "index_follower", "lease", "stored_setting")),
    *("content_release.name", "search_rule.name", "webhook_target.name"),
}


def test_every_name_of_an_editor_is_erased_and_left_out_of_backups() -> None:
    """A new column of this kind has to be added to the lists, or to the names of things."""
    columns = {
        f"{model._meta.db_table}.{name}"
        for model in vars(models).values()
        if isinstance(model, type) and issubclass(model, Model)
        for name in model._meta.fields_map.keys() & {"actor", "editor", "name"}
    }
    naming = {f"{table}.{column}" for table, column in people._NAMING.items()}
    assert columns - NAMES_OF_THINGS == naming
    assert not NAMES_OF_THINGS - columns
    left_out = {f"{table}.{column}" for table in BLANKED for column in BLANKED[table]}
    assert {name for name in naming if name.partition(".")[0] not in EMPTIED} <= left_out


async def test_two_erased_editors_do_not_own_each_others_drafts(db: Reader) -> None:
    writer = replace(viewer_of(EMAIL, Role.WRITER, ""), own_drafts=True)
    other = replace(writer, name="other@example.com")
    draft = await an_article("Draft", status=Status.DRAFT, by=writer)
    for viewer in (writer, other):
        await tokens.create(viewer.name, Role.WRITER, by=SYSTEM)
        await people.erase(db, viewer.name, by=SYSTEM)
    own, others = (row.name for row in await Token.all().order_by("id"))
    article = await Article.get(id=draft)
    await require_revision(article, replace(writer, name=own))
    with pytest.raises(NotAllowed):
        await require_revision(article, replace(writer, name=others))
