"""Publish, unpublish and archive articles, now or at a time to come."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from typing import Any

from hub import audit
from hub.articles.saving import check_version, get_article, store
from hub.articles.working_versions import publish_edits
from hub.auth import SCHEDULER, Permission, Viewer
from hub.db.database import run, transaction
from hub.db.timestamps import now
from hub.drafts import resolve_status
from hub.errors import Invalid
from hub.models import (
    Article,
    LifeAction,
    PlannedChange,
    Release,
    ReleaseItem,
    RevisionChange,
    Status,
)


@transaction
async def publish(
    article_id: int,
    *,
    by: Viewer,
    at: datetime | None = None,
    seen_version: int | None = None,
    unpublish_at: datetime | None = None,
) -> int:
    """Make an article public at `at`, with its working version; return the article's version.

    A time in the future schedules it. An article that is public by then stays so until then: it
    gets its working version at that time, and keeps its date. Without `at`, an article that was
    public before keeps its date, and any other gets the current time. Publishing a published
    article without a working version changes nothing. From `unpublish_at` it is a draft again.

    Raises:
        NotAllowed: `by` may not publish.
        NotFound: no such article.
        Invalid: `unpublish_at` is not after its publication.
        Conflict: it has been saved since `seen_version`.
    """
    by.require(Permission.PUBLISH)
    article = await get_article(article_id)
    check_version(article, seen_version)
    moment = now()
    if unpublish_at is not None:
        if unpublish_at <= max(moment, at or moment):
            raise Invalid("unpublishAt", "must be after its publication, and in the future")
        await _plan(article_id, LifeAction.UNPUBLISH, unpublish_at, by)
    if article.status is Status.PUBLISHED and at is not None and at > moment:
        await _plan(article_id, LifeAction.PUBLISH, at, by)
        return int(article.version)
    await publish_in_transaction(article, moment, by, at)
    return int(article.version)


async def publish_in_transaction(
    article: Article, moment: datetime, by: Viewer, at: datetime | None = None
) -> None:
    """Publish an article at `moment`, or schedule it for `at`; see `publish`."""
    before = article.published_at
    if at is None:
        at = before if before is not None and before <= moment else moment
    status, published_at = resolve_status(Status.PUBLISHED, at, moment)
    life: dict[str, Any] = {"status": status, "published_at": published_at}
    await PlannedChange.filter(article_id=article.id, action=LifeAction.PUBLISH).delete()
    if status is Status.PUBLISHED and await publish_edits(article, life, by):
        return
    if (article.status, before) != (status, published_at):
        await store(article, life, by, RevisionChange[status.value])


@transaction
async def unpublish(
    article_id: int, *, by: Viewer, at: datetime | None = None, seen_version: int | None = None
) -> int:
    """Make an article a draft again, now or at `at`, and return its version.

    It keeps its date and its working version.

    Raises:
        NotAllowed: `by` may not publish.
        NotFound: no such article.
        Conflict: it has been saved since `seen_version`.
    """
    by.require(Permission.PUBLISH)
    article = await get_article(article_id)
    check_version(article, seen_version)
    if at is not None and at > now():
        await _plan(article_id, LifeAction.UNPUBLISH, at, by)
    else:
        await unpublish_in_transaction(article, by)
    return int(article.version)


async def unpublish_in_transaction(article: Article, by: Viewer) -> None:
    """Make an article a draft again; what was planned for it is no more."""
    await PlannedChange.filter(article_id=article.id).delete()
    if article.status is not Status.DRAFT:
        await store(article, {"status": Status.DRAFT}, by, RevisionChange.UNPUBLISHED)


@transaction
async def archive(article_id: int, *, by: Viewer, seen_version: int | None = None) -> int:
    """Hide an article from the public without deleting it, and return its version.

    Raises:
        NotAllowed: `by` may not publish or archive.
        NotFound: no such article.
        Conflict: it has been saved since `seen_version`.
    """
    by.require(Permission.PUBLISH)
    article = await get_article(article_id)
    check_version(article, seen_version)
    await PlannedChange.filter(article_id=article_id).delete()
    if article.status is not Status.ARCHIVED:
        await store(article, {"status": Status.ARCHIVED}, by, RevisionChange.ARCHIVED)
    return int(article.version)


@transaction
async def cancel_plans(article_id: int, *, by: Viewer) -> int:
    """Cancel what is planned for an article; return the number of changes.

    A draft that is scheduled stays so: see `unpublish`.

    Raises:
        NotAllowed: `by` may not publish.
        NotFound: no such article.
    """
    by.require(Permission.PUBLISH)
    await get_article(article_id)
    plans = await PlannedChange.filter(article_id=article_id)
    if plans:
        await PlannedChange.filter(article_id=article_id).delete()
        changes = {plan.action.value.lower(): (plan.at, None) for plan in plans}
        await audit.record("article.cancel", "Article", article_id, by=by, changes=changes)
    return len(plans)


async def withdraw(article_id: int, status: Status, by: Viewer) -> None:
    """Hide an article that its source no longer calls public. In a transaction of an import.

    It becomes ARCHIVED if that is the source's `status`, else DRAFT. What was planned for it is no
    more, and no release publishes it.
    """
    await cancel_in_transaction(article_id)
    await leave_releases(article_id)
    article = await get_article(article_id)
    hidden = Status.ARCHIVED if status is Status.ARCHIVED else Status.DRAFT
    await store(article, {"status": hidden}, by, RevisionChange.IMPORTED)


async def leave_releases(article_id: int) -> None:
    """Take an article, which its source withdraws, out of the releases that would publish it.

    They say so; an editor may add it again. One statement if there are none.
    """
    rows = await run(
        "SELECT i.id, i.release_id FROM release_item i JOIN content_release r"
        " ON r.id = i.release_id WHERE i.article_id = ? AND i.action = 'PUBLISH'"
        " AND r.status <> 'PUBLISHED'",
        [article_id],
    )
    if rows:
        await ReleaseItem.filter(id__in=[row["id"] for row in rows]).delete()
        problem = f"Article {article_id} was taken out: its source does not call it public any more"
        releases = Release.filter(id__in=[row["release_id"] for row in rows])
        await releases.update(problem=problem)


async def cancel_in_transaction(article_id: int) -> None:
    """Delete what is planned for an article that is hidden."""
    await PlannedChange.filter(article_id=article_id).delete()


async def _plan(article_id: int, action: LifeAction, at: datetime, by: Viewer) -> None:
    """Plan a change of an article, in place of an earlier plan of the kind."""
    await PlannedChange.filter(article_id=article_id, action=action).delete()
    await PlannedChange.create(article_id=article_id, action=action, at=at, editor=by.name)
    changes = {action.value.lower(): (None, at)}
    await audit.record("article.plan", "Article", article_id, by=by, changes=changes)


# ── what is due ───────────────────────────────────────────────────────────────────────────────


@transaction
async def publish_scheduled(article_id: int) -> bool:
    """Publish an article if it is still scheduled and due; return whether it was."""
    article = await Article.get_or_none(id=article_id)
    if article is None or article.status is not Status.SCHEDULED:
        return False
    if article.published_at is None or article.published_at > now():
        return False
    life: dict[str, Any] = {"status": Status.PUBLISHED}
    if await publish_edits(article, life, SCHEDULER):
        return True
    if article.source_version == article.version:
        # No editor changed it, only its date was reached: the next import must not see a conflict.
        life["source_version"] = article.version + 1
    await store(article, life, SCHEDULER, RevisionChange.PUBLISHED)
    return True


@transaction
async def carry_out(plan_id: int) -> bool:
    """Carry out a planned change, if it is still planned and due; return whether it was.

    It is done by who has planned it.
    """
    plan = await PlannedChange.get_or_none(id=plan_id).select_related("article")
    if plan is None or plan.at > now():
        return False
    by = replace(SCHEDULER, name=plan.editor)
    await PlannedChange.filter(id=plan_id).delete()
    match plan.action:
        case LifeAction.PUBLISH:
            await publish_in_transaction(plan.article, now(), by)
        case LifeAction.UNPUBLISH:
            await unpublish_in_transaction(plan.article, by)
    return True
