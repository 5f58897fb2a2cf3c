"""The writer: the thread of a process in which its transactions run, one after the other.

A service runs there from its first statement to its last, so that none of its statements waits for
the event loop that serves requests: a transaction is one hop there and back. Those that wait at the
same time are committed together, since a commit waits for the disk.
"""

from __future__ import annotations

import asyncio
import threading
from collections import deque
from collections.abc import Callable, Coroutine
from contextlib import suppress
from contextvars import Context, copy_context
from time import monotonic
from typing import Any, TypeVar

from tortoise.backends.base.client import BaseDBAsyncClient, TransactionalDBClient
from tortoise.connection import get_connections
from typing_extensions import override

T = TypeVar("T")
GROUP_SECONDS = 0.02
"""Time after which a group is committed, with the transaction that it is at: so long the first one
waits for the others of its group, and other processes for the lock."""


class _Job:
    """A service to run in a transaction, and its outcome; `future` is of the caller's loop."""

    def __init__(self, work: Callable[[], Coroutine[Any, Any, Any]], alone: bool) -> None:
        self.work = work
        self.alone = alone
        self.context: Context = copy_context()
        self.future: asyncio.Future[Any] = asyncio.get_running_loop().create_future()
        self.result: Any = None
        self.error: BaseException | None = None

    async def run(self, transaction: TransactionalDBClient) -> None:
        """Run the work in the caller's context, with `transaction` as its connection."""
        name = transaction.connection_name
        self.context.run(lambda: get_connections().set(name, transaction))
        try:
            self.result = await asyncio.get_running_loop().create_task(
                self.work(), context=self.context
            )
        except BaseException as error:
            self.error = error
            raise

    def deliver(self) -> None:
        """Hand the outcome to the caller, which may have been cancelled, or its loop closed."""
        with suppress(RuntimeError):
            self.future.get_loop().call_soon_threadsafe(self._deliver)

    def _deliver(self) -> None:
        if self.future.done():
            return
        if self.error is None:
            self.future.set_result(self.result)
        else:
            self.future.set_exception(self.error)


