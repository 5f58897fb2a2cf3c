"""Loaders read keys in batches, with an immediate database and with one that has latency."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager

import pytest

from schema.execution.dataloader import Dispatcher, Loader

pytestmark = pytest.mark.anyio
both = pytest.mark.parametrize("immediate", [True, False])


class Doubles:
    """A database whose reads double their keys; with latency unless it is `immediate`."""

    def __init__(self, *, immediate: bool) -> None:
        self.immediate = immediate
        self.read: list[list[int]] = []
        self.moments = 0
        self.dispatcher = Dispatcher(self)
        self.loader = Loader(self.dispatcher, self._doubled, 0)

    @contextmanager
    def snapshot(self) -> Iterator[None]:
        self.moments += 1
        yield

    async def _doubled(self, keys: list[int]) -> dict[int, int]:
        self.read.append(keys)
        if not self.immediate:
            await asyncio.sleep(0.001)
        if 13 in keys:
            raise OSError("the disk is gone")
        return {key: 2 * key for key in keys if key != 404}

    def following_loader(self, others: Callable[[int], list[int]]) -> Loader[int, list[int]]:
        """Return a loader that loads values of `others(key)` from the first loader."""

        async def read(keys: list[int]) -> dict[int, list[int]]:
            return {key: await self.loader.load_many(others(key)) for key in keys}

        return Loader(self.dispatcher, read, [])


@both
async def test_what_is_asked_for_together_is_read_together(immediate: bool) -> None:
    doubles = Doubles(immediate=immediate)
    assert await doubles.loader.load_many([1, 2, 1, 404]) == [2, 4, 2, 0]
    assert await doubles.loader.load(2) == 4
    assert doubles.read == [[1, 2, 404]]


@both
async def test_coroutines_run_side_by_side(immediate: bool) -> None:
    doubles = Doubles(immediate=immediate)

    async def sum_of(*keys: int) -> int:
        first = sum(await doubles.loader.load_many(keys))
        await asyncio.sleep(0)
        return first + await doubles.loader.load(first)

    assert await doubles.dispatcher.gather([sum_of(1, 2), sum_of(2, 3)]) == [18, 30]
    assert doubles.read == [[1, 2, 3], [6, 10]]


@both
async def test_loaders_that_wait_for_the_same_key_of_another(immediate: bool) -> None:
    doubles = Doubles(immediate=immediate)
    first, second = (
        doubles.following_loader(lambda key: [key, 7]),
        doubles.following_loader(lambda _: [7]),
    )
    assert [*await asyncio.gather(first.load(1), second.load(1))] == [[2, 14], [14]]
    assert doubles.read == [[1, 7]]


@both
async def test_who_waits_for_what_cannot_be_read_is_told(immediate: bool) -> None:
    doubles = Doubles(immediate=immediate)

    async def of(key: int) -> int:
        return await doubles.loader.load(key)

    with pytest.raises(OSError, match="disk"):
        await doubles.dispatcher.gather([of(13), of(1)])
    with pytest.raises(OSError, match="disk"):
        await doubles.loader.load(13)


async def test_a_loader_of_a_database_that_answers_on_the_spot_waits_for_nothing_else() -> None:
    async def read(keys: list[int]) -> dict[int, int]:
        await asyncio.sleep(0)
        return dict.fromkeys(keys, 1)

    with pytest.raises(RuntimeError, match="rows and other loaders alone"):
        await Loader(Doubles(immediate=True).dispatcher, read, 0).load(1)


@both
async def test_who_is_cancelled_cancels_nobody_else(immediate: bool) -> None:
    doubles = Doubles(immediate=immediate)

    async def waiting(key: int) -> int:
        return await doubles.loader.load(key)

    tasks = [asyncio.create_task(waiting(1)) for _ in range(2)]
    await asyncio.sleep(0)
    tasks[0].cancel()
    assert await tasks[1] == 2
    assert tasks[0].cancelled() or await cancelled(tasks[0])


async def cancelled(task: Awaitable[int]) -> bool:
    with pytest.raises(asyncio.CancelledError):
        await task
    return True
