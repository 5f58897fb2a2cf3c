"""Query plans of SQLite: rows are found by key, or along an index in the list's order."""

from __future__ import annotations

from collections.abc import Sequence
from contextvars import ContextVar
from typing import Any

import pytest

from hub.reads.articles import ArticleRow
from hub.reads.related import EdgeRow
from scripts.bench.questions import ARTICLE_LIST, ARTICLE_PAGE, SEARCH_PAGE
from tests.support.hub import Client

pytestmark = pytest.mark.anyio
MANY = "idx_article_status"
"""Prefix of the names of indexes of all published articles."""


is_asked: ContextVar[bool] = ContextVar("is_asked", default=False)
"""True in the tasks of a request, and not in those of the hub that run beside it."""


async def plans(
    client: Client, monkeypatch: pytest.MonkeyPatch, query: str, variables: dict[str, Any]
) -> list[str]:
    """Return the steps of the plans of all statements of a query."""
    statements: list[tuple[str, Sequence[object]]] = []
    rows = type(client.db).rows

    async def watched(self: Any, sql: str, args: Sequence[object] = ()) -> Any:
        if is_asked.get():
            statements.append((sql, args))
        return await rows(self, sql, args)

    with monkeypatch.context() as patch:
        patch.setattr(type(client.db), "rows", watched)
        token = is_asked.set(True)
        answer = await client.http.post("/graphql", json={"query": query, "variables": variables})
        is_asked.reset(token)
        assert "errors" not in answer.json()
    assert statements
    return [
        step[3]
        for sql, args in statements
        for step in await client.db.rows(f"EXPLAIN QUERY PLAN {sql}", args)
    ]


@pytest.mark.parametrize(
    ("query", "variables"),
    [(ARTICLE_PAGE, {"slug": "ferry-launch"}), (SEARCH_PAGE, {"query": "ferry"})],
)
async def test_what_is_asked_by_key_is_found_by_key(
    query: str, variables: dict[str, Any], demo: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    steps = await plans(demo, monkeypatch, query, variables)
    walked = (["SCAN", "a"], ["SCAN", "c"])  # all articles, all comments
    assert not [step for step in steps if MANY in step or step.split()[:2] in walked]


async def test_a_list_runs_along_its_index(demo: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    steps = await plans(demo, monkeypatch, ARTICLE_LIST, {})
    assert f"SEARCH a USING INDEX {MANY}_7f1379 (status=?)" in steps, steps
    assert not [step for step in steps if "TEMP B-TREE" in step]  # bylines and topics, too


@pytest.mark.parametrize(
    ("selection", "read"),
    [
        ("edges { node { title } }", 1),
        ("edges { node { title } } pageInfo { hasNextPage }", 2),
        ("edges { node { title } } totalCount", 2),
    ],
)
async def test_a_list_is_read_as_far_as_it_is_looked_at(
    selection: str, read: int, demo: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    edges: list[tuple[Any, ...]] = []
    rows = type(demo.db).rows

    async def watched(self: Any, sql: str, args: Sequence[object] = ()) -> Any:
        answer = await rows(self, sql, args)
        if "FROM relation r JOIN" in sql:
            edges.extend(answer)
        return answer

    monkeypatch.setattr(type(demo.db), "rows", watched)
    await demo.ask(
        f'{{ article(slug: "barrier-tender") {{ related(first: 1) {{ {selection} }} }} }}'
    )
    assert len(edges) == read
    summary = len(EdgeRow._fields) + ArticleRow._fields.index("summary")
    assert {row[summary] for row in edges} == {None}


LABELS = """{
  topics(first: 5) { totalCount nodes { parent { slug } children { slug } ancestors { slug } } }
  authors(first: 5) { totalCount nodes { slug } }
  topic(slug: "ferry") { slug }
  author(slug: "nora-quill") { slug }
}"""


async def test_labels_are_narrowed_along_their_own_indexes(
    demo: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    steps = await plans(demo, monkeypatch, LABELS, {})
    assert [step for step in steps if step.startswith("SEARCH x USING COVERING INDEX")]
    assert not [step for step in steps if step.split()[:2] in (["SCAN", "x"], ["SCAN", "seen"])]
    assert not [step for step in steps if MANY in step or step.startswith("SCAN child")], steps
