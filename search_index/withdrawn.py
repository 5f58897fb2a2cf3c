"""Content that the index still holds as public although the database does not: no longer found.

A save is public or hidden with its commit, and indexed a moment later; much later if the index
cannot be written. Until then engines leave out what was withdrawn in between. An index that has
missed saves, such as that of a host that was away for hours, gives no results until it is rebuilt:
nobody knows what it may hold.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from hub.db.database import Reader
from hub.search import followers
from search_index.engine import SearchEngine
from search_index.leadership import identify
from search_index.query import (
    NOTHING_WITHDRAWN,
    PUBLIC,
    EngineError,
    Page,
    SearchQuery,
    Suggestion,
    SuggestQuery,
    Withdrawn,
)

MAX_WITHDRAWN = 1_000
"""Articles, and comments, that are left out, at most: with more, counts are not given at all."""


class CurrentEngine:
    """Wrapper of an engine whose public results leave out what was withdrawn since it was indexed.

    Costs 5 µs; one statement after any commit.
    """

    def __init__(self, db: Reader, engine: SearchEngine) -> None:
        self._db = db
        self._engine = engine
        self._stamp = -1
        self._withdrawn = NOTHING_WITHDRAWN

    async def search(self, query: SearchQuery) -> Page:
        """See `SearchEngine.search`. Raises EngineError, also if the index has missed saves."""
        withdrawn = await self._current()
        if query.statuses != PUBLIC:
            return await self._engine.search(query)
        if query.withdrawn is not NOTHING_WITHDRAWN:
            articles = withdrawn.articles | query.withdrawn.articles
            withdrawn = Withdrawn(articles, withdrawn.comments | query.withdrawn.comments)
        page = await self._engine.search(replace(query, withdrawn=withdrawn))
        if max(map(len, withdrawn)) < MAX_WITHDRAWN:
            return page
        return replace(page, total=len(page.hits), total_is_exact=False, facets=(), extremes=())

    async def suggest(self, query: SuggestQuery) -> tuple[Suggestion, ...]:
        """See `SearchEngine.suggest`. Raises EngineError, also if the index has missed saves."""
        withdrawn = await self._current()
        if query.statuses == PUBLIC:
            query = replace(query, withdrawn=withdrawn)
        return await self._engine.suggest(query)

    def __getattr__(self, name: str) -> Any:
        """Delegate all other attributes to the engine."""
        return getattr(self._engine, name)

    async def _current(self) -> Withdrawn:
        stamp = self._db.stamp()
        if stamp != self._stamp:
            name = identify(self._engine).name
            hidden = await followers.hidden(self._db, MAX_WITHDRAWN, name)
            if hidden.is_unknown:
                raise EngineError("this host's index has missed saves, and is being rebuilt")
            self._withdrawn = Withdrawn(hidden.articles, hidden.comments)
            self._stamp = stamp
        return self._withdrawn
