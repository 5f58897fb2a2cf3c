"""Synonyms and pins through the API: effective from the next search."""

from __future__ import annotations

from typing import Any

import pytest

from tests.support.hub import Client

pytestmark = [pytest.mark.anyio, pytest.mark.databases]
SEARCH = "query ($q: String!) { search(query: $q, first: 3) { edges { pinned node { slug } } } }"
TUNING = "{ searchTuning { synonyms { id words typed } pins { id text rank article { slug } } } }"


async def search_hits(demo: Client, text: str) -> list[tuple[str, bool]]:
    edges = (await demo.ask(SEARCH, q=text))["search"]["edges"]
    return [(edge["node"]["slug"], edge["pinned"]) for edge in edges]


PAYLOADS = {
    "addSynonyms": "synonyms { id words typed }",
    "removeSynonyms": "removedId",
    "pinArticle": "pin { id text rank article { slug } }",
    "unpinArticle": "removedId",
    "setSearchRule": "rule { id }",
    "removeSearchRule": "removedId",
    "addStopWord": "stopWord { word language }",
    "removeStopWord": "stopWord { word language }",
}


async def mutate(demo: Client, mutation: str, **input_: Any) -> Any:
    type_ = mutation[0].upper() + mutation[1:]
    query = f"""mutation ($input: {type_}Input!) {{
      {mutation}(input: $input) {{
        __typename
        ... on Problem {{ code message }}
        ... on {type_}Payload {{ {PAYLOADS[mutation]} }}
      }}
    }}"""
    return (await demo.ask(query, editor=True, input=input_))[mutation]


async def test_synonyms_live_from_the_next_search_on(demo: Client) -> None:
    assert await search_hits(demo, "boulangerie") == []
    added = await mutate(demo, "addSynonyms", words=["bakery"], typed="boulangerie")
    assert added["synonyms"]["words"] == ["bakery"]
    assert ("wexler-ovens", False) in await search_hits(demo, "boulangerie")
    await mutate(demo, "removeSynonyms", id=added["synonyms"]["id"])
    assert await search_hits(demo, "boulangerie") == []


async def test_a_pin_lives_from_the_next_search_on(demo: Client) -> None:
    article = (await demo.ask('{ article(slug: "eel-ladder") { id } }'))["article"]
    assert ("eel-ladder", True) not in await search_hits(demo, "ferry")
    added = await mutate(demo, "pinArticle", text="Ferry", articleId=article["id"])
    pin = added["pin"]
    assert (pin["text"], pin["article"]["slug"]) == ("ferry", "eel-ladder")
    assert (await search_hits(demo, "ferry"))[0] == ("eel-ladder", True)
    assert ("eel-ladder", True) not in await search_hits(demo, "ferry launch")
    tuning = (await demo.ask(TUNING, editor=True))["searchTuning"]
    assert tuning == {"synonyms": [], "pins": [pin]}
    await mutate(demo, "unpinArticle", id=pin["id"])
    assert ("eel-ladder", True) not in await search_hits(demo, "ferry")


async def test_what_is_set_is_for_editors_to_see(demo: Client) -> None:
    answer = await demo.post(TUNING)
    assert answer["data"] == {"searchTuning": None}
    assert answer["errors"][0]["extensions"]["code"] == "FORBIDDEN"
    refused = await mutate(demo, "addSynonyms", words=["one"])
    assert (refused["__typename"], refused["code"]) == ("Invalid", "BAD_USER_INPUT")


