"""GraphQL over HTTP: parse requests, and negotiate the media type of the response.

https://graphql.github.io/graphql-over-http/draft/
"""

from __future__ import annotations

import asyncio
from collections.abc import Collection, Coroutine, Generator, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import lru_cache
from ipaddress import IPv6Address, IPv6Network
from typing import Any, NamedTuple
from urllib.parse import parse_qsl

import orjson
from starlette.types import Receive, Scope

from hub.auth import ANONYMOUS, Viewer
from hub.errors import RateLimited

GRAPHQL_JSON = "application/graphql-response+json"
JSON = "application/json"
HTML = "text/html"
FORM = "application/x-www-form-urlencoded"
BODY_SECONDS = 10.0
"""Time within which a request's body has to arrive."""

MAX_HEADER_CHARACTERS = 1_000
"""Characters of an Accept or Accept-Encoding header that are parsed; the result is cached."""

WATCHED_SECONDS = 0.05
"""Time after which it is watched whether the client is still there."""

MAX_DOCUMENT_ID = 200
MAX_VALUES = 50_000
"""Values in a request's variables; lists and objects count, and so do their items."""

MAX_NESTING = 20
"""Levels of lists and objects in a request's variables."""

_LOOPBACK = ("127.0.0.1", "::1")
_SCHEMES = ("http", "https")

Headers = list[tuple[bytes, bytes]]


class Refused(Exception):
    """The request is refused; `status` is the HTTP status, `message` may be sent to the client."""

    def __init__(self, status: int, code: str, message: str, *headers: tuple[bytes, bytes]) -> None:
        super().__init__(message)
        self.status = status
        self.code = code
        self.message = message
        self.headers = headers


def unauthenticated() -> Refused:
    """Return the refusal of an invalid token."""
    return Refused(
        401,
        "UNAUTHENTICATED",
        "The token is unknown, expired or revoked. It is sent as Authorization: Bearer <token>,"
        " that of a preview as Hub-Preview: <token>.",
        (b"www-authenticate", b"Bearer"),
    )


def mutation_needs_post() -> Refused:
    """Return the refusal of a mutation by GET."""
    return Refused(405, "METHOD_NOT_ALLOWED", "Use POST to change things.", (b"allow", b"POST"))


def rate_limited(error: RateLimited) -> Refused:
    """Return the refusal of a request that exceeds a limit."""
    seconds = str(error.retry_after_seconds).encode()
    return Refused(429, "RATE_LIMITED", str(error), (b"retry-after", seconds))


class ClientDisconnected(Exception):
    """The client has disconnected: no response can be sent."""


@contextmanager
def cancel_on_disconnect(receive: Receive) -> Iterator[None]:
    """Cancel the body of the context when the client disconnects; it raises ClientDisconnected.

    Watches requests that take longer than `WATCHED_SECONDS`: for others it costs 2 µs. The body of
    the request has to be read.
    """
    loop, owner = asyncio.get_running_loop(), asyncio.current_task()
    watcher: asyncio.Task[None] | None = None
    is_gone = False

    async def watch() -> None:
        nonlocal is_gone
        while (await receive())["type"] != "http.disconnect":
            pass
        is_gone = owner is not None and owner.cancel()

    def start() -> None:
        nonlocal watcher
        watcher = loop.create_task(watch())

    timer = loop.call_later(WATCHED_SECONDS, start)
    try:
        yield
    except asyncio.CancelledError:
        if is_gone and owner is not None and not owner.uncancel():
            raise ClientDisconnected from None
        raise
    finally:
        timer.cancel()
        if watcher is not None:
            watcher.cancel()


@dataclass(frozen=True, slots=True)
class Request:
    """A GraphQL request. `query` is "" if a persisted document is named by its id."""

    query: str
    variables: dict[str, Any] = field(default_factory=dict)
    operation_name: str | None = None
    document_id: str | None = None


class MediaRange(NamedTuple):
    """A media range of an Accept header."""

    type: str
    quality: float


