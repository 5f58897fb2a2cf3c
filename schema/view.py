"""The ASGI endpoint: one request in, one JSON answer out."""

from __future__ import annotations

import asyncio
import hashlib
import logging
import re
import secrets
from collections.abc import AsyncGenerator, Awaitable, Callable
from contextlib import aclosing
from functools import partial
from time import perf_counter
from typing import Any, NamedTuple

import orjson
from graphql import GraphQLError, OperationDefinitionNode, OperationType
from graphql.execution import ExecutionResult
from starlette.requests import HTTPConnection
from starlette.types import Receive, Scope, Send
from starlette.websockets import WebSocket
from strawberry.execution import optimized_is_awaitable

from hub.auth import ANONYMOUS, Viewer
from hub.database import Reader
from hub.errors import RateLimited
from hub.querystats import Counter
from hub.settings import Settings
from schema import graphiql
from schema.answers import Answer, Answers, key_of
from schema.build import schema
from schema.context import HubContext
from schema.documents import Document, Documents
from schema.errors import INTERNAL_ERROR, request_errors, told
from schema.executor import LeanExecutor
from schema.feed import Feed
from schema.limits import Limits
from schema.live.operations import answers
from schema.live.sockets import Socket, may_come_from
from schema.live.streams import EVENT_STREAM, streamed
from schema.loaders import Loaders
from schema.metrics import Metrics
from schema.persisted import Persisted, trusted_documents
from schema.rates import Limit, Rates, who
from schema.requests import (
    GRAPHQL_JSON,
    HTML,
    JSON,
    Gone,
    Refused,
    Request,
    got,
    header,
    negotiated,
    parameters,
    posted,
    request_of,
)
from search_index.engine import SearchEngine
from search_index.suggestions import Suggestions
from search_index.tuning import Tunings

log = logging.getLogger(__name__)

ViewerOf = Callable[[HTTPConnection], Awaitable[Viewer | None]]
_is_awaitable: Any = optimized_is_awaitable
_CONTENT_TYPES = {
    offer: (b"content-type", f"{offer}; charset=utf-8".encode()) for offer in (JSON, GRAPHQL_JSON)
}
_OFFERS = (GRAPHQL_JSON, JSON, EVENT_STREAM)
_OFFERS_OF_GET = (GRAPHQL_JSON, JSON, HTML, EVENT_STREAM)
_SECURITY = ((b"x-content-type-options", b"nosniff"),)
_STANDING = ((b"vary", b"Accept, Authorization"), *_SECURITY)
_PRIVATE = (b"cache-control", b"no-store")
_REQUEST_ID = re.compile(r"[\w.:-]{1,64}")


class Asker(NamedTuple):
    """Who asks: what they may see, whose buckets they take from, and their request's id."""

    viewer: Viewer
    who: str
    request_id: str


