"""Reads of topics: of articles, by id, slug and name, their tree, and all of them.

The topics of a visible article, and their ancestors, are visible themselves; other reads take the
viewer.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from functools import partial
from typing import Any, NamedTuple

from hub.auth import Viewer, article_statuses, ids_of_slugs, topic_condition
from hub.db.database import Reader, marks
from hub.db.keyset import Page, PageArgs, keyset_sql, to_page

_COLUMNS = "t.id, t.slug, t.name, t.description, t.parent_id, t.taxonomy, t.translations"


class TopicRow(NamedTuple):
    """A topic in the tree; `parent_id` is None at the top.

    `translations` is a JSON object of its name by language, or None.
    """

    id: int
    slug: str
    name: str
    description: str
    parent_id: int | None
    taxonomy: str | None
    translations: str | None


class TopicPath(NamedTuple):
    """The slugs and names of topics from the top of the tree down to one; visible if that is."""

    steps: tuple[tuple[str, str], ...]

    @property
    def name(self) -> str:
        """Name of the topic itself."""
        return self.steps[-1][1]

    @property
    def level(self) -> int:
        """Number of topics above it."""
        return len(self.steps) - 1

    @property
    def parent(self) -> str | None:
        """Slug of the topic right above; None at the top."""
        return self.steps[-2][0] if len(self.steps) > 1 else None


_topic: Callable[[Sequence[Any]], TopicRow] = partial(tuple.__new__, TopicRow)


def _group_by_key(rows: Sequence[Sequence[Any]]) -> dict[int, list[TopicRow]]:
    topics: dict[int, list[TopicRow]] = {}
    for row in rows:
        topics.setdefault(row[0], []).append(_topic(row[1:]))
    return topics


async def of_articles(db: Reader, ids: Iterable[int]) -> dict[int, list[TopicRow]]:
    """Return the topics of each article, the main one first. One statement."""
    ids = list(ids)
    return _group_by_key(
        await db.rows(
            f"SELECT x.article_id, {_COLUMNS} FROM article_topic x"
            f" JOIN topic t ON t.id = x.topic_id WHERE x.article_id IN ({marks(ids)})"
            " ORDER BY x.article_id, x.position",
            ids,
        )
    )


async def by_ids(db: Reader, ids: Iterable[int], viewer: Viewer) -> dict[int, TopicRow]:
    """Return those of the topics that `viewer` may see, by id. One statement."""
    ids, visible = list(ids), topic_condition(viewer, "t")
    rows = await db.rows(
        f"SELECT {_COLUMNS} FROM topic t WHERE t.id IN ({marks(ids)}) AND {visible.sql}",
        [*ids, *visible.args],
    )
    return {row[0]: _topic(row) for row in rows}


async def by_slug(db: Reader, slug: str, viewer: Viewer) -> TopicRow | None:
    """Return the topic that has or had this slug, if `viewer` may see it. One statement."""
    visible, ids = topic_condition(viewer, "t"), ids_of_slugs("topic", (slug,), viewer)
    rows = await db.rows(
        f"SELECT {_COLUMNS} FROM topic t WHERE t.id IN ({ids.sql}) AND {visible.sql}",
        [*ids.args, *visible.args],
    )
    return _topic(rows[0]) if rows else None


async def by_slugs(db: Reader, slugs: Iterable[str], viewer: Viewer) -> dict[str, TopicRow]:
    """Return those of the topics that `viewer` may see, by their slugs. One statement."""
    slugs, visible = list(slugs), topic_condition(viewer, "t")
    rows = await db.rows(
        f"SELECT {_COLUMNS} FROM topic t WHERE t.slug IN ({marks(slugs)}) AND {visible.sql}",
        [*slugs, *visible.args],
    )
    return {row[1]: _topic(row) for row in rows}


async def children(db: Reader, ids: Iterable[int], viewer: Viewer) -> dict[int, list[TopicRow]]:
    """Return the children of each topic that `viewer` may see, by name. One statement."""
    ids, visible = list(ids), topic_condition(viewer, "t")
    return _group_by_key(
        await db.rows(
            f"SELECT t.parent_id, {_COLUMNS} FROM topic t WHERE t.parent_id IN ({marks(ids)})"
            f" AND {visible.sql} ORDER BY t.parent_id, t.name, t.id",
            [*ids, *visible.args],
        )
    )


async def ancestors(db: Reader, ids: Iterable[int]) -> dict[int, list[TopicRow]]:
    """Return the ancestors of each topic, the nearest first. One statement."""
    ids = list(ids)
    return _group_by_key(
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


async def paths(db: Reader, slugs: Iterable[str], viewer: Viewer) -> dict[str, TopicPath]:
    """Return for each of the topics that `viewer` may see the way from the top. One statement."""
    slugs, visible = list(slugs), topic_condition(viewer, "t")
    rows = await db.rows(
        "WITH RECURSIVE above(below, slug, name, parent_id, depth) AS ("
        " SELECT t.slug, t.slug, t.name, t.parent_id, 0 FROM topic t"
        f" WHERE t.slug IN ({marks(slugs)}) AND {visible.sql}"
        " UNION ALL SELECT above.below, p.slug, p.name, p.parent_id, above.depth + 1"
        " FROM above JOIN topic p ON p.id = above.parent_id WHERE above.depth < 16)"
        " SELECT below, slug, name FROM above ORDER BY below, depth DESC",
        [*slugs, *visible.args],
    )
    steps: dict[str, list[tuple[str, str]]] = {}
    for below, slug, name in rows:
        steps.setdefault(below, []).append((slug, name))
    return {slug: TopicPath(tuple(path)) for slug, path in steps.items()}


async def page(
    db: Reader,
    page_args: PageArgs,
    viewer: Viewer,
    *,
    roots_only: bool = False,
    taxonomies: Sequence[str] = (),
) -> Page[TopicRow]:
    """Return a page of the topics that `viewer` may see by name.

    Or of those without a parent, or of these taxonomies. One statement.
    """
    seek, args, order_by = keyset_sql(("t.name", "t.id"), str, False, page_args)
    visible = topic_condition(viewer, "t")
    which = _which(roots_only, taxonomies)
    rows = await db.rows(
        f"SELECT {_COLUMNS} FROM topic t WHERE {which} AND {seek} AND {visible.sql}"
        f" ORDER BY {order_by} LIMIT ?",
        [*taxonomies, *args, *visible.args, page_args.rows],
    )
    return to_page([_topic(row) for row in rows], page_args)


async def count(
    db: Reader, viewer: Viewer, *, roots_only: bool = False, taxonomies: Sequence[str] = ()
) -> int:
    """Count the topics of `page`. One statement."""
    visible = topic_condition(viewer, "t")
    [[total]] = await db.rows(
        f"SELECT count(*) FROM topic t WHERE {_which(roots_only, taxonomies)} AND {visible.sql}",
        [*taxonomies, *visible.args],
    )
    return int(total)


async def article_counts(db: Reader, ids: Iterable[int], viewer: Viewer) -> dict[int, int]:
    """Count the articles of each topic, or of one below it, that `viewer` may see. One statement.

    Topics without any are left out.
    """
    ids, statuses = list(ids), article_statuses(viewer)
    rows = await db.rows(
        f"WITH RECURSIVE below(top, id) AS (SELECT id, id FROM topic WHERE id IN ({marks(ids)})"
        " UNION SELECT below.top, t.id FROM below CROSS JOIN topic t WHERE t.parent_id = below.id)"
        " SELECT below.top, count(DISTINCT a.id) FROM below CROSS JOIN article_topic x"
        " CROSS JOIN article a WHERE x.topic_id = below.id AND a.id = x.article_id"
        f" AND CAST(a.status AS TEXT) IN ({marks(statuses)}) GROUP BY below.top",
        [*ids, *statuses],
    )
    return {id_: number for id_, number in rows}


async def former_slugs(db: Reader, id_: int) -> list[str]:
    """Return the slugs that a topic had, and those of topics merged into it. One statement."""
    rows = await db.rows(
        "SELECT slug FROM former_topic WHERE topic_id = ? AND slug IS NOT NULL ORDER BY id", [id_]
    )
    return [slug for (slug,) in rows]


def _which(roots_only: bool, taxonomies: Sequence[str]) -> str:
    conditions = ["t.parent_id IS NULL"] if roots_only else []
    if taxonomies:
        conditions.append(f"t.taxonomy IN ({marks(taxonomies)})")
    return " AND ".join(conditions) or "TRUE"
