"""Reads of search statistics, for editors and for suggestions."""

from __future__ import annotations

from datetime import timedelta
from typing import NamedTuple

from hub.auth import Permission, Viewer, article_condition
from hub.db.database import Reader
from hub.db.timestamps import now
from hub.text.slugs import headline_key

MAX_HEADLINES = 5_000
"""Maximum number of headlines of dangling edges that searches are compared with."""

_SUMS = (
    "SELECT text, times, hits FROM (SELECT text, hits,"
    " sum(asked) OVER (PARTITION BY text) AS times,"
    " max(readers) OVER (PARTITION BY text) AS readers,"
    " row_number() OVER (PARTITION BY text ORDER BY day DESC) AS place FROM query_stat"
    " WHERE day > ?) AS sums WHERE place = 1"
)
"""Sums per text over several days; `hits` is that of the last day, `readers` of the best one."""


class QueryRow(NamedTuple):
    """A searched text, the number of searches for it, and the hits of the last one."""

    text: str
    searches: int
    hits: int


class MissingRow(NamedTuple):
    """A text without hits, and the headline of a missing article that dangling edges name."""

    text: str
    searches: int
    headline: str


async def top(db: Reader, days: int, limit: int) -> list[QueryRow]:
    """Return the most frequent searches of the last days. One statement."""
    rows = await db.rows(f"{_SUMS} ORDER BY times DESC, text LIMIT ?", [_since(days), limit])
    return [QueryRow(*row) for row in rows]


async def without_hits(db: Reader, days: int, limit: int) -> list[QueryRow]:
    """Return the most frequent searches whose last one had no hits. One statement."""
    rows = await db.rows(
        f"{_SUMS} AND hits = 0 ORDER BY times DESC, text LIMIT ?",
        [_since(days), limit],
    )
    return [QueryRow(*row) for row in rows]


async def popular(db: Reader, days: int, min_readers: int, limit: int) -> list[QueryRow]:
    """Return searches with hits of so many readers or more on one of the days. One statement.

    Readers of two days are not added: nobody can tell whether they are the same.
    """
    rows = await db.rows(
        f"{_SUMS} AND hits > 0 AND readers >= ? ORDER BY times DESC, text LIMIT ?",
        [_since(days), min_readers, limit],
    )
    return [QueryRow(*row) for row in rows]


async def blocked(db: Reader) -> list[str]:
    """Return the texts that are never suggested. One statement."""
    return [text for (text,) in await db.rows("SELECT text FROM blocked_query ORDER BY text")]


async def missing(db: Reader, days: int, limit: int, viewer: Viewer) -> list[MissingRow]:
    """Return searches without hits that match a headline of dangling edges: missing articles.

    A text matches a headline by two or more of its words, or by all. Edges from articles that
    `viewer` may see; planned ones for staff alone. Two statements.
    """
    source = article_condition(viewer, "r.source_id")
    is_shown = "TRUE" if viewer.may(Permission.READ) else "r.kind <> 'PINNED'"
    headlines = await db.rows(
        "SELECT DISTINCT r.wanted_headline, r.anchor FROM relation r WHERE r.target_id IS NULL"
        f" AND r.wanted_headline IS NOT NULL AND {is_shown} AND {source.sql} LIMIT ?",
        [*source.args, MAX_HEADLINES],
    )
    words_of = [(set(key.split()), anchor) for key, anchor in headlines]
    rows = []
    for text, searches, _ in await without_hits(db, days, 10 * limit):
        words = set(headline_key(text).split())
        for headline_words, anchor in words_of:
            if words <= headline_words and (len(words) > 1 or words == headline_words) and words:
                rows.append(MissingRow(text, searches, anchor))
                break
    return rows[:limit]


def _since(days: int) -> str:
    return (now().date() - timedelta(days=days)).isoformat()
