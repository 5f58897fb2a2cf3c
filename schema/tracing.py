"""OpenTelemetry: spans of requests, documents, operations, statements, engine calls and batches.

Wrappers around what does the work, put on where `HUB_TRACING` is set; elsewhere nothing here is
even imported. Where spans go is set as everywhere, by `OTEL_*` variables. No attribute tells who
asked or with which values: statements hold `?` in their place, and addresses are those of routes.
"""

from __future__ import annotations

import hashlib
import os
from collections.abc import Collection, Sequence
from contextlib import AbstractAsyncContextManager, AbstractContextManager
from typing import Any, cast

from graphql import OperationDefinitionNode
from opentelemetry.context import Context
from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter
from opentelemetry.sdk.resources import SERVICE_NAME, Resource
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export import BatchSpanProcessor
from opentelemetry.trace import Span, SpanKind, Status, StatusCode, Tracer, get_current_span
from opentelemetry.trace.propagation.tracecontext import TraceContextTextMapPropagator
from starlette.middleware import Middleware
from starlette.types import ASGIApp, Message, Receive, Scope, Send
from typing_extensions import override

from hub.db.database import Reader
from hub.outbox import Event
from schema.execution.documents import Document, Documents
from schema.instrumentation import Parts
from schema.server.operations import Asker, Operations
from schema.server.requests import Request, header
from schema.server.response_cache import Answer
from search_index.engine import SearchEngine
from search_index.indexer import Indexer
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
    """A span for each HTTP request; it goes on with the trace of whoever asks, if they say so."""

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

            async def sent(message: Message) -> None:
                if message["type"] == "http.response.start":
                    _note_status(span, message["status"])
                await send(message)

            await self._app(scope, receive, sent)
            path = _route(scope)
            if path:
                span.update_name(f"{method} {path}")
                span.set_attribute("http.route", path)


def _parent(scope: Scope) -> Context:
    return _PROPAGATOR.extract({"traceparent": header(scope, b"traceparent")})


def _route(scope: Scope) -> str | None:
    """The path as the route has it, without what stands in it for something."""
    route = scope.get("route")
    path: str | None = getattr(route, "path", None)
    return path


def _note_status(span: Span, status: int) -> None:
    span.set_attribute("http.response.status_code", status)
    if status >= 500:
        span.set_status(StatusCode.ERROR)


class TracedReader:
    """A span for each statement of what is traced, which is one for each batch of a loader."""

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
            found = await self._reader.rows(sql, args)
            span.set_attribute("db.response.returned_rows", len(found))
            return found

    def at_one_moment(self) -> AbstractContextManager[object]:
        """See `Reader.at_one_moment`."""
        return self._reader.at_one_moment()

    def stamp(self) -> int:
        """See `Reader.stamp`."""
        return self._reader.stamp()

    def close(self) -> None:
        """See `Reader.close`."""
        self._reader.close()


class TracedEngine:
    """A span for each search, suggestion and batch of the index."""

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
        """Everything else is the engine's own."""
        return getattr(self._engine, name)


def _traced_operations(tracer: Tracer) -> type[Operations]:
    """Operations with a span for each execution, and for each document that is read anew.

    One that is answered from the cache has none.
    """

    class TracedDocuments(Documents):
        @override
        def _read(self, text: str) -> Document:
            with tracer.start_as_current_span("parse and validate") as span:
                document = super()._read(text)
                span.set_attribute("graphql.errors", len(document.errors))
                return document

    class TracedOperations(Operations):
        documents = TracedDocuments

        @override
        async def _execute(
            self, request: Request, document: Document, asker: Asker, form: str
        ) -> Answer:
            operation = document.operation(request.operation_name)
            with tracer.start_as_current_span(
                "execute", attributes=_told(request, operation, asker)
            ) as span:
                if operation is not None:
                    span.update_name(_name(operation))
                answer = await super()._execute(request, document, asker, form)
                if answer.status >= 500:
                    span.set_status(Status(StatusCode.ERROR))
                return answer

    return TracedOperations


def _name(operation: OperationDefinitionNode) -> str:
    kind = operation.operation.value
    return f"{kind} {operation.name.value}" if operation.name else kind


def _told(
    request: Request, operation: OperationDefinitionNode | None, asker: Asker
) -> dict[str, str]:
    told = {
        "graphql.document.hash": hashlib.sha256(request.query.encode()).hexdigest(),
        "hub.request_id": asker.request_id,
    }
    if operation is not None:
        told["graphql.operation.type"] = operation.operation.value
        if operation.name:
            told["graphql.operation.name"] = operation.name.value
    return told


def _traced_indexer(tracer: Tracer) -> type[Indexer]:
    """An indexer with a span for each batch of events."""

    class TracedIndexer(Indexer):
        @override
        async def _take_in(self, events: list[Event]) -> list[Event]:
            with tracer.start_as_current_span(
                "index batch", attributes={"index.events": len(events)}
            ) as span:
                failed = await super()._take_in(events)
                span.set_attribute("index.failed", len(failed))
                return failed

    return TracedIndexer


class Tracing(Parts):
    """The parts of a process with spans around them, which are sent in the background."""

    def __init__(self) -> None:
        named = Resource({SERVICE_NAME: os.environ.get("OTEL_SERVICE_NAME", NAME)})
        self._provider = TracerProvider(resource=Resource.create().merge(named))
        self._provider.add_span_processor(BatchSpanProcessor(OTLPSpanExporter()))
        self._tracer = self._provider.get_tracer(NAME)
        self.operations = _traced_operations(self._tracer)
        self.indexer = _traced_indexer(self._tracer)
        self.middleware = (Middleware(TracedApp, tracer=self._tracer),)

    @override
    def reader(self, db: Reader) -> Reader:
        return TracedReader(db, self._tracer)

    @override
    def engine(self, engine: SearchEngine) -> SearchEngine:
        return cast(SearchEngine, TracedEngine(engine, self._tracer))

    @override
    def close(self) -> None:
        """Send what has not been sent; takes as long as that does, ten seconds at most."""
        self._provider.shutdown()
