"""Connections to nodes: HTTP/1.1, kept open, one request at a time on each.

A general client of HTTP takes longer for a request than everything else that the hub does for a
search: 4.0 ms of CPU a search with httpcore, 1.9 with this (`docs/adr/0024`).
"""

from __future__ import annotations

import asyncio
import ssl
from collections.abc import Mapping
from time import monotonic
from typing import NamedTuple, cast
from urllib.parse import urlsplit

import httptools
from typing_extensions import override

IDLE_SECONDS = 60.0
"""Time without a request after which a connection is not used again."""


class BrokenConnection(Exception):
    """A node has closed a connection, or sends what is no HTTP."""


class Response(NamedTuple):
    """The status code and the body of a response."""

    status: int
    body: bytes


class _Connection(asyncio.Protocol):
    """A connection to one node."""

    def __init__(self) -> None:
        self._transport: asyncio.Transport | None = None
        self._waiting: asyncio.Future[Response] | None = None
        self._parser = httptools.HttpResponseParser(self)
        self._parts: list[bytes] = []
        self._used_at = 0.0
        self._is_open = True

    @property
    def is_usable(self) -> bool:
        """Whether another request may be sent."""
        return self._is_open and monotonic() - self._used_at < IDLE_SECONDS

    async def send(self, request: bytes) -> Response:
        """Send a request, and return the response. Raises BrokenConnection."""
        if self._transport is None or not self._is_open:
            raise BrokenConnection("closed")
        self._used_at = monotonic()
        self._parser = httptools.HttpResponseParser(self)
        self._parts = []
        self._waiting = asyncio.get_running_loop().create_future()
        self._transport.write(request)
        try:
            return await self._waiting
        except BaseException:
            self.close()  # what arrives later would be the response to another request
            raise
        finally:
            self._waiting = None

    def close(self) -> None:
        """Close it."""
        self._is_open = False
        if self._transport is not None:
            self._transport.abort()

    @override
    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast(asyncio.Transport, transport)  # uvloop's are no subclass

    @override
    def data_received(self, data: bytes) -> None:
        try:
            self._parser.feed_data(data)
        except httptools.HttpParserError as error:
            self._fail(BrokenConnection(str(error)))

    @override
    def connection_lost(self, exc: Exception | None) -> None:
        self._fail(BrokenConnection(str(exc or "closed")))

    def on_body(self, body: bytes) -> None:
        """Collect a part of the body, for the parser."""
        self._parts.append(body)

    def on_message_complete(self) -> None:
        """Hand over the response, for the parser."""
        if not self._parser.should_keep_alive():
            self._is_open = False
        if self._waiting is not None and not self._waiting.done():
            self._waiting.set_result(
                Response(self._parser.get_status_code(), b"".join(self._parts))
            )

    def _fail(self, error: BrokenConnection) -> None:
        self._is_open = False
        if self._waiting is not None and not self._waiting.done():
            self._waiting.set_exception(error)


class Connections:
    """The connections to some nodes, for at most `limit` requests at once, of one event loop."""

    def __init__(self, headers: Mapping[str, str], limit: int, connect_seconds: float) -> None:
        """`headers` are sent with each request."""
        self._headers = "".join(f"{name}: {value}\r\n" for name, value in headers.items())
        self._slots = asyncio.Semaphore(limit)
        self._connect_seconds = connect_seconds
        self._idle: dict[str, list[_Connection]] = {}
        self._context: ssl.SSLContext | None = None

    async def send(
        self, node: str, method: str, path: str, body: bytes, seconds: float
    ) -> Response:
        """Return the response of a node (`http://host:port`) within so many seconds.

        Raises TimeoutError, BrokenConnection, OSError.
        """
        host = node.partition("//")[2]
        head = (
            f"{method} {path} HTTP/1.1\r\nHost: {host}\r\n{self._headers}"
            f"Content-Length: {len(body)}\r\n\r\n"
        )
        request = head.encode("ascii") + body
        async with asyncio.timeout(seconds), self._slots:
            connection = self._take(node) or await self._connect(node, seconds)
            response = await connection.send(request)
        if connection.is_usable:
            self._idle.setdefault(node, []).append(connection)
        else:
            connection.close()
        return response

    def close(self) -> None:
        """Close the connections that are not in use."""
        for connections in self._idle.values():
            for connection in connections:
                connection.close()
        self._idle.clear()

    def _take(self, node: str) -> _Connection | None:
        """Return the connection that was used last, if any is open."""
        idle = self._idle.get(node, [])
        while idle:
            connection = idle.pop()
            if connection.is_usable:
                return connection
            connection.close()
        return None

    async def _connect(self, node: str, seconds: float) -> _Connection:
        url = urlsplit(node)
        is_secure = url.scheme == "https"
        if is_secure and self._context is None:
            self._context = ssl.create_default_context()
        async with asyncio.timeout(min(self._connect_seconds, seconds)):
            _, connection = await asyncio.get_running_loop().create_connection(
                _Connection,
                url.hostname or "",
                url.port or (443 if is_secure else 80),
                ssl=self._context,
            )
        return connection
