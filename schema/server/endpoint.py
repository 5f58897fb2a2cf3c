"""The ASGI endpoint: HTTP and websockets, from the bytes of a request to those of its answer."""

from __future__ import annotations

import logging
import re
from collections.abc import AsyncGenerator, Awaitable, Callable
from contextlib import aclosing
from dataclasses import replace
from os import urandom
from time import perf_counter
from typing import Any

import orjson
from graphql import OperationType
from starlette.requests import HTTPConnection
from starlette.types import Message, Receive, Scope, Send
from starlette.websockets import WebSocket

from hub.auth import ANONYMOUS, Viewer
from hub.settings import Settings
from schema.errors import INTERNAL_ERROR
from schema.server import graphiql
from schema.server.compression import LEAST, coding_of, swiftly
from schema.server.event_stream import EVENT_STREAM, streamed
from schema.server.operations import Asker, Operations, use_post
from schema.server.requests import (
    GRAPHQL_JSON,
    HTML,
    JSON,
    Gone,
    Headers,
    Refused,
    body_of,
    client_key,
    got,
    header,
    negotiated,
    parameters,
    posted,
    request_of,
    unauthenticated,
)
from schema.server.response_cache import Answer, Asked, Reply
from schema.server.subscription_runner import guarded
from schema.server.websocket import PROTOCOL, Socket, may_come_from

log = logging.getLogger(__name__)

ViewerOf = Callable[[HTTPConnection], Awaitable[Viewer | None]]
_CONTENT_TYPES = {
    offer: (b"content-type", f"{offer}; charset=utf-8".encode()) for offer in (JSON, GRAPHQL_JSON)
}
_OFFERS = (GRAPHQL_JSON, JSON, EVENT_STREAM)
_OFFERS_OF = {
    "GET": (GRAPHQL_JSON, JSON, HTML, EVENT_STREAM),
    "HEAD": (GRAPHQL_JSON, JSON, HTML),  # of a stream there is nothing to tell before it begins
}
_SECURITY = ((b"x-content-type-options", b"nosniff"),)
_VARY = (b"vary", b"Accept, Accept-Encoding, Authorization")
_STANDING = (_VARY, *_SECURITY)
_PRIVATE = (b"cache-control", b"no-store")
_ALLOW = (b"allow", b"GET, HEAD, POST")
_USE = "Use GET or POST. Pages of another origin may ask where HUB_CORS_ORIGINS names it."
_REQUEST_ID = re.compile(r"[\w.:-]{1,64}")


