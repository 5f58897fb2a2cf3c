"""Previews: one article or one release as if it were live, for whoever has the preview's token.

What is previewed is published in a transaction that is never committed, and read through it: so
every read answers as it will, and none has to know of previews.
"""

from __future__ import annotations

import hashlib
import secrets
from asyncio import sleep
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any, NamedTuple

from hub import audit
from hub.articles.publishing import publish_in_transaction
from hub.articles.releases import change_articles
from hub.articles.saving import get_article
from hub.auth import ANONYMOUS, SYSTEM, Permission, PreviewOf, Viewer, article_statuses
from hub.db.database import Reader, transaction
from hub.db.timestamps import now
from hub.db.uncommitted import uncommitted
from hub.errors import Invalid, NotFound
from hub.models import Preview, Release, ReleaseItem, ReleaseStatus

PREFIX = "hub_preview_"
DEFAULT_TIME = timedelta(days=1)
MAX_TIME = timedelta(days=90)
KEPT = timedelta(days=30)
"""Time for which a preview is listed after its end."""

SECONDS = 5.0
"""Time of a request with a preview at most: saves wait for it meanwhile."""


class NewPreview(NamedTuple):
    """A preview that was created: its id, its secret, which is not stored, and its end.

    `slug` is that of the article, empty for a release.
    """

    id: int
    secret: str
    expires_at: datetime
    slug: str


@transaction
async def create(
    *,
    by: Viewer,
    article_id: int | None = None,
    release_id: int | None = None,
    expires_at: datetime | None = None,
) -> NewPreview:
    """Create a preview of an article or of a release, for a day unless `expires_at` is set.

    Raises:
        NotAllowed: `by` is not a writer who may read what is not published.
        NotFound: no such article or release.
        Invalid: both are given, or none; it ends in the past, or in more than 90 days.
    """
    by.require(Permission.WRITE)
    by.require(Permission.READ)
    moment = now()
    expires_at = expires_at or moment + DEFAULT_TIME
    if not moment < expires_at <= moment + MAX_TIME:
        raise Invalid("expiresAt", f"must be in the next {MAX_TIME.days} days")
    if (article_id is None) is (release_id is None):
        raise Invalid("articleId", "give either articleId or releaseId")
    slug = ""
    if article_id is not None:
        article = await get_article(article_id)
        slug = article.slug
        if article.status.value not in article_statuses(by):
            raise NotFound("article", article_id)
    elif not await Release.exists(id=release_id):
        raise NotFound("release", release_id)
    await Preview.filter(expires_at__lt=moment - KEPT).delete()
    secret = PREFIX + secrets.token_urlsafe(32)
    preview = await Preview.create(
        article_id=article_id,
        release_id=release_id,
        secret_hash=_hash(secret),
        editor=by.name,
        created_at=moment,
        expires_at=expires_at,
    )
    names = ("article_id", "release_id", "expires_at")
    await audit.record_row("preview.create", preview, names, by=by)
    return NewPreview(preview.id, secret, expires_at, slug)


@transaction
async def revoke(preview_id: int, *, by: Viewer) -> None:
    """End a preview, at once and permanently.

    Raises:
        NotAllowed: `by` is not a writer who may read what is not published.
        NotFound: no such preview.
    """
    by.require(Permission.WRITE)
    by.require(Permission.READ)
    if not await Preview.exists(id=preview_id):
        raise NotFound("preview", preview_id)
    moment = now()
    if await Preview.filter(id=preview_id, revoked_at=None).update(revoked_at=moment):
        changes = {"revoked_at": (None, moment)}
        await audit.record("preview.revoke", "Preview", preview_id, by=by, changes=changes)


async def authenticate(db: Reader, secret: str) -> Viewer | None:
    """Return the viewer of a preview: a reader, to whom one thing more is public.

    None if the secret is unknown, expired or revoked. One statement; the look-up is by the SHA-256
    of the secret, so that nobody can make one up, and its timing reveals nothing.
    """
    rows = await db.rows(
        "SELECT id, article_id, release_id, expires_at FROM preview"
        " WHERE secret_hash = ? AND revoked_at IS NULL",
        [_hash(secret)],
    )
    if not rows or datetime.fromisoformat(rows[0][3]) <= now():
        return None
    return replace(ANONYMOUS, preview=PreviewOf(*rows[0][:3]))


@asynccontextmanager
async def as_published(preview: PreviewOf) -> AsyncIterator[tuple[Reader, frozenset[int]]]:
    """Return a reader to whom the preview is public, and the ids of the articles that it changes.

    Within the context all saves wait, so it ends after five seconds: then reads raise
    DatabaseError. One is open at a time, and saves go in between.

    Raises:
        NotFound: there is no such article or release any more.
        RateLimited: too many previews are asked for at once.
        DatabaseError: the database is unavailable or locked; or publishing took five seconds.
    """
    ids: set[int] = set()
    async with uncommitted(lambda: _publish(preview, ids), SECONDS) as reader:
        yield reader, frozenset(ids)


async def _publish(preview: PreviewOf, ids: set[int]) -> None:
    """Publish what is previewed, and add the ids of its articles to `ids`. In a transaction."""
    if preview.article_id is not None:
        ids.add(preview.article_id)
        await publish_in_transaction(await get_article(preview.article_id), now(), SYSTEM)
        return
    release = await Release.get_or_none(id=preview.release_id)
    if release is None:
        raise NotFound("release", preview.release_id)
    items: Any = await ReleaseItem.filter(release_id=release.id).order_by("id")
    ids.update(item.article_id for item in items)
    if release.status is not ReleaseStatus.PUBLISHED:
        for item in items:
            await change_articles([item], now(), SYSTEM)
            await sleep(0)  # SQLite's statements never yield; here the deadline may end it


def url(template: str, preview: NewPreview) -> str | None:
    """Return the address where a front end begins the preview; None for an empty template.

    `template` is HUB_PREVIEW_URL, with `{token}` and perhaps `{slug}`.
    """
    if not template:
        return None
    return template.replace("{slug}", preview.slug).replace("{token}", preview.secret)


def _hash(secret: str) -> str:
    return hashlib.sha256(secret.encode("utf-8", "surrogatepass")).hexdigest()
