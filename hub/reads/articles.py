"""Articles: by id, by slug, as lists and their counts, and their bodies."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import Enum
from functools import partial
from typing import Any, NamedTuple, TypeVar

from hub.auth import Permission, Viewer, article_statuses
from hub.db.database import Reader, marks
from hub.db.keyset import Slice, Window, keyset, sliced
from hub.db.timestamps import stored
from hub.reads.per_key import batched, rows_of_each
from hub.reads.projection import Only, columns
from hub.text.slugs import url_key

K = TypeVar("K")
COLUMNS = """a.id, a.slug, a.language, a.kind, a.title, a.summary, a.status, a.published_at,
a.created_at, a.updated_at, a.version, a.comments_open, a.comment_count, a.image_url, a.image_alt,
a.canonical_url, a.translation_key"""
AMONG_FEW = "CAST(a.status AS TEXT)"
"""The status where an id or slug has narrowed the rows: the cast keeps SQLite, which knows no
sizes, from walking an index of every published article instead (15 µs a row found, not 300)."""


class ArticleRow(NamedTuple):
    """An article as lists need it: all but its body; in the order of COLUMNS.

    Moments are as the database writes them, in UTC; their properties read them when asked.
    """

    id: int
    slug: str
    language: str
    kind: str
    title: str
    summary: str
    status: str
    published: str | None
    created: str
    updated: str
    version: int
    comments_open: bool
    comment_count: int
    image_url: str | None
    image_alt: str | None
    canonical_url: str | None
    translation_key: str | None

    @property
    def published_at(self) -> datetime | None:
        """When it was or will be published; aware, as all moments."""
        return None if self.published is None else datetime.fromisoformat(self.published)

    @property
    def created_at(self) -> datetime:
        """When it was first saved."""
        return datetime.fromisoformat(self.created)

    @property
    def updated_at(self) -> datetime:
        """When it was last saved."""
        return datetime.fromisoformat(self.updated)


def columns_of(only: Only, *always: str) -> str:
    """The columns of an `ArticleRow`, all or only these fields beside its id and `always`."""
    return columns(COLUMNS, ArticleRow._fields, only, ("id", *always))


article_row: Callable[[Sequence[Any]], ArticleRow] = partial(tuple.__new__, ArticleRow)
"""The row of exactly COLUMNS."""


class BodyRow(NamedTuple):
    """An article's body: sanitised HTML, and its plain words."""

    html: str
    text: str


class Order(Enum):
    """The orders of article lists: the column (for the public, for staff) and its direction."""

    NEWEST = ("published_at", True)
    OLDEST = ("published_at", False)
    RECENTLY_UPDATED = ("updated_at", True)
    MOST_DISCUSSED = ("comment_count", True)

    @property
    def holds(self) -> type[int] | type[datetime]:
        """What the column holds."""
        return int if self is Order.MOST_DISCUSSED else datetime


@dataclass(frozen=True, slots=True)
class ArticleFilter:
    """Narrows a list: any value within a field, every field that names one.

    A topic stands for the topics below it too. `published_to` is exclusive. `statuses` narrows
    what the viewer may see and never widens it.
    """

    topics: tuple[str, ...] = ()
    authors: tuple[str, ...] = ()
    languages: tuple[str, ...] = ()
    kinds: tuple[str, ...] = ()
    statuses: tuple[str, ...] = ()
    published_from: datetime | None = None
    published_to: datetime | None = None


async def by_ids(
    db: Reader, ids: Iterable[int], viewer: Viewer, only: Only = None
) -> dict[int, ArticleRow]:
    """The articles that `viewer` may see, by id; the others are left out. One statement."""
    ids, statuses = list(ids), article_statuses(viewer)
    if not ids:
        return {}
    found = await db.rows(
        f"SELECT {columns_of(only)} FROM article a WHERE a.id IN ({marks(ids)})"
        f" AND {AMONG_FEW} IN ({marks(statuses)})",
        [*ids, *statuses],
    )
    return {row[0]: article_row(row) for row in found}