class GraphQLApp:
    """GraphQL over HTTP, and GraphiQL with its files below `/static/`.

    `viewer_of` says who asks, None for a token that is not good. Mount it at any path: it goes
    by the end of the path alone.
    """

    def __init__(self, operations: Operations, settings: Settings, viewer_of: ViewerOf) -> None:
        self.operations = operations
        self._sockets = 0
        self._settings = settings
        self._viewer_of = viewer_of
        self._public = (b"cache-control", f"public, max-age={settings.cache_seconds}".encode())

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer a request; whatever happens, the answer is JSON and tells no internals."""
        request_id, began = _request_id(scope), perf_counter()
        form = JSON
        reply: Reply | None = None
        try:
            if "/static/" in scope["path"] and scope["method"] in ("GET", "HEAD"):
                await _send_static(scope, send)
                return
            offers = _OFFERS_OF.get(scope["method"], _OFFERS)
            chosen = negotiated(header(scope, b"accept"), offers)
            if scope["method"] == "HEAD":
                scope, send = {**scope, "method": "GET"}, _head(send)
            if chosen == HTML:
                await _send_page(scope, send)
                return
            if chosen == EVENT_STREAM and scope["method"] in ("GET", "POST"):
                await self._stream(scope, receive, send, request_id)
                return
            form = chosen if chosen in _CONTENT_TYPES else JSON
            reply = await self._answer(scope, receive, chosen, request_id)
        except Gone:
            return
        except Refused as refused:
            error = {"message": refused.message, "extensions": {"code": refused.code}}
            body = orjson.dumps({"errors": [error]})
            reply = _reply(refused.status, form, body, _PRIVATE, *refused.headers)
        except Exception:
            log.exception(
                "A request failed (request %s)", request_id, extra={"request_id": request_id}
            )
            extensions = {"code": INTERNAL_ERROR, "requestId": request_id}
            error = {"message": "Internal error", "extensions": extensions}
            reply = _reply(500, form, orjson.dumps({"errors": [error]}), _PRIVATE)
        self.operations.metrics.answered(reply.status, perf_counter() - began)
        headers = [*reply.headers, (b"x-request-id", request_id.encode())]
        await _send(send, reply.status, reply.body, headers)

    async def _answer(
        self, scope: Scope, receive: Receive, form: str | None, request_id: str
    ) -> Reply:
        """The answer to a request: as it was given before, where that still holds."""
        method = scope["method"]
        if method not in ("GET", "POST"):
            raise Refused(405, "METHOD_NOT_ALLOWED", _USE, _ALLOW)
        if form is None:
            raise Refused(406, "NOT_ACCEPTABLE", f"Accept {GRAPHQL_JSON} or {JSON}.")
        viewer = await self._viewer(scope)
        sent = scope["query_string"]
        if method == "POST":
            sent = await body_of(scope, receive, self._settings.max_body_bytes)
        asked = (method, form, sent, coding_of(header(scope, b"accept-encoding")))
        reply = self.operations.again(asked) if viewer is ANONYMOUS else None
        if reply is None:
            asker = Asker(viewer, client_key(viewer, scope, self._settings.proxies), request_id)
            reply = await self._new(asked, asker, scope)
        if reply.unchanged and _names(header(scope, b"if-none-match"), reply.etag):
            return reply.unchanged
        return reply

    async def _new(self, asked: Asked, asker: Asker, scope: Scope) -> Reply:
        """The answer to a request that has not been given before, or holds no more."""
        method, form, sent, coding = asked
        if method == "POST":
            request = posted(sent, self._settings.max_batch)
            if isinstance(request, list):
                body = await self.operations.batch(request, asker, form)
                return _reply(200, form, body, _PRIVATE, coding=coding)
        else:
            request = got(parameters(scope))
        answer = await self.operations.given(self.operations.whole(request), asker, form, method)
        public = asker.viewer is ANONYMOUS and method == "GET" and answer.is_whole
        if len(answer.body) < LEAST:
            coding = None
        etag = answer.etag_in(coding) if public else ""
        headers = self._public_headers(answer, etag) if public else [_PRIVATE]
        reply = _reply(answer.status, form, answer.body, *headers, coding=coding)
        if public:
            reply = replace(reply, etag=etag, unchanged=Reply(304, [*headers, _VARY], b""))
        self.operations.answers.given(asked, answer, reply)
        return reply

    def _public_headers(self, answer: Answer, etag: str) -> Headers:
        return [(b"etag", etag.encode()), self._public, *self._of_cdns(answer)]

    def _of_cdns(self, answer: Answer) -> Headers:
        """For CDNs: the tags that purge an answer, and how long it may be kept till then."""
        headers, seconds = [], self._settings.cdn_seconds
        if tags := answer.cache_tag(self._settings.cache_tag_bytes):
            headers.append((b"cache-tag", tags.encode()))
        if seconds:
            most = seconds if answer.seconds is None else min(seconds, int(answer.seconds))
            headers.append((b"cdn-cache-control", b"public, max-age=%d" % most))
        return headers

    # ── those who stay ────────────────────────────────────────────────────────────────────────

    async def socket(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve a websocket; see `schema.server.websocket`."""
        socket = WebSocket(scope, receive, send)
        origin, host = socket.headers.get("origin"), socket.headers.get("host")
        if not may_come_from(origin, host, self._settings.cors_origins):
            await socket.close(4403, "Forbidden")
            return

        async def viewer_of(authorization: str | None) -> Viewer | None:
            headers = [(b"authorization", (authorization or "").encode("latin-1", "replace"))]
            return await self._viewer_of(HTTPConnection({**scope, "headers": headers}))

        if self._sockets >= self._settings.max_sockets:
            await socket.accept(subprotocol=PROTOCOL)
            await socket.close(1013, "Try again later")  # clients do, after anything but a refusal
            return
        self._sockets += 1
        try:
            await Socket(
                socket,
                self,
                viewer_of=viewer_of,
                who=lambda viewer: client_key(viewer, scope, self._settings.proxies),
                most=self._settings.socket_operations,
            ).serve()
        finally:
            self._sockets -= 1

    async def start(
        self, payload: dict[str, Any], viewer: Viewer, who: str
    ) -> AsyncGenerator[dict[str, Any], None]:
        """The answers to an operation that a socket was asked for, whatever goes wrong."""
        asker, operations = Asker(viewer, who, urandom(8).hex()), self.operations

        async def answers() -> AsyncGenerator[dict[str, Any], None]:
            request = operations.affordable(request_of(payload))
            async with aclosing(operations.run(request, asker)) as found:
                async for answer in found:
                    yield answer

        async with aclosing(guarded(answers(), asker.request_id)) as found:
            async for answer in found:
                yield answer

    async def _stream(self, scope: Scope, receive: Receive, send: Send, request_id: str) -> None:
        """Answer with an event stream; see `schema.server.event_stream`."""
        viewer = await self._viewer(scope)
        if scope["method"] == "POST":
            request = posted(await body_of(scope, receive, self._settings.max_body_bytes))
        else:
            request = got(parameters(scope))
        if isinstance(request, list):
            raise Refused(400, "BAD_REQUEST", "Send one operation a stream.")
        request = self.operations.affordable(request)
        operation = self.operations.operation(request)
        changes = operation is not None and operation.operation is OperationType.MUTATION
        if changes and scope["method"] == "GET":
            raise use_post()
        asker = Asker(viewer, client_key(viewer, scope, self._settings.proxies), request_id)
        headers = [
            (b"content-type", b"text/event-stream; charset=utf-8"),
            *_STANDING,
            _PRIVATE,
            (b"x-request-id", request_id.encode()),
            (b"x-accel-buffering", b"no"),
        ]

        async def answers() -> AsyncGenerator[dict[str, Any], None]:
            async with aclosing(self.operations.run(request, asker)) as found:
                async for answer in found:
                    # Raises Refused once the token is expired or revoked: nothing is told after.
                    if viewer != ANONYMOUS and await self._viewer(scope) != viewer:
                        raise unauthenticated()
                    yield answer

        await streamed(guarded(answers(), request_id), receive, send, headers)

    async def _viewer(self, scope: Scope) -> Viewer:
        """Who asks. Raises Refused for a token that is not good."""
        if not header(scope, b"authorization"):
            return ANONYMOUS
        viewer = await self._viewer_of(HTTPConnection(scope))
        if viewer is None:
            raise unauthenticated()
        return viewer


