"""schema.server.turns: one read begins in each round of the event loop, whatever is ready."""

from __future__ import annotations

import asyncio

import pytest

from schema.server.turns import Turns
from tests.support.factories import an_article
from tests.support.hub import Client

pytestmark = pytest.mark.anyio


async def test_reads_begin_in_their_order_one_in_each_round() -> None:
    turns, log = Turns(), list[str]()

    async def read(name: str) -> None:
        await turns.take()
        log.append(name)

    async def save() -> None:
        """Go through six rounds of the event loop, as a save does."""
        for step in range(6):
            await asyncio.sleep(0)
            log.append(f"save {step}")

    reads = [asyncio.create_task(read(f"read {number}")) for number in range(64)]
    saving = asyncio.create_task(save())
    await asyncio.gather(*reads, saving)
    assert [line for line in log if line.startswith("read")] == [f"read {n}" for n in range(64)]
    assert log.index("save 5") <= 6 + 8  # not behind all reads


async def test_a_read_alone_does_not_wait() -> None:
    turns = Turns()
    for _ in range(3):
        taking = turns.take()
        with pytest.raises(StopIteration):
            taking.send(None)
        await asyncio.sleep(0)
        await asyncio.sleep(0)


async def test_who_is_cancelled_while_waiting_takes_no_turn() -> None:
    turns, log = Turns(), list[int]()

    async def read(number: int) -> None:
        await turns.take()
        log.append(number)

    reads = [asyncio.create_task(read(number)) for number in range(6)]
    await asyncio.sleep(0)
    for number in (2, 3, 5):
        reads[number].cancel()
    await asyncio.gather(*reads, return_exceptions=True)
    assert log == [0, 1, 4]
    await asyncio.wait_for(read(6), 5)
    assert log[-1] == 6


async def test_a_suspended_read_holds_up_no_other() -> None:
    turns, go, log = Turns(), asyncio.Event(), list[str]()

    async def slow() -> None:
        await turns.take()
        await go.wait()
        log.append("slow")

    async def quick() -> None:
        await turns.take()
        log.append("quick")

    waiting = asyncio.create_task(slow())
    await asyncio.wait_for(asyncio.gather(quick(), quick()), 5)
    go.set()
    await waiting
    assert log == ["quick", "quick", "slow"]


@pytest.mark.databases
async def test_pages_and_queries_take_turns_and_saves_do_not(client: Client) -> None:
    await an_article("Bread", slug="bread")
    turns: Turns = client.app.state.graphql.operations.turns
    turns._is_taken = True  # nobody gives one
    reads = [
        asyncio.create_task(client.ask('{ article(slug: "bread") { title } }', editor=True)),
        asyncio.create_task(client.http.get("/feed.xml")),
    ]
    save = 'mutation { createArticle(input: {title: "Salt", body: {text: "White."}})'
    saved = await asyncio.wait_for(
        client.ask(f"{save} {{ ... on CreateArticlePayload {{ articleId }} }} }}", editor=True), 60
    )
    assert saved["createArticle"]["articleId"]
    await asyncio.sleep(0.1)
    assert not any(read.done() for read in reads)
    turns._give()
    [article, feed] = await asyncio.wait_for(asyncio.gather(*reads), 60)
    assert article == {"article": {"title": "Bread"}}
    assert feed.status_code == 200
