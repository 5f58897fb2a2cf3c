"""Suggestions from both sources: what an engine knows, and what readers have searched for."""

from __future__ import annotations

from bisect import bisect_left
from dataclasses import dataclass
from html import escape
from time import monotonic

from hub.db.database import Reader
from hub.reads import search_statistics
from hub.search.statistics import normal
from search_index.engine import SearchEngine
from search_index.query import Suggestion, SuggestionKind, SuggestQuery

MAX_QUERIES = 2
"""Past searches among the suggestions, at most."""

LEAST_ASKED = 3
"""How often a search has to have been made before others are told of it."""

DAYS = 30
FRESH_SECONDS = 600.0
"""How old the sums of popular searches may be that are told; answers with them are kept as long."""
MAX_KNOWN = 5_000


@dataclass(frozen=True, slots=True)
class _Popular:
    texts: list[str]
    asked: dict[str, int]
    until: float


class Suggestions:
    """Suggestions over one database and one engine."""

    def __init__(self, db: Reader, engine: SearchEngine) -> None:
        self._db = db
        self._engine = engine
        self._popular = _Popular([], {}, 0.0)

    async def suggest(self, query: SuggestQuery) -> tuple[Suggestion, ...]:
        """What the engine suggests, and behind it popular searches that begin as typed.

        A search is told of once three readers' searches for it have found something.

        Raises:
            EngineError: the engine cannot answer.
        """
        found = await self._engine.suggest(query)
        queries = await self._queries(query.text)
        known = {" ".join(one.text.lower().split()) for one in found}
        queries = [one for one in queries if one.text not in known][:MAX_QUERIES]
        kept = max(0, query.limit - len(queries))
        return (*found[:kept], *queries)[: query.limit]

    def forget(self) -> None:
        """Look at what readers search for with the next call, however short ago that was."""
        self._popular = _Popular([], {}, 0.0)

    async def _queries(self, text: str) -> list[Suggestion]:
        if monotonic() >= self._popular.until:
            rows = await search_statistics.popular(self._db, DAYS, LEAST_ASKED, MAX_KNOWN)
            asked = {row.text: row.asked for row in rows}
            self._popular = _Popular(sorted(asked), asked, monotonic() + FRESH_SECONDS)
        typed = normal(text)
        if len(typed) < 2:
            return []
        texts = self._popular.texts
        first, last = bisect_left(texts, typed), bisect_left(texts, typed + "\U0010ffff")
        best = sorted(texts[first:last], key=lambda one: (-self._popular.asked[one], one))
        return [
            Suggestion(
                SuggestionKind.QUERY,
                one,
                f"<mark>{escape(typed)}</mark>{escape(one[len(typed) :])}",
                one,
                self._popular.asked[one],
            )
            for one in best[: MAX_QUERIES * 2]
            if one != typed
        ]
