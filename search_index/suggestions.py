"""Suggestions from two sources: the engine, and popular searches of readers."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Sequence
from dataclasses import dataclass
from html import escape
from time import monotonic

from hub.db.database import Reader
from hub.reads import query_statistics
from hub.search.statistics import normalise
from search_index.engine import SearchEngine
from search_index.query import Suggestion, SuggestionKind, SuggestQuery
from search_index.text import analysis

MAX_QUERIES = 2
"""Past searches among the suggestions, at most."""

POPULAR_DAYS = 30
REFRESH_SECONDS = 600.0
"""Maximum age of the cached popular searches; responses with them are cached as long."""
MAX_POPULAR = 5_000
MIN_CLICKS = 3
"""Clicks from which on a past search comes before those with fewer: anybody can send one."""

MAX_EXAMINED = 20
"""Past searches that are examined for a typed text, at most, the most frequent first."""


@dataclass(frozen=True, slots=True)
class _PopularSearches:
    """Texts in order, with their number of searches; `clicked` of them often led to an article."""

    texts: list[str]
    counts: dict[str, int]
    clicked: frozenset[str]
    expires_at: float


class Suggestions:
    """Suggestions over one database and one engine; without past searches if not `queries`."""

    def __init__(self, db: Reader, engine: SearchEngine, *, queries: bool = True) -> None:
        self._db = db
        self._engine = engine
        self._queries = queries
        self._popular = _PopularSearches([], {}, frozenset(), 0.0)

    async def suggest(self, query: SuggestQuery) -> tuple[Suggestion, ...]:
        """Return the engine's suggestions, then popular searches that start with the typed text.

        Where nothing is typed, these are all. A search is popular once several readers made it on
        one day and had hits. It is suggested as long as each of its words stands in a public title,
        topic or author, and no blocked text in it.

        Raises:
            EngineError: the engine cannot answer.
        """
        suggestions = await self._engine.suggest(query)
        suggested_texts = {" ".join(suggestion.text.lower().split()) for suggestion in suggestions}
        typed = normalise(query.text)
        queries = []
        if len(typed) != 1:
            limit = MAX_QUERIES if typed else query.limit
            queries = await self._popular_queries(typed, suggested_texts | {typed}, limit)
        room = max(0, query.limit - len(queries))
        return (*suggestions[:room], *queries)[: query.limit]

    async def popular(self, text: str, limit: int) -> list[Suggestion]:
        """Return at most `limit` popular searches that start with `text`, or any if it is empty.

        By the rules of `suggest`; of the first MAX_EXAMINED ones.

        Raises:
            EngineError: the engine cannot answer.
        """
        return await self._popular_queries(normalise(text), set(), limit)

    def expire_popular(self) -> None:
        """Expire the cached popular searches: the next call reads them again."""
        self._popular = _PopularSearches([], {}, frozenset(), 0.0)

    async def _popular_queries(self, typed: str, without: set[str], limit: int) -> list[Suggestion]:
        """Return popular searches that start with what was typed, `without` some.

        Those of which readers chose results MIN_CLICKS times come first.
        """
        if not self._queries:
            return []
        if monotonic() >= self._popular.expires_at:
            rows = await query_statistics.popular(
                self._db, query_statistics.last_days(POPULAR_DAYS), MAX_POPULAR
            )
            counts = {row.text: row.searches for row in rows}
            clicked = frozenset(row.text for row in rows if row.clicks >= MIN_CLICKS)
            expires_at = monotonic() + REFRESH_SECONDS
            self._popular = _PopularSearches(sorted(counts), counts, clicked, expires_at)
        texts = self._popular.texts
        first, last = bisect_left(texts, typed), bisect_left(texts, typed + "\U0010ffff")
        candidates = [text for text in texts[first:last] if text not in without]
        popular = self._popular
        candidates.sort(key=lambda text: (text not in popular.clicked, -popular.counts[text], text))
        return [
            Suggestion(
                SuggestionKind.QUERY,
                popular_text,
                _highlight(typed, popular_text),
                popular_text,
                self._popular.counts[popular_text],
            )
            for popular_text in await self._publishable(candidates[:MAX_EXAMINED], limit)
        ]

    async def _publishable(self, candidates: Sequence[str], limit: int) -> list[str]:
        """Return the first candidates that are not blocked, and have public words only.

        One statement, if there are candidates.
        """
        blocked = await query_statistics.blocked(self._db) if candidates else []
        publishable: list[str] = []
        for text in candidates:
            is_blocked = any(f" {words} " in f" {text} " for words in blocked)
            if not is_blocked and await self._has_public_words(text):
                publishable.append(text)
                if len(publishable) == limit:
                    break
        return publishable

    async def _has_public_words(self, text: str) -> bool:
        """Return whether each word stands in a public title, topic or author now."""
        for word in dict.fromkeys(_words(text)):
            suggestions = await self._engine.suggest(SuggestQuery(f"{word} ", limit=1))
            if not any(word in _words(suggestion.text) for suggestion in suggestions):
                return False  # a correction has another word
        return True


def _highlight(typed: str, text: str) -> str:
    rest = escape(text[len(typed) :])
    return f"<mark>{escape(typed)}</mark>{rest}" if typed else rest


def _words(text: str) -> list[str]:
    return [word for word, _, _, _ in analysis.query_words(text)]
