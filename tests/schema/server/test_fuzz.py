"""Arbitrary requests: never a server error, never a trace, always JSON or a plain refusal."""

from __future__ import annotations

import json
from collections.abc import Iterator
from functools import partial
from typing import Any

import httpx
import pytest
from anyio.from_thread import BlockingPortal, start_blocking_portal
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from hub.settings import Settings
from schema.build import graphql_schema
from tests.support.generated_documents import operations
from tests.support.generated_variables import calls
from tests.support.hub import Client, a_hub

# The hub runs in a thread of its own, and whatever it draws by chance is not the strategies'.
pytestmark = pytest.mark.filterwarnings("ignore:Do not use the `random` module inside strategies")
SCHEMA = graphql_schema()
HEADERS = ("content-type", "accept", "authorization", "x-request-id", "if-none-match", "range")
PLAIN = json.dumps({"query": "{ articles(first: 1) { nodes { title } } }", "variables": {"a": 1}})


class Hub:
    """A running hub for tests that are not asynchronous themselves."""

    def __init__(self, portal: BlockingPortal, client: Client) -> None:
        self._portal = portal
        self._client = client
        self.staff = client.editor

    def ask(self, method: str = "POST", **more: Any) -> httpx.Response:
        """Send a request to /graphql; an exception of the hub is raised here."""
        return self._portal.call(partial(self._client.http.request, method, "/graphql", **more))


@pytest.fixture(scope="module")
def hub(demo_settings: Settings) -> Iterator[Hub]:
    bounds = {
        "max_batch": 3,
        "mutations_per_minute": 0,
        "comments_per_minute": 0,
        "searches_per_minute": 0,
    }
    set_ = demo_settings.model_copy(update=bounds)
    with (
        start_blocking_portal() as portal,
        portal.wrap_async_context_manager(a_hub(set_)) as client,
    ):
        yield Hub(portal, client)


def assert_decent(answer: httpx.Response) -> None:
    """No server's error, no trace, no internals; JSON wherever there is a body."""
    assert answer.status_code < 500, (answer.status_code, answer.text)
    assert "Traceback" not in answer.text
    assert "INTERNAL_ERROR" not in answer.text, answer.text[:2000]
    bodiless = answer.status_code == 304 or answer.request.method == "HEAD"
    if not bodiless and "json" in answer.headers.get("content-type", ""):
        json.loads(answer.text)


@settings(max_examples=120, deadline=None, suppress_health_check=list(HealthCheck))
@given(operations(SCHEMA, "query"), st.booleans())
def test_no_query_is_too_strange(hub: Hub, text: str, staff: bool) -> None:
    headers = hub.staff if staff else {}
    sent = {"query": text.replace("query Made", "query Made($no: Boolean = false)", 1)}
    assert_decent(hub.ask(json=sent, headers=headers))
    assert_decent(hub.ask("GET", params=sent, headers=headers))


@settings(max_examples=60, deadline=None, suppress_health_check=list(HealthCheck))
@given(operations(SCHEMA, "mutation"))
def test_no_mutation_is_too_strange(hub: Hub, text: str) -> None:
    sent = {"query": text.replace("mutation Made", "mutation Made($no: Boolean = false)", 1)}
    assert_decent(hub.ask(json=sent, headers=hub.staff))
    assert_decent(hub.ask(json=sent))


@settings(max_examples=200, deadline=None, suppress_health_check=list(HealthCheck))
@given(calls(SCHEMA, "query") | calls(SCHEMA, "mutation"), st.booleans())
def test_no_variable_is_too_strange(
    hub: Hub, call: tuple[str, dict[str, Any]], staff: bool
) -> None:
    text, variables = call
    headers = hub.staff if staff else {}
    sent = {"query": text, "variables": variables}
    assert_decent(hub.ask(json=sent, headers=headers))
    params = {"query": text, "variables": json.dumps(variables)}
    assert_decent(hub.ask("GET", params=params, headers=headers))


@settings(max_examples=120, deadline=None, suppress_health_check=list(HealthCheck))
@given(st.data())
def test_no_request_is_too_strange(hub: Hub, data: st.DataObject) -> None:
    body = bytearray(PLAIN.encode())
    for at in data.draw(st.lists(st.integers(0, len(body) - 1), max_size=6)):
        body[at] = data.draw(st.integers(0, 255))
    words = st.text(st.characters(codec="latin-1", exclude_categories=["Cc"]), max_size=30)
    headers = {"content-type": "application/json"} | data.draw(
        st.dictionaries(st.sampled_from(HEADERS), words, max_size=3)
    )
    method = data.draw(st.sampled_from(["POST", "GET", "PUT", "DELETE", "HEAD", "OPTIONS"]))
    encoded = [(name.encode(), value.encode("latin-1")) for name, value in headers.items()]
    cut = data.draw(st.integers(0, len(body)))
    assert_decent(hub.ask(method, content=bytes(body[:cut]), headers=encoded))


@settings(max_examples=80, deadline=None, suppress_health_check=list(HealthCheck))
@given(
    st.recursive(
        st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=20),
        lambda inner: (
            st.lists(inner, max_size=4)
            | st.dictionaries(
                st.sampled_from(["query", "variables", "operationName", "extensions", "x"]),
                inner,
                max_size=4,
            )
        ),
        max_leaves=12,
    )
)
def test_no_json_is_too_strange(hub: Hub, value: object) -> None:
    content = json.dumps(value)
    answer = hub.ask(content=content, headers={"content-type": "application/json"})
    assert_decent(answer)