def header(scope: Scope, name: bytes) -> str:
    """Return the value of a header, "" if it is absent."""
    for key, value in scope["headers"]:
        if key == name:
            encoded: bytes = value
            return encoded.decode("latin-1")
    return ""


def with_client_scheme(scope: Scope, proxies: int) -> Scope:
    """Return `scope` with the scheme of the client's request, as a trusted proxy reports it.

    X-Forwarded-Proto is read from the last of `proxies`, and from a proxy on the same machine;
    other clients could forge it.
    """
    schemes = header(scope, b"x-forwarded-proto").lower().split(",")
    scheme = schemes[-max(1, proxies) :][0].strip()
    client = scope.get("client")
    is_trusted = proxies or (client is not None and client[0] in _LOOPBACK)
    return {**scope, "scheme": scheme} if is_trusted and scheme in _SCHEMES else scope


def negotiate_media_type(accept: str, offers: tuple[str, ...]) -> str | None:
    """Return the offer that an Accept header prefers, the first of equals; None if it has none.

    `*/*` selects application/json, as clients older than the GraphQL media type expect. Only the
    first `MAX_HEADER_CHARACTERS` of the header are read.
    """
    return _negotiate_media_type(accept[:MAX_HEADER_CHARACTERS], offers)


@lru_cache(maxsize=256)
def _negotiate_media_type(accept: str, offers: tuple[str, ...]) -> str | None:
    ranges = [_parse_range(part) for part in accept.split(",") if part.strip()]
    if not ranges:
        return JSON
    best, best_quality = None, 0.0
    for quality, index in sorted(
        ((range_.quality, -place) for place, range_ in enumerate(ranges)), reverse=True
    ):
        if quality <= best_quality:
            break
        media_type = ranges[-index].type
        if media_type in offers:
            best = media_type
        elif media_type in ("*/*", "application/*"):
            best = JSON
        elif media_type == "text/*" and HTML in offers:
            best = HTML
        best_quality = quality if best else 0.0
    return best


def _parse_range(part: str) -> MediaRange:
    type_, *parameters = (piece.strip().lower() for piece in part.split(";"))
    quality = 1.0
    for parameter in parameters:
        if parameter.startswith("q="):
            try:
                quality = float(parameter[2:])
            except ValueError:
                quality = 0.0
    return MediaRange(type_, quality)


async def read_body(scope: Scope, receive: Receive, max_bytes: int) -> bytes:
    """Read the body of a request, which must be JSON of at most `max_bytes`.

    Only JSON is accepted: a browser sends it to another origin only after a CORS preflight, which
    prevents cross-site request forgery.

    Raises:
        Refused: it has another type, is too long, or arrives too slowly.
        ClientDisconnected: the client disconnects before its end.
    """
    type_ = header(scope, b"content-type")
    if type_ != JSON:
        _check_type(type_)
    return await _read_in_time(scope, receive, max_bytes)


async def read_form(scope: Scope, receive: Receive, max_bytes: int) -> dict[str, str]:
    """Read the fields of an HTML form. Raises like `read_body`."""
    if header(scope, b"content-type").partition(";")[0].strip().lower() != FORM:
        raise Refused(415, "UNSUPPORTED_MEDIA_TYPE", f"Send {FORM}.")
    body = await _read_in_time(scope, receive, max_bytes)
    try:
        pairs = parse_qsl(body.decode("utf-8"), keep_blank_values=True, max_num_fields=20)
    except ValueError:
        raise Refused(400, "BAD_REQUEST", "The form cannot be read.") from None
    return dict(pairs)


async def _read_in_time(scope: Scope, receive: Receive, max_bytes: int) -> bytes:
    length = header(scope, b"content-length")
    if length.isdigit() and (len(length) > 18 or int(length) > max_bytes):
        raise _too_long(max_bytes)
    body = _receive_body(receive, max_bytes)
    try:
        rest = _StartedCoroutine(body, body.send(None))
    except StopIteration as end:  # it has arrived already, as most do: a timeout costs 7 µs
        arrived: bytes = end.value
        return arrived
    try:
        async with asyncio.timeout(BODY_SECONDS):
            return await rest
    except TimeoutError:
        raise Refused(
            408, "REQUEST_TIMEOUT", "The body took too long.", (b"connection", b"close")
        ) from None


