"""The HTTP server of `hub serve`: uvicorn's options, and bounds for connections and heads.

uvicorn parses by httptools, which takes a head of any size and waits for it without limit, and its
`limit_concurrency` refuses the requests of clients that are connected already.
"""

from __future__ import annotations

import asyncio
import resource
from collections.abc import Callable
from functools import partial
from typing import Any

from typing_extensions import override
from uvicorn._types import ASGI3Application
from uvicorn.protocols.http.httptools_impl import (
    STATUS_LINE,
    HttpToolsProtocol,
    RequestResponseCycle,
)

MAX_HEAD_BYTES = 65_536
"""Bytes of a request line and its headers, at most; of all that is no body, likewise."""

MAX_HEADERS = 100
HEAD_SECONDS = 10.0
"""Time within which a head has to arrive: since the connection, or since the head's first bytes."""

LINGER_SECONDS = 1.0
"""Time for which a refused client may go on sending. Closing a socket with unread bytes resets the
connection, and the client would not see the response."""

STALL_SECONDS = 15.0
"""Time after which a connection is closed whose client takes no byte of the responses."""

GRACE_SECONDS = 5
"""Time for open streams to end at shutdown; by default uvicorn waits without limit."""

SPARE_FILES = 512
"""Open files beside the connections of clients: of the database, the index, refused connections."""


class BoundedProtocol(HttpToolsProtocol):
    """HTTP/1.1 with bounds for the head of a request and for the number of connections.

    The cost of a request whose head arrives in one piece is five calls and no timer.
    """

    def __init__(self, *arguments: Any, max_connections: int, **options: Any) -> None:
        super().__init__(*arguments, **options)
        self._max_connections = max_connections
        self._is_head = True  # the next byte is one of a head
        self._overhead = 0  # bytes since the last head, less those of the body
        self._refused_status = 0
        self._head_timer: asyncio.TimerHandle | None = None
        self._stall_timer: asyncio.TimerHandle | None = None
        self._started: RequestResponseCycle | None = None

    @override
    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        super().connection_made(transport)
        if len(self.connections) > self._max_connections:
            self._refuse(503)
        else:
            self._start_head_timer()

    @override
    def connection_lost(self, exc: Exception | None) -> None:
        self._stop_head_timer()
        self._stop_stall_timer()
        if self._started is not None:  # uvicorn knows the last request, not the one in work
            self._started.disconnected = True
            self._started.message_event.set()
        super().connection_lost(exc)

    @override
    def data_received(self, data: bytes) -> None:
        if self._refused_status:
            return
        self._overhead += len(data)
        super().data_received(data)
        if self._refused_status:
            return
        if self._overhead > MAX_HEAD_BYTES:
            self._refuse_overhead()
        elif self._head_timer is None and self._is_idle():
            self._start_head_timer()  # part of a head, or a body that nobody reads

    @override
    def on_headers_complete(self) -> None:
        self._stop_head_timer()
        if len(self.headers) > MAX_HEADERS or (
            # The bytes received may include a body, or an earlier request.
            self._overhead > MAX_HEAD_BYTES and self._head_size() > MAX_HEAD_BYTES
        ):
            self._refused_status = 431
            raise ValueError("The head is too large.")  # ends parsing; see send_400_response
        self._is_head, self._overhead = False, 0
        super().on_headers_complete()

    @override
    def on_body(self, body: bytes) -> None:
        self._overhead -= 2 * len(body)  # chunks of a few bytes may have frames of their own size
        super().on_body(body)

    @override
    def on_message_complete(self) -> None:
        self._is_head, self._overhead = True, 0
        super().on_message_complete()

    @override
    def _start_asgi_task(self, cycle: RequestResponseCycle, app: ASGI3Application) -> None:
        self._started = cycle
        super()._start_asgi_task(cycle, app)

    @override
    def pause_writing(self) -> None:
        super().pause_writing()
        self._watch_stall()

    @override
    def resume_writing(self) -> None:
        self._stop_stall_timer()
        super().resume_writing()

    @override
    def timeout_keep_alive_handler(self) -> None:
        super().timeout_keep_alive_handler()
        self._watch_stall()  # closing waits until all responses are taken

    @override
    def shutdown(self) -> None:
        super().shutdown()
        # uvicorn shuts the application down once all responses have ended: streams never would.
        begin_shutdown: Callable[[], None] | None = self.app_state.get("begin_shutdown")
        if begin_shutdown is not None:
            begin_shutdown()

    @override
    def send_400_response(self, msg: str) -> None:
        if self._refused_status:
            self._refuse(self._refused_status)
        else:
            super().send_400_response(msg)

    def _is_idle(self) -> bool:
        """Tell whether no response is being computed."""
        cycle: RequestResponseCycle | None = self.__dict__["cycle"]  # uvicorn declares it not None
        return cycle is None or cycle.response_complete

    def _head_size(self) -> int:
        return len(self.url) + sum(len(name) + len(value) + 4 for name, value in self.headers)

    def _refuse_overhead(self) -> None:
        if self._is_head and self._is_idle():
            self._refuse(431)
        else:  # trailers, or frames of chunks; a response may be on its way
            self._refused_status = 431
            self.transport.close()

    def _start_head_timer(self) -> None:
        if self.transport.get_protocol() is self:  # not a websocket's
            self._head_timer = self.loop.call_later(HEAD_SECONDS, self._end_head)

    def _stop_head_timer(self) -> None:
        if self._head_timer is not None:
            self._head_timer.cancel()
            self._head_timer = None

    def _watch_stall(self) -> None:
        if self._stall_timer is None:
            unsent = self.transport.get_write_buffer_size()
            self._stall_timer = self.loop.call_later(STALL_SECONDS, self._end_stall, unsent)

    def _stop_stall_timer(self) -> None:
        if self._stall_timer is not None:
            self._stall_timer.cancel()
            self._stall_timer = None

    def _end_stall(self, unsent: int) -> None:
        self._stall_timer = None
        if self.transport.get_write_buffer_size() < unsent:
            self._watch_stall()  # slow, but alive
        else:
            self.transport.abort()

    def _end_head(self) -> None:
        self._head_timer = None
        if self._is_head and self._overhead:
            self._refuse(408)
        else:
            self.transport.close()

    def _refuse(self, status: int) -> None:
        """Send a response without a body, and close the connection."""
        self._refused_status = status
        self._stop_head_timer()
        self._unset_keepalive_if_required()
        self.connections.discard(self)
        if self.transport.is_closing():
            return
        headers = b"retry-after: 1\r\n" if status == 503 else b""
        self.transport.write(
            STATUS_LINE[status] + headers + b"content-length: 0\r\nconnection: close\r\n\r\n"
        )
        self.transport.write_eof()
        self.loop.call_later(LINGER_SECONDS, self.transport.abort)


def uvicorn_options(max_connections: int) -> dict[str, Any]:
    """Return the options of `uvicorn.Config` that serve at most so many connections at once."""
    return {
        "http": partial(BoundedProtocol, max_connections=max_connections),
        "log_level": "warning",
        "access_log": False,
        "proxy_headers": False,
        "server_header": False,
        "date_header": False,
        "ws_max_size": 65_536,
        "timeout_graceful_shutdown": GRACE_SECONDS,
    }


def allow_connections(max_connections: int) -> None:
    """Raise the process's soft limit of open files to what so many connections need."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    needed = max_connections + SPARE_FILES
    if hard != resource.RLIM_INFINITY:
        needed = min(needed, hard)
    if soft != resource.RLIM_INFINITY and soft < needed:
        resource.setrlimit(resource.RLIMIT_NOFILE, (needed, hard))
