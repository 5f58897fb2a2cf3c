"""DataLoaders: keys are enqueued one by one and read in batches.

Keys collect until the next dispatch: by the executor, when it has enqueued all that it can, or
else by the event loop. With an immediate database a dispatch reads synchronously and creates no
task; otherwise each batch is a task. Smaller and cheaper than `strawberry.dataloader`: a key has
no future of its own, all keys of a batch share one.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Coroutine, Generator, Iterable, Mapping, Sequence
from contextlib import AbstractContextManager
from types import CoroutineType
from typing import Any, Generic, Protocol, TypeAlias, TypeVar

from typing_extensions import override

K = TypeVar("K")
V = TypeVar("V")
T = TypeVar("T")
Finish: TypeAlias = Callable[[list[Any]], Awaitable[list[Any]]]
"""Completes the values of a column; it may await more than rows."""


class Batch(asyncio.Future[None]):
    """Keys that are read together, and the future of this read.

    Several coroutines may await it: cancelling one of them does not cancel it for the others.
    """

    def __init__(self, loop: asyncio.AbstractEventLoop) -> None:
        super().__init__(loop=loop)
        self.keys: list[Any] = []

    @override
    def cancel(self, msg: object | None = None) -> bool:
        """Refuse; the awaiting coroutine is cancelled all the same."""
        return False


class Database(Protocol):
    """The part of `hub.db.database.Reader` that a dispatcher needs."""

    @property
    def immediate(self) -> bool:
        """See `Reader.immediate`."""
        ...

    def snapshot(self) -> AbstractContextManager[object]:
        """See `Reader.snapshot`."""
        ...


class Dispatcher:
    """Scheduler of the loaders of one request.

    `batches` counts the batches read. With an `immediate` database, a loader's read may await
    rows and other loaders, nothing else.
    """

    __slots__ = ("_db", "_loop", "_running", "_scheduled", "batches")

    @property
    def has_latency(self) -> bool:
        """Tell whether a dispatch takes time, so that keys should be enqueued early."""
        return not self._db.immediate

    def __init__(self, db: Database) -> None:
        self.batches = 0
        self._db = db
        self._loop = asyncio.get_running_loop()
        self._scheduled: list[Loader[Any, Any]] = []
        self._running: set[asyncio.Task[None]] = set()

    def schedule(self, loader: Loader[Any, Any]) -> Batch:
        """Schedule a loader's enqueued keys for the next dispatch."""
        if not self._scheduled:
            self._loop.call_soon(self.dispatch)
        self._scheduled.append(loader)
        return Batch(self._loop)

    def dispatch(self) -> None:
        """Read the batches of all scheduled loaders; an `immediate` database is done on return."""
        if not self._scheduled:
            return
        if self._db.immediate:
            if len(self._scheduled) > 1:
                with self._db.snapshot():
                    self._run()
            else:
                self._run()
            return
        loaders, self._scheduled = self._scheduled, []
        self.batches += len(loaders)
        for loader in loaders:
            task = self._loop.create_task(loader.read())
            self._running.add(task)
            task.add_done_callback(self._running.discard)

    def _run(self) -> None:
        reads = list[Coroutine[Any, Any, None]]()
        while reads or self._scheduled:
            loaders, self._scheduled = self._scheduled, []
            self.batches += len(loaders)
            reads += [loader.read() for loader in loaders]
            # A read that has not ended has scheduled another loader, or waits for one that has.
            reads = [read for read in reads if not _advance(read)]

    async def resolve_columns(self, frames: Sequence[list[Any]]) -> None:
        """Replace the columns of frames by their values; all are awaited concurrently.

        A column is a `DeferredColumn`, or a list of values some of which may be awaitable.
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
            results = await self.gather([values[at] for values, at in awaited])
            for (values, at), value in zip(awaited, results, strict=True):
                values[at] = value
        else:
            self.dispatch()
        for columns in frames:
            for place, values in enumerate(columns):
                if values.__class__ is DeferredColumn:
                    columns[place] = await values
                    continue
                for at, value in enumerate(values):
                    if value.__class__ is Deferred:
                        values[at] = await value

    async def gather(self, coroutines: Sequence[Coroutine[Any, Any, T]]) -> list[T]:
        """Return the results of coroutines, in their order; they run concurrently.

        Raises what one of them raises; the others are not awaited then.
        """
        if not self._db.immediate:
            return await asyncio.gather(*coroutines)
        results: dict[int, T] = {}
        running = dict(enumerate(coroutines))
        try:
            while running:
                futures: list[asyncio.Future[Any] | None] = []
                for index, coroutine in list(running.items()):
                    try:
                        futures.append(_step(coroutine))
                    except StopIteration as end:
                        results[index] = end.value
                        del running[index]
                self.dispatch()
                for future in futures:
                    if future is None:
                        await asyncio.sleep(0)
                    elif not future.done():  # it is not a batch
                        await asyncio.wait([future])
        finally:
            for coroutine in running.values():
                coroutine.close()
        return [results[index] for index in range(len(coroutines))]


def _step(coroutine: Coroutine[Any, Any, Any]) -> asyncio.Future[Any] | None:
    """Resume a coroutine, as a task would, until it awaits a future; return that future.

    Raises StopIteration at its end, and what it raises itself.
    """
    future: asyncio.Future[Any] | None = coroutine.send(None)
    if future is not None:
        future._asyncio_future_blocking = False  # a task resets this flag likewise
    return future


def _advance(read: Coroutine[Any, Any, None]) -> bool:
    """Resume a loader's read until it ends (True), or awaits another loader (False)."""
    try:
        future = _step(read)
        if not isinstance(future, Batch):
            read.throw(RuntimeError("A loader may wait for rows and other loaders alone."))
    except StopIteration:
        return True
    return False


