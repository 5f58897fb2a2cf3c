"""The response cache: no stale response; and the headers for browsers and CDNs."""

from __future__ import annotations

import asyncio
import random
from itertools import count
from typing import Any

import anyio
import pytest

from hub import articles, comments, outbox
from hub.auth import SYSTEM
from hub.drafts import ArticleChanges
from hub.models import Article, CommentStatus, RelationKind, Status
from hub.related import link, unlink
from hub.search import tuning
from hub.settings import Settings
from schema.server.operations import Operations
from schema.server.response_cache import GraphQLResponse, ResponseCache
from tests.support.factories import a_comment, an_article
from tests.support.hub import Client, a_hub
from tests.support.statements import counted

pytestmark = [pytest.mark.anyio, pytest.mark.databases]

QUERIES = (
    "{ articles(first: 5) { totalCount nodes { title version commentCount topics { name } } } }",
    '{ article(slug: "bread") { title related(first: 9) { edges { kind node { title } } }'
    " relatedBy { totalCount } comments { totalCount nodes { body } } } }",
    '{ search(query: "bread") { totalCount nodes { title } facets { buckets { value count } } } }',
    '{ search(query: "well", in: [COMMENTS]) { totalCount } }',
    "{ topics { nodes { name articles { totalCount } } } authors { totalCount } }",
)
_numbers = count()


def response_cache(client: Client) -> ResponseCache:
    cache: ResponseCache = client.http._transport.app.state.graphql.operations.response_cache  # type: ignore[attr-defined]
    return cache


async def get(client: Client, query: str, **headers: str) -> Any:
    return await client.http.get("/graphql", params={"query": query}, headers=headers)


class Editors:
    """Editors who make random changes."""

    def __init__(self, ids: list[int], comment_ids: list[int]) -> None:
        self._ids = ids
        self._comment_ids = comment_ids
        self.chance = random.Random(4)

    async def revise(self) -> None:
        article = await Article.get(id=self.chance.choice(self._ids))
        word = self.chance.choice(["bread", "salt"])
        changes = ArticleChanges(title=f"{article.title.split()[0]} {word} {next(_numbers)}")
        await articles.revise(article.id, changes, seen_version=article.version, by=SYSTEM)

    async def publish_or_not(self) -> None:
        article = await Article.get(id=self.chance.choice(self._ids))
        if article.status is Status.PUBLISHED:
            await articles.archive(article.id, by=SYSTEM)
        else:
            await articles.publish(article.id, by=SYSTEM)

    async def comment(self) -> None:
        self._comment_ids.append(await a_comment(self.chance.choice(self._ids)))

    async def moderate(self) -> None:
        status = self.chance.choice(list(CommentStatus))
        await comments.moderate(self.chance.choice(self._comment_ids), status, by=SYSTEM)

    async def relate(self) -> None:
        source, target = self.chance.sample(self._ids, 2)
        edge = await link(source, target_id=target, kind=RelationKind.PINNED, by=SYSTEM)
        if self.chance.random() < 0.5:
            await unlink(edge, by=SYSTEM)

    async def tune(self) -> None:
        await tuning.add_synonyms(("bread", f"word{next(_numbers)}"), by=SYSTEM)

    async def rest(self) -> None:
        await anyio.sleep(0.05)


async def test_after_any_change_kept_answers_are_those_computed_anew(client: Client) -> None:
    ids = [
        await an_article(title, "Some bread.", topics=("food",), authors=("Nora",))
        for title in ("Bread", "Rye bread", "Cheese")
    ]
    editors = Editors(ids, [await a_comment(ids[0])])
    changes = [
        editors.revise,
        editors.publish_or_not,
        editors.comment,
        editors.moderate,
        editors.relate,
        editors.tune,
        editors.rest,
    ]
    for _ in range(60):
        await editors.chance.choice(changes)()
        for query in QUERIES:
            before = (await get(client, query)).json()
            fresh = (await get(client, f"{query} # {next(_numbers)}")).json()
            after = (await get(client, query)).json()
            assert fresh in (before, after)  # the index may have moved on in between
    assert response_cache(client).statistics.hits > 50
    assert response_cache(client).statistics.purges > 20


async def test_an_answer_is_kept_whether_it_comes_by_get_or_post(client: Client) -> None:
    query = "{ site { name } }"
    await client.post(query)
    assert (await client.post(query)) == (await get(client, query)).json()
    assert response_cache(client).statistics.hits == 2
    variables: dict[str, Any] = {"first": 1, "after": None}
    listed = """query($first: Int, $after: String) {
      topics(first: $first, after: $after) { totalCount } }"""
    await client.post(listed, **variables)
    await client.post(listed, **dict(reversed(variables.items())))
    assert response_cache(client).statistics.hits == 3


