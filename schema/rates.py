"""How often somebody may do what costs much: buckets of tokens, refilled by the second.

In memory, one set a process: with several server processes everybody has that many times as much.
Addresses are kept for as long as their bucket is not full again, and never written anywhere.
"""

from __future__ import annotations

import math
from collections import OrderedDict
from collections.abc import Callable, Mapping
from enum import Enum
from time import monotonic

from starlette.types import Scope

from hub.auth import ANONYMOUS, Viewer
from hub.errors import RateLimited
from hub.settings import Settings
from schema.requests import header

MAX_BUCKETS = 50_000
"""Buckets that are kept; beyond them the ones used longest ago go, which are the fullest."""


class Limit(Enum):
    """What is limited."""

    MUTATIONS = "mutations"
    COMMENTS = "comments"
    SEARCHES = "searches"


class Rates:
    """The buckets of one process. A bucket holds what may be done in a minute at once."""

    def __init__(
        self, per_minute: Mapping[Limit, int], clock: Callable[[], float] = monotonic
    ) -> None:
        """`per_minute` 0: as often as anybody likes."""
        self._per_minute = dict(per_minute)
        self._clock = clock
        self._buckets: OrderedDict[tuple[Limit, str], tuple[float, float]] = OrderedDict()

    def take(self, limit: Limit, who: str) -> None:
        """Do it once. Raises RateLimited while the bucket of `who` is empty."""
        size = self._per_minute.get(limit, 0)
        if not size:
            return
        now = self._clock()
        left, at = self._buckets.pop((limit, who), (float(size), now))
        left = min(float(size), left + (now - at) * size / 60)
        if left < 1:
            self._buckets[limit, who] = left, now
            raise RateLimited(limit.value, math.ceil((1 - left) * 60 / size))
        self._buckets[limit, who] = left - 1, now
        if len(self._buckets) > MAX_BUCKETS:
            self._buckets.popitem(last=False)


def rates_of(settings: Settings) -> Rates:
    """The rates that are set."""
    return Rates(
        {
            Limit.COMMENTS: settings.comments_per_minute,
            Limit.MUTATIONS: settings.mutations_per_minute,
            Limit.SEARCHES: settings.searches_per_minute,
        }
    )


def who(viewer: Viewer, scope: Scope, proxies: int) -> str:
    """Whose bucket it is: the token's, or else that of the address that asks.

    Behind `proxies` of our own the address is what the first of them has seen, which stands that
    many places from the end of X-Forwarded-For; what stands before it anybody can write.
    """
    if viewer != ANONYMOUS:
        return f"token {viewer.name}"
    if proxies:
        seen = [one.strip() for one in header(scope, b"x-forwarded-for").split(",") if one.strip()]
        if len(seen) >= proxies:
            return f"address {seen[-proxies][:64]}"
    client = scope.get("client")
    return f"address {client[0] if client else ''}"