class _StartedCoroutine:
    """Awaitable that continues a coroutine after its first `send(None)`."""

    def __init__(self, coroutine: Coroutine[Any, Any, bytes], awaited: Any) -> None:
        self._coroutine = coroutine
        self._awaited = awaited

    def __await__(self) -> Generator[Any, None, bytes]:
        try:
            yield self._awaited
        except BaseException:
            self._coroutine.close()
            raise
        return (yield from self._coroutine.__await__())


def _check_type(content_type: str) -> None:
    type_, *parameters = content_type.lower().split(";")
    if type_.strip() != JSON:
        raise Refused(415, "UNSUPPORTED_MEDIA_TYPE", "Send application/json.")
    for parameter in parameters:
        name, _, value = parameter.strip().partition("=")
        if name == "charset" and value.strip('"') not in ("utf-8", "utf8"):
            raise Refused(415, "UNSUPPORTED_MEDIA_TYPE", "Send JSON in UTF-8.")


def parse_post(body: bytes, max_batch: int = 0) -> Request | list[Request]:
    """Parse a body: a request, or a list of at most `max_batch` requests. Raises Refused."""
    try:
        value = orjson.loads(body)
    except ValueError:  # also for text that is not UTF-8, and for too deep nesting
        raise Refused(400, "BAD_REQUEST", "The body is not JSON.") from None
    if isinstance(value, list):
        return _parse_batch(value, max_batch)
    if not isinstance(value, dict):
        raise Refused(400, "BAD_REQUEST", "The body must be a JSON object.")
    return parse_request(value)


def _parse_batch(values: list[Any], max_batch: int) -> list[Request]:
    if not max_batch:
        raise Refused(400, "BAD_REQUEST", "Send one operation a request; lists are not taken.")
    if not 0 < len(values) <= max_batch:
        raise Refused(400, "BAD_REQUEST", f"A list must hold 1 to {max_batch} operations.")
    if not all(isinstance(value, dict) for value in values):
        raise Refused(400, "BAD_REQUEST", "A list must hold JSON objects.")
    return [parse_request(value) for value in values]


async def _receive_body(receive: Receive, max_bytes: int) -> bytes:
    chunks, size = [], 0
    while True:
        message = await receive()
        if message["type"] == "http.disconnect":
            raise ClientDisconnected
        chunk = message.get("body", b"")
        size += len(chunk)
        if size > max_bytes:
            raise _too_long(max_bytes)
        chunks.append(chunk)
        if not message.get("more_body"):
            return b"".join(chunks)


def _too_long(max_bytes: int) -> Refused:
    return Refused(
        413,
        "REQUEST_TOO_LARGE",
        f"The body must have at most {max_bytes} bytes.",
        (b"connection", b"close"),
    )


def query_parameters(scope: Scope) -> dict[str, str]:
    """Parse the query string. Raises Refused."""
    try:
        text = scope["query_string"].decode("ascii")
        return dict(parse_qsl(text, keep_blank_values=True, errors="strict", max_num_fields=20))
    except ValueError:
        raise Refused(400, "BAD_REQUEST", "The address cannot be read.") from None


def parse_get(parameters: Mapping[str, str]) -> Request:
    """Parse the request in the parameters of a query string. Raises Refused."""
    values: dict[str, Any] = dict(parameters)
    for name in ("variables", "extensions"):
        if parameters.get(name):
            try:
                values[name] = orjson.loads(parameters[name])
            except ValueError:
                raise Refused(400, "BAD_REQUEST", f"{name} is not JSON.") from None
        else:
            values.pop(name, None)
    values["operationName"] = parameters.get("operationName") or None
    return parse_request(values)


