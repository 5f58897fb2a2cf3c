"""hub.articles.working_versions: edits wait until they are published, and hide no others."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta

import orjson
import pytest

from hub import articles, imports, outbox
from hub.articles import publishing, working_versions
from hub.auth import SYSTEM
from hub.db.database import Reader
from hub.db.timestamps import now
from hub.drafts import ArticleChanges
from hub.errors import Conflict, Invalid, NotAllowed, NotFound
from hub.models import Article, PlannedChange, Revision, Status, WorkingVersion
from hub.text.bodies import Body
from tests.hub.test_snapshots import present, read
from tests.support.factories import EDITOR, READER, WRITER, a_draft, an_article

pytestmark = [pytest.mark.anyio, pytest.mark.databases]

LONG_AGO = datetime.fromisoformat("2012-03-04T05:06:00Z")
EDITS = ArticleChanges(
    title="New", body=Body("<p>New</p>"), slug="new", topics=("Fresh",), authors=("Nora",)
)


async def test_readers_see_the_published_version_until_the_other_is_swapped_in(db: Reader) -> None:
    id_ = await an_article("Old", slug="old", topics=("Stale",), published_at=LONG_AGO)
    before = await present(id_)
    changes = await outbox.latest_change(db)
    assert await working_versions.save(id_, EDITS, by=WRITER, seen_version=0) == 1
    more = ArticleChanges(summary="More", title="Newer")
    assert await working_versions.save(id_, more, by=WRITER, seen_version=1) == 2
    assert await present(id_) == before
    assert await outbox.latest_change(db) == changes
    assert (await Article.get(id=id_)).version == 1
    assert await articles.publish(id_, by=EDITOR, seen_version=1) == 2
    after = await present(id_)
    assert (after["title"], after["slug"], after["summary"]) == ("Newer", "new", "More")
    assert after["body_html"].strip() == "<p>New</p>"
    assert [name for _, _, name in after["topics"]] == ["Fresh"]
    assert after["published_at"] == before["published_at"]
    assert await read(id_, 1) == before
    assert await read(id_, 2) == after
    assert not await WorkingVersion.exists()
    assert await articles.publish(id_, by=EDITOR) == 2, "nothing is left to publish"


async def test_what_others_change_meanwhile_is_kept_and_conflicts_are_told(db: Reader) -> None:
    [created] = await imports.import_articles([a_draft("a", summary="One")], by=SYSTEM)
    id_ = created.article_id
    assert id_ is not None
    await working_versions.save(id_, ArticleChanges(title="Edited"), by=WRITER)
    again = a_draft("a", summary="Two", title="Imported")
    [outcome] = await imports.import_articles([again], by=SYSTEM)
    assert outcome.action.value == "UPDATED"
    assert "working version" in (outcome.reason or "")
    assert "title" in (outcome.reason or "")
    state = await present(id_)
    assert (state["title"], state["summary"]) == ("Imported", "Two")
    await articles.publish(id_, by=EDITOR)
    state = await present(id_)
    assert (state["title"], state["summary"]) == ("Edited", "Two")


async def test_edits_that_are_taken_back_are_none(db: Reader) -> None:
    id_ = await an_article("Old", topics=("A", "B"))
    await working_versions.save(id_, EDITS, by=WRITER)
    back = ArticleChanges(title="Old", slug="old", body=Body("<p>Some words.</p>"), authors=())
    await working_versions.save(id_, back, by=WRITER)
    [row] = await WorkingVersion.all()
    assert set(orjson.loads(row.changes)) == {"topics"}
    assert await working_versions.discard(id_, by=WRITER, seen_version=2)
    assert not await working_versions.discard(id_, by=WRITER)
    assert await articles.publish(id_, by=EDITOR) == 1


async def test_refused_edits_change_nothing(db: Reader) -> None:
    await an_article("Taken", slug="taken")
    id_ = await an_article("Old")
    hidden = await an_article("Hidden", status=Status.ARCHIVED)
    await working_versions.save(id_, ArticleChanges(title="x"), by=WRITER)
    with pytest.raises(Conflict):
        await working_versions.save(id_, EDITS, by=WRITER, seen_version=0)
    with pytest.raises(Conflict):
        await working_versions.discard(id_, by=WRITER, seen_version=7)
    with pytest.raises(Invalid, match="taken"):
        await working_versions.save(id_, ArticleChanges(slug="taken"), by=WRITER)
    with pytest.raises(NotAllowed):
        await working_versions.save(id_, EDITS, by=READER)
    with pytest.raises(NotFound):
        await working_versions.save(99, EDITS, by=WRITER)
    write_only = replace(WRITER, permissions=frozenset({*WRITER.permissions} - {"read"}))
    with pytest.raises(NotFound):
        await working_versions.save(hidden, EDITS, by=write_only)
    [row] = await WorkingVersion.all()
    assert row.version == 1


async def test_an_update_of_a_live_article_can_wait_for_its_time(db: Reader) -> None:
    """It stays public, and keeps its first date."""
    id_ = await an_article("Old", published_at=LONG_AGO)
    soon = now() + timedelta(hours=1)
    await working_versions.save(id_, ArticleChanges(title="New"), by=WRITER)
    assert await articles.publish(id_, by=EDITOR, at=soon) == 1
    article = await Article.get(id=id_)
    assert (article.status, article.published_at) == (Status.PUBLISHED, LONG_AGO)
    assert await articles.publish_due(db) == []
    await PlannedChange.all().update(at=now() - timedelta(seconds=1))
    assert await articles.publish_due(db) == [id_]
    assert await articles.publish_due(db) == []
    article = await Article.get(id=id_)
    assert (article.title, article.status, article.published_at) == (
        *("New", Status.PUBLISHED),
        LONG_AGO,
    )
    assert (await Revision.get(version=2)).editor == "Edgar"


async def test_a_scheduled_article_is_published_with_its_working_version(db: Reader) -> None:
    id_ = await an_article("Old", status=Status.DRAFT)
    await articles.publish(id_, by=EDITOR, at=now() + timedelta(hours=1))
    await working_versions.save(id_, ArticleChanges(title="New"), by=EDITOR)
    await Article.filter(id=id_).update(published_at=now() - timedelta(seconds=1))
    assert await articles.publish_due(db) == [id_]
    article = await Article.get(id=id_)
    assert (article.title, article.status) == ("New", Status.PUBLISHED)


async def test_an_article_becomes_a_draft_again_now_or_later(db: Reader) -> None:
    id_ = await an_article("Old", published_at=LONG_AGO)
    later = now() + timedelta(hours=1)
    for at in (now() - timedelta(1), None):
        with pytest.raises(Invalid, match="unpublishAt"):
            await articles.publish(id_, by=EDITOR, at=later, unpublish_at=at or later)
    await articles.publish(id_, by=EDITOR, unpublish_at=later)
    await PlannedChange.all().update(at=now() - timedelta(seconds=1))
    assert await articles.publish_due(db) == [id_]
    article = await Article.get(id=id_)
    assert (article.status, article.published_at) == (Status.DRAFT, LONG_AGO)
    await articles.publish(id_, by=EDITOR)
    await articles.unpublish(id_, by=EDITOR, at=later)
    assert (await Article.get(id=id_)).status is Status.PUBLISHED
    assert await publishing.cancel_plans(id_, by=EDITOR) == 1
    await articles.unpublish(id_, by=EDITOR, seen_version=3)
    assert (await Article.get(id=id_)).status is Status.DRAFT


async def test_an_older_version_is_neither_published_nor_archived_nor_deleted(db: Reader) -> None:
    id_ = await an_article("Old")
    await articles.revise(id_, ArticleChanges(title="New"), seen_version=1, by=SYSTEM)
    for change in (articles.publish, articles.unpublish, articles.archive, articles.delete):
        with pytest.raises(Conflict):
            await change(id_, by=EDITOR, seen_version=1)
    assert (await Article.get(id=id_)).version == 2
