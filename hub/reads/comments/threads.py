"""Reads of comments: threads, replies, and counts."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from datetime import datetime
from functools import partial
from typing import Any, NamedTuple

from hub.auth import (
    Viewer,
    article_statuses,
    comment_condition,
    comment_statuses,
)
from hub.db.database import Reader, marks
from hub.db.keyset import Page, PageArgs, keyset_sql, to_page
from hub.models import CommentKind, CommentStatus
from hub.reads.per_key import rows_per_key

COLUMNS = (
    "c.id, c.article_id, c.parent_id, c.kind, c.author_name, c.body_html, c.status, c.created_at,"
    " c.erased_at, c.edited_at, c.edited_by"
)
_PARENT_COLUMNS = ", ".join(
    f"p.{name} AS p_{name}" for name in COLUMNS.replace("c.", "").split(", ")
)

_TOP = (
    "(c.parent_id IS NULL OR NOT EXISTS (SELECT 1 FROM comment p WHERE p.id = c.parent_id"
    " AND p.status IN ({})))"
)

READER_KINDS = (CommentKind.COMMENT.value,)
"""The kinds written by readers; pingbacks and trackbacks are listed and counted separately."""


class CommentRow(NamedTuple):
    """A comment without its e-mail address.

    Times are the texts that the database returns, in UTC. `edited_by` is the role of a moderator.
    """

    id: int
    article_id: int
    parent_id: int | None
    kind: str
    author_name: str
    body_html: str
    status: str
    created: str
    erased: str | None
    edited: str | None
    edited_by: str | None

    @property
    def edited_at(self) -> datetime | None:
        """The time of the last edit by a moderator, if there was one; aware."""
        return None if self.edited is None else datetime.fromisoformat(self.edited)

    @property
    def place(self) -> tuple[int, int]:
        """The ids of its article and its own."""
        return self.article_id, self.id

    @property
    def created_at(self) -> datetime:
        """The time of its submission; aware."""
        return datetime.fromisoformat(self.created)

    @property
    def is_erased(self) -> bool:
        """True if it is empty, and keeps the place of its replies alone."""
        return self.erased is not None


to_comment: Callable[[Sequence[Any]], CommentRow] = partial(tuple.__new__, CommentRow)
"""Build a CommentRow from a row of exactly COLUMNS."""

SIZE = len(CommentRow._fields)


def sort_value(row: CommentRow) -> str:
    """Return the value by which comments are sorted, for a cursor."""
    return row.created


async def threads(
    db: Reader,
    article_ids: Iterable[int],
    page_args: PageArgs,
    viewer: Viewer,
    *,
    newest_first: bool,
    kinds: Sequence[str] = READER_KINDS,
) -> dict[int, Page[CommentRow]]:
    """Return for each article a page of its top-level comments. One statement for up to 100.

    A reply whose parent the viewer may not see counts as top-level, so that every visible comment
    can be reached. The caller has to check the article's own visibility.
    """
    statuses = comment_statuses(viewer)
    top = _TOP.format(marks(statuses))
    return await _pages(
        db, "article_id", article_ids, page_args, newest_first, statuses, top, statuses
    )


class FlatPages(NamedTuple):
    """Pages of comments of any depth by article, with what else their statement has read.

    `parents` are by id, None for one that the viewer may not see; `reply_counts` by comment.
    """

    pages: dict[int, Page[CommentRow]]
    parents: dict[int, CommentRow | None]
    reply_counts: dict[int, int]


async def flat(
    db: Reader,
    article_ids: Iterable[int],
    page_args: PageArgs,
    viewer: Viewer,
    *,
    newest_first: bool,
) -> FlatPages:
    """Return for each article a page of its comments, replies included. One statement for 100.

    The caller has to check the article's own visibility.
    """
    ids, statuses = list(article_ids), comment_statuses(viewer)
    seek, seek_args, order_by = keyset_sql(
        ("c.created_at", "c.id"), datetime, newest_first, page_args
    )
    rows = await rows_per_key(
        db,
        f"SELECT {COLUMNS}, {_PARENT_COLUMNS}, (SELECT count(*) FROM comment r WHERE"
        f" r.parent_id = c.id AND r.status IN ({marks(statuses)})) AS reply_count FROM comment c"
        f" LEFT JOIN comment p ON p.id = c.parent_id AND p.status IN ({marks(statuses)})"
        f" WHERE c.article_id = ? AND c.status IN ({marks(statuses)}) AND {seek}"
        f" ORDER BY {order_by} LIMIT ?",
        ids,
        [*statuses, *seek_args, page_args.rows],
        [*statuses, *statuses],
    )
    by_article: dict[int, list[CommentRow]] = {id_: [] for id_ in ids}
    parents, reply_counts = dict[int, CommentRow | None](), dict[int, int]()
    for row in rows:
        comment, parent = to_comment(row[:SIZE]), row[SIZE : 2 * SIZE]
        by_article[comment.article_id].append(comment)
        reply_counts[comment.id] = row[-1]
        if comment.parent_id is not None:
            parents[comment.parent_id] = None if parent[0] is None else to_comment(parent)
    pages = {id_: to_page(comments, page_args) for id_, comments in by_article.items()}
    return FlatPages(pages, parents, reply_counts)


async def replies(
    db: Reader,
    parent_ids: Iterable[int],
    page_args: PageArgs,
    viewer: Viewer,
    *,
    newest_first: bool,
) -> dict[int, Page[CommentRow]]:
    """Return for each comment a page of its direct replies. One statement for up to 100."""
    statuses = comment_statuses(viewer)
    return await _pages(db, "parent_id", parent_ids, page_args, newest_first, statuses, "TRUE", ())


async def _pages(
    db: Reader,
    column: str,
    ids: Iterable[int],
    page_args: PageArgs,
    newest_first: bool,
    statuses: Sequence[str],
    condition: str,
    condition_args: Sequence[str],
) -> dict[int, Page[CommentRow]]:
    ids = list(ids)
    seek, seek_args, order_by = keyset_sql(
        ("c.created_at", "c.id"), datetime, newest_first, page_args
    )
    rows = await rows_per_key(
        db,
        f"SELECT {COLUMNS} FROM comment c WHERE c.{column} = ? AND c.status IN ({marks(statuses)})"
        f" AND {condition} AND {seek} ORDER BY {order_by} LIMIT ?",
        ids,
        [*statuses, *condition_args, *seek_args, page_args.rows],
    )
    by_key: dict[int, list[CommentRow]] = {id_: [] for id_ in ids}
    at = CommentRow._fields.index(column)
    for row in rows:
        by_key[row[at]].append(to_comment(row))
    return {id_: to_page(comments, page_args) for id_, comments in by_key.items()}


async def latest(
    db: Reader, article_id: int, limit: int, viewer: Viewer, *, kinds: Sequence[str] = READER_KINDS
) -> list[CommentRow]:
    """Return the newest comments of an article, including replies. One statement.

    The caller has to check the article's own visibility.
    """
    statuses = comment_statuses(viewer)
    rows = await db.rows(
        f"SELECT {COLUMNS} FROM comment c WHERE c.article_id = ?"
        f" AND c.status IN ({marks(statuses)})"
        f" AND c.kind IN ({marks(kinds)}) AND c.erased_at IS NULL"
        " ORDER BY c.created_at DESC, c.id DESC LIMIT ?",
        [article_id, *statuses, *kinds, limit],
    )
    return [to_comment(row) for row in rows]


async def counts(db: Reader, article_ids: Iterable[int], viewer: Viewer) -> dict[int, int]:
    """Count for each article the comments, including replies, that `viewer` may see.

    One statement.
    """
    return await _counts(db, "article_id", article_ids, viewer)


async def thread_counts(db: Reader, article_ids: Iterable[int], viewer: Viewer) -> dict[int, int]:
    """Count for each article the comments that `threads` lists, of all kinds. One statement."""
    ids, statuses = list(article_ids), comment_statuses(viewer)
    rows = await db.rows(
        f"SELECT c.article_id, count(*) FROM comment c WHERE c.article_id IN ({marks(ids)})"
        f" AND c.status IN ({marks(statuses)}) AND {_TOP.format(marks(statuses))}"
        " GROUP BY c.article_id",
        [*ids, *statuses, *statuses],
    )
    return dict.fromkeys(ids, 0) | dict(rows)


async def newest_public(
    db: Reader, article_ids: Iterable[int], limit: int
) -> dict[int, list[CommentRow]]:
    """Return the newest approved comments of readers on each article; one statement for 100.

    The visibility of the article itself is not checked.
    """
    rows = await rows_per_key(
        db,
        f"SELECT {COLUMNS} FROM comment c WHERE c.article_id = ? AND c.status = ?"
        f" AND c.kind IN ({marks(READER_KINDS)}) AND c.erased_at IS NULL"
        " ORDER BY c.created_at DESC, c.id DESC LIMIT ?",
        article_ids,
        [CommentStatus.APPROVED.value, *READER_KINDS, limit],
    )
    by_article: dict[int, list[CommentRow]] = {}
    for row in map(to_comment, rows):
        by_article.setdefault(row.article_id, []).append(row)
    return by_article


async def total(db: Reader, viewer: Viewer) -> int:
    """Count the approved comments on the articles that `viewer` may see. One statement."""
    statuses = article_statuses(viewer)
    [[count]] = await db.rows(
        f"SELECT COALESCE(sum(comment_count), 0) FROM article WHERE status IN ({marks(statuses)})",
        statuses,
    )
    return int(count)


async def reply_counts(db: Reader, parent_ids: Iterable[int], viewer: Viewer) -> dict[int, int]:
    """Count the direct replies to each comment that `viewer` may see. One statement."""
    return await _counts(db, "parent_id", parent_ids, viewer)


async def _counts(db: Reader, column: str, ids: Iterable[int], viewer: Viewer) -> dict[int, int]:
    ids, statuses = list(ids), comment_statuses(viewer)
    rows = await db.rows(
        f"SELECT {column}, count(*) FROM comment WHERE {column} IN ({marks(ids)})"
        f" AND status IN ({marks(statuses)}) GROUP BY {column}",
        [*ids, *statuses],
    )
    return dict.fromkeys(ids, 0) | {row[0]: row[1] for row in rows}


async def ids_by_status(db: Reader, article_id: int, status: CommentStatus) -> set[int]:
    """Return the ids of an article's comments with this status. One statement."""
    rows = await db.rows(
        "SELECT id FROM comment WHERE article_id = ? AND status = ?", [article_id, status.value]
    )
    return {row[0] for row in rows}


async def by_ids(db: Reader, ids: Iterable[int], viewer: Viewer) -> dict[int, CommentRow]:
    """Return the comments that `viewer` may see, if also their articles. One statement."""
    ids, visible = list(ids), comment_condition(viewer, "c")
    rows = await db.rows(
        f"SELECT {COLUMNS} FROM comment c WHERE c.id IN ({marks(ids)}) AND {visible.sql}",
        [*ids, *visible.args],
    )
    return {row[0]: to_comment(row) for row in rows}
