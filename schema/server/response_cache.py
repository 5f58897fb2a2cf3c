"""The response cache: complete responses to anonymous queries, never stale.

An entry is valid for the state it was computed in: the last line of the change feed, which every
change of public content appends to in its own transaction, and the last commit of the index. When
either has advanced, by any process, the entries are purged. So no stale response is ever sent, and
no invalidation message is needed.
"""

from __future__ import annotations

import asyncio
from collections import OrderedDict
from collections.abc import Awaitable, Callable, Hashable
from dataclasses import dataclass, field
from time import monotonic
from typing import Any

import orjson

from hub import outbox
from hub.db.database import Reader
from hub.errors import DatabaseError
from hub.search.settled import Search
from schema.context import SearchCounter
from schema.execution.cache_tags import TagGroup, format_tags, header_value
from schema.server.conditional import entity_tag, tag_in_coding
from schema.server.requests import Request
from search_index.engine import SearchEngine

_ENTRY_OVERHEAD = 2_000
"""Estimated bytes of an entry beside its texts: mostly its cache tags."""

_REQUEST_OVERHEAD = 500
"""Estimated bytes of a request key and its HTTP response beside their texts."""

_MAX_REQUESTS = 8
"""Different requests, compared by their bytes, that are stored for one entry."""

CacheKey = tuple[str, str | None, bytes, str]
RequestKey = tuple[str, str, bytes, str | None]
"""A request before it is parsed: method, media type of the response, bytes, content coding."""


@dataclass(slots=True)
class GraphQLResponse:
    """The response to a GraphQL operation, before HTTP headers. Cached only if `is_cacheable`.

    `max_age_seconds` limits the time in the cache, where the response depends on more than content
    and index; `searches` are the searches in it, which are counted each time the response is
    sent; `tag_groups` are its cache tags; `uses_index` tells whether the
    index was read. `operation` is the operation's name. `key` is set while it is cached.
    """

    status: int
    body: bytes
    is_cacheable: bool = False
    max_age_seconds: float | None = None
    searches: list[Search] = field(default_factory=list)
    tag_groups: list[TagGroup] = field(default_factory=list)
    uses_index: bool = True
    operation: str | None = None
    key: CacheKey | None = None
    _etag: str = ""
    _cache_tag: str | None = None

    @property
    def etag(self) -> str:
        """The strong entity tag, quoted; a hash of the body. Computed once."""
        if not self._etag:
            self._etag = entity_tag(self.body)
        return self._etag

    def etag_for(self, coding: str | None) -> str:
        """Return the entity tag of the body in a content coding: different bytes, another tag."""
        return tag_in_coding(self.etag, coding)

    def cache_tag(self, max_bytes: int) -> str:
        """Return the Cache-Tag header, see `cache_tags.header_value`. Computed once."""
        if self._cache_tag is None:
            self._cache_tag, self.tag_groups = (
                header_value(format_tags(self.tag_groups), max_bytes),
                [],
            )
        return self._cache_tag


@dataclass(frozen=True, slots=True)
class HttpResponse:
    """An HTTP response without the headers that differ by request, such as X-Request-Id.

    `not_modified` is sent for a conditional request whose entity tag is `etag`; "" for none.
    """

    status: int
    headers: list[tuple[bytes, bytes]]
    body: bytes
    etag: str = ""
    not_modified: HttpResponse | None = None


@dataclass(slots=True)
class _Entry:
    """A cached response, the `monotonic()` time it expires at, and its HTTP forms by request."""

    response: GraphQLResponse
    expires_at: float
    http_responses: dict[RequestKey, HttpResponse] = field(default_factory=dict)


@dataclass(slots=True)
class _Computation:
    """A response that is being computed, and the number of callers that wait for it."""

    task: asyncio.Task[GraphQLResponse]
    callers: int = 0


@dataclass(slots=True)
class CacheStatistics:
    """Counters since the start of the process, and the present number and size of entries."""

    hits: int = 0
    misses: int = 0
    purges: int = 0
    evictions: int = 0
    entries: int = 0
    bytes: int = 0


def cache_key(request: Request, media_type: str) -> CacheKey:
    """Return a key that is equal for requests with the same response in the same media type."""
    variables: dict[str, Any] = request.variables
    canonical = orjson.dumps(variables, option=orjson.OPT_SORT_KEYS) if variables else b""
    return request.query, request.operation_name, _compact(canonical), media_type


def _compact(data: bytes) -> bytes:
    """Copy without the spare capacity that orjson allocates: 4 kB behind a few words."""
    return bytes(memoryview(data))