class GraphQLApp:
    """GraphQL over HTTP, and GraphiQL with its files below `/static/`.

    `viewer_of` says who asks, None for a token that is not good. `wait` waits until the last
    save of an article can be found. Mount it at any path: it goes by the end of the path alone.
    """

    def __init__(
        self,
        *,
        db: Reader,
        engine: SearchEngine,
        suggestions: Suggestions,
        asked: Counter,
        settings: Settings,
        rates: Rates,
        wait: Callable[[int], Awaitable[bool]],
        viewer_of: ViewerOf,
    ) -> None:
        self._db = db
        self._engine = engine
        self._tunings = Tunings(db)
        self._suggestions = suggestions
        self._asked = asked
        self._settings = settings
        self._wait = wait
        self._viewer_of = viewer_of
        self._schema = schema()._schema
        limits = Limits(
            settings.max_depth,
            settings.max_tokens,
            settings.max_aliases,
            settings.introspection,
        )
        self._documents = Documents(self._schema, limits)
        path = settings.trusted_documents
        trusted = {} if path is None else trusted_documents(path)
        self._persisted = Persisted(trusted, only_trusted=settings.only_trusted)
        self._rates = rates
        self.answers = Answers(db, engine, asked, settings.cache_bytes)
        self.feed = Feed(db, engine, settings.max_subscriptions)
        self.metrics = Metrics(db, self.answers, self.feed)
        self._public = (b"cache-control", f"public, max-age={settings.cache_seconds}".encode())
        self._changing: set[asyncio.Task[ExecutionResult]] = set()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer a request; whatever happens, the answer is JSON and tells no internals."""
        request_id, began = _request_id(scope), perf_counter()
        form = JSON
        try:
            if "/static/" in scope["path"] and scope["method"] in ("GET", "HEAD"):
                await _send_static(scope, send)
                return
            offers = _OFFERS_OF_GET if scope["method"] == "GET" else _OFFERS
            chosen = negotiated(header(scope, b"accept"), offers)
            if chosen == HTML:
                await _send_page(scope, send)
                return
            if chosen == EVENT_STREAM and scope["method"] in ("GET", "POST"):
                await self._stream(scope, receive, send, request_id)
                return
            form = chosen if chosen in _CONTENT_TYPES else JSON
            status, body, headers = await self._answer(scope, receive, chosen, request_id)
        except Gone:
            return
        except Refused as refused:
            error = {"message": refused.message, "extensions": {"code": refused.code}}
            status, headers = refused.status, (_PRIVATE, *refused.headers)
            body = orjson.dumps({"errors": [error]})
        except Exception:
            log.exception(
                "A request failed (request %s)", request_id, extra={"request_id": request_id}
            )
            extensions = {"code": INTERNAL_ERROR, "requestId": request_id}
            error = {"message": "Internal error", "extensions": extensions}
            status, headers, body = 500, (_PRIVATE,), orjson.dumps({"errors": [error]})
        self.metrics.answered(status, perf_counter() - began)
        await _send(
            send,
            status,
            body,
            [
                _CONTENT_TYPES[form],
                *_STANDING,
                (b"x-request-id", request_id.encode()),
                *headers,
            ],
        )

    async def _answer(
        self, scope: Scope, receive: Receive, form: str | None, request_id: str
    ) -> tuple[int, bytes, tuple[tuple[bytes, bytes], ...]]:
        """The status, the body, and the headers beside those of every answer."""
        method = scope["method"]
        if method not in ("GET", "POST"):
            raise Refused(405, "METHOD_NOT_ALLOWED", "Use GET or POST.", (b"allow", b"GET, POST"))
        if form is None:
            raise Refused(406, "NOT_ACCEPTABLE", f"Accept {GRAPHQL_JSON} or {JSON}.")
        viewer = await self._viewer(scope)
        asker = Asker(viewer, who(viewer, scope, self._settings.proxies), request_id)
        if method == "POST":
            request = await posted(
                scope, receive, self._settings.max_body_bytes, self._settings.max_batch
            )
            if isinstance(request, list):
                return 200, await self._batch(request, asker, form), (_PRIVATE,)
        else:
            request = got(parameters(scope))
        answer = await self._given(self._persisted.whole(request), asker, form, method)
        if viewer != ANONYMOUS or method != "GET" or not answer.is_whole:
            return answer.status, answer.body, (_PRIVATE,)
        headers = ((b"etag", answer.etag.encode()), self._public)
        if _names(header(scope, b"if-none-match"), answer.etag):
            return 304, b"", headers
        return answer.status, answer.body, headers

    # ── those who stay ────────────────────────────────────────────────────────────────────────

    async def socket(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve a websocket; see `schema.live.sockets`."""
        socket = WebSocket(scope, receive, send)
        origin, host = socket.headers.get("origin"), socket.headers.get("host")
        if not may_come_from(origin, host, self._settings.cors_origins):
            await socket.close(4403, "Forbidden")
            return

        async def viewer_of(authorization: str | None) -> Viewer | None:
            headers = [(b"authorization", (authorization or "").encode("latin-1", "replace"))]
            return await self._viewer_of(HTTPConnection({**scope, "headers": headers}))

        await Socket(
            socket,
            self,
            viewer_of=viewer_of,
            who=lambda viewer: who(viewer, scope, self._settings.proxies),
            most=self._settings.socket_operations,
            longest=self._settings.max_body_bytes,
        ).serve()

    async def start(
        self, payload: dict[str, Any], viewer: Viewer, who: str
    ) -> AsyncGenerator[dict[str, Any], None]:
        """The answers to an operation that a socket was asked for. Raises Refused."""
        asker = Asker(viewer, who, secrets.token_hex(8))
        async with aclosing(self._run(self._affordable(request_of(payload)), asker)) as found:
            async for answer in found:
                yield answer

    async def _run(self, request: Request, asker: Asker) -> AsyncGenerator[dict[str, Any], None]:
        """The answers to an operation of a client who stays, of whichever kind it is."""
        document = self._documents.get(request.query)
        operation = document.operation(request.operation_name)
        if operation is None or operation.operation is not OperationType.SUBSCRIPTION:
            try:
                answer = await self._given(request, asker, JSON, "POST")
            except Refused as refused:
                error = {"message": refused.message, "extensions": {"code": refused.code}}
                yield {"errors": [error]}
            else:
                yield orjson.loads(answer.body)
            return
        self._persisted.remember(request)
        self.metrics.operation(operation.name.value if operation.name else None)
        async with aclosing(
            answers(self._schema, document, request, self._context(asker))
        ) as found:
            async for each in found:
                yield each

    def _affordable(self, request: Request) -> Request:
        """A request with its document. Raises Refused where an event of it may cost too much."""
        request = self._persisted.whole(request)
        requested, limit = self._cost(request), self._settings.max_cost
        if requested > limit:
            raise Refused(
                400,
                "QUERY_TOO_EXPENSIVE",
                f"An answer may come to {requested} objects; at most {limit} are allowed.",
            )
        return request

    async def _stream(self, scope: Scope, receive: Receive, send: Send, request_id: str) -> None:
        """Answer with an event stream; see `schema.live.streams`."""
        viewer = await self._viewer(scope)
        if scope["method"] == "POST":
            request = await posted(scope, receive, self._settings.max_body_bytes)
        else:
            request = got(parameters(scope))
        if isinstance(request, list):
            raise Refused(400, "BAD_REQUEST", "Send one operation a stream.")
        request = self._affordable(request)
        operation = self._documents.get(request.query).operation(request.operation_name)
        changes = operation is not None and operation.operation is OperationType.MUTATION
        if changes and scope["method"] == "GET":
            raise _use_post()
        asker = Asker(viewer, who(viewer, scope, self._settings.proxies), request_id)
        headers = [
            (b"content-type", b"text/event-stream; charset=utf-8"),
            *_STANDING,
            _PRIVATE,
            (b"x-request-id", request_id.encode()),
            (b"x-accel-buffering", b"no"),
        ]
        await streamed(self._run(request, asker), receive, send, headers)

    async def _viewer(self, scope: Scope) -> Viewer:
        """Who asks. Raises Refused for a token that is not good."""
        viewer = await self._viewer_of(HTTPConnection(scope))
        if viewer is None:
            raise Refused(
                401,
                "UNAUTHENTICATED",
                "The token is unknown, expired or revoked.",
                (b"www-authenticate", b"Bearer"),
            )
        return viewer

    async def _batch(self, requests: list[Request], asker: Asker, form: str) -> bytes:
        """The answers to a list of operations, in their order, one after the other.

        One that is refused says so in its own place. Raises Refused where all of them together
        cost more than one may.
        """
        requests = [self._persisted.whole(one) for one in requests]
        costs = sum(map(self._cost, requests))
        if costs > self._settings.max_cost:
            raise Refused(
                400,
                "QUERY_TOO_EXPENSIVE",
                f"The list may come to {costs} objects; at most {self._settings.max_cost} are"
                " allowed.",
            )
        bodies = []
        for one in requests:
            try:
                bodies.append((await self._given(one, asker, form, "POST")).body)
            except Refused as refused:
                error = {"message": refused.message, "extensions": {"code": refused.code}}
                bodies.append(orjson.dumps({"errors": [error]}))
        return b"[" + b",".join(bodies) + b"]"

    def _cost(self, request: Request) -> int:
        document = self._documents.get(request.query)
        operation = document.operation(request.operation_name)
        if operation is None:
            return 0
        return self._documents.cost(document, operation, request.variables)

    async def _given(self, request: Request, asker: Asker, form: str, method: str) -> Answer:
        """The answer, perhaps one that is kept: mutations and whoever has a token get new ones."""
        document = self._documents.get(request.query)
        operation = document.operation(request.operation_name)
        kind = operation.operation if operation else OperationType.QUERY
        if kind is OperationType.SUBSCRIPTION:
            raise Refused(
                406,
                "NOT_ACCEPTABLE",
                "Subscriptions need a websocket (graphql-transport-ws), or an event stream:"
                f" accept {EVENT_STREAM}.",
            )
        if kind is not OperationType.QUERY and method == "GET":
            raise _use_post()
        if document.tree is not None:
            self._persisted.remember(request)
            self.metrics.operation(operation.name.value if operation and operation.name else None)

        async def compute() -> Answer:
            began = perf_counter()
            answer = await self._execute(request, document, asker, form)
            self._tell_slow(request, operation, asker, perf_counter() - began)
            return answer

        if asker.viewer == ANONYMOUS and kind is OperationType.QUERY:
            return await self.answers.get(key_of(request, form), compute)
        return await compute()

    async def _execute(
        self, request: Request, document: Document, asker: Asker, form: str
    ) -> Answer:
        """Run the request's operation, whatever comes of it."""
        refused = 400 if form == GRAPHQL_JSON else 200
        if document.tree is None:
            return Answer(refused, orjson.dumps({"errors": document.errors}))
        operation = document.operation(request.operation_name)
        changes = operation is not None and operation.operation is OperationType.MUTATION
        requested, limit = 0, self._settings.max_cost
        if operation is not None:
            requested = self._documents.cost(document, operation, request.variables)
        extensions = {"cost": {"requested": requested, "limit": limit}}
        if requested > limit:
            error = GraphQLError(
                f"The query may come to {requested} objects; at most {limit} are allowed. Ask for "
                "smaller pages, or for lists in lists one after the other.",
                extensions={"code": "QUERY_TOO_EXPENSIVE"},
            )
            errors = request_errors([error], "QUERY_TOO_EXPENSIVE")
            return Answer(refused, orjson.dumps({"errors": errors, "extensions": extensions}))
        if changes:
            self._may_change(asker)
        context = self._context(asker)
        executor = LeanExecutor.build(
            self._schema,
            document.tree,
            context_value=context,
            raw_variable_values=request.variables,
            operation_name=request.operation_name,
            is_awaitable=_is_awaitable,
            shapes=document.shapes,
        )
        if isinstance(executor, list):
            errors = request_errors(executor, "BAD_USER_INPUT")
            return Answer(refused, orjson.dumps({"errors": errors}))
        result = await (self._change(executor) if changes else _run(executor))
        answer: dict[str, Any] = {"data": result.data, "extensions": extensions}
        if result.errors:
            answer = {
                "errors": [told(error, asker.request_id) for error in result.errors],
                **answer,
            }
        notes = context.notes
        is_whole = notes.whole and not changes and not result.errors
        return Answer(200, orjson.dumps(answer), is_whole, notes.seconds, notes.searches)

    def _context(self, asker: Asker) -> HubContext:
        return HubContext(
            viewer=asker.viewer,
            db=self._db,
            engine=self._engine,
            tunings=self._tunings,
            suggestions=self._suggestions,
            asked=self._asked,
            settings=self._settings,
            loaders=Loaders(self._db, asker.viewer),
            wait=self._wait,
            request_id=asker.request_id,
            feed=self.feed,
            take=partial(self._rates.take, who=asker.who),
        )

    def _tell_slow(
        self,
        request: Request,
        operation: OperationDefinitionNode | None,
        asker: Asker,
        seconds: float,
    ) -> None:
        """Log an operation that took long: by its name and its document's hash, without values."""
        if not 0 < self._settings.slow_seconds < seconds:
            return
        told = {
            "operation": operation.name.value if operation and operation.name else None,
            "document": hashlib.sha256(request.query.encode()).hexdigest(),
            "seconds": round(seconds, 3),
            "cost": self._cost(request),
            "request_id": asker.request_id,
        }
        log.warning(
            "A slow operation: %s, %.3f s, document %s",
            told["operation"],
            seconds,
            told["document"],
            extra=told,
        )

    def _may_change(self, asker: Asker) -> None:
        try:
            self._rates.take(Limit.MUTATIONS, asker.who)
        except RateLimited as error:
            seconds = str(error.retry_after_seconds).encode()
            raise Refused(429, "RATE_LIMITED", str(error), (b"retry-after", seconds)) from error

    async def _change(self, executor: Any) -> ExecutionResult:
        """Run a mutation to its end, even where the client hangs up."""
        task = asyncio.create_task(_run(executor))
        self._changing.add(task)
        task.add_done_callback(self._changing.discard)
        return await asyncio.shield(task)


