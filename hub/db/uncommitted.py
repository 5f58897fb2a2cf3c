"""Reads of what a transaction has changed, which is rolled back afterwards."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import AbstractContextManager, asynccontextmanager, nullcontext, suppress
from time import monotonic
from typing import Any

from tortoise import Tortoise

from hub.db.database import holds_writer, run_in_transaction
from hub.db.postgres.sql import translate
from hub.db.writer import Writer
from hub.errors import DatabaseError, RateLimited

MAX_WAITING = 16
"""Callers of a process that wait for their turn at most: one reads, and saves go in between."""


class UncommittedReader:
    """See `hub.db.database.Reader`; reads through an open transaction, in the writer's thread."""

    immediate = False

    def __init__(self, writer: Writer) -> None:
        self.statements = 0
        self.unnests = False
        self._writer = writer
        self._transaction: Any = None
        self._lock = asyncio.Lock()
        """Held by a statement, or for good once the transaction is to end."""

    def open(self) -> None:
        """Read through the current transaction from now on. Of the writer's thread."""
        self._transaction = Tortoise.get_connection("default")
        self.unnests = self._transaction.capabilities.dialect == "postgres"

    async def end(self) -> None:
        """Wait for the statement that runs, and let no other one begin. Of the writer's thread."""
        await self._lock.acquire()
        self._transaction = None
        self._lock.release()

    async def rows(self, sql: str, args: Sequence[object] = ()) -> list[tuple[Any, ...]]:
        """See `Reader.rows`."""
        self.statements += 1
        return await self._writer.call(self._rows(sql, args))

    async def _rows(self, sql: str, args: Sequence[object]) -> list[tuple[Any, ...]]:
        async with self._lock:
            if self._transaction is None:
                raise DatabaseError("the time of a preview is over")
            connection = self._transaction._connection
            if self.unnests:
                sql, args = translate(sql, args)
                return list(map(tuple, await connection.fetch(sql, *args)))
            return list(map(tuple, await connection.execute_fetchall(sql, args)))

    def snapshot(self) -> AbstractContextManager[object]:
        """See `Reader.snapshot`: all statements see the same data."""
        return nullcontext()

    def stamp(self) -> int:
        """See `Reader.stamp`; the data do not change."""
        return 0

    def close(self) -> None:
        """See `Reader.close`."""


class _RollBack(Exception):
    """Ends a transaction without keeping what it has changed."""


@asynccontextmanager
async def uncommitted(
    work: Callable[[], Awaitable[object]], seconds: float
) -> AsyncIterator[UncommittedReader]:
    """Run `work` in a transaction, return a reader that sees its changes, and undo them at the end.

    Other transactions of all processes wait meanwhile, `seconds` at most from the beginning of
    `work`: afterwards `work` is cancelled, or the reader raises DatabaseError. Within the context
    `transaction` raises DatabaseError. A process has one such context at a time; others wait, and
    after each for as long as it took, so that saves go in between.

    Raises:
        RateLimited: too many wait, or it was not the caller's turn for `seconds`.
        DatabaseError: as `transaction`; or `work` took longer than `seconds`.
        Exception: what `work` raises.
    """
    client: Any = Tortoise.get_connection("default")
    writer: Writer = client.writer
    async with _turn(writer, seconds):
        reader = UncommittedReader(writer)
        loop = asyncio.get_running_loop()
        is_open, is_over = asyncio.Event(), asyncio.Event()

        async def hold() -> None:
            with suppress(TimeoutError):
                async with asyncio.timeout(seconds):
                    await work()
                    reader.open()
                    loop.call_soon_threadsafe(is_open.set)
                    await is_over.wait()
            await reader.end()
            raise _RollBack

        async def end() -> None:
            is_over.set()

        held = asyncio.ensure_future(run_in_transaction(hold, alone=True))
        held.add_done_callback(lambda _: is_open.set())
        try:
            await is_open.wait()
            if held.done():
                _raise_failure(held, seconds)
            holds_writer.set(True)
            yield reader
        finally:
            holds_writer.set(False)
            await asyncio.shield(_finish(writer.call(end()), held))


@asynccontextmanager
async def _turn(writer: Writer, seconds: float) -> AsyncIterator[None]:
    """Wait until no other reader of the writer's transaction is open, nor was for as long.

    So saves have half of the time at least. Raises RateLimited.
    """
    refusal = RateLimited("previews at once", round(seconds))
    if writer.readers > MAX_WAITING:
        raise refusal
    writer.readers += 1
    is_turn = False
    try:
        try:
            async with asyncio.timeout(seconds):
                is_turn = await writer.turn.acquire()
                await asyncio.sleep(writer.free_until - monotonic())
        except TimeoutError:
            raise refusal from None
        began = monotonic()
        try:
            yield
        finally:
            ended = monotonic()
            writer.free_until = ended + (ended - began)
    finally:
        if is_turn:
            writer.turn.release()
        writer.readers -= 1


def _raise_failure(held: asyncio.Future[None], seconds: float) -> None:
    """Raise why a transaction could not begin."""
    try:
        held.result()
    except _RollBack:
        problem = f"what a preview shows could not be published within {seconds:g} seconds"
        raise DatabaseError(problem) from None


async def _finish(ended: Awaitable[None], held: Awaitable[None]) -> None:
    await ended
    with suppress(Exception):  # the error of a failed work has been raised already
        await held