class ResponseCache:
    """LRU cache of the responses of one process, limited by its size in bytes."""

    def __init__(
        self, db: Reader, engine: SearchEngine, search_counter: SearchCounter, max_bytes: int
    ) -> None:
        """Create an empty cache; with `max_bytes` of 0 nothing is cached."""
        self._db = db
        self._engine = engine
        self._search_counter = search_counter
        self._max_bytes = max_bytes
        self._stamp: Hashable = None
        self._content = -1
        self._seq = -1
        self._commit: Hashable = None
        # Not an LRUCache: entries grow, are purged by content, and a hit of some µs only reorders
        # them, which takes 0.04 µs, but 0.3 µs with that class's lock.
        self._entries: OrderedDict[CacheKey, _Entry] = OrderedDict()
        self._entries_by_request: dict[RequestKey, _Entry] = {}
        self._computing: dict[tuple[Hashable, CacheKey], _Computation] = {}
        self.statistics = CacheStatistics()

    def lookup(
        self, request_key: RequestKey, client_key: Callable[[], str] = str
    ) -> tuple[GraphQLResponse, HttpResponse] | None:
        """Return the response stored for the same request bytes, if still valid; some 5 µs.

        `client_key` is called if the response contains searches, to count them.
        """
        entry = self._entries_by_request.get(request_key)
        if (
            entry is None
            or self._current_stamp() != self._stamp
            or (entry.response.uses_index and self._engine.latest_commit() != self._commit)
            or monotonic() >= entry.expires_at
        ):
            return None
        return self._record_hit(entry, client_key), entry.http_responses[request_key]

    def add_http_response(
        self, request_key: RequestKey, response: GraphQLResponse, http_response: HttpResponse
    ) -> None:
        """Store the HTTP form of a cached response, to be found by the bytes of its request."""
        entry = self._entries.get(response.key) if response.key else None
        if (
            entry is not None
            and entry.response is response
            and len(entry.http_responses) < _MAX_REQUESTS
        ):
            entry.http_responses[request_key] = http_response
            self._entries_by_request[request_key] = entry
            self.statistics.bytes += _http_response_size(request_key, http_response, response)
            self._evict()

    async def get_or_compute(
        self,
        key: CacheKey,
        compute: Callable[[], Awaitable[GraphQLResponse]],
        client_key: str = "",
    ) -> GraphQLResponse:
        """Return the response to `key`: cached, or computed once for all concurrent callers.

        A hit costs some 10 µs. Cancelling a caller does not cancel the shared computation, unless
        no other one waits for it.
        """
        if not self._max_bytes:
            return await compute()
        if not await self._is_current():
            return await compute()
        entry = self._entries.get(key)
        if entry is not None and monotonic() < entry.expires_at:
            return self._record_hit(entry, lambda: client_key)
        self.statistics.misses += 1
        computation = ((self._content, self._seq, self._commit), key)
        shared = self._computing.get(computation)
        if shared is None:
            task = asyncio.ensure_future(self._compute(computation, compute))
            shared = self._computing[computation] = _Computation(task)
        shared.callers += 1
        try:
            return await asyncio.shield(shared.task)
        finally:
            shared.callers -= 1
            if shared.task.done() or not shared.callers:
                shared.task.cancel()  # without effect once it is done
                if self._computing.get(computation) is shared:
                    del self._computing[computation]

    def _record_hit(self, entry: _Entry, client_key: Callable[[], str]) -> GraphQLResponse:
        response = entry.response
        if response.key is not None:
            self._entries.move_to_end(response.key)
        self.statistics.hits += 1
        for search in response.searches:
            self._search_counter.count(search, client_key())
        return response

    async def _compute(
        self,
        computation: tuple[tuple[int, int, Hashable], CacheKey],
        compute: Callable[[], Awaitable[GraphQLResponse]],
    ) -> GraphQLResponse:
        (content, seq, commit), key = computation
        response = await compute()
        if response.is_cacheable and await self._is_current():
            # Content that changed during execution may be in the response, in part.
            is_current = (seq, commit) == (self._seq, self._commit) or not response.uses_index
            if content == self._content and is_current:
                self._store(key, response)
        return response

    def _current_stamp(self) -> int | None:
        """Return the database's stamp; None while it is unavailable."""
        try:
            return self._db.stamp()
        except DatabaseError:
            return None

    async def _is_current(self) -> bool:
        """Purge invalid entries; return False if the database cannot tell which those are."""
        try:
            await self._invalidate()
        except DatabaseError:
            return False
        return True

    async def _invalidate(self) -> None:
        """Purge invalid entries: compare the feed's last lines and the index's last commit.

        Responses that did not read the index stay valid while only search has changed.
        """
        stamp = self._db.stamp()
        if stamp != self._stamp:
            seq, content = await outbox.latest_changes(self._db)
            self._stamp = stamp
            is_search_changed, self._seq = seq != self._seq, seq
            if content != self._content:
                self._content = content
                self._purge(list(self._entries))
        else:
            is_search_changed = False
        commit = self._engine.latest_commit()
        if is_search_changed or commit != self._commit:
            self._commit = commit
            self._purge([key for key, entry in self._entries.items() if entry.response.uses_index])

    def _purge(self, keys: list[CacheKey]) -> None:
        self.statistics.purges += bool(keys)
        for key in keys:
            self._remove(key)

    def _store(self, key: CacheKey, response: GraphQLResponse) -> None:
        self._remove(key)
        max_age = response.max_age_seconds
        expires_at = float("inf") if max_age is None else monotonic() + max_age
        self._entries[key] = _Entry(response, expires_at)
        response.key, response.body = key, _compact(response.body)
        self.statistics.entries += 1
        self.statistics.bytes += _entry_size(key, response)
        self._evict()

    def _evict(self) -> None:
        while self.statistics.bytes > self._max_bytes:
            self._remove(next(iter(self._entries)))
            self.statistics.evictions += 1

    def _remove(self, key: CacheKey) -> None:
        entry = self._entries.pop(key, None)
        if entry is not None:
            self.statistics.entries -= 1
            self.statistics.bytes -= _entry_size(key, entry.response)
            for request_key, http_response in entry.http_responses.items():
                self.statistics.bytes -= _http_response_size(
                    request_key, http_response, entry.response
                )
                del self._entries_by_request[request_key]


def _entry_size(key: CacheKey, response: GraphQLResponse) -> int:
    return len(key[0]) + len(key[2]) + len(response.body) + _ENTRY_OVERHEAD


def _http_response_size(
    request_key: RequestKey, http_response: HttpResponse, response: GraphQLResponse
) -> int:
    # A compressed body is stored in addition to the response's own.
    body_size = 0 if http_response.body is response.body else len(http_response.body)
    return len(request_key[2]) + body_size + _REQUEST_OVERHEAD
