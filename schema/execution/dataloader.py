"""Loaders: what is asked for one by one, and read all at once.

Keys collect until somebody takes a turn: the executor, when it has asked for all that it can, or
else the event loop. Where the database answers on the spot, so does a turn, and nothing of it is
a task; elsewhere each batch is one. Smaller and cheaper than `strawberry.dataloader`: what waits
for a key is no future of its own, but goes by the one of the batch that reads it.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Coroutine, Generator, Iterable, Mapping, Sequence
from contextlib import AbstractContextManager
from types import CoroutineType
from typing import Any, Generic, Protocol, TypeVar

from typing_extensions import override

K = TypeVar("K")
V = TypeVar("V")
T = TypeVar("T")


class Batch(asyncio.Future[None]):
    """Keys that are read together, and the end of that.

    Several may wait for it: none of them cancels it for the others.
    """

    def __init__(self, loop: asyncio.AbstractEventLoop) -> None:
        super().__init__(loop=loop)
        self.keys: list[Any] = []

    @override
    def cancel(self, msg: object | None = None) -> bool:
        """Refuses; whoever waits is cancelled all the same."""
        return False


class Database(Protocol):
    """What there is to know of the database of a `hub.db.database.Reader`."""

    @property
    def immediate(self) -> bool:
        """See there."""
        ...

    def at_one_moment(self) -> AbstractContextManager[object]:
        """See there."""
        ...


class Turns:
    """The loaders of one request that have keys to read.

    `batches` counts their readings. With a database that is `immediate`, what loaders wait for
    must be rows and other loaders, nothing else.
    """

    __slots__ = ("_db", "_loop", "_running", "_waiting", "batches")

    @property
    def are_waited_for(self) -> bool:
        """Whether each turn takes a while, so that it pays to ask early."""
        return not self._db.immediate

    def __init__(self, db: Database) -> None:
        self.batches = 0
        self._db = db
        self._loop = asyncio.get_running_loop()
        self._waiting: list[Loader[Any, Any]] = []
        self._running: set[asyncio.Task[None]] = set()

    def enter(self, loader: Loader[Any, Any]) -> Batch:
        """Have a loader read its keys in the next turn."""
        if not self._waiting:
            self._loop.call_soon(self.take)
        self._waiting.append(loader)
        return Batch(self._loop)

    def take(self) -> None:
        """Have all read that is asked for; on return it has been, where that is `immediate`."""
        if not self._waiting:
            return
        if self._db.immediate:
            if len(self._waiting) > 1:
                with self._db.at_one_moment():
                    self._read()
            else:
                self._read()
            return
        loaders, self._waiting = self._waiting, []
        self.batches += len(loaders)
        for loader in loaders:
            task = self._loop.create_task(loader.read())
            self._running.add(task)
            task.add_done_callback(self._running.discard)

    def _read(self) -> None:
        reading = list[Coroutine[Any, Any, None]]()
        while reading or self._waiting:
            loaders, self._waiting = self._waiting, []
            self.batches += len(loaders)
            reading += [loader.read() for loader in loaders]
            # Those that go on have entered other loaders, or wait for such as have.
            reading = [one for one in reading if not _has_ended(one)]

    async def settle(self, frames: Sequence[list[Any]]) -> None:
        """Replace the columns of frames by what they come to; all of it runs side by side.

        A column is a `Loading`, or a list of values of which some may be awaited.
        """
        awaited = [
            (values, at)
            for columns in frames
            for values in columns
            if values.__class__ is list
            for at, value in enumerate(values)
            if value.__class__ is CoroutineType
        ]
        if awaited:
            found = await self.all([values[at] for values, at in awaited])
            for (values, at), value in zip(awaited, found, strict=True):
                values[at] = value
        else:
            self.take()
        for columns in frames:
            for place, values in enumerate(columns):
                if values.__class__ is Loading:
                    columns[place] = await values
                    continue
                for at, value in enumerate(values):
                    if value.__class__ is Later:
                        values[at] = await value

    async def all(self, coroutines: Sequence[Coroutine[Any, Any, T]]) -> list[T]:
        """What coroutines come to, in their order; they run side by side.

        Raises what one of them raises; the others are then left where they are.
        """
        if not self._db.immediate:
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
        if not isinstance(waited_for, Batch):
            reading.throw(RuntimeError("A loader may wait for rows and other loaders alone."))
    except StopIteration:
        return True
    return False


class Loader(Generic[K, V]):
    """Answers for keys one by one what `read` answers for many; each key is read once.

    A key that `read` leaves out stands for `default`. To be made anew for each request.
    """

    __slots__ = ("_batch", "_default", "_failed", "_known", "_read", "_reading", "_turns")

    def __init__(
        self, turns: Turns, read: Callable[[list[K]], Awaitable[Mapping[K, V]]], default: V
    ) -> None:
        self._turns = turns
        self._read = read
        self._default = default
        self._known: dict[K, V] = {}
        self._failed: dict[K, BaseException] = {}
        self._reading: dict[K, Batch] = {}
        self._batch: Batch | None = None

    def load(self, key: K) -> Later[K, V]:
        """The value of `key`, soon."""
        self.ask((key,))
        return Later(self, key)

    async def load_many(self, keys: Iterable[K]) -> list[V]:
        """The values of `keys`, in their order."""
        return await Loading(self, list(keys), None)

    def ask(self, keys: Iterable[K]) -> None:
        """Have keys read in the next turn, unless they are known or being read."""
        if not self._known and not self._reading:
            wanted = list(dict.fromkeys(keys))
            if wanted:
                self._batch = self._turns.enter(self)
                self._batch.keys = wanted
                self._reading = dict.fromkeys(wanted, self._batch)
            return
        for key in keys:
            if key not in self._known and key not in self._reading:
                if self._batch is None:
                    self._batch = self._turns.enter(self)
                self._reading[key] = self._batch
                self._batch.keys.append(key)

    def batch(self, key: K) -> Batch | None:
        """What `key` is read with; None where it has been read."""
        return self._reading.get(key)

    def batch_of_any(self, keys: Sequence[K | None]) -> Batch | None:
        """What one of `keys` is read with; None where all have been read."""
        reading = self._reading
        if not reading:
            return None
        return next((reading[key] for key in keys if key is not None and key in reading), None)

    def column(self, keys: Sequence[K | None], show: Callable[[V, K], Any] | None) -> list[Any]:
        """What is shown of the values of keys that have been read; None where a key is None.

        Raises what the reading of one of them raised.
        """
        known, failed = self._known, self._failed
        if failed:
            for key in keys:
                if key in failed:
                    raise failed[key]
        if show is None:
            return [None if key is None else known[key] for key in keys]
        return [None if key is None else show(known[key], key) for key in keys]

    def value(self, key: K) -> V:
        """The value of a key that has been read. Raises what its reading raised."""
        if key in self._failed:
            raise self._failed[key]
        return self._known[key]

    async def read(self) -> None:
        """Read the keys that have been asked for."""
        batch, self._batch = self._batch, None
        if batch is None:
            return
        try:
            found = await self._read(batch.keys)
        except BaseException as error:
            self._failed |= dict.fromkeys(batch.keys, error)
            self._known |= dict.fromkeys(batch.keys, self._default)
            if not isinstance(error, Exception):
                raise
        else:
            self._known |= dict.fromkeys(batch.keys, self._default)
            self._known |= found
        finally:
            for key in batch.keys:
                del self._reading[key]
            batch.set_result(None)


class Later(Generic[K, V]):
    """A value to come: awaited, it is that of a key, or raises what its reading raised."""

    __slots__ = ("_key", "_loader")

    def __init__(self, loader: Loader[K, V], key: K) -> None:
        self._loader = loader
        self._key = key

    def __await__(self) -> Generator[Any, None, V]:
        batch = self._loader.batch(self._key)
        if batch is not None:
            yield from batch
        return self._loader.value(self._key)


class Loading(Generic[K, V]):
    """A column to come: what rows show of what their keys lead to, None where a key is None."""

    __slots__ = ("_keys", "_loader", "_show")

    def __init__(
        self, loader: Loader[K, V], keys: Sequence[K | None], show: Callable[[V, K], Any] | None
    ) -> None:
        """`show` makes of a value and its key what is shown; None for the value itself."""
        self._loader = loader
        self._keys = keys
        self._show = show
        loader.ask([key for key in keys if key is not None])

    def __await__(self) -> Generator[Any, None, list[Any]]:
        while (batch := self._loader.batch_of_any(self._keys)) is not None:
            yield from batch
        return self._loader.column(self._keys, self._show)
