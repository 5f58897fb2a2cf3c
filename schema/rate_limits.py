"""Rate limits of expensive operations: buckets of one minute, refilled continuously (GCRA).

A single process keeps its buckets in memory. Several processes share theirs through the database
(`hub.rate_limits`), which a request reads only when a bucket comes near its limit.
"""

from __future__ import annotations

import hashlib
import logging
import math
from collections import OrderedDict
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from enum import Enum
from time import monotonic, time

import anyio
from typing_extensions import override

from hub import rate_limits
from hub.db.timestamps import now as today
from hub.errors import RateLimited
from hub.rate_limits import MINUTE, fits
from hub.settings import Settings

log = logging.getLogger(__name__)
MAX_BUCKETS = 50_000
"""Buckets that are kept; beyond them the ones used longest ago go, which are the fullest."""

TELL_SECONDS = 2.0
"""How often a process tells the others what it let be done."""

UNTOLD = MINUTE / 20
"""What of a bucket a process gives before it tells the others: a twentieth."""

FAR = MINUTE / 2
"""What of a bucket is given without asking the others."""


class Limit(Enum):
    """What is limited."""

    MUTATIONS = "mutations"
    COMMENTS = "comments"
    SEARCHES = "searches"


@dataclass(slots=True)
class Bucket:
    """When it is full again, and how many seconds of it the other processes do not know of."""

    full_at: float = 0.0
    untold: float = 0.0


class Rates:
    """The buckets of one process. A bucket holds what may be done in a minute at once.

    Addresses are in memory until their bucket is forgotten, and never written anywhere.
    """

    def __init__(
        self, per_minute: Mapping[Limit, int], clock: Callable[[], float] = monotonic
    ) -> None:
        """`per_minute` 0: as often as anybody likes."""
        self._per_minute = dict(per_minute)
        self._clock = clock
        self._buckets: OrderedDict[tuple[Limit, str], Bucket] = OrderedDict()

    async def take(self, limit: Limit, who: str, times: int = 1) -> None:
        """Do it so many times. Raises RateLimited while the bucket of `who` has not as much."""
        size = self._per_minute.get(limit, 0)
        if size:
            bucket = self._bucket((limit, who))
            seconds, moment = min(times, size) * MINUTE / size, self._clock()
            if not fits(bucket.full_at, seconds, moment):
                raise _refused(limit, bucket.full_at + seconds - moment)
            await self._give(limit, who, bucket, seconds, moment)

    async def _give(
        self, limit: Limit, who: str, bucket: Bucket, seconds: float, moment: float
    ) -> None:
        bucket.full_at = max(bucket.full_at, moment) + seconds

    def _bucket(self, place: tuple[Limit, str]) -> Bucket:
        bucket = self._buckets.get(place)
        if bucket is None:
            bucket = self._buckets[place] = Bucket()
            if len(self._buckets) > MAX_BUCKETS:
                self._buckets.popitem(last=False)
        else:
            self._buckets.move_to_end(place)
        return bucket


def _refused(limit: Limit, seconds: float) -> RateLimited:
    return RateLimited(limit.value, max(1, math.ceil(seconds - MINUTE - 1e-6)))


class SharedRates(Rates):
    """Buckets that several processes take from.

    Far from the limit nothing is asked, and the others are told every two seconds; near it, or
    after a twentieth of the limit, the database decides, exactly. So all processes together may
    give a twentieth too much for each of them. While it cannot be written, each goes by itself.
    """

    def __init__(self, per_minute: Mapping[Limit, int]) -> None:
        """`per_minute` 0: as often as anybody likes."""
        super().__init__(per_minute, time)
        self._day, self._secret = "", b""

    async def run(self) -> None:
        """Tell the other processes until cancelled, and once more then."""
        try:
            while True:
                await anyio.sleep(TELL_SECONDS)
                await self.tell()
        finally:
            with anyio.CancelScope(shield=True):
                await self.tell()

    async def tell(self) -> None:
        """Tell the others what they do not know, and hear what they have given of the same."""
        untold = {place: one for place, one in self._buckets.items() if one.untold}
        if not untold:
            return
        try:
            keys = {await self._key(*place): bucket for place, bucket in untold.items()}
            spent = {key: bucket.untold for key, bucket in keys.items()}
            found = await rate_limits.spend(spent)
        except Exception:  # they are told with the next turn
            log.warning("What was done could not be told to other processes", exc_info=True)
            return
        for key, bucket in keys.items():
            bucket.untold -= spent[key]
            bucket.full_at = found[key] + bucket.untold

    @override
    async def _give(
        self, limit: Limit, who: str, bucket: Bucket, seconds: float, moment: float
    ) -> None:
        used = max(bucket.full_at, moment) + seconds - moment
        if used <= FAR and bucket.untold + seconds <= UNTOLD:
            bucket.full_at, bucket.untold = moment + used, bucket.untold + seconds
            return
        owed, bucket.untold = bucket.untold, 0.0
        try:
            taken = await rate_limits.take(await self._key(limit, who), seconds, owed)
        except Exception:
            log.warning("Limits are not shared while the database cannot be written", exc_info=True)
            bucket.full_at, bucket.untold = moment + used, bucket.untold + owed + seconds
            return
        bucket.full_at = taken.full_at + bucket.untold
        if not taken.allowed:
            raise _refused(limit, taken.full_at + seconds - moment)

    async def _key(self, limit: Limit, who: str) -> str:
        """What stands for somebody in the database: a digest that nobody can undo tomorrow."""
        if self._day != today().date().isoformat():
            self._day, self._secret = await rate_limits.secret_of_the_day()
        told = f"{limit.value} {who}".encode("utf-8", "surrogatepass")
        return hashlib.blake2b(told, key=self._secret, digest_size=24).hexdigest()


def rates_of(settings: Settings) -> Rates:
    """The rates that are set."""
    made = SharedRates if settings.shares_rates else Rates
    return made(
        {
            Limit.COMMENTS: settings.comments_per_minute,
            Limit.MUTATIONS: settings.mutations_per_minute,
            Limit.SEARCHES: settings.searches_per_minute,
        }
    )
