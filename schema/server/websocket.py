"""GraphQL over websockets, by the protocol graphql-transport-ws.

https://github.com/enisdenjo/graphql-ws/blob/master/PROTOCOL.md says which messages there are, and
with which codes a socket is closed when a client does not keep to it.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncGenerator, Awaitable, Callable
from contextlib import aclosing, suppress
from typing import Any, Protocol
from urllib.parse import urlsplit

import orjson
from starlette.websockets import WebSocket, WebSocketDisconnect

from hub.auth import Viewer

log = logging.getLogger(__name__)
PROTOCOL = "graphql-transport-ws"
INIT_SECONDS = 10.0
"""Within which a client has to say who it is."""
SEND_SECONDS = 10.0
"""A client that takes nothing for so long is hung up on."""
MAX_MESSAGE = 65_536
"""Bytes of a message that is read; a document of 2,000 tokens has some 20,000."""

Message = dict[str, Any]


class Starter(Protocol):
    """Where a socket's operations are run."""

    def start(self, payload: Message, viewer: Viewer, who: str) -> AsyncGenerator[Message, None]:
        """The answers to an operation; the last one holds errors alone where it is refused."""
        ...


class _Gone(Exception):
    """The client has hung up, or takes nothing."""


class _Closed(Exception):
    """The socket is to be closed with this code, since the client did not keep to the protocol."""

    def __init__(self, code: int, reason: str) -> None:
        super().__init__(reason)
        self.code = code
        self.reason = reason