async def by_slug(db: Reader, slug: str, language: str | None, viewer: Viewer) -> ArticleRow | None:
    """The article that has this slug now, or else had it once; any language where none is named.

    Of several languages, the one that was published first. One statement, two for an old slug.
    """
    statuses = article_statuses(viewer)
    for joined, column in (("", "a"), ("JOIN slug_history h ON h.article_id = a.id", "h")):
        also = "" if language is None else f" AND {column}.language = ?"
        found = await db.rows(
            f"SELECT {COLUMNS} FROM article a {joined} WHERE {column}.slug = ?{also}"
            f" AND {AMONG_FEW} IN ({marks(statuses)})",
            [slug, *([] if language is None else [language]), *statuses],
        )
        if found:
            return min(map(article_row, found), key=lambda row: (row.published or "", row.id))
    return None


async def by_address(db: Reader, url: str, viewer: Viewer) -> ArticleRow | None:
    """The article that was published at this address. One statement."""
    statuses = article_statuses(viewer)
    found = await db.rows(
        f"SELECT {COLUMNS} FROM address x JOIN article a ON a.id = x.article_id"
        f" WHERE x.url_key = ? AND {AMONG_FEW} IN ({marks(statuses)}) LIMIT 1",
        [url_key(url), *statuses],
    )
    return article_row(found[0]) if found else None


async def bodies(db: Reader, ids: Iterable[int], viewer: Viewer) -> dict[int, BodyRow]:
    """The bodies of the articles that `viewer` may see, by id. One statement."""
    ids, statuses = list(ids), article_statuses(viewer)
    found = await db.rows(
        f"SELECT a.id, a.body_html, a.body_text FROM article a WHERE a.id IN ({marks(ids)})"
        f" AND {AMONG_FEW} IN ({marks(statuses)})",
        [*ids, *statuses],
    )
    return {id_: BodyRow(html, text) for id_, html, text in found}


async def metadata(
    db: Reader, ids: Iterable[int], viewer: Viewer
) -> dict[int, list[tuple[str, str]]]:
    """The names and values that the source of each article keeps about it. One statement.

    Raises:
        NotAllowed: `viewer` may not read what is not published.
    """
    viewer.require(Permission.READ)
    ids = list(ids)
    found = await db.rows(
        f"SELECT id, metadata FROM article WHERE id IN ({marks(ids)}) AND metadata IS NOT NULL", ids
    )
    return {id_: list(json.loads(text).items()) for id_, text in found}


async def translations(
    db: Reader, keys: Iterable[str], viewer: Viewer
) -> dict[str, list[ArticleRow]]:
    """The articles that share each translation key, by language. One statement."""
    keys, statuses = list(keys), article_statuses(viewer)
    found = await db.rows(
        f"SELECT {COLUMNS} FROM article a WHERE a.translation_key IN ({marks(keys)})"
        f" AND {AMONG_FEW} IN ({marks(statuses)}) ORDER BY a.language, a.id",
        [*keys, *statuses],
    )
    answer: dict[str, list[ArticleRow]] = {}
    for row in map(article_row, found):
        answer.setdefault(row.translation_key or "", []).append(row)
    return answer


_SORTED = {
    Order.NEWEST: ("published", "created"),
    Order.OLDEST: ("published", "created"),
    Order.RECENTLY_UPDATED: ("updated",),
    Order.MOST_DISCUSSED: ("comment_count",),
}
"""What `sort_value` looks at."""


def sort_value(row: ArticleRow, order: Order) -> str | int:
    """What `row` is sorted by in `order`, as a cursor holds it."""
    if order is Order.MOST_DISCUSSED:
        return row.comment_count
    if order is Order.RECENTLY_UPDATED:
        return row.updated
    return row.published or row.created


async def page(
    db: Reader,
    cut: Window,
    order: Order,
    narrowed: ArticleFilter,
    viewer: Viewer,
    only: Only = None,
) -> Slice[ArticleRow]:
    """A slice of the articles that pass the filter, ties falling to the id. One statement.

    Beside `only` these fields, what cursors are made of is read.
    """
    read = columns_of(only, *_SORTED[order])
    sql, args = _page(cut, order, narrowed, viewer, read)
    return sliced([article_row(row) for row in await db.rows(sql, args)], cut)


