"""hub.db.writer: a transaction is one hop, and those that wait are committed together."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable, Coroutine
from contextlib import asynccontextmanager
from contextvars import ContextVar
from typing import Any

import anyio
import anyio.lowlevel
import pytest
from tortoise import Tortoise

from hub import articles, comments, related
from hub.auth import SYSTEM
from hub.db.database import Reader, next_commit, run, transaction
from hub.db.timestamps import now
from hub.db.writer import Writer
from hub.drafts import ArticleChanges, NewArticle
from hub.errors import DatabaseError, Invalid
from hub.models import Change, RelationKind, Status
from tests.hub.db.test_sqlite import no_larger_files
from tests.support.factories import an_article, text
from tests.support.signals import Signal

pytestmark = [pytest.mark.anyio, pytest.mark.databases]


@transaction
async def save(tag: str) -> list[str]:
    """Save a line; return the lines that the transaction sees."""
    await Change.create(tag=tag, at=now())
    return [change.tag for change in await Change.all().order_by("seq")]


@transaction
async def fail(tag: str) -> None:
    await Change.create(tag=tag, at=now())
    raise Invalid("tag", tag)


async def tags(db: Reader) -> list[str]:
    return [tag for (tag,) in await db.rows("SELECT tag FROM change ORDER BY seq")]


def writer() -> Writer:
    client: Any = Tortoise.get_connection("default")
    found: Writer = client.writer
    return found


@asynccontextmanager
async def one_group(
    *members: Coroutine[Any, Any, Any],
) -> AsyncIterator[list[asyncio.Task[Any]]]:
    """Yield the tasks of transactions that are one group, and wait in it for the end of the body.

    It begins with a transaction of its own, which is the last to end.
    """
    began, go = Signal(), Signal()
    writer().group_seconds = 60

    @transaction
    async def before() -> None:
        began.set()
        await go.wait()

    opener = asyncio.create_task(before())
    await began.wait()
    tasks = [asyncio.create_task(member) for member in members]
    await asyncio.sleep(0)
    try:
        yield tasks
    finally:
        go.set()
        await asyncio.gather(opener, *tasks, return_exceptions=True)


SAVES: dict[str, Callable[[int], Coroutine[Any, Any, Any]]] = {
    "create": lambda _: articles.create(
        NewArticle(title="New", body=text("Words."), topics=("Bread", "Salt"), authors=("Ada",)),
        by=SYSTEM,
    ),
    "revise": lambda id_: articles.revise(
        id_, ArticleChanges(title="Other", topics=("Ice",)), seen_version=1, by=SYSTEM
    ),
    "publish": lambda id_: articles.publish(id_, by=SYSTEM),
    "archive": lambda id_: articles.archive(id_, by=SYSTEM),
    "delete": lambda id_: articles.delete(id_, by=SYSTEM),
    "comment": lambda id_: comments.submit(
        id_, author_name="Rita", author_email=None, body="Well said.", by=SYSTEM
    ),
    "link": lambda id_: related.link(
        id_, kind=RelationKind.PINNED, headline="Somewhere", by=SYSTEM
    ),
}


@pytest.mark.parametrize("name", SAVES)
async def test_a_save_is_one_hop(db: Reader, name: str) -> None:
    id_ = await an_article(status=Status.DRAFT)
    before = writer().hops
    await SAVES[name](id_)
    assert writer().hops - before == 1


async def test_transactions_that_wait_are_committed_together(db: Reader) -> None:
    async with one_group(*(save(str(number)) for number in range(8))) as tasks:
        stamp = db.stamp()
    assert [task.result() for task in tasks] == [
        [str(number) for number in range(last + 1)] for last in range(8)
    ]  # each sees those before it in its group, as if they were committed
    assert await tags(db) == [str(number) for number in range(8)]
    assert db.stamp() == stamp + 1


async def test_who_waits_is_told_of_the_next_commit(db: Reader) -> None:
    """One before the call too: it may have come after the waiter's last look at the stamp."""
    with anyio.fail_after(60):
        await save("before")
        await next_commit(3600)
        async with anyio.create_task_group() as group:
            group.start_soon(next_commit, 3600)
            await anyio.lowlevel.checkpoint()
            await save("meanwhile")
    await next_commit(0)
    with anyio.move_on_after(0.05) as none:
        await next_commit(3600)
    assert none.cancelled_caught


