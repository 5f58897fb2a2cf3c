"""A client light enough not to be what is measured: HTTP/1.1 over connections that are kept."""

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
ANSWER_SECONDS = 60


class Answer(NamedTuple):
    """What came back; the head as it was sent."""

    head: bytes
    body: bytes

    @property
    def status(self) -> int:
        """The HTTP status."""
        return int(self.head[9:12])


class Connection(asyncio.Protocol):
    """One connection; one request at a time. Reads bodies whose length is told, as ours all are."""

    def __init__(self) -> None:
        self._loop = asyncio.get_running_loop()
        self._received = bytearray()
        self._answer: asyncio.Future[Answer] | None = None
        self._transport: asyncio.Transport | None = None

    async def ask(self, request: bytes) -> Answer:
        """Send a request as it stands, and wait for its answer.

        Raises:
            BenchError: the server hung up.
        """
        if self._transport is None:
            raise BenchError("The server has closed the connection.")
        self._answer = self._loop.create_future()
        self._transport.write(request)
        return await self._answer

    def close(self) -> None:
        """Hang up."""
        if self._transport is not None:
            self._transport.close()

    @override
    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast(asyncio.Transport, transport)  # uvloop's are of no such class

    @override
    def data_received(self, data: bytes) -> None:
        received = self._received
        received += data
        end = received.find(_END_OF_HEAD)
        if end < 0:
            return
        found = _LENGTH.search(received, 0, end)
        start = end + len(_END_OF_HEAD)
        stop = start + (int(found[1]) if found else 0)
        if len(received) >= stop and self._answer is not None:
            answer = Answer(bytes(received[:end]), bytes(received[start:stop]))
            received.clear()
            self._answer.set_result(answer)

    @override
    def connection_lost(self, exc: Exception | None) -> None:
        self._transport = None
        if self._answer is not None and not self._answer.done():
            self._answer.set_exception(BenchError("The server has closed the connection."))


@asynccontextmanager
async def connections(port: int, count: int) -> AsyncIterator[list[Connection]]:
    """So many connections to 127.0.0.1."""
    loop = asyncio.get_running_loop()
    opened = list[Connection]()
    try:
        for _ in range(count):
            opened.append((await loop.create_connection(Connection, "127.0.0.1", port))[1])
        yield opened
    finally:
        for connection in opened:
            connection.close()
        await asyncio.sleep(0.01)  # a transport is closed by the loop's next turns


def get(path: str, etag: str = "") -> bytes:
    """A GET request; with `etag`, for what has changed since."""
    condition = f"if-none-match: {etag}\r\n" if etag else ""
    head = f"GET {path} HTTP/1.1\r\nhost: 127.0.0.1\r\naccept: */*\r\n{condition}\r\n"
    return head.encode()


def post(query: str, variables: object, extensions: object = None) -> bytes:
    """A GraphQL request as a browser's client sends it."""
    body = orjson.dumps({"query": query, "variables": variables, "extensions": extensions})
    head = (
        "POST /graphql HTTP/1.1\r\nhost: 127.0.0.1\r\n"
        "accept: application/graphql-response+json, application/json\r\n"
        f"content-type: application/json\r\ncontent-length: {len(body)}\r\n\r\n"
    )
    return head.encode() + body


class Load(NamedTuple):
    """How requests went: the seconds that each took, sorted, and all of them together."""

    latencies: list[float]
    seconds: float


async def drive(port: int, requests: Iterator[bytes], clients: int, seconds: float) -> Load:
    """Ask endless `requests` one after another, from so many clients at once, for `seconds`.

    Every client asks at least once.

    Raises:
        BenchError: an answer was neither 200 nor 304, or held errors.
    """
    latencies = list[float]()

    async def ask(connection: Connection) -> None:
        ended = 0.0
        while ended < deadline:
            request = next(requests)
            started = time.perf_counter()
            answer = await connection.ask(request)
            ended = time.perf_counter()
            latencies.append(ended - started)
            if answer.status not in (200, 304) or b'"errors":' in answer.body:
                raise BenchError(f"An answer went wrong: {answer.body[:500]!r}")

    async with connections(port, clients) as opened:
        begun = time.perf_counter()
        deadline = begun + seconds
        async with asyncio.timeout(seconds + ANSWER_SECONDS):
            await asyncio.gather(*map(ask, opened))
        return Load(sorted(latencies), time.perf_counter() - begun)
