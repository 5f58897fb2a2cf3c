"""Reads of edges that editors may want to mend, and of articles that no edge leads to."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime
from enum import Enum
from typing import Any, NamedTuple

from hub.auth import Permission, Viewer
from hub.db.database import Reader, marks
from hub.db.keyset import Page, PageArgs, keyset_sql, to_page
from hub.models import RelationOrigin
from hub.reads.articles import COLUMNS, ArticleRow, article_row
from hub.reads.related import strongest

MAX_COUNT = 10_000
"""Rows of a list that are counted, at most."""
NEAR = 10_000
"""Edges that `repeated` looks through before it compares all of them."""

_DRAWN = f"r.origin <> '{RelationOrigin.DERIVED.value}'"
_PUBLIC = "CAST({0}.status AS TEXT) = 'PUBLISHED'"
_ENDS = (
    "JOIN article s ON s.id = r.source_id AND CAST(s.status AS TEXT) = 'PUBLISHED'"
    " JOIN article t ON t.id = r.target_id AND CAST(t.status AS TEXT) = 'PUBLISHED'"
)
_ONE_SIDED = (
    f"FROM relation r {_ENDS} WHERE {_DRAWN} AND r.kind <> 'INLINE' AND {strongest(())}"
    " AND NOT EXISTS (SELECT 1 FROM relation b WHERE b.target_id = r.source_id"
    " AND b.source_id = r.target_id AND b.origin <> 'DERIVED')"
)
_REPEATED = (
    "FROM (SELECT target_id, source_id FROM relation WHERE target_id IS NOT NULL"
    " GROUP BY target_id, source_id HAVING count(*) > 1) AS pair"
    " JOIN relation r ON r.target_id = pair.target_id AND r.source_id = pair.source_id"
    f" WHERE NOT {strongest(())}"
)
_DANGLING = f"FROM relation r WHERE r.target_id IS NULL AND {_DRAWN}"
_ORPHANS = (
    f"FROM article a WHERE {_PUBLIC.format('a')} AND a.kind = 'ARTICLE' AND NOT EXISTS"
    " (SELECT 1 FROM relation r JOIN article s ON s.id = r.source_id"
    f" AND {_PUBLIC.format('s')} WHERE r.target_id = a.id AND {_DRAWN})"
)


# Former addresses are few: the order of CROSS JOIN and the signs keep SQLite, which has no table
# statistics, from looking through the edges of every target instead (67 ms, not 6,600).
_FORMER_ADDRESSES = (
    f"FROM relation r WHERE {_DRAWN} AND r.kind = 'INLINE' AND r.id IN (SELECT e.id"
    " FROM address k CROSS JOIN article t CROSS JOIN relation e WHERE t.id = k.article_id"
    " AND k.url <> COALESCE(t.canonical_url, '')"
    " AND e.wanted_url = k.url_key AND +e.target_id = t.id"
    " UNION SELECT e.id FROM slug_history h CROSS JOIN article t CROSS JOIN relation e"
    " WHERE t.id = h.article_id AND h.slug <> t.slug AND e.wanted_slug = h.slug"
    " AND +e.target_id = t.id AND COALESCE(e.wanted_url, '') = '')"
)
_OUTSIDE = (
    "FROM outside_link r JOIN article s ON s.id = r.article_id"
    f" AND {_PUBLIC.format('s')} WHERE r.checked_at IS NOT NULL"
)
_BROKEN_OUTSIDE = f"{_OUTSIDE} AND (r.status >= 400 OR r.problem IS NOT NULL)"
_MOVED_OUTSIDE = f"{_OUTSIDE} AND r.status < 400 AND (r.moved_to IS NOT NULL OR r.redirects > 1)"

_OUTSIDE_COLUMNS = (
    "r.id, r.article_id, r.url, r.anchor, r.position, r.status, r.problem, r.redirects,"
    " r.moved_to, r.checked_at"
)
_COLUMNS = "r.id, r.source_id, r.target_id, r.kind, r.anchor, r.url, r.position, r.origin"


class LinkRow(NamedTuple):
    """An edge; `target_id` is None where it dangles."""

    id: int
    source_id: int
    target_id: int | None
    kind: str
    anchor: str
    url: str | None
    position: int | None
    origin: str

    @property
    def ends(self) -> tuple[int, int | None, str]:
        """Ids of its source and target, and its kind."""
        return self.source_id, self.target_id, self.kind


async def by_ids(db: Reader, ids: Iterable[int], viewer: Viewer) -> dict[int, LinkRow]:
    """Return edges by id; none if `viewer` may not read the lists. One statement at most."""
    ids = list(ids)
    if not (viewer.may(Permission.READ) and viewer.may(Permission.WRITE)):
        return {}
    rows = await db.rows(f"SELECT {_COLUMNS} FROM relation r WHERE r.id IN ({marks(ids)})", ids)
    return {row[0]: LinkRow(*row) for row in rows}


async def dangling(db: Reader, page_args: PageArgs, viewer: Viewer) -> Page[LinkRow]:
    """Return a page of the edges that lead to no article yet, the oldest first. One statement.

    Raises:
        NotAllowed: `viewer`, here as below, may not write, or not read what is not published.
    """
    return await _links(db, _DANGLING, page_args, viewer)


async def one_sided(db: Reader, page_args: PageArgs, viewer: Viewer) -> Page[LinkRow]:
    """Return a page of the edges of lists between public articles without one in return.

    Links within texts lead one way by their nature, and are left out. One statement, which reads
    all edges if few are such ones.
    """
    return await _links(db, _ONE_SIDED, page_args, viewer)


async def repeated(db: Reader, page_args: PageArgs, viewer: Viewer) -> Page[LinkRow]:
    """Return a page of the edges beside a stronger one between the same articles.

    One statement over the next 10,000 edges; where they do not fill the page, another over all.
    """
    _require(viewer)
    seek, args, order_by = keyset_sql(("r.id", "r.id"), int, False, page_args)
    rows = await db.rows(
        f"SELECT {_COLUMNS} FROM (SELECT r.id AS near FROM relation r WHERE {seek}"
        f" ORDER BY {order_by} LIMIT {NEAR}) AS nearby JOIN relation r ON r.id = near"
        f" WHERE r.target_id IS NOT NULL AND NOT {strongest(())} ORDER BY {order_by} LIMIT ?",
        [*args, page_args.rows],
    )
    if len(rows) < page_args.rows:
        return await _links(db, _REPEATED, page_args, viewer)
    return to_page([LinkRow(*row) for row in rows], page_args)


async def orphans(db: Reader, page_args: PageArgs, viewer: Viewer) -> Page[ArticleRow]:
    """Return a page of the public articles to which no public one leads by an edge of people.

    Pages, which menus lead to, are left out. One statement.
    """
    _require(viewer)
    seek, args, order_by = keyset_sql(("a.id", "a.id"), int, False, page_args)
    rows = await db.rows(
        f"SELECT {COLUMNS} {_ORPHANS} AND {seek} ORDER BY {order_by} LIMIT ?",
        [*args, page_args.rows],
    )
    return to_page([article_row(row) for row in rows], page_args)


class OutsideRow(NamedTuple):
    """A link of a public article to another site, as `hub.models.OutsideLink`."""

    id: int
    article_id: int
    url: str
    anchor: str
    position: int | None
    status: int | None
    problem: str | None
    redirects: int
    moved_to: str | None
    checked: datetime


async def broken_outside(db: Reader, page_args: PageArgs, viewer: Viewer) -> Page[OutsideRow]:
    """Return a page of the links to other sites that nothing, or an error, answered last.

    One statement.
    """
    return await _outside(db, _BROKEN_OUTSIDE, page_args, viewer)


async def moved_outside(db: Reader, page_args: PageArgs, viewer: Viewer) -> Page[OutsideRow]:
    """Return a page of the links to other sites that are redirected for good, or repeatedly."""
    return await _outside(db, _MOVED_OUTSIDE, page_args, viewer)


async def outside_by_ids(db: Reader, ids: Iterable[int], viewer: Viewer) -> dict[int, OutsideRow]:
    """Return links to other sites by id, of public articles, as far as they were looked at.

    None if `viewer` may not read the lists. One statement at most.
    """
    ids = list(ids)
    if not (viewer.may(Permission.READ) and viewer.may(Permission.WRITE)):
        return {}
    rows = await db.rows(f"SELECT {_OUTSIDE_COLUMNS} {_OUTSIDE} AND r.id IN ({marks(ids)})", ids)
    return {row[0]: _outside_row(row) for row in rows}


def _outside_row(row: Sequence[Any]) -> OutsideRow:
    *values, checked = row
    return OutsideRow._make((*values, datetime.fromisoformat(checked)))


async def _outside(db: Reader, sql: str, page_args: PageArgs, viewer: Viewer) -> Page[OutsideRow]:
    _require(viewer)
    seek, args, order_by = keyset_sql(("r.id", "r.id"), int, False, page_args)
    rows = await db.rows(
        f"SELECT {_OUTSIDE_COLUMNS} {sql} AND {seek} ORDER BY {order_by} LIMIT ?",
        [*args, page_args.rows],
    )
    return to_page([_outside_row(row) for row in rows], page_args)


async def former_addresses(db: Reader, page_args: PageArgs, viewer: Viewer) -> Page[LinkRow]:
    """Return a page of the links of texts that go by a former address of their target.

    One statement, which reads all addresses of articles.
    """
    return await _links(db, _FORMER_ADDRESSES, page_args, viewer)


class LinkList(Enum):
    """The lists of this module: what they are read from."""

    DANGLING = _DANGLING
    ORPHANS = _ORPHANS
    ONE_SIDED = _ONE_SIDED
    REPEATED = _REPEATED
    FORMER_ADDRESSES = _FORMER_ADDRESSES
    BROKEN_OUTSIDE = _BROKEN_OUTSIDE
    MOVED_OUTSIDE = _MOVED_OUTSIDE


async def count(db: Reader, list_: LinkList, viewer: Viewer) -> int:
    """Count the rows of a list, up to 10,000. One statement; it may read all edges.

    That takes half a second for two millions.
    """
    _require(viewer)
    [[total]] = await db.rows(
        f"SELECT count(*) FROM (SELECT 1 {list_.value} LIMIT {MAX_COUNT}) AS counted"
    )
    return int(total)


async def _links(db: Reader, sql: str, page_args: PageArgs, viewer: Viewer) -> Page[LinkRow]:
    _require(viewer)
    seek, args, order_by = keyset_sql(("r.id", "r.id"), int, False, page_args)
    rows = await db.rows(
        f"SELECT {_COLUMNS} {sql} AND {seek} ORDER BY {order_by} LIMIT ?",
        [*args, page_args.rows],
    )
    return to_page([LinkRow(*row) for row in rows], page_args)


def _require(viewer: Viewer) -> None:
    viewer.require(Permission.WRITE)
    viewer.require(Permission.READ)
