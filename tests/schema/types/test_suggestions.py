"""Suggestions over GraphQL and at /suggest."""

from __future__ import annotations

from enum import Enum
from typing import Any

import pytest

from hub import articles
from hub.auth import SYSTEM
from hub.settings import Settings
from schema.types.suggestion import article_id
from search_index.query import Suggestion, SuggestionKind
from tests.support.factories import an_article
from tests.support.hub import Client, a_hub

pytestmark = [pytest.mark.anyio, pytest.mark.databases]
SUGGEST = """
query Suggest($query: String!, $first: Int = 8) {
  suggest(query: $query, first: $first) { kind text highlighted slug count article { id title } }
}
"""


async def test_titles_topics_and_authors_are_suggested(demo: Client) -> None:
    suggestions = (await demo.ask(SUGGEST, query="har"))["suggest"]
    under = await demo.ask('{ articles(filter: { topics: ["harbour"] }) { totalCount } }')
    assert suggestions[0] == {
        "kind": "TOPIC",
        "text": "Harbour",
        "highlighted": "<mark>Har</mark>bour",
        "slug": "harbour",
        "count": under["articles"]["totalCount"],
        "article": None,
    }
    [ferry] = (await demo.ask(SUGGEST, query="month of the elec"))["suggest"]
    assert (ferry["kind"], ferry["slug"]) == ("ARTICLE", "ferry-month")
    assert ferry["article"]["title"] == ferry["text"]
    [nora] = (await demo.ask(SUGGEST, query="qui"))["suggest"][:1]
    assert (nora["kind"], nora["text"]) == ("AUTHOR", "Nora Quill")


async def test_drafts_are_suggested_to_editors_alone(demo: Client) -> None:
    assert (await demo.ask(SUGGEST, query="port company in"))["suggest"] == []
    suggestions = (await demo.ask(SUGGEST, editor=True, query="port company in"))["suggest"]
    assert [item["slug"] for item in suggestions] == ["port-merger"]


async def test_a_bad_number_is_refused(client: Client) -> None:
    answer = await client.post(SUGGEST, query="x", first=21)
    [error] = answer["errors"]
    assert error["extensions"] == {"code": "BAD_USER_INPUT", "path": ["first"]}
    assert answer["data"] == {"suggest": None}


async def test_a_browser_gets_suggestions_as_opensearch_has_them(demo: Client) -> None:
    answer = await demo.http.get("/suggest", params={"q": "winter fl", "limit": "2"})
    assert answer.headers["content-type"] == "application/x-suggestions+json"
    assert answer.json() == ["winter fl", [], [], []]
    answer = await demo.http.get("/suggest", params={"q": "flu jab"})
    assert answer.json() == [
        "flu jab",
        ["Flu jabs in the ferry's waiting room"],
        ["article"],
        ["http://hub.test/stories/winter-flu"],
    ]
    conditional = await demo.http.get(
        "/suggest", params={"q": "flu jab"}, headers={"if-none-match": answer.headers["etag"]}
    )
    assert conditional.status_code == 304
    _, texts, kinds, places = (await demo.http.get("/suggest", params={"q": "harb"})).json()
    assert "topic" in kinds
    for text, kind, place in zip(texts, kinds, places, strict=True):
        page = await demo.http.get(place)
        assert page.status_code == 200
        if kind == "topic":
            assert place == f"http://hub.test/topics/{text.lower()}"
            assert f">{text}</h1>" in page.text
    for limit in ("0", "21", "x", "٣", ""):
        answer = await demo.http.get("/suggest", params={"q": "flu", "limit": limit})
        assert answer.status_code == 400, limit


async def test_suggestions_lead_to_where_articles_are_read(settings: Settings) -> None:
    pattern = "https://www.example.org/{language}/{slug}"
    async with a_hub(settings.model_copy(update={"article_url": pattern})) as hub:
        assert await hub.indexer.wait(await an_article("Tide tables", slug="tide-tables"))
        answer = await hub.http.get("/suggest", params={"q": "tide"})
        assert answer.json()[3] == ["https://www.example.org/en/tide-tables"]


async def test_what_is_not_public_is_not_suggested_even_before_the_index_knows(
    client: Client,
) -> None:
    id_ = await an_article("Quarterly figures")
    assert await client.indexer.wait(id_)
    assert (await client.http.get("/suggest", params={"q": "quart"})).json()[1]
    await articles.archive(id_, by=SYSTEM)
    assert (await client.http.get("/suggest", params={"q": "quart"})).json()[1] == []
    assert (await client.ask(SUGGEST, query="quart"))["suggest"] == []


async def test_no_index_is_no_error_page(client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    await client.indexer.wait(await an_article("Figures"))
    await client.http.get("/suggest", params={"q": "fig"})
    app = client.http._transport.app  # type: ignore[attr-defined]
    await app.state.engine.close()
    answer = await client.http.get("/suggest", params={"q": "fig"})
    assert answer.status_code == 503
    assert answer.json() == {"error": "search is unavailable for the moment"}


class Unknown(Enum):
    """Stand-in for a kind that is added later."""

    SERIES = "SERIES"


def test_kinds_lead_to_an_article_or_elsewhere() -> None:
    ids = {kind: article_id(Suggestion(kind, "7", "7", "7")) for kind in SuggestionKind}
    assert ids == {**dict.fromkeys(SuggestionKind), SuggestionKind.ARTICLE: 7}
    series: Any = Unknown.SERIES
    with pytest.raises(AssertionError):
        article_id(Suggestion(series, "7", "7", "7"))