async def test_the_same_bytes_are_answered_unread_while_nothing_changes(
    client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def execute(*_: Any) -> Any:
        raise AssertionError("the request was read")

    id_ = await an_article("Bread")
    query = '{ article(slug: "bread") { title version } }'
    posted, response = await client.post(query), await get(client, query)
    size = response_cache(client).statistics.bytes
    with monkeypatch.context() as patch:
        patch.setattr(Operations, "execute", execute)
        assert await client.post(query) == posted
        repeated = await get(client, query)
        assert (repeated.content, repeated.headers["etag"]) == (
            response.content,
            response.headers["etag"],
        )
        unchanged = await get(client, query, **{"if-none-match": response.headers["etag"]})
        assert (unchanged.status_code, unchanged.content) == (304, b"")
        assert {"etag", "cache-control", "vary", "x-request-id"} <= {*unchanged.headers}
        other = await client.http.get(
            "/graphql", params={"query": query}, headers={"accept": "application/json"}
        )
        assert other.json() == posted
        for arguments in ({"editor": True}, {"unknown": 1}):  # a token; other bytes
            assert "errors" in await client.post(query, **arguments)
    await articles.revise(id_, ArticleChanges(title="Rye"), seen_version=1, by=SYSTEM)
    assert (await client.post(query))["data"]["article"]["title"] == "Rye"
    assert response_cache(client).statistics.bytes < size


async def test_ways_to_ask_for_one_answer_take_room_and_are_bounded(settings: Settings) -> None:
    async with a_hub(settings.model_copy(update={"cache_bytes": 20_000})) as client:
        for number in range(100):
            await get(client, "{ site { name } }" + "#" * number)
            sent = {"query": "{ site { url } }", "extensions": {"padding": "x" * number}}
            await client.http.post("/graphql", json=sent)
        figures = response_cache(client).statistics
        assert figures.evictions > 10
        assert figures.bytes <= 20_000
        assert 2 <= figures.entries <= 20


async def test_what_did_not_ask_the_index_outlives_its_commits(client: Client) -> None:
    await an_article("Bread")
    plain, searching = "{ topics { totalCount } }", '{ search(query: "bread") { totalCount } }'
    with anyio.fail_after(10):
        while await outbox.depth(client.db):
            await anyio.sleep(0.02)
    for query in (plain, searching):
        await client.post(query)
    await client.indexer._engine.write([], [10**6])
    await outbox.announce_search()
    figures = response_cache(client).statistics
    hits, misses = figures.hits, figures.misses
    await client.post(plain)
    await client.post(searching)
    assert (figures.hits - hits, figures.misses - misses) == (1, 1)


async def test_who_shows_a_token_gets_and_leaves_no_kept_answer(client: Client) -> None:
    await an_article("Secret", status=Status.DRAFT)
    query = "{ articles { totalCount } }"
    for editor, total in ((True, 1), (False, 0), (True, 1)):
        answer = await client.http.get(
            "/graphql", params={"query": query}, headers=client.editor if editor else {}
        )
        assert answer.json()["data"]["articles"]["totalCount"] == total
        assert answer.headers["cache-control"] == ("no-store" if editor else "public, max-age=0")
        assert ("etag" in answer.headers) is not editor
        assert "Authorization" in answer.headers["vary"]


async def test_what_has_not_changed_is_not_sent_again(client: Client) -> None:
    id_ = await an_article("Bread")
    query = "{ articles { nodes { title } } }"
    etag = (await get(client, query)).headers["etag"]

    for if_none_match in (etag, f'"other", W/{etag}', "*"):
        answer = await get(client, query, **{"if-none-match": if_none_match})
        assert (answer.status_code, answer.content) == (304, b"")
        assert answer.headers["etag"] == etag
    await articles.delete(id_, by=SYSTEM)
    answer = await get(client, query, **{"if-none-match": etag})
    assert answer.status_code == 200
    assert answer.headers["etag"] != etag


async def test_errors_and_mutations_are_never_kept(client: Client) -> None:
    for query in ("{ nothing }", "{", '{ search(query: "x", first: 0) { totalCount } }'):
        for _ in range(2):
            answer = await get(client, query)
            assert answer.headers["cache-control"] == "no-store"
    assert response_cache(client).statistics.entries == 0
    id_ = (await client.ask("{ articles { nodes { id } } }"))["articles"]["nodes"]
    assert id_ == []


async def test_equal_mutations_at_once_are_two(client: Client) -> None:
    article = await an_article("Bread")
    bread = await client.ask('{ article(slug: "bread") { id } }')
    submit = """mutation($id: ID!) { submitComment(input: {
      articleId: $id, authorName: "Rita", body: "Well." }) { __typename } }"""
    async with anyio.create_task_group() as tasks:
        for _ in range(2):
            tasks.start_soon(lambda: client.ask(submit, id=bread["article"]["id"]))
    rows = await client.db.rows("SELECT id FROM comment WHERE article_id = ?", [article])
    assert len(rows) == 2


async def test_many_who_ask_the_same_at_once_are_answered_by_one_computation(
    demo: Client,
) -> None:
    query = "{ articles(first: 3) { nodes { title topics { name } } } }"
    counts = []
    await get(demo, query)
    for times in (1, 20):
        with counted(demo.db) as statements:
            async with anyio.create_task_group() as tasks:
                for _ in range(times):
                    tasks.start_soon(get, demo, f"{query} # {times}")
        counts.append(len(statements))
    assert counts[0] == counts[1] > 0


async def test_what_is_kept_is_bounded(demo: Client) -> None:
    response_cache(demo)._max_bytes = 20_000
    for number in range(200):
        await get(demo, f"{{ site {{ name }} }} # {number}")
    figures = response_cache(demo).statistics
    assert figures.bytes <= 20_000
    assert figures.evictions > 100
    assert 5 <= figures.entries <= 30


async def test_searches_are_counted_though_their_answer_was_kept(demo: Client) -> None:
    for _ in range(3):
        await get(demo, '{ search(query: "bread") { totalCount } }')
    counter = demo.http._transport.app.state.search_counter  # type: ignore[attr-defined]
    assert counter._pending["bread"].asked == 3
    assert response_cache(demo).statistics.hits == 2


LONG = "{ articles(first: 20) { nodes { title summary publishedAt topics { name } } } }"


@pytest.mark.parametrize(
    ("accepted", "coding"),
    [("gzip, deflate, br", "br"), ("gzip", "gzip"), ("*", "br"), ("br;q=0, gzip", "gzip")],
)
async def test_answers_are_compressed_for_who_takes_that(
    accepted: str, coding: str, demo: Client
) -> None:
    plain = await get(demo, LONG, **{"accept-encoding": "identity"})
    assert "content-encoding" not in plain.headers
    for _ in range(2):  # made, and kept
        small = await get(demo, LONG, **{"accept-encoding": accepted})
        assert small.headers["content-encoding"] == coding
        assert small.json() == plain.json()
        assert int(small.headers["content-length"]) < len(plain.content) / 2
    assert "Accept-Encoding" in small.headers["vary"]
    assert small.headers["etag"] != plain.headers["etag"]
    for previous, status in ((small, 304), (plain, 200)):
        sent = {"accept-encoding": accepted, "if-none-match": previous.headers["etag"]}
        assert (await get(demo, LONG, **sent)).status_code == status


async def test_whatever_is_long_is_compressed_and_nothing_else(demo: Client) -> None:
    posted = await demo.http.post("/graphql", json={"query": LONG})
    assert posted.headers["content-encoding"] == "br"
    assert (await get(demo, LONG, **demo.editor)).headers["content-encoding"] == "br"
    short = await get(demo, "{ site { name } }")
    assert "content-encoding" not in short.headers
    assert (
        short.headers["etag"]
        == (await get(demo, "{ site { name } }", **{"accept-encoding": "identity"})).headers["etag"]
    )


async def test_compressed_answers_take_the_room_that_they_are_counted_with(client: Client) -> None:
    for number in range(30):
        await an_article(f"Bread {number}")
    query = "{ articles(first: 30) { nodes { title slug } } }"
    await get(client, "{ site { name } }")
    alone = response_cache(client).statistics.bytes
    await get(client, query, **{"accept-encoding": "identity"})
    before = response_cache(client).statistics.bytes
    small = await get(client, query)
    room = response_cache(client).statistics.bytes - before
    assert room > int(small.headers["content-length"]) > 100
    await an_article("Cheese")  # all that was kept is dropped
    await get(client, "{ site { name } }")
    assert response_cache(client).statistics.bytes == alone


async def test_a_computation_ends_with_the_last_of_its_callers(client: Client) -> None:
    cache = response_cache(client)
    ended = list[str]()

    async def compute() -> GraphQLResponse:
        try:
            await anyio.sleep(60)
        except asyncio.CancelledError:
            ended.append("cancelled")
            raise
        return GraphQLResponse(200, b"")

    key = ("{ site { name } }", None, b"", "application/json")
    first, second = (asyncio.create_task(cache.get_or_compute(key, compute)) for _ in range(2))
    await anyio.sleep(0.1)
    first.cancel()
    await anyio.sleep(0.1)
    assert not ended
    second.cancel()
    await anyio.sleep(0.1)
    assert ended == ["cancelled"]
    third = asyncio.create_task(cache.get_or_compute(key, compute))
    await anyio.sleep(0.1)
    assert not third.done()  # it does not share what has been cancelled
    third.cancel()
