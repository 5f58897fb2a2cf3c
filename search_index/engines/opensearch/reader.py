"""Reading from the indices: searches together with the commit that they saw."""

from __future__ import annotations

import math
from collections.abc import Awaitable, Callable, Collection
from time import monotonic
from typing import Any, NamedTuple, TypeVar

import orjson

from search_index.engines.opensearch import restrictions
from search_index.engines.opensearch.client import READ_SECONDS, Client, describe
from search_index.engines.opensearch.facts import Facts
from search_index.engines.opensearch.mapping import fingerprint
from search_index.lru_cache import LRUCache
from search_index.query import (
    IN_ARTICLES,
    NOTHING_WITHDRAWN,
    PUBLIC,
    EngineError,
    EngineUnavailable,
    NoIndex,
    Scope,
    SearchError,
    Withdrawn,
)

COMMIT_KEY = "commit"
"""The key of the row, of the public index, that holds the number of the last commit."""

STALE_SECONDS = 60.0
"""Time after a commit was seen in which an older one is that of a copy which lags behind."""

_VIEWS = 32
_ATTEMPTS = 5  # commits during one search, after which it is answered with what it knows
_GRACE_SECONDS = 0.5
_LEAST_MILLISECONDS = 100

Json = dict[str, Any]
T = TypeVar("T")


class Names(NamedTuple):
    """The names of the indices for what everybody sees, and for all else."""

    public: str
    hidden: str


class Commit(NamedTuple):
    """A state of the indices: the name of the generation, and the number of its last batch."""

    generation: str
    number: int


class _Moved(Exception):
    """Another batch was committed while a search was computed."""


class View:
    """The documents that a viewer sees, at one commit, as one search reads them."""

    def __init__(
        self, reader: IndexReader, indices: str, facts: Facts, commit: Commit | None
    ) -> None:
        """`commit` is the one that the facts belong to; None to take any."""
        self._reader = reader
        self._indices = indices
        self._commit = commit
        self.facts = facts
        self.is_complete = True
        """False once a response lacked shards or commits, or ran out of time."""

    async def search(self, body: Json) -> Json:
        """Return the response to a search of these documents."""
        response, is_current = await self._reader.fetch(self._indices, body, self._commit)
        if not is_current or not is_complete(response):
            self.is_complete = False
        return response

    async def compute(self, computation: Callable[[], T]) -> T:
        """Return the result of a computation for which all facts are known."""
        return await self.facts.compute(computation, self.search)


def is_complete(response: Json) -> bool:
    """Return whether all shards answered in time; OpenSearch answers with status 200 anyway."""
    shards = response["_shards"]
    return not response.get("timed_out") and shards["successful"] == shards["total"]


