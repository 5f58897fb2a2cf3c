"""GraphQL over HTTP: methods, types, limits; errors are JSON and tell no internals."""

from __future__ import annotations

import hashlib
import json
import logging
import re
import sys

import pytest
from graphql import build_schema

from hub.logs import JsonFormatter
from hub.reads import articles
from hub.settings import Settings
from schema.build import SNAPSHOT, sdl
from tests.support.factories import an_article
from tests.support.hub import Client, a_hub

pytestmark = [pytest.mark.anyio, pytest.mark.databases]
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


async def test_head_tells_what_get_would_but_for_the_body(client: Client) -> None:
    mutation = "mutation { submitComment(input: {}) { __typename } }"
    for params, accept in (
        ({"query": "{ site { name } }"}, "application/json"),
        ({"query": "{ site { name } }"}, "text/html"),
        ({"query": "{ nope }"}, "application/graphql-response+json"),
        ({"query": mutation}, "*/*"),
        ({}, "*/*"),
    ):
        sent = {"accept": accept, "x-request-id": "1"}
        get = await client.http.get("/graphql", params=params, headers=sent)
        head = await client.http.head("/graphql", params=params, headers=sent)
        assert (head.status_code, head.content) == (get.status_code, b"")
        assert head.headers == get.headers
    conditional = {
        "if-none-match": (await client.http.get("/graphql?query={site{name}}")).headers["etag"]
    }
    assert (
        await client.http.head("/graphql?query={site{name}}", headers=conditional)
    ).status_code == 304
    listened = await client.http.head(
        "/graphql", params={"query": "subscription { articleChanged { change } }"}
    )
    assert listened.status_code == 406
    put = await client.http.put("/graphql")
    assert put.headers["allow"] == "GET, HEAD, POST"


async def test_a_request_without_a_document_is_told_how_to_send_one(client: Client) -> None:
    for answer in (
        await client.http.get("/graphql", headers={"accept": "*/*"}),
        await client.http.post("/graphql", json={"id": "5a1b"}),  # as some networks for Relay do
    ):
        assert answer.status_code == 400
        [error] = answer.json()["errors"]
        assert "as query" in error["message"]
        assert "as documentId" in error["message"]


async def test_a_preflight_tells_which_setting_lets_pages_ask(client: Client) -> None:
    preflight = {"origin": "https://www.test", "access-control-request-method": "POST"}
    answer = await client.http.options("/graphql", headers=preflight)
    assert answer.status_code == 405
    assert "HUB_CORS_ORIGINS" in answer.json()["errors"][0]["message"]


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


async def test_a_token_that_is_sent_bare_is_told_how(client: Client) -> None:
    bare = {"authorization": client.editor["authorization"].removeprefix("Bearer ")}
    answer = await client.http.post("/graphql", json={"query": "{ site { name } }"}, headers=bare)
    assert answer.status_code == 401
    assert "Authorization: Bearer <token>" in answer.json()["errors"][0]["message"]


async def test_graphiql_comes_from_the_hub_alone(client: Client) -> None:
    shared = {"query": "{ site { name } }"}  # a link to a query opens it; its script reads it
    page = await client.http.get("/graphql", params=shared, headers={"accept": "text/html"})
    assert page.headers["content-type"].startswith("text/html")
    assert "https://" not in page.text
    paths = re.findall(r'(?:src|href)="(?!data:)([^"]+)"', page.text)
    assert len(paths) >= 4
    for path in paths:
        answer = await client.http.get(path)
        assert answer.status_code == 200, path


