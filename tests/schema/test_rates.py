"""How often somebody may comment, change and search."""

from __future__ import annotations

from typing import Any

import pytest
from starlette.types import Scope

from hub.auth import ANONYMOUS, SYSTEM
from hub.errors import RateLimited
from hub.settings import Settings
from schema.rates import MAX_BUCKETS, Limit, Rates, who
from tests.factories import an_article
from tests.schema.conftest import a_hub

pytestmark = pytest.mark.anyio
SUBMIT = """mutation($id: ID!) { submitComment(input: {
  articleId: $id, authorName: "Rita", body: "Well." }) {
    __typename ... on Problem { code message } ... on RateLimited { retryAfterSeconds } } }"""


class Clock:
    def __init__(self) -> None:
        self.now = 0.0

    def __call__(self) -> float:
        return self.now


def test_a_bucket_is_refilled_by_the_second() -> None:
    clock = Clock()
    rates = Rates({Limit.COMMENTS: 6}, clock)
    for _ in range(6):
        rates.take(Limit.COMMENTS, "a")
    with pytest.raises(RateLimited, match="try again in 10 s") as refused:
        rates.take(Limit.COMMENTS, "a")
    rates.take(Limit.COMMENTS, "b")
    rates.take(Limit.SEARCHES, "a")
    clock.now += refused.value.retry_after_seconds
    rates.take(Limit.COMMENTS, "a")
    with pytest.raises(RateLimited):
        rates.take(Limit.COMMENTS, "a")
    clock.now += 3600
    for _ in range(6):
        rates.take(Limit.COMMENTS, "a")
    with pytest.raises(RateLimited):
        rates.take(Limit.COMMENTS, "a")


def test_buckets_are_bounded() -> None:
    rates = Rates({Limit.SEARCHES: 1})
    for number in range(MAX_BUCKETS + 100):
        rates.take(Limit.SEARCHES, str(number))
    assert len(rates._buckets) == MAX_BUCKETS


@pytest.mark.parametrize(
    ("forwarded", "proxies", "expected"),
    [
        ("", 0, "address 9.9.9.9"),
        ("1.1.1.1", 0, "address 9.9.9.9"),
        ("1.1.1.1", 1, "address 1.1.1.1"),
        ("6.6.6.6, 1.1.1.1", 1, "address 1.1.1.1"),
        ("6.6.6.6, 1.1.1.1, 2.2.2.2", 2, "address 1.1.1.1"),
        ("1.1.1.1", 2, "address 9.9.9.9"),
    ],
)
def test_an_address_is_what_our_own_proxies_have_seen(
    forwarded: str, proxies: int, expected: str
) -> None:
    scope: Scope = {
        "headers": [(b"x-forwarded-for", forwarded.encode())],
        "client": ("9.9.9.9", 1),
    }
    assert who(ANONYMOUS, scope, proxies) == expected
    assert who(SYSTEM, scope, proxies) == "token system"


async def test_comments_mutations_and_searches_are_limited(settings: Settings) -> None:
    changes = {"comments_per_minute": 2, "mutations_per_minute": 5, "searches_per_minute": 3}
    async with a_hub(settings.model_copy(update=changes)) as client:
        await an_article("Bread")
        id_ = (await client.ask('{ article(slug: "bread") { id } }'))["article"]["id"]
        found = [(await client.ask(SUBMIT, id=id_))["submitComment"] for _ in range(3)]
        assert [one["__typename"] for one in found[:2]] == ["SubmitCommentPayload"] * 2
        assert found[2]["code"] == "RATE_LIMITED"
        assert 0 < found[2]["retryAfterSeconds"] <= 30
        assert (await client.ask(SUBMIT, editor=True, id=id_))["submitComment"].get("code") is None

        for _ in range(2):
            await client.ask(SUBMIT, id=id_)
        body: dict[str, Any] = {"query": SUBMIT, "variables": {"id": id_}}
        refused = await client.http.post("/graphql", json=body)
        assert refused.status_code == 429
        assert int(refused.headers["retry-after"]) > 0
        assert refused.json()["errors"][0]["extensions"]["code"] == "RATE_LIMITED"

        texts = [f'{{ search(query: "bread {number}") {{ totalCount }} }}' for number in range(5)]
        answers = [await client.post(text) for text in texts]
        codes = [one.get("errors", [{}])[0].get("extensions", {}).get("code") for one in answers]
        assert codes.count("RATE_LIMITED") == 2


async def test_no_other_way_into_search_is_unlimited(settings: Settings) -> None:
    paths = ("/search?q=bread", "/feed.xml?q=bread")
    for path in paths:
        changes = {"searches_per_minute": 2}
        async with a_hub(settings.model_copy(update=changes)) as client:
            codes = [(await client.http.get(path)).status_code for _ in range(4)]
            assert codes.count(429) == 2, path
            refused = await client.http.get(path)
            assert int(refused.headers["retry-after"]) > 0
            requests = {"requests": [{"indexName": "articles", "params": {"query": "bread"}}]}
            assert (await client.http.post("/instantsearch", json=requests)).status_code == 429