class IndexReader:
    """Reads the indices with some names. Facts are kept for the last commit."""

    def __init__(self, client: Client, names: Names, time_limit_seconds: float) -> None:
        self._client = client
        self.names = names
        self._seconds = READ_SECONDS
        self._time_limit: Json = {}
        if math.isfinite(time_limit_seconds):
            self._seconds = time_limit_seconds + _GRACE_SECONDS
            milliseconds = max(_LEAST_MILLISECONDS, round(time_limit_seconds * 1_000))
            self._time_limit = {"timeout": f"{milliseconds}ms"}
        self.commit: Commit | None = None
        """The last commit that this process has seen."""
        self._seen_at = 0.0
        self._views: LRUCache[Any, Facts] = LRUCache(_VIEWS)
        self._verified = ""

    def indices(self, statuses: Collection[str]) -> str:
        """Return the names of the indices that hold documents of these statuses."""
        return self.names.public if PUBLIC.issuperset(statuses) else ",".join(self.names)

    def see(self, commit: Commit | None) -> None:
        """Take note of a commit: facts about former ones are forgotten."""
        self._seen_at = monotonic()
        if commit != self.commit:
            self.commit = commit
            self._views = LRUCache(_VIEWS)

    async def read(
        self,
        computation: Callable[[View], Awaitable[T]],
        statuses: frozenset[str],
        within: frozenset[Scope] = IN_ARTICLES,
        withdrawn: Withdrawn = NOTHING_WITHDRAWN,
    ) -> T:
        """Return what is computed from the last commit of any process. Raises EngineError."""
        if self.commit is None:
            await self.fetch_commit()
        key = (statuses, within, withdrawn)
        for attempt in range(_ATTEMPTS):
            facts = self._views.get(key)
            if facts is None:
                facts = Facts(restrictions.visible(*key))
                self._views.put(key, facts)
            is_last = attempt + 1 == _ATTEMPTS
            view = View(self, self.indices(statuses), facts, None if is_last else self.commit)
            try:
                result = await computation(view)
            except _Moved:
                continue
            except SearchError:
                raise
            except Exception as error:  # as a value that this release does not know
                reason = str(error) or type(error).__name__
                raise EngineError(f"the index cannot be searched: {reason}") from error
            if not view.is_complete:
                self._views = LRUCache(_VIEWS)
            return result
        raise AssertionError("unreachable")

    async def fetch(self, indices: str, body: Json, expected: Commit | None) -> tuple[Json, bool]:
        """Return the response to a search, and whether it lacks no commit that was seen before.

        Raises _Moved if there is another commit.
        """
        commit, response = await self._search(
            ({"index": self.names.public}, _COMMIT_QUERY),
            ({"index": indices}, {**self._time_limit, **body}),
        )
        seen = _parse_commit(commit)
        await self._verify(seen)
        is_stale = self._is_stale(seen)
        if not is_stale:
            self.see(seen)
        if expected not in (None, seen):
            raise _Moved
        return response, not is_stale

    async def fetch_commit(self) -> Commit:
        """Return the last commit, and take note of it. Raises NoIndex, EngineError."""
        [response] = await self._search(({"index": self.names.public}, _COMMIT_QUERY))
        commit = _parse_commit(response)
        await self._verify(commit)
        if self.commit is not None and self._is_stale(commit):
            return self.commit
        self.see(commit)
        return commit

    def _is_stale(self, commit: Commit) -> bool:
        """Return whether this is the commit of a copy that lags behind.

        A node that was paused answers with what it holds until it hears that others went on.
        """
        return (
            self.commit is not None
            and commit.generation == self.commit.generation
            and commit.number < self.commit.number
            and monotonic() - self._seen_at < STALE_SECONDS
        )

    async def _verify(self, commit: Commit) -> None:
        """Check once for each generation that it was built by the rules of this release."""
        if commit.generation == self._verified:
            return
        response = await self._client.request("GET", f"/{commit.generation}/_mapping")
        meta = response[commit.generation]["mappings"].get("_meta", {})
        if meta.get("fingerprint") != fingerprint():
            raise EngineError("the index was built by another release")
        self._verified = commit.generation

    async def _search(self, *searches: tuple[Json, Json]) -> list[Json]:
        lines = [orjson.dumps(part) for search in searches for part in search]
        response = await self._client.request(
            "POST", "/_msearch", b"\n".join(lines) + b"\n", seconds=self._seconds
        )
        for item in response["responses"]:
            if "error" in item:
                _raise(item)
        responses: list[Json] = response["responses"]
        return responses


_COMMIT_QUERY: Json = {
    "query": {"ids": {"values": [COMMIT_KEY]}},
    "_source": False,
    "docvalue_fields": ["commit"],
}


def _parse_commit(response: Json) -> Commit:
    hits = response["hits"]["hits"]
    if not hits:
        if not is_complete(response):
            raise EngineUnavailable("OpenSearch lacks a part of the index at the moment")
        raise NoIndex("the index was never completed")
    return Commit(hits[0]["_index"], int(hits[0]["fields"]["commit"][0]))


def _raise(item: Json) -> None:
    error, status = item["error"], item.get("status", 500)
    if isinstance(error, dict) and error.get("type") == "index_not_found_exception":
        raise NoIndex("there is no index yet")
    described = describe(error, of_search=True)
    if status in (429, 503, 504):
        raise EngineUnavailable(f"OpenSearch cannot search at the moment: {described}")
    raise EngineError(f"OpenSearch answered {status}: {described}")
