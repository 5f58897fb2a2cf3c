"""Reads of search statistics, for editors and for suggestions."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from datetime import date, timedelta
from typing import NamedTuple

from hub.auth import Permission, Viewer, article_condition
from hub.db.database import Reader
from hub.db.timestamps import now
from hub.text.slugs import headline_key

MAX_HEADLINES = 5_000
"""Maximum number of headlines of dangling edges that searches are compared with."""

MIN_READERS = 3
"""Number of readers of one day from which a search is shown to others."""

MANY_HITS = 5
"""Articles found from which on a text that nobody chose any of is listed."""


class Days(NamedTuple):
    """Days of statistics, both included; of searches in one `language` alone unless it is ""."""

    first: date
    last: date
    language: str = ""

    @property
    def args(self) -> list[str]:
        """Arguments of `_IN_DAYS`."""
        return [self.first.isoformat(), self.last.isoformat(), self.language, self.language]

    @property
    def before(self) -> Days:
        """The same number of days before these."""
        last = self.first - timedelta(days=1)
        return self._replace(first=last - (self.last - self.first), last=last)


def last_days(days: int) -> Days:
    """Return that many days, today included."""
    today = now().date()
    return Days(today - timedelta(days=days - 1), today)


LIKE_SHARE = 0.75
"""Share of the words of a text and a headline that are alike, of the shorter one."""

WORD_START = 5
"""Letters by which words are compared there."""

_IN_DAYS = "day >= ? AND day <= ? AND (CAST(? AS TEXT) = '' OR language = ?)"
_SUMS = (
    "SELECT text, times, hits, clicks, positions FROM (SELECT text, hits, lacking,"
    " asked > filtered AS is_known, sum(asked) OVER (PARTITION BY text) AS times,"
    " sum(clicks) OVER (PARTITION BY text) AS clicks,"
    " sum(positions) OVER (PARTITION BY text) AS positions,"
    " max(readers) OVER (PARTITION BY text) AS readers,"
    " row_number() OVER (PARTITION BY text"
    " ORDER BY CASE WHEN asked > filtered THEN 0 ELSE 1 END, day DESC) AS place FROM query_stat"
    f" WHERE {_IN_DAYS}) AS sums WHERE place = 1 AND readers >= {MIN_READERS}"
)
"""Sums per text over several days, of texts of several readers alone.