def parse_request(value: Mapping[str, Any]) -> Request:
    """Parse the request in a JSON object. Raises Refused."""
    query, variables = value.get("query"), value.get("variables")
    name, extensions = value.get("operationName"), value.get("extensions")
    document_id = _document_id(value)
    if query is None and document_id is not None:
        query = ""
    elif not isinstance(query, str) or not query:
        message = "Send a GraphQL document as query, or the id of a known one as documentId."
        raise Refused(400, "BAD_REQUEST", message)
    if not isinstance(variables, dict | None):
        raise Refused(400, "BAD_REQUEST", "variables must be an object.")
    if not isinstance(name, str | None):
        raise Refused(400, "BAD_REQUEST", "operationName must be a string.")
    if not isinstance(extensions, dict | None):
        raise Refused(400, "BAD_REQUEST", "extensions must be an object.")
    if variables:
        _check_variables(variables)
    return Request(query, variables or {}, name or None, document_id)


def _check_variables(variables: dict[str, Any]) -> None:
    """Refuse variables with too many values or levels; level by level, without recursion."""
    level: list[Collection[Any]] = [variables.values()]
    values = 0
    for _ in range(MAX_NESTING):
        values += sum(map(len, level))
        if values > MAX_VALUES:
            message = f"Variables may hold at most {MAX_VALUES} values."
            raise Refused(413, "REQUEST_TOO_LARGE", message)
        level = [
            value.values() if isinstance(value, dict) else value
            for part in level
            for value in part
            if isinstance(value, dict | list)
        ]
        if not level:
            return
    raise Refused(400, "BAD_REQUEST", f"Variables may nest {MAX_NESTING} deep.")


def _document_id(value: Mapping[str, Any]) -> str | None:
    """Return the id of a persisted document, by Apollo's protocol or from `documentId`."""
    extensions, id_ = value.get("extensions"), value.get("documentId")
    persisted = extensions.get("persistedQuery") if isinstance(extensions, dict) else None
    if persisted is not None:
        id_ = persisted.get("sha256Hash") if isinstance(persisted, dict) else None
        if id_ is None or persisted.get("version") != 1:
            raise Refused(
                400, "BAD_REQUEST", "persistedQuery must have version 1 and a sha256Hash."
            )
    if id_ is not None and not (isinstance(id_, str) and 0 < len(id_) <= MAX_DOCUMENT_ID):
        raise Refused(400, "BAD_REQUEST", "The id of a document must be a short string.")
    return id_


def client_key(viewer: Viewer, scope: Scope, proxies: int) -> str:
    """Return the key of the client's limits: its token's id, or else its address."""
    if viewer.preview is not None:
        return f"preview {viewer.preview.id}"
    if viewer is not ANONYMOUS:
        return f"token {viewer.token_id}"
    return f"address {_subscriber(client_address(scope, proxies))}"


def client_address(scope: Scope, proxies: int) -> str:
    """Return the client's address, "" if it has none.

    Behind `proxies` trusted proxies that is the one that the first of them received, which is that
    many places from the end of X-Forwarded-For; entries before it can be forged.
    """
    if proxies:
        addresses = [
            address.strip()
            for address in header(scope, b"x-forwarded-for").split(",")
            if address.strip()
        ]
        if len(addresses) >= proxies:
            return addresses[-proxies][:64]
    client = scope.get("client")
    return str(client[0]) if client else ""


@lru_cache(maxsize=4_096)
def _subscriber(address: str) -> str:
    """Return the network of an IPv6 address that one subscriber has, a /64; an IPv4 address itself.

    A text that is no address, as some proxies send, is returned unchanged.
    """
    if ":" not in address:
        return address
    try:
        parsed = IPv6Address(address)
    except ValueError:
        return address
    if parsed.ipv4_mapped is not None:
        return str(parsed.ipv4_mapped)
    return str(IPv6Network((int(parsed) >> 64 << 64, 64)))
