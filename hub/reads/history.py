"""Reads of the past: which version of an article was there at a moment, told by its revisions.

A version was there from its save until the next one, unless the article was in the trash. What is
not stored any more, or was not yet, is told as unknown: see `Gap` and `is_complete`.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime
from enum import Enum
from typing import Any, NamedTuple

from hub.auth import Permission, Viewer
from hub.db.database import Reader, marks
from hub.db.keyset import Page, PageArgs, keyset_sql, to_page
from hub.db.timestamps import now, to_iso
from hub.errors import Invalid
from hub.models import Status
from hub.reads.revisions import COLUMNS, RevisionRow, revision_row


class Gap(str, Enum):
    """The reason why a version cannot be told."""

    THINNED = "THINNED"


class PastRow(NamedTuple):
    """An article as it was at a moment.

    `revision` is None if the version of that moment has been thinned out: then `gap` says so. Its
    status is known even then, since thinning leaves those around each change of it.
    """

    article_id: int
    status: str
    published: str | None
    gap: Gap | None
    revision: RevisionRow | None


async def article(
    db: Reader, moment: datetime, viewer: Viewer, *, article_id: int | None, slug: str | None = None
) -> PastRow | None:
    """Return an article as it was at `moment`, by its id or by the slug that it had then.

    None if there was none. Of several languages that had the slug, a public one, then the one
    published first. Two statements.

    Raises:
        NotAllowed: `viewer` may not read what is not published.
        Invalid: the moment is to come, or before the hub stored whole revisions.
    """
    since = await _since(db, moment, viewer)
    column, value = ("article_id", article_id) if slug is None else ("slug", slug)
    rows = await _rows(db, f"r.{column} = ?", [value], since, moment, "LIMIT 50", [])
    first = Status.PUBLISHED.value
    return min(
        rows,
        key=lambda row: (row.status != first, row.published or "", row.article_id),
        default=None,
    )


async def by_ids(
    db: Reader, ids: Iterable[int], moment: datetime, viewer: Viewer
) -> dict[int, PastRow]:
    """Return those of these articles that were public at `moment`, by id.

    Two statements; raises like `article`.
    """
    since, ids = await _since(db, moment, viewer), list(ids)
    condition = f"r.article_id IN ({marks(ids)}) AND r.status = '{Status.PUBLISHED.value}'"
    rows = await _rows(db, condition, ids, since, moment, "", [])
    return {row.article_id: row for row in rows}


async def articles(
    db: Reader, moment: datetime, page_args: PageArgs, viewer: Viewer
) -> Page[PastRow]:
    """Return a page of the articles that were public at `moment`, those published last first.

    Two statements; raises like `article`.
    """
    since = await _since(db, moment, viewer)
    seek, args, order_by = keyset_sql(("r.published_at", "r.article_id"), datetime, True, page_args)
    rows = await _rows(
        db,
        f"r.status = '{Status.PUBLISHED.value}' AND r.published_at <= ? AND {seek}",
        [to_iso(moment), *args],
        since,
        moment,
        f"ORDER BY {order_by} LIMIT ?",
        [page_args.rows],
    )
    return to_page(rows, page_args)


async def is_complete(db: Reader, moment: datetime, audit_days: int, viewer: Viewer) -> bool:
    """Return whether `articles` tells all that was public at `moment`.

    Not if an article was deleted since, as far as the audit trail reaches, or was last saved by a
    version before 0.3, which did not store the date. Two statements; raises like `article`.
    """
    since = await _since(db, moment, viewer)
    if audit_days and (now() - moment).days >= audit_days:
        return False
    at, save = to_iso(moment), to_iso(since)
    [[is_incomplete]] = await db.rows(
        "SELECT EXISTS (SELECT 1 FROM audit_entry e WHERE e.at > ? AND (e.action = 'import.undo'"
        " OR e.action IN ('article.delete', 'article.purge') AND NOT EXISTS"
        " (SELECT 1 FROM article a WHERE a.id = e.subject_id)))"
        " OR EXISTS (SELECT 1 FROM revision r WHERE r.status = 'PUBLISHED'"
        f" AND r.published_at IS NULL AND {_IS_LAST})",
        [at, save, at, save, at],
    )
    return not is_incomplete


async def _since(db: Reader, moment: datetime, viewer: Viewer) -> datetime:
    """Return the time of the first whole revision: older ones do not say when they were saved.

    Raises NotAllowed, Invalid.
    """
    viewer.require(Permission.READ)
    if moment > now():
        raise Invalid("asOf", "lies in the future")
    [[first, is_older]] = await db.rows(
        "SELECT min(saved_at), EXISTS (SELECT 1 FROM revision WHERE saved_at IS NULL)"
        " FROM revision WHERE saved_at IS NOT NULL"
    )
    since = now() if first is None else datetime.fromisoformat(first)
    if is_older and moment < since:
        raise Invalid("asOf", f"nothing is known of before {since:%Y-%m-%d %H:%M} UTC")
    return since


_IS_LAST = (
    "COALESCE(r.saved_at, ?) <= ? AND NOT COALESCE((SELECT COALESCE(n.saved_at, ?) <= ?"
    " FROM revision n WHERE n.article_id = r.article_id AND n.version > r.version"
    " ORDER BY n.version LIMIT 1), FALSE)"
)
"""The condition that `r` was saved by a moment, and the next version was not.

Arguments: the time that counts as that of older saves, and the moment; both once more.
"""

_WAS_THERE = (
    f"{_IS_LAST} AND COALESCE((SELECT e.action FROM audit_entry e WHERE e.subject = 'Article'"
    " AND e.subject_id = r.article_id AND e.at <= ?"
    " AND e.action IN ('article.delete', 'article.restore')"
    " ORDER BY e.at DESC, e.id DESC LIMIT 1), '') <> 'article.delete'"
)
"""The condition that `r` was the version of a moment, and its article not in the trash.

Arguments: as of `_IS_LAST`, and the moment again.
"""


async def _rows(
    db: Reader,
    condition: str,
    args: Sequence[object],
    since: datetime,
    moment: datetime,
    tail: str,
    tail_args: Sequence[object],
) -> list[PastRow]:
    """Return the articles whose revision `r` was the last one at `moment`. One statement."""
    at, save = to_iso(moment), to_iso(since)
    rows = await db.rows(
        f"SELECT {COLUMNS}, r.published_at, (SELECT min(n.version) FROM revision n"
        " WHERE n.article_id = r.article_id AND n.version > r.version) AS next_version"
        f" FROM revision r WHERE {condition} AND {_WAS_THERE} {tail}",
        [*args, save, at, save, at, at, *tail_args],
    )
    return list(map(_past, rows))


def _past(row: tuple[Any, ...]) -> PastRow:
    *values, published, next_version = row
    revision = revision_row(values)
    is_thinned = next_version is not None and next_version > revision.version + 1
    return PastRow(
        revision.article_id,
        revision.status,
        published,
        Gap.THINNED if is_thinned else None,
        None if is_thinned else revision,
    )
