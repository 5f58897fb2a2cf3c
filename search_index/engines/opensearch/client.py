"""Requests to the nodes of a cluster, by connections that are kept open."""

from __future__ import annotations

import base64
import re
import ssl
from collections import Counter
from collections.abc import Collection, Sequence
from typing import Any

import httpcore
import orjson

from search_index.query import EngineError, EngineUnavailable, NoIndex

CONNECT_SECONDS = 2.0
READ_SECONDS = 30.0
"""Deadline of requests that are not searches."""

MAX_CONNECTIONS = 32
_BUSY = frozenset((429, 502, 503, 504))
_ERROR_LENGTH = 300
_VALUE = re.compile(r"[\[{(<'\":]")
"""What precedes a value in the reason of an error."""

Json = dict[str, Any]


class Client:
    """A client of a cluster. Safe for many tasks of one event loop.

    A node that does not answer is left out for the next requests, which go to another one; a
    request is tried twice, on two nodes. OpenSearch ignores its own time limits while a node hangs:
    the deadline is the client's.
    """

    def __init__(self, nodes: Sequence[str], user: str = "", password: str = "") -> None:
        self._nodes = list(nodes)
        self._headers = [(b"Content-Type", b"application/json")]
        if user:
            token = base64.b64encode(f"{user}:{password}".encode())
            self._headers.append((b"Authorization", b"Basic " + token))
        self._pool: httpcore.AsyncConnectionPool | None = None
        self.is_closed = False
        self.statistics = Counter[str]()
        """Numbers of `requests`, `retries`, `timeouts` and `rejections`."""

    async def request(
        self,
        method: str,
        path: str,
        body: object = None,
        *,
        seconds: float = READ_SECONDS,
        allowed: Collection[int] = (),
        is_repeatable: bool = True,
    ) -> Json:
        """Send a request, and return the JSON of the response, with its `status` if it is allowed.

        `body` is sent as JSON, or as it is if it is bytes. Responses with the status codes of
        `allowed` are no errors.

        Raises:
            NoIndex: the index does not exist.
            EngineUnavailable: no node answered, or they have too much to do: try again later.
            EngineError: any other error.
        """
        content = body if isinstance(body, bytes) else orjson.dumps(body) if body else b""
        status, data = await self._send(method, path, content, seconds, repeat=is_repeatable)
        try:
            response: Json = orjson.loads(data) if data else {}
        except ValueError as error:
            raise EngineError(f"OpenSearch answered {status} without JSON") from error
        if status >= 400 and status not in allowed:
            of_search = path.partition("?")[0].endswith(("/_search", "/_msearch"))
            raise self._error(status, response, of_search=of_search)
        if status in allowed:
            response["http_status"] = status
        return response

    async def close(self) -> None:
        """Close the connections."""
        self.is_closed = True
        if self._pool is not None:
            pool, self._pool = self._pool, None
            await pool.aclose()

    async def _send(
        self, method: str, path: str, content: bytes, seconds: float, *, repeat: bool
    ) -> tuple[int, bytes]:
        tries = 2 if repeat else 1
        for attempt in range(tries):
            if self.is_closed:
                raise EngineError("the engine is closed")
            node = self._nodes[0]
            self.statistics["requests"] += 1
            self.statistics["retries"] += attempt
            try:
                status, data = await self._send_to(node, method, path, content, seconds)
            except (httpcore.TimeoutException, httpcore.NetworkError, OSError) as error:
                self.statistics["timeouts"] += isinstance(error, httpcore.TimeoutException)
                self._leave_out(node)
                if attempt + 1 == tries:
                    raise EngineUnavailable(
                        f"OpenSearch does not answer ({type(error).__name__})"
                    ) from error
            except httpcore.ProtocolError as error:  # a connection that the node has closed
                if attempt + 1 == tries:
                    raise EngineUnavailable("OpenSearch broke off the connection") from error
            else:
                if status in (502, 503, 504) and attempt + 1 < tries and len(self._nodes) > 1:
                    self._leave_out(node)
                    continue
                return status, data
        raise AssertionError("unreachable")

    async def _send_to(
        self, node: str, method: str, path: str, content: bytes, seconds: float
    ) -> tuple[int, bytes]:
        if self._pool is None:
            self._pool = httpcore.AsyncConnectionPool(
                ssl_context=ssl.create_default_context() if node.startswith("https") else None,
                max_connections=MAX_CONNECTIONS,
                keepalive_expiry=60.0,
            )
        response = await self._pool.request(
            method,
            f"{node}{path}",
            headers=self._headers,
            content=content,
            extensions={
                "timeout": {
                    "connect": min(CONNECT_SECONDS, seconds),
                    "read": seconds,
                    "write": seconds,
                    "pool": seconds,
                }
            },
        )
        return response.status, response.content

    def _leave_out(self, node: str) -> None:
        """Ask the other nodes first from now on."""
        if self._nodes[0] == node:
            self._nodes.append(self._nodes.pop(0))

    def _error(self, status: int, response: Json, *, of_search: bool) -> EngineError:
        error = response.get("error")
        if status in (401, 403):
            return EngineUnavailable(
                "OpenSearch refuses HUB_SEARCH_USER or HUB_SEARCH_PASSWORD, or lacks a permission"
                f" (status {status})"
            )
        kind = error.get("type", "") if isinstance(error, dict) else ""
        if kind == "index_not_found_exception" or (kind == "" and status == 404):
            return NoIndex("there is no index yet")
        if status in _BUSY:
            self.statistics["rejections"] += 1
            return EngineUnavailable(f"OpenSearch has too much to do, or is starting ({status})")
        described = describe(error, of_search=of_search)
        return EngineError(f"OpenSearch answered {status}: {described}")


def describe(error: object, *, of_search: bool = False) -> str:
    """Return the reason of an error of OpenSearch, in one short line.

    `of_search`: without values, which may be what a reader has typed: this is for the log.
    """
    kind, reason = "", str(error)
    if isinstance(error, dict):
        causes = error.get("root_cause") or [error]
        first = causes[0] if isinstance(causes, list) and isinstance(causes[0], dict) else error
        kind, reason = f"{first.get('type')}: ", str(first.get("reason"))
    if of_search:
        reason = _VALUE.split(reason)[0]
    return " ".join(f"{kind}{reason}".split())[:_ERROR_LENGTH]
