"""Buckets that several processes take from: what of them is used up, in the database.

A bucket holds a minute. It is kept as the moment when it will be full again: to do something moves
that moment, and nothing is done that would move it more than a minute away (the generic cell rate
algorithm). One number a bucket says it all, and buckets that are full need no row.
"""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from time import time
from typing import NamedTuple

from hub.db.database import marks, run, run_many, transaction
from hub.db.timestamps import now
from hub.models import DaySecret, RateBucket

MINUTE = 60.0
_ROUNDING = 1e-6  # seconds since 1970 as a float are good for a quarter of that


class Taken(NamedTuple):
    """Whether something may be done, and when the bucket will be full again."""

    allowed: bool
    full_at: float


def fits(full_at: float, seconds: float, moment: float) -> bool:
    """Whether a bucket has room for that many seconds."""
    return max(full_at, moment) + seconds - moment <= MINUTE + _ROUNDING


@transaction
async def spend(spent: Mapping[str, float]) -> dict[str, float]:
    """Take from buckets what has been done already, in seconds; answers with when they are full.

    Buckets that are full again are forgotten. Four statements.
    """
    moment = time()
    await RateBucket.filter(full_at__lt=moment).delete()
    return await _move(spent, moment)


@transaction
async def take(key: str, seconds: float, owed: float) -> Taken:
    """Take what is `owed` from a bucket, and then `seconds`, if there is as much; three statements.

    Exact, however many processes take at once: transactions take turns.
    """
    moment = time()
    full_at = (await _move({key: owed}, moment))[key]
    if not fits(full_at, seconds, moment):
        return Taken(False, full_at)
    return Taken(True, (await _move({key: seconds}, moment))[key])


async def _move(spent: Mapping[str, float], moment: float) -> dict[str, float]:
    keys = list(spent)
    rows = await run(f"SELECT key, full_at FROM rate_bucket WHERE key IN ({marks(keys)})", keys)
    known: dict[str, float] = {row[0]: row[1] for row in rows}
    moved = {key: max(known.get(key, 0.0), moment) + more for key, more in spent.items()}
    await run_many(
        "INSERT INTO rate_bucket (key, full_at) VALUES (?, ?)"
        " ON CONFLICT (key) DO UPDATE SET full_at = excluded.full_at",
        [(key, full_at) for key, full_at in moved.items() if spent[key]],
    )
    return moved


@transaction
async def secret_of_the_day() -> tuple[str, bytes]:
    """Today (UTC), and the secret of this day's digests, the same in all processes.

    Those of other days are deleted: what they stood for can no longer be found out.
    """
    day = now().date().isoformat()
    await DaySecret.exclude(day=day).delete()
    found, _ = await DaySecret.get_or_create(day=day, defaults={"secret": secrets.token_hex(32)})
    return day, bytes.fromhex(found.secret)
