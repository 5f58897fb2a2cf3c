"""Limits of documents and variables: the largest allowed one is executed, one more is not."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any

import pytest
from graphql import get_introspection_query

from hub.settings import Settings
from schema.execution.limits import MAX_DIRECTIVES, MAX_FIELDS, MAX_FRAGMENTS, MAX_ROOT_FIELDS
from schema.server.requests import MAX_NESTING, MAX_VALUES
from tests.support.hub import Client, a_hub

pytestmark = pytest.mark.anyio
DEFAULTS = Settings()


def aliases(count: int) -> str:
    """Below a root of five fields."""
    return "{ site { " + " ".join(f"a{number}: name" for number in range(count)) + " } }"


def depth(count: int) -> str:
    below = "{ parent " * (count - 2)
    return '{ topic(slug: "x") ' + below + "{ name }" + " }" * (count - 2) + " }"


def tokens(count: int) -> str:
    """Mostly lists of slugs, since the limit of fields is lower."""
    slugs = '"x" ' * 90
    lists = " ".join(
        f"a{number}: articles(filter: {{ topics: [{slugs}] }}) {{ totalCount }}"
        for number in range(18)
    )
    return f"{{ {lists} site {{ {'name ' * (count - 18 * 106 - 5)} }} }}"


def root_fields(count: int) -> str:
    return "{ " + "site { name } " * count + "}"


def root_fields_of_fragments(count: int) -> str:
    return "{ " + "...F " * count + "} fragment F on Query { site { name } }"


def fields(count: int) -> str:
    """Ten a spread, and the site itself."""
    spreads, rest = divmod(count - 1, 10)
    inside = "...F " * spreads + "name " * rest
    return f"{{ site {{ {inside} }} }} fragment F on Site {{ {'name ' * 10} }}"


def directives(count: int) -> str:
    return "{ site { " + "name @include(if: true) " * count + "} }"


def fragments(count: int) -> str:
    """A chain of them, each within the one before."""
    chain = " ".join(
        f"fragment F{number} on Site {{ ...F{number + 1} }}" for number in range(count - 1)
    )
    return f"{{ site {{ ...F0 }} }} {chain} fragment F{count - 1} on Site {{ name }}"


def introspection(count: int) -> str:
    below = "{ ofType " * (count - 2)
    return '{ __type(name: "Article") { fields { type ' + below + "{ name }" + " }" * count + " }"


@pytest.mark.parametrize(
    ("make", "most"),
    [
        (aliases, DEFAULTS.max_aliases),
        (depth, DEFAULTS.max_depth),
        (tokens, DEFAULTS.max_tokens),
        (root_fields, MAX_ROOT_FIELDS),
        (root_fields_of_fragments, MAX_ROOT_FIELDS),
        (fields, MAX_FIELDS),
        (directives, MAX_DIRECTIVES),
        (fragments, MAX_FRAGMENTS),
    ],
    ids=lambda value: value.__name__ if callable(value) else "",
)
async def test_a_document_may_hold_so_much_and_no_more(
    client: Client, make: Callable[[int], str], most: int
) -> None:
    allowed = await client.post(make(most))
    assert "errors" not in allowed, allowed
    refused = await client.post(make(most + 1))
    assert "data" not in refused
    assert refused["errors"][0]["extensions"]["code"] in ("QUERY_TOO_LARGE", "GRAPHQL_PARSE_FAILED")


async def test_fragments_of_fragments_cost_no_time(client: Client) -> None:
    twice = "fragment F{} on Topic {{ ...F{} ...F{} }}"
    chain = " ".join(twice.format(number, number + 1, number + 1) for number in range(60))
    text = f'{{ topic(slug: "a") {{ ...F0 }} }} {chain} fragment F60 on Topic {{ name }}'
    began = time.process_time()
    answer = await client.post(text)
    assert answer["errors"][0]["extensions"]["code"] == "QUERY_TOO_LARGE"
    assert time.process_time() - began < 5


def nested(depth: int) -> Any:
    value: Any = 1
    for _ in range(depth):
        value = [value]
    return value


ECHO = "query($ids: [ID!]!) { nodes(ids: $ids) { id } }"


async def test_variables_may_hold_so_much_and_no_more(client: Client) -> None:
    async def status(**variables: Any) -> int:
        body = {"query": ECHO, "variables": {"ids": []} | variables}
        return (await client.http.post("/graphql", json=body)).status_code

    assert await status(other=[0] * (MAX_VALUES - 2)) == 200
    assert await status(other=[0] * (MAX_VALUES - 1)) == 413
    assert await status(other=nested(MAX_NESTING - 1)) == 200
    assert await status(other=nested(MAX_NESTING)) == 400
    objects: Any = {}
    for _ in range(MAX_NESTING):
        objects = {"x": objects}
    assert await status(other=objects) == 400


@pytest.mark.parametrize(
    ("query", "most"),
    [
        (ECHO, 100),
        ("query($ids: [String!]) { articles(filter: { topics: $ids }) { totalCount } }", 100),
        ("query($ids: [String!]) { articles(filter: { authors: $ids }) { totalCount } }", 100),
        ("query($ids: [String!]) { articles(filter: { languages: $ids }) { totalCount } }", 100),
        (
            'query($ids: [String!]) { search(query: "", filter: { topics: $ids }) { totalCount } }',
            100,
        ),
    ],
)
async def test_lists_of_arguments_are_bounded(demo: Client, query: str, most: int) -> None:
    allowed = await demo.post(query, ids=[f"x{number}" for number in range(most)])
    assert "errors" not in allowed
    refused = await demo.post(query, ids=[f"x{number}" for number in range(most + 1)])
    assert refused["errors"][0]["extensions"]["code"] == "BAD_USER_INPUT"


async def test_a_value_may_be_said_often(client: Client) -> None:
    query = """query($kinds: [ArticleKind!], $statuses: [ArticleStatus!], $of: [RelatedKind!]) {
      articles(filter: { kinds: $kinds, statuses: $statuses }) { totalCount
        nodes { related(kinds: $of) { totalCount } } } }"""
    often = {"kinds": ["ARTICLE"] * 15_000, "statuses": ["PUBLISHED"] * 15_000}
    answer = await client.post(query, editor=False, **often, of=["INLINE"] * 15_000)
    assert "errors" not in answer, answer


async def test_introspection_is_affordable_and_bounded(settings: Settings) -> None:
    async with a_hub(settings) as client:
        assert "errors" not in await client.post(get_introspection_query())
        lists = "{ __schema { types { fields { type { fields { type { fields { name } } } } } } } }"
        assert "errors" in await client.post(lists)
        assert "errors" in await client.post(introspection(25))
