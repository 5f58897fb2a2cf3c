"""Search statistics through the API: counted, listed for editors, suggested to readers."""

from __future__ import annotations

from datetime import timedelta
from itertools import count
from math import inf
from typing import Any

import httpx
import pytest

from hub import articles, related
from hub.auth import SYSTEM
from hub.db.timestamps import now
from hub.models import QueryStat, RelationKind, Status
from hub.search import statistics
from hub.settings import Settings
from schema import ids
from tests.support.factories import an_article
from tests.support.hub import Client, a_hub

pytestmark = [pytest.mark.anyio, pytest.mark.databases]
STATISTICS = """{
  searchStatistics(days: 1, first: 5) {
    top { text searches hits } withoutHits { text } missing { text headline }
  }
}"""
SEARCH = """query ($q: String!, $typing: Boolean = false, $after: String, $f: SearchFilter) {
  search(query: $q, first: 1, asYouType: $typing, after: $after, filter: $f) {
    pageInfo { endCursor }
  }
}"""

READERS = ("10.0.0.1", "10.0.0.2", "10.0.0.3")
fresh = count()


def counter(demo: Client) -> statistics.QueryCounter:
    search_counter: statistics.QueryCounter = demo.http._transport.app.state.search_counter  # type: ignore[attr-defined]
    return search_counter


async def search_as(demo: Client, text: str, *addresses: str, **variables: object) -> None:
    """Search from these addresses; the second time of a text from the cache."""
    for address in addresses:
        await post_as(
            demo, "/graphql", {"query": SEARCH, "variables": {"q": text, **variables}}, address
        )


async def post_as(demo: Client, path: str, content: object, address: str) -> Any:
    transport = httpx.ASGITransport(app=demo.app, client=(address, 1))
    async with httpx.AsyncClient(transport=transport, base_url="http://hub.test") as http:
        response = await http.post(path, json=content)
    assert response.status_code == 200
    assert "errors" not in response.json()
    return response.json()


async def listed(demo: Client) -> dict[str, Any]:
    """Return the statistics after all that was typed has settled."""
    await counter(demo).store(90, settle_at_once=True)
    result: dict[str, Any] = (await demo.ask(STATISTICS, editor=True))["searchStatistics"]
    return result


async def test_readers_searches_are_counted_once(demo: Client) -> None:
    first = await demo.ask(SEARCH, q="Ferry")
    await search_as(demo, "Ferry", *READERS)
    await search_as(demo, "Ferry", *READERS, after=first["search"]["pageInfo"]["endCursor"])
    await demo.ask(SEARCH, editor=True, q="drafts")
    await search_as(demo, "winter crossing drawn by lot", *READERS)
    await search_as(demo, "of one reader", *READERS[:2])
    result = await listed(demo)
    assert [(row["text"], row["searches"]) for row in result["top"]] == [
        ("ferry", 4),
        ("winter crossing drawn by lot", 3),
    ]
    assert "of one reader" not in str(result)
    refused = await demo.post(STATISTICS)
    assert refused["data"] == {"searchStatistics": None}
    assert refused["errors"][0]["extensions"]["code"] == "FORBIDDEN"


