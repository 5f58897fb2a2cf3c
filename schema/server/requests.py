"""GraphQL over HTTP: what a request asks for, and in which form its answer goes.

https://graphql.github.io/graphql-over-http/draft/
"""

from __future__ import annotations

import asyncio
from collections.abc import Collection, Coroutine, Generator, Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any, NamedTuple
from urllib.parse import parse_qsl

import orjson
from starlette.types import Receive, Scope

from hub.auth import ANONYMOUS, Viewer

GRAPHQL_JSON = "application/graphql-response+json"
JSON = "application/json"
HTML = "text/html"
BODY_SECONDS = 10.0
"""Time within which a request's body has to arrive."""

MOST_READ = 1_000
"""Characters of a header that names what a client takes; what was read is remembered."""

MAX_DOCUMENT_ID = 200
MAX_VALUES = 50_000
"""Values in a request's variables, those within lists and objects counted, and these too."""

MAX_NESTING = 20
"""Lists and objects of a request's variables that lie in each other."""

_THIS_MACHINE = ("127.0.0.1", "::1")
_SCHEMES = ("http", "https")

Headers = list[tuple[bytes, bytes]]


class Refused(Exception):
    """The request cannot be answered; `status` is HTTP's, `message` may be shown."""

    def __init__(self, status: int, code: str, message: str, *headers: tuple[bytes, bytes]) -> None:
        super().__init__(message)
        self.status = status
        self.code = code
        self.message = message
        self.headers = headers


def unauthenticated() -> Refused:
    """The refusal of a token that is not good."""
    return Refused(
        401,
        "UNAUTHENTICATED",
        "The token is unknown, expired or revoked; it is sent as Authorization: Bearer <token>.",
        (b"www-authenticate", b"Bearer"),
    )


class Gone(Exception):
    """The client has hung up: nobody waits for an answer."""


@dataclass(frozen=True, slots=True)
class Request:
    """What a client asks for. `query` is "" where it names a persisted document by its id."""

    query: str
    variables: dict[str, Any] = field(default_factory=dict)
    operation_name: str | None = None
    document_id: str | None = None


class Accepted(NamedTuple):
    """A media range of an Accept header."""

    type: str
    quality: float


def header(scope: Scope, name: bytes) -> str:
    """The value of a header, empty where there is none."""
    for key, value in scope["headers"]:
        if key == name:
            found: bytes = value
            return found.decode("latin-1")
    return ""


def as_asked(scope: Scope, proxies: int) -> Scope:
    """`scope` with the scheme that the client used, as a proxy of our own has seen it.

    X-Forwarded-Proto is heard from the last of `proxies`, and from a proxy on the same machine;
    from anybody else it could say what they like.
    """
    told = header(scope, b"x-forwarded-proto").lower().split(",")
    scheme = told[-max(1, proxies) :][0].strip()
    client = scope.get("client")
    is_heard = proxies or (client is not None and client[0] in _THIS_MACHINE)
    return {**scope, "scheme": scheme} if is_heard and scheme in _SCHEMES else scope


def negotiated(accept: str, offers: tuple[str, ...]) -> str | None:
    """The first of `offers` that an Accept header likes best; None where it takes none of them.

    Any type is taken for application/json, as clients that know nothing of the newer one expect.
    Of the header `MOST_READ` characters are read.
    """
    return _negotiated(accept[:MOST_READ], offers)


@lru_cache(maxsize=256)
def _negotiated(accept: str, offers: tuple[str, ...]) -> str | None:
    ranges = [_range(part) for part in accept.split(",") if part.strip()]
    if not ranges:
        return JSON
    best, best_quality = None, 0.0
    for quality, place in sorted(
        ((each.quality, -place) for place, each in enumerate(ranges)), reverse=True
    ):
        if quality <= best_quality:
            break
        wanted = ranges[-place].type
        if wanted in offers:
            best = wanted
        elif wanted in ("*/*", "application/*"):
            best = JSON
        elif wanted == "text/*" and HTML in offers:
            best = HTML
        best_quality = quality if best else 0.0
    return best


def _range(part: str) -> Accepted:
    type_, *parameters = (piece.strip().lower() for piece in part.split(";"))
    quality = 1.0
    for parameter in parameters:
        if parameter.startswith("q="):
            try:
                quality = float(parameter[2:])
            except ValueError:
                quality = 0.0
    return Accepted(type_, quality)