class Socket:
    """One websocket, from its first message to its last."""

    def __init__(
        self,
        socket: WebSocket,
        operations: Starter,
        *,
        viewer_of: Callable[[str | None], Awaitable[Viewer | None]],
        who: Callable[[Viewer], str],
        most: int,
    ) -> None:
        """`viewer_of` says who a bearer's header is of; `most` operations may run at once."""
        self._socket = socket
        self._operations = operations
        self._viewer_of = viewer_of
        self._who = who
        self._most = most
        self._header: str | None = None
        self._viewer: Viewer | None = None
        self._has_begun = False
        self._running: dict[str, asyncio.Task[None]] = {}
        self._sending = asyncio.Lock()

    async def serve(self) -> None:
        """Serve the client until one of both closes the socket."""
        if PROTOCOL not in self._socket.scope.get("subprotocols", []):
            await self._socket.accept()
            await self._close(4406, "Subprotocol not acceptable")
            return
        await self._socket.accept(subprotocol=PROTOCOL)
        try:
            async with asyncio.timeout(INIT_SECONDS) as waiting:
                while True:
                    text = await self._socket.receive_text()
                    await self._take(text)
                    if self._viewer is not None:
                        waiting.reschedule(None)
        except TimeoutError:
            await self._close(4408, "Connection initialisation timeout")
        except _Closed as closed:
            await self._close(closed.code, closed.reason)
        except KeyError:  # Starlette's for a message that is no text
            await self._close(4400, "Invalid message received")
        except (_Gone, WebSocketDisconnect, RuntimeError):
            pass  # the client has gone, perhaps while something was sent to it
        except Exception:  # of finding out who it is: the database may be away
            log.exception("A socket could not be served")
            await self._close(1013, "Try again later")
        finally:
            await self._stop()

    async def _take(self, text: str) -> None:
        data = text.encode("utf-8", "surrogatepass")
        if len(data) > MAX_MESSAGE:
            raise _Closed(1009, "The message is too long")
        try:
            message = orjson.loads(data)
        except ValueError:
            raise _Closed(4400, "Invalid message received") from None
        kind = message.get("type") if isinstance(message, dict) else None
        payload = message.get("payload") if kind else None
        is_known = isinstance(kind, str) and kind in _KINDS
        if not is_known or not (payload is None or isinstance(payload, dict)):
            raise _Closed(4400, "Invalid message received")
        if kind == "connection_init":
            await self._begin(payload or {})
        elif kind == "ping":
            await self._send({"type": "pong", **({"payload": payload} if payload else {})})
        elif kind in ("subscribe", "complete"):
            id_ = message.get("id")
            if not isinstance(id_, str) or not id_:
                raise _Closed(4400, "Invalid message received")
            if kind == "complete":
                self._cancel(id_)
            else:
                self._subscribe(id_, payload)

    async def _begin(self, payload: Message) -> None:
        """Find out who it is: by the socket's own header, or by what the first message says."""
        if self._has_begun:
            raise _Closed(4429, "Too many initialisation requests")
        self._has_begun = True
        given = {str(name).lower(): value for name, value in payload.items()}
        header = given.get("authorization") or self._socket.headers.get("authorization")
        self._header = header if isinstance(header, str) else None
        viewer = await self._viewer_of(self._header)
        if viewer is None:
            raise _Closed(4403, "Forbidden")
        self._viewer = viewer
        await self._send({"type": "connection_ack"})

    def _subscribe(self, id_: str, payload: Message | None) -> None:
        if self._viewer is None:
            raise _Closed(4401, "Unauthorized")
        if id_ in self._running:
            raise _Closed(4409, f"Subscriber for {id_[:80]} already exists")
        if payload is None:
            raise _Closed(4400, "Invalid message received")
        task = asyncio.create_task(self._run(id_, payload, self._viewer))
        self._running[id_] = task

    async def _run(self, id_: str, payload: Message, viewer: Viewer) -> None:
        """Send the answers to an operation; what goes wrong ends it, and it alone."""
        try:
            last = await self._answered(id_, payload, viewer)
            self._let_go(id_)  # first: who has read that it is over may use the id again
            await self._send(last)
        except _Closed as closed:
            await self._close(closed.code, closed.reason)
        except _Gone:
            await self._close(1008, "The client takes nothing")
        finally:
            self._let_go(id_)

    async def _answered(self, id_: str, payload: Message, viewer: Viewer) -> Message:
        """Send all answers to an operation but what ends it, which is the message to send then."""
        if len(self._running) > self._most:
            message = f"At most {self._most} operations may run on one socket."
            error = {"message": message, "extensions": {"code": "TOO_MANY_OPERATIONS"}}
            return {"id": id_, "type": "error", "payload": [error]}
        await self._look_again(viewer)
        answers = self._operations.start(payload, viewer, self._who(viewer))
        async with aclosing(answers) as found:
            async for answer in found:
                if "data" not in answer:
                    return {"id": id_, "type": "error", "payload": answer["errors"]}
                await self._look_again(viewer)
                await self._send({"id": id_, "type": "next", "payload": answer})
        return {"id": id_, "type": "complete"}

    async def _look_again(self, viewer: Viewer) -> None:
        """Hang up once the token is expired or revoked, or may do less: nothing is told after."""
        if self._header is not None and await self._viewer_of(self._header) != viewer:
            raise _Closed(4403, "Forbidden")

    def _let_go(self, id_: str) -> None:
        if self._running.get(id_) is asyncio.current_task():
            del self._running[id_]

    def _cancel(self, id_: str) -> None:
        task = self._running.pop(id_, None)
        if task is not None:
            task.cancel()

    async def _stop(self) -> None:
        """End whatever runs, and wait until it has let go."""
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
            raise _Gone from error

    async def _close(self, code: int, reason: str) -> None:
        with suppress(RuntimeError, WebSocketDisconnect):
            await self._socket.close(code, reason)


_KINDS = frozenset({"connection_init", "ping", "pong", "subscribe", "complete"})


def may_come_from(origin: str | None, host: str | None, allowed: list[str]) -> bool:
    """Whether a page of this origin may open a socket; whoever sends no origin is no browser."""
    if origin is None or "*" in allowed or origin in allowed:
        return True
    try:
        return urlsplit(origin).netloc == host
    except ValueError:
        return False
