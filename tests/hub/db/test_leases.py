"""hub.db.leases: one process at a time does a task, by the database's clock."""

from __future__ import annotations

import anyio
import pytest

from hub.db import leases
from hub.db.database import Reader
from hub.db.leases import Lease

pytestmark = [pytest.mark.anyio, pytest.mark.databases]


async def test_a_lease_is_held_by_one_and_passes_on_when_it_ends(db: Reader) -> None:
    assert await leases.acquire(db, "task", "one", 60)
    assert not await leases.acquire(db, "task", "two", 60)
    assert await leases.acquire(db, "task", "one", 0.05)
    await anyio.sleep(0.06)
    assert await leases.acquire(db, "task", "two", 60)
    assert not await leases.acquire(db, "task", "one", 60)
    await leases.release("task", "one")  # not its own any more
    assert not await leases.acquire(db, "task", "one", 60)
    await leases.release("task", "two")
    assert await leases.acquire(db, "task", "one", 60)


async def test_of_many_that_try_at_once_one_gets_it(db: Reader) -> None:
    held = list[str]()

    async def attempt(holder: str) -> None:
        if await leases.acquire(db, "task", holder, 60):
            held.append(holder)

    async with anyio.create_task_group() as tasks:
        for number in range(20):
            tasks.start_soon(attempt, str(number))
    assert len(held) == 1


async def test_a_lease_is_renewed_and_released_by_its_holder(db: Reader) -> None:
    first, second = Lease(db, "task"), Lease(db, "task")
    assert await first.hold()
    assert not await second.hold()
    await second.release()  # it holds none
    await first.release()
    third = Lease(db, "task")
    assert await third.hold()
    assert not await first.hold()


async def test_work_that_is_due_is_done_by_one_at_a_time(db: Reader) -> None:
    due, running, most = {1, 2, 3}, 0, 0

    async def is_due() -> bool:
        return bool(due)

    async def work() -> None:
        nonlocal running, most
        running += 1
        most = max(most, running)
        await anyio.sleep(0.02)
        due.pop()
        running -= 1
        if len(due) == 2:
            raise ValueError("logged, and tried again")

    async with anyio.create_task_group() as tasks:
        for _ in range(3):
            tasks.start_soon(leases.run_when_due, db, "task", 0.01, is_due, work)
        with anyio.fail_after(20):
            while due:
                await anyio.sleep(0.01)
        tasks.cancel_scope.cancel()
    assert most == 1
    assert await db.rows("SELECT * FROM lease") == []


async def test_periodic_work_is_done_once_in_its_time(db: Reader) -> None:
    done = list[int]()

    async def work() -> None:
        done.append(1)

    async with anyio.create_task_group() as tasks:
        for _ in range(3):
            tasks.start_soon(leases.run_periodically, db, "task", 60.0, work)
        await anyio.sleep(0.3)
        tasks.cancel_scope.cancel()
    assert done == [1]
