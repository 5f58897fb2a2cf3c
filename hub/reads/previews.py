"""Reads of previews, for those who may create them."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Any, NamedTuple

from hub.auth import Permission, Viewer
from hub.db.database import Reader, marks
from hub.db.keyset import Page, PageArgs, keyset_sql, to_page


class PreviewRow(NamedTuple):
    """A preview: everything but its secret, which is not stored.

    `name` is the title of its article, or that of its release.
    """

    id: int
    article_id: int | None
    release_id: int | None
    editor: str
    created_at: datetime
    expires_at: datetime
    revoked_at: datetime | None
    name: str


async def page(db: Reader, page_args: PageArgs, viewer: Viewer) -> Page[PreviewRow]:
    """Return a page of the previews, newest first; those that ended a month ago are gone.

    One statement. Raises:
        NotAllowed: `viewer` may not read what is not published.
    """
    viewer.require(Permission.READ)
    seek, args, order_by = keyset_sql(("p.id", "p.id"), int, True, page_args)
    rows = await db.rows(
        f"SELECT {_COLUMNS} FROM preview p WHERE {seek} ORDER BY {order_by} LIMIT ?",
        [*args, page_args.rows],
    )
    return to_page(list(map(_preview, rows)), page_args)


async def by_ids(db: Reader, ids: Iterable[int], viewer: Viewer) -> dict[int, PreviewRow]:
    """Return the previews by id; none if `viewer` may not see them. One statement at most."""
    ids = list(ids)
    if not viewer.may(Permission.READ):
        return {}
    rows = await db.rows(f"SELECT {_COLUMNS} FROM preview p WHERE p.id IN ({marks(ids)})", ids)
    return {row[0]: _preview(row) for row in rows}


async def count(db: Reader, viewer: Viewer) -> int:
    """Count the previews. Raises NotAllowed like `page`. One statement."""
    viewer.require(Permission.READ)
    [[total]] = await db.rows("SELECT count(*) FROM preview")
    return int(total)


_COLUMNS = (
    f"{', '.join(f'p.{name}' for name in PreviewRow._fields[:-1])}, CASE WHEN p.article_id IS NULL"
    " THEN (SELECT r.name FROM content_release r WHERE r.id = p.release_id)"
    " ELSE (SELECT a.title FROM article a WHERE a.id = p.article_id) END"
)


def _preview(row: tuple[Any, ...]) -> PreviewRow:
    return PreviewRow._make(
        [*row[:4], *(time and datetime.fromisoformat(time) for time in row[4:7]), row[7] or ""]
    )
