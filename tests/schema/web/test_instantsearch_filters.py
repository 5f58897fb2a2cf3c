"""What InstantSearch counts is what its filters find: values, levels of topics, numbers, ids."""

from __future__ import annotations

from typing import Any

import pytest

from hub import imports
from hub.auth import SYSTEM
from hub.drafts import TopicDraft
from hub.models import Status
from tests.support.factories import an_article
from tests.support.hub import Client

pytestmark = [pytest.mark.anyio, pytest.mark.databases]
NO_HITS = {"hitsPerPage": 0, "maxValuesPerFacet": 1000}


async def search(client: Client, **params: Any) -> dict[str, Any]:
    answer = await client.http.post("/1/indexes/articles/query", json=params)
    assert answer.status_code == 200, answer.text
    result: dict[str, Any] = answer.json()
    return result


async def test_every_value_finds_as_many_articles_as_are_counted(demo: Client) -> None:
    counted = await search(demo, facets="*", **NO_HITS)
    facets = counted["facets"]
    assert {name for name, values in facets.items() if values} == {
        *("topics", "authors", "language", "kind", "year", "month", "hasImage"),
        *(f"hierarchicalTopics.lvl{level}" for level in range(3)),
    }
    assert counted["renderingContent"]["facetOrdering"]["facets"]["order"] == [
        name for name in facets if facets[name]
    ]
    pairs = [(name, value) for name, values in facets.items() for value in list(values)[:4]]
    requests = [
        {"indexName": "articles", "facetFilters": [[f"{name}:{value}"]], **NO_HITS}
        for name, value in pairs
    ]
    answer = await demo.http.post("/1/indexes/*/queries", json={"requests": requests})
    totals = [result["nbHits"] for result in answer.json()["results"]]
    assert totals == [facets[name][value] for name, value in pairs]


async def test_the_tree_of_topics_has_levels(client: Client) -> None:
    drafts = [
        TopicDraft("Town"),
        TopicDraft("Harbour > Docks", slug="docks", parent="town"),
        TopicDraft("Cranes", parent="docks"),
        TopicDraft("Secret"),
    ]
    await imports.import_taxonomy(drafts, [], by=SYSTEM)
    await an_article("Crane", topics=("Cranes", "Other"))
    await an_article("Hidden crane", status=Status.DRAFT, topics=("Secret",))
    last = await an_article("Town hall", topics=("Town",))
    assert await client.indexer.wait(last)
    levels = [f"hierarchicalTopics.lvl{level}" for level in range(4)]
    result = await search(client, facets=levels)
    assert result["facets"] == {
        "hierarchicalTopics.lvl0": {"Town": 2, "Other": 1},
        "hierarchicalTopics.lvl1": {"Town > Harbour > Docks": 1},
        "hierarchicalTopics.lvl2": {"Town > Harbour > Docks > Cranes": 1},
        "hierarchicalTopics.lvl3": {},
    }
    found = {
        text: (await search(client, filters=text))["nbHits"]
        for text in (
            'hierarchicalTopics.lvl1:"Town > Harbour > Docks"',
            'hierarchicalTopics.lvl2:"Town > Harbour > Docks > Cranes"',
            'hierarchicalTopics.lvl1:"Town > Cranes"',
            "hierarchicalTopics.lvl0:Cranes",
            "hierarchicalTopics.lvl0:Secret",
            "NOT hierarchicalTopics.lvl0:Town",
        )
    }
    assert list(found.values()) == [1, 1, 0, 0, 0, 0]


@pytest.mark.parametrize(
    "text",
    [
        "commentCount > 2",
        "commentCount:1 TO 3",
        "commentCount = 0 OR year = 2026",
        "NOT commentCount > 2",
        "commentCount != 0 AND NOT (year < 2026 OR topics:Harbour)",
        "timestamp >= 1767225600 OR topics:Harbour",
        "year:2025 TO 2025",
    ],
)
async def test_numbers_are_compared(demo: Client, text: str) -> None:
    def passes(hit: dict[str, Any]) -> bool:
        comments, year = hit["commentCount"], int(hit["year"])
        is_harbour = "Harbour" in hit["topics"]
        results: dict[str, bool] = {
            "commentCount > 2": comments > 2,
            "commentCount:1 TO 3": 1 <= comments <= 3,
            "commentCount = 0 OR year = 2026": comments == 0 or year == 2026,
            "NOT commentCount > 2": comments <= 2,
            "commentCount != 0 AND NOT (year < 2026 OR topics:Harbour)": (
                comments != 0 and year >= 2026 and not is_harbour
            ),
            "timestamp >= 1767225600 OR topics:Harbour": year >= 2026 or is_harbour,
            "year:2025 TO 2025": year == 2025,
        }
        return results[text]

    plain: dict[str, Any] = {"attributesToHighlight": [], "attributesToSnippet": []}
    # Own topics are those of hits; the filter also finds what is below them.
    below = (await search(demo, filters="topics:Harbour", hitsPerPage=100, **plain))["hits"]
    everything = (await search(demo, hitsPerPage=100, **plain))["hits"]
    for hit in everything:
        hit["topics"] = ["Harbour"] if hit in below else []
    expected = {hit["objectID"] for hit in everything if passes(hit)}
    result = await search(demo, filters=text, hitsPerPage=100, facets=["commentCount"], **plain)
    assert {hit["objectID"] for hit in result["hits"]} == expected
    comments = [hit["commentCount"] for hit in result["hits"]]
    assert result["facets_stats"]["commentCount"] == {"min": min(comments), "max": max(comments)}


async def test_single_articles_are_named_and_left_out(demo: Client) -> None:
    first, second, *_ = (await search(demo, query="ferry"))["hits"]
    total = (await search(demo))["nbHits"]
    one, other = first["objectID"], second["objectID"]
    both = await search(demo, filters=f"objectID:{one} OR objectID:{other}")
    assert {hit["objectID"] for hit in both["hits"]} == {one, other}
    assert (await search(demo, filters=f"NOT objectID:{one}"))["nbHits"] == total - 1
    assert (await search(demo, facetFilters=[f"objectID:-{one}"]))["nbHits"] == total - 1
    assert (await search(demo, facetFilters=["objectID:nothing"]))["nbHits"] == 0
