"""hub.articles.releases: several articles change at one moment, together or not at all."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from datetime import timedelta
from functools import partial

import pytest

from hub import articles
from hub.articles import releases, working_versions
from hub.auth import SYSTEM
from hub.db.database import Reader
from hub.db.timestamps import now
from hub.drafts import ArticleChanges
from hub.errors import Invalid, NotAllowed, NotFound
from hub.models import (
    Article,
    AuditEntry,
    Door,
    LifeAction,
    PlannedChange,
    Release,
    ReleaseItem,
    ReleaseStatus,
    Status,
)
from tests.support.factories import EDITOR, READER, WRITER, an_article

pytestmark = [pytest.mark.anyio, pytest.mark.databases]


async def a_release() -> tuple[int, list[int]]:
    """Create a release of a live article with edits, a draft, and one to be unpublished."""
    live, draft = await an_article("Live"), await an_article("Draft", status=Status.DRAFT)
    going = await an_article("Going")
    await working_versions.save(live, ArticleChanges(title="Edited"), by=WRITER)
    release = await releases.create("Relaunch", by=WRITER)
    for id_ in (live, draft):
        await releases.add(release, id_, by=WRITER)
    await releases.add(release, going, LifeAction.UNPUBLISH, by=WRITER)
    return release, [live, draft, going]


async def states(ids: list[int]) -> list[tuple[str, str]]:
    rows = {article.id: article for article in await Article.filter(id__in=ids)}
    return [(rows[id_].title, rows[id_].status.value) for id_ in ids]


BEFORE = [("Live", "PUBLISHED"), ("Draft", "DRAFT"), ("Going", "PUBLISHED")]
AFTER = [("Edited", "PUBLISHED"), ("Draft", "PUBLISHED"), ("Going", "DRAFT")]


async def test_a_release_changes_all_of_its_articles_at_one_moment(db: Reader) -> None:
    release, ids = await a_release()
    assert await states(ids) == BEFORE
    assert await releases.publish(release, by=EDITOR) == 3
    assert await states(ids) == AFTER
    stored = await Release.get(id=release)
    assert stored.status is ReleaseStatus.PUBLISHED
    assert (await Article.get(id=ids[1])).published_at == stored.published_at
    for change in (
        lambda: releases.publish(release, by=EDITOR),
        lambda: releases.add(release, ids[0], by=WRITER),
        lambda: releases.remove(release, ids[0], by=WRITER),
    ):
        with pytest.raises(Invalid, match="published already"):
            await change()


async def test_a_release_that_fails_changes_nothing(
    db: Reader, monkeypatch: pytest.MonkeyPatch
) -> None:
    release, ids = await a_release()

    async def fail(*_: object) -> None:
        raise NotFound("article", ids[2])

    with monkeypatch.context() as patch:
        patch.setattr(releases, "unpublish_in_transaction", fail)
        with pytest.raises(NotFound):
            await releases.publish(release, by=EDITOR)
        assert await states(ids) == BEFORE
        await releases.publish(release, by=EDITOR, at=now() + timedelta(hours=1))
        await Release.filter(id=release).update(publish_at=now() - timedelta(seconds=1))
        await articles.publish_due(db)
    assert await states(ids) == BEFORE
    stored = await Release.get(id=release)
    assert (stored.status, stored.problem) == (ReleaseStatus.OPEN, "There is no article 3.")
    await releases.publish(release, by=EDITOR)
    assert await states(ids) == AFTER


async def test_a_scheduled_release_waits_for_its_time(db: Reader) -> None:
    release, ids = await a_release()
    await releases.publish(release, by=EDITOR, at=now() + timedelta(hours=1))
    await articles.publish_due(db)
    assert await states(ids) == BEFORE
    await releases.cancel(release, by=EDITOR)
    await Release.filter(id=release).update(publish_at=now() - timedelta(seconds=1))
    await articles.publish_due(db)
    assert await states(ids) == BEFORE
    await Release.filter(id=release).update(status=ReleaseStatus.SCHEDULED)
    await articles.publish_due(db)
    assert await states(ids) == AFTER


async def test_articles_leave_a_release_by_hand_and_by_deletion(db: Reader) -> None:
    release, ids = await a_release()
    assert await releases.remove(release, ids[0], by=WRITER)
    assert not await releases.remove(release, ids[0], by=WRITER)
    await articles.delete(ids[1], by=SYSTEM)
    await releases.add(release, ids[2], LifeAction.PUBLISH, by=WRITER)
    [item] = await ReleaseItem.all()
    assert item.action is LifeAction.PUBLISH
    await releases.remove(release, ids[2], by=WRITER)
    with pytest.raises(Invalid, match="no articles"):
        await releases.publish(release, by=EDITOR)
    await releases.delete(release, by=WRITER)
    assert not await Release.exists()
    assert await Article.all().count() == 2


async def test_who_may_not_publish_prepares_releases_only(db: Reader) -> None:
    release, ids = await a_release()
    with pytest.raises(NotAllowed):
        await releases.publish(release, by=WRITER)
    for change in (
        lambda: releases.create("x", by=READER),
        lambda: releases.add(release, ids[0], by=READER),
        lambda: releases.delete(release, by=READER),
    ):
        with pytest.raises(NotAllowed):
            await change()
    with pytest.raises(NotFound):
        await releases.add(release, 99, by=WRITER)
    with pytest.raises(NotFound):
        await releases.publish(99, by=EDITOR)


async def test_who_may_not_publish_changes_nothing_that_is_about_to_be_published(
    db: Reader,
) -> None:
    assert db is not None
    release, _ = await a_release()
    later = now() + timedelta(days=1)
    draft = await an_article("Mine", status=Status.DRAFT, by=WRITER)
    public, scheduled = await an_article("Public"), await an_article("Soon", published_at=later)
    changes = ArticleChanges(title="Unseen")
    await releases.add(release, draft, by=WRITER)
    await working_versions.save(public, changes, by=WRITER)
    await releases.publish(release, by=EDITOR, at=later)
    await articles.publish(public, by=EDITOR, at=later)
    refused: list[Callable[[], Awaitable[object]]] = [
        lambda: releases.add(release, public, by=WRITER),
        lambda: releases.remove(release, draft, by=WRITER),
        lambda: articles.revise(draft, changes, seen_version=1, by=WRITER),
        *(
            partial(working_versions.save, id_, changes, by=WRITER)
            for id_ in (draft, public, scheduled)
        ),
        lambda: working_versions.discard(public, by=WRITER),
    ]
    for change in refused:
        with pytest.raises(NotAllowed):
            await change()
    await releases.cancel(release, by=EDITOR)
    await articles.revise(draft, changes, seen_version=1, by=WRITER)


async def test_articles_of_one_release_that_contend_for_a_slug_have_it_in_their_revisions(
    db: Reader,
) -> None:
    first, second = [await an_article("Bread", status=Status.DRAFT) for _ in range(2)]
    release = await releases.create("Both", by=EDITOR)
    for id_ in (second, first):
        await releases.add(release, id_, by=EDITOR)
    await releases.publish(release, by=EDITOR)
    rows = await db.rows(
        "SELECT a.slug, r.slug FROM article a JOIN revision r ON r.article_id = a.id"
        " AND r.version = a.version"
    )
    assert len(rows) == 2
    assert all(slug == told for slug, told in rows)


async def test_what_was_planned_is_told_as_of_the_scheduler_for_who_planned_it(db: Reader) -> None:
    release, _ = await a_release()
    article = await an_article("Public")
    await working_versions.save(article, ArticleChanges(title="New"), by=EDITOR)
    soon = now() + timedelta(days=1)
    await articles.publish(article, by=EDITOR, at=soon)
    await releases.publish(release, by=EDITOR, at=soon)
    await PlannedChange.all().update(at=now() - timedelta(seconds=1))
    await Release.all().update(publish_at=now() - timedelta(seconds=1))
    last = (await AuditEntry.all().order_by("-id"))[0].id
    await articles.publish_due(db)
    entries = await AuditEntry.filter(id__gt=last)
    assert len(entries) > 1
    assert {(entry.actor, entry.door) for entry in entries} == {("Edgar", Door.SCHEDULER)}
