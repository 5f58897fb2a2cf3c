"""Comments: threads of articles, replies, counts, and the moderators' queue."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from datetime import datetime
from functools import partial
from typing import Any, NamedTuple

from hub.auth import Permission, Viewer, article_statuses, comment_statuses
from hub.db.database import Reader, marks
from hub.db.keyset import Slice, Window, keyset, sliced
from hub.models import CommentKind, CommentStatus
from hub.reads.per_key import rows_of_each

_COLUMNS = (
    "c.id, c.article_id, c.parent_id, c.kind, c.author_name, c.body_html, c.status, c.created_at"
)

_TOP = (
    "(c.parent_id IS NULL OR NOT EXISTS (SELECT 1 FROM comment p WHERE p.id = c.parent_id"
    " AND p.status IN ({})))"
)

READERS = (CommentKind.COMMENT.value,)
"""What readers wrote: pingbacks and trackbacks are listed and counted apart."""


class CommentRow(NamedTuple):
    """A comment as anyone may see it: no e-mail is read here.

    `created` is as the database writes it, in UTC.
    """

    id: int
    article_id: int
    parent_id: int | None
    kind: str
    author_name: str
    body_html: str
    status: str
    created: str

    @property
    def created_at(self) -> datetime:
        """When it was written; aware."""
        return datetime.fromisoformat(self.created)


_comment: Callable[[Sequence[Any]], CommentRow] = partial(tuple.__new__, CommentRow)


def sort_value(row: CommentRow) -> str:
    """What comments are sorted by, as a cursor holds it."""
    return row.created


async def threads(
    db: Reader,
    article_ids: Iterable[int],
    cut: Window,
    viewer: Viewer,
    *,
    newest_first: bool,
    kinds: Sequence[str] = READERS,
) -> dict[int, Slice[CommentRow]]:
    """For each article a slice of its top-level comments of these kinds. One statement for 100.

    A reply whose parent the viewer may not see stands at the top level, so that every visible
    comment can be reached. The article's own visibility is the caller's to have checked.
    """
    seen = comment_statuses(viewer)
    top = _TOP.format(marks(seen))
    return await _slices(db, "article_id", article_ids, cut, newest_first, seen, top, seen)


async def replies(
    db: Reader, parent_ids: Iterable[int], cut: Window, viewer: Viewer, *, newest_first: bool
) -> dict[int, Slice[CommentRow]]:
    """For each comment a slice of the replies right below it. One statement for up to 100."""
    seen = comment_statuses(viewer)
    return await _slices(db, "parent_id", parent_ids, cut, newest_first, seen, "TRUE", ())


async def _slices(
    db: Reader,
    end: str,
    ids: Iterable[int],
    cut: Window,
    newest_first: bool,
    seen: Sequence[str],
    condition: str,
    condition_args: Sequence[str],
) -> dict[int, Slice[CommentRow]]:
    ids = list(ids)
    beyond, beyond_args, ordered = keyset(("c.created_at", "c.id"), datetime, newest_first, cut)
    found = await rows_of_each(
        db,
        f"SELECT {_COLUMNS} FROM comment c WHERE c.{end} = ? AND c.status IN ({marks(seen)})"
        f" AND {condition} AND {beyond} ORDER BY {ordered} LIMIT ?",
        ids,
        [*seen, *condition_args, *beyond_args, cut.rows],
    )
    rows: dict[int, list[CommentRow]] = {id_: [] for id_ in ids}
    at = CommentRow._fields.index(end)
    for row in found:
        rows[row[at]].append(_comment(row))
    return {id_: sliced(comments, cut) for id_, comments in rows.items()}


async def latest(
    db: Reader, article_id: int, limit: int, viewer: Viewer, *, kinds: Sequence[str] = READERS
) -> list[CommentRow]:
    """The newest comments of an article, replies among them. One statement.

    The article's own visibility is the caller's to have checked.
    """
    seen = comment_statuses(viewer)
    found = await db.rows(
        f"SELECT {_COLUMNS} FROM comment c WHERE c.article_id = ? AND c.status IN ({marks(seen)})"
        f" AND c.kind IN ({marks(kinds)}) ORDER BY c.created_at DESC, c.id DESC LIMIT ?",
        [article_id, *seen, *kinds, limit],
    )
    return [_comment(row) for row in found]


async def counts(db: Reader, article_ids: Iterable[int], viewer: Viewer) -> dict[int, int]:
    """How many comments of each article, replies included, `viewer` may see. One statement."""
    return await _counts(db, "article_id", article_ids, viewer)


async def thread_counts(db: Reader, article_ids: Iterable[int], viewer: Viewer) -> dict[int, int]:
    """How many comments `threads` would find for each article; no replies. One statement."""
    ids, seen = list(article_ids), comment_statuses(viewer)
    found = await db.rows(
        f"SELECT c.article_id, count(*) FROM comment c WHERE c.article_id IN ({marks(ids)})"
        f" AND c.status IN ({marks(seen)}) AND {_TOP.format(marks(seen))} GROUP BY c.article_id",
        [*ids, *seen, *seen],
    )
    return dict.fromkeys(ids, 0) | dict(found)


async def public_words(
    db: Reader, article_ids: Iterable[int], most: int
) -> dict[int, list[CommentRow]]:
    """The newest `most` approved comments of readers on each article; one statement for 100.

    Whether the article itself is public is not asked.
    """
    found = await rows_of_each(
        db,
        f"SELECT {_COLUMNS} FROM comment c WHERE c.article_id = ? AND c.status = ?"
        f" AND c.kind IN ({marks(READERS)}) ORDER BY c.created_at DESC, c.id DESC LIMIT ?",
        article_ids,
        [CommentStatus.APPROVED.value, *READERS, most],
    )
    rows: dict[int, list[CommentRow]] = {}
    for row in map(_comment, found):
        rows.setdefault(row.article_id, []).append(row)
    return rows


async def total(db: Reader, viewer: Viewer) -> int:
    """How many approved comments there are on the articles that `viewer` may see. One statement."""
    statuses = article_statuses(viewer)
    [[found]] = await db.rows(
        f"SELECT COALESCE(sum(comment_count), 0) FROM article WHERE status IN ({marks(statuses)})",
        statuses,
    )
    return int(found)


async def reply_counts(db: Reader, parent_ids: Iterable[int], viewer: Viewer) -> dict[int, int]:
    """How many replies right below each comment `viewer` may see. One statement."""
    return await _counts(db, "parent_id", parent_ids, viewer)


async def _counts(db: Reader, end: str, ids: Iterable[int], viewer: Viewer) -> dict[int, int]:
    ids, seen = list(ids), comment_statuses(viewer)
    found = await db.rows(
        f"SELECT {end}, count(*) FROM comment WHERE {end} IN ({marks(ids)})"
        f" AND status IN ({marks(seen)}) GROUP BY {end}",
        [*ids, *seen],
    )
    return dict.fromkeys(ids, 0) | {row[0]: row[1] for row in found}


async def ids_of(db: Reader, article_id: int, status: CommentStatus) -> set[int]:
    """The ids of an article's comments that stand so in moderation. One statement."""
    rows = await db.rows(
        "SELECT id FROM comment WHERE article_id = ? AND status = ?", [article_id, status.value]
    )
    return {row[0] for row in rows}


