"""The ASGI endpoint for HTTP and websockets: parse requests, send responses."""

from __future__ import annotations

import logging
import re
from collections.abc import AsyncGenerator, Awaitable, Callable
from contextlib import aclosing
from dataclasses import replace
from functools import partial
from os import urandom
from time import perf_counter
from typing import Any

import orjson
from graphql import OperationType
from starlette.requests import HTTPConnection, Request
from starlette.types import Message, Receive, Scope, Send
from starlette.websockets import WebSocket

from hub.auth import ANONYMOUS, Viewer
from hub.errors import DatabaseError
from hub.settings import Settings
from schema.client_pool import ClientPool
from schema.errors import INTERNAL_ERROR, RETRY_SECONDS, report_unavailable
from schema.server import graphiql
from schema.server.base_url import BaseUrls
from schema.server.compression import MIN_JSON_BYTES, compress_beside, negotiate_coding
from schema.server.conditional import is_not_modified
from schema.server.event_stream import EVENT_STREAM, send_event_stream
from schema.server.operations import Caller, Operations
from schema.server.requests import (
    GRAPHQL_JSON,
    HTML,
    JSON,
    ClientDisconnected,
    Headers,
    Refused,
    cancel_on_disconnect,
    client_key,
    header,
    mutation_needs_post,
    negotiate_media_type,
    parse_get,
    parse_post,
    parse_request,
    query_parameters,
    read_body,
    unauthenticated,
)
from schema.server.response_cache import GraphQLResponse, HttpResponse, RequestKey
from schema.server.subscription_runner import mask_failures
from schema.server.websocket import WebSocketConnection

log = logging.getLogger(__name__)

ViewerOf = Callable[[HTTPConnection], Awaitable[Viewer | None]]
_CONTENT_TYPE_HEADERS = {
    offer: (b"content-type", f"{offer}; charset=utf-8".encode()) for offer in (JSON, GRAPHQL_JSON)
}
_OFFERS = (GRAPHQL_JSON, JSON, EVENT_STREAM)
_OFFERS_OF = {
    "GET": (GRAPHQL_JSON, JSON, HTML, EVENT_STREAM),
    "HEAD": (GRAPHQL_JSON, JSON, HTML),  # an event stream would have to be started
}
_SECURITY_HEADERS = ((b"x-content-type-options", b"nosniff"),)
_VARY = (b"vary", b"Accept, Accept-Encoding, Authorization, Hub-Preview")
_COMMON_HEADERS = (_VARY, *_SECURITY_HEADERS)
_NO_STORE = (b"cache-control", b"no-store")
_RETRY_AFTER = (b"retry-after", b"%d" % RETRY_SECONDS)
_ALLOW = (b"allow", b"GET, HEAD, POST")
_METHODS = "Use GET or POST. Pages of another origin may ask where HUB_CORS_ORIGINS names it."
_REQUEST_ID = re.compile(r"[\w.:-]{1,64}")


