"""Rate limits of comments, mutations and searches, in one process and in several."""

from __future__ import annotations

import re
from dataclasses import replace
from hashlib import blake2b
from time import time
from typing import Any

import anyio
import pytest
from starlette.types import Scope

from hub import rate_limits as hub_rates
from hub.articles import previews
from hub.auth import ANONYMOUS, SYSTEM
from hub.db.database import Reader, open_database, run
from hub.errors import RateLimited
from hub.models import DaySecret, RateBucket, Status
from hub.settings import Settings
from schema.rate_limits import MAX_BUCKETS, Limit, RateLimiter, SharedRateLimiter
from schema.server.requests import client_key
from tests.support.factories import an_article
from tests.support.hub import a_hub

pytestmark = pytest.mark.anyio
SUBMIT = """mutation($id: ID!) { submitComment(input: {
  articleId: $id, authorName: "Rita", body: "Well." }) {
    __typename ... on Problem { code message } ... on RateLimited { retryAfterSeconds } } }"""


class Clock:
    def __init__(self) -> None:
        self.now = 0.0

    def __call__(self) -> float:
        return self.now


async def test_a_bucket_is_refilled_by_the_second() -> None:
    clock = Clock()
    rates = RateLimiter({Limit.COMMENTS: 6}, clock)
    for _ in range(6):
        await rates.acquire(Limit.COMMENTS, "a")
    with pytest.raises(RateLimited, match="try again in 10 s") as refused:
        await rates.acquire(Limit.COMMENTS, "a")
    await rates.acquire(Limit.COMMENTS, "b")
    await rates.acquire(Limit.SEARCHES, "a")
    clock.now += refused.value.retry_after_seconds
    await rates.acquire(Limit.COMMENTS, "a")
    with pytest.raises(RateLimited):
        await rates.acquire(Limit.COMMENTS, "a")
    clock.now += 3600
    for _ in range(6):
        await rates.acquire(Limit.COMMENTS, "a")
    with pytest.raises(RateLimited):
        await rates.acquire(Limit.COMMENTS, "a")


async def test_what_is_done_several_times_at_once_takes_as_much() -> None:
    clock = Clock()
    rates = RateLimiter({Limit.MUTATIONS: 6}, clock)
    await rates.acquire(Limit.MUTATIONS, "a", 4)
    with pytest.raises(RateLimited, match="try again in 10 s"):
        await rates.acquire(Limit.MUTATIONS, "a", 3)
    await rates.acquire(Limit.MUTATIONS, "a", 2)
    clock.now += 60
    await rates.acquire(
        Limit.MUTATIONS, "a", 20
    )  # more than the size of the bucket takes all of it


async def test_buckets_are_bounded() -> None:
    rates = RateLimiter({Limit.SEARCHES: 1})
    for number in range(MAX_BUCKETS + 100):
        await rates.acquire(Limit.SEARCHES, str(number))
    assert len(rates._buckets) == MAX_BUCKETS


async def until_refused(rates: RateLimiter, limit: Limit, client: str = "address 9.9.9.9") -> int:
    """Count the operations until one is refused."""
    for number in range(2_000):
        try:
            await rates.acquire(limit, client)
        except RateLimited:
            return number
    raise AssertionError("never refused")


@pytest.mark.databases
async def test_processes_share_a_small_limit_exactly(db: Reader) -> None:
    first, second = SharedRateLimiter({Limit.COMMENTS: 6}), SharedRateLimiter({Limit.COMMENTS: 6})
    for _ in range(2):
        await first.acquire(Limit.COMMENTS, "a")
        await second.acquire(Limit.COMMENTS, "a")
    assert await until_refused(first, Limit.COMMENTS, "a") == 2
    for rates in (first, second):
        with pytest.raises(RateLimited, match=r"try again in (10|9) s"):
            await rates.acquire(Limit.COMMENTS, "a")
        await rates.acquire(Limit.COMMENTS, f"b {id(rates)}")


