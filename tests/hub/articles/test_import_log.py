"""hub.articles.import_log: an import is a record, and an undo takes it back."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest

from hub import articles, comments
from hub.articles import import_log
from hub.auth import ANONYMOUS, SYSTEM
from hub.db.database import Reader
from hub.drafts import ArticleChanges, ArticleDraft, AuthorDraft, CommentDraft, TopicDraft
from hub.errors import NotAllowed, NotFound
from hub.imports import import_articles, import_taxonomy, withdraw_articles
from hub.models import Article, AuditEntry, Author, Comment, CommentStatus, Status, Topic
from scripts.importers.records.export import export_records
from tests.support.factories import EDITOR, READER, WRITER, a_draft, text

pytestmark = [pytest.mark.anyio, pytest.mark.databases]
DAY = datetime(2024, 5, 1, 12, tzinfo=UTC)


def _comment(key: str) -> CommentDraft:
    return CommentDraft(key, "Rita", text(f"I am {key}"), DAY, status=CommentStatus.APPROVED)


OLD = a_draft("old", published_at=DAY, topics=(TopicDraft("Town"),), comments=(_comment("1"),))
NEW = a_draft(
    "new",
    published_at=DAY,
    topics=(TopicDraft("Harbour", slug="harbour", parent="quays"), TopicDraft("Town")),
    authors=(AuthorDraft("Nora Quill"),),
    comments=(_comment("1"), CommentDraft("2", "Tom", text("Yes."), DAY, parent_key="1")),
)


async def _import(*drafts: ArticleDraft, **options: Any) -> int:
    run_id = await import_log.start(["a.jsonl"], by=SYSTEM)
    await import_articles(drafts, by=SYSTEM, run_id=run_id, **options)
    await import_log.finish(run_id, {"created": len(drafts)}, by=SYSTEM)
    return run_id


async def _lines(db: Reader) -> list[bytes]:
    """Every record of an export, without the moments of the last changes."""
    return [
        b",".join(part for part in line.split(b",") if b"updated_at" not in part)
        async for line in export_records(db)
    ]


async def test_an_undo_leaves_the_hub_as_it_was(db: Reader) -> None:
    await import_articles([OLD], by=SYSTEM)
    before = await _lines(db)
    changed = replace(
        OLD,
        title="Another title",
        status=Status.DRAFT,
        body=text("Other words."),
        topics=(TopicDraft("Weather"),),
        comments=(*OLD.comments, _comment("9")),
        addresses=("https://example.test/elsewhere",),
        aliases=("once-old",),
    )
    run_id = await _import(changed, NEW)
    assert await _lines(db) != before
    undone = await import_log.undo(run_id, by=SYSTEM)
    assert (undone.restored, undone.remaining) == (1, [])
    assert undone.deleted == {"ARTICLE": 1, "COMMENT": 1, "TOPIC": 3, "AUTHOR": 1}
    assert await _lines(db) == before
    assert await import_articles([OLD], by=SYSTEM)  # the source is as before: nothing to do
    assert await _lines(db) == before
    [row] = await import_log.list_runs(9, by=SYSTEM)
    assert (row.undone_at is not None, row.records) == (True, {})


async def test_what_was_edited_since_is_left_alone(db: Reader) -> None:
    run_id = await _import(OLD, NEW)
    old = await Article.get(source_key="old")
    await articles.revise(old.id, ArticleChanges(title="Mine"), seen_version=1, by=SYSTEM)
    undone = await import_log.undo(run_id, by=SYSTEM)
    assert undone.remaining == [(old.id, "it was saved since")]
    assert [article.title for article in await Article.all()] == ["Mine"]
    assert await Comment.filter(article_id=old.id).count() == 1
    assert [topic.name for topic in await Topic.all()] == ["Town"]
    assert await Author.all() == []


async def test_an_undo_shows_again_what_the_import_hid_though_it_was_edited(db: Reader) -> None:
    await import_articles([OLD], by=SYSTEM)
    old = await Article.get(source_key="old")
    await articles.revise(old.id, ArticleChanges(title="Mine"), seen_version=1, by=SYSTEM)
    run_id = await _import(replace(OLD, status=Status.DRAFT))
    assert (await Article.get(id=old.id)).status is Status.DRAFT
    assert (await import_log.undo(run_id, by=SYSTEM)).restored == 1
    after = await Article.get(id=old.id)
    assert (after.title, after.status) == ("Mine", Status.PUBLISHED)


async def test_an_undo_shows_again_what_the_import_hid_by_its_key(db: Reader) -> None:
    await import_articles([OLD], by=SYSTEM)
    run_id = await import_log.start(["a.xml"], by=SYSTEM)
    await withdraw_articles(OLD.source, [OLD.key], by=SYSTEM, run_id=run_id)
    assert await import_log.finish(run_id, {}, by=SYSTEM)
    assert (await Article.get()).status is Status.DRAFT
    assert (await import_log.undo(run_id, by=SYSTEM)).restored == 1
    assert (await Article.get()).status is Status.PUBLISHED


async def test_an_undo_is_an_entry_of_the_audit_trail(db: Reader) -> None:
    await import_articles([OLD], by=SYSTEM)
    run_id = await _import(replace(OLD, title="Another title"), NEW)
    await import_log.undo(run_id, by=EDITOR)
    entry = await AuditEntry.get(action="import.undo")
    assert (entry.actor, entry.subject, entry.subject_id) == ("Edgar", "Import", run_id)
    assert json.loads(entry.changes or "") == {
        "articles_deleted": [None, 1],
        "articles_restored": [None, 1],
        "authors_deleted": [None, 1],
        "topics_deleted": [None, 2],
    }


async def test_an_article_with_words_of_readers_is_left_alone(db: Reader) -> None:
    run_id = await _import(OLD)
    old = await Article.get(source_key="old")
    await comments.submit(old.id, author_name="Rita", author_email=None, body="Mine.", by=READER)
    undone = await import_log.undo(run_id, by=SYSTEM)
    assert undone.remaining == [(old.id, "readers have commented on it")]
    assert await Comment.filter(article_id=old.id).count() == 2


async def test_an_undo_of_the_earlier_of_two_imports_leaves_the_later_one(db: Reader) -> None:
    first = await _import(OLD)
    second = await _import(replace(OLD, title="Second"))
    assert (await import_log.undo(first, by=SYSTEM)).remaining
    assert (await import_log.undo(second, by=SYSTEM)).restored == 1
    assert (await Article.get(source_key="old")).title == OLD.title


async def test_an_import_that_changed_nothing_is_forgotten(db: Reader) -> None:
    first = await _import(OLD)
    await _import(OLD)
    assert [row.id for row in await import_log.list_runs(9, by=SYSTEM)] == [first]


async def test_a_record_shows_what_was_created_and_changed(db: Reader) -> None:
    await import_articles([OLD], by=SYSTEM)
    run_id = await _import(replace(OLD, title="Second"), NEW)
    await import_taxonomy([TopicDraft("Sea")], [], by=SYSTEM, run_id=run_id)
    row, changed = await import_log.get_run(run_id, by=SYSTEM)
    assert (row.paths, row.counts, row.finished_at is not None) == (
        ["a.jsonl"],
        {"created": 2},
        True,
    )
    expected = {"ARTICLE": 1, "CHANGED": 1, "COMMENT": 2, "TOPIC": 3, "AUTHOR": 1}
    assert row.records == expected
    assert [(article.title, article.is_created) for article in changed] == [
        ("Second", False),
        (NEW.title, True),
    ]


async def test_records_are_for_staff(db: Reader) -> None:
    run_id = await _import(OLD)
    with pytest.raises(NotAllowed):
        await import_log.list_runs(9, by=ANONYMOUS)
    with pytest.raises(NotAllowed):
        await import_log.get_run(run_id, by=ANONYMOUS)
    with pytest.raises(NotAllowed):
        await import_log.undo(run_id, by=WRITER)
    with pytest.raises(NotFound):
        await import_log.undo(run_id + 1, by=SYSTEM)


async def test_a_batch_without_a_record_costs_no_statement_more(db: Reader) -> None:
    await import_articles([OLD], by=SYSTEM)
    assert await import_log.list_runs(9, by=SYSTEM) == []


async def test_drafts_by_request_are_published_by_editors_alone(db: Reader) -> None:
    public = a_draft("public", published_at=DAY)
    await import_articles([public], by=SYSTEM)
    outcomes = await import_articles([OLD, replace(public, title="B")], by=SYSTEM, as_draft=True)
    assert [outcome.status for outcome in outcomes] == [Status.DRAFT, Status.PUBLISHED]
    again = replace(OLD, title="Changed")
    for overwrite in (False, True):
        await import_articles([OLD], by=SYSTEM, overwrite=overwrite)
        await import_articles([again], by=SYSTEM, overwrite=overwrite)
        assert (await Article.get(source_key="old")).status is Status.DRAFT
    article = await Article.get(source_key="old")
    await articles.publish(article.id, by=SYSTEM)
    await import_articles([replace(OLD, title="Third")], by=SYSTEM, overwrite=True)
    article = await Article.get(source_key="old")
    assert (article.status, article.title) == (Status.PUBLISHED, "Third")


async def test_a_scheduled_article_by_request_is_a_draft_too(db: Reader) -> None:
    later = a_draft("later", status=Status.SCHEDULED, published_at=datetime(2999, 1, 1, tzinfo=UTC))
    [outcome] = await import_articles([later], by=SYSTEM, as_draft=True)
    assert outcome.status is Status.DRAFT
    assert (await Article.get(source_key="later")).status is Status.DRAFT


async def test_an_undo_forgets_that_the_import_held_an_article_back(db: Reader) -> None:
    draft = replace(OLD, status=Status.DRAFT)
    await import_articles([draft], by=SYSTEM)
    run_id = await _import(replace(draft, title="Another title"), as_draft=True)
    assert (await Article.get(source_key="old")).held_back
    await import_log.undo(run_id, by=SYSTEM)
    assert not (await Article.get(source_key="old")).held_back
    await import_articles([OLD], by=SYSTEM)
    assert (await Article.get(source_key="old")).status is Status.PUBLISHED