async def pages(
    db: Reader, cut: Window, order: Order, narrowed: Mapping[K, ArticleFilter], viewer: Viewer
) -> dict[K, Slice[ArticleRow]]:
    """For each key what `page` answers for its filter. One statement for up to 100 keys."""
    rows: dict[K, list[ArticleRow]] = {key: [] for key in narrowed}
    for some in batched(narrowed):
        parts, args = [], list[object]()
        for number, key in enumerate(some):
            sql, part = _page(cut, order, narrowed[key], viewer, f"{COLUMNS}, {number} AS place")
            parts.append(f"SELECT * FROM ({sql}) AS part")
            args += part
        for row in await db.rows(" UNION ALL ".join(parts), args):
            rows[some[row[-1]]].append(article_row(row[:-1]))
    return {key: sliced(found, cut) for key, found in rows.items()}


def _page(
    cut: Window, order: Order, narrowed: ArticleFilter, viewer: Viewer, columns: str
) -> tuple[str, list[object]]:
    column, descending = order.value
    if column == "published_at" and viewer.may(Permission.READ):
        sort = "COALESCE(a.published_at, a.created_at)"  # drafts have no date of publication
    else:
        sort = f"a.{column}"
    beyond, beyond_args, ordered = keyset((sort, "a.id"), order.holds, descending, cut)
    where, args = _where(narrowed, viewer)
    sql = f"SELECT {columns} FROM article a WHERE {where} AND {beyond} ORDER BY {ordered} LIMIT ?"
    return sql, [*args, *beyond_args, cut.rows]


async def count(db: Reader, narrowed: ArticleFilter, viewer: Viewer) -> int:
    """How many articles pass the filter. One statement."""
    where, args = _where(narrowed, viewer)
    [[total]] = await db.rows(f"SELECT count(*) FROM article a WHERE {where}", args)
    return int(total)


async def counts(db: Reader, narrowed: Mapping[K, ArticleFilter], viewer: Viewer) -> dict[K, int]:
    """For each key how many articles pass its filter. One statement for up to 100 keys."""
    answer: dict[K, int] = {}
    for some in batched(narrowed):
        parts, args = [], list[object]()
        for key in some:
            where, part = _where(narrowed[key], viewer)
            parts.append(f"(SELECT count(*) FROM article a WHERE {where})")
            args += part
        [totals] = await db.rows(f"SELECT {', '.join(parts)}", args)
        answer |= zip(some, totals, strict=True)
    return answer


def _where(narrowed: ArticleFilter, viewer: Viewer) -> tuple[str, list[object]]:
    """The filter and the visibility rule as a condition on `a`, and its arguments."""
    seen = article_statuses(viewer)
    statuses = [status for status in seen if not narrowed.statuses or status in narrowed.statuses]
    conditions = [f"a.status IN ({marks(statuses)})"]
    args: list[object] = [*statuses]
    for column, values in (("a.language", narrowed.languages), ("a.kind", narrowed.kinds)):
        if values:
            conditions.append(f"{column} IN ({marks(values)})")
            args += values
    for condition, moment in (
        ("a.published_at >= ?", narrowed.published_from),
        ("a.published_at < ?", narrowed.published_to),
    ):
        if moment is not None:
            conditions.append(condition)
            args.append(stored(moment))
    if narrowed.topics:
        conditions.append(
            "EXISTS (SELECT 1 FROM article_topic x WHERE x.article_id = a.id AND x.topic_id IN ("
            "WITH RECURSIVE below(id) AS (SELECT id FROM topic"
            f" WHERE slug IN ({marks(narrowed.topics)})"
            " UNION SELECT t.id FROM topic t JOIN below ON t.parent_id = below.id)"
            " SELECT id FROM below))"
        )
        args += narrowed.topics
    if narrowed.authors:
        conditions.append(
            "EXISTS (SELECT 1 FROM article_author x JOIN author w ON w.id = x.author_id"
            f" WHERE x.article_id = a.id AND w.slug IN ({marks(narrowed.authors)}))"
        )
        args += narrowed.authors
    return " AND ".join(conditions), args


