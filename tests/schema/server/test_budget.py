"""Budgets of requests: texts are rendered once and bounded, and work ends with its client."""

from __future__ import annotations

import asyncio
import time
from typing import Any

import anyio
import anyio.lowlevel
import orjson
import pytest

from hub import articles
from hub.auth import SYSTEM
from hub.drafts import NewArticle
from hub.models import Article, Status
from hub.settings import Settings
from hub.text.bodies import Body, Markup
from tests.support.factories import a_comment, an_article
from tests.support.hub import Client, a_hub
from tests.support.statements import counted

pytestmark = pytest.mark.anyio

DENSE = "<p><strong>a</strong> <em>b</em> <a href='/x'>c</a> *_[x]</p>"
"""HTML of many tags, whose rendering takes half a microsecond a character."""


async def a_long_article(number: int, length: int) -> int:
    html = f"<p>{number}</p>" + DENSE * (length // len(DENSE))
    draft = NewArticle(
        title=f"Long {number}",
        summary="s" * 3_000,
        body=Body(html, Markup.HTML),
        status=Status.PUBLISHED,
    )
    return await articles.create(draft, by=SYSTEM)


def aliased(field: str, count: int = 20) -> str:
    return " ".join(f"a{number}: {field}" for number in range(count))


async def cpu_of(client: Client, query: str) -> float:
    started = time.process_time()
    await client.ask(query)
    return time.process_time() - started


@pytest.mark.parametrize("format_", ["MARKDOWN", "TEXT"])
@pytest.mark.parametrize("plans", [True, False])
async def test_a_text_is_rendered_once_for_all_its_aliases(
    settings: Settings, plans: bool, format_: str
) -> None:
    """Of articles and of comments alike."""
    values = {"plans": plans, "max_cost": 10**6, "max_response_bytes": 10**8}
    async with a_hub(settings.model_copy(update=values)) as client:
        for number in range(4):
            id_ = await a_long_article(number, 60_000)
            for _ in range(5):
                await a_comment(id_, body=f"{number} " + "*a* _b_ [c] " * 1_000)
        await anyio.sleep(1)  # the indexer is done
        body = f"body(format: {format_})"
        for fields in ("%s", "comments { nodes { %s } }"):
            query = f"{{ articles {{ nodes {{ {fields} }} }} }}"
            single = await cpu_of(client, query % body)
            many = await cpu_of(client, query % aliased(body))
            assert many < 6 * single + 0.15


SHAPES = {
    "bodies": "{ articles { nodes { body } } }",
    "aliases of a body": f"{{ articles(first: 1) {{ nodes {{ {aliased('body')} }} }} }}",
    "Markdown": f"{{ articles(first: 2) {{ nodes {{ {aliased('body(format: MARKDOWN)')} }} }} }}",
    "excerpts": f"{{ articles(first: 8) {{ nodes {{ {aliased('excerpt(length: 2000)')} }} }} }}",
    "summaries": f"{{ {aliased('articles(first: 8) { nodes { summary } }')} }}",
    "comments": f"{{ articles {{ nodes {{ comments {{ nodes {{ {aliased('body')} }} }} }} }} }}",
    "comments as text": "{ articles { nodes { comments { nodes { "
    + aliased("body(format: TEXT)")
    + " } } } } }",
}


@pytest.mark.parametrize("plans", [True, False])
async def test_a_response_has_a_largest_size(settings: Settings, plans: bool) -> None:
    values = {"max_response_bytes": 100_000, "plans": plans, "max_batch": 10}
    async with a_hub(settings.model_copy(update=values)) as client:
        for number in range(8):
            id_ = await a_long_article(number, 20_000)
            await a_comment(id_, body="Well said. " * 300)
        for shape, query in SHAPES.items():
            answer = await client.http.post("/graphql", json={"query": query})
            [error] = answer.json()["errors"]
            assert error["extensions"]["code"] == "RESPONSE_TOO_LARGE", shape
            assert "data" not in answer.json(), shape
            assert "100000 bytes" in error["message"], shape
        assert await client.ask("{ articles(first: 3) { nodes { body } } }")
        one = {"query": "{ articles(first: 3) { nodes { body } } }"}
        together = (await client.http.post("/graphql", json=[one, one, one])).json()
        assert together["errors"][0]["extensions"]["code"] == "RESPONSE_TOO_LARGE"


async def test_the_length_of_texts_counts(settings: Settings) -> None:
    """Before they are rendered; the cost that is told includes it."""
    query = "query($n: Int) { articles(first: $n) { nodes { body(format: MARKDOWN) } } }"
    async with a_hub(settings.model_copy(update={"max_cost": 12_000})) as client:
        for number in range(8):
            await a_long_article(number, 100_000)
        answer = await client.post(query, n=2)
        assert 2_000 < answer["extensions"]["cost"]["requested"] < 12_000
        [error] = (await client.post(query, n=8))["errors"]
        assert error["extensions"]["code"] == "QUERY_TOO_EXPENSIVE"
        started = time.process_time()
        await client.post(query, n=8)
        assert time.process_time() - started < 0.5


async def post_and_leave(client: Client, query: str, seconds: float) -> list[Any]:
    """Send a query, disconnect after `seconds`, and return what was sent back."""
    return await send_and_leave(client, "/graphql", {"query": query}, seconds)


async def send_and_leave(client: Client, address: str, content: Any, seconds: float) -> list[Any]:
    """Send a request, a POST with content, disconnect, and return what was sent back."""
    sent = list[Any]()
    body = orjson.dumps(content) if content else b""
    path, _, query_string = address.partition("?")
    messages = [{"type": "http.request", "body": body}]

    async def receive() -> Any:
        if messages:
            return messages.pop()
        await asyncio.sleep(seconds)
        return {"type": "http.disconnect"}

    async def send(message: Any) -> None:
        sent.append(message)

    scope = {
        "type": "http",
        "method": "POST" if content else "GET",
        "scheme": "http",
        "path": path,
        "query_string": query_string.encode(),
        "headers": [(b"host", b"hub.test"), (b"content-type", b"application/json")],
        "client": ("127.0.0.1", 1),
    }
    await client.app(scope, receive, send)
    return sent


async def test_work_ends_when_its_client_leaves(settings: Settings) -> None:
    query = "{ articles(first: 40) { nodes { body(format: MARKDOWN) } } }"
    values = {"max_cost": 10**6, "max_response_bytes": 10**9}
    async with a_hub(settings.model_copy(update=values)) as client:
        for number in range(30):
            await a_long_article(number, 100_000)
        await anyio.sleep(1)  # the indexer is done
        started = time.process_time()
        assert not await post_and_leave(client, query, 0.1)
        await anyio.sleep(0.5)
        cancelled = time.process_time() - started
        assert cancelled < await cpu_of(client, query) / 2


SEARCHES: dict[str, Any] = {
    "/search?q=bread": None,
    "/suggest?q=brea": None,
    "/feed.xml?q=bread": None,
    "/atom.xml?q=bread": None,
    "/feed.json?q=bread": None,
    "/instantsearch": {"requests": [{"indexName": "articles", "query": "bread"}] * 5},
    "/1/indexes/*/queries": {"requests": [{"indexName": "articles", "query": "bread"}]},
    "/1/indexes/articles/query": {"query": "bread"},
    "/1/indexes/articles/facets/topics/query": {"facetQuery": "b"},
    "/graphql": {"query": '{ search(query: "bread") { totalCount } }'},
}
"""Requests that search, with their bodies."""


@pytest.mark.parametrize("address", SEARCHES)
async def test_no_search_outlives_its_client(
    settings: Settings, address: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    begun, ended = asyncio.Event(), asyncio.Event()

    async def search_for_ever(*_: object) -> None:
        begun.set()
        try:
            await asyncio.sleep(3_600)
        finally:
            ended.set()

    async with a_hub(settings) as client:
        await an_article("Bread")
        for name in ("search", "suggest"):
            monkeypatch.setattr(client.app.state.engine, name, search_for_ever)
        with anyio.fail_after(20):
            sent = await send_and_leave(client, address, SEARCHES[address], 0.1)
            await ended.wait()
        assert begun.is_set()
        statuses = {message["status"] for message in sent if "status" in message}
        assert statuses <= {499}


async def test_a_mutation_goes_on_without_its_client(settings: Settings) -> None:
    async with a_hub(settings) as client:
        id_ = await an_article("Open", comments_open=True)
        [target] = await Article.filter(id=id_).values_list("slug", flat=True)
        opened = await client.ask("query($s: String) { article(slug: $s) { id } }", s=target)
        query = f"""mutation {{ submitComment(input: {{ articleId: "{opened["article"]["id"]}",
          authorName: "Rita", body: "{"*a* " * 4_000}" }}) {{ __typename }} }}"""
        await post_and_leave(client, query, 0)
        with anyio.fail_after(10):
            while True:
                [[count]] = await client.db.rows("SELECT count(*) FROM comment", [])
                if count:
                    break
                await anyio.sleep(0.05)


async def turns_during(client: Client, path: str) -> int:
    """Count the turns that other tasks have while a page is rendered."""
    turns, is_done = 0, False

    async def take_turns() -> None:
        nonlocal turns
        while not is_done:
            turns += 1
            await anyio.lowlevel.checkpoint()

    async with anyio.create_task_group() as tasks:
        tasks.start_soon(take_turns)
        response = await client.http.get(path)
        is_done = True
    assert response.status_code == 200
    return turns


@pytest.mark.parametrize("path", ["/feed.xml?first=50", "/atom.xml?first=50", "/sitemap-0.xml"])
async def test_streams_are_rendered_in_slices_and_kept(settings: Settings, path: str) -> None:
    async with a_hub(settings) as client:
        for number in range(50):
            await an_article(f"Article {number}")
        with counted(client.db) as rendering:
            first = await client.http.get(path)
        with counted(client.db) as repeating:
            second = await client.http.get(path)
        assert second.content == first.content
        assert len(repeating) < len(rendering)
        for other in {"/feed.xml?first=50", "/atom.xml?first=50"} - {path}:
            assert (await client.http.get(other)).content != first.content
        await an_article("Newest")
        assert b"Newest" in (await client.http.get(path)).content or "sitemap" in path


async def test_others_have_their_turn_while_a_stream_is_rendered(settings: Settings) -> None:
    async with a_hub(settings) as client:
        few = await turns_during(client, "/feed.xml?first=1")
        for number in range(50):
            await an_article(f"Article {number}")
        await anyio.sleep(0.5)
        assert await turns_during(client, "/feed.xml?first=50") > few + 40


async def test_rendered_streams_count_as_searches(settings: Settings) -> None:
    async with a_hub(settings.model_copy(update={"searches_per_minute": 3})) as client:
        await an_article("One")
        paths = [f"/feed.xml?first={number}" for number in range(1, 6)]
        statuses = [(await client.http.get(path)).status_code for path in (paths[0], *paths)]
        assert statuses == [200, 200, 200, 200, 429, 429]
        assert (await client.http.get(paths[0])).status_code == 200  # it is cached


async def test_the_loop_is_free_while_a_long_body_is_saved(settings: Settings) -> None:
    """No transaction waits for it either."""
    async with a_hub(settings) as client:
        body = Body("![" * 100_000, Markup.MARKDOWN)
        saves, started = list[float](), time.perf_counter()

        async def save() -> None:
            await articles.create(NewArticle(title="Long", body=body), by=SYSTEM)
            saves.append(time.perf_counter() - started)

        async with anyio.create_task_group() as tasks:
            tasks.start_soon(save)
            await anyio.sleep(0.01)
            await an_article("Short")
            short = time.perf_counter() - started
            await client.ask("{ site { name } }")
        assert short < saves[0]
