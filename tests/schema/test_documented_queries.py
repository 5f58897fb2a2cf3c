"""The queries of the docs, run against the demo content; printed responses are the real ones."""

from __future__ import annotations

import json
import re
from typing import Any

import pytest
from graphql import parse, validate

from hub.models import Role
from schema.build import graphql_schema
from tests.support.factories import a_token
from tests.support.hub import Client
from tests.support.paths import ROOT
from tests.test_docs import PAGES, blocks

pytestmark = pytest.mark.anyio
_LINES = r"((?:(?!```).*\n)*)"
ANSWERED = re.compile(rf"^```graphql\n{_LINES}```\n+```json\n{_LINES}```", re.MULTILINE)
"""A query, with its response in the block right after it."""
ANSWERS = [pair for page in PAGES for pair in ANSWERED.findall(page.read_text(encoding="utf-8"))]


def test_the_first_query_is_printed_with_its_answer() -> None:
    assert ANSWERED.search((ROOT / "README.md").read_text(encoding="utf-8"))


@pytest.mark.parametrize(("query", "answer"), ANSWERS, ids=lambda value: value[:20])
async def test_an_answer_of_the_docs_is_the_real_one(query: str, answer: str, demo: Client) -> None:
    assert await demo.post(query) == json.loads(answer)


@pytest.mark.parametrize(("_place", "query"), list(blocks("graphql")), ids=lambda value: value[:40])
async def test_a_query_of_the_docs_runs(_place: str, query: str, demo: Client) -> None:
    ferry = await demo.ask('{ article(slug: "ferry-launch") { id } }')
    variables: dict[str, Any] = {"slug": "ferry-launch", "articleId": ferry["article"]["id"]}
    used = {name: value for name, value in variables.items() if f"${name}" in query}
    demo.editor = {"authorization": f"Bearer {await a_token(Role.ADMIN)}"}
    data = await demo.ask(query, editor=True, **used)
    for value in data.values():
        assert value, data
        if isinstance(value, dict):
            assert value.get("code") is None, data  # a mutation's problem


def test_the_subscriptions_of_the_docs_are_good() -> None:
    text = (ROOT / "docs" / "how-to" / "subscriptions.md").read_text()
    queries = re.findall(r'query(?: =|:) "(subscription (?:[^"\\]|\\.)*)"', text)
    assert len(queries) == 2
    for query in queries:
        assert validate(graphql_schema(), parse(query.replace('\\"', '"'))) == []