`hits` and `lacking` are those of the last day with a search without a filter, if `is_known`;
`readers` is that of the best day: readers of two days are not added, since nobody can tell whether
they are the same."""


class QueryRow(NamedTuple):
    """A searched text, the number of searches for it, and the hits of the last one.

    Results of it were chosen `clicks` times; `positions` is the sum of their places, from 1.
    """

    text: str
    searches: int
    hits: int
    clicks: int = 0
    positions: int = 0

    @property
    def click_through(self) -> float:
        """Share of the searches that led to a click, at most 1."""
        return min(1.0, self.clicks / self.searches) if self.searches else 0.0

    @property
    def mean_position(self) -> float | None:
        """Mean place of the results that were chosen, from 1."""
        return self.positions / self.clicks if self.clicks else None


class RisingRow(NamedTuple):
    """A text with its number of searches, and that of as many days before."""

    text: str
    searches: int
    before: int


class PeriodRow(NamedTuple):
    """Sums of a day, a week or a language: of all texts, also of those that are not shown.

    `without_hits` of the searches found nothing.
    """

    name: str
    searches: int
    without_hits: int
    clicks: int


class MissingRow(NamedTuple):
    """A text of which no article has every word, and a headline that dangling edges name, or ""."""

    text: str
    searches: int
    headline: str


async def top(db: Reader, days: Days, limit: int) -> list[QueryRow]:
    """Return the most frequent searches of the last days. One statement."""
    return await _rows(db, "TRUE", days, limit)


async def without_hits(db: Reader, days: Days, limit: int) -> list[QueryRow]:
    """Return the most frequent searches whose last one had no hits. One statement."""
    return await _rows(db, "is_known AND hits = 0", days, limit)


async def without_clicks(db: Reader, days: Days, limit: int) -> list[QueryRow]:
    """Return the most frequent searches with many hits of which nobody chose any. One statement.

    Since the first of the days on which clicks were counted.
    """
    rows = await db.rows(
        f"SELECT min(day) FROM query_stat WHERE clicks > 0 AND {_IN_DAYS}", days.args
    )
    if rows[0][0] is None:
        return []
    counted = days._replace(first=date.fromisoformat(rows[0][0]))
    return await _rows(db, f"clicks = 0 AND hits >= {MANY_HITS}", counted, limit)


async def rising(db: Reader, days: Days, limit: int) -> list[RisingRow]:
    """Return the searches that are made more than in the days before, most so first.

    One statement.
    """
    rows = await db.rows(
        "SELECT text, times, earlier FROM (SELECT text,"
        " sum(CASE WHEN day >= ? THEN asked ELSE 0 END) AS times,"
        " sum(CASE WHEN day < ? THEN asked ELSE 0 END) AS earlier,"
        " max(CASE WHEN day >= ? THEN readers ELSE 0 END) AS readers"
        f" FROM query_stat WHERE {_IN_DAYS} GROUP BY text) AS sums"
        f" WHERE readers >= {MIN_READERS} AND times > earlier"
        " ORDER BY times - earlier DESC, times DESC, text LIMIT ?",
        [
            *[days.first.isoformat()] * 3,
            *days._replace(first=days.before.first).args,
            limit,
        ],
    )
    return [RisingRow(text, int(times), int(earlier)) for text, times, earlier in rows]


async def by_day(db: Reader, days: Days) -> list[PeriodRow]:
    """Return the sums of each day that has any, the first one first. One statement."""
    return [PeriodRow(*row) for row in await _totals(db, "day", days)]


async def by_week(db: Reader, days: Days) -> list[PeriodRow]:
    """Return the sums of each week, named by its Monday, the first one first. One statement."""
    weeks: dict[str, PeriodRow] = {}
    for row in await by_day(db, days):
        day = date.fromisoformat(row.name)
        monday = (day - timedelta(days=day.weekday())).isoformat()
        _, *sums = weeks.get(monday, PeriodRow(monday, 0, 0, 0))
        weeks[monday] = PeriodRow(monday, *map(sum, zip(sums, row[1:], strict=True)))
    return list(weeks.values())


async def by_language(db: Reader, days: Days) -> list[PeriodRow]:
    """Return the sums of each language, the most frequent first; "" if unknown. One statement."""
    rows = [PeriodRow(*row) for row in await _totals(db, "language", days)]
    return sorted(rows, key=lambda row: (-row.searches, row.name))


async def _totals(db: Reader, column: str, days: Days) -> list[tuple[str, int, int, int]]:
    rows = await db.rows(
        f"SELECT {column}, sum(asked), sum(CASE WHEN hits = 0 THEN asked - filtered ELSE 0 END),"
        f" sum(clicks) FROM query_stat WHERE {_IN_DAYS} GROUP BY {column} ORDER BY {column}",
        days.args,
    )
    return [
        (str(name), int(asked), int(nothing), int(clicks)) for name, asked, nothing, clicks in rows
    ]


class HiddenRow(NamedTuple):
    """How many texts are not shown, since too few readers searched for them, and how often."""

    texts: int
    searches: int


async def hidden(db: Reader, days: Days) -> HiddenRow:
    """Count what the other lists do not show. One statement."""
    [[texts, searches]] = await db.rows(
        "SELECT count(*), COALESCE(sum(times), 0) FROM (SELECT sum(asked) AS times FROM query_stat"
        f" WHERE {_IN_DAYS} GROUP BY text HAVING max(readers) < {MIN_READERS}) AS few",
        days.args,
    )
    return HiddenRow(int(texts), int(searches))


async def popular(db: Reader, days: Days, limit: int) -> list[QueryRow]:
    """Return the most frequent searches whose last one had hits. One statement."""
    return await _rows(db, "hits > 0", days, limit)


async def _rows(db: Reader, condition: str, days: Days, limit: int) -> list[QueryRow]:
    rows = await db.rows(
        f"{_SUMS} AND {condition} ORDER BY times DESC, text LIMIT ?", [*days.args, limit]
    )
    return [
        QueryRow(text, int(searches), hits, int(clicks), int(positions))
        for text, searches, hits, clicks, positions in rows
    ]


async def blocked(db: Reader) -> list[str]:
    """Return the texts that are never suggested. One statement."""
    return [text for (text,) in await db.rows("SELECT text FROM blocked_query ORDER BY text")]


async def missing(db: Reader, days: Days, limit: int, viewer: Viewer) -> list[MissingRow]:
    """Return searches of which no article has every word: what the hub lacks.

    First those that read like a headline of dangling edges: they have LIKE_SHARE of the words of
    the shorter one in common, two or more unless both have the same. Edges from articles that
    `viewer` may see; planned ones for staff alone. Two statements.
    """
    source = article_condition(viewer, "r.source_id")
    is_shown = "TRUE" if viewer.may(Permission.READ) else "r.kind <> 'PINNED'"
    headlines = await db.rows(
        "SELECT DISTINCT r.wanted_headline, r.anchor FROM relation r WHERE r.target_id IS NULL"
        f" AND r.wanted_headline IS NOT NULL AND {is_shown} AND {source.sql}"
        " ORDER BY r.wanted_headline, r.anchor LIMIT ?",
        [*source.args, MAX_HEADLINES],
    )
    index = _HeadlineIndex(headlines)
    rows = [
        MissingRow(row.text, row.searches, index.find(row.text))
        for row in await _rows(db, "is_known AND (hits = 0 OR lacking = TRUE)", days, 10 * limit)
    ]
    return sorted(rows, key=lambda row: not row.headline)[:limit]


async def searches_like(db: Reader, days: Days, headlines: Sequence[str]) -> dict[str, int]:
    """Count the searches that read like each of some headlines, of texts that are shown.

    Of the 5,000 most frequent texts; each counts for the headline that it is most like. One
    statement.
    """
    index = _HeadlineIndex((headline_key(headline), headline) for headline in headlines)
    times = dict.fromkeys(headlines, 0)
    for row in await _rows(db, "TRUE", days, MAX_HEADLINES):
        if headline := index.find(row.text):
            times[headline] += row.searches
    return times


class _HeadlineIndex:
    """Headlines by their words, each by its first letters: the ends of words are inflected."""

    def __init__(self, headlines: Iterable[tuple[str, str]]) -> None:
        """`headlines` are (key, headline)."""
        self._headlines = [(_word_starts(key), headline) for key, headline in headlines]
        self._by_word: dict[str, list[int]] = {}
        for number, (words, _) in enumerate(self._headlines):
            for word in words:
                self._by_word.setdefault(word, []).append(number)

    def find(self, text: str) -> str:
        """Return the headline that a text reads like, the one most like it; "" for none."""
        words = _word_starts(headline_key(text))
        common = Counter(number for word in words for number in self._by_word.get(word, ()))
        best, likeness = "", 0.0
        for number, count in common.items():
            headline_words, headline = self._headlines[number]
            shorter, longer = sorted((len(words), len(headline_words)))
            is_like = count == longer or (count > 1 and count >= LIKE_SHARE * shorter)
            if is_like and count / longer > likeness:
                best, likeness = headline, count / longer
        return best


def _word_starts(key: str) -> frozenset[str]:
    return frozenset(word[:WORD_START] for word in key.split())
