"""Facts: what the cluster counts among the documents that a viewer sees, kept for one commit.

Rewriting and scoring ask for many numbers, each of which is an aggregation. They are not asked one
after another: a computation runs with defaults in place of what is unknown, what it asked for is
fetched in one request, and it runs again until nothing is unknown. Mostly that is one request, and
none while a reader types on.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from typing import Any, NamedTuple, TypeVar

import orjson

from search_index.query import EngineError

MAX_ROUNDS = 10
"""Requests for the facts of one computation, at most."""

MAX_FACTS = 50_000
"""Facts that are kept for the documents of one viewer; then they are forgotten."""

MAX_AGGREGATIONS = 500
"""Aggregations of one request, at most."""

Json = dict[str, Any]
T = TypeVar("T")


class _Request(NamedTuple):
    section: str
    """`aggs` or `suggest`."""

    body: Json
    parse: Callable[[Json], object]


def _parse_count(response: Json) -> int:
    count: int = response["doc_count"]
    return count


class Facts:
    """The facts about the documents that pass a filter, at one commit."""

    def __init__(self, restriction: Json) -> None:
        """`restriction` is the query that the documents pass."""
        self.restriction = restriction
        self._known: dict[bytes, Any] = {}
        self._missing: dict[bytes, _Request] = {}

    def count(self, query: Json, default: int = 0) -> int:
        """Return the number of documents that match a query; the default while it is unknown."""
        key = orjson.dumps(query)
        known: int | None = self._known.get(key)
        if known is None:
            self._missing[key] = _Request("aggs", {"filter": query}, _parse_count)
            return default
        return known

    def aggregate(self, name: str, body: Json, parse: Callable[[Json], T], default: T) -> T:
        """Return what `parse` makes of an aggregation; the default while it is unknown."""
        return self._get(name, _Request("aggs", body, parse), default)

    def suggest(self, name: str, body: Json, parse: Callable[[Json], T], default: T) -> T:
        """Return what `parse` makes of a suggester; the default while it is unknown."""
        return self._get(name, _Request("suggest", body, parse), default)

    def _get(self, name: str, request: _Request, default: T) -> T:
        key = name.encode("utf-8", "replace")
        if key not in self._known:
            self._missing[key] = request
            return default
        value: T = self._known[key]
        return value

    async def compute(
        self, computation: Callable[[], T], fetch: Callable[[Json], Awaitable[Json]]
    ) -> T:
        """Return the result of a computation for which all facts are known.

        `fetch` sends the body of a search. Raises EngineError.
        """
        for _ in range(MAX_ROUNDS):
            self._missing.clear()
            result = computation()
            if not self._missing:
                return result
            await self._fetch(fetch)
        raise EngineError("the search needs more facts than may be fetched")

    async def _fetch(self, fetch: Callable[[Json], Awaitable[Json]]) -> None:
        missing = list(self._missing.items())
        if len(self._known) + len(missing) > MAX_FACTS:
            self._known.clear()
        for start in range(0, len(missing), MAX_AGGREGATIONS):
            await self._fetch_part(missing[start : start + MAX_AGGREGATIONS], fetch)

    async def _fetch_part(
        self, missing: list[tuple[bytes, _Request]], fetch: Callable[[Json], Awaitable[Json]]
    ) -> None:
        body: Json = {"size": 0, "query": self.restriction, "track_total_hits": False}
        for number, (_, request) in enumerate(missing):
            body.setdefault(request.section, {})[str(number)] = request.body
        response = await fetch(body)
        results: Mapping[str, Json] = {"aggs": "aggregations", "suggest": "suggest"}  # type: ignore[dict-item]
        for number, (key, request) in enumerate(missing):
            part = response[str(results[request.section])][str(number)]
            self._known[key] = request.parse(part)
