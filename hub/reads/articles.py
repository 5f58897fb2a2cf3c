"""Reads of articles: by id and slug, lists and counts, bodies."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import Enum
from functools import partial
from typing import Any, NamedTuple, TypeVar, assert_never, overload

from hub.auth import Permission, Viewer, article_statuses, ids_of_slugs
from hub.db.database import Reader, containing, marks
from hub.db.keyset import Page, PageArgs, keyset_sql, to_page
from hub.db.timestamps import to_iso
from hub.reads.per_key import batched
from hub.reads.projection import Fields, PartialArticleRow, select_columns
from hub.text import seo
from hub.text.seo import Seo

K = TypeVar("K")
UNINDEXED_STATUS = "CAST(a.status AS TEXT)"
"""The status, in queries by id or slug: the cast keeps SQLite, which has no table statistics, from
scanning an index of all published articles instead (15 µs per row, not 300)."""


class ArticleRow(NamedTuple):
    """An article without its body.

    Times are the texts that the database returns, in UTC; properties parse them on access.
    """

    id: int
    slug: str
    language: str
    kind: str
    title: str
    subtitle: str
    summary: str
    status: str
    published: str | None
    created: str
    updated: str
    version: int
    comments_open: bool
    comment_moderation: str | None
    comment_count: int
    image_url: str | None
    image_alt: str | None
    canonical_url: str | None
    translation_key: str | None

    @property
    def published_at(self) -> datetime | None:
        """The time of its past or future publication; aware, like all times."""
        return None if self.published is None else datetime.fromisoformat(self.published)

    @property
    def created_at(self) -> datetime:
        """The time of its first save."""
        return datetime.fromisoformat(self.created)

    @property
    def updated_at(self) -> datetime:
        """The time of its last save."""
        return datetime.fromisoformat(self.updated)

    @property
    def place(self) -> tuple[int, str, str]:
        """Its id, its date in lists, and its language."""
        return self.id, self.published or self.created, self.language


_COLUMN_NAMES = {"published": "published_at", "created": "created_at", "updated": "updated_at"}
COLUMNS = ", ".join(f"a.{_COLUMN_NAMES.get(name, name)}" for name in ArticleRow._fields)
"""The columns of an ArticleRow, of the article table as `a`."""


def article_columns(fields: Fields, *always: str) -> str:
    """Return the columns of an `ArticleRow`: all, or the id, `fields` and `always`."""
    return select_columns(COLUMNS, ArticleRow._fields, fields, ("id", *always))


article_row: Callable[[Sequence[Any]], ArticleRow] = partial(tuple.__new__, ArticleRow)
"""Build an ArticleRow from a row of exactly COLUMNS."""


class BodyRow(NamedTuple):
    """An article's body: sanitised HTML, its plain text, and whether it links to an article.

    `seo` is what search engines are told of it.
    """

    html: str
    text: str
    has_links: bool
    seo: Seo


class Order(Enum):
    """Orders of article lists: the column, and whether it is descending."""

    NEWEST = ("published_at", True)
    OLDEST = ("published_at", False)
    RECENTLY_UPDATED = ("updated_at", True)
    MOST_DISCUSSED = ("comment_count", True)

    @property
    def column_type(self) -> type[int] | type[datetime]:
        """The type of the column."""
        match self:
            case Order.MOST_DISCUSSED:
                return int
            case Order.NEWEST | Order.OLDEST | Order.RECENTLY_UPDATED:
                return datetime
            case _:
                assert_never(self)


@dataclass(frozen=True, slots=True)
class ArticleFilter:
    """A filter of a list: values of a field are alternatives, fields are combined by AND.

    A topic includes its descendants. `published_to` is exclusive. `statuses` narrows what the
    viewer may see and never widens it. `text` is a part of the title or the slug, without regard to
    the case of English letters.
    """

    topics: tuple[str, ...] = ()
    authors: tuple[str, ...] = ()
    languages: tuple[str, ...] = ()
    kinds: tuple[str, ...] = ()
    statuses: tuple[str, ...] = ()
    published_from: datetime | None = None
    published_to: datetime | None = None
    text: str | None = None


@overload
async def by_ids(db: Reader, ids: Iterable[int], viewer: Viewer) -> dict[int, ArticleRow]: ...
@overload
async def by_ids(
    db: Reader, ids: Iterable[int], viewer: Viewer, fields: Fields
) -> dict[int, PartialArticleRow]: ...
async def by_ids(
    db: Reader, ids: Iterable[int], viewer: Viewer, fields: Fields = None
) -> dict[int, Any]:
    """Return those of the articles that `viewer` may see, by id. One statement."""
    ids, statuses = list(ids), article_statuses(viewer)
    if not ids:
        return {}
    rows = await db.rows(
        f"SELECT {article_columns(fields)} FROM article a WHERE a.id IN ({marks(ids)})"
        f" AND {UNINDEXED_STATUS} IN ({marks(statuses)})",
        [*ids, *statuses],
    )
    return {row[0]: article_row(row) for row in rows}


async def by_slug(db: Reader, slug: str, language: str | None, viewer: Viewer) -> ArticleRow | None:
    """Return the article with this slug, or else with this old slug; None: in any language.

    Of several languages, the article published first. One statement, two for an old slug.
    """
    statuses = article_statuses(viewer)
    for joined, column in (("", "a"), ("JOIN slug_history h ON h.article_id = a.id", "h")):
        language_condition = "" if language is None else f" AND {column}.language = ?"
        rows = await db.rows(
            f"SELECT {COLUMNS} FROM article a {joined} WHERE {column}.slug = ?{language_condition}"
            f" AND {UNINDEXED_STATUS} IN ({marks(statuses)})",
            [slug, *([] if language is None else [language]), *statuses],
        )
        if rows:
            return min(map(article_row, rows), key=lambda row: (row.published or "", row.id))
    return None


async def bodies(db: Reader, ids: Iterable[int], viewer: Viewer) -> dict[int, BodyRow]:
    """Return the bodies of those articles that `viewer` may see, by id. One statement."""
    ids, statuses = list(ids), article_statuses(viewer)
    rows = await db.rows(
        "SELECT a.id, a.body_html, a.body_text, a.metadata, EXISTS (SELECT 1 FROM relation r"
        " WHERE r.source_id = a.id AND r.kind = 'INLINE' AND r.target_id IS NOT NULL)"
        f" FROM article a WHERE a.id IN ({marks(ids)})"
        f" AND {UNINDEXED_STATUS} IN ({marks(statuses)})",
        [*ids, *statuses],
    )
    return {
        id_: BodyRow(html, text, bool(linked), seo.read(metadata))
        for id_, html, text, metadata, linked in rows
    }


class ImportedText(NamedTuple):
    """The start of an imported article; `edited`: it was changed in the hub since its import."""

    id: int
    slug: str
    language: str
    title: str
    text: str
    edited: bool


async def imported_texts(
    db: Reader, after: int, characters: int, limit: int, viewer: Viewer
) -> list[ImportedText]:
    """Return the next imported articles by id, with the first characters of their texts.

    One statement.

    Raises:
        NotAllowed: `viewer` may not read what is not published.
    """
    viewer.require(Permission.READ)
    rows = await db.rows(
        "SELECT id, slug, language, title, substr(body_text, 1, ?), version <> source_version"
        " FROM article WHERE id > ? AND source IS NOT NULL ORDER BY id LIMIT ?",
        [characters, after, limit],
    )
    return [
        ImportedText(id_, slug, language, title, text, bool(edited))
        for id_, slug, language, title, text, edited in rows
    ]


async def beginnings(
    db: Reader, ids: Iterable[int], characters: int, viewer: Viewer
) -> dict[int, str]:
    """Return the first characters of the texts of those articles that `viewer` may see, by id.

    One statement.
    """
    ids, statuses = list(ids), article_statuses(viewer)
    rows = await db.rows(
        f"SELECT a.id, substr(a.body_text, 1, ?) FROM article a WHERE a.id IN ({marks(ids)})"
        f" AND {UNINDEXED_STATUS} IN ({marks(statuses)})",
        [characters, *ids, *statuses],
    )
    return {id_: text for id_, text in rows}


async def metadata(
    db: Reader, ids: Iterable[int], viewer: Viewer
) -> dict[int, list[tuple[str, str]]]:
    """Return the metadata of each article: names and values from its source. One statement.

    Raises:
        NotAllowed: `viewer` may not read what is not published.
    """
    viewer.require(Permission.READ)
    ids = list(ids)
    rows = await db.rows(
        f"SELECT id, metadata FROM article WHERE id IN ({marks(ids)}) AND metadata IS NOT NULL", ids
    )
    return {id_: list(json.loads(text).items()) for id_, text in rows}


async def translations(
    db: Reader, keys: Iterable[str], viewer: Viewer
) -> dict[str, list[ArticleRow]]:
    """Return the articles that share each translation key, by language. One statement."""
    keys, statuses = list(keys), article_statuses(viewer)
    rows = await db.rows(
        f"SELECT {COLUMNS} FROM article a WHERE a.translation_key IN ({marks(keys)})"
        f" AND {UNINDEXED_STATUS} IN ({marks(statuses)}) ORDER BY a.language, a.id",
        [*keys, *statuses],
    )
    answer: dict[str, list[ArticleRow]] = {}
    for row in map(article_row, rows):
        answer.setdefault(row.translation_key or "", []).append(row)
    return answer


_SORT_FIELDS = {
    Order.NEWEST: ("published", "created"),
    Order.OLDEST: ("published", "created"),
    Order.RECENTLY_UPDATED: ("updated",),
    Order.MOST_DISCUSSED: ("comment_count",),
}
"""The fields that `sort_value` reads."""


def sort_value(row: PartialArticleRow, order: Order) -> str | int:
    """Return the value by which `order` sorts `row`, for a cursor: the first that is not None."""
    value: str | int | None = None
    for name in _SORT_FIELDS[order]:
        value = getattr(row, name)
        if value is not None:
            break
    assert value is not None
    return value


@overload
async def page(
    db: Reader, page_args: PageArgs, order: Order, filter_: ArticleFilter, viewer: Viewer
) -> Page[ArticleRow]: ...
@overload
async def page(
    db: Reader,
    page_args: PageArgs,
    order: Order,
    filter_: ArticleFilter,
    viewer: Viewer,
    fields: Fields,
) -> Page[PartialArticleRow]: ...
async def page(
    db: Reader,
    page_args: PageArgs,
    order: Order,
    filter_: ArticleFilter,
    viewer: Viewer,
    fields: Fields = None,
) -> Page[Any]:
    """Return a page of the articles that match the filter, ties sorted by id. One statement.

    Besides `fields`, those needed for cursors are read.
    """
    selected = article_columns(fields, *_SORT_FIELDS[order])
    sql, args = page_sql(page_args, order, filter_, viewer, selected)
    return to_page([article_row(row) for row in await db.rows(sql, args)], page_args)


async def pages(
    db: Reader,
    page_args: PageArgs,
    order: Order,
    filters: Mapping[K, ArticleFilter],
    viewer: Viewer,
) -> dict[K, Page[ArticleRow]]:
    """Return for each key the `page` of its filter. One statement for up to 100 keys."""
    rows: dict[K, list[ArticleRow]] = {key: [] for key in filters}
    for batch in batched(filters):
        parts, args = [], list[object]()
        for number, key in enumerate(batch):
            sql, part = page_sql(
                page_args, order, filters[key], viewer, f"{COLUMNS}, {number} AS place"
            )
            parts.append(f"SELECT * FROM ({sql}) AS part")
            args += part
        for row in await db.rows(" UNION ALL ".join(parts), args):
            rows[batch[row[-1]]].append(article_row(row[:-1]))
    return {key: to_page(key_rows, page_args) for key, key_rows in rows.items()}


def page_sql(
    page_args: PageArgs, order: Order, filter_: ArticleFilter, viewer: Viewer, columns: str
) -> tuple[str, list[object]]:
    """Return the statement of a page, and its arguments."""
    column, descending = order.value
    if column == "published_at" and viewer.may(Permission.READ):
        sort = "COALESCE(a.published_at, a.created_at)"  # drafts have no date of publication
    else:
        sort = f"a.{column}"
    seek, seek_args, order_by = keyset_sql((sort, "a.id"), order.column_type, descending, page_args)
    where, args = _where(filter_, viewer)
    sql = f"SELECT {columns} FROM article a WHERE {where} AND {seek} ORDER BY {order_by} LIMIT ?"
    return sql, [*args, *seek_args, page_args.rows]


async def count(db: Reader, filter_: ArticleFilter, viewer: Viewer) -> int:
    """Count the articles that match the filter. One statement."""
    where, args = _where(filter_, viewer, from_labels=True)
    [[total]] = await db.rows(f"SELECT count(*) FROM article a WHERE {where}", args)
    return int(total)


async def counts(db: Reader, filters: Mapping[K, ArticleFilter], viewer: Viewer) -> dict[K, int]:
    """Count for each key the articles that match its filter. One statement for up to 100 keys."""
    answer: dict[K, int] = {}
    for batch in batched(filters):
        parts, args = [], list[object]()
        for key in batch:
            where, part = _where(filters[key], viewer, from_labels=True)
            parts.append(f"(SELECT count(*) FROM article a WHERE {where})")
            args += part
        [totals] = await db.rows(f"SELECT {', '.join(parts)}", args)
        answer |= zip(batch, totals, strict=True)
    return answer


def _where(
    filter_: ArticleFilter, viewer: Viewer, *, from_labels: bool = False
) -> tuple[str, list[object]]:
    """Return the filter and the visibility rule as a condition on `a`, and its arguments.

    A count reads the articles `from_labels`: those of a topic or author, not all in order.
    """
    of_article = "a.id IN (SELECT x.article_id FROM" if from_labels else "EXISTS (SELECT 1 FROM"
    same = "TRUE" if from_labels else "x.article_id = a.id"
    visible = article_statuses(viewer)
    statuses = [status for status in visible if not filter_.statuses or status in filter_.statuses]
    is_labelled = from_labels and (filter_.topics or filter_.authors)
    conditions = [f"{UNINDEXED_STATUS if is_labelled else 'a.status'} IN ({marks(statuses)})"]
    args: list[object] = [*statuses]
    for column, values in (("a.language", filter_.languages), ("a.kind", filter_.kinds)):
        if values:
            conditions.append(f"{column} IN ({marks(values)})")
            args += values
    for condition, moment in (
        ("a.published_at >= ?", filter_.published_from),
        ("a.published_at < ?", filter_.published_to),
    ):
        if moment is not None:
            conditions.append(condition)
            args.append(to_iso(moment))
    if filter_.text is not None:
        conditions.append("(lower(a.title) LIKE ? ESCAPE '!' OR lower(a.slug) LIKE ? ESCAPE '!')")
        args += [containing(filter_.text)] * 2
    if filter_.topics:
        ids = ids_of_slugs("topic", filter_.topics, viewer)
        conditions.append(
            f"{of_article} article_topic x WHERE {same} AND x.topic_id IN ("
            f"WITH RECURSIVE named(id) AS ({ids.sql}), below(id) AS (SELECT id FROM named"
            " UNION SELECT t.id FROM topic t JOIN below ON t.parent_id = below.id)"
            " SELECT id FROM below))"
        )
        args += ids.args
    if filter_.authors:
        ids = ids_of_slugs("author", filter_.authors, viewer)
        conditions.append(
            f"{of_article} article_author x WHERE {same} AND x.author_id IN ({ids.sql}))"
        )
        args += ids.args
    return " AND ".join(conditions), args
