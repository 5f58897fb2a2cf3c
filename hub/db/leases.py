"""Leases: exclusive locks on tasks, for several processes on one or more machines.

A lease expires by itself: its holder renews it, and when that process dies another takes over.
Clocks have to agree within a few seconds.
"""

from __future__ import annotations

from collections.abc import Sequence
from time import time
from typing import Any

from hub.db.database import Reader, run, transaction


async def acquire(db: Reader, name: str, holder: str, seconds: float) -> bool:
    """Acquire or renew a lease for `seconds` from now; return False if another holder has it.

    One statement, without a lock, if another holder has it.
    """
    sql = "SELECT holder, until FROM lease WHERE name = ?"
    if _is_held_by_other(await db.rows(sql, [name]), holder):
        return False

    @transaction
    async def write_lease() -> bool:  # writers are serialised: no other changes the row meanwhile
        if _is_held_by_other(await run(sql, [name]), holder):
            return False
        await run(
            "INSERT INTO lease (name, holder, until) VALUES (?, ?, ?) ON CONFLICT (name)"
            " DO UPDATE SET holder = excluded.holder, until = excluded.until",
            [name, holder, time() + seconds],
        )
        return True

    return await write_lease()


def _is_held_by_other(rows: Sequence[Any], holder: str) -> bool:
    """Return whether the lease is held by another than `holder` now."""
    return any(row[0] != holder and row[1] > time() for row in rows)


@transaction
async def release(name: str, holder: str) -> None:
    """Release a lease, so that another process can acquire it at once."""
    await run("DELETE FROM lease WHERE name = ? AND holder = ?", [name, holder])