async def test_an_unexpected_error_is_masked(
    client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    await an_article("Ice")
    monkeypatch.setattr(articles, "COLUMNS", "a.nothing")
    answer = await client.post('{ article(slug: "ice") { title } }')
    [error] = answer["errors"]
    assert error["message"] == "Internal error"
    assert error["extensions"]["requestId"]


async def test_health_and_schema(client: Client) -> None:
    assert (await client.http.get("/healthz")).text == "ok"
    assert (await client.http.get("/readyz")).json()["database"] == "ok"
    schema = await client.http.get("/schema.graphql")
    assert schema.text == sdl()
    assert schema.headers["content-encoding"] == "br"
    conditional = {"if-none-match": schema.headers["etag"]}
    assert (await client.http.get("/schema.graphql", headers=conditional)).status_code == 304


# ── switches ──────────────────────────────────────────────────────────────────────────────────


async def test_the_schema_may_be_kept_to_oneself(settings: Settings) -> None:
    async with a_hub(settings.model_copy(update={"introspection": False})) as client:
        for query in ("{ __schema { types { name } } }", '{ __type(name: "Article") { name } }'):
            answer = await client.post(query)
            assert answer["errors"][0]["extensions"]["code"] == "GRAPHQL_VALIDATION_FAILED"
            assert "introspection" in answer["errors"][0]["message"]
        assert (await client.ask("{ __typename }")) == {"__typename": "Query"}
        assert (await client.http.get("/schema.graphql")).status_code == 404
        assert "schema.graphql" not in (await client.http.get("/")).text


@pytest.mark.parametrize("introspection", [True, False])
async def test_names_are_suggested_where_the_schema_is_no_secret(
    introspection: bool, settings: Settings
) -> None:
    ordered = "query($order: ArticleOrder) { articles(order: $order) { totalCount } }"
    filtered = "query($filter: ArticleFilter) { articles(filter: $filter) { totalCount } }"
    changes = {"introspection": introspection}
    async with a_hub(settings.model_copy(update=changes)) as client:
        for query, variables in (
            ("{ articls { totalCount } }", {}),
            ("{ articles(frst: 1) { totalCount } }", {}),
            ("{ articles(order: NEWST) { totalCount } }", {}),
            ("query($first: Itn) { articles(first: $first) { totalCount } }", {}),
            (ordered, {"order": "NEWST"}),
            (filtered, {"filter": {"topcs": ["x"]}}),
        ):
            [error] = (await client.post(query, **variables))["errors"]
            assert ("Did you mean" in error["message"]) is introspection, error


async def test_a_list_of_operations_is_answered_in_order_where_it_is_allowed(
    settings: Settings,
) -> None:
    batch = [
        {"query": "{ site { name } }"},
        {"query": "{ nonsense }"},
        {"query": "query A { __typename }", "operationName": "A"},
    ]
    async with a_hub(settings.model_copy(update={"max_batch": 3, "max_cost": 150})) as client:
        answer = await client.http.post("/graphql", json=batch)
        first, second, third = answer.json()
        assert answer.status_code == 200
        assert first["data"]["site"]["name"] == "Content hub"
        assert second["errors"][0]["extensions"]["code"] == "GRAPHQL_VALIDATION_FAILED"
        assert third["data"] == {"__typename": "Query"}
        many = [{"query": "{ articles(first: 100) { nodes { title } } }"}] * 2
        refused = await client.http.post("/graphql", json=many)
        assert refused.json()["errors"][0]["extensions"]["code"] == "QUERY_TOO_EXPENSIVE"
        for bad, reason in ((batch * 2, "1 to 3"), ([], "1 to 3"), ([1], "JSON objects")):
            refused = await client.http.post("/graphql", json=bad)
            assert (refused.status_code, reason in refused.text) == (400, True)
    async with a_hub(settings) as client:
        refused = await client.http.post("/graphql", json=batch)
        assert (refused.status_code, "lists are not taken" in refused.text) == (400, True)


async def test_what_takes_long_is_logged_by_its_hash(
    settings: Settings, caplog: pytest.LogCaptureFixture
) -> None:
    query = "query Slow { articles(first: 1) { nodes { title } } site { name } }"
    async with a_hub(settings.model_copy(update={"slow_seconds": 1e-9})) as client:
        await client.ask(query)
    [record] = [entry for entry in caplog.records if "slow operation" in entry.message]
    assert vars(record)["document"] == hashlib.sha256(query.encode()).hexdigest()
    assert vars(record)["operation"] == "Slow"
    line = json.loads(JsonFormatter().format(record))
    assert line["cost"] > 0
    assert line["level"] == "WARNING"
    assert "articles(" not in json.dumps(line)


def test_a_line_of_the_log_is_an_object_with_the_whole_error() -> None:
    try:
        raise ValueError("broken")
    except ValueError:
        record = logging.LogRecord("hub", 40, "f", 1, "It %s", ("failed",), sys.exc_info())
    record.request_id = "r-1"
    line = json.loads(JsonFormatter().format(record))
    assert (line["message"], line["request_id"]) == ("It failed", "r-1")
    assert line["exception"].endswith("ValueError: broken")


async def test_a_page_of_a_named_origin_may_send_what_clients_send(settings: Settings) -> None:
    origin, other = "https://www.example.org", "https://other.example"
    headers = "apollographql-client-name,authorization,content-type,traceparent,x-request-id"
    preflight = {
        "access-control-request-method": "POST",
        "access-control-request-headers": headers,
    }
    async with a_hub(settings.model_copy(update={"cors_origins": [origin]})) as client:
        allowed = await client.http.options("/graphql", headers=preflight | {"origin": origin})
        assert allowed.status_code == 200
        assert allowed.headers["access-control-allow-origin"] == origin
        assert set(headers.split(",")) <= set(
            allowed.headers["access-control-allow-headers"].replace(" ", "").split(",")
        )
        assert "access-control-allow-credentials" not in allowed.headers
        refused = await client.http.options("/graphql", headers=preflight | {"origin": other})
        assert refused.status_code == 400
        assert "access-control-allow-origin" not in refused.headers

        answer = await client.http.get(
            "/graphql", params={"query": "{ site { name } }"}, headers={"origin": origin}
        )
        exposed = answer.headers["access-control-expose-headers"].split(", ")
        assert {"etag", "x-request-id"} <= set(exposed) & set(answer.headers)


async def test_a_variable_that_nobody_declared_is_told_within_one_of_several(
    client: Client,
) -> None:
    query = (
        'mutation { createArticle(input: { title: "A", body: { html: $none } }) { __typename } }'
    )
    answer = await client.post(query)
    assert "Variable '$none' is not defined" in answer["errors"][0]["message"]


@pytest.mark.parametrize(
    ("query", "locations"),
    [
        ("{ site { name " + "@nothing " * 10 + "} }", [10]),
        ("{ " + " ".join(f"a{number}: nothing" for number in range(10)) + " }", [10]),
        ("{ site { name @nothing @other @nothing } }", [2, 1]),
    ],
)
async def test_an_error_that_occurs_several_times_is_reported_once(
    client: Client, query: str, locations: list[int]
) -> None:
    errors = (await client.post(query))["errors"]
    unique = [error for error in errors if "nothing" in error["message"] or "other" in str(error)]
    assert [len(error["locations"]) for error in unique] == locations
    messages = [error["message"] for error in errors]
    assert len(messages) == len(set(messages))
