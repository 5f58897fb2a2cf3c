"""Reads of comments for their moderators: the queue, verdicts of the spam filter, reports."""

from __future__ import annotations

import html
from collections.abc import Iterable, Sequence
from datetime import datetime
from enum import Enum
from typing import Any, NamedTuple

import orjson

from hub.auth import Condition, Permission, Viewer, comment_condition
from hub.db.database import Reader, containing, marks
from hub.db.keyset import ColumnType, Page, PageArgs, keyset_sql, to_page
from hub.models import CommentStatus
from hub.reads.comments.threads import COLUMNS, SIZE, CommentRow, to_comment


class CommentFilter(NamedTuple):
    """Conditions on comments for moderators; those that are None hold for every comment.

    `author` is a part of the name or of the address, `text` of what it says, without regard to the
    case of English letters. `verdicts` are those of the spam filter. `reported`: whether readers
    have reported them since a moderator decided.
    """

    statuses: tuple[str, ...] = (CommentStatus.PENDING.value,)
    article_id: int | None = None
    author: str | None = None
    text: str | None = None
    verdicts: tuple[str, ...] | None = None
    reported: bool | None = None


def default_statuses(reported: bool | None) -> tuple[str, ...]:
    """Return the statuses of comments to list where none is named."""
    if reported:
        return CommentStatus.PENDING.value, CommentStatus.APPROVED.value
    return (CommentStatus.PENDING.value,)


class Order(Enum):
    """Orders of the queue: by the time of submission, or by the number of reports."""

    NEWEST = "NEWEST"
    MOST_REPORTED = "MOST_REPORTED"


def filter_condition(conditions: CommentFilter) -> Condition:
    """Return these conditions on a row `c` of comments."""
    sql = [f"c.status IN ({marks(conditions.statuses)})"]
    args: list[object] = [*conditions.statuses]
    if conditions.article_id is not None:
        sql.append("c.article_id = ?")
        args.append(conditions.article_id)
    if conditions.author is not None:
        sql.append(
            "(lower(c.author_name) LIKE ? ESCAPE '!' OR lower(c.author_email) LIKE ? ESCAPE '!')"
        )
        args += [containing(conditions.author)] * 2
    if conditions.text is not None:
        sql.append("lower(c.body_html) LIKE ? ESCAPE '!'")
        args.append(containing(html.escape(conditions.text, quote=False)))
    if conditions.verdicts is not None:
        sql.append(f"c.verdict IN ({marks(conditions.verdicts)})")
        args += conditions.verdicts
    if conditions.reported is not None:
        sql.append(
            f"c.id {'' if conditions.reported else 'NOT '}IN"
            " (SELECT r.comment_id FROM comment_report r WHERE r.settled_at IS NULL)"
        )
    return Condition(" AND ".join(sql), tuple(args))


class VerdictReason(NamedTuple):
    """A reason of the spam filter: its kind, and an explanation."""

    kind: str
    text: str


class ModeratedRow(NamedTuple):
    """A comment with what moderators alone may know of it.

    `reason_pairs` is JSON: a list of kind and text of each reason of the spam filter.
    `report_count` is the number of readers who reported it since a moderator decided.
    """

    comment: CommentRow
    author_email: str | None
    verdict: str | None
    spam_score: float | None
    reason_pairs: str | None
    report_count: int

    @property
    def reasons(self) -> list[VerdictReason]:
        """The reasons of the verdict, the weightiest first."""
        return [VerdictReason(*pair) for pair in orjson.loads(self.reason_pairs or "[]")]


_SORTED: dict[Order, tuple[str, ColumnType]] = {
    Order.NEWEST: ("c.created_at", datetime),
    Order.MOST_REPORTED: ("c.reports", int),
}
_MODERATED = f"{COLUMNS}, c.author_email, c.verdict, c.spam_score, c.reasons, c.reports"


def _moderated(row: Sequence[Any]) -> ModeratedRow:
    return ModeratedRow(to_comment(row[:SIZE]), *row[SIZE:])


async def queue(
    db: Reader,
    page_args: PageArgs,
    conditions: CommentFilter,
    viewer: Viewer,
    order: Order = Order.NEWEST,
) -> Page[ModeratedRow]:
    """Return a page of the visible comments that match, in this order. One statement.

    Raises:
        NotAllowed: `viewer` is not a moderator.
    """
    viewer.require(Permission.MODERATE)
    column, type_ = _SORTED[order]
    seek, args, order_by = keyset_sql((column, "c.id"), type_, True, page_args)
    matching, visible = filter_condition(conditions), comment_condition(viewer, "c")
    rows = await db.rows(
        f"SELECT {_MODERATED} FROM comment c WHERE {matching.sql}"
        f" AND {visible.sql} AND {seek} ORDER BY {order_by} LIMIT ?",
        [*matching.args, *visible.args, *args, page_args.rows],
    )
    return to_page([_moderated(row) for row in rows], page_args)


async def moderated_by_ids(
    db: Reader, ids: Iterable[int], viewer: Viewer
) -> dict[int, ModeratedRow]:
    """Return the visible comments; none if `viewer` is not a moderator. One statement at most."""
    ids, visible = list(ids), comment_condition(viewer, "c")
    if not viewer.may(Permission.MODERATE):
        return {}
    rows = await db.rows(
        f"SELECT {_MODERATED} FROM comment c WHERE c.id IN ({marks(ids)}) AND {visible.sql}",
        [*ids, *visible.args],
    )
    return {row[0]: _moderated(row) for row in rows}


async def queue_count(db: Reader, conditions: CommentFilter, viewer: Viewer) -> int:
    """Count the comments that `queue` lists. Raises NotAllowed. One statement."""
    viewer.require(Permission.MODERATE)
    matching, visible = filter_condition(conditions), comment_condition(viewer, "c")
    [[total]] = await db.rows(
        f"SELECT count(*) FROM comment c WHERE {matching.sql} AND {visible.sql}",
        [*matching.args, *visible.args],
    )
    return int(total)


class ReportCount(NamedTuple):
    """The number of readers who gave a reason when they reported a comment."""

    reason: str
    readers: int


async def reports(db: Reader, ids: Iterable[int], viewer: Viewer) -> dict[int, list[ReportCount]]:
    """Return by comment why readers reported it since a moderator decided, most frequent first.

    Nothing if `viewer` is not a moderator. The comments' own visibility is not checked. One
    statement at most.
    """
    ids = list(ids)
    if not viewer.may(Permission.MODERATE):
        return {}
    rows = await db.rows(
        "SELECT comment_id, reason, count(*) FROM comment_report"
        f" WHERE comment_id IN ({marks(ids)}) AND settled_at IS NULL"
        " GROUP BY comment_id, reason ORDER BY comment_id, count(*) DESC, reason",
        ids,
    )
    by_comment: dict[int, list[ReportCount]] = {}
    for comment_id, reason, number in rows:
        by_comment.setdefault(comment_id, []).append(ReportCount(reason, number))
    return by_comment
