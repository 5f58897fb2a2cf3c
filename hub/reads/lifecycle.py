"""Reads of what is being prepared for articles, and of the trash."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Any, NamedTuple

from hub.auth import Permission, Viewer
from hub.db.database import Reader, marks
from hub.db.keyset import Page, PageArgs, keyset_sql, to_page


class WorkingRow(NamedTuple):
    """A working version: its edits and their base as JSON, and columns of the last revision."""

    article_id: int
    version: int
    editor: str
    created_at: datetime
    updated_at: datetime
    changes: str
    base: str
    stored: tuple[Any, ...]


class PlannedRow(NamedTuple):
    """A change of an article that is planned."""

    action: str
    at: datetime
    editor: str


class ReleaseRow(NamedTuple):
    """A release."""

    id: int
    name: str
    status: str
    editor: str
    created_at: datetime
    publish_at: datetime | None
    published_at: datetime | None
    problem: str | None


class ReleaseItemRow(NamedTuple):
    """An article of a release."""

    action: str
    article_id: int


class TrashedRow(NamedTuple):
    """An article in the trash."""

    id: int
    slug: str
    language: str
    title: str
    status: str
    editor: str
    deleted_at: datetime


async def working_versions(
    db: Reader, ids: Iterable[int], columns: str, viewer: Viewer
) -> dict[int, WorkingRow]:
    """Return the working version of each article that has one, by its id. One statement.

    `columns` are read of its last revision `r`, and of the revision `b` that is its base.

    Raises:
        NotAllowed: `viewer` may not read what is not published.
    """
    viewer.require(Permission.READ)
    ids = list(ids)
    rows = await db.rows(
        "SELECT w.article_id, w.version, w.editor, w.created_at, w.updated_at, w.changes, w.base,"
        f" {columns} FROM working_version w JOIN revision r ON r.article_id = w.article_id"
        " AND r.version = (SELECT max(l.version) FROM revision l WHERE l.article_id = w.article_id)"
        f" LEFT JOIN revision b ON b.id = r.base WHERE w.article_id IN ({marks(ids)})",
        ids,
    )
    working: dict[int, WorkingRow] = {}
    for id_, version, editor, created, updated, changes, base, *stored in rows:
        created_at, updated_at = datetime.fromisoformat(created), datetime.fromisoformat(updated)
        working[id_] = WorkingRow(
            id_, version, editor, created_at, updated_at, changes, base, tuple(stored)
        )
    return working


async def planned_changes(
    db: Reader, ids: Iterable[int], viewer: Viewer
) -> dict[int, list[PlannedRow]]:
    """Return what is planned for each article, the earliest first. One statement.

    Raises:
        NotAllowed: `viewer` may not read what is not published.
    """
    viewer.require(Permission.READ)
    ids = list(ids)
    rows = await db.rows(
        "SELECT article_id, action, at, editor FROM planned_change"
        f" WHERE article_id IN ({marks(ids)}) ORDER BY at, id",
        ids,
    )
    plans: dict[int, list[PlannedRow]] = {}
    for article_id, action, at, editor in rows:
        row = PlannedRow(action, datetime.fromisoformat(at), editor)
        plans.setdefault(article_id, []).append(row)
    return plans


async def releases(db: Reader, page_args: PageArgs, viewer: Viewer) -> Page[ReleaseRow]:
    """Return a page of all releases, newest first. One statement.

    Raises:
        NotAllowed: `viewer` may not read what is not published.
    """
    viewer.require(Permission.READ)
    seek, args, order_by = keyset_sql(("r.id", "r.id"), int, True, page_args)
    rows = await db.rows(
        f"SELECT {_RELEASE} FROM content_release r WHERE {seek} ORDER BY {order_by} LIMIT ?",
        [*args, page_args.rows],
    )
    return to_page(list(map(_release, rows)), page_args)


async def releases_by_ids(db: Reader, ids: Iterable[int], viewer: Viewer) -> dict[int, ReleaseRow]:
    """Return the releases by id; none if `viewer` may not see them. One statement at most."""
    ids = list(ids)
    if not viewer.may(Permission.READ):
        return {}
    rows = await db.rows(
        f"SELECT {_RELEASE} FROM content_release r WHERE r.id IN ({marks(ids)})", ids
    )
    return {row[0]: _release(row) for row in rows}


async def release_count(db: Reader, viewer: Viewer) -> int:
    """Count the releases. Raises NotAllowed like `releases`. One statement."""
    viewer.require(Permission.READ)
    [[total]] = await db.rows("SELECT count(*) FROM content_release")
    return int(total)


async def release_items(
    db: Reader, ids: Iterable[int], viewer: Viewer
) -> dict[int, list[ReleaseItemRow]]:
    """Return the articles of each release, in the order in which they were added. One statement.

    Raises:
        NotAllowed: `viewer` may not read what is not published.
    """
    viewer.require(Permission.READ)
    ids = list(ids)
    rows = await db.rows(
        "SELECT release_id, action, article_id FROM release_item"
        f" WHERE release_id IN ({marks(ids)}) ORDER BY release_id, id",
        ids,
    )
    items: dict[int, list[ReleaseItemRow]] = {}
    for release_id, action, article_id in rows:
        items.setdefault(release_id, []).append(ReleaseItemRow(action, article_id))
    return items


async def trash(db: Reader, page_args: PageArgs, viewer: Viewer) -> Page[TrashedRow]:
    """Return a page of the articles in the trash, those deleted last first. One statement.

    Raises:
        NotAllowed: `viewer` may not delete articles.
    """
    viewer.require(Permission.DELETE)
    seek, args, order_by = keyset_sql(("t.deleted_at", "t.id"), datetime, True, page_args)
    rows = await db.rows(
        f"SELECT {_TRASHED} FROM trashed_article t WHERE {seek} ORDER BY {order_by} LIMIT ?",
        [*args, page_args.rows],
    )
    return to_page(list(map(_trashed, rows)), page_args)


async def trashed_by_ids(db: Reader, ids: Iterable[int], viewer: Viewer) -> dict[int, TrashedRow]:
    """Return articles in the trash by id; none if `viewer` may not delete. One statement."""
    ids = list(ids)
    if not viewer.may(Permission.DELETE):
        return {}
    rows = await db.rows(
        f"SELECT {_TRASHED} FROM trashed_article t WHERE t.id IN ({marks(ids)})", ids
    )
    return {row[0]: _trashed(row) for row in rows}


async def trashed_by_name(
    db: Reader, slug: str, id_: int | None, viewer: Viewer
) -> TrashedRow | None:
    """Return the article in the trash with this slug or id, that deleted last. One statement.

    Raises:
        NotAllowed: `viewer` may not delete articles.
    """
    viewer.require(Permission.DELETE)
    rows = await db.rows(
        f"SELECT {_TRASHED} FROM trashed_article t WHERE t.slug = ? OR t.id = CAST(? AS BIGINT)"
        " ORDER BY t.deleted_at DESC LIMIT 1",
        [slug, id_],
    )
    return _trashed(rows[0]) if rows else None


async def trash_count(db: Reader, viewer: Viewer) -> int:
    """Count the articles in the trash. Raises NotAllowed like `trash`. One statement."""
    viewer.require(Permission.DELETE)
    [[total]] = await db.rows("SELECT count(*) FROM trashed_article")
    return int(total)


_RELEASE = ", ".join(f"r.{name}" for name in ReleaseRow._fields)


_TRASHED = ", ".join(f"t.{name}" for name in TrashedRow._fields)


def _trashed(row: tuple[Any, ...]) -> TrashedRow:
    return TrashedRow._make([*row[:-1], datetime.fromisoformat(row[-1])])


def _release(row: tuple[Any, ...]) -> ReleaseRow:
    id_, name, status, editor, *times, problem = row
    created, publish, published = (time and datetime.fromisoformat(time) for time in times)
    return ReleaseRow(id_, name, status, editor, created, publish, published, problem)
