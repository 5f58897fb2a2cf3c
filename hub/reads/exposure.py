"""Reads for `hub check --deep`: what rules of earlier versions may have shown to readers.

For operators. Each read returns a total and the first rows, so that its size is bounded.
"""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import NamedTuple

from hub.auth import ANONYMOUS, author_condition, topic_condition
from hub.db.database import Reader

PAGE = 500
"""Articles that are read at once."""


class Label(NamedTuple):
    """A topic or an author."""

    slug: str
    name: str


class CopiedAnchor(NamedTuple):
    """The words of a link from a public article, which are those of a title that never was public.

    `is_shown`: the target is public, so that readers see the link.
    """

    source_slug: str
    target_slug: str
    anchor: str
    is_shown: bool


class ImportedArticle(NamedTuple):
    """A public or scheduled article of an import, and what is stored of its source.

    `metadata` is JSON.
    """

    id: int
    slug: str
    title: str
    source: str
    source_key: str
    metadata: str


async def hidden_topics(db: Reader, limit: int) -> tuple[int, list[Label]]:
    """Return the topics that no public article carries, nor one below them. One statement."""
    visible = topic_condition(ANONYMOUS, "t")
    return _labels(
        await db.rows(
            "SELECT count(*) OVER (), t.slug, t.name FROM topic t"
            f" WHERE NOT ({visible.sql}) ORDER BY t.slug LIMIT ?",
            [*visible.args, limit],
        )
    )


async def hidden_authors(db: Reader, limit: int) -> tuple[int, list[Label]]:
    """Return the authors of no public article. One statement."""
    visible = author_condition(ANONYMOUS, "t")
    return _labels(
        await db.rows(
            "SELECT count(*) OVER (), t.slug, t.name FROM author t"
            f" WHERE NOT ({visible.sql}) ORDER BY t.slug LIMIT ?",
            [*visible.args, limit],
        )
    )


async def copied_anchors(db: Reader, limit: int) -> tuple[int, list[CopiedAnchor]]:
    """Return links of public articles to chosen targets, by a title that readers never saw there.

    That is the title of a hidden target, or one that the target had in hidden versions alone. Those
    that readers see come first. One statement.
    """
    rows = await db.rows(
        "SELECT count(*) OVER (), source.slug, target.slug, r.anchor,"
        " CASE WHEN target.status = 'PUBLISHED' THEN 1 ELSE 0 END AS is_shown"
        " FROM relation r JOIN article source ON source.id = r.source_id"
        " JOIN article target ON target.id = r.target_id"
        " WHERE r.chosen = TRUE AND r.anchor <> '' AND source.status = 'PUBLISHED'"
        " AND (r.anchor = target.title AND target.status <> 'PUBLISHED'"
        " OR EXISTS (SELECT 1 FROM revision v WHERE v.article_id = target.id"
        " AND v.title = r.anchor))"
        " AND NOT (r.anchor = target.title AND target.status = 'PUBLISHED')"
        " AND NOT EXISTS (SELECT 1 FROM revision v WHERE v.article_id = target.id"
        " AND v.title = r.anchor AND v.status = 'PUBLISHED')"
        " ORDER BY is_shown DESC, r.id LIMIT ?",
        [limit],
    )
    anchors = [CopiedAnchor(row[1], row[2], row[3], bool(row[4])) for row in rows]
    return (rows[0][0] if rows else 0), anchors


async def imported_articles(db: Reader) -> AsyncIterator[list[ImportedArticle]]:
    """Yield the public and scheduled articles of imports that have metadata, in pages.

    A statement a page.
    """
    after = 0
    while True:
        rows = await db.rows(
            "SELECT id, slug, title, source, source_key, metadata FROM article WHERE id > ?"
            " AND status IN ('PUBLISHED', 'SCHEDULED') AND source IS NOT NULL"
            " AND metadata IS NOT NULL"
            " ORDER BY id LIMIT ?",
            [after, PAGE],
        )
        if not rows:
            return
        yield [ImportedArticle(*row) for row in rows]
        after = rows[-1][0]


async def imported_comments(db: Reader) -> int:
    """Return how many comments are public by an import alone. One statement."""
    [[number]] = await db.rows(
        "SELECT count(*) FROM comment c JOIN article a ON a.id = c.article_id"
        " WHERE c.source_key IS NOT NULL AND c.status = 'APPROVED' AND c.moderated = FALSE"
        " AND a.status = 'PUBLISHED'"
    )
    return int(number)


def _labels(rows: list[tuple[int, str, str]]) -> tuple[int, list[Label]]:
    """Return the total that each row begins with, and the labels."""
    return (rows[0][0] if rows else 0), [Label(slug, name) for _, slug, name in rows]
