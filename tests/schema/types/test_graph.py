"""The related graph as a tool."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Any

import pytest

from hub import related
from hub.auth import SYSTEM
from hub.models import RelationKind, Status
from hub.settings import Settings
from schema import ids
from tests.support.factories import an_article
from tests.support.hub import Client, a_hub

pytestmark = [pytest.mark.anyio, pytest.mark.databases]


@pytest.fixture
async def client(settings: Settings, anyio_backend: str) -> AsyncIterator[Client]:
    async with a_hub(settings.model_copy(update={"neighbours": 0})) as running:
        yield running


async def link(source: int, target: int, kind: str = "INLINE", **values: Any) -> int:
    kind_ = RelationKind(kind)
    return await related.link(source, kind=kind_, target_id=target, by=SYSTEM, **values)


EDGES = """
query ($kinds: [RelatedKind!], $dangling: Boolean!) {
  article(slug: "a") {
    related(first: 9, kinds: $kinds, includeDangling: $dangling) {
      totalCount edges { kind kinds relationId anchor source { slug } node { slug } }
    }
  }
  b: article(slug: "b") { relatedBy { totalCount edges { kind kinds source { slug } } } }
}
"""


async def test_a_neighbour_stands_once_with_all_of_its_kinds(client: Client) -> None:
    """But what leads to a hidden article is as many edges to readers as its source names."""
    a, b, c = [await an_article(name, slug=name.lower()) for name in ("A", "B", "C")]
    await an_article("Hidden", slug="hidden", status=Status.DRAFT)
    await link(a, b, "MORE_TO_READ", anchor="More")
    inline = await link(a, b, anchor="Here")
    await link(a, c, "PINNED")
    for kind in (RelationKind.MORE_TOPICS, RelationKind.INLINE):
        await related.link(a, kind=kind, headline="Hidden", by=SYSTEM)

    async def edges(
        kinds: Any = None, *, dangling: bool = False, editor: bool = False
    ) -> tuple[int, list[tuple[str, list[str], str | None]]]:
        answer = await client.ask(EDGES, editor=editor, kinds=kinds, dangling=dangling)
        relations = answer["article"]["related"]
        assert {edge["source"]["slug"] for edge in relations["edges"]} == {"a"}
        return relations["totalCount"], [
            (edge["kind"], edge["kinds"], edge["node"] and edge["node"]["slug"])
            for edge in relations["edges"]
        ]

    both = ["INLINE", "MORE_TO_READ"]
    public = [("INLINE", both, "b"), ("PINNED", ["PINNED"], "c")]
    assert await edges() == (2, public)
    assert await edges(["MORE_TO_READ"]) == (1, [("MORE_TO_READ", both, "b")])
    dangling = [("MORE_TOPICS", ["MORE_TOPICS"], None), ("INLINE", ["INLINE"], None)]
    assert await edges(dangling=True) == (4, public + dangling)
    hidden_edge = ("INLINE", ["INLINE", "MORE_TOPICS"], "hidden")
    assert await edges(dangling=True, editor=True) == (3, [*public, hidden_edge])
    answer = await client.ask(EDGES, dangling=False)
    assert answer["article"]["related"]["edges"][0]["relationId"] == ids.global_id(
        ids.RELATION, inline
    )
    assert answer["b"]["relatedBy"] == {
        "totalCount": 1,
        "edges": [{"kind": "INLINE", "kinds": both, "source": {"slug": "a"}}],
    }