@pytest.mark.databases
async def test_processes_share_a_large_limit_but_for_a_twentieth_each(db: Reader) -> None:
    first, second = (
        SharedRateLimiter({Limit.SEARCHES: 600}),
        SharedRateLimiter({Limit.SEARCHES: 600}),
    )
    for _ in range(100):
        await first.acquire(Limit.SEARCHES, "address 9.9.9.9")
        await second.acquire(Limit.SEARCHES, "address 9.9.9.9")
    total = 200 + await until_refused(first, Limit.SEARCHES)
    total += await until_refused(second, Limit.SEARCHES)
    assert 600 <= total <= 600 + 2 * 30 + 10  # the bucket is refilled meanwhile


@pytest.mark.databases
async def test_far_from_the_limit_nothing_is_asked_and_the_others_hear_of_it(db: Reader) -> None:
    first, second = (
        SharedRateLimiter({Limit.SEARCHES: 600}),
        SharedRateLimiter({Limit.SEARCHES: 600}),
    )
    for _ in range(25):
        await first.acquire(Limit.SEARCHES, "a")
    assert await RateBucket.all().count() == 0
    await first.sync()
    await second.acquire(Limit.SEARCHES, "a")
    await second.sync()
    bucket = dict(second._buckets.items())[Limit.SEARCHES, "a"]
    assert bucket.full_at - time() == pytest.approx(2.6, abs=0.5)


@pytest.mark.databases
async def test_nothing_in_the_database_tells_who_it_was(db: Reader) -> None:
    rates = SharedRateLimiter({Limit.COMMENTS: 6, Limit.SEARCHES: 600})
    for limit in (Limit.COMMENTS, Limit.SEARCHES):
        await rates.acquire(limit, "address 192.0.2.77")
    await rates.sync()
    keys = [row.key for row in await RateBucket.all()]
    assert len(set(keys)) == 2
    for key in keys:
        assert re.fullmatch("[0-9a-f]{48}", key)
        unkeyed = (f"{limit.value} address 192.0.2.77" for limit in Limit)
        assert key not in [blake2b(text.encode(), digest_size=24).hexdigest() for text in unkeyed]

    _, secret = await hub_rates.daily_secret()
    await run("UPDATE day_secret SET day = ?", ["2020-01-01"])
    _, other = await hub_rates.daily_secret()
    assert secret != other
    assert await DaySecret.all().count() == 1
    assert (await hub_rates.daily_secret())[1] == other


async def test_buckets_that_are_full_again_are_forgotten(db: Reader) -> None:
    await hub_rates.spend({"a": 0.01, "b": 30.0})
    await anyio.sleep(0.02)
    await hub_rates.spend({"c": 1.0})
    assert {row.key for row in await RateBucket.all()} == {"b", "c"}


async def test_without_a_database_each_process_goes_by_itself(
    settings: Settings, caplog: pytest.LogCaptureFixture
) -> None:
    rates = SharedRateLimiter({Limit.COMMENTS: 6})
    async with open_database(settings):
        await rates.acquire(Limit.COMMENTS, "a")
        await run("DROP TABLE rate_bucket")
        assert await until_refused(rates, Limit.COMMENTS, "a") == 5
    assert "not shared" in caplog.text


