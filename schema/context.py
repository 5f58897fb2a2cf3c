"""What a request carries to its resolvers."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import TypeAlias

import strawberry

from hub.auth import Viewer
from hub.database import Reader
from hub.querystats import Counter
from hub.settings import Settings
from schema.loaders import Loaders
from search_index.engine import SearchEngine
from search_index.suggestions import Suggestions
from search_index.tuning import Tunings


@dataclass(slots=True)
class HubContext:
    """Made anew for each request.

    `wait` waits until the last save of an article can be found by search, and answers False when
    that takes too long.
    """

    viewer: Viewer
    db: Reader
    engine: SearchEngine
    tunings: Tunings
    suggestions: Suggestions
    asked: Counter
    settings: Settings
    loaders: Loaders
    wait: Callable[[int], Awaitable[bool]]
    request_id: str


Info: TypeAlias = strawberry.Info[HubContext, None]
