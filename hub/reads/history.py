"""Reads of the past: articles at a moment, by their revisions, and comments, by the audit trail.

A version was there from its save until the next one, unless the article was in the trash. What is
not stored any more, or was not yet, is told as unknown: see `Gap` and `is_complete`.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime
from enum import Enum
from typing import Any, NamedTuple

from hub.auth import Permission, Viewer, comment_condition
from hub.db.database import Reader, marks
from hub.db.keyset import Page, PageArgs, keyset_sql, to_page
from hub.db.timestamps import now, to_iso
from hub.errors import Invalid
from hub.models import CommentStatus, Status
from hub.reads.revisions import COLUMNS, RevisionRow, revision_row


class Gap(str, Enum):
    """The reason why a version cannot be told."""

    THINNED = "THINNED"


class CommentGap(str, Enum):
    """What cannot be told of a comment: its text, its writer, or since when it was there."""

    EDITED = "EDITED"
    ERASED = "ERASED"
    UNDATED = "UNDATED"


class PastComment(NamedTuple):
    """A comment that was public at a moment.

    `gap`: its text was edited since, or erased with the name; then `body` is None. Of one that
    an import before version 0.3 stored, the hub knows the date that it has, and not since when it
    was here.
    """

    id: int
    article_id: int
    parent_id: int | None
    kind: str
    author_name: str | None
    body: str | None
    created: str
    gap: CommentGap | None


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
    if not _is_within(moment, audit_days):
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


async def comments(
    db: Reader, article_id: int, moment: datetime, page_args: PageArgs, viewer: Viewer
) -> Page[PastComment]:
    """Return a page of the comments on an article that were public at `moment`, the oldest first.

    Those that were hidden since are for moderators. The caller has to check that the article was
    public. One statement.

    Raises:
        NotAllowed: `viewer` may not read what is not published.
    """
    viewer.require(Permission.READ)
    at, visible = to_iso(moment), comment_condition(viewer, "c")
    parent = comment_condition(viewer, "p")
    seek, args, order_by = keyset_sql(("c.created_at", "c.id"), datetime, False, page_args)
    rows = await db.rows(
        "SELECT c.id, c.article_id, (SELECT p.id FROM comment p WHERE p.id = c.parent_id"
        f" AND {parent.sql}), c.kind, c.author_name, c.body_html, c.created_at,"
        " CASE WHEN c.erased_at > ? THEN 'ERASED' WHEN c.edited_at > ? THEN 'EDITED'"
        " WHEN c.imported_at IS NULL AND c.source_key IS NOT NULL THEN 'UNDATED' END"
        " FROM comment c WHERE c.article_id = ? AND COALESCE(c.imported_at, c.created_at) <= ?"
        f" AND {_WAS_APPROVED} AND {visible.sql} AND {seek} ORDER BY {order_by} LIMIT ?",
        [*parent.args, at, at, article_id, at, at, at, *visible.args, *args, page_args.rows],
    )
    return to_page(list(map(_past_comment, rows)), page_args)


async def has_all_comments(db: Reader, moment: datetime, audit_days: int, viewer: Viewer) -> bool:
    """Return whether `comments` tells all that was public at `moment`.

    Not if comments were deleted since, as far as the audit trail reaches; and not to a viewer who
    may not moderate, from whom those are hidden that were public. One statement at most.
    """
    if not viewer.may(Permission.MODERATE) or not _is_within(moment, audit_days):
        return False
    [[is_incomplete]] = await db.rows(
        "SELECT EXISTS (SELECT 1 FROM audit_entry e WHERE e.at > ?"
        " AND (e.action IN ('person.erase', 'import.undo') OR e.subject = 'Comment' AND"
        " e.action <> 'comment.submit' AND NOT EXISTS"
        " (SELECT 1 FROM comment c WHERE c.id = e.subject_id)))",
        [to_iso(moment)],
    )
    return not is_incomplete


def _is_within(moment: datetime, audit_days: int) -> bool:
    """Return whether the audit trail, of which so many days are stored, reaches back so far."""
    return not audit_days or (now() - moment).days < audit_days


def _past_comment(row: tuple[Any, ...]) -> PastComment:
    comment = PastComment(*row)
    gap = None if comment.gap is None else CommentGap(comment.gap)
    if gap is CommentGap.UNDATED or gap is None:
        return comment._replace(gap=gap)
    name = None if gap is CommentGap.ERASED else comment.author_name
    return comment._replace(gap=gap, body=None, author_name=name)


def _status_like(before: str, after: str) -> str:
    return f"e.changes LIKE '%\"status\":[{before},{after}]%'"


_STATUSES = [f'"{status.value}"' for status in CommentStatus]
_STATUS_ENTRIES = (
    "FROM audit_entry e WHERE e.subject = 'Comment' AND e.subject_id = c.id"
    " AND e.changes LIKE '%\"status\":[%' AND e.at"
)
_INTO = " OR ".join(_status_like(before, '"APPROVED"') for before in ("null", *_STATUSES))
_OUT_OF = " OR ".join(_status_like('"APPROVED"', after) for after in _STATUSES)
_WAS_APPROVED = (
    f"COALESCE((SELECT CASE WHEN {_INTO} THEN 1 ELSE 0 END {_STATUS_ENTRIES} <= ?"
    " ORDER BY e.at DESC, e.id DESC LIMIT 1),"
    f" (SELECT CASE WHEN {_OUT_OF} THEN 1 ELSE 0 END {_STATUS_ENTRIES} > ?"
    " ORDER BY e.at, e.id LIMIT 1), CASE WHEN c.status = 'APPROVED' THEN 1 ELSE 0 END) = 1"
)
"""The condition that comment `c` was public at a moment: what its last change before made it, or
else what it was before the next one. Arguments: the moment, twice."""


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