@pytest.mark.parametrize(
    ("forwarded", "proxies", "expected"),
    [
        ("", 0, "address 9.9.9.9"),
        ("1.1.1.1", 0, "address 9.9.9.9"),
        ("1.1.1.1", 1, "address 1.1.1.1"),
        ("6.6.6.6, 1.1.1.1", 1, "address 1.1.1.1"),
        ("6.6.6.6, 1.1.1.1, 2.2.2.2", 2, "address 1.1.1.1"),
        ("1.1.1.1", 2, "address 9.9.9.9"),
        ("2001:db8:1:2:3::4", 1, "address 2001:db8:1:2::/64"),
        ("2001:DB8:1:2:ffff:ffff::", 1, "address 2001:db8:1:2::/64"),
        ("2001:db8:1:3::", 1, "address 2001:db8:1:3::/64"),
        ("::ffff:1.1.1.1", 1, "address 1.1.1.1"),
        ("::1", 1, "address ::/64"),
        ("1.1.1.1:443", 1, "address 1.1.1.1:443"),
        ("fe80::1%eth0", 1, "address fe80::/64"),
    ],
)
def test_an_address_is_what_our_own_proxies_have_seen(
    forwarded: str, proxies: int, expected: str
) -> None:
    scope: Scope = {
        "headers": [(b"x-forwarded-for", forwarded.encode())],
        "client": ("9.9.9.9", 1),
    }
    assert client_key(ANONYMOUS, scope, proxies) == expected
    assert client_key(replace(SYSTEM, token_id=7), scope, proxies) == "token 7"


async def test_comments_mutations_and_searches_are_limited(settings: Settings) -> None:
    changes = {"comments_per_minute": 2, "mutations_per_minute": 5, "searches_per_minute": 3}
    async with a_hub(settings.model_copy(update=changes)) as client:
        await an_article("Bread")
        id_ = (await client.ask('{ article(slug: "bread") { id } }'))["article"]["id"]
        results = [(await client.ask(SUBMIT, id=id_))["submitComment"] for _ in range(3)]
        assert [result["__typename"] for result in results[:2]] == ["SubmitCommentPayload"] * 2
        assert results[2]["code"] == "RATE_LIMITED"
        assert 0 < results[2]["retryAfterSeconds"] <= 30
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
        codes = [
            answer.get("errors", [{}])[0].get("extensions", {}).get("code") for answer in answers
        ]
        assert codes.count("RATE_LIMITED") == 2


async def test_no_other_way_into_search_is_unlimited(settings: Settings) -> None:
    paths = ("/search?q=bread", "/feed.xml?q=bread")
    for path in paths:
        changes = {"searches_per_minute": 2}
        async with a_hub(settings.model_copy(update=changes)) as client:
            codes = [(await client.http.get(f"{path}{n}")).status_code for n in range(4)]
            assert codes.count(429) == 2, path
            refused = await client.http.get(path)
            assert int(refused.headers["retry-after"]) > 0
            requests = {"requests": [{"indexName": "articles", "params": {"query": "bread"}}]}
            assert (await client.http.post("/instantsearch", json=requests)).status_code == 429


async def test_each_mutation_of_a_request_counts(settings: Settings) -> None:
    async with a_hub(settings.model_copy(update={"mutations_per_minute": 5})) as client:
        fields = " ".join(
            f'm{number}: archiveArticle(input: {{ id: "x" }}) {{ __typename }}'
            for number in range(4)
        )
        for expected in (200, 429):
            answer = await client.http.post("/graphql", json={"query": f"mutation {{ {fields} }}"})
            assert answer.status_code == expected


@pytest.mark.databases
async def test_searches_of_a_preview_are_charged_after_it(
    settings: Settings, caplog: pytest.LogCaptureFixture
) -> None:
    """A shared bucket is written, for which a preview would wait as long as it lasts."""
    changes = {"rates": "database", "searches_per_minute": 20}
    async with a_hub(settings.model_copy(update=changes)) as client:
        article = await an_article("Bread", status=Status.DRAFT)
        preview = await previews.create(article_id=article, by=SYSTEM)
        text = '{ a: search(query: "a") { totalCount } b: search(query: "b") { totalCount } }'
        with anyio.fail_after(4):  # within the five seconds of the preview
            answer = await client.http.post(
                "/graphql", json={"query": text}, headers={"hub-preview": preview.secret}
            )
        assert answer.json()["data"] == {"a": {"totalCount": 0}, "b": {"totalCount": 0}}
        await client.app.state.rates.sync()
        [[full_at]] = await client.db.rows("SELECT max(full_at) FROM rate_bucket")
        assert full_at - time() == pytest.approx(6, abs=3)  # two of twenty
    assert "Limits are not shared" not in caplog.text
