"""The hub's executor answers what graphql-core's does, errors and their places included."""

from __future__ import annotations

from typing import Any

import pytest
from graphql.execution import Executor

from schema import operations
from schema.loaders import Loaders
from tests.process.test_whole_site import SITE_SEARCH
from tests.schema.conftest import Client

pytestmark = pytest.mark.anyio


class ByTheBook(Executor[None]):
    """graphql-core's executor as it comes."""

    def __init__(self, *args: Any, shapes: Any = None, **kwargs: Any) -> None:
        kwargs.pop("operation_extensions", None)
        super().__init__(*args, **kwargs)


PAGE = """
query Page($slug: String!, $n: Int = 2, $more: Boolean = true, $how: BodyFormat = TEXT) {
  article(slug: $slug) {
    __typename id title body(format: $how) plain: body(format: TEXT) language kind commentCount
    authors { ...Name } topics { ...Name ancestors { slug } parent { name } }
    related(first: $n) { totalCount edges { kind anchor position node { ...Link } } }
    relatedBy(first: $n) @include(if: $more) { edges { kind node { ...Link } } }
    comments(first: $n) @skip(if: false) {
      totalCount
      nodes { ...Said replies(first: 1) { totalCount nodes { ...Said } } }
      pageInfo { hasNextPage endCursor hasPreviousPage startCursor }
    }
    translations { language title }
  }
}
fragment Name on Node { id ... on Topic { name slug } ... on Author { name slug } }
fragment Link on Article { title slug publishedAt }
fragment Said on Comment { authorName body publishedAt parent { id } article { title } }
"""
LIST = """
query List($after: String) {
  first: articles(first: 3, after: $after) { ...Some }
  last: articles(last: 2, sort: NEWEST, filter: { topics: ["harbour"] }) { ...Some }
  topics(first: 3) { nodes { slug children { slug } articles(first: 2) { nodes { title } } } }
  authors(first: 2) { nodes { name bio articles(first: 1) { totalCount nodes { slug } } } }
  site { name }
  __typename
}
fragment Some on ArticleConnection {
  totalCount
  edges { cursor node { title excerpt(words: 5) authors { name } } }
  pageInfo { hasNextPage endCursor }
}
"""
NODES = """
query Nodes($ids: [ID!]!, $id: ID!) {
  node(id: $id) { __typename id ... on Article { title } }
  nodes(ids: $ids) { __typename ... on Article { slug } ... on Comment { body } }
}
"""
QUESTIONS: list[tuple[str, dict[str, Any]]] = [
    (PAGE, {"slug": "ferry-launch"}),
    (PAGE, {"slug": "ferry-month", "n": 100, "more": False, "how": "MARKDOWN"}),
    (PAGE, {"slug": "nowhere"}),
    (PAGE, {"slug": "ferry-launch", "n": 0}),
    (PAGE, {"slug": "ferry-launch", "n": 100_000}),
    (PAGE, {"slug": None}),
    (LIST, {}),
    (LIST, {"after": "no cursor"}),
    (NODES, {"id": "no id", "ids": ["no id", "also none"]}),
    (SITE_SEARCH % ("ferry", "harbour"), {}),
    ('{ search(query: "", first: 1) { totalCount edges { node { title } } } }', {}),
    ("{ moderationQueue(first: 2) { nodes { body } } site { name } }", {}),
    ("{ articles(first: 1) { nodes { title(x: 1) } } }", {}),
    ('{ a: __typename __schema { queryType { name } } __type(name: "Topic") { name } }', {}),
]


async def both(
    client: Client, monkeypatch: pytest.MonkeyPatch, query: str, variables: dict[str, Any]
) -> tuple[Any, Any]:
    """The answers of the hub's executor, asked twice as it remembers shapes, and of the book."""
    first = await client.post(query, **variables)
    lean = await client.post(query, **variables)
    with monkeypatch.context() as patch:
        patch.setattr(operations, "LeanExecutor", ByTheBook)
        book = await client.post(query, **variables)
    for answer in (first, lean, book):
        for key in list(answer):
            answer[key] = _same_for_all(answer[key])
    assert first == lean
    return lean, book


def _same_for_all(value: Any) -> Any:
    """Without what differs from request to request; errors in the order of their places."""
    if isinstance(value, list):
        if value and isinstance(value[0], dict) and "message" in value[0]:
            value = sorted(value, key=lambda one: [str(part) for part in one.get("path", [])])
        return [_same_for_all(one) for one in value]
    if isinstance(value, dict):
        changing = ("requestId", "tookMs")
        return {key: _same_for_all(one) for key, one in value.items() if key not in changing}
    return value


@pytest.mark.parametrize(("query", "variables"), QUESTIONS)
async def test_an_answer_is_what_graphql_core_answers(
    query: str, variables: dict[str, Any], demo: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    lean, book = await both(demo, monkeypatch, query, variables)
    assert lean == book


async def test_found_nodes_are_the_same(demo: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    found = await demo.ask(
        "{ articles(first: 3) { nodes { id comments(first: 2) { nodes { id } } } } }"
    )
    ids = [
        id_
        for article in found["articles"]["nodes"]
        for id_ in (article["id"], *(one["id"] for one in article["comments"]["nodes"]))
    ]
    lean, book = await both(demo, monkeypatch, NODES, {"id": ids[0], "ids": [*ids, "none"]})
    assert lean == book


@pytest.mark.parametrize("loader", ["article", "body", "topics", "authors", "thread_count"])
async def test_a_failure_in_the_middle_is_told_in_the_same_places(
    loader: str, demo: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(_self: Loaders) -> Any:
        raise OSError("the disk is gone")

    monkeypatch.setattr(Loaders, loader, property(broken))
    lean, book = await both(demo, monkeypatch, LIST, {})
    assert lean == book
    lean, book = await both(demo, monkeypatch, PAGE, {"slug": "ferry-launch"})
    assert lean == book
    assert "disk" not in str(lean)