class GraphQLApp:
    """GraphQL over HTTP, and GraphiQL with its files below `/static/`.

    `viewer_of` authenticates a connection; it returns None for an invalid token. The application
    can be mounted at any path: it reads only the end of the path.
    """

    def __init__(self, operations: Operations, settings: Settings, viewer_of: ViewerOf) -> None:
        self.operations = operations
        self._sockets = ClientPool(settings.max_sockets)
        self._settings = settings
        self._base_urls = BaseUrls(settings)
        self._viewer_of = viewer_of
        self._public_cache_control = (
            b"cache-control",
            f"public, max-age={settings.cache_seconds}".encode(),
        )

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Respond to a request; errors are JSON too, and unexpected ones are masked."""
        request_id, started = _request_id(scope), perf_counter()
        media_type = JSON
        response: HttpResponse | None = None
        try:
            if "/static/" in scope["path"] and scope["method"] in ("GET", "HEAD"):
                file = scope["path"].rpartition("/static/")[2]
                static = await graphiql.FILES.respond(Request(scope), file)
                if static is None:
                    raise Refused(404, "NOT_FOUND", "There is no such file.")
                await static(scope, receive, send)
                return
            offers = _OFFERS_OF.get(scope["method"], _OFFERS)
            accepted = negotiate_media_type(header(scope, b"accept"), offers)
            if scope["method"] == "HEAD":
                scope, send = {**scope, "method": "GET"}, _without_body(send)
            if accepted == HTML:
                await _send_page(scope, send)
                return
            if accepted == EVENT_STREAM and scope["method"] in ("GET", "POST"):
                await self._respond_with_stream(scope, receive, send, request_id)
                return
            media_type = accepted if accepted in _CONTENT_TYPE_HEADERS else JSON
            response = await self._respond(scope, receive, accepted, request_id)
        except ClientDisconnected:
            return
        except Refused as refused:
            error = {"message": refused.message, "extensions": {"code": refused.code}}
            body = orjson.dumps({"errors": [error]})
            response = await _json_response(
                refused.status, media_type, body, _NO_STORE, *refused.headers
            )
        except DatabaseError as unavailable:
            body = orjson.dumps({"errors": [report_unavailable(unavailable)]})
            response = await _json_response(503, media_type, body, _NO_STORE, _RETRY_AFTER)
        except Exception:
            log.exception(
                "A request failed (request %s)", request_id, extra={"request_id": request_id}
            )
            extensions = {"code": INTERNAL_ERROR, "requestId": request_id}
            error = {"message": "Internal error", "extensions": extensions}
            response = await _json_response(
                500, media_type, orjson.dumps({"errors": [error]}), _NO_STORE
            )
        self.operations.metrics.count_response(response.status, perf_counter() - started)
        headers = [*response.headers, (b"x-request-id", request_id.encode())]
        await _send(send, response.status, response.body, headers)

    async def _respond(
        self, scope: Scope, receive: Receive, media_type: str | None, request_id: str
    ) -> HttpResponse:
        """Return the response to a request, from the cache if it is still valid there."""
        method = scope["method"]
        if method not in ("GET", "POST"):
            raise Refused(405, "METHOD_NOT_ALLOWED", _METHODS, _ALLOW)
        if media_type is None:
            raise Refused(406, "NOT_ACCEPTABLE", f"Accept {GRAPHQL_JSON} or {JSON}.")
        viewer = await self._viewer(scope)
        content = scope["query_string"]
        if method == "POST":
            content = await read_body(scope, receive, self._settings.max_body_bytes)
        coding = negotiate_coding(header(scope, b"accept-encoding"))
        request_key = (method, media_type, content, coding)
        response = None
        key = partial(client_key, viewer, scope, self._settings.proxies)
        if viewer is ANONYMOUS:
            response = self.operations.cached_http_response(request_key, key)
        if response is None:
            caller = Caller(viewer, key(), request_id)
            with cancel_on_disconnect(receive):
                response = await self._execute(request_key, caller, scope)
        if response.not_modified and is_not_modified(scope, response.etag):
            return response.not_modified
        return response

    async def _execute(self, request_key: RequestKey, caller: Caller, scope: Scope) -> HttpResponse:
        """Parse and execute a request whose bytes are not in the cache."""
        method, media_type, content, coding = request_key
        if method == "POST":
            request = parse_post(content, self._settings.max_batch)
            if isinstance(request, list):
                body = await self.operations.execute_batch(request, caller, media_type)
                return await _json_response(200, media_type, body, _NO_STORE, coding=coding)
        else:
            request = parse_get(query_parameters(scope))
        response = await self.operations.execute(
            await self.operations.resolve_persisted(request), caller, media_type, method
        )
        is_public = caller.viewer is ANONYMOUS and method == "GET" and response.is_cacheable
        if len(response.body) < MIN_JSON_BYTES:
            coding = None
        etag = response.etag_for(coding) if is_public else ""
        headers = self._public_headers(response, etag) if is_public else [_NO_STORE]
        if response.status == 503:
            headers = [_NO_STORE, _RETRY_AFTER]
        http_response = await _json_response(
            response.status, media_type, response.body, *headers, coding=coding
        )
        if is_public:
            http_response = replace(
                http_response, etag=etag, not_modified=HttpResponse(304, [*headers, _VARY], b"")
            )
        self.operations.response_cache.add_http_response(request_key, response, http_response)
        return http_response

    def _public_headers(self, response: GraphQLResponse, etag: str) -> Headers:
        return [(b"etag", etag.encode()), self._public_cache_control, *self._cdn_headers(response)]

    def _cdn_headers(self, response: GraphQLResponse) -> Headers:
        """Return the headers for CDNs: the tags to purge a response by, and its maximal age."""
        headers, seconds = [], self._settings.cdn_seconds
        if tags := response.cache_tag(self._settings.cache_tag_bytes):
            headers.append((b"cache-tag", tags.encode()))
        if seconds:
            if response.max_age_seconds is not None:
                seconds = min(seconds, int(response.max_age_seconds))
            headers.append((b"cdn-cache-control", b"public, max-age=%d" % seconds))
        return headers

    # ── long-lived connections: websockets and event streams ──────────────────────────────────────

    async def serve_websocket(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve a websocket; see `schema.server.websocket`."""
        socket = WebSocket(scope, receive, send)
        origin, host = socket.headers.get("origin"), socket.headers.get("host", "")
        if not self._base_urls.admits(origin, host):
            await socket.close(4403, "Forbidden")
            return

        async def viewer_of(authorization: str | None) -> Viewer | None:
            headers = [(b"authorization", (authorization or "").encode("latin-1", "replace"))]
            return await self._viewer_of(HTTPConnection({**scope, "headers": headers}))

        await WebSocketConnection(
            socket,
            self,
            self._sockets,
            viewer_of=viewer_of,
            client_key_of=lambda viewer: client_key(viewer, scope, self._settings.proxies),
            max_operations=self._settings.socket_operations,
            idle_seconds=self._settings.socket_idle_seconds,
        ).serve()

    async def start(
        self, payload: dict[str, Any], viewer: Viewer, key: str
    ) -> AsyncGenerator[dict[str, Any], None]:
        """Yield the responses to an operation of a websocket, with errors masked."""
        caller, operations = Caller(viewer, key, urandom(8).hex()), self.operations

        async def responses() -> AsyncGenerator[dict[str, Any], None]:
            request = await operations.resolve_within_cost(parse_request(payload))
            async with aclosing(operations.stream(request, caller)) as inner:
                async for response in inner:
                    yield response

        async with aclosing(mask_failures(responses(), caller.request_id)) as stream:
            async for response in stream:
                yield response

    async def _respond_with_stream(
        self, scope: Scope, receive: Receive, send: Send, request_id: str
    ) -> None:
        """Respond with an event stream; see `schema.server.event_stream`."""
        viewer = await self._viewer(scope)
        if scope["method"] == "POST":
            request = parse_post(await read_body(scope, receive, self._settings.max_body_bytes))
        else:
            request = parse_get(query_parameters(scope))
        if isinstance(request, list):
            raise Refused(400, "BAD_REQUEST", "Send one operation a stream.")
        request = await self.operations.resolve_within_cost(request)
        operation = self.operations.operation(request)
        is_mutation = operation is not None and operation.operation is OperationType.MUTATION
        if is_mutation and scope["method"] == "GET":
            raise mutation_needs_post()
        caller = Caller(viewer, client_key(viewer, scope, self._settings.proxies), request_id)
        headers = [
            (b"content-type", b"text/event-stream; charset=utf-8"),
            *_COMMON_HEADERS,
            _NO_STORE,
            (b"x-request-id", request_id.encode()),
            (b"x-accel-buffering", b"no"),
        ]

        async def responses() -> AsyncGenerator[dict[str, Any], None]:
            async with aclosing(self.operations.stream(request, caller)) as stream:
                async for response in stream:
                    # Ends the stream once the token is expired or revoked.
                    if viewer != ANONYMOUS and await self._viewer(scope) != viewer:
                        raise unauthenticated()
                    yield response

        await send_event_stream(mask_failures(responses(), request_id), receive, send, headers)

    async def _viewer(self, scope: Scope) -> Viewer:
        """Return the authenticated viewer. Raises Refused for an invalid token."""
        if not (header(scope, b"authorization") or header(scope, b"hub-preview")):
            return ANONYMOUS
        viewer = await self._viewer_of(HTTPConnection(scope))
        if viewer is None:
            raise unauthenticated()
        return viewer