async def by_ids(db: Reader, ids: Iterable[int], viewer: Viewer) -> dict[int, CommentRow]:
    """The comments that `viewer` may see, on articles that `viewer` may see. One statement."""
    ids, seen, articles = list(ids), comment_statuses(viewer), article_statuses(viewer)
    found = await db.rows(
        f"SELECT {_COLUMNS} FROM comment c JOIN article a ON a.id = c.article_id"
        f" WHERE c.id IN ({marks(ids)}) AND c.status IN ({marks(seen)})"
        f" AND a.status IN ({marks(articles)})",
        [*ids, *seen, *articles],
    )
    return {row[0]: _comment(row) for row in found}


class ModeratedRow(NamedTuple):
    """A comment as its moderators see it."""

    comment: CommentRow
    author_email: str | None


async def queue(
    db: Reader, cut: Window, statuses: Sequence[str], viewer: Viewer
) -> Slice[ModeratedRow]:
    """A slice of the comments in any of `statuses`, newest first. One statement.

    Raises:
        NotAllowed: `viewer` is not a moderator.
    """
    viewer.require(Permission.MODERATE)
    beyond, args, ordered = keyset(("c.created_at", "c.id"), datetime, True, cut)
    found = await db.rows(
        f"SELECT {_COLUMNS}, c.author_email FROM comment c"
        f" WHERE c.status IN ({marks(statuses)}) AND {beyond} ORDER BY {ordered} LIMIT ?",
        [*statuses, *args, cut.rows],
    )
    return sliced([ModeratedRow(_comment(row[:8]), row[8]) for row in found], cut)


async def moderated_by_ids(
    db: Reader, ids: Iterable[int], viewer: Viewer
) -> dict[int, ModeratedRow]:
    """Comments by id, as far as `viewer` moderates them. One statement at most."""
    ids = list(ids)
    if not viewer.may(Permission.MODERATE):
        return {}
    found = await db.rows(
        f"SELECT {_COLUMNS}, c.author_email FROM comment c WHERE c.id IN ({marks(ids)})", ids
    )
    return {row[0]: ModeratedRow(_comment(row[:8]), row[8]) for row in found}


async def queue_count(db: Reader, statuses: Sequence[str], viewer: Viewer) -> int:
    """How many comments `queue` would find. Raises NotAllowed. One statement."""
    viewer.require(Permission.MODERATE)
    [[total]] = await db.rows(
        f"SELECT count(*) FROM comment WHERE status IN ({marks(statuses)})", statuses
    )
    return int(total)
