"""A loader: collects the keys that are asked for in one turn of the event loop, reads them once.

Smaller than `strawberry.dataloader`, and 4 µs a request and loader cheaper: no batches to size,
no cache to configure, no task a key.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Iterable, Mapping
from typing import Generic, TypeVar

from typing_extensions import override

K = TypeVar("K")
V = TypeVar("V")


class Promise(asyncio.Future[V]):
    """A value to come that several may wait for: none of them cancels it for the others."""

    @override
    def cancel(self, msg: object | None = None) -> bool:
        """Refuses; whoever waits is cancelled all the same."""
        return False


class Loader(Generic[K, V]):
    """Answers for keys one by one what `read` answers for many; each key is read once.

    A key that `read` leaves out stands for `default`. To be made anew for each request.
    """

    __slots__ = ("_default", "_known", "_read", "_running", "_waiting")

    def __init__(self, read: Callable[[list[K]], Awaitable[Mapping[K, V]]], default: V) -> None:
        self._read = read
        self._default = default
        self._known: dict[K, Promise[V]] = {}
        self._waiting: list[K] = []
        self._running: set[asyncio.Task[None]] = set()

    def load(self, key: K) -> Promise[V]:
        """The value of `key`, soon."""
        future = self._known.get(key)
        if future is None:
            loop = asyncio.get_running_loop()
            self._known[key] = future = Promise(loop=loop)
            if not self._waiting:
                loop.call_soon(self._start)
            self._waiting.append(key)
        return future

    async def load_many(self, keys: Iterable[K]) -> list[V]:
        """The values of `keys`, in their order."""
        return [await future for future in [self.load(key) for key in keys]]

    def _start(self) -> None:
        keys, self._waiting = self._waiting, []
        task = asyncio.get_running_loop().create_task(self._run(keys))
        self._running.add(task)
        task.add_done_callback(self._running.discard)

    async def _run(self, keys: list[K]) -> None:
        known, default = self._known, self._default
        try:
            found = await self._read(keys)
        except BaseException as error:
            for key in keys:
                if not (future := known[key]).done():
                    future.set_exception(error)
                    future.exception()  # whoever awaits it is told; nobody has to
            if not isinstance(error, Exception):
                raise
        else:
            for key in keys:
                if not (future := known[key]).done():
                    future.set_result(found.get(key, default))
