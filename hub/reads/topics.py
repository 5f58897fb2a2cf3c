"""Topics: those of articles, by slug, their place in the tree, and all of them."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from functools import partial
from typing import Any, NamedTuple

from hub.db.database import Reader, marks
from hub.db.keyset import Slice, Window, keyset, sliced

_COLUMNS = "t.id, t.slug, t.name, t.description, t.parent_id"


class TopicRow(NamedTuple):
    """A topic in the tree; `parent_id` is None at the top."""

    id: int
    slug: str
    name: str
    description: str
    parent_id: int | None


_topic: Callable[[Sequence[Any]], TopicRow] = partial(tuple.__new__, TopicRow)


def _grouped(found: Sequence[Sequence[Any]]) -> dict[int, list[TopicRow]]:
    answer: dict[int, list[TopicRow]] = {}
    for row in found:
        answer.setdefault(row[0], []).append(_topic(row[1:]))
    return answer


async def of_articles(db: Reader, ids: Iterable[int]) -> dict[int, list[TopicRow]]:
    """The topics of each article, the main one first. One statement."""
    ids = list(ids)
    return _grouped(
        await db.rows(
            f"SELECT x.article_id, {_COLUMNS} FROM article_topic x"
            f" JOIN topic t ON t.id = x.topic_id WHERE x.article_id IN ({marks(ids)})"
            " ORDER BY x.article_id, x.position",
            ids,
        )
    )


async def by_ids(db: Reader, ids: Iterable[int]) -> dict[int, TopicRow]:
    """The topics by id. One statement."""
    ids = list(ids)
    found = await db.rows(f"SELECT {_COLUMNS} FROM topic t WHERE t.id IN ({marks(ids)})", ids)
    return {row[0]: _topic(row) for row in found}


async def by_slug(db: Reader, slug: str) -> TopicRow | None:
    """The topic with this slug. One statement."""
    found = await db.rows(f"SELECT {_COLUMNS} FROM topic t WHERE t.slug = ?", [slug])
    return _topic(found[0]) if found else None


async def children(db: Reader, ids: Iterable[int]) -> dict[int, list[TopicRow]]:
    """The topics right below each topic, by name. One statement."""
    ids = list(ids)
    return _grouped(
        await db.rows(
            f"SELECT t.parent_id, {_COLUMNS} FROM topic t WHERE t.parent_id IN ({marks(ids)})"
            " ORDER BY t.parent_id, t.name, t.id",
            ids,
        )
    )


async def ancestors(db: Reader, ids: Iterable[int]) -> dict[int, list[TopicRow]]:
    """The topics above each topic, the nearest first. One statement."""
    ids = list(ids)
    return _grouped(
        await db.rows(
            "WITH RECURSIVE above(below_id, id, depth) AS ("
            f" SELECT id, parent_id, 1 FROM topic WHERE id IN ({marks(ids)})"
            " UNION SELECT above.below_id, t.parent_id, above.depth + 1"
            " FROM topic t JOIN above ON t.id = above.id WHERE above.depth < 16)"
            f" SELECT above.below_id, {_COLUMNS} FROM above JOIN topic t ON t.id = above.id"
            " ORDER BY above.below_id, above.depth",
            ids,
        )
    )


async def slugs_named(db: Reader, names: Iterable[str]) -> dict[str, list[str]]:
    """The slugs of the topics that are called so, for each name. One statement."""
    names = list(names)
    found = await db.rows(f"SELECT name, slug FROM topic WHERE name IN ({marks(names)})", names)
    answer: dict[str, list[str]] = {}
    for name, slug in found:
        answer.setdefault(name, []).append(slug)
    return answer


async def page(db: Reader, cut: Window, *, roots_only: bool = False) -> Slice[TopicRow]:
    """A slice of all topics (or of those without a parent) by name. One statement."""
    beyond, args, ordered = keyset(("t.name", "t.id"), str, False, cut)
    found = await db.rows(
        f"SELECT {_COLUMNS} FROM topic t WHERE {_roots(roots_only)} AND {beyond}"
        f" ORDER BY {ordered} LIMIT ?",
        [*args, cut.rows],
    )
    return sliced([_topic(row) for row in found], cut)


async def count(db: Reader, *, roots_only: bool = False) -> int:
    """How many topics there are (or how many without a parent). One statement."""
    [[total]] = await db.rows(f"SELECT count(*) FROM topic t WHERE {_roots(roots_only)}")
    return int(total)


def _roots(roots_only: bool) -> str:
    return "t.parent_id IS NULL" if roots_only else "TRUE"
