"""Costs of queries; those that are too expensive are refused before anything is read."""

from __future__ import annotations

from typing import Any

import pytest
from graphql import OperationDefinitionNode, get_named_type, is_leaf_type, parse

from schema.build import graphql_schema
from schema.execution.cost import LIST, cost, cost_variables
from tests.support.hub import Client
from tests.support.statements import counted

pytestmark = pytest.mark.anyio


def of(text: str, **variables: Any) -> int:
    document = parse(text)
    [operation, *_] = (
        definition
        for definition in document.definitions
        if isinstance(definition, OperationDefinitionNode)
    )
    return cost(graphql_schema(), document, operation, variables)


@pytest.mark.parametrize(
    ("text", "variables", "expected"),
    [
        ("{ site { name } }", {}, 1),
        ("{ __schema { queryType { name } } }", {}, 0),
        ("{ __schema { types { fields { name } } } }", {}, 120 * (1 + LIST)),
        ("{ site { " + " ".join(f"a{n}: name" for n in range(20)) + " } }", {}, 1 + 2),
        ('{ article(slug: "a") { title topics { name } } }', {}, 1 + LIST),
        ("{ articles(first: 7) { nodes { title } } }", {}, 8),
        ("{ articles { nodes { title } } }", {}, 21),
        ("{ articles(last: 3) { edges { cursor node { title } } pageInfo { endCursor } } }", {}, 4),
        ("{ articles(first: 5) { totalCount } }", {}, 6 + 30),
        ("query($n: Int) { articles(first: $n) { nodes { id } } }", {"n": 9}, 10),
        ("query($n: Int = 4) { articles(first: $n) { nodes { id } } }", {}, 5),
        ("query($n: Int = 4) { articles(first: $n) { nodes { id } } }", {"n": None}, 21),
        ("{ articles(first: 3) { nodes { related(first: 2) { nodes { id } } } } }", {}, 1 + 3 * 4),
        ("{ search(query: \"x\") { nodes { id } } }", {}, 80 + 21),
        ('{ nodes(ids: ["a", "b"]) { id } }', {}, 2),
        ("query($i: [ID!]!) { nodes(ids: $i) { ... on Article { topics { id } } } }",
         {"i": ["a"] * 3}, 3 * (1 + LIST)),
        ('{ search(query: "x", first: 100) { facets(size: 50) { buckets { value } } } }', {},
         80 + 1 + 100 + LIST * (1 + 50)),
        ('{ search(query: "x", first: 100) { related(first: 9) { nodes { id } } nodes { id } } }',
         {}, 80 + 1 + 100 + 1 + 9),
        ('{ search(query: "x", first: 9) { ...F nodes { ...G } } } '
         "fragment F on SearchConnection { ...H facets(size: 2) { buckets { value } } } "
         "fragment G on Article { topics { name } } "
         "fragment H on SearchConnection { nodes { id } }",
         {}, 80 + 1 + 9 * (1 + 1 + LIST) + LIST * (1 + 2)),
        ('{ suggest(query: "x", first: 7) { text article { title } } }', {}, 1 + 7 * 2),
        ('{ relatedGraph(of: "x", depth: 1, first: 8) { nodes { distance } } }', {}, 1 + 2 + 9),
        ('{ relatedGraph(of: "x", first: 4) { edges { kind } } }', {}, 1 + 5 + 21),
        ('query($d: Int!) { relatedGraph(of: "x", depth: $d, first: 24) { nodes { article { id } '
         "topics: distance } } }", {"d": 3}, 1 + 1200 + 200 * 2),
        ('{ relatedGraph(of: "x", depth: 3, first: 24) { '
         + " ".join(f"e{n}: edges {{ anchor }}" for n in range(5)) + " } }",
         {}, 1 + 1200 + 5 * 1200),
        ('{ a: relatedGraph(of: "x", depth: 1, first: 8) { ...G } '
         'b: relatedGraph(of: "x", depth: 3, first: 24) { ...G } } '
         "fragment G on RelatedGraph { edges { because { kind } } }",
         {}, 1 + 2 + max(2 * (1 + LIST), 9) + 1 + 1200 + 1200 * (1 + LIST)),
        ('{ path(from: "x", to: "y") { articles { title } } }', {}, 101 + LIST),
        ("{ a: site { name } ...F } fragment F on Query { b: site { name } }", {}, 2),
    ],
)  # fmt: skip
def test_the_cost_counts_objects(text: str, variables: dict[str, Any], expected: int) -> None:
    assert of(text, **variables) == expected


def connection_fields() -> list[str]:
    """Queries of a search or list and of one field of its connection, with `%d` for its size."""
    queries = []
    types = graphql_schema()
    for root, arguments in (("search", 'query: "x", '), ("articles", ""), ("topics", "")):
        assert types.query_type is not None
        connection: Any = get_named_type(types.query_type.fields[root].type)
        for name, field in connection.fields.items():
            if name in ("edges", "nodes"):
                continue
            below = "" if is_leaf_type(get_named_type(field.type)) else " { __typename }"
            queries.append(f"{{ {root}({arguments}first: %d) {{ {name}{below} nodes {{ id }} }} }}")
    return queries


@pytest.mark.parametrize("query", connection_fields())
def test_fields_of_a_connection_count_once(query: str) -> None:
    """Only edges and nodes are multiplied by the size of the page."""
    assert of(query % 100) - of(query % 1) == 99


async def test_a_full_page_of_hits_is_allowed(demo: Client) -> None:
    await demo.ask("""{ search(query: "ferry", first: 100) {
      totalCount facets(size: 100) { field buckets { value label count } }
      related(first: 100) { nodes { title } }
      edges { score highlights(fragments: 5) { field fragments }
        node { title excerpt authors { name } topics { name } } } } }""")


def test_fragments_in_fragments_are_measured_once() -> None:
    twice = "fragment F{} on Article {{ related(first: 2) {{ nodes {{ ...F{} ...F{} }} }} }}"
    levels = " ".join(twice.format(n, n + 1, n + 1) for n in range(60))
    text = f'{{ article(slug: "a") {{ ...F0 }} }} {levels} fragment F60 on Article {{ title }}'
    assert of(text) > 10**30


def test_the_variables_that_decide_are_known() -> None:
    text = "query($n: Int, $s: String, $m: Int) { articles(first: $n, after: $s) { totalCount } }"
    assert cost_variables(parse(text)) == ("n",)


async def test_every_answer_tells_its_cost(client: Client) -> None:
    answer = await client.post("query($n: Int) { topics(first: $n) { nodes { name } } }", n=3)
    assert answer["extensions"] == {"cost": {"requested": 4, "limit": 10_000}}
    answer = await client.post("query($n: Int) { topics(first: $n) { nodes { name } } }", n=30)
    assert answer["extensions"]["cost"]["requested"] == 31


@pytest.mark.parametrize("number", [100, 100.0])
async def test_what_is_too_expensive_is_refused_unread(client: Client, number: float) -> None:
    query = """query($n: Int!) { articles(first: $n) { nodes { related(first: $n) {
      nodes { comments(first: $n) { nodes { body } } } } } } }"""
    await client.post("{ __typename }")  # after which the cache has read the latest change
    with counted(client.db) as statements:
        answer = await client.post(query, n=number)
    assert not statements
    [error] = answer["errors"]
    assert error["extensions"]["code"] == "QUERY_TOO_EXPENSIVE"
    assert "costs 1020201" in error["message"]
    assert "data" not in answer
    assert "errors" not in await client.post(query, n=type(number)(5))
