"""Rate limits of expensive operations: buckets of one minute, refilled continuously (GCRA).

A single process keeps its buckets in memory. Several processes share theirs through the database
(`hub.rate_limits`), which a request reads only when a bucket comes near its limit.
"""

from __future__ import annotations

import hashlib
import logging
import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from enum import Enum
from time import monotonic, time

import anyio
from typing_extensions import override

from hub import rate_limits
from hub.db.database import holds_writer
from hub.db.timestamps import now
from hub.errors import RateLimited
from hub.logs import LimitedLog
from hub.rate_limits import MINUTE, has_room
from hub.settings import Settings
from search_index.lru_cache import LRUCache

_log = LimitedLog(logging.getLogger(__name__))
MAX_BUCKETS = 50_000
"""Buckets in memory; the least recently used ones, which are the fullest, are evicted."""

SYNC_SECONDS = 2.0
"""Interval at which a process writes its use to the database."""

SYNC_THRESHOLD = MINUTE / 20
"""A process may use 5 % of a bucket before it synchronises with the database."""

LOCAL_THRESHOLD = MINUTE / 2
"""Below half of the limit a process decides locally."""


class Limit(Enum):
    """A kind of operation that is limited."""

    MUTATIONS = "mutations"
    COMMENTS = "comments"
    SEARCHES = "searches"


@dataclass(slots=True)
class Bucket:
    """A client's bucket: the time when it is full again, and the seconds not yet synchronised."""

    full_at: float = 0.0
    unsynced: float = 0.0


class RateLimiter:
    """The buckets of one process. A bucket allows a burst of the limit of one minute.

    Client addresses are in memory until their bucket is evicted, and never stored.
    """

    def __init__(
        self, per_minute: Mapping[Limit, int], clock: Callable[[], float] = monotonic
    ) -> None:
        """`per_minute` 0: unlimited."""
        self._per_minute = dict(per_minute)
        self._clock = clock
        self._buckets: LRUCache[tuple[Limit, str], Bucket] = LRUCache(MAX_BUCKETS)

    async def acquire(self, limit: Limit, client: str, times: int = 1) -> None:
        """Take `times` operations from a client's bucket. Raises RateLimited if it has fewer."""
        size = self._per_minute.get(limit, 0)
        if size:
            bucket = self._bucket((limit, client))
            seconds, moment = min(times, size) * MINUTE / size, self._clock()
            if not has_room(bucket.full_at, seconds, moment):
                raise _refused(limit, bucket.full_at + seconds - moment)
            await self._spend(limit, client, bucket, seconds, moment)

    async def _spend(
        self, limit: Limit, client: str, bucket: Bucket, seconds: float, moment: float
    ) -> None:
        bucket.full_at = max(bucket.full_at, moment) + seconds

    def _bucket(self, key: tuple[Limit, str]) -> Bucket:
        bucket = self._buckets.get(key)
        if bucket is None:
            bucket = Bucket()
            self._buckets.put(key, bucket)
        return bucket


def _refused(limit: Limit, seconds: float) -> RateLimited:
    return RateLimited(limit.value, max(1, math.ceil(seconds - MINUTE - 1e-6)))


class SharedRateLimiter(RateLimiter):
    """Buckets shared by several processes.

    Far from the limit a process decides locally and synchronises every two seconds; near it, or
    after 5 % of the limit, the database decides, exactly. So all processes together may exceed the
    limit by 5 % for each process. While the database cannot be written, each decides alone;
    within a preview too, which would wait for itself.
    """

    def __init__(self, per_minute: Mapping[Limit, int]) -> None:
        """`per_minute` 0: unlimited."""
        super().__init__(per_minute, time)
        self._day, self._secret = "", b""

    async def run(self) -> None:
        """Synchronise periodically until cancelled, and once more then."""
        try:
            while True:
                await anyio.sleep(SYNC_SECONDS)
                await self.sync()
        finally:
            with anyio.CancelScope(shield=True):
                await self.sync()

    async def sync(self) -> None:
        """Write the unsynced use to the database, and read that of the other processes."""
        unsynced = {key: bucket for key, bucket in self._buckets.items() if bucket.unsynced}
        if not unsynced:
            return
        try:
            buckets = {await self._key(*key): bucket for key, bucket in unsynced.items()}
            spent = {key: bucket.unsynced for key, bucket in buckets.items()}
            full_at = await rate_limits.spend(spent)
        except Exception as error:  # the next synchronisation includes them
            _log.warning("Rate limits could not be synchronised with other processes: %r", error)
            return
        for key, bucket in buckets.items():
            bucket.unsynced -= spent[key]
            bucket.full_at = full_at[key] + bucket.unsynced

    @override
    async def _spend(
        self, limit: Limit, client: str, bucket: Bucket, seconds: float, moment: float
    ) -> None:
        used = max(bucket.full_at, moment) + seconds - moment
        is_far = used <= LOCAL_THRESHOLD and bucket.unsynced + seconds <= SYNC_THRESHOLD
        if is_far or holds_writer.get():  # what a preview uses is synchronised after it
            bucket.full_at, bucket.unsynced = moment + used, bucket.unsynced + seconds
            return
        owed, bucket.unsynced = bucket.unsynced, 0.0
        try:
            result = await rate_limits.acquire(await self._key(limit, client), seconds, owed)
        except Exception as error:
            _log.warning("Limits are not shared while the database cannot be written: %r", error)
            bucket.full_at, bucket.unsynced = moment + used, bucket.unsynced + owed + seconds
            return
        bucket.full_at = result.full_at + bucket.unsynced
        if not result.allowed:
            raise _refused(limit, result.full_at + seconds - moment)

    async def _key(self, limit: Limit, client: str) -> str:
        """Return the key of a client's bucket in the database: a digest with a daily secret."""
        if self._day != now().date().isoformat():
            self._day, self._secret = await rate_limits.daily_secret()
        text = f"{limit.value} {client}".encode("utf-8", "surrogatepass")
        return hashlib.blake2b(text, key=self._secret, digest_size=24).hexdigest()


def create_rate_limiter(settings: Settings) -> RateLimiter:
    """Create the rate limiter of these settings."""
    limiter_class = SharedRateLimiter if settings.shares_rates else RateLimiter
    return limiter_class(
        {
            Limit.COMMENTS: settings.comments_per_minute,
            Limit.MUTATIONS: settings.mutations_per_minute,
            Limit.SEARCHES: settings.searches_per_minute,
        }
    )
