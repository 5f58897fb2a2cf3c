"""OpenTelemetry: spans of requests, documents, operations, statements, engine calls and batches.

Hooks and wrappers of the components, installed if `HUB_TRACING` is set; otherwise this module is
not imported. The exporter is configured by the usual `OTEL_*` variables. No attribute identifies
the caller or contains values: statements have `?` in their place, and paths are those of routes.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Collection, Iterator, Sequence
from contextlib import AbstractAsyncContextManager, AbstractContextManager, contextmanager
from functools import partial
from typing import Any, cast

from opentelemetry.context import Context
from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter
from opentelemetry.sdk.resources import SERVICE_NAME, Resource
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export import BatchSpanProcessor
from opentelemetry.trace import Span, SpanKind, StatusCode, Tracer, get_current_span
from opentelemetry.trace.propagation.tracecontext import TraceContextTextMapPropagator
from starlette.middleware import Middleware
from starlette.types import ASGIApp, Message, Receive, Scope, Send
from typing_extensions import override

from hub.db.database import Reader
from schema.instrumentation import ExecutedOperation, Instrumentation
from schema.server.requests import header
from search_index.engine import SearchEngine
from search_index.query import Document as Indexed
from search_index.query import (
    Page,
    SearchQuery,
    Suggestion,
    SuggestQuery,
)

NAME = "content-hub"
_METHODS = frozenset({"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"})
_PROPAGATOR = TraceContextTextMapPropagator()


class TracedApp:
    """Middleware with a span for each HTTP request; continues the trace of a `traceparent`."""

    def __init__(self, app: ASGIApp, tracer: Tracer) -> None:
        self._app = app
        self._tracer = tracer

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve a request within a span."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        method = scope["method"] if scope["method"] in _METHODS else "_OTHER"
        with self._tracer.start_as_current_span(
            method,
            _parent(scope),
            kind=SpanKind.SERVER,
            attributes={"http.request.method": method},
        ) as span:

            async def send_traced(message: Message) -> None:
                if message["type"] == "http.response.start":
                    _set_status(span, message["status"])
                await send(message)

            await self._app(scope, receive, send_traced)
            path = _route(scope)
            if path:
                span.update_name(f"{method} {path}")
                span.set_attribute("http.route", path)


def _parent(scope: Scope) -> Context:
    return _PROPAGATOR.extract({"traceparent": header(scope, b"traceparent")})


def _route(scope: Scope) -> str | None:
    """Return the route's path template, without the values of its parameters."""
    route = scope.get("route")
    path: str | None = getattr(route, "path", None)
    return path


def _set_status(span: Span, status: int) -> None:
    span.set_attribute("http.response.status_code", status)
    if status >= 500:
        span.set_status(StatusCode.ERROR)


class TracedReader:
    """A reader with a span for each statement within a trace: one for each batch of a loader."""

    def __init__(self, reader: Reader, tracer: Tracer) -> None:
        self._reader = reader
        self._tracer = tracer
        self.immediate, self.unnests = reader.immediate, reader.unnests

    @property
    def statements(self) -> int:
        """The statements of the reader itself."""
        return self._reader.statements

    @statements.setter
    def statements(self, number: int) -> None:
        self._reader.statements = number

    async def rows(self, sql: str, args: Sequence[object] = ()) -> list[tuple[Any, ...]]:
        """See `Reader.rows`."""
        if not get_current_span().is_recording():
            return await self._reader.rows(sql, args)
        with self._tracer.start_as_current_span(
            sql.partition(" ")[0],
            kind=SpanKind.CLIENT,
            attributes={"db.query.text": sql},
        ) as span:
            rows = await self._reader.rows(sql, args)
            span.set_attribute("db.response.returned_rows", len(rows))
            return rows

    def snapshot(self) -> AbstractContextManager[object]:
        """See `Reader.snapshot`."""
        return self._reader.snapshot()

    def stamp(self) -> int:
        """See `Reader.stamp`."""
        return self._reader.stamp()

    def close(self) -> None:
        """See `Reader.close`."""
        self._reader.close()


class TracedEngine:
    """An engine with a span for each search, suggestion and batch of the index."""

    def __init__(self, engine: SearchEngine, tracer: Tracer) -> None:
        self._engine = engine
        self._tracer = tracer

    async def search(self, query: SearchQuery) -> Page:
        """See `SearchEngine.search`."""
        with self._tracer.start_as_current_span("search") as span:
            page = await self._engine.search(query)
            span.set_attribute("search.hits", page.total)
            span.set_attribute("search.is_exact", page.total_is_exact)
            return page

    async def suggest(self, query: SuggestQuery) -> tuple[Suggestion, ...]:
        """See `SearchEngine.suggest`."""
        with self._tracer.start_as_current_span("suggest"):
            return await self._engine.suggest(query)

    async def write(self, upserts: Collection[Indexed], deletes: Collection[int]) -> None:
        """See `SearchEngine.write`."""
        with self._tracer.start_as_current_span(
            "write index", attributes={"index.upserts": len(upserts), "index.deletes": len(deletes)}
        ):
            await self._engine.write(upserts, deletes)

    def rebuild(self) -> AbstractAsyncContextManager[SearchEngine]:
        """See `SearchEngine.rebuild`."""
        return self._engine.rebuild()

    def __getattr__(self, name: str) -> Any:
        """Delegate everything else to the engine."""
        return getattr(self._engine, name)


def _span_attributes(operation: ExecutedOperation) -> dict[str, str]:
    attributes = {
        "graphql.document.hash": operation.document_hash,
        "hub.request_id": operation.request_id,
    }
    if operation.type is not None:
        attributes["graphql.operation.type"] = operation.type
    if operation.name is not None:
        attributes["graphql.operation.name"] = operation.name
    return attributes


class OpenTelemetryInstrumentation(Instrumentation):
    """Hooks that create spans, which are exported in the background. A cache hit has none."""

    def __init__(self) -> None:
        service = Resource({SERVICE_NAME: os.environ.get("OTEL_SERVICE_NAME", NAME)})
        self._provider = TracerProvider(resource=Resource.create().merge(service))
        self._provider.add_span_processor(BatchSpanProcessor(OTLPSpanExporter()))
        self._tracer = self._provider.get_tracer(NAME)
        self.middleware = (Middleware(TracedApp, tracer=self._tracer),)

    @override
    def wrap_reader(self, db: Reader) -> Reader:
        return TracedReader(db, self._tracer)

    @override
    def wrap_engine(self, engine: SearchEngine) -> SearchEngine:
        return cast(SearchEngine, TracedEngine(engine, self._tracer))

    @override
    @contextmanager
    def observe_parsing(self) -> Iterator[Callable[[int], None]]:
        with self._tracer.start_as_current_span("parse and validate") as span:
            yield partial(span.set_attribute, "graphql.errors")

    @override
    @contextmanager
    def observe_execution(self, operation: ExecutedOperation) -> Iterator[Callable[[int], None]]:
        name = " ".join(filter(None, (operation.type or "execute", operation.name)))
        with self._tracer.start_as_current_span(
            name, attributes=_span_attributes(operation)
        ) as span:

            def report(status: int) -> None:
                if status >= 500:
                    span.set_status(StatusCode.ERROR)

            yield report

    @override
    @contextmanager
    def observe_batch(self, events: int) -> Iterator[Callable[[int], None]]:
        with self._tracer.start_as_current_span(
            "index batch", attributes={"index.events": events}
        ) as span:
            yield partial(span.set_attribute, "index.failed")

    @override
    def close(self) -> None:
        """Export the remaining spans; takes ten seconds at most."""
        self._provider.shutdown()
