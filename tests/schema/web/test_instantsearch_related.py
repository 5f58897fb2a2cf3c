"""Recommendations from the graph of related articles, and indexes of past searches."""

from __future__ import annotations

from typing import Any

import pytest

from hub import related
from hub.auth import SYSTEM
from hub.db.timestamps import now
from hub.models import QueryStat, RelationKind, Status
from hub.settings import Settings
from schema import ids
from tests.support.factories import an_article
from tests.support.hub import Client, a_hub

pytestmark = [pytest.mark.anyio, pytest.mark.databases]
MODEL = {"indexName": "articles", "model": "related-products"}


async def recommend(client: Client, *requests: dict[str, Any], status: int = 200) -> Any:
    body = {"requests": list(requests)}
    answer = await client.http.post("/1/indexes/*/recommendations", json=body)
    assert answer.status_code == status, answer.text
    return answer.json() if status != 200 else answer.json()["results"]


def object_id(id_: int) -> str:
    return ids.global_id(ids.ARTICLE, id_)


async def test_recommendations_are_the_related_articles_that_readers_see(client: Client) -> None:
    rye = await an_article("Rye", topics=("Bread",))
    salt = await an_article("Salt", topics=("Spice",), language="fr")
    oven = await an_article("Oven")
    secret = await an_article("Secret", status=Status.DRAFT)
    for target in (salt, secret, oven):
        await related.link(rye, kind=RelationKind.INLINE, target_id=target, by=SYSTEM)
        await related.link(secret, kind=RelationKind.INLINE, target_id=oven, by=SYSTEM)
    assert await client.indexer.wait(oven)
    request = {**MODEL, "objectID": object_id(rye)}
    own, few, filtered, of_draft, unknown, none = await recommend(
        client,
        request,
        {**request, "maxRecommendations": 1, "queryParameters": {"attributesToRetrieve": "title"}},
        {**request, "queryParameters": {"facetFilters": ["language:fr"]}},
        {**MODEL, "objectID": object_id(secret)},
        {**request, "model": "trending-items"},
        {**request, "model": "looking-similar", "threshold": 100},
    )
    assert [(hit["title"], hit["_score"]) for hit in own["hits"]] == [("Salt", 100), ("Oven", 100)]
    assert own["hits"][0]["objectID"] == object_id(salt)
    assert [hit["title"] for hit in few["hits"]] == ["Salt"]
    assert "url" not in few["hits"][0]
    assert [hit["title"] for hit in filtered["hits"]] == ["Salt"]
    assert of_draft["hits"] == none["hits"] == unknown["hits"] == []
    assert unknown["message"].startswith("There is no model 'trending-items'; use related-products")


@pytest.mark.parametrize(
    "request_",
    [
        {"model": "bought-together"},
        {**MODEL},
        {**MODEL, "objectID": "x"},
        {**MODEL, "objectID": object_id(1), "indexName": "other"},
        {**MODEL, "objectID": object_id(1), "threshold": 101},
        {**MODEL, "objectID": object_id(1), "queryParameters": ["x"]},
    ],
)
async def test_a_bad_request_is_told(client: Client, request_: dict[str, Any]) -> None:
    error = await recommend(client, request_, status=400)
    assert error["status"] == 400
    assert error["message"]


async def test_past_searches_are_an_index(client: Client) -> None:
    id_ = await an_article("Rye bread and <salt>", topics=("Bread", "Flour"))
    assert await client.indexer.wait(id_)
    rows = (("rye bread", 3, 3), ("rye", 9, 3), ("salt", 5, 3), ("hidden plan", 9, 3))
    for text, asked, readers in (*rows, ("bread", 99, 2)):
        await QueryStat.create(
            day=str(now().date()), text=text, asked=asked, hits=1, readers=readers
        )
    client.app.state.suggestions.expire_popular()

    async def texts(**params: Any) -> list[tuple[str, int, str]]:
        request = {"indexName": "articles_query_suggestions", "params": params}
        answer = await client.http.post("/instantsearch", json={"requests": [request]})
        assert answer.status_code == 200, answer.text
        return [
            (hit["query"], hit["popularity"], hit["_highlightResult"]["query"]["value"])
            for hit in answer.json()["results"][0]["hits"]
        ]

    assert await texts(query="ry") == [
        ("rye", 9, "<em>ry</em>e"),
        ("rye bread", 3, "<em>ry</em>e bread"),
    ]
    # "hidden plan" stands in no public title, and two readers are not enough for "bread".
    assert await texts(hitsPerPage=2) == [("rye", 9, "rye"), ("salt", 5, "salt")]
    assert (
        await texts(query="hidden") == await texts(query="zz") == await texts(query="bread") == []
    )


async def test_every_error_is_json(settings: Settings) -> None:
    limited = settings.model_copy(update={"searches_per_minute": 1})
    async with a_hub(limited) as client:
        for method, path, statuses in (
            ("GET", "/1/indexes/articles/query", [404]),
            ("POST", "/1/indexes/articles/browse", [404]),
            ("POST", "/1/indexes/articles/query", [200, 429]),
        ):
            for status in statuses:
                answer = await client.http.request(method, path, content=b"{}")
                assert answer.status_code == status, answer.text
                assert answer.json().get("status", 200) == status
        assert int(answer.headers["retry-after"]) > 0
