"""What a request carries to its resolvers."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from typing import Protocol, TypeAlias

import strawberry

from hub.auth import Viewer
from hub.db.database import Reader
from hub.settings import Settings
from schema.change_feed import Feed
from schema.execution.cache_tags import Notes
from schema.loaders import Loaders
from schema.rate_limits import Limit
from search_index.engine import SearchEngine
from search_index.suggestions import Suggestions
from search_index.tuning import Tunings


class Counts(Protocol):
    """Takes in the searches that readers make."""

    def count(self, text: str, hits: int) -> None:
        """Count a search, and how much it found."""
        ...


@dataclass(slots=True)
class HubContext:
    """Made anew for each request.

    `wait` waits until the last save of an article can be found by search, and answers False when
    that takes too long. `take` does something that is limited once more; raises RateLimited.
    """

    viewer: Viewer
    db: Reader
    index: SearchEngine
    tunings: Tunings
    suggester: Suggestions
    asked: Counts
    settings: Settings
    loaders: Loaders
    wait: Callable[[int], Awaitable[bool]]
    request_id: str
    feed: Feed
    take: Callable[[Limit], Awaitable[None]]
    notes: Notes = field(default_factory=Notes)

    @property
    def engine(self) -> SearchEngine:
        """The search engine; whoever takes it may answer with what the index holds."""
        self.notes.searched = True
        return self.index

    @property
    def suggestions(self) -> Suggestions:
        """Likewise what suggests while somebody types."""
        self.notes.searched = True
        return self.suggester

    def count_search(self, text: str, hits: int) -> None:
        """Count a search of a reader, now and whenever its answer is given again."""
        self.asked.count(text, hits)
        self.notes.searches.append((text, hits))


Info: TypeAlias = strawberry.Info[HubContext, None]
