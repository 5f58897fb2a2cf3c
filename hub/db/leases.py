"""Leases: exclusive locks on tasks, for several processes on one or more machines.

A lease expires by itself, by the database's clock: its holder renews it, and when that process
dies another takes over. A process that stalls may wake up after its lease has passed on, so the
work under a lease has to be safe if two do it.
"""

from __future__ import annotations

import logging
import secrets
from collections.abc import Awaitable, Callable
from time import monotonic

import anyio

from hub.db.database import Reader, fault_of, run
from hub.db.postgres.sql import CLOCK
from hub.errors import DatabaseError

log = logging.getLogger(__name__)
LEASE_SECONDS = 15.0


async def acquire(db: Reader, name: str, holder: str, seconds: float) -> bool:
    """Acquire or renew a lease for `seconds` from now; return False if another holder has it.

    One statement, a read, if another has it. Never waits for another's transaction, and no process
    is notified of the change.
    """
    sql = f"SELECT 1 FROM lease WHERE name = ? AND holder <> ? AND until > {CLOCK}"
    if await db.rows(sql, [name, holder]):
        return False
    await run(
        f"INSERT INTO lease (name, holder, until) VALUES (?, ?, {CLOCK} + ?) ON CONFLICT (name)"
        " DO UPDATE SET holder = excluded.holder, until = excluded.until"
        f" WHERE lease.holder = excluded.holder OR lease.until <= {CLOCK}",
        [name, holder, seconds],
    )
    [row] = await run("SELECT holder FROM lease WHERE name = ?", [name])
    return bool(row["holder"] == holder)


async def release(name: str, holder: str) -> None:
    """Release a lease, so that another process can acquire it at once."""
    await run("DELETE FROM lease WHERE name = ? AND holder = ?", [name, holder])


class Lease:
    """The lease on one task, as a process uses it: renewed when a third of its time is over."""

    def __init__(self, db: Reader, name: str) -> None:
        self._db = db
        self._name = name
        self._holder = secrets.token_hex(8)
        self._next_check = 0.0
        self.is_held = False
        """Whether this process held the lease when it last looked."""

    async def hold(self) -> bool:
        """Return whether this process holds the lease; acquires or renews it when that is due."""
        if monotonic() >= self._next_check:
            self.is_held = await acquire(self._db, self._name, self._holder, LEASE_SECONDS)
            self._next_check = monotonic() + LEASE_SECONDS / 3
        return self.is_held

    async def release(self) -> None:
        """Release the lease if this process holds it, even while it is being cancelled.

        A lease of a database that does not answer ends by itself.
        """
        if self.is_held:
            self.is_held, self._next_check = False, 0.0
            with anyio.CancelScope(shield=True):
                try:
                    await release(self._name, self._holder)
                except Exception as error:
                    if fault_of(error) is None:
                        raise


Work = Callable[[], Awaitable[object]]


async def run_when_due(
    db: Reader, name: str, seconds: float, is_due: Callable[[], Awaitable[bool]], work: Work
) -> None:
    """Ask `is_due` every `seconds`, and do the work when it is, in one process at a time.

    Until cancelled. Errors are logged; the work is done again the next time.
    """
    lease = Lease(db, name)

    async def attempt() -> None:
        try:
            if await is_due() and await lease.hold():
                await work()
        finally:
            await lease.release()

    await _repeat(name, seconds, attempt)


async def run_periodically(db: Reader, name: str, seconds: float, work: Work) -> None:
    """Do the work every `seconds`, in one process of all that share the database.

    Until cancelled. Errors are logged; the work is done again when another `seconds` are over.
    """
    holder = secrets.token_hex(8)

    async def attempt() -> None:
        # Expires a little early, so that the next turn does not miss it by a moment.
        if await acquire(db, name, holder, seconds * 0.9):
            await work()

    await _repeat(name, seconds, attempt)


async def _repeat(name: str, seconds: float, work: Work) -> None:
    while True:
        try:
            await work()
        except DatabaseError as error:
            log.warning("The task %r could not run: %s", name, error)
        except Exception:
            log.exception("The task %r failed", name)
        await anyio.sleep(seconds)
