"""Spans, as a collector of OpenTelemetry receives them."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest
from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest
from opentelemetry.proto.trace.v1.trace_pb2 import Span
from typing_extensions import override

from hub.settings import Settings
from tests.support.factories import an_article
from tests.support.hub import a_hub

pytestmark = pytest.mark.anyio

PAGE = """query Page($slug: String!) { article(slug: $slug) { title topics { name }
  related(first: 2) { nodes { title } } comments(first: 2) { nodes { body } } } }"""
SUBMIT = """mutation Say($id: ID!) { submitComment(input: { articleId: $id, authorName: "Rita Real",
  authorEmail: "rita@private.test", body: "Between us." }) { __typename } }"""


class Collector:
    """The received spans, and their bytes."""

    def __init__(self) -> None:
        self.spans: list[Span] = []
        self.services: set[str] = set()
        self.raw = b""

    def add(self, body: bytes) -> None:
        """Read a message of the protocol."""
        self.raw += body
        for resource in ExportTraceServiceRequest.FromString(body).resource_spans:
            self.services |= {
                attribute.value.string_value
                for attribute in resource.resource.attributes
                if attribute.key == "service.name"
            }
            for scope in resource.scope_spans:
                self.spans += scope.spans

    def by_name(self, name: str) -> list[Span]:
        """Return the spans of that name."""
        return [span for span in self.spans if span.name == name]

    def below(self, span: Span) -> list[str]:
        """Return the names of a span's children, sorted."""
        return sorted(item.name for item in self.spans if item.parent_span_id == span.span_id)


@pytest.fixture
def collector(monkeypatch: pytest.MonkeyPatch) -> Iterator[Collector]:
    with collecting() as started:
        url, collector = started
        monkeypatch.setenv("OTEL_EXPORTER_OTLP_ENDPOINT", url)
        yield collector


@contextmanager
def collecting() -> Iterator[tuple[str, Collector]]:
    collector = Collector()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            collector.add(self.rfile.read(int(self.headers["content-length"])))
            self.send_response(200)
            self.send_header("content-length", "0")
            self.end_headers()

        @override
        def log_message(self, format: str, *args: Any) -> None:
            """Say nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05})
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}", collector
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


def attributes(span: Span) -> dict[str, Any]:
    return {
        attribute.key: getattr(
            attribute.value, attribute.value.WhichOneof("value") or "string_value"
        )
        for attribute in span.attributes
    }


async def test_a_request_is_told_from_its_beginning_to_its_statements(
    settings: Settings, collector: Collector
) -> None:
    trace = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01"
    async with a_hub(settings.model_copy(update={"tracing": True})) as client:
        await an_article("Bread", topics=("Food",))
        for _ in range(2):  # the second is answered from the cache
            answer = await client.http.post(
                "/graphql",
                json={"query": PAGE, "variables": {"slug": "bread"}},
                headers={"traceparent": trace},
            )
            assert answer.json()["data"]["article"]["title"] == "Bread"
        statements = client.db.statements
        await client.http.get("/feed.xml?q=secret")
        assert client.db.statements > statements
    assert collector.services == {"content-hub"}
    requests = [span for span in collector.spans if span.trace_id.hex() == trace[3:35]]
    assert len([span for span in requests if span.name == "POST /graphql"]) == 2
    [executed] = collector.by_name("query Page")
    [request] = [span for span in requests if span.span_id == executed.parent_span_id]
    assert attributes(request) == {
        "http.request.method": "POST",
        "http.route": "/graphql",
        "http.response.status_code": 200,
    }
    assert request.parent_span_id.hex() == trace[36:52]
    assert set(collector.below(request)) == {"SELECT", "parse and validate", "query Page"}
    assert set(collector.below(executed)) <= {"SELECT", "WITH"}
    assert 3 <= len(collector.below(executed)) <= 6
    attrs = attributes(executed)
    assert (attrs["graphql.operation.type"], attrs["graphql.operation.name"]) == ("query", "Page")
    assert len(attrs["graphql.document.hash"]) == 64
    assert collector.by_name("GET /feed.xml")


async def test_searches_and_batches_of_the_index_are_told(
    settings: Settings, collector: Collector
) -> None:
    async with a_hub(settings.model_copy(update={"tracing": True})) as client:
        await client.ask(
            """mutation { createArticle(input: { title: "Bread", body: { text: "Salt" },
              status: PUBLISHED, waitForIndex: true }) { __typename } }""",
            editor=True,
        )
        data = await client.ask('query Find { search(query: "salt") { totalCount } }')
        assert data["search"]["totalCount"] == 1
        await client.ask('{ suggest(query: "bre") { text } }')
    [executed] = collector.by_name("query Find")
    assert "search" in collector.below(executed)
    [searched] = collector.by_name("search")
    assert attributes(searched) == {"search.hits": 1, "search.is_exact": True}
    assert collector.by_name("suggest")
    batches = collector.by_name("index batch")
    assert {"SELECT", "write index"} <= set(collector.below(batches[-1]))


async def test_no_span_tells_who_asked_or_for_what(
    settings: Settings, collector: Collector
) -> None:
    async with a_hub(settings.model_copy(update={"tracing": True})) as client:
        await an_article("Bread")
        id_ = (await client.ask('{ article(slug: "bread") { id } }'))["article"]["id"]
        await client.ask(SUBMIT, id=id_)
        await client.http.get(
            "/graphql", params={"query": '{ search(query: "my illness") { totalCount } }'}
        )
        token = client.editor["authorization"].removeprefix("Bearer ")
        await client.ask("query Mine { articles { totalCount } }", editor=True)
    assert collector.by_name("mutation Say")
    for private in ("rita", "Real", "Between us", "illness", "127.0.0.1", token, id_):
        assert private.encode() not in collector.raw


async def test_nothing_of_it_is_there_where_it_is_not_wanted(settings: Settings) -> None:
    async with a_hub(settings) as client:
        app = client.http._transport.app  # type: ignore[attr-defined]
        assert app.user_middleware == []
        assert type(app.state.db).__name__ == "SqliteReader"
        assert type(app.state.graphql.operations).__name__ == "Operations"
