"""Loaders: what is asked for one by one, and read all at once.

Keys collect until somebody takes a turn: the executor, when it has asked for all that it can, or
else the event loop. Where the database answers on the spot, so does a turn, and nothing of it is
a task; elsewhere each batch is one. Smaller and cheaper than `strawberry.dataloader`.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Coroutine, Iterable, Mapping, Sequence
from types import CoroutineType
from typing import Any, Generic, TypeVar

from typing_extensions import override

K = TypeVar("K")
V = TypeVar("V")
T = TypeVar("T")


class Promise(asyncio.Future[V]):
    """A value to come that several may wait for: none of them cancels it for the others."""

    @override
    def cancel(self, msg: object | None = None) -> bool:
        """Refuses; whoever waits is cancelled all the same."""
        return False


class Turns:
    """The loaders of one request that have keys to read.

    `batches` counts their readings. With `immediate`, what loaders wait for must be rows and
    other loaders, nothing else.
    """

    __slots__ = ("_loop", "_running", "_waiting", "batches", "immediate")

    def __init__(self, *, immediate: bool) -> None:
        self.immediate = immediate
        self.batches = 0
        self._loop = asyncio.get_running_loop()
        self._waiting: list[Loader[Any, Any]] = []
        self._running: set[asyncio.Task[None]] = set()

    def promise(self) -> Promise[Any]:
        """A value to come."""
        return Promise(loop=self._loop)

    def enter(self, loader: Loader[Any, Any]) -> None:
        """Have a loader read its keys in the next turn."""
        if not self._waiting:
            self._loop.call_soon(self.take)
        self._waiting.append(loader)

    def take(self) -> None:
        """Have all read that is asked for; with `immediate`, it has been read on return."""
        loaders, self._waiting = self._waiting, []
        self.batches += len(loaders)
        if self.immediate:
            reading = [loader.read() for loader in loaders]
            while reading:
                reading = [one for one in reading if not _has_ended(one)]
                if reading:
                    self.take()  # they wait for other loaders
            return
        for loader in loaders:
            task = self._loop.create_task(loader.read())
            self._running.add(task)
            task.add_done_callback(self._running.discard)

    async def settle(self, columns: Sequence[list[Any]]) -> None:
        """Replace what is awaited in `columns` by what it comes to; all of it runs side by side."""
        places = [
            (values, at)
            for values in columns
            for at, value in enumerate(values)
            if value.__class__ is CoroutineType
        ]
        if places:
            found = await self.all([values[at] for values, at in places])
            for (values, at), value in zip(places, found, strict=True):
                values[at] = value
        else:
            self.take()
        for values in columns:
            for at, value in enumerate(values):
                if value.__class__ is Promise:
                    values[at] = value.result() if value.done() else await value

    async def all(self, coroutines: Sequence[Coroutine[Any, Any, T]]) -> list[T]:
        """What coroutines come to, in their order; they run side by side.

        Raises what one of them raises; the others are then left where they are.
        """
        if not self.immediate:
            return await asyncio.gather(*coroutines)
        ended: dict[int, T] = {}
        running = dict(enumerate(coroutines))
        try:
            while running:
                waited_for: list[asyncio.Future[Any] | None] = []
                for place, coroutine in list(running.items()):
                    try:
                        waited_for.append(_stepped(coroutine))
                    except StopIteration as end:
                        ended[place] = end.value
                        del running[place]
                self.take()
                for future in waited_for:
                    if future is None:
                        await asyncio.sleep(0)
                    elif not future.done():  # no loader's
                        await asyncio.wait([future])
        finally:
            for coroutine in running.values():
                coroutine.close()
        return [ended[place] for place in range(len(coroutines))]


def _stepped(coroutine: Coroutine[Any, Any, Any]) -> asyncio.Future[Any] | None:
    """Go on with a coroutine, as a task would, until it waits for what is answered here.

    Raises StopIteration at its end, and what it raises itself.
    """
    future: asyncio.Future[Any] | None = coroutine.send(None)
    if future is not None:
        future._asyncio_future_blocking = False  # asyncio's sign that the future has been taken
    return future


def _has_ended(reading: Coroutine[Any, Any, None]) -> bool:
    """Go on with a loader's reading until it ends, or waits for another loader."""
    try:
        waited_for = _stepped(reading)
        if not isinstance(waited_for, Promise):
            reading.throw(RuntimeError("A loader may wait for rows and other loaders alone."))
    except StopIteration:
        return True
    return False


class Loader(Generic[K, V]):
    """Answers for keys one by one what `read` answers for many; each key is read once.

    A key that `read` leaves out stands for `default`. To be made anew for each request.
    """

    __slots__ = ("_default", "_known", "_read", "_turns", "_waiting")

    def __init__(
        self, turns: Turns, read: Callable[[list[K]], Awaitable[Mapping[K, V]]], default: V
    ) -> None:
        self._turns = turns
        self._read = read
        self._default = default
        self._known: dict[K, Promise[V]] = {}
        self._waiting: list[K] = []

    def load(self, key: K) -> Promise[V]:
        """The value of `key`, soon."""
        promise = self._known.get(key)
        if promise is None:
            self._known[key] = promise = self._turns.promise()
            if not self._waiting:
                self._turns.enter(self)
            self._waiting.append(key)
        return promise

    async def load_many(self, keys: Iterable[K]) -> list[V]:
        """The values of `keys`, in their order."""
        return [await promise for promise in [self.load(key) for key in keys]]

    async def read(self) -> None:
        """Read the keys that have been asked for."""
        keys, self._waiting = self._waiting, []
        known, default = self._known, self._default
        try:
            found = await self._read(keys)
        except BaseException as error:
            for key in keys:
                if not (promise := known[key]).done():
                    promise.set_exception(error)
                    promise.exception()  # whoever awaits it is told; nobody has to
            if not isinstance(error, Exception):
                raise
        else:
            for key in keys:
                if not (promise := known[key]).done():
                    promise.set_result(found.get(key, default))