async def body_of(scope: Scope, receive: Receive, longest: int) -> bytes:
    """The body of a request, which has to be of JSON and at most `longest` bytes.

    Only JSON is taken: no page of another origin can send that without being asked first, so
    that nobody's browser can be made to write here.

    Raises:
        Refused: it is of something else, too long, or too slow.
        Gone: the client has hung up.
    """
    type_ = header(scope, b"content-type")
    if type_ != JSON:
        _check_type(type_)
    length = header(scope, b"content-length")
    if length.isdigit() and (len(length) > 18 or int(length) > longest):
        raise _too_long(longest)
    body = _body(receive, longest)
    try:
        rest = _Rest(body, body.send(None))
    except StopIteration as end:  # it has arrived already, as most do: a clock would cost 7 µs
        arrived: bytes = end.value
        return arrived
    try:
        async with asyncio.timeout(BODY_SECONDS):
            return await rest
    except TimeoutError:
        raise Refused(
            408, "REQUEST_TIMEOUT", "The body took too long.", (b"connection", b"close")
        ) from None


class _Rest:
    """What is left of a coroutine that waits for something."""

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


def posted(body: bytes, most: int = 0) -> Request | list[Request]:
    """The request in a body, or the list of at most `most` requests. Raises Refused."""
    try:
        value = orjson.loads(body)
    except ValueError:  # also for text that is not UTF-8, and for what is nested too deeply
        raise Refused(400, "BAD_REQUEST", "The body is not JSON.") from None
    if isinstance(value, list):
        return _requests(value, most)
    if not isinstance(value, dict):
        raise Refused(400, "BAD_REQUEST", "The body must be a JSON object.")
    return request_of(value)


def _requests(values: list[Any], most: int) -> list[Request]:
    if not most:
        raise Refused(400, "BAD_REQUEST", "Send one operation a request; lists are not taken.")
    if not 0 < len(values) <= most:
        raise Refused(400, "BAD_REQUEST", f"A list must hold 1 to {most} operations.")
    if not all(isinstance(value, dict) for value in values):
        raise Refused(400, "BAD_REQUEST", "A list must hold JSON objects.")
    return [request_of(value) for value in values]


async def _body(receive: Receive, longest: int) -> bytes:
    chunks, size = [], 0
    while True:
        message = await receive()
        if message["type"] == "http.disconnect":
            raise Gone
        chunk = message.get("body", b"")
        size += len(chunk)
        if size > longest:
            raise _too_long(longest)
        chunks.append(chunk)
        if not message.get("more_body"):
            return b"".join(chunks)


def _too_long(longest: int) -> Refused:
    return Refused(
        413,
        "REQUEST_TOO_LARGE",
        f"The body must have at most {longest} bytes.",
        (b"connection", b"close"),
    )


def parameters(scope: Scope) -> dict[str, str]:
    """The parameters of the address. Raises Refused."""
    try:
        text = scope["query_string"].decode("ascii")
        return dict(parse_qsl(text, keep_blank_values=True, errors="strict", max_num_fields=20))
    except ValueError:
        raise Refused(400, "BAD_REQUEST", "The address cannot be read.") from None


def got(given: Mapping[str, str]) -> Request:
    """The request in an address's parameters. Raises Refused."""
    values: dict[str, Any] = dict(given)
    for name in ("variables", "extensions"):
        if given.get(name):
            try:
                values[name] = orjson.loads(given[name])
            except ValueError:
                raise Refused(400, "BAD_REQUEST", f"{name} is not JSON.") from None
        else:
            values.pop(name, None)
    values["operationName"] = given.get("operationName") or None
    return request_of(values)


def request_of(value: Mapping[str, Any]) -> Request:
    """The request in a JSON object. Raises Refused."""
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
        _bound(variables)
    return Request(query, variables or {}, name or None, document_id)


def _bound(variables: dict[str, Any]) -> None:
    """Refuse variables that hold too much, level by level, before anything else looks at them."""
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
    """The id of a persisted document: as Apollo's protocol has it, or as `documentId`."""
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
    """Whose bucket it is: the token's, or else that of the address that asks.

    Behind `proxies` of our own the address is what the first of them has seen, which stands that
    many places from the end of X-Forwarded-For; what stands before it anybody can write.
    """
    if viewer is not ANONYMOUS:
        return f"token {viewer.name}"
    if proxies:
        seen = [one.strip() for one in header(scope, b"x-forwarded-for").split(",") if one.strip()]
        if len(seen) >= proxies:
            return f"address {seen[-proxies][:64]}"
    client = scope.get("client")
    return f"address {client[0] if client else ''}"
