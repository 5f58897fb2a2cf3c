"""Reads of the versions of articles: lists, counts, and the snapshots that they hold."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any, NamedTuple

from hub.auth import Permission, Viewer
from hub.db.database import Reader, marks
from hub.db.keyset import Page, PageArgs, keyset_sql, to_page
from hub.reads.per_key import rows_per_key


class RevisionRow(NamedTuple):
    """A version of an article without its text; `change` and `saved_at` are None before 0.3."""

    id: int
    article_id: int
    version: int
    slug: str
    title: str
    status: str
    editor: str
    change: str | None
    created_at: datetime
    saved_at: datetime | None


COLUMNS = ", ".join(f"r.{name}" for name in RevisionRow._fields)
"""The columns of a RevisionRow, of the table as `r`."""


async def revisions(
    db: Reader, ids: Iterable[int], page_args: PageArgs, viewer: Viewer
) -> dict[int, Page[RevisionRow]]:
    """Return for each article a page of its revisions, newest first. One statement for up to 100.

    A revision's cursor contains its version twice: as the sorted value and as the id.

    Raises:
        NotAllowed: `viewer` may not read what is not published.
    """
    viewer.require(Permission.READ)
    ids = list(ids)
    seek, args, order_by = keyset_sql(("r.version", "r.version"), int, True, page_args)
    rows = await rows_per_key(
        db,
        f"SELECT {COLUMNS} FROM revision r"
        f" WHERE r.article_id = ? AND {seek} ORDER BY {order_by} LIMIT ?",
        ids,
        [*args, page_args.rows],
    )
    by_article: dict[int, list[RevisionRow]] = {id_: [] for id_ in ids}
    for row in map(revision_row, rows):
        by_article[row.article_id].append(row)
    return {
        id_: to_page(article_revisions, page_args) for id_, article_revisions in by_article.items()
    }


async def by_ids(db: Reader, ids: Iterable[int], viewer: Viewer) -> dict[int, RevisionRow]:
    """Return the revisions by id; none if `viewer` may not see them. One statement at most."""
    ids = list(ids)
    if not viewer.may(Permission.READ):
        return {}
    rows = await db.rows(f"SELECT {COLUMNS} FROM revision r WHERE r.id IN ({marks(ids)})", ids)
    return {row[0]: revision_row(row) for row in rows}


async def contents(
    db: Reader, ids: Iterable[int], columns: str, viewer: Viewer
) -> dict[int, tuple[Any, ...]]:
    """Return `columns` of each revision `r`, joined with the revision `b` that is its base.

    One statement.

    Raises:
        NotAllowed: `viewer` may not read what is not published.
    """
    viewer.require(Permission.READ)
    ids = list(ids)
    rows = await db.rows(
        f"SELECT r.id, {columns} FROM revision r LEFT JOIN revision b ON b.id = r.base"
        f" WHERE r.id IN ({marks(ids)})",
        ids,
    )
    return {id_: tuple(values) for id_, *values in rows}


async def latest(db: Reader, article_id: int) -> int | None:
    """Return the id of an article's last revision. One statement."""
    rows = await db.rows(
        "SELECT id FROM revision WHERE article_id = ? ORDER BY version DESC LIMIT 1", [article_id]
    )
    return rows[0][0] if rows else None


async def id_of(db: Reader, article_id: int, version: int) -> int | None:
    """Return the id of the revision of a version; None if there is none. One statement."""
    rows = await db.rows(
        "SELECT id FROM revision WHERE article_id = ? AND version = ?", [article_id, version]
    )
    return rows[0][0] if rows else None


async def counts(db: Reader, ids: Iterable[int], viewer: Viewer) -> dict[int, int]:
    """Count the revisions of each article. Raises NotAllowed like `revisions`. One statement."""
    viewer.require(Permission.READ)
    ids = list(ids)
    rows = await db.rows(
        f"SELECT article_id, count(*) FROM revision WHERE article_id IN ({marks(ids)})"
        " GROUP BY article_id",
        ids,
    )
    return dict.fromkeys(ids, 0) | dict(rows)


def revision_row(row: Sequence[Any]) -> RevisionRow:
    """Build a RevisionRow from a row of exactly COLUMNS."""
    *values, created, saved = row
    return RevisionRow._make(
        [
            *values,
            datetime.fromisoformat(created),
            datetime.fromisoformat(saved) if saved else None,
        ]
    )