class PlaceRow(NamedTuple):
    """What a map of the site needs of an article."""

    id: int
    slug: str
    language: str
    canonical_url: str | None
    updated_at: datetime


class BlockRow(NamedTuple):
    """The articles of a block of ids: how many, and when one of them changed for the last time."""

    number: int
    articles: int
    changed: datetime


async def blocks(db: Reader, size: int, viewer: Viewer) -> list[BlockRow]:
    """The blocks of `size` ids that hold articles. One statement.

    An article stays in its block for ever.
    """
    statuses = article_statuses(viewer)
    found = await db.rows(
        "SELECT a.id / ?, count(*), max(a.updated_at) FROM article a"
        f" WHERE a.status IN ({marks(statuses)}) GROUP BY 1 ORDER BY 1",
        [size, *statuses],
    )
    return [BlockRow._make([*row, datetime.fromisoformat(changed)]) for *row, changed in found]


async def places(db: Reader, start: int, end: int, most: int, viewer: Viewer) -> list[PlaceRow]:
    """The first `most` articles whose ids are from `start` on and before `end`. One statement."""
    statuses = article_statuses(viewer)
    found = await db.rows(
        "SELECT a.id, a.slug, a.language, a.canonical_url, a.updated_at FROM article a"
        f" WHERE a.id >= ? AND a.id < ? AND {AMONG_FEW} IN ({marks(statuses)}) ORDER BY a.id"
        " LIMIT ?",
        [start, end, *statuses, most],
    )
    return [PlaceRow._make([*row, datetime.fromisoformat(changed)]) for *row, changed in found]


_REVISION = (
    "r.id, r.version, r.slug, r.title, r.summary, r.body_html, r.status, r.editor, r.created_at"
)


class RevisionRow(NamedTuple):
    """What a version of an article was."""

    id: int
    version: int
    slug: str
    title: str
    summary: str
    body_html: str
    status: str
    editor: str
    created_at: datetime


async def revisions(
    db: Reader, ids: Iterable[int], cut: Window, viewer: Viewer
) -> dict[int, Slice[RevisionRow]]:
    """For each article a slice of its revisions, newest first. One statement for up to 100.

    A revision's key is its version, twice.

    Raises:
        NotAllowed: `viewer` may not read what is not published.
    """
    viewer.require(Permission.READ)
    ids = list(ids)
    beyond, args, ordered = keyset(("r.version", "r.version"), int, True, cut)
    found = await rows_of_each(
        db,
        f"SELECT {_REVISION}, r.article_id FROM revision r"
        f" WHERE r.article_id = ? AND {beyond} ORDER BY {ordered} LIMIT ?",
        ids,
        [*args, cut.rows],
    )
    rows: dict[int, list[RevisionRow]] = {id_: [] for id_ in ids}
    for *row, article_id in found:
        rows[article_id].append(_revision(row))
    return {id_: sliced(of_one, cut) for id_, of_one in rows.items()}


async def revisions_by_ids(
    db: Reader, ids: Iterable[int], viewer: Viewer
) -> dict[int, RevisionRow]:
    """The revisions with these ids, as far as `viewer` may see them. One statement at most."""
    ids = list(ids)
    if not viewer.may(Permission.READ):
        return {}
    found = await db.rows(f"SELECT {_REVISION} FROM revision r WHERE r.id IN ({marks(ids)})", ids)
    return {row[0]: _revision(row) for row in found}


def _revision(row: Sequence[Any]) -> RevisionRow:
    *values, created = row
    return RevisionRow._make([*values, datetime.fromisoformat(created)])


async def revision_counts(db: Reader, ids: Iterable[int], viewer: Viewer) -> dict[int, int]:
    """How many revisions each article has. Raises NotAllowed as `revisions` does. One statement."""
    viewer.require(Permission.READ)
    ids = list(ids)
    found = await db.rows(
        f"SELECT article_id, count(*) FROM revision WHERE article_id IN ({marks(ids)})"
        " GROUP BY article_id",
        ids,
    )
    return dict.fromkeys(ids, 0) | dict(found)
