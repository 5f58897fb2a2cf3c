"""Addresses of articles, present and former: which article is at an address, and all of them."""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence
from typing import NamedTuple

from hub.auth import Viewer, article_statuses
from hub.db.database import Reader, marks
from hub.reads.articles import COLUMNS, UNINDEXED_STATUS, ArticleRow, article_row
from hub.text.slugs import path_of_key

PAGE_SIZE = 500


class Lookup(NamedTuple):
    """An address to be looked up, as far as it is understood; None for what it does not tell.

    `url_key` is its normal form; `path` that of what follows the host, if old paths are served at
    its host. `id`, or `slug` and `language`, are what it names as an address of the hub.
    """

    url_key: str
    path: str | None = None
    id: int | None = None
    slug: str | None = None
    language: str | None = None


class AddressRow(NamedTuple):
    """A former address of an article: its normal form, and as its source gave it, if stored."""

    url_key: str
    url: str | None

    @property
    def path(self) -> str | None:
        """What follows the host."""
        return path_of_key(self.url_key)


class FormerRow(NamedTuple):
    """An article with the addresses and the (slug, language) pairs that it once had."""

    article: ArticleRow
    addresses: tuple[AddressRow, ...]
    slugs: tuple[tuple[str, str], ...]


async def resolve(db: Reader, lookup: Lookup, viewer: Viewer) -> ArticleRow | None:
    """Return the article that is or was at an address. One statement.

    An article's present address counts before an old address, that before an old slug, and that
    before an old path on another host. Of several articles, the one published first.
    """
    parts, args = list[str](), list[object]()

    def add(sql: str, *values: object) -> None:
        parts.append(f"SELECT {sql.format(rank=len(parts))}")
        args.extend(values)

    in_language = "" if lookup.language is None else " AND language = ?"
    names = (lookup.slug,) if lookup.language is None else (lookup.slug, lookup.language)
    if lookup.id is not None:
        add("id, {rank} AS rank FROM article WHERE id = ?", lookup.id)
    if lookup.slug is not None:
        add(f"id, {{rank}} AS rank FROM article WHERE slug = ?{in_language}", *names)
    if lookup.url_key:
        add("article_id AS id, {rank} AS rank FROM address WHERE url_key = ?", lookup.url_key)
    if lookup.slug is not None:
        add(
            f"article_id AS id, {{rank}} AS rank FROM slug_history WHERE slug = ?{in_language}",
            *names,
        )
    if lookup.path is not None:
        add("article_id AS id, {rank} AS rank FROM address WHERE path = ?", lookup.path)
    if not parts:
        return None
    statuses = article_statuses(viewer)
    rows = await db.rows(
        f"SELECT {COLUMNS} FROM ({' UNION ALL '.join(parts)}) k JOIN article a ON a.id = k.id"
        f" WHERE {UNINDEXED_STATUS} IN ({marks(statuses)})"
        " ORDER BY k.rank, a.published_at NULLS LAST, a.id LIMIT 1",
        [*args, *statuses],
    )
    return article_row(rows[0]) if rows else None


async def former(db: Reader, viewer: Viewer) -> AsyncIterator[FormerRow]:
    """Yield the articles that `viewer` may see with their former addresses, by id.

    Three statements for each 500 articles.
    """
    statuses, last = article_statuses(viewer), 0
    while True:
        rows = await db.rows(
            f"SELECT {COLUMNS} FROM article a WHERE a.id > ?"
            f" AND {UNINDEXED_STATUS} IN ({marks(statuses)}) ORDER BY a.id LIMIT {PAGE_SIZE}",
            [last, *statuses],
        )
        if not rows:
            return
        articles = list(map(article_row, rows))
        last = articles[-1].id
        ids = [article.id for article in articles]
        addresses = await _grouped(db, "address", "url_key, url", ids)
        slugs = await _grouped(db, "slug_history", "slug, language", ids)
        for article in articles:
            yield FormerRow(
                article,
                tuple(AddressRow(*row) for row in addresses.get(article.id, ())),
                tuple((slug, language) for slug, language in slugs.get(article.id, ())),
            )


async def _grouped(
    db: Reader, table: str, columns: str, ids: Sequence[int]
) -> dict[int, list[Sequence[str]]]:
    rows = await db.rows(
        f"SELECT article_id, {columns} FROM {table} WHERE article_id IN ({marks(ids)})"
        f" ORDER BY article_id, {columns}",
        list(ids),
    )
    groups: dict[int, list[Sequence[str]]] = {}
    for id_, *values in rows:
        groups.setdefault(id_, []).append(values)
    return groups
