"""What readers search for, for editors; and what of it may be suggested to readers."""

from __future__ import annotations

from datetime import timedelta
from typing import NamedTuple

from hub.db.database import Reader
from hub.db.timestamps import now
from hub.text.slugs import headline_key

MAX_HEADLINES = 5_000
"""Dangling headlines that searches are compared with."""

_SUMS = (
    "SELECT text, times, hits FROM (SELECT text, hits,"
    " sum(asked) OVER (PARTITION BY text) AS times,"
    " row_number() OVER (PARTITION BY text ORDER BY day DESC) AS place FROM query_stat"
    " WHERE day > ?) AS sums WHERE place = 1"
)
"""Of several days, `hits` is that of the last."""


class QueryRow(NamedTuple):
    """A text, how often it was asked for, and how much it found the last time."""

    text: str
    asked: int
    hits: int


class MissingRow(NamedTuple):
    """A text that found nothing, and a headline that the hub links to but does not hold."""

    text: str
    asked: int
    headline: str


async def top(db: Reader, days: int, limit: int) -> list[QueryRow]:
    """What was asked for most in the last days. One statement."""
    found = await db.rows(f"{_SUMS} ORDER BY times DESC, text LIMIT ?", [_since(days), limit])
    return [QueryRow(*row) for row in found]


async def without_hits(db: Reader, days: int, limit: int) -> list[QueryRow]:
    """What was asked for most of what found nothing the last time. One statement."""
    found = await db.rows(
        f"{_SUMS} AND hits = 0 ORDER BY times DESC, text LIMIT ?",
        [_since(days), limit],
    )
    return [QueryRow(*row) for row in found]


async def popular(db: Reader, days: int, least: int, limit: int) -> list[QueryRow]:
    """What found something and was asked for `least` times or more. One statement."""
    found = await db.rows(
        f"{_SUMS} AND hits > 0 AND times >= ? ORDER BY times DESC, text LIMIT ?",
        [_since(days), least, limit],
    )
    return [QueryRow(*row) for row in found]


async def missing(db: Reader, days: int, limit: int) -> list[MissingRow]:
    """What found nothing, and names a headline to which edges dangle: articles to bring in.

    A text names a headline by two of its words or more, or by all. Two statements.
    """
    headlines = await db.rows(
        "SELECT DISTINCT wanted_headline, anchor FROM relation WHERE target_id IS NULL"
        " AND wanted_headline IS NOT NULL LIMIT ?",
        [MAX_HEADLINES],
    )
    words_of = [(set(key.split()), anchor) for key, anchor in headlines]
    found = []
    for text, asked, _ in await without_hits(db, days, 10 * limit):
        words = set(headline_key(text).split())
        for known, anchor in words_of:
            if words <= known and (len(words) > 1 or words == known) and words:
                found.append(MissingRow(text, asked, anchor))
                break
    return found[:limit]


def _since(days: int) -> str:
    return (now().date() - timedelta(days=days)).isoformat()