async def test_what_is_typed_counts_once_by_each_way_and_is_missing(
    demo: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As the search box and InstantSearch send it, letter by letter; the last word may go on."""
    monkeypatch.setattr(counter(demo)._settled, "_seconds", inf)  # however slow the machine is
    article = (await demo.db.rows("SELECT id FROM article WHERE slug = 'ferry-launch'"))[0][0]
    headline = "Ferry captain writes a symphony"
    await related.link(article, headline=headline, kind=RelationKind.INLINE, by=SYSTEM)
    for reader in READERS:
        for end in range(4, len("ferry symphony") + 1):
            await search_as(demo, "ferry symphony"[:end], reader, typing=True)
            params = {"query": "captain symphony"[:end], "hitsPerPage": 1, "page": 0}
            beside = {"query": "never asked", "analytics": False}
            body = {
                "requests": [
                    {"indexName": "articles", "params": params},
                    {"indexName": "articles_newest", "params": params},
                    {"indexName": "articles", "params": beside},
                ]
            }
            await post_as(demo, "/instantsearch", body, reader)
        await search_as(demo, "ferry symphony", reader)  # Enter
    await search_as(demo, "harbour ferry", *READERS, f={"topics": ["no-such-topic"]})
    result = await listed(demo)
    counted = {row["text"]: row["searches"] for row in result["top"]}
    assert counted == {"ferry symphony": 3, "captain sympho": 3, "harbour ferry": 3}
    assert all(row["hits"] for row in result["top"] if row["text"] == "ferry symphony")
    assert result["missing"] == [
        {"text": "captain sympho", "headline": headline},  # words are alike by their beginnings
        {"text": "ferry symphony", "headline": headline},
    ]
    assert "harbour ferry" not in str(result["withoutHits"])


async def test_a_former_name_still_reads_its_successor(demo: Client) -> None:
    await search_as(demo, "ferry", *READERS)
    await counter(demo).store(90)
    query = "{ searchStatistics { top { searches asked } missing { searches asked } } }"
    top = (await demo.ask(query, editor=True))["searchStatistics"]["top"]
    assert top == [{"searches": 3, "asked": 3}]


async def test_a_search_that_several_readers_made_is_suggested(demo: Client) -> None:
    suggestions = demo.app.state.suggestions

    async def suggested(typed: str) -> list[dict[str, Any]]:
        await counter(demo).store(90)
        suggestions.expire_popular()
        query = f'{{ suggest(query: "{typed}") {{ kind text highlighted count }} }} # {next(fresh)}'
        result = (await demo.ask(query))["suggest"]
        return [item for item in result if item["kind"] == "QUERY"]

    query = {
        "kind": "QUERY",
        "text": "electric ferry council",
        "highlighted": "<mark>electric f</mark>erry council",
        "count": 6,
    }
    await search_as(demo, "electric ferry council", *["10.0.0.1"] * 3, "10.0.0.2", "10.0.0.2")
    await search_as(demo, "electric fraud of jane doe", *READERS)
    await search_as(demo, "xylofnord", *READERS)
    assert await suggested("electric f") == []
    await search_as(demo, "electric ferry council", "10.0.0.3")
    # Not the other one: its words do not stand in titles, nor is it the answer of a moment ago.
    assert await suggested("electric f") == [query]
    assert await suggested("") == [query | {"highlighted": "electric ferry council"}]
    assert await suggested("xylof") == []  # since it finds nothing
    answer = await demo.http.get("/suggest", params={"q": "electric f"})
    assert answer.json()[1][-1] == "electric ferry council"

    block = "mutation ($i: BlockSearchInput!) { blockSearch(input: $i) { __typename } }"
    await demo.ask(block, editor=True, i={"text": "Ferry Council"})
    tuning = await demo.ask("{ searchTuning { blocked } }", editor=True)
    assert tuning == {"searchTuning": {"blocked": ["ferry council"]}}
    assert await suggested("electric f") == []
    unblock = "mutation ($i: UnblockSearchInput!) { unblockSearch(input: $i) { __typename } }"
    await demo.ask(unblock, editor=True, i={"text": "ferry council"})
    assert await suggested("electric f") == [query]


async def test_a_search_by_a_withdrawn_title_is_suggested_no_more(client: Client) -> None:
    id_ = await an_article("Zebra escapes from circus")
    await an_article("Zebra returns to circus")
    assert await client.indexer.wait(id_ + 1)
    await search_as(client, "zebra escapes", *READERS)
    await counter(client).store(90)
    query = '{ suggest(query: "zebra e") { kind text } }'
    assert {"kind": "QUERY", "text": "zebra escapes"} in (await client.ask(query))["suggest"]
    await articles.archive(id_, by=SYSTEM)
    assert (await client.ask(query))["suggest"] == []


async def test_searches_are_not_suggested_where_that_is_turned_off(settings: Settings) -> None:
    async with a_hub(settings.model_copy(update={"suggest_queries": False})) as client:
        id_ = await an_article("Zebra escapes from circus")
        assert await client.indexer.wait(id_)
        await search_as(client, "zebra escapes", *READERS)
        await counter(client).store(90)
        result = (await client.ask('{ suggest(query: "zebra e") { kind } }'))["suggest"]
        assert result == [{"kind": "ARTICLE"}]


CLICKS = "{ searchStatistics { top { text clicks clickThrough meanPosition } } }"
TRACK = """mutation ($i: TrackClickInput!) {
  trackClick(input: $i) { ... on TrackClickPayload { counted } ... on Problem { code message } }
}"""


@pytest.mark.parametrize("way", ["trackClick", "queryID", "query"])
@pytest.mark.parametrize("is_on", [True, False])
async def test_clicks_count_by_each_way_where_that_is_on(
    way: str, is_on: bool, settings: Settings
) -> None:
    async with a_hub(settings.model_copy(update={"track_clicks": is_on})) as client:
        id_ = ids.global_id(ids.ARTICLE, await an_article("Zebra escapes from circus"))
        draft = ids.global_id(ids.ARTICLE, await an_article("Zebra", status=Status.DRAFT))
        await search_as(client, "zebra circus", *READERS)
        params = {"query": "Zebra  circus", "analytics": False, "clickAnalytics": True}
        body: dict[str, Any] = {"requests": [{"indexName": "articles", "params": params}]}
        [answer] = (await post_as(client, "/instantsearch", body, READERS[0]))["results"]
        assert ("queryID" in answer) == is_on
        clicked = {"objectIDs": [id_, draft], "positions": [2, 9], "eventType": "click"}
        for reader in READERS[:2]:
            if way == "trackClick":
                sent = {"query": "zebra circus", "articleId": id_, "position": 2}
                body = {"query": TRACK, "variables": {"i": sent}}
                [payload] = (await post_as(client, "/graphql", body, reader))["data"].values()
                assert payload == {"counted": is_on}
            else:
                named = {"queryID": answer.get("queryID", "YQ==")} if way == "queryID" else {}
                event = {"query": "zebra circus"} if way == "query" else named
                view = {"eventType": "view", "objectIDs": [id_]}
                events = {"events": [{**clicked, **event}, clicked, view]}
                assert (await post_as(client, "/1/events", events, reader))["status"] == 200
        await counter(client).store(90)
        [row] = (await client.ask(CLICKS, editor=True))["searchStatistics"]["top"]
        assert row["text"] == "zebra circus"
        assert row["clicks"] == (2 if is_on else 0)
        assert row["meanPosition"] == (2 if is_on else None)
        assert row["clickThrough"] == (pytest.approx(2 / 3) if is_on else None)


async def test_clicks_alone_make_no_statistics(settings: Settings) -> None:
    async with a_hub(settings.model_copy(update={"track_clicks": True})) as client:
        id_ = ids.global_id(ids.ARTICLE, await an_article())
        click = {"eventType": "click", "objectIDs": [id_], "positions": [1]}
        events = [{**click, "query": f"never asked {number}"} for number in range(101)]
        answer = await client.http.post("/1/events", json={"events": events})
        assert answer.status_code == 400
        assert "100" in answer.json()["message"]
        answer = await client.http.post("/1/events", json={"events": events[:100]})
        assert answer.status_code == 200
        await counter(client).store(90)
        assert await client.db.rows("SELECT text FROM query_stat") == []


async def test_clicks_that_cannot_be_read_are_refused_with_the_reason(client: Client) -> None:
    id_ = ids.global_id(ids.ARTICLE, await an_article())
    click = {"eventType": "click", "query": "a", "objectIDs": [id_], "positions": [1]}
    for wrong, reason in (
        ({"positions": [0]}, "position"),
        ({"positions": ["1"]}, "position"),
        ({"positions": [1, 2]}, "same length"),
        ({"positions": None}, "positions"),
        ({"objectIDs": ["12"]}, "objectIDs"),
        ({"objectIDs": [ids.global_id(ids.TOPIC, 1)]}, "objectIDs"),
        ({"query": 3}, "query"),
    ):
        answer = await client.http.post("/1/events", json={"events": [{**click, **wrong}]})
        assert answer.status_code == 400
        assert reason in answer.json()["message"]
    del click["query"]
    for body in (b"{", b"[]", b'{"events": [1]}'):
        assert (await client.http.post("/1/events", content=body)).status_code == 400
    answer = await client.http.post("/1/events", json={"events": [{**click, "queryID": "\u00e9"}]})
    assert "queryID" in answer.json()["message"]
    for sent, code in (
        ({"articleId": id_, "position": 0}, "BAD_USER_INPUT"),
        ({"articleId": id_.lower(), "position": 1}, "BAD_USER_INPUT"),
        ({"articleId": ids.global_id(ids.ARTICLE, 999), "position": 1}, "NOT_FOUND"),
    ):
        [problem] = (await client.ask(TRACK, i={"query": "a", **sent})).values()
        assert problem["code"] == code


async def test_searches_that_led_to_an_article_are_suggested_first(client: Client) -> None:
    id_ = await an_article("Zebra escapes from circus")
    assert await client.indexer.wait(id_)
    for text in ("zebra escapes", "zebra circus", "zebra from"):
        await search_as(client, text, *READERS, *(["10.0.0.1"] * (text == "zebra circus")))
    for text, clicks in (("zebra from", 3), ("zebra escapes", 2)):
        for _ in range(clicks):
            counter(client).click(text, 1)
    await counter(client).store(90)
    result = (await client.ask('{ suggest(query: "zebra") { kind text } }'))["suggest"]
    queries = [suggestion["text"] for suggestion in result if suggestion["kind"] == "QUERY"]
    assert queries == ["zebra from", "zebra circus"]


RANGES = """query ($days: Int, $from: String, $to: String, $language: String) {
  searchStatistics(days: $days, from: $from, to: $to, language: $language) {
    top { text } rising { text searches before } trend(by: WEEK) { start searches }
    days: trend { start } languages { language searches withoutHits clicks } withoutClicks { text }
  }
}"""


async def test_statistics_of_ranges_and_languages(demo: Client) -> None:
    await search_as(demo, "bakery", *READERS)
    await search_as(demo, "harbour", *READERS, f={"languages": ["de"]})
    await counter(demo).store(90)
    today = now().date()
    monday = (today - timedelta(days=today.weekday())).isoformat()
    result = (await demo.ask(RANGES, editor=True))["searchStatistics"]
    assert result["trend"] == [{"start": monday, "searches": 6}]
    assert result["days"] == [{"start": today.isoformat()}]
    assert {row["language"]: row["searches"] for row in result["languages"]} == {"de": 3, "en": 3}
    assert result["withoutClicks"] == []
    assert [row["text"] for row in result["rising"]] == ["bakery", "harbour"]
    result = (await demo.ask(RANGES, editor=True, language="de"))["searchStatistics"]
    assert result["top"] == [{"text": "harbour"}]
    past = {"from": "2026-01-01", "to": "2026-02-01"}
    result = (await demo.ask(RANGES, editor=True, **past))["searchStatistics"]
    assert result["top"] == result["trend"] == []
    for wrong, path in (
        ({"from": "yesterday"}, "from"),
        ({"to": "0001-01-01"}, "to"),
        ({"from": "2999-01-01"}, "from"),
        ({"from": "1980-01-01"}, "from"),
        ({"days": 0}, "days"),
    ):
        answer = await demo.post(RANGES, editor=True, **wrong)
        assert answer["errors"][0]["message"].startswith(path), answer


async def test_what_too_few_readers_made_is_counted_without_its_text(client: Client) -> None:
    today = now().date().isoformat()
    for text, asked, readers in (("ferry", 9, 3), ("jane", 4, 2), ("doe", 2, 1)):
        await QueryStat.create(day=today, text=text, asked=asked, hits=1, readers=readers)
    query = "{ searchStatistics { top { text } hidden { texts searches } } }"
    statistics = (await client.ask(query, editor=True))["searchStatistics"]
    assert statistics == {"top": [{"text": "ferry"}], "hidden": {"texts": 2, "searches": 6}}
