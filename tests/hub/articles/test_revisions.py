"""hub.articles.revisions: a version comes back whole, and old ones go."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

import pytest

from hub import articles, imports, related
from hub.articles import revisions
from hub.auth import SYSTEM
from hub.db.database import Reader
from hub.drafts import ArticleChanges
from hub.errors import Conflict, NotAllowed, NotFound
from hub.models import Article, OutboxEvent, RelationKind, Revision, Status
from hub.snapshots import Snapshot
from tests.hub.test_snapshots import everything, present, read
from tests.support.factories import EDITOR, READER, WRITER, a_draft, an_article

pytestmark = [pytest.mark.anyio, pytest.mark.databases]

CHANGES = ArticleChanges(
    title="Other",
    slug="other",
    summary="Other",
    image_url=None,
    topics=("Other",),
    authors=(),
)


def content(snapshot: Snapshot) -> Snapshot:
    """Return a snapshot without its status and what an import knew of it."""
    return {
        name: value
        for name, value in snapshot.items()
        if name not in ("status", "published_at", "source_hash", "is_imported")
    }


async def test_a_version_comes_back_whole_as_a_new_one(db: Reader) -> None:
    id_ = await everything()
    target = await an_article("Target")
    for anchor in ("First", "Second"):
        await related.link(
            id_, kind=RelationKind.INLINE, by=SYSTEM, target_id=target, anchor=anchor
        )
        target = await an_article("Another target")
    before = await present(id_)
    edges = await db.rows("SELECT id FROM relation ORDER BY id")
    await articles.revise(id_, CHANGES, seen_version=1, by=SYSTEM)
    await related.unlink(edges[0][0], by=SYSTEM)
    await related.unlink(edges[3][0], by=SYSTEM)
    changed = await present(id_)
    assert await revisions.restore(id_, 1, by=EDITOR, seen_version=2) == 3
    assert content(await present(id_)) == content(before)
    assert await read(id_, 2) == changed
    assert await read(id_, 3) == await present(id_)
    assert (await Revision.get(version=3)).editor == "Edgar"
    assert await OutboxEvent.filter(article_id=id_).exists()
    assert await revisions.restore(id_, 1, by=EDITOR) == 3, "nothing is saved by nothing"


async def test_what_is_gone_since_does_not_hinder(db: Reader) -> None:
    id_ = await an_article("Bread", slug="bread", topics=("Baking",))
    target = await an_article("Target")
    await related.link(id_, kind=RelationKind.PINNED, by=SYSTEM, target_id=target)
    await related.link(id_, kind=RelationKind.INLINE, by=SYSTEM, target_id=target, anchor="It")
    await articles.revise(id_, CHANGES, seen_version=1, by=SYSTEM)
    await articles.delete(target, by=SYSTEM)
    await an_article("Bread", slug="taken")
    await articles.revise(
        await an_article("x"), ArticleChanges(slug="bread"), seen_version=1, by=SYSTEM
    )
    await revisions.restore(id_, 1, by=SYSTEM)
    state = await present(id_)
    assert (state["title"], state["slug"]) == ("Bread", "other")
    assert [slug for _, slug, _ in state["topics"]] == ["baking"]
    assert len(state["edges"]) == 1
    assert state["edges"][0][-1] is None


async def test_status_and_date_come_back_only_if_wanted(db: Reader) -> None:
    id_ = await an_article("Bread", published_at=datetime.fromisoformat("2012-03-04T05:06:00Z"))
    await articles.archive(id_, by=SYSTEM)
    await revisions.restore(id_, 1, by=SYSTEM)
    assert (await Article.get(id=id_)).status is Status.ARCHIVED
    await revisions.restore(id_, 1, by=SYSTEM, with_status=True)
    article = await Article.get(id=id_)
    assert (article.status, article.published_at and article.published_at.year) == (
        Status.PUBLISHED,
        2012,
    )


async def test_an_import_goes_on_from_a_version_restored_as_imported(db: Reader) -> None:
    [created] = await imports.import_articles([a_draft("a")], by=SYSTEM)
    await imports.import_articles([a_draft("a", title="New")], by=SYSTEM)
    assert created.article_id is not None
    await revisions.restore(created.article_id, 1, by=SYSTEM, as_imported=True)
    [same] = await imports.import_articles([a_draft("a")], by=SYSTEM)
    [again] = await imports.import_articles([a_draft("a", title="New")], by=SYSTEM)
    assert (same.action.value, again.action.value) == ("UNCHANGED", "UPDATED")


async def test_no_import_hides_what_an_editor_has_restored_with_its_status(db: Reader) -> None:
    public, hidden = a_draft("a"), a_draft("a", status=Status.DRAFT)
    [created] = await imports.import_articles([public], by=SYSTEM)
    [withdrawn] = await imports.import_articles([hidden], by=SYSTEM)
    assert created.article_id is not None
    assert withdrawn.withdrawn
    await revisions.restore(created.article_id, 1, by=EDITOR, with_status=True)
    for draft, action in ((hidden, "UNCHANGED"), (replace(hidden, title="New"), "CONFLICT")):
        [outcome] = await imports.import_articles([draft], by=SYSTEM)
        assert (outcome.action.value, outcome.withdrawn) == (action, False)
        assert (await Article.get(id=created.article_id)).status is Status.PUBLISHED


async def test_a_refused_restore_changes_nothing(db: Reader) -> None:
    id_ = await an_article("Bread")
    await articles.revise(id_, CHANGES, seen_version=1, by=SYSTEM)
    before = await present(id_)
    with pytest.raises(Conflict):
        await revisions.restore(id_, 1, by=EDITOR, seen_version=1)
    for viewer in (READER, WRITER):
        with pytest.raises(NotAllowed):
            await revisions.restore(id_, 1, by=viewer)
    for number, version in ((id_, 9), (99, 1)):
        with pytest.raises(NotFound):
            await revisions.restore(number, version, by=EDITOR)
    assert await present(id_) == before
    assert await Revision.filter(article_id=id_).count() == 2


async def test_old_revisions_are_thinned_but_for_those_that_are_needed(db: Reader) -> None:
    id_, other = await an_article("Bread"), await an_article("Milk")
    for version in range(1, 30):
        if version == 5:
            await articles.archive(id_, by=SYSTEM)  # version 6
            continue
        changes = ArticleChanges(title=f"Bread {version}")
        await articles.revise(id_, changes, seen_version=version, by=SYSTEM)
    states = {version: await read(id_, version) for version in range(1, 31)}
    assert await revisions.thin(db, 40) == 0
    assert await revisions.thin(db, 3) > 10
    versions = [row.version for row in await Revision.filter(article_id=id_).order_by("version")]
    assert {1, 5, 6, 28, 29, 30} <= set(versions)
    assert len(versions) < 12
    for version in versions:
        assert await read(id_, version) == states[version]
    assert await Revision.filter(article_id=other).count() == 1