class Writer:
    """A thread with an event loop of its own, which runs the transactions of one client.

    `hops` counts what was sent to it, for tests. A group that has run for `group_seconds` is
    committed. `readers`, `turn` and `free_until` are of `hub.db.uncommitted`, in the caller's loop:
    how many read through a transaction or wait to, who may, and from when on.
    """

    def __init__(self, client: BaseDBAsyncClient) -> None:
        self._client = client
        self.hops = 0
        self.group_seconds = GROUP_SECONDS
        self.readers = 0
        self.turn = asyncio.Lock()
        self.free_until = 0.0
        self._committed = asyncio.Event()
        self._queue = deque[_Job]()
        self._running: asyncio.Task[None] | None = None
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._serve, name="hub-writer", daemon=True)
        self._thread.start()

    @property
    def is_current(self) -> bool:
        """Whether the caller runs in this thread."""
        return threading.current_thread() is self._thread

    async def run(self, work: Callable[[], Coroutine[Any, Any, T]], *, alone: bool = False) -> T:
        """Run `work` in a transaction, and return its result once that is committed.

        `alone`: nothing else is committed with it, which would wait for its end.
        It runs to its end even if the caller is cancelled. Raises what `work` raises.
        """
        self.hops += 1
        job = _Job(work, alone)
        job.future.add_done_callback(lambda _: self._committed.set())
        self._queue.append(job)
        self._loop.call_soon_threadsafe(self._start)
        result: T = await job.future
        return result

    async def call(self, statement: Coroutine[Any, Any, T]) -> T:
        """Run a coroutine in the thread, outside of transactions, and return its result."""
        self.hops += 1
        return await asyncio.wrap_future(asyncio.run_coroutine_threadsafe(statement, self._loop))

    async def next_commit(self, seconds: float) -> None:
        """Return once a transaction has ended since the last call, at the latest after `seconds`.

        For one waiter, in the loop of those who send. What other processes commit wakes nobody.
        """
        with suppress(TimeoutError):
            async with asyncio.timeout(seconds):
                await self._committed.wait()
        self._committed.clear()

    async def drain(self) -> None:
        """Wait until nothing is left to run, whoever still waits for it."""

        async def drained() -> None:
            while self._running is not None and not self._running.done():
                await asyncio.wait([self._running])

        await self.call(drained())

    async def stop(self) -> None:
        """End the thread, after what is left to run."""
        await self.drain()
        self._loop.call_soon_threadsafe(self._loop.stop)
        await asyncio.get_running_loop().run_in_executor(None, self._thread.join)

    def _serve(self) -> None:
        asyncio.set_event_loop(self._loop)
        try:
            self._loop.run_forever()
        finally:
            self._loop.close()

    def _start(self) -> None:
        if self._running is None or self._running.done():
            self._running = self._loop.create_task(self._run_all())

    async def _run_all(self) -> None:
        while self._queue:
            await self._run_group()

    async def _run_group(self) -> None:
        """Run the jobs that wait in one transaction, and hand out the outcomes once it has ended.

        Not before: what a job read may be what another one wrote. If the transaction cannot begin
        or be committed, none of its jobs is done, and those that wait have waited long enough too.
        """
        waiting, group = len(self._queue), list[_Job]()
        try:
            async with self._client._in_transaction() as transaction:
                await self._run_jobs(transaction, group)
        except BaseException as error:
            group = group or [self._queue.popleft() for _ in range(waiting)]
            for job in group:
                job.error = error
        for job in group:
            job.deliver()

    async def _run_jobs(self, transaction: TransactionalDBClient, group: list[_Job]) -> None:
        """Run jobs until none waits or it is time to commit; `group` gets them as they begin.

        The first one needs no savepoint: if it fails, the transaction is rolled back before others
        have begun. Raises its error, and that of a savepoint to which there is no way back.
        """
        until = monotonic() + self.group_seconds
        group.append(self._queue.popleft())
        await group[0].run(transaction)
        while self._queue and monotonic() < until:
            if group[-1].alone or self._queue[0].alone:
                return
            group.append(self._queue.popleft())
            try:
                async with transaction._in_transaction() as savepoint:
                    await group[-1].run(savepoint)
            except BaseException as error:
                if error is not group[-1].error:
                    raise (group[-1].error or error) from None


class WriterClient(BaseDBAsyncClient):
    """Base of the clients of both databases: it has a writer.

    Once that has been started, statements outside of transactions run in its thread too, which
    owns the connections. Before, as while migrating, they run in the calling thread.
    """

    _writer: Writer | None = None

    @property
    def writer(self) -> Writer:
        """The writer, which starts with its first use and ends when the client is closed."""
        if self._writer is None:
            self._writer = Writer(self)
        return self._writer

    @override
    def _check_loop(self) -> bool:
        return True  # connections belong to the writer's event loop, whoever asks

    @override
    async def execute_insert(self, query: str, values: list[Any]) -> Any:
        return await self._in_thread(super().execute_insert(query, values))

    @override
    async def execute_query(self, query: str, values: list[Any] | None = None) -> tuple[int, Any]:
        return await self._in_thread(super().execute_query(query, values))

    @override
    async def execute_script(self, query: str) -> None:
        await self._in_thread(super().execute_script(query))

    @override
    async def execute_many(self, query: str, values: list[list[Any]]) -> None:
        await self._in_thread(super().execute_many(query, values))

    @override
    async def execute_query_dict(
        self, query: str, values: list[Any] | None = None
    ) -> list[dict[Any, Any]]:
        return await self._in_thread(super().execute_query_dict(query, values))

    @override
    async def close(self) -> None:
        await self._in_thread(super().close())
        if self._writer is not None:
            await self._writer.stop()
            self._writer = None

    async def _in_thread(self, statement: Coroutine[Any, Any, T]) -> T:
        if self._writer is None or self._writer.is_current:
            return await statement
        return await self._writer.call(statement)