class Loader(Generic[K, V]):
    """Load values by single keys with a `read` of many keys; each key is read once.

    A key that `read` leaves out has the value `default`. Created for each request.
    """

    __slots__ = ("_batch", "_default", "_dispatcher", "_errors", "_pending", "_read", "_values")

    def __init__(
        self,
        dispatcher: Dispatcher,
        read: Callable[[list[K]], Awaitable[Mapping[K, V]]],
        default: V,
    ) -> None:
        self._dispatcher = dispatcher
        self._read = read
        self._default = default
        self._values: dict[K, V] = {}
        self._errors: dict[K, BaseException] = {}
        self._pending: dict[K, Batch] = {}
        self._batch: Batch | None = None

    def load(self, key: K) -> Deferred[K, V]:
        """Enqueue `key`; return its value, to be awaited."""
        self.enqueue((key,))
        return Deferred(self, key)

    async def load_many(self, keys: Iterable[K]) -> list[V]:
        """Return the values of `keys`, in their order."""
        return await DeferredColumn(self, list(keys), None)

    def enqueue(self, keys: Iterable[K]) -> None:
        """Enqueue keys for the next dispatch, except those that are loaded or pending."""
        if not self._values and not self._pending:
            unique = list(dict.fromkeys(keys))
            if unique:
                self._batch = self._dispatcher.schedule(self)
                self._batch.keys = unique
                self._pending = dict.fromkeys(unique, self._batch)
            return
        for key in keys:
            if key not in self._values and key not in self._pending:
                if self._batch is None:
                    self._batch = self._dispatcher.schedule(self)
                self._pending[key] = self._batch
                self._batch.keys.append(key)

    def prime(self, values: Mapping[K, V]) -> None:
        """Store values that another read has returned, except of keys loaded or pending."""
        for key, value in values.items():
            if key not in self._values and key not in self._pending:
                self._values[key] = value

    def batch(self, key: K) -> Batch | None:
        """Return the batch in which `key` is pending; None if it is loaded."""
        return self._pending.get(key)

    def batch_of_any(self, keys: Sequence[K | None]) -> Batch | None:
        """Return a batch in which one of `keys` is pending; None if all are loaded."""
        pending = self._pending
        if not pending:
            return None
        return next((pending[key] for key in keys if key is not None and key in pending), None)

    def column(
        self, keys: Sequence[K | None], transform: Callable[[V, K], Any] | None
    ) -> list[Any]:
        """Return the transformed values of loaded keys, None for a key that is None.

        Raises what the read of one of them raised.
        """
        values, errors = self._values, self._errors
        if errors:
            for key in keys:
                if key in errors:
                    raise errors[key]
        if transform is None:
            return [None if key is None else values[key] for key in keys]
        return [None if key is None else transform(values[key], key) for key in keys]

    def value(self, key: K) -> V:
        """Return the value of a loaded key. Raises what its read raised."""
        if key in self._errors:
            raise self._errors[key]
        return self._values[key]

    async def read(self) -> None:
        """Read the enqueued keys as one batch."""
        batch, self._batch = self._batch, None
        if batch is None:
            return
        try:
            values = await self._read(batch.keys)
        except BaseException as error:
            self._errors |= dict.fromkeys(batch.keys, error)
            self._values |= dict.fromkeys(batch.keys, self._default)
            if not isinstance(error, Exception):
                raise
        else:
            self._values |= dict.fromkeys(batch.keys, self._default)
            self._values |= values
        finally:
            for key in batch.keys:
                del self._pending[key]
            batch.set_result(None)


class Deferred(Generic[K, V]):
    """The value of a key, to be awaited; raises what its read raised."""

    __slots__ = ("_key", "_loader")

    def __init__(self, loader: Loader[K, V], key: K) -> None:
        self._loader = loader
        self._key = key

    def __await__(self) -> Generator[Any, None, V]:
        batch = self._loader.batch(self._key)
        if batch is not None:
            yield from batch
        return self._loader.value(self._key)


class DeferredColumn(Generic[K, V]):
    """The values of a column's keys, to be awaited; None where a key is None."""

    __slots__ = ("_finish", "_keys", "_loader", "_transform")

    def __init__(
        self,
        loader: Loader[K, V],
        keys: Sequence[K | None],
        transform: Callable[[V, K], Any] | None,
        finish: Finish | None = None,
    ) -> None:
        """`transform` converts a value and its key; None for the value itself."""
        self._finish = finish
        self._loader = loader
        self._keys = keys
        self._transform = transform
        loader.enqueue([key for key in keys if key is not None])

    def __await__(self) -> Generator[Any, None, list[Any]]:
        while (batch := self._loader.batch_of_any(self._keys)) is not None:
            yield from batch
        values = self._loader.column(self._keys, self._transform)
        if self._finish is not None:
            values = yield from self._finish(values).__await__()
        return values
