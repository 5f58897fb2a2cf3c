"""The audit trail: entries of services, private values, erasure, retention, settings."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import replace
from datetime import datetime, timedelta

import pytest

from hub import articles, audit, comments, imports, tokens
from hub.auth import SYSTEM
from hub.db.database import Reader
from hub.db.keyset import PageArgs
from hub.db.timestamps import now
from hub.drafts import ArticleChanges, TopicDraft
from hub.errors import Conflict, HubError, Invalid, NotAllowed
from hub.models import Article, AuditEntry, Comment, CommentStatus, Door, Role, Status
from hub.reads import audit as reads
from hub.reads.audit import AuditFilter, AuditRow
from hub.settings import Settings
from tests.support.factories import (
    ADMIN,
    EDITOR,
    READER,
    WRITER,
    a_comment,
    a_draft,
    a_token,
    an_article,
    text,
)

pytestmark = [pytest.mark.anyio, pytest.mark.databases]


async def entries(db: Reader, filter_: AuditFilter = AuditFilter()) -> list[AuditRow]:  # noqa: B008
    """Return all entries, the oldest first."""
    page = await reads.page(db, PageArgs(100), filter_, ADMIN)
    return page.rows[::-1]


def changes(row: AuditRow) -> dict[str, tuple[str | None, str | None]]:
    return {change.field: (change.before, change.after) for change in row.changes}


async def test_the_life_of_an_article_is_told_by_who_door_and_values(db: Reader) -> None:
    editor = replace(EDITOR, token_id=7)
    article = await an_article("Bread", by=editor, status=Status.DRAFT, topics=("Baking",))
    revised = ArticleChanges(title="Loaf", topics=("Baking", "Food"))
    await articles.revise(article, revised, seen_version=1, by=editor)
    await articles.publish(article, by=editor, at=now() + timedelta(days=1))
    due = now() - timedelta(seconds=1)
    await Article.filter(id=article).update(published_at=due)
    assert await articles.publish_due(db) == [article]
    await articles.archive(article, by=SYSTEM)
    await articles.delete(article, by=SYSTEM)
    rows = await entries(db, AuditFilter(subject="Article", subject_id=article))
    assert [(row.action, row.actor, row.token_id, row.door) for row in rows] == [
        ("article.create", "Edgar", 7, "GRAPHQL"),
        ("article.revise", "Edgar", 7, "GRAPHQL"),
        ("article.publish", "Edgar", 7, "GRAPHQL"),
        ("article.publish", "system", None, "SCHEDULER"),
        ("article.archive", "system", None, "COMMAND"),
        ("article.delete", "system", None, "COMMAND"),
    ]
    assert changes(rows[0])["title"] == (None, "Bread")
    assert changes(rows[1])["title"] == ("Bread", "Loaf")
    assert changes(rows[1])["topics"][0] != changes(rows[1])["topics"][1]
    assert changes(rows[2])["status"] == ("DRAFT", "SCHEDULED")
    assert changes(rows[3])["status"] == ("SCHEDULED", "PUBLISHED")
    assert changes(rows[5])["title"] == ("Loaf", None)


async def test_what_changes_nothing_or_is_refused_leaves_no_entry(db: Reader) -> None:
    article = await an_article("Bread", topics=("Baking",))
    await audit.record_settings({"language": "en"})
    before = await AuditEntry.all().count()
    same = ArticleChanges(title="Bread", topics=("Baking",))
    await articles.revise(article, same, seen_version=1, by=SYSTEM)
    await articles.publish(article, by=SYSTEM)
    await imports.import_taxonomy([TopicDraft("Baking")], [], by=SYSTEM)
    await audit.record_settings({"language": "en"})
    refusals: list[tuple[type[HubError], Callable[[], Awaitable[object]]]] = [
        (Conflict, lambda: articles.revise(article, same, seen_version=9, by=SYSTEM)),
        (NotAllowed, lambda: articles.delete(article, by=WRITER)),
        (Invalid, lambda: tokens.create("", Role.ADMIN, by=SYSTEM)),
        (Invalid, lambda: a_comment(article, "")),
    ]
    for error, refused in refusals:
        with pytest.raises(error):
            await refused()
    assert await AuditEntry.all().count() == before


async def test_a_long_value_is_abbreviated_with_its_digest(db: Reader) -> None:
    article = await an_article("Bread", body="Rye " * 5_000)
    await articles.revise(article, ArticleChanges(body=text("Rye")), seen_version=1, by=SYSTEM)
    for row in await entries(db, AuditFilter(action="article")):
        assert sum(len(value or "") for pair in changes(row).values() for value in pair) < 1_000
    before, after = changes(row)["body_html"]
    assert after == "<p>Rye</p>"
    assert before is not None
    assert "characters, sha256" in before


async def test_no_comment_text_name_or_address_is_in_the_trail(db: Reader) -> None:
    article = await an_article("Bread")
    id_ = await comments.submit(
        article, author_name="Qrita", author_email="q@example.com", body="Qwell.", by=READER
    )
    await comments.moderate(id_, CommentStatus.SPAM, by=EDITOR)
    told = repr(await entries(db))
    assert not [word for word in ("Qrita", "q@example.com", "Qwell") if word in told]
    submitted, moderated = await entries(db, AuditFilter(subject="Comment", subject_id=id_))
    assert (submitted.actor, submitted.token_id, submitted.door) == ("anonymous", None, "GRAPHQL")
    assert changes(moderated) == {"status": ("PENDING", "SPAM")}
    key = (await Comment.get(id=id_)).audit_key
    assert key is not None
    hashed = changes(submitted)["author_email"][1]
    assert hashed == audit.private_value("q@example.com", key)
    assert hashed != audit.private_value("p@example.com", key)
    assert hashed != audit.private_value("q@example.com", audit.new_key())


async def test_two_comments_of_one_reader_cannot_be_joined_by_their_hashes(db: Reader) -> None:
    article = await an_article("Bread")
    await a_comment(article)
    await a_comment(article)
    rows = await entries(db, AuditFilter(action="comment.submit"))
    assert len({changes(row)["author_email"][1] for row in rows}) == 2


async def test_an_erasure_blanks_values_and_leaves_who_and_when(db: Reader) -> None:
    article = await an_article("Bread", by=EDITOR)
    other = await an_article("Milk", by=EDITOR)
    before = await entries(db)
    with pytest.raises(NotAllowed):
        await audit.erase("Article", article, by=EDITOR)
    with pytest.raises(Invalid):
        await audit.erase("Nothing", article, by=ADMIN)
    assert await entries(db) == before
    assert await audit.erase("Article", article, by=ADMIN) == 1
    erased, untouched, entry = await entries(db)
    assert erased[:8] == before[0][:8]
    assert (erased.changes, bool(erased.erased_at)) == ((), True)
    assert untouched == before[1]
    assert untouched.subject_id == other
    assert (entry.action, entry.actor, entry.subject_id) == ("audit.erase", "Ada", article)


async def test_entries_are_kept_for_good_or_for_their_days(db: Reader) -> None:
    for days in (400, 40, 4):
        await an_article()
        last = await AuditEntry.all().order_by("-id").first()
        assert last is not None
        await AuditEntry.filter(id=last.id).update(at=now() - timedelta(days=days))
    assert not await audit.trim(0)
    assert await AuditEntry.all().count() == 3
    assert await audit.trim(30, limit=1)
    assert await audit.trim(30, limit=1)
    assert not await audit.trim(30, limit=1)
    assert await AuditEntry.all().count() == 1


async def test_changed_settings_are_noticed_at_a_start(db: Reader, settings: Settings) -> None:
    secret = {"webhook_urls": ["https://a.test/secret"], "webhook_secret": "s" * 24}
    first = settings.model_copy(update={"database_url": "postgres://u:secret@h/n"})
    await audit.record_settings(first.public_values())
    assert not await entries(db)
    second = Settings(**{**first.model_dump(), **secret, "site_name": "Other"})
    await audit.record_settings(second.public_values())
    await audit.record_settings(second.public_values())
    [row] = await entries(db)
    assert (row.action, row.door, row.actor) == ("settings.change", "START", "system")
    assert changes(row) == {"site_name": ('"Content hub"', '"Other"')}
    rows = await db.rows("SELECT value FROM stored_setting")
    assert not [value for (value,) in rows if "secret" in value]
    assert len(rows) > 40


async def test_an_import_is_one_entry_with_its_counts(db: Reader) -> None:
    await imports.import_articles([a_draft("a"), a_draft("b")], by=SYSTEM)
    await imports.import_articles([a_draft("a", title="New"), a_draft("b")], by=SYSTEM)
    await imports.import_articles([a_draft("b")], by=SYSTEM)
    rows = await entries(db)
    assert [(row.action, row.door, changes(row)) for row in rows] == [
        ("import.articles", "IMPORT", {"created": (None, "2")}),
        ("import.articles", "IMPORT", {"unchanged": (None, "1"), "updated": (None, "1")}),
    ]


async def test_what_an_import_withdraws_is_an_entry(db: Reader) -> None:
    await imports.import_articles([a_draft("a"), a_draft("b", status=Status.DRAFT)], by=EDITOR)
    for _ in range(2):
        await imports.withdraw_articles("example.test", ["a", "b"], by=EDITOR, dry_run=True)
    for _ in range(2):
        await imports.withdraw_articles("example.test", ["a", "b"], by=EDITOR)
    [_, row] = await entries(db)
    assert (row.action, row.actor, row.door) == ("import.articles", "Edgar", "IMPORT")
    assert changes(row) == {"withdrawn": (None, "1")}


async def test_filters_and_pages_read_one_statement(db: Reader) -> None:
    await a_token(Role.WRITER, "Wilma")
    ids = [await an_article(by=EDITOR) for _ in range(5)]
    await articles.archive(ids[0], by=replace(ADMIN, token_id=3))
    middle = (await entries(db))[3]
    for filter_, number in (
        (AuditFilter(), 7),
        (AuditFilter(action="article"), 6),
        (AuditFilter(action="article.create"), 5),
        (AuditFilter(subject="Article", subject_id=ids[0]), 2),
        (AuditFilter(actor="Edgar"), 5),
        (AuditFilter(token_id=3), 1),
        (AuditFilter(door=Door.COMMAND), 1),
        (AuditFilter(since=now()), 0),
        (AuditFilter(until=now()), 7),
    ):
        before = db.statements
        assert len(await entries(db, filter_)) == number, filter_
        assert db.statements == before + 1
        assert await reads.count(db, filter_, ADMIN) == number
    rows, after = [], None
    while True:
        page = await reads.page(db, PageArgs(2, after=after), AuditFilter(), ADMIN)
        rows += page.rows
        if not page.has_next:
            break
        after = (datetime.fromisoformat(page.rows[-1].at).isoformat(), page.rows[-1].id)
    assert rows[::-1] == await entries(db)
    assert middle in rows
    for viewer in (READER, WRITER, EDITOR):
        with pytest.raises(NotAllowed):
            await reads.page(db, PageArgs(2), AuditFilter(), viewer)
        with pytest.raises(NotAllowed):
            await reads.count(db, AuditFilter(), viewer)


async def test_an_action_that_is_not_listed_is_refused(db: Reader) -> None:
    for action, subject in (("article.praise", "Article"), ("article.create", "Poem")):
        with pytest.raises(ValueError, match="not listed"):
            await audit.record(action, subject, by=SYSTEM)