async def _run(executor: Any) -> ExecutionResult:
    result = executor.execute_operation()
    if _is_awaitable(result):
        result = await result
    executed: ExecutionResult = result
    return executed


def _use_post() -> Refused:
    return Refused(405, "METHOD_NOT_ALLOWED", "Use POST to change things.", (b"allow", b"POST"))


def _names(if_none_match: str, etag: str) -> bool:
    """Whether an If-None-Match header names an entity tag; weak ones compare as strong ones do."""
    given = [one.strip().removeprefix("W/") for one in if_none_match.split(",")]
    return etag in given or given == ["*"]


def _request_id(scope: Scope) -> str:
    """The request's id: the client's own where it is a decent one."""
    given = header(scope, b"x-request-id")
    return given if given and _REQUEST_ID.fullmatch(given) else secrets.token_hex(8)


async def _send_page(scope: Scope, send: Send) -> None:
    await _send(
        send,
        200,
        graphiql.page(scope["path"]),
        [
            (b"content-type", b"text/html; charset=utf-8"),
            (b"cache-control", b"no-cache"),
            (b"content-security-policy", graphiql.POLICY.encode()),
            (b"referrer-policy", b"no-referrer"),
            (b"vary", b"Accept"),
            *_SECURITY,
        ],
    )


async def _send_static(scope: Scope, send: Send) -> None:
    file = graphiql.files().get(scope["path"].rpartition("/static/")[2])
    if file is None:
        raise Refused(404, "NOT_FOUND", "There is no such file.")
    headers = [
        (b"content-type", file.type.encode()),
        (b"cache-control", b"public, max-age=31536000, immutable"),
        (b"vary", b"Accept-Encoding"),
        *_SECURITY,
    ]
    content = file.content
    if "gzip" in header(scope, b"accept-encoding"):
        content = file.compressed
        headers.append((b"content-encoding", b"gzip"))
    await _send(send, 200, b"" if scope["method"] == "HEAD" else content, headers)


async def _send(send: Send, status: int, body: bytes, headers: list[tuple[bytes, bytes]]) -> None:
    length = (b"content-length", b"%d" % len(body))
    await send({"type": "http.response.start", "status": status, "headers": [*headers, length]})
    await send({"type": "http.response.body", "body": body})
