"""Bulk reads for the export, in an order that an import preserves.

For operators: e-mail addresses are included, and what the viewer may see of the rest.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NamedTuple

from hub.auth import (
    Viewer,
    article_condition,
    author_condition,
    dangling_condition,
    topic_condition,
)
from hub.db.database import Reader, marks
from hub.drafts import ARTICLE_FIELDS
from hub.models import RelationOrigin

_ARTICLE = (
    *("id", "source", "source_key", "slug", "status", "published_at", "created_at", "updated_at"),
    *("body_html", "metadata", *(field.name for field in ARTICLE_FIELDS)),
)
_COMMENT = (
    "c.article_id, c.id, c.source_key, c.author_name, c.author_email, c.body_html, c.created_at,"
    " c.status, c.kind, c.parent_id, p.source_key"
)


class ExportedEdge(NamedTuple):
    """An editorial or imported edge, with the slug of its target."""

    kind: str
    anchor: str
    url: str | None
    slug: str | None
    headline: str | None
    position: int | None
    url_key: str | None
    target_slug: str | None
    chosen: bool


class ExportedComment(NamedTuple):
    """A comment with the data that only moderators see."""

    id: int
    source_key: str | None
    author_name: str
    author_email: str | None
    body_html: str
    created_at: str
    status: str
    kind: str
    parent_id: int | None
    parent_key: str | None


async def articles(
    db: Reader, after: int, limit: int, statuses: Sequence[str]
) -> list[dict[str, Any]]:
    """Return the next `limit` articles by id after `after`, as columns by name.

    Their labels, names, edges and comments are read by id.
    """
    rows = await db.rows(
        f"SELECT {', '.join(_ARTICLE)} FROM article WHERE id > ? AND status IN ({marks(statuses)})"
        " ORDER BY id LIMIT ?",
        [after, *statuses, limit],
    )
    return [dict(zip(_ARTICLE, row, strict=True)) for row in rows]


async def topics(db: Reader, viewer: Viewer) -> list[tuple[Any, ...]]:
    """Return topics, parents first.

    Each as (slug, name, description, taxonomy, parent's slug, translations as JSON).
    """
    visible = topic_condition(viewer, "t")
    return await db.rows(
        "WITH RECURSIVE tree(id, depth) AS (SELECT id, 0 FROM topic WHERE parent_id IS NULL"
        " UNION ALL SELECT t.id, tree.depth + 1 FROM topic t JOIN tree ON t.parent_id = tree.id)"
        " SELECT t.slug, t.name, t.description, t.taxonomy, p.slug, t.translations FROM tree"
        " JOIN topic t ON t.id = tree.id"
        f" LEFT JOIN topic p ON p.id = t.parent_id WHERE {visible.sql} ORDER BY tree.depth, t.slug",
        visible.args,
    )


async def authors(db: Reader, viewer: Viewer) -> list[tuple[Any, ...]]:
    """Return the authors that `viewer` sees.

    Each as (slug, name, bio, image_url, image_alt, links, translations), the last two as JSON.
    """
    visible = author_condition(viewer, "w")
    return await db.rows(
        "SELECT w.slug, w.name, w.bio, w.image_url, w.image_alt, w.links, w.translations"
        f" FROM author w WHERE {visible.sql} ORDER BY w.slug",
        visible.args,
    )


async def labels(
    db: Reader, ids: Sequence[int]
) -> tuple[dict[int, list[tuple[Any, ...]]], dict[int, list[tuple[Any, ...]]]]:
    """Return the (name, slug) of each article's authors and of its topics, in their order."""
    sql = (
        "SELECT x.article_id, t.name, t.slug FROM article_{0} x JOIN {0} t ON t.id = x.{0}_id"
        f" WHERE x.article_id IN ({marks(ids)}) ORDER BY x.article_id, x.position"
    )
    return (
        _group_by_id(await db.rows(sql.format("author"), ids)),
        _group_by_id(await db.rows(sql.format("topic"), ids)),
    )


async def names(
    db: Reader, ids: Sequence[int]
) -> tuple[dict[int, list[tuple[Any, ...]]], dict[int, list[tuple[Any, ...]]]]:
    """Return the old slugs of each article in its language, and the keys of its addresses."""
    slugs = await db.rows(
        "SELECT h.article_id, h.slug FROM slug_history h JOIN article a ON a.id = h.article_id"
        f" AND a.language = h.language AND a.slug <> h.slug WHERE h.article_id IN ({marks(ids)})"
        " ORDER BY h.article_id, h.slug",
        ids,
    )
    keys = await db.rows(
        f"SELECT article_id, url_key FROM address WHERE article_id IN ({marks(ids)})"
        " ORDER BY article_id, url_key",
        ids,
    )
    return _group_by_id(slugs), _group_by_id(keys)


async def edges(db: Reader, ids: Sequence[int], viewer: Viewer) -> dict[int, list[ExportedEdge]]:
    """Return the editorial and imported edges of each article that `viewer` sees, in their order.

    Those to a hidden article without its slug, if they dangle for `viewer`.
    """
    target = article_condition(viewer, "r.target_id")
    rows = await db.rows(
        "SELECT r.source_id, r.kind, r.anchor, r.url, r.wanted_slug, r.wanted_headline,"
        " r.position, r.wanted_url, t.slug, r.chosen FROM relation r"
        f" LEFT JOIN article t ON t.id = r.target_id AND {target.sql}"
        f" WHERE r.source_id IN ({marks(ids)}) AND r.origin <> ?"
        f" AND (t.id IS NOT NULL OR {dangling_condition(viewer, 'target_id')})"
        " ORDER BY r.source_id, r.rank, r.id",
        [*target.args, *ids, RelationOrigin.DERIVED.value],
    )
    return {id_: [ExportedEdge(*row) for row in group] for id_, group in _group_by_id(rows).items()}


async def comments(
    db: Reader, ids: Sequence[int], statuses: Sequence[str]
) -> dict[int, list[ExportedComment]]:
    """Return the comments on each article, the oldest first."""
    rows = await db.rows(
        f"SELECT {_COMMENT} FROM comment c LEFT JOIN comment p ON p.id = c.parent_id"
        f" WHERE c.article_id IN ({marks(ids)}) AND c.status IN ({marks(statuses)})"
        " ORDER BY c.article_id, c.created_at, c.id",
        [*ids, *statuses],
    )
    return {
        id_: [ExportedComment(*row) for row in group] for id_, group in _group_by_id(rows).items()
    }


def _group_by_id(rows: Sequence[Sequence[Any]]) -> dict[int, list[tuple[Any, ...]]]:
    groups: dict[int, list[tuple[Any, ...]]] = {}
    for row in rows:
        groups.setdefault(row[0], []).append(tuple(row[1:]))
    return groups
