"""Reads of authors: of articles, by id, slug and name, and all of them."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from functools import partial
from typing import Any, NamedTuple

from hub.db.database import Reader, marks
from hub.db.keyset import Page, PageArgs, keyset_sql, to_page


class AuthorRow(NamedTuple):
    """An author."""

    id: int
    slug: str
    name: str
    bio: str


_author: Callable[[Sequence[Any]], AuthorRow] = partial(tuple.__new__, AuthorRow)


async def of_articles(db: Reader, ids: Iterable[int]) -> dict[int, list[AuthorRow]]:
    """Return the authors of each article in the order of its byline. One statement."""
    ids = list(ids)
    rows = await db.rows(
        "SELECT x.article_id, w.id, w.slug, w.name, w.bio FROM article_author x"
        f" JOIN author w ON w.id = x.author_id WHERE x.article_id IN ({marks(ids)})"
        " ORDER BY x.article_id, x.position",
        ids,
    )
    by_article: dict[int, list[AuthorRow]] = {}
    for row in rows:
        by_article.setdefault(row[0], []).append(_author(row[1:]))
    return by_article


async def by_ids(db: Reader, ids: Iterable[int]) -> dict[int, AuthorRow]:
    """Return the authors by id. One statement."""
    ids = list(ids)
    rows = await db.rows(f"SELECT id, slug, name, bio FROM author WHERE id IN ({marks(ids)})", ids)
    return {row[0]: _author(row) for row in rows}


async def by_slug(db: Reader, slug: str) -> AuthorRow | None:
    """Return the author with this slug. One statement."""
    rows = await db.rows("SELECT id, slug, name, bio FROM author WHERE slug = ?", [slug])
    return _author(rows[0]) if rows else None


async def slugs_by_name(db: Reader, names: Iterable[str]) -> dict[str, list[str]]:
    """Return for each name the slugs of the authors with that name. One statement."""
    names = list(names)
    rows = await db.rows(f"SELECT name, slug FROM author WHERE name IN ({marks(names)})", names)
    slugs: dict[str, list[str]] = {}
    for name, slug in rows:
        slugs.setdefault(name, []).append(slug)
    return slugs


async def page(db: Reader, page_args: PageArgs) -> Page[AuthorRow]:
    """Return a page of all authors by name. One statement."""
    seek, args, order_by = keyset_sql(("name", "id"), str, False, page_args)
    rows = await db.rows(
        f"SELECT id, slug, name, bio FROM author WHERE {seek} ORDER BY {order_by} LIMIT ?",
        [*args, page_args.rows],
    )
    return to_page([_author(row) for row in rows], page_args)


async def count(db: Reader) -> int:
    """Count the authors. One statement."""
    [[total]] = await db.rows("SELECT count(*) FROM author")
    return int(total)
