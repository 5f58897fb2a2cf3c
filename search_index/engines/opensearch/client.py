"""Requests to the nodes of a cluster, by connections that are kept open."""

from __future__ import annotations

import base64
import re
from collections import Counter
from collections.abc import Collection, Sequence
from typing import Any

import orjson

from search_index.engines.opensearch.connection import BrokenConnection, Connections, Response
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
        headers = {"Content-Type": "application/json", "Accept": "application/json"}
        if user:
            token = base64.b64encode(f"{user}:{password}".encode()).decode()
            headers["Authorization"] = f"Basic {token}"
        self._connections = Connections(headers, MAX_CONNECTIONS, CONNECT_SECONDS)
        self.is_closed = False
        self.counts = Counter[str]()
        """Numbers of requests: `sent`, `retried`, `timed_out` and `rejected`."""

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
        self._connections.close()

    async def _send(
        self, method: str, path: str, content: bytes, seconds: float, *, repeat: bool
    ) -> Response:
        tries = 2 if repeat else 1
        for attempt in range(tries):
            if self.is_closed:
                raise EngineError("the engine is closed")
            node = self._nodes[0]
            self.counts["sent"] += 1
            self.counts["retried"] += attempt
            is_last = attempt + 1 == tries
            try:
                response = await self._connections.send(node, method, path, content, seconds)
            except BrokenConnection as error:  # as one that the node closed when it was idle
                if is_last:
                    raise EngineUnavailable("OpenSearch broke off the connection") from error
            except OSError as error:  # also TimeoutError
                self.counts["timed_out"] += isinstance(error, TimeoutError)
                self._leave_out(node)
                if is_last:
                    raise EngineUnavailable(
                        f"OpenSearch does not answer ({type(error).__name__})"
                    ) from error
            else:
                if response.status in (502, 503, 504) and not is_last and len(self._nodes) > 1:
                    self._leave_out(node)
                    continue
                return response
        raise AssertionError("unreachable")

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
            self.counts["rejected"] += 1
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
