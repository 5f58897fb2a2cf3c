"""Leases: which of several processes, perhaps on several machines, does a task.

A lease ends by itself: whoever holds one renews it, and when its process dies another takes over.
Clocks have to agree within a few seconds.
"""

from __future__ import annotations

from collections.abc import Sequence
from time import time
from typing import Any

from hub.db.database import Reader, run, transaction


async def hold(db: Reader, name: str, holder: str, seconds: float) -> bool:
    """Whether `holder` has the task for that long from now: it had it, or nobody has.

    One statement where somebody else has it, which takes no lock.
    """
    sql = "SELECT holder, until FROM lease WHERE name = ?"
    if _is_anothers(await db.rows(sql, [name]), holder):
        return False

    @transaction
    async def take() -> bool:  # transactions take turns: what has been read stays true
        if _is_anothers(await run(sql, [name]), holder):
            return False
        await run(
            "INSERT INTO lease (name, holder, until) VALUES (?, ?, ?) ON CONFLICT (name)"
            " DO UPDATE SET holder = excluded.holder, until = excluded.until",
            [name, holder, time() + seconds],
        )
        return True

    return await take()


def _is_anothers(rows: Sequence[Any], holder: str) -> bool:
    """Whether somebody but `holder` has the lease now."""
    return any(row[0] != holder and row[1] > time() for row in rows)


@transaction
async def release(name: str, holder: str) -> None:
    """Let another have the task at once."""
    await run("DELETE FROM lease WHERE name = ? AND holder = ?", [name, holder])
