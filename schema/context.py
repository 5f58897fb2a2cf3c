"""The context of a request, available to its resolvers."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from typing import Protocol, TypeAlias

import strawberry

from hub.auth import Viewer
from hub.db.database import Reader
from hub.search.settled import Search
from hub.settings import Settings
from schema.budget import Budget
from schema.change_feed import ChangeFeed
from schema.execution.cache_tags import CacheTags
from schema.execution.rendering import Renderer
from schema.loaders import Loaders
from schema.rate_limits import Limit
from search_index.engine import SearchEngine
from search_index.suggestions import Suggestions
from search_index.tuning import TuningCache


class SearchCounter(Protocol):
    """Counts the searches of readers."""

    def count(self, search: Search, client: str = "") -> None:
        """Count a search of a client."""
        ...

    def click(self, text: str, position: int, client: str = "") -> None:
        """Count that a client chose a result of a search, at a place from 1 on."""
        ...


@dataclass(slots=True)
class HubContext:
    """The context of one request.

    `wait_for_index` waits until the last save of an article is searchable, and returns False when
    that takes too long. `acquire` counts one more operation of the limit; raises RateLimited.
    `client_key` tells clients apart; it is not stored.
    """

    viewer: Viewer
    db: Reader
    index: SearchEngine
    tunings: TuningCache
    suggester: Suggestions
    search_counter: SearchCounter
    settings: Settings
    loaders: Loaders
    budget: Budget
    renderer: Renderer
    wait_for_index: Callable[[int], Awaitable[bool]]
    request_id: str
    client_key: str
    feed: ChangeFeed
    acquire: Callable[[Limit], Awaitable[None]]
    cache_tags: CacheTags = field(default_factory=CacheTags)

    @property
    def engine(self) -> SearchEngine:
        """The search engine; reading it marks the response as dependent on the index."""
        self.cache_tags.uses_index = True
        return self.index

    @property
    def suggestions(self) -> Suggestions:
        """The suggester; reading it marks the response as dependent on the index."""
        self.cache_tags.uses_index = True
        return self.suggester

    def count_search(self, search: Search) -> None:
        """Count a search of a reader, now and with every cache hit of the response."""
        self.search_counter.count(search, self.client_key)
        self.cache_tags.searches.append(search)


Info: TypeAlias = strawberry.Info[HubContext, None]
