"""GraphQL over websockets, by the protocol graphql-transport-ws.

https://github.com/enisdenjo/graphql-ws/blob/master/PROTOCOL.md defines the messages, and the codes
with which a socket is closed after a violation.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncGenerator, Awaitable, Callable
from contextlib import aclosing, suppress
from typing import Any, Protocol

import orjson
from starlette.websockets import WebSocket, WebSocketDisconnect

from hub.auth import ANONYMOUS, Viewer
from hub.errors import DatabaseError
from schema.client_pool import ClientPool
from schema.errors import report_unavailable

log = logging.getLogger(__name__)
PROTOCOL = "graphql-transport-ws"
INIT_SECONDS = 10.0
"""Time within which a client has to send `connection_init`."""
SEND_SECONDS = 10.0
"""Time after which a socket is closed whose client does not receive."""
MAX_MESSAGE = 65_536
"""Bytes of a message, at most; a document of 2,000 tokens has some 20,000."""

_TRY_LATER = (1013, "Try again later")  # clients retry after this code
Message = dict[str, Any]


class OperationRunner(Protocol):
    """An object that runs the operations of a socket."""

    def start(self, payload: Message, viewer: Viewer, key: str) -> AsyncGenerator[Message, None]:
        """Yield the responses to an operation; the last one holds errors alone if it is refused."""
        ...


class _ClientDisconnected(Exception):
    """The client has disconnected, or does not receive."""


class _CloseSocket(Exception):
    """Reason to close the socket, with a code: a protocol violation, or missing permission."""

    def __init__(self, code: int, reason: str) -> None:
        super().__init__(reason)
        self.code = code
        self.reason = reason


class WebSocketConnection:
    """One websocket connection, from its first message to its last."""

    def __init__(
        self,
        socket: WebSocket,
        runner: OperationRunner,
        pool: ClientPool,
        *,
        viewer_of: Callable[[str | None], Awaitable[Viewer | None]],
        client_key_of: Callable[[Viewer], str],
        max_operations: int,
        idle_seconds: float,
    ) -> None:
        """Create a connection.

        It takes a slot of `pool`. `viewer_of` authenticates an Authorization header;
        `client_key_of` returns the key of a viewer's limits. At most `max_operations` run at once;
        after `idle_seconds` without any the socket is closed.
        """
        self._socket = socket
        self._runner = runner
        self._pool = pool
        self._client = client_key_of(ANONYMOUS)
        self._viewer_of = viewer_of
        self._client_key_of = client_key_of
        self._max_operations = max_operations
        self._idle_seconds = idle_seconds
        self._deadline = asyncio.timeout(INIT_SECONDS)
        self._header: str | None = None
        self._viewer: Viewer | None = None
        self._is_initialised = False
        self._running: dict[str, asyncio.Task[None]] = {}
        self._sending = asyncio.Lock()

    async def serve(self) -> None:
        """Serve the client until either side closes the socket."""
        if PROTOCOL not in self._socket.scope.get("subprotocols", []):
            await self._socket.accept()
            await self._close(4406, "Subprotocol not acceptable")
            return
        await self._socket.accept(subprotocol=PROTOCOL)
        if not self._pool.acquire(self._client):
            await self._close(*_TRY_LATER)
            return
        try:
            end = await self._receive()
            if end is not None:
                await self._close(*end)
        finally:
            self._pool.release(self._client)
            await self._stop()

    async def _receive(self) -> tuple[int, str] | None:
        """Handle messages; return the code and reason to close the socket, None if it is closed."""
        try:
            async with self._deadline:
                while True:
                    text = await self._socket.receive_text()
                    await self._handle(text)
        except TimeoutError:
            if self._viewer is None:
                return 4408, "Connection initialisation timeout"
            # A code after which clients connect again only for their next operation.
            return 1000, "No operation is running"
        except _CloseSocket as closed:
            return closed.code, closed.reason
        except KeyError:  # raised by Starlette for a message that is not text
            return 4400, "Invalid message received"
        except (_ClientDisconnected, WebSocketDisconnect, RuntimeError):
            return None  # perhaps during a send
        except DatabaseError as error:  # from authentication
            report_unavailable(error)
            return _TRY_LATER
        except Exception:
            log.exception("A socket could not be served")
            return _TRY_LATER

    async def _handle(self, text: str) -> None:
        data = text.encode("utf-8", "surrogatepass")
        if len(data) > MAX_MESSAGE:
            raise _CloseSocket(1009, "The message is too long")
        try:
            message = orjson.loads(data)
        except ValueError:
            raise _CloseSocket(4400, "Invalid message received") from None
        kind = message.get("type") if isinstance(message, dict) else None
        payload = message.get("payload") if kind else None
        is_valid_type = isinstance(kind, str) and kind in _KINDS
        if not is_valid_type or not (payload is None or isinstance(payload, dict)):
            raise _CloseSocket(4400, "Invalid message received")
        if kind == "connection_init":
            await self._initialise(payload or {})
        elif kind == "ping":
            await self._send({"type": "pong", **({"payload": payload} if payload else {})})
        elif kind in ("subscribe", "complete"):
            id_ = message.get("id")
            if not isinstance(id_, str) or not id_:
                raise _CloseSocket(4400, "Invalid message received")
            if kind == "complete":
                self._cancel(id_)
            else:
                self._subscribe(id_, payload)

    async def _initialise(self, payload: Message) -> None:
        """Authenticate by the payload of `connection_init`, or by the header of the handshake."""
        if self._is_initialised:
            raise _CloseSocket(4429, "Too many initialisation requests")
        self._is_initialised = True
        parameters = {str(name).lower(): value for name, value in payload.items()}
        header = parameters.get("authorization") or self._socket.headers.get("authorization")
        self._header = header if isinstance(header, str) else None
        viewer = await self._viewer_of(self._header)
        if viewer is None:
            raise _CloseSocket(4403, "Forbidden")
        client = self._client_key_of(viewer)
        if not self._pool.transfer(self._client, client):
            raise _CloseSocket(*_TRY_LATER)
        self._client = client
        self._viewer = viewer
        self._set_deadline()
        await self._send({"type": "connection_ack"})

    def _subscribe(self, id_: str, payload: Message | None) -> None:
        if self._viewer is None:
            raise _CloseSocket(4401, "Unauthorized")
        if id_ in self._running:
            raise _CloseSocket(4409, f"Subscriber for {id_[:80]} already exists")
        if payload is None or not _is_request(payload):
            raise _CloseSocket(4400, "Invalid message received")
        task = asyncio.create_task(self._run(id_, payload, self._viewer))
        self._running[id_] = task
        self._set_deadline()

    async def _run(self, id_: str, payload: Message, viewer: Viewer) -> None:
        """Send the responses to an operation; an error ends only this operation."""
        try:
            last = await self._send_responses(id_, payload, viewer)
            self._discard(id_)  # before sending: the client may then reuse the id at once
            await self._send(last)
        except _CloseSocket as closed:
            await self._close(closed.code, closed.reason)
        except _ClientDisconnected:
            await self._close(1008, "The client takes nothing")
        finally:
            self._discard(id_)

    async def _send_responses(self, id_: str, payload: Message, viewer: Viewer) -> Message:
        """Send the responses to an operation, and return the message that ends it, not yet sent."""
        if len(self._running) > self._max_operations:
            message = f"At most {self._max_operations} operations may run on one socket."
            error = {"message": message, "extensions": {"code": "TOO_MANY_OPERATIONS"}}
            return {"id": id_, "type": "error", "payload": [error]}
        await self._check_token(viewer)
        responses = self._runner.start(payload, viewer, self._client)
        async with aclosing(responses) as stream:
            async for response in stream:
                if "data" not in response:
                    return {"id": id_, "type": "error", "payload": response["errors"]}
                await self._check_token(viewer)
                await self._send({"id": id_, "type": "next", "payload": response})
        return {"id": id_, "type": "complete"}

    async def _check_token(self, viewer: Viewer) -> None:
        """Close the socket if the token is expired or revoked, or its permissions have changed."""
        if self._header is not None and await self._viewer_of(self._header) != viewer:
            raise _CloseSocket(4403, "Forbidden")

    def _discard(self, id_: str) -> None:
        if self._running.get(id_) is asyncio.current_task():
            del self._running[id_]
            self._set_deadline()

    def _cancel(self, id_: str) -> None:
        task = self._running.pop(id_, None)
        if task is not None:
            task.cancel()
            self._set_deadline()

    def _set_deadline(self) -> None:
        """Close the socket later, unless an operation runs."""
        moment = asyncio.get_running_loop().time() + self._idle_seconds
        with suppress(RuntimeError):  # the socket is being closed
            self._deadline.reschedule(None if self._running else moment)

    async def _stop(self) -> None:
        """Cancel the running operations, and wait until they have ended."""
        running = list(self._running.values())
        self._running.clear()
        for task in running:
            task.cancel()
        await asyncio.gather(*running, return_exceptions=True)

    async def _send(self, message: Message) -> None:
        try:
            async with self._sending, asyncio.timeout(SEND_SECONDS):
                await self._socket.send_text(orjson.dumps(message).decode())
        except (TimeoutError, WebSocketDisconnect, RuntimeError) as error:
            raise _ClientDisconnected from error

    async def _close(self, code: int, reason: str) -> None:
        with suppress(RuntimeError, WebSocketDisconnect):
            await self._socket.close(code, reason)


def _is_request(payload: Message) -> bool:
    """Tell whether the payload of `subscribe` has the types of a request, or names a document."""
    query = payload.get("query")
    has_document = isinstance(query, str) or (
        query is None and ("documentId" in payload or "extensions" in payload)
    )
    return has_document and all(
        isinstance(payload.get(name), types) for name, types in _PAYLOAD_TYPES.items()
    )


_PAYLOAD_TYPES = {
    "operationName": str | None,
    "variables": dict | None,
    "extensions": dict | None,
    "documentId": str | None,
}
_KINDS = frozenset({"connection_init", "ping", "pong", "subscribe", "complete"})