async def test_a_rule_answers_searches_and_tells_readers_what_they_see_alone(demo: Client) -> None:
    query = """query ($dates: SearchDates = PREFER) {
      search(query: "ferry 2024", first: 9, dates: $dates) {
        rules redirect banners { title text url }
        understood { text newest filter { publishedFrom publishedTo } }
        totalCount edges { node { slug } }
      }
    }"""
    before = (await demo.ask(query))["search"]
    assert (before["rules"], before["banners"], before["redirect"]) == ([], [], None)
    assert before["understood"] == [
        {
            "text": "2024",
            "newest": False,
            "filter": {
                "publishedFrom": "2024-01-01T00:00:00Z",
                "publishedTo": "2025-01-01T00:00:00Z",
            },
        }
    ]
    assert (await demo.ask(query, dates="IGNORE"))["search"]["understood"] == []
    banner = {"title": "No ferries", "text": "Today.", "url": "/strike"}
    common = {"texts": ["ferry"], "match": "CONTAINS"}
    shown = await mutate(demo, "setSearchRule", name="strike", banner=banner, **common)
    hidden = await mutate(
        demo,
        "setSearchRule",
        name="secret",
        boosts=[{"factor": 0.5, "selection": {"olderThanDays": 1}}],
        **common,
    )
    ids = [shown["rule"]["id"], hidden["rule"]["id"]]
    answer = (await demo.ask(query))["search"]
    assert (answer["banners"], answer["rules"]) == ([banner], ids[:1])
    assert answer["totalCount"] == before["totalCount"]
    assert (await demo.ask(query, editor=True))["search"]["rules"] == ids
    await mutate(demo, "setSearchRule", id=ids[0], name="off", redirect="/x", **common)
    answer = (await demo.ask(query))["search"]
    assert (answer["banners"], answer["redirect"]) == ([], "/x")
    tuning = await demo.ask("{ searchTuning { rules { name } stopWords { word } } }", editor=True)
    assert [row["name"] for row in tuning["searchTuning"]["rules"]] == ["off", "secret"]
    for id_ in ids:
        await mutate(demo, "removeSearchRule", id=id_)
    assert (await demo.ask(query))["search"]["rules"] == []
    refused = await mutate(demo, "setSearchRule", name="x", redirect="/x")
    assert refused["message"].startswith("redirect: needs texts")


async def test_instantsearch_tells_rules_as_its_widgets_read_them(demo: Client) -> None:
    async def ask() -> dict[str, Any]:
        body = {"requests": [{"indexName": "articles", "params": {"query": "Ferry"}}]}
        answer = await demo.http.post("/instantsearch", json=body)
        [result] = answer.json()["results"]
        assert result["hits"]
        found: dict[str, Any] = result
        return found

    result = await ask()
    assert {"userData", "appliedRules"}.isdisjoint(result)
    assert "redirect" not in result["renderingContent"]
    banner = {"title": "<b>No ferries</b>", "text": "Today.", "url": "/strike"}
    common = {"texts": ["ferry"], "match": "CONTAINS"}
    boost = {"factor": 2, "selection": {"olderThanDays": 1}}
    shown = await mutate(demo, "setSearchRule", name="strike", banner=banner, **common)
    leads = await mutate(demo, "setSearchRule", name="go", redirect="/ferries", **common)
    secret = await mutate(demo, "setSearchRule", name="secret", boosts=[boost], **common)
    result = await ask()
    assert result["userData"] == [banner]
    assert result["appliedRules"] == [{"objectID": one["rule"]["id"]} for one in (shown, leads)]
    assert result["renderingContent"]["redirect"] == {"url": "/ferries"}
    assert "secret" not in str(result)
    await mutate(demo, "removeSearchRule", id=shown["rule"]["id"])
    await mutate(demo, "removeSearchRule", id=secret["rule"]["id"])
    result = await ask()
    assert "userData" not in result
    assert result["appliedRules"] == [{"objectID": leads["rule"]["id"]}]
    await mutate(demo, "removeSearchRule", id=leads["rule"]["id"])


async def test_a_stop_word_is_left_out_from_the_next_search_on(demo: Client) -> None:
    alone = await search_hits(demo, "ferry")
    assert await search_hits(demo, "ferry bakery") != alone
    added = await mutate(demo, "addStopWord", word="Bakery")
    assert added["stopWord"] == {"word": "bakery", "language": None}
    assert await search_hits(demo, "ferry bakery") == alone
    await mutate(demo, "removeStopWord", word="bakery")
    assert await search_hits(demo, "ferry bakery") != alone
