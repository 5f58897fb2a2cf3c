"""Releases: changes of several articles that become public at one moment, or not at all."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime

from hub import audit
from hub.articles.publishing import publish_in_transaction, unpublish_in_transaction
from hub.articles.saving import get_article
from hub.auth import SCHEDULER, Permission, Viewer, article_statuses
from hub.db.database import transaction
from hub.db.timestamps import now
from hub.errors import HubError, Invalid, NotFound
from hub.models import LifeAction, Release, ReleaseItem, ReleaseStatus
from hub.models.lifecycle import NAME_LENGTH
from hub.text import validation

MAX_ITEMS = 200
"""Articles of a release at most: they are published in one transaction."""


@transaction
async def create(name: str, *, by: Viewer) -> int:
    """Create an empty release, and return its id.

    Raises:
        NotAllowed: `by` is not a writer who may read what is not published.
        Invalid: the name is empty or too long.
    """
    _require_writer(by)
    name = validation.line(name, "name", NAME_LENGTH)
    release = await Release.create(name=name, editor=by.name, created_at=now())
    await audit.record_row("release.create", release, ("name",), by=by)
    return int(release.id)


@transaction
async def add(
    release_id: int, article_id: int, action: LifeAction = LifeAction.PUBLISH, *, by: Viewer
) -> None:
    """Let a release publish an article, with its working version then, or unpublish it.

    An article that it has already gets the new action.

    Raises:
        NotAllowed: `by` is not a writer who may read what is not published; or the release is
            scheduled, and `by` may not publish.
        NotFound: no such release or article.
        Invalid: it is published already, or has 200 articles.
    """
    _require_writer(by)
    release = await _get_unpublished(release_id)
    if release.status is ReleaseStatus.SCHEDULED:
        by.require(Permission.PUBLISH)
    article = await get_article(article_id)
    if article.status.value not in article_statuses(by):
        raise NotFound("article", article_id)
    changes = {"article": (None, article_id), "action": (None, action)}
    await audit.record("release.add", "Release", release_id, by=by, changes=changes)
    item = ReleaseItem.filter(release_id=release.id, article_id=article_id)
    if await item.update(action=action):
        return
    if await ReleaseItem.filter(release_id=release.id).count() >= MAX_ITEMS:
        raise Invalid("articleId", f"the release has {MAX_ITEMS} articles already")
    await ReleaseItem.create(release_id=release.id, article_id=article_id, action=action)


@transaction
async def remove(release_id: int, article_id: int, *, by: Viewer) -> bool:
    """Take an article out of a release; return whether it was in it.

    Raises:
        NotAllowed: `by` is not a writer who may read what is not published; or the release is
            scheduled, and `by` may not publish.
        NotFound: no such release.
        Invalid: it is published already.
    """
    _require_writer(by)
    release = await _get_unpublished(release_id)
    if release.status is ReleaseStatus.SCHEDULED:
        by.require(Permission.PUBLISH)
    items = ReleaseItem.filter(release_id=release.id, article_id=article_id)
    if not await items.delete():
        return False
    changes = {"article": (article_id, None)}
    await audit.record("release.remove", "Release", release_id, by=by, changes=changes)
    return True


@transaction
async def publish(release_id: int, *, by: Viewer, at: datetime | None = None) -> int:
    """Carry out a release now, or at `at` if that is in the future; return its number of articles.

    All of its articles change in one transaction: a reader sees all of the changes, or none.

    Raises:
        NotAllowed: `by` may not publish.
        NotFound: no such release.
        Invalid: it is published already, or empty.
    """
    by.require(Permission.PUBLISH)
    release = await _get_unpublished(release_id)
    items = await ReleaseItem.filter(release_id=release_id).count()
    if not items:
        raise Invalid("id", "has no articles")
    if at is not None and at > now():
        values = {"status": ReleaseStatus.SCHEDULED, "publish_at": at, "editor": by.name}
        await Release.filter(id=release_id).update(**values, problem=None)
        changes = {"publish_at": (release.publish_at, at)}
        await audit.record("release.publish", "Release", release_id, by=by, changes=changes)
        return items
    return await _carry_out(release, by)


@transaction
async def cancel(release_id: int, *, by: Viewer) -> None:
    """Let a scheduled release wait again until somebody publishes it; one that waits does already.

    Raises:
        NotAllowed: `by` may not publish.
        NotFound: no such release.
        Invalid: it is published already.
    """
    by.require(Permission.PUBLISH)
    release = await _get_unpublished(release_id)
    if release.status is ReleaseStatus.OPEN:
        return
    await Release.filter(id=release_id).update(status=ReleaseStatus.OPEN, publish_at=None)
    changes = {"publish_at": (release.publish_at, None)}
    await audit.record("release.cancel", "Release", release_id, by=by, changes=changes)


@transaction
async def delete(release_id: int, *, by: Viewer) -> None:
    """Delete a release; its articles and their working versions stay.

    Raises:
        NotAllowed: `by` is not a writer who may read what is not published; or it is scheduled, and
            `by` may not publish.
        NotFound: no such release.
    """
    _require_writer(by)
    release = await _get(release_id)
    if release.status is ReleaseStatus.SCHEDULED:
        by.require(Permission.PUBLISH)
    await Release.filter(id=release_id).delete()
    await audit.record_row("release.delete", release, ("name",), by=by, is_deleted=True)


async def publish_due(release_id: int) -> bool:
    """Carry out a release, if it is still scheduled and due; return whether it was.

    A release that cannot be carried out is open again, and says why.
    """
    try:
        return await _publish_due(release_id)
    except HubError as problem:
        await _fail(release_id, str(problem))
        return False


@transaction
async def _publish_due(release_id: int) -> bool:
    release = await Release.get_or_none(id=release_id)
    if release is None or release.status is not ReleaseStatus.SCHEDULED:
        return False
    if release.publish_at is None or release.publish_at > now():
        return False
    await _carry_out(release, replace(SCHEDULER, name=release.editor))
    return True


@transaction
async def _fail(release_id: int, problem: str) -> None:
    values = {"status": ReleaseStatus.OPEN, "publish_at": None, "problem": problem}
    await Release.filter(id=release_id).update(**values)


async def _carry_out(release: Release, by: Viewer) -> int:
    """Change all articles of a release at one moment; return their number."""
    moment = now()
    items = await ReleaseItem.filter(release_id=release.id).order_by("id")
    await change_articles(items, moment, by)
    values = {"status": ReleaseStatus.PUBLISHED, "published_at": moment}
    await Release.filter(id=release.id).update(**values, problem=None)
    changes = {"published_at": (None, moment), "articles": (None, len(items))}
    await audit.record("release.publish", "Release", release.id, by=by, changes=changes)
    return len(items)


async def change_articles(items: Iterable[ReleaseItem], moment: datetime, by: Viewer) -> None:
    """Publish or unpublish the articles of a release, in their order. Within a transaction."""
    for item in items:
        # Read now: an article before it may have taken its slug.
        article = await get_article(item.article_id)  # type: ignore[attr-defined]
        match item.action:
            case LifeAction.PUBLISH:
                await publish_in_transaction(article, moment, by)
            case LifeAction.UNPUBLISH:
                await unpublish_in_transaction(article, by)


def _require_writer(by: Viewer) -> None:
    by.require(Permission.WRITE)
    by.require(Permission.READ)


async def _get(release_id: int) -> Release:
    release = await Release.get_or_none(id=release_id)
    if release is None:
        raise NotFound("release", release_id)
    return release


async def _get_unpublished(release_id: int) -> Release:
    release = await _get(release_id)
    if release.status is ReleaseStatus.PUBLISHED:
        raise Invalid("id", "is published already")
    return release