def _names(if_none_match: str, etag: str) -> bool:
    """Whether an If-None-Match header names an entity tag; weak ones compare as strong ones do."""
    if not if_none_match or if_none_match == etag:
        return bool(if_none_match)
    given = [one.strip().removeprefix("W/") for one in if_none_match.split(",")]
    return etag in given or given == ["*"]


def _reply(
    status: int,
    form: str,
    body: bytes,
    *headers: tuple[bytes, bytes],
    coding: str | None = None,
) -> Reply:
    """An answer in JSON, with the headers that each of them has; small ones are not compressed."""
    if coding is not None and len(body) >= LEAST:
        body = swiftly(body, coding)
        headers = (*headers, (b"content-encoding", coding.encode()))
    return Reply(status, [_CONTENT_TYPES[form], *_STANDING, *headers, _length(body)], body)


def _request_id(scope: Scope) -> str:
    """The request's id: the client's own where it is a decent one."""
    given = header(scope, b"x-request-id")
    return given if given and _REQUEST_ID.fullmatch(given) else urandom(8).hex()


async def _send_page(scope: Scope, send: Send) -> None:
    page = graphiql.page(scope["path"])
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
            *_SECURITY,
            _length(page),
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
    body = b"" if scope["method"] == "HEAD" else content
    await _send(send, 200, body, [*headers, _length(body)])


def _length(body: bytes) -> tuple[bytes, bytes]:
    return b"content-length", b"%d" % len(body)


def _head(send: Send) -> Send:
    """Sends what an answer to HEAD has: all but the body."""

    async def without_body(message: Message) -> None:
        await send({**message, "body": b""} if "body" in message else message)

    return without_body


async def _send(send: Send, status: int, body: bytes, headers: Headers) -> None:
    await send({"type": "http.response.start", "status": status, "headers": headers})
    await send({"type": "http.response.body", "body": body})
