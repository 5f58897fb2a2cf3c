"""Search statistics through the API: counted, listed for editors, suggested to readers."""

from __future__ import annotations

import pytest

from hub.search import statistics
from tests.support.hub import Client

pytestmark = [pytest.mark.anyio, pytest.mark.databases]
STATISTICS = """{
  searchStatistics(days: 1, first: 5) {
    top { text searches hits } withoutHits { text } missing { text headline }
  }
}"""
SEARCH = """query ($q: String!, $typing: Boolean = false, $after: String) {
  search(query: $q, first: 1, asYouType: $typing, after: $after) { pageInfo { endCursor } }
}"""


def counter(demo: Client) -> statistics.QueryCounter:
    search_counter: statistics.QueryCounter = demo.http._transport.app.state.search_counter  # type: ignore[attr-defined]
    return search_counter


async def test_readers_searches_are_counted_once(demo: Client) -> None:
    first = await demo.ask(SEARCH, q="Ferry")
    await demo.ask(SEARCH, q="Ferry", after=first["search"]["pageInfo"]["endCursor"])
    await demo.ask(SEARCH, q="Fer", typing=True)
    await demo.ask(SEARCH, editor=True, q="drafts")
    await demo.ask(SEARCH, q="winter crossing drawn by lot")
    await counter(demo).store(90)
    result = (await demo.ask(STATISTICS, editor=True))["searchStatistics"]
    assert result["top"][0]["text"] == "ferry"
    assert result["top"][0]["searches"] == 1
    assert {row["text"] for row in result["top"]} == {"ferry", "winter crossing drawn by lot"}
    refused = await demo.post(STATISTICS)
    assert refused["data"] == {"searchStatistics": None}
    assert refused["errors"][0]["extensions"]["code"] == "FORBIDDEN"


async def test_a_former_name_still_reads_its_successor(demo: Client) -> None:
    counter(demo).count("ferry", 1)
    await counter(demo).store(90)
    query = "{ searchStatistics { top { searches asked } missing { searches asked } } }"
    top = (await demo.ask(query, editor=True))["searchStatistics"]["top"]
    assert top == [{"searches": 1, "asked": 1}]


async def test_a_search_that_several_made_is_suggested(demo: Client) -> None:
    suggest = '{ suggest(query: "electric f") { kind text highlighted count } }'
    query = {
        "kind": "QUERY",
        "text": "electric ferry egg",
        "highlighted": "<mark>electric f</mark>erry egg",
        "count": 3,
    }
    for _ in range(2):
        await demo.ask(SEARCH, q="electric ferry egg")
    await counter(demo).store(90)
    assert query not in (await demo.ask(suggest))["suggest"]
    await demo.ask(SEARCH, q="electric ferry egg")
    for _ in range(3):
        await demo.ask(SEARCH, q="xylofnord")
    await counter(demo).store(90)
    suggestions = demo.http._transport.app.state.suggestions  # type: ignore[attr-defined]
    suggestions.expire_popular()
    result = (await demo.ask(f"{suggest} # not the answer of a moment ago"))["suggest"]
    assert result[-1] == query
    assert [item["kind"] for item in result].count("QUERY") == 1
    nothing = await demo.ask('{ suggest(query: "xylof") { text } }')  # since it finds nothing
    assert nothing == {"suggest": []}
    answer = await demo.http.get("/suggest", params={"q": "electric f"})
    assert answer.json()[1][-1] == "electric ferry egg"
