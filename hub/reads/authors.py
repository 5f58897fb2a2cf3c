"""Authors: the bylines of articles, by slug, and all of them."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from functools import partial
from typing import Any, NamedTuple

from hub.db.database import Reader, marks
from hub.db.keyset import Slice, Window, keyset, sliced


class AuthorRow(NamedTuple):
    """A byline."""

    id: int
    slug: str
    name: str
    bio: str


_author: Callable[[Sequence[Any]], AuthorRow] = partial(tuple.__new__, AuthorRow)


async def of_articles(db: Reader, ids: Iterable[int]) -> dict[int, list[AuthorRow]]:
    """The authors of each article in the order of its byline. One statement."""
    ids = list(ids)
    found = await db.rows(
        "SELECT x.article_id, w.id, w.slug, w.name, w.bio FROM article_author x"
        f" JOIN author w ON w.id = x.author_id WHERE x.article_id IN ({marks(ids)})"
        " ORDER BY x.article_id, x.position",
        ids,
    )
    answer: dict[int, list[AuthorRow]] = {}
    for row in found:
        answer.setdefault(row[0], []).append(_author(row[1:]))
    return answer


async def by_ids(db: Reader, ids: Iterable[int]) -> dict[int, AuthorRow]:
    """The authors by id. One statement."""
    ids = list(ids)
    found = await db.rows(f"SELECT id, slug, name, bio FROM author WHERE id IN ({marks(ids)})", ids)
    return {row[0]: _author(row) for row in found}


async def by_slug(db: Reader, slug: str) -> AuthorRow | None:
    """The author with this slug. One statement."""
    found = await db.rows("SELECT id, slug, name, bio FROM author WHERE slug = ?", [slug])
    return _author(found[0]) if found else None


async def slugs_named(db: Reader, names: Iterable[str]) -> dict[str, list[str]]:
    """The slugs of the authors that are called so, for each name. One statement."""
    names = list(names)
    found = await db.rows(f"SELECT name, slug FROM author WHERE name IN ({marks(names)})", names)
    answer: dict[str, list[str]] = {}
    for name, slug in found:
        answer.setdefault(name, []).append(slug)
    return answer


async def page(db: Reader, cut: Window) -> Slice[AuthorRow]:
    """A slice of all authors by name. One statement."""
    beyond, args, ordered = keyset(("name", "id"), str, False, cut)
    found = await db.rows(
        f"SELECT id, slug, name, bio FROM author WHERE {beyond} ORDER BY {ordered} LIMIT ?",
        [*args, cut.rows],
    )
    return sliced([_author(row) for row in found], cut)


async def count(db: Reader) -> int:
    """How many authors there are. One statement."""
    [[total]] = await db.rows("SELECT count(*) FROM author")
    return int(total)