async def test_a_failing_one_undoes_itself_alone(db: Reader) -> None:
    async with one_group(save("a"), fail("b"), save("c"), fail("d"), save("e")) as tasks:
        pass
    assert [type(task.exception()) for task in tasks] == [
        *(type(None), Invalid, type(None), Invalid, type(None))
    ]
    assert await tags(db) == ["a", "c", "e"]


async def test_the_first_may_fail_and_the_others_are_saved(db: Reader) -> None:
    writer().group_seconds = 60
    done = await asyncio.gather(fail("a"), save("b"), save("c"), return_exceptions=True)
    assert [type(result) for result in done] == [Invalid, list, list]
    assert await tags(db) == ["b", "c"]


async def test_nothing_is_acknowledged_or_seen_before_the_commit(db: Reader) -> None:
    saved, go = Signal(), Signal()

    @transaction
    async def last() -> None:
        await Change.create(tag="last", at=now())
        saved.set()
        await go.wait()

    async with one_group(save("a"), fail("b"), last()) as tasks:
        pass_on = asyncio.create_task(_release(saved, go, tasks, db))
    await pass_on
    assert await tags(db) == ["a", "last"]


async def _release(saved: Signal, go: Signal, tasks: list[asyncio.Task[Any]], db: Reader) -> None:
    """Look around while all of the group has been written, and then let it be committed."""
    await saved.wait()
    is_done = [task.done() for task in tasks]
    seen = await tags(db)
    go.set()
    assert is_done == [False, False, False]
    assert seen == []


@pytest.mark.databases("sqlite")
async def test_a_commit_that_fails_fails_the_whole_group(db: Reader) -> None:
    await run("PRAGMA wal_checkpoint(TRUNCATE)")
    with no_larger_files(than=4_000):
        async with one_group(save("a"), fail("b"), save("c" * 60)) as tasks:
            pass
    for task in tasks:  # also the one that failed: perhaps for what another one wrote
        assert isinstance(task.exception(), DatabaseError)
    assert await save("d") == ["d"]
    assert await tags(db) == ["d"]


async def test_a_callers_context_is_the_transactions(db: Reader) -> None:
    request: ContextVar[str] = ContextVar("request", default="none")

    @transaction
    async def tell() -> str:
        return request.get()

    async def ask(name: str) -> str:
        request.set(name)
        return await tell()

    async with one_group(ask("a"), ask("b")) as tasks:
        pass
    assert [task.result() for task in tasks] == ["a", "b"]


async def test_a_transaction_within_another_is_refused(db: Reader) -> None:
    @transaction
    async def outer() -> None:
        await save("inner")

    with anyio.fail_after(20), pytest.raises(RuntimeError, match="call helpers within it"):
        await outer()
    assert await save("after") == ["after"]


async def test_statements_outside_do_not_see_an_open_transaction(db: Reader) -> None:
    async def count() -> int:
        return await Change.all().count()

    saved, go = Signal(), Signal()

    @transaction
    async def fails() -> None:
        await Change.create(tag="a", at=now())
        saved.set()
        await go.wait()
        raise Invalid("tag", "a")

    task = asyncio.create_task(fails())
    await saved.wait()
    outside = asyncio.create_task(count())
    await asyncio.sleep(0.05)
    go.set()
    assert await outside == 0
    await asyncio.gather(task, return_exceptions=True)


@pytest.mark.databases("sqlite")
@pytest.mark.parametrize(
    ("name", "most"),
    [("create", 28), ("revise", 34), ("publish", 25), ("comment", 12), ("link", 16)],
)
async def test_a_save_runs_few_statements(db: Reader, name: str, most: int) -> None:
    await an_article("Old", topics=("Bread", "Salt", "Ice"), authors=("Ada",))
    id_ = await an_article(status=Status.DRAFT)
    client: Any = Tortoise.get_connection("default")
    statements = list[str]()
    client._connection._conn.set_trace_callback(statements.append)
    await SAVES[name](id_)
    client._connection._conn.set_trace_callback(None)
    assert statements[0] == "BEGIN IMMEDIATE"
    assert statements[-1] == "COMMIT"
    assert len(statements) <= most
