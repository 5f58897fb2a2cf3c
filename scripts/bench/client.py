"""A light HTTP/1.1 client with persistent connections, cheap enough not to affect the results."""

from __future__ import annotations

import asyncio
import re
import time
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from typing import NamedTuple, cast

import orjson
from typing_extensions import override

from scripts.bench.process import BenchError

_LENGTH = re.compile(rb"\r\ncontent-length: *(\d+)", re.IGNORECASE)
_END_OF_HEAD = b"\r\n\r\n"
RESPONSE_SECONDS = 60


class Response(NamedTuple):
    """A response; `head` is its status line and headers, unparsed."""

    head: bytes
    body: bytes

    @property
    def status(self) -> int:
        """The HTTP status."""
        return int(self.head[9:12])


class Connection(asyncio.Protocol):
    """A connection with one request at a time. Responses must have a content-length."""

    def __init__(self) -> None:
        self._loop = asyncio.get_running_loop()
        self._received = bytearray()
        self._response: asyncio.Future[Response] | None = None
        self._transport: asyncio.Transport | None = None

    async def send(self, request: bytes) -> Response:
        """Send a request unchanged, and wait for its response.

        Raises:
            BenchError: the server closed the connection.
        """
        if self._transport is None:
            raise BenchError("The server has closed the connection.")
        self._response = self._loop.create_future()
        self._transport.write(request)
        return await self._response

    def close(self) -> None:
        """Close the connection."""
        if self._transport is not None:
            self._transport.close()

    @override
    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        # The transports of uvloop have another base class.
        self._transport = cast(asyncio.Transport, transport)

    @override
    def data_received(self, data: bytes) -> None:
        received = self._received
        received += data
        end = received.find(_END_OF_HEAD)
        if end < 0:
            return
        length = _LENGTH.search(received, 0, end)
        start = end + len(_END_OF_HEAD)
        stop = start + (int(length[1]) if length else 0)
        if len(received) >= stop and self._response is not None:
            response = Response(bytes(received[:end]), bytes(received[start:stop]))
            received.clear()
            self._response.set_result(response)

    @override
    def connection_lost(self, exc: Exception | None) -> None:
        self._transport = None
        if self._response is not None and not self._response.done():
            self._response.set_exception(BenchError("The server has closed the connection."))


@asynccontextmanager
async def connections(port: int, count: int) -> AsyncIterator[list[Connection]]:
    """Open `count` connections to 127.0.0.1, and close them at the end."""
    loop = asyncio.get_running_loop()
    opened = list[Connection]()
    try:
        for _ in range(count):
            opened.append((await loop.create_connection(Connection, "127.0.0.1", port))[1])
        yield opened
    finally:
        for connection in opened:
            connection.close()
        await asyncio.sleep(0.01)  # transports close in the next iterations of the loop


def get(path: str, etag: str = "") -> bytes:
    """Build a GET request; with `etag`, a conditional one."""
    condition = f"if-none-match: {etag}\r\n" if etag else ""
    head = f"GET {path} HTTP/1.1\r\nhost: 127.0.0.1\r\naccept: */*\r\n{condition}\r\n"
    return head.encode()


def post(query: str, variables: object, extensions: object = None, token: str = "") -> bytes:
    """Build a GraphQL request by POST, with the headers of a browser's client."""
    body = orjson.dumps({"query": query, "variables": variables, "extensions": extensions})
    authorization = f"authorization: Bearer {token}\r\n" if token else ""
    head = (
        "POST /graphql HTTP/1.1\r\nhost: 127.0.0.1\r\n"
        "accept: application/graphql-response+json, application/json\r\n"
        f"{authorization}content-type: application/json\r\ncontent-length: {len(body)}\r\n\r\n"
    )
    return head.encode() + body


class Load(NamedTuple):
    """Result of a load: the seconds of each request, sorted, and the total duration."""

    latencies: list[float]
    seconds: float


async def drive(port: int, requests: Iterator[bytes], clients: int, seconds: float) -> Load:
    """Send `requests`, which must be endless, from concurrent clients for `seconds`.

    Every client sends at least one.

    Raises:
        BenchError: a response was neither 200 nor 304, or contained errors.
    """
    latencies = list[float]()

    async def ask(connection: Connection) -> None:
        ended = 0.0
        while ended < deadline:
            request = next(requests)
            started = time.perf_counter()
            answer = await connection.send(request)
            ended = time.perf_counter()
            latencies.append(ended - started)
            if answer.status not in (200, 304) or b'"errors":' in answer.body:
                raise BenchError(f"An answer went wrong: {answer.body[:500]!r}")

    async with connections(port, clients) as opened:
        start = time.perf_counter()
        deadline = start + seconds
        async with asyncio.timeout(seconds + RESPONSE_SECONDS):
            await asyncio.gather(*map(ask, opened))
        return Load(sorted(latencies), time.perf_counter() - start)