async def _json_response(
    status: int,
    media_type: str,
    body: bytes,
    *headers: tuple[bytes, bytes],
    coding: str | None = None,
) -> HttpResponse:
    """Return a JSON response with the common headers, compressed unless it is small."""
    if coding is not None and len(body) >= MIN_JSON_BYTES:
        body = await compress_beside(body, coding)
        headers = (*headers, (b"content-encoding", coding.encode()))
    return HttpResponse(
        status, [_CONTENT_TYPE_HEADERS[media_type], *_COMMON_HEADERS, *headers, _length(body)], body
    )


def _request_id(scope: Scope) -> str:
    """Return the client's X-Request-Id if it is well formed, or else a random id."""
    client_id = header(scope, b"x-request-id")
    return client_id if client_id and _REQUEST_ID.fullmatch(client_id) else urandom(8).hex()


async def _send_page(scope: Scope, send: Send) -> None:
    page = graphiql.render_page(scope["path"])
    await _send(
        send,
        200,
        page,
        [
            (b"content-type", b"text/html; charset=utf-8"),
            (b"cache-control", b"no-cache"),
            (b"content-security-policy", graphiql.POLICY.encode()),
            (b"referrer-policy", b"no-referrer"),
            (b"vary", b"Accept"),
            *_SECURITY_HEADERS,
            _length(page),
        ],
    )


def _length(body: bytes) -> tuple[bytes, bytes]:
    return b"content-length", b"%d" % len(body)


def _without_body(send: Send) -> Send:
    """Return a `send` that leaves the body out, for responses to HEAD."""

    async def without_body(message: Message) -> None:
        await send({**message, "body": b""} if "body" in message else message)

    return without_body


async def _send(send: Send, status: int, body: bytes, headers: Headers) -> None:
    await send({"type": "http.response.start", "status": status, "headers": headers})
    await send({"type": "http.response.body", "body": body})
