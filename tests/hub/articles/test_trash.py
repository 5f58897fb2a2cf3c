"""hub.articles.trash: a deleted article is gone for everybody, and comes back with everything."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from tortoise import Model

from hub import articles, imports, models, outbox, related
from hub.articles import releases, trash, working_versions
from hub.auth import SYSTEM
from hub.db.database import Reader, run, transaction
from hub.db.timestamps import now
from hub.drafts import ArticleChanges, CommentDraft
from hub.errors import NotAllowed, NotFound
from hub.imports import import_articles
from hub.models import Article, RelationKind, Status, TrashedArticle, TrashedRow
from hub.reads import articles as reads
from hub.search import tuning
from tests.hub.test_snapshots import everything, present, read
from tests.support.factories import EDITOR, READER, WRITER, a_comment, a_draft, an_article, text

pytestmark = [pytest.mark.anyio, pytest.mark.databases]

TABLES = (
    *("article", "article_topic", "article_author", "slug_history", "address", "revision"),
    *("relation", "comment", "pin", "working_version", "release_item"),
)
MOVING = ("updated_at", "version")
"""Columns of an article that a restoration changes."""


async def rows(db: Reader) -> dict[str, list[tuple[Any, ...]]]:
    """Return all rows of the tables with parts of articles, by id."""
    return {
        table: [
            tuple(bytes(value) if isinstance(value, memoryview) else value for value in row)
            for row in await db.rows(f"SELECT * FROM {table} ORDER BY id")
        ]
        for table in TABLES
    }


async def full_article() -> int:
    """Create an article with something in each table, and edges from and to it."""
    id_ = await everything()
    await articles.revise(
        id_, ArticleChanges(slug="moved", comments_open=True), seen_version=1, by=SYSTEM
    )
    other = await an_article("Other")
    for source, target, anchor in ((id_, other, "To"), (other, id_, "Back"), (other, id_, None)):
        kind = RelationKind.INLINE if anchor else RelationKind.PINNED
        await related.link(source, kind=kind, by=SYSTEM, target_id=target, anchor=anchor)
    await related.link(other, kind=RelationKind.INLINE, by=SYSTEM, headline="Title of all")
    first = await a_comment(id_, "First")
    await a_comment(id_, "Second", parent_id=first)
    await tuning.pin("bread", id_, by=SYSTEM)
    await working_versions.save(id_, ArticleChanges(title="Edited"), by=SYSTEM)
    await releases.add(await releases.create("R", by=SYSTEM), id_, by=SYSTEM)
    return id_


async def test_an_article_comes_back_with_everything(db: Reader) -> None:
    id_ = await full_article()
    before, state = await rows(db), await present(id_)
    assert all(before.values()), "every table has a row"
    await articles.delete(id_, by=EDITOR)
    gone = await rows(db)
    assert [len(gone[table]) for table in ("article", "comment", "address", "pin")] == [1, 0, 0, 0]
    assert await trash.restore(id_, by=EDITOR) == id_
    after = await rows(db)
    assert await present(id_) == state | {"is_imported": False}
    assert await read(id_, 3) == await present(id_)
    assert not await TrashedArticle.exists()
    assert not await TrashedRow.exists()
    for table in TABLES:
        if table == "article":
            assert [row[0] for row in after[table]] == [row[0] for row in before[table]]
        elif table == "revision":
            assert set(before[table][:2]) <= set(after[table])
        else:
            assert after[table] == before[table], table


async def test_what_is_in_the_trash_is_as_if_it_were_gone(db: Reader) -> None:
    id_ = await full_article()
    await articles.delete(id_, by=EDITOR)
    assert await reads.by_ids(db, [id_], SYSTEM) == {}
    assert [event.article_id for event in await outbox.pending(db, 99)][-1] == id_
    [created] = await imports.import_articles(
        [a_draft("all", slug="moved", language="de")], by=SYSTEM, overwrite=True
    )
    assert created.action.value == "CREATED"
    assert (await Article.get(id=created.article_id)).slug == "moved"
    await trash.restore(id_, by=EDITOR)
    article = await Article.get(id=id_)
    assert (article.slug, article.source) == ("moved-2", None)


async def test_what_else_is_gone_since_does_not_hinder(db: Reader) -> None:
    id_ = await full_article()
    await articles.delete(id_, by=EDITOR)
    for other in await Article.all():
        await articles.delete(other.id, by=EDITOR, permanently=True)
    for table in ("content_release", "topic", "author"):
        await transaction(run)(f"DELETE FROM {table}")
    await trash.restore(id_, by=EDITOR)
    state = await present(id_)
    assert state["topics"] == []
    anchors = [edge[3] for edge in state["edges"]]
    assert anchors == ["Elsewhere", "A headline", "A name", "To"]


@pytest.mark.parametrize("first", [0, 1])
async def test_two_articles_that_are_deleted_find_each_other_again(first: int, db: Reader) -> None:
    id_ = await full_article()
    [other] = await Article.exclude(id=id_)
    edges = "SELECT id, source_id, target_id, anchor, chosen FROM relation ORDER BY id"
    before = await db.rows(edges)
    await articles.delete(id_, by=EDITOR)
    await articles.delete(other.id, by=EDITOR)
    for number in (first, 1 - first):
        await trash.restore((id_, other.id)[number], by=EDITOR)
    assert await db.rows(edges) == before


async def test_the_trash_has_an_end(db: Reader) -> None:
    old, new = await an_article("Old"), await an_article("New")
    await articles.delete(old, by=EDITOR)
    await articles.delete(new, by=EDITOR)
    await TrashedArticle.filter(id=old).update(deleted_at=now() - timedelta(days=31))
    assert await trash.sweep(db, 30) == 1
    assert await trash.sweep(db, 30) == 0
    with pytest.raises(NotFound):
        await trash.restore(old, by=EDITOR)
    await trash.purge(new, by=EDITOR)
    assert not await TrashedRow.exists()


async def test_deleting_for_good_keeps_nothing(db: Reader) -> None:
    await articles.delete(await an_article("Old"), by=EDITOR, permanently=True)
    assert not await TrashedArticle.exists()


async def test_who_may_not_delete_or_publish_restores_nothing(db: Reader) -> None:
    public, draft = await an_article("Public"), await an_article("Draft", status=Status.DRAFT)
    for id_ in (public, draft):
        await articles.delete(id_, by=EDITOR)
    deleting = replace(EDITOR, permissions=frozenset(EDITOR.permissions - {"publish"}))
    for viewer in (READER, WRITER):
        for change in (trash.restore, trash.purge):
            with pytest.raises(NotAllowed):
                await change(draft, by=viewer)
    with pytest.raises(NotAllowed):
        await trash.restore(public, by=deleting)
    await trash.restore(draft, by=deleting)
    assert await TrashedArticle.all().count() == 1


def test_every_table_with_rows_of_articles_moves_into_the_trash() -> None:
    """A new table joins the list, or those of rows that stay or are computed anew."""
    computed = {"due_neighbours", "outside_link"}
    tables = {
        model._meta.db_table
        for model in vars(models).values()
        if isinstance(model, type)
        and issubclass(model, Model)
        and {"article_id", "source_id"} & model._meta.fields_map.keys()
        and model is not TrashedRow
    }
    events = {"outbox_event"}
    lasting = {"media_use"}  # has no reference, and stays until the end of the trash
    assert tables - computed - events - lasting == set(trash._OWN)


async def test_a_reply_that_is_older_than_its_parent_comes_back(db: Reader) -> None:
    comments = tuple(
        CommentDraft(key, "Rita", text("Yes."), now(), parent_key=parent)
        for key, parent in (("2", "1"), ("1", None))
    )
    [outcome] = await import_articles([a_draft("a", comments=comments)], by=EDITOR)
    assert outcome.article_id is not None
    before = await db.rows("SELECT id, parent_id FROM comment ORDER BY id")
    assert before[0][1] == before[1][0]
    await trash.delete(outcome.article_id, by=EDITOR)
    await trash.restore(outcome.article_id, by=EDITOR)
    assert await db.rows("SELECT id, parent_id FROM comment ORDER BY id") == before


@pytest.mark.parametrize("order", ["123", "321", "231"])
async def test_a_thread_comes_back_without_an_erased_person(order: str, db: Reader) -> None:
    """Comments with replies of others stay, empty, in whatever order they were imported."""
    thread = {"1": None, "2": "1", "3": "2", "4": "1"}  # the third is of another person
    comments = tuple(
        CommentDraft(
            key,
            "Rita",
            text("Yes."),
            now(),
            author_email=None if key == "3" else "a@b.test",
            parent_key=thread[key],
        )
        for key in (*order, "4")
    )
    [outcome] = await import_articles([a_draft("a", comments=comments)], by=EDITOR)
    article = outcome.article_id or 0
    await trash.delete(article, by=EDITOR)
    assert await trash.erase_comments(article, "a@b.test".__eq__, now()) == (3, 2)
    await trash.restore(article, by=EDITOR)
    rows = await db.rows(
        "SELECT c.source_key, p.source_key, c.author_name FROM comment c"
        " LEFT JOIN comment p ON p.id = c.parent_id ORDER BY c.source_key"
    )
    assert rows == [("1", None, "Anonymous"), ("2", "1", "Anonymous"), ("3", "2", "Rita")]


async def test_a_reply_comes_back_without_its_parent(db: Reader) -> None:
    """As earlier versions erased parents in the trash: it begins a thread then."""
    article = await an_article("Bread")
    parent = await a_comment(article, "First.")
    reply = await a_comment(article, "Second.", parent_id=parent)
    await trash.delete(article, by=EDITOR)
    stored = await TrashedRow.filter(origin="comment").order_by("id").first()
    assert stored is not None
    await stored.delete()
    await trash.restore(article, by=EDITOR)
    assert await db.rows("SELECT id, parent_id FROM comment") == [(reply, None)]
