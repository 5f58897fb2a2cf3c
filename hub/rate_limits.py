"""Rate limit buckets that several processes share through the database.

A bucket has a capacity of a minute. It is stored as the time when it will be full again: an action
moves this time forward, and is refused if that would move it more than a minute ahead (the generic
cell rate algorithm). So a bucket is one number, and a full one needs no row.
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


class Decision(NamedTuple):
    """A decision on an action, and the time when the bucket will be full again."""

    allowed: bool
    full_at: float


def has_room(full_at: float, seconds: float, moment: float) -> bool:
    """Return whether a bucket has room for that many seconds."""
    return max(full_at, moment) + seconds - moment <= MINUTE + _ROUNDING


@transaction
async def spend(spent: Mapping[str, float]) -> dict[str, float]:
    """Charge buckets for past actions, in seconds, and return the times when they will be full.

    Buckets that are full again are deleted. Four statements.
    """
    moment = time()
    await RateBucket.filter(full_at__lt=moment).delete()
    return await _advance(spent, moment)


@transaction
async def acquire(key: str, seconds: float, owed: float) -> Decision:
    """Charge a bucket for `owed`, and then for `seconds` if there is room. Three statements.

    Exact with any number of processes, since write transactions are serialised.
    """
    moment = time()
    full_at = (await _advance({key: owed}, moment))[key]
    if not has_room(full_at, seconds, moment):
        return Decision(False, full_at)
    return Decision(True, (await _advance({key: seconds}, moment))[key])


async def _advance(spent: Mapping[str, float], moment: float) -> dict[str, float]:
    keys = list(spent)
    rows = await run(f"SELECT key, full_at FROM rate_bucket WHERE key IN ({marks(keys)})", keys)
    stored: dict[str, float] = {row[0]: row[1] for row in rows}
    moved = {key: max(stored.get(key, 0.0), moment) + more for key, more in spent.items()}
    await run_many(
        "INSERT INTO rate_bucket (key, full_at) VALUES (?, ?)"
        " ON CONFLICT (key) DO UPDATE SET full_at = excluded.full_at",
        [(key, full_at) for key, full_at in moved.items() if spent[key]],
    )
    return moved


@transaction
async def daily_secret() -> tuple[str, bytes]:
    """Return today's date (UTC), and the secret of its digests, the same in all processes.

    Secrets of other days are deleted, so that their digests cannot be traced back.
    """
    day = now().date().isoformat()
    await DaySecret.exclude(day=day).delete()
    row, _ = await DaySecret.get_or_create(day=day, defaults={"secret": secrets.token_hex(32)})
    return day, bytes.fromhex(row.secret)
