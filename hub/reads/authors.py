"""Reads of authors: of articles, by id, slug and name, and all of them.

The authors of a visible article are visible themselves; other reads take the viewer.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from functools import partial
from typing import Any, NamedTuple

from hub.auth import Viewer, article_statuses, author_condition, ids_of_slugs
from hub.db.database import Reader, marks
from hub.db.keyset import Page, PageArgs, keyset_sql, to_page

_COLUMNS = "w.id, w.slug, w.name, w.bio, w.image_url, w.image_alt, w.links, w.translations"


class AuthorRow(NamedTuple):
    """An author; `links` is a JSON list of objects with `name` and `url`, or None.

    `translations` is a JSON object of the name by language, or None.
    """

    id: int
    slug: str
    name: str
    bio: str
    image_url: str | None
    image_alt: str | None
    links: str | None
    translations: str | None


_author: Callable[[Sequence[Any]], AuthorRow] = partial(tuple.__new__, AuthorRow)


async def of_articles(db: Reader, ids: Iterable[int]) -> dict[int, list[AuthorRow]]:
    """Return the authors of each article in the order of its byline. One statement."""
    ids = list(ids)
    rows = await db.rows(
        f"SELECT x.article_id, {_COLUMNS} FROM article_author x"
        f" JOIN author w ON w.id = x.author_id WHERE x.article_id IN ({marks(ids)})"
        " ORDER BY x.article_id, x.position",
        ids,
    )
    by_article: dict[int, list[AuthorRow]] = {}
    for row in rows:
        by_article.setdefault(row[0], []).append(_author(row[1:]))
    return by_article


async def by_ids(db: Reader, ids: Iterable[int], viewer: Viewer) -> dict[int, AuthorRow]:
    """Return those of the authors that `viewer` may see, by id. One statement."""
    ids, visible = list(ids), author_condition(viewer, "w")
    rows = await db.rows(
        f"SELECT {_COLUMNS} FROM author w WHERE w.id IN ({marks(ids)}) AND {visible.sql}",
        [*ids, *visible.args],
    )
    return {row[0]: _author(row) for row in rows}


async def by_slug(db: Reader, slug: str, viewer: Viewer) -> AuthorRow | None:
    """Return the author that has or had this slug, if `viewer` may see it. One statement."""
    visible, ids = author_condition(viewer, "w"), ids_of_slugs("author", (slug,), viewer)
    rows = await db.rows(
        f"SELECT {_COLUMNS} FROM author w WHERE w.id IN ({ids.sql}) AND {visible.sql}",
        [*ids.args, *visible.args],
    )
    return _author(rows[0]) if rows else None


async def by_slugs(db: Reader, slugs: Iterable[str], viewer: Viewer) -> dict[str, AuthorRow]:
    """Return those of the authors that `viewer` may see, by their slugs. One statement."""
    slugs, visible = list(slugs), author_condition(viewer, "w")
    rows = await db.rows(
        f"SELECT {_COLUMNS} FROM author w WHERE w.slug IN ({marks(slugs)}) AND {visible.sql}",
        [*slugs, *visible.args],
    )
    return {row[1]: _author(row) for row in rows}


async def page(db: Reader, page_args: PageArgs, viewer: Viewer) -> Page[AuthorRow]:
    """Return a page of the authors that `viewer` may see, by name. One statement."""
    seek, args, order_by = keyset_sql(("w.name", "w.id"), str, False, page_args)
    visible = author_condition(viewer, "w")
    rows = await db.rows(
        f"SELECT {_COLUMNS} FROM author w WHERE {seek} AND {visible.sql}"
        f" ORDER BY {order_by} LIMIT ?",
        [*args, *visible.args, page_args.rows],
    )
    return to_page([_author(row) for row in rows], page_args)


async def count(db: Reader, viewer: Viewer) -> int:
    """Count the authors that `viewer` may see. One statement."""
    visible = author_condition(viewer, "w")
    [[total]] = await db.rows(
        f"SELECT count(*) FROM author w WHERE {visible.sql}", list(visible.args)
    )
    return int(total)


async def article_counts(db: Reader, ids: Iterable[int], viewer: Viewer) -> dict[int, int]:
    """Count the articles of each author that `viewer` may see. One statement.

    Authors without any are left out.
    """
    ids, statuses = list(ids), article_statuses(viewer)
    rows = await db.rows(
        "SELECT x.author_id, count(*) FROM article_author x CROSS JOIN article a"
        f" WHERE x.author_id IN ({marks(ids)}) AND a.id = x.article_id"
        f" AND CAST(a.status AS TEXT) IN ({marks(statuses)}) GROUP BY x.author_id",
        [*ids, *statuses],
    )
    return {id_: number for id_, number in rows}


async def former_slugs(db: Reader, id_: int) -> list[str]:
    """Return the slugs that an author had, and those of merged ones. One statement."""
    rows = await db.rows(
        "SELECT slug FROM former_author WHERE author_id = ? AND slug IS NOT NULL ORDER BY id", [id_]
    )
    return [slug for (slug,) in rows]
