"""The related graph as a tool."""

from __future__ import annotations

import random
from collections.abc import AsyncIterator, Sequence
from typing import Any

import pytest

from hub import related
from hub.auth import ANONYMOUS, SYSTEM
from hub.db.database import Reader
from hub.models import Relation, RelationKind, RelationOrigin, Status
from hub.reads import graph
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


GRAPH = """
query ($of: ID!, $depth: Int!, $first: Int!, $kinds: [RelatedKind!]) {
  relatedGraph(of: $of, depth: $depth, first: $first, kinds: $kinds) {
    nodes { distance article { slug } } isComplete
    edges { sourceId targetId kind kinds origin anchor source { slug } target { slug } }
  }
}
"""


def global_id(number: int) -> str:
    return ids.global_id(ids.ARTICLE, number)


async def around(client: Client, of: int, depth: int = 3, first: int = 24, **values: Any) -> Any:
    """Return the articles with their distances, the edges as pairs, and whether that is all."""
    kinds, editor = values.get("kinds"), values.get("editor", False)
    answer = await client.ask(
        GRAPH, editor=editor, of=global_id(of), depth=depth, first=first, kinds=kinds
    )
    graph = answer["relatedGraph"]
    return graph and (
        {node["article"]["slug"]: node["distance"] for node in graph["nodes"]},
        [(edge["sourceId"], edge["targetId"]) for edge in graph["edges"]],
        graph["isComplete"],
    )


async def a_graph() -> dict[str, int]:
    """Create a ↔ b → c → d → e and a → hidden → f, the first edge twice."""
    names = {name: await an_article(name, slug=name) for name in "abcdef"}
    names["hidden"] = await an_article("hidden", slug="hidden", status=Status.DRAFT)
    for pair in ("ab", "ba", "bc", "cd", "de"):
        await link(names[pair[0]], names[pair[1]])
    await link(names["a"], names["b"], "PINNED")
    await link(names["a"], names["hidden"])
    await link(names["hidden"], names["f"])
    return names


async def test_a_graph_is_flat_ends_at_its_depth_and_holds_nothing_hidden(client: Client) -> None:
    of = await a_graph()
    pairs = [(global_id(of[s]), global_id(of[t])) for s, t in ("ab", "ba", "bc", "cd")]
    nodes, edges, is_complete = await around(client, of["a"])
    assert (nodes, edges, is_complete) == ({"a": 0, "b": 1, "c": 2, "d": 3}, pairs, True)
    assert (await around(client, of["a"], 1))[:2] == ({"a": 0, "b": 1}, pairs[:1])
    assert (await around(client, of["b"], 1, 1))[0] == {"b": 0, "a": 1}
    assert (await around(client, of["a"], kinds=["PINNED"]))[0] == {"a": 0, "b": 1}
    assert await around(client, of["hidden"]) is None
    assert set((await around(client, of["a"], 2, editor=True))[0]) == {"a", "b", "c", "hidden", "f"}
    data = await client.ask(GRAPH, of=global_id(of["a"]), depth=1, first=9)
    [edge] = data["relatedGraph"]["edges"]
    assert (edge["kind"], edge["kinds"], edge["anchor"]) == ("PINNED", ["PINNED", "INLINE"], "b")
    assert (edge["source"], edge["target"]) == ({"slug": "a"}, {"slug": "b"})
    strongest = await Relation.get(source_id=of["a"], target_id=of["b"], kind="PINNED")
    assert edge["origin"] == strongest.origin.value == "EDITOR"


async def draw(pairs: Sequence[tuple[int, int]]) -> None:
    """Create edges between articles, in this order."""
    await Relation.bulk_create(
        Relation(
            source_id=source,
            target_id=target,
            kind=RelationKind.INLINE,
            origin=RelationOrigin.EDITOR,
            rank=rank,
            anchor="x",
        )
        for rank, (source, target) in enumerate(pairs)
    )


async def test_a_graph_has_so_many_articles_at_most_in_one_statement_a_step(
    db: Reader, monkeypatch: pytest.MonkeyPatch
) -> None:
    """In a tree with eight branches everywhere."""
    monkeypatch.setattr(graph, "MAX_NODES", 50)
    numbers = [await an_article() for n in range(60)]
    await draw([(numbers[n // 8], numbers[n + 1]) for n in range(59)])
    for first, size in ((8, 50), (5, 31)):
        before = db.statements
        result = await graph.neighbourhood(db, numbers[0], ANONYMOUS, depth=3, first=first)
        assert db.statements - before <= 3
        assert (len(result.nodes), result.is_complete) == (size, size < 50)
        assert {edge.target_id for edge in result.edges} == result.nodes.keys() - {numbers[0]}
        assert [*result.nodes.values()] == sorted(result.nodes.values())


PATH = """
query ($a: ID!, $b: ID!, $kinds: [RelatedKind!]) {
  path(from: $a, to: $b, kinds: $kinds) { articles { slug } edges { sourceId targetId kinds } }
}
"""


async def way(client: Client, a: int, b: int, **values: Any) -> str | None:
    editor = values.pop("editor", False)
    data = await client.ask(PATH, editor=editor, a=global_id(a), b=global_id(b), **values)
    if data["path"] is None:
        return None
    slugs = [article["slug"] for article in data["path"]["articles"]]
    edges = data["path"]["edges"]
    assert [edge["sourceId"] for edge in edges[1:]] == [edge["targetId"] for edge in edges[:-1]]
    assert len(edges) == len(slugs) - 1
    return " ".join(slugs)


async def test_a_path_is_a_shortest_one_and_passes_nothing_hidden(client: Client) -> None:
    of = await a_graph()
    assert await way(client, of["a"], of["e"]) == "a b c d e"
    assert await way(client, of["c"], of["c"]) == "c"
    assert await way(client, of["e"], of["a"]) is None
    assert await way(client, of["a"], of["f"]) is None
    assert await way(client, of["a"], of["hidden"]) is None
    assert await way(client, of["a"], of["f"], editor=True) == "a hidden f"
    assert await way(client, of["a"], of["c"], kinds=["PINNED"]) is None
    await link(of["b"], of["e"], "MORE_TO_READ")
    assert await way(client, of["a"], of["e"]) == "a b e"


def _pair(ends: list[int]) -> tuple[int, int]:
    return ends[0], ends[1]


async def test_a_search_from_both_ends_finds_a_shortest_path(db: Reader) -> None:
    """In random graphs, as breadth first from one end does."""
    numbers = [await an_article() for _ in range(12)]
    for seed in range(8):
        chance = random.Random(seed)
        links = {_pair(chance.sample(numbers, 2)) for _ in range(10 + seed)}
        await Relation.all().delete()
        await draw([*links])
        distances = {numbers[0]: 0}
        for distance in range(1, 7):
            ends = {t for s, t in links if distances.get(s) == distance - 1}
            distances = {end: distance for end in ends} | distances
        for target in numbers:
            found = await graph.path(db, numbers[0], target, ANONYMOUS)
            assert (None if found is None else len(found)) == distances.get(target), (seed, links)


@pytest.mark.parametrize(
    ("arguments", "message"),
    [("depth: 4", "must be from 1 to 3"), ("first: 25", "must be from 1 to 24")],
)
async def test_a_graph_is_bounded(client: Client, arguments: str, message: str) -> None:
    of = global_id(await an_article())
    answer = await client.post(f'{{ relatedGraph(of: "{of}", {arguments}) {{ isComplete }} }}')
    assert message in answer["errors"][0]["message"]
