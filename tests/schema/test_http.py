"""GraphQL over HTTP: methods, types, limits; errors are JSON and tell no internals."""

from __future__ import annotations

import json
import re

import pytest
from graphql import build_schema

from schema.build import SNAPSHOT, sdl
from tests.factories import an_article
from tests.schema.conftest import Client

pytestmark = pytest.mark.anyio
JSON = {"content-type": "application/json"}


def test_the_committed_schema_is_the_one_that_is_served() -> None:
    assert SNAPSHOT.read_text(encoding="utf-8") == sdl(), "run: hub schema > schema/schema.graphql"


def test_everything_in_the_schema_is_described() -> None:
    schema = build_schema(sdl())
    for name, type_ in schema.type_map.items():
        if name.startswith("__") or name in ("Int", "Float", "String", "Boolean", "ID"):
            continue
        assert type_.description, name
        for field_name, field in {
            **getattr(type_, "fields", {}),
            **getattr(type_, "values", {}),
        }.items():
            assert field.description, f"{name}.{field_name}"
            for argument_name, argument in getattr(field, "args", {}).items():
                assert argument.description, f"{name}.{field_name}({argument_name})"


async def test_a_query_may_come_by_get_and_a_mutation_may_not(client: Client) -> None:
    answer = await client.http.get("/graphql", params={"query": "{ site { name } }"})
    assert answer.json()["data"] == {"site": {"name": "Content hub"}}
    mutation = 'mutation { deleteArticle(input: {id: "x"}) { __typename } }'
    refused = await client.http.get("/graphql", params={"query": mutation})
    assert refused.status_code == 405
    assert "POST" in refused.headers["allow"]


@pytest.mark.parametrize(
    ("_case", "content"),
    [
        ("not JSON", b"{"),
        ("no object", b'"text"'),
        ("no query", b"{}"),
        ("not UTF-8", b'{"query": "\xff"}'),
        ("deep", b"[" * 100_000),
        ("a long number", b'{"query": "{site{name}}", "variables": {"x": ' + b"9" * 5000 + b"}}"),
        ("variables of the wrong kind", b'{"query": "{site{name}}", "variables": 5}'),
    ],
)
async def test_a_bad_body_is_the_clients_fault(_case: str, content: bytes, client: Client) -> None:
    answer = await client.http.post("/graphql", content=content, headers=JSON)
    assert 400 <= answer.status_code < 500
    assert answer.json()["errors"][0]["message"]
    assert "Traceback" not in answer.text


async def test_a_form_cannot_post_a_mutation(client: Client) -> None:
    answer = await client.http.post("/graphql", data={"query": "{ site { name } }"})
    assert answer.status_code == 415


async def test_a_body_is_bounded(client: Client) -> None:
    body = json.dumps({"query": "{ site { name } }", "x": "y" * 1_100_000})
    answer = await client.http.post("/graphql", content=body, headers=JSON)
    assert answer.status_code == 413


@pytest.mark.parametrize(
    "query",
    [
        "{ "
        + "a: site { name } " * 0
        + " ".join(f"a{i}: site {{ name }}" for i in range(30))
        + "}",
        "{ topics(first: 1) { nodes " + "{ parent " * 20 + "{ name }" + " }" * 20 + " } }",
        "{ " + "site { name } " * 2000 + "}",
    ],
    ids=["aliases", "depth", "tokens"],
)
async def test_a_query_is_bounded_before_it_is_validated(query: str, client: Client) -> None:
    answer = await client.http.post("/graphql", json={"query": query})
    assert answer.json()["errors"]
    assert "data" not in answer.json() or answer.json()["data"] is None


async def test_a_bad_token_is_refused_and_not_repeated(client: Client) -> None:
    answer = await client.http.post(
        "/graphql",
        json={"query": "{ site { name } }"},
        headers={"authorization": "Bearer hub_wrong"},
    )
    assert answer.status_code == 401
    assert "hub_wrong" not in answer.text


async def test_graphiql_comes_from_the_hub_alone(client: Client) -> None:
    shared = {"query": "{ site { name } }"}  # a link to a query opens it; its script reads it
    page = await client.http.get("/graphql", params=shared, headers={"accept": "text/html"})
    assert page.headers["content-type"].startswith("text/html")
    assert "https://" not in page.text
    paths = re.findall(r'(?:src|href)="([^"]+)"', page.text)
    assert len(paths) >= 4
    for path in paths:
        answer = await client.http.get(path)
        assert answer.status_code == 200, path


async def test_an_unexpected_error_is_masked(client: Client) -> None:
    await an_article("Ice")
    await client.db.rows("SELECT 1")
    client.db.close()
    answer = await client.post("{ articles(first: 1) { nodes { title } } }")
    [error] = answer["errors"]
    assert error["message"] == "Internal error"
    assert error["extensions"]["requestId"]


async def test_health_and_schema(client: Client) -> None:
    assert (await client.http.get("/healthz")).text == "ok"
    assert (await client.http.get("/readyz")).json()["database"] == "ok"
    assert (await client.http.get("/schema.graphql")).text == sdl()
