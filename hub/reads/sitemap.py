"""Reads of the sitemap: blocks of ids, and the articles of a block."""

from __future__ import annotations

from datetime import datetime
from typing import NamedTuple

from hub.auth import Viewer, article_statuses
from hub.db.database import Reader, marks
from hub.reads.articles import UNINDEXED_STATUS
from hub.text import seo

_IS_INDEXED = (
    "(a.metadata IS NULL OR NOT (a.metadata LIKE ? ESCAPE '\\' OR a.metadata LIKE ? ESCAPE '\\'))"
)


class SitemapRow(NamedTuple):
    """The values of an article for the sitemap."""

    id: int
    slug: str
    language: str
    canonical_url: str | None
    updated_at: datetime


class BlockRow(NamedTuple):
    """A block of ids: the number of its articles, and the time of their last change."""

    number: int
    articles: int
    changed: datetime


async def blocks(db: Reader, size: int, viewer: Viewer) -> list[BlockRow]:
    """Return the blocks of `size` ids that contain articles for the sitemap. One statement.

    An article never changes its block.
    """
    statuses = article_statuses(viewer)
    rows = await db.rows(
        "SELECT a.id / ?, count(*), max(a.updated_at) FROM article a"
        f" WHERE a.status IN ({marks(statuses)}) AND {_IS_INDEXED} GROUP BY 1 ORDER BY 1",
        [size, *statuses, *seo.NOINDEX_PATTERNS],
    )
    return [BlockRow._make([*row, datetime.fromisoformat(changed)]) for *row, changed in rows]


async def entries(db: Reader, start: int, end: int, limit: int, viewer: Viewer) -> list[SitemapRow]:
    """Return the first `limit` articles with `start` <= id < `end`. One statement.

    Without those that search engines are to leave out.
    """
    statuses = article_statuses(viewer)
    rows = await db.rows(
        "SELECT a.id, a.slug, a.language, a.canonical_url, a.updated_at FROM article a"
        f" WHERE a.id >= ? AND a.id < ? AND {UNINDEXED_STATUS} IN ({marks(statuses)})"
        f" AND {_IS_INDEXED} ORDER BY a.id LIMIT ?",
        [start, end, *statuses, *seo.NOINDEX_PATTERNS, limit],
    )
    return [SitemapRow._make([*row, datetime.fromisoformat(changed)]) for *row, changed in rows]
