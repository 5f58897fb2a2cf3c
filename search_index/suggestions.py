"""Suggestions from two sources: the engine, and popular searches of readers."""

from __future__ import annotations

from bisect import bisect_left
from dataclasses import dataclass
from html import escape
from time import monotonic

from hub.db.database import Reader
from hub.reads import query_statistics
from hub.search.statistics import normalise
from search_index.engine import SearchEngine
from search_index.query import Suggestion, SuggestionKind, SuggestQuery

MAX_QUERIES = 2
"""Past searches among the suggestions, at most."""

MIN_SEARCHES = 3
"""Searches for a text before it is suggested to other readers, at least."""

POPULAR_DAYS = 30
REFRESH_SECONDS = 600.0
"""Maximum age of the cached popular searches; responses with them are cached as long."""
MAX_POPULAR = 5_000


@dataclass(frozen=True, slots=True)
class _PopularSearches:
    texts: list[str]
    counts: dict[str, int]
    expires_at: float


class Suggestions:
    """Suggestions over one database and one engine."""

    def __init__(self, db: Reader, engine: SearchEngine) -> None:
        self._db = db
        self._engine = engine
        self._popular = _PopularSearches([], {}, 0.0)

    async def suggest(self, query: SuggestQuery) -> tuple[Suggestion, ...]:
        """Return the engine's suggestions, then popular searches that start with the typed text.

        A search is popular once MIN_SEARCHES searches for it have had hits.

        Raises:
            EngineError: the engine cannot answer.
        """
        suggestions = await self._engine.suggest(query)
        queries = await self._popular_queries(query.text)
        suggested_texts = {" ".join(suggestion.text.lower().split()) for suggestion in suggestions}
        queries = [search for search in queries if search.text not in suggested_texts][:MAX_QUERIES]
        room = max(0, query.limit - len(queries))
        return (*suggestions[:room], *queries)[: query.limit]

    def expire_popular(self) -> None:
        """Expire the cached popular searches: the next call reads them again."""
        self._popular = _PopularSearches([], {}, 0.0)

    async def _popular_queries(self, text: str) -> list[Suggestion]:
        if monotonic() >= self._popular.expires_at:
            rows = await query_statistics.popular(self._db, POPULAR_DAYS, MIN_SEARCHES, MAX_POPULAR)
            counts = {row.text: row.searches for row in rows}
            self._popular = _PopularSearches(sorted(counts), counts, monotonic() + REFRESH_SECONDS)
        typed = normalise(text)
        if len(typed) < 2:
            return []
        texts = self._popular.texts
        first, last = bisect_left(texts, typed), bisect_left(texts, typed + "\U0010ffff")
        best = sorted(
            texts[first:last],
            key=lambda popular_text: (-self._popular.counts[popular_text], popular_text),
        )
        return [
            Suggestion(
                SuggestionKind.QUERY,
                popular_text,
                f"<mark>{escape(typed)}</mark>{escape(popular_text[len(typed) :])}",
                popular_text,
                self._popular.counts[popular_text],
            )
            for popular_text in best[: MAX_QUERIES * 2]
            if popular_text != typed
        ]
