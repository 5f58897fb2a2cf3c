"""Score explanations through the API: for editors only."""

from __future__ import annotations

import pytest

from tests.support.hub import Client

pytestmark = pytest.mark.anyio
EXPLAIN = """{
  search(query: "electric ferry", first: 3) {
    edges { score explain { kind score text fields { field count boost } idf tf weight } }
  }
}"""


async def test_an_editor_sees_the_parts_of_each_score(demo: Client) -> None:
    edges = (await demo.ask(EXPLAIN, editor=True))["search"]["edges"]
    assert len(edges) == 3
    for edge in edges:
        total = sum(part["score"] for part in edge["explain"])
        assert total == pytest.approx(edge["score"], rel=1e-3)
    word = edges[0]["explain"][0]
    assert word["kind"] == "WORD"
    assert {field["field"] for field in word["fields"]} <= {"title", "summary", "body"}
    assert all(field["count"] > 0 for field in word["fields"])


async def test_nobody_else_does(demo: Client) -> None:
    answer = await demo.post(EXPLAIN)
    edges = answer["data"]["search"]["edges"]
    assert [edge["explain"] for edge in edges] == [None] * 3
    assert {error["extensions"]["code"] for error in answer["errors"]} == {"FORBIDDEN"}
