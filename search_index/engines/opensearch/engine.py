"""`OpenSearchEngine`: the contract of `search_index.engine` over indices of a cluster."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Collection, Mapping
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from typing import Any

import anyio
from typing_extensions import override

from search_index.engine import EngineOptions, SearchEngine
from search_index.engines.opensearch import execute, more_like_this, rows, suggester
from search_index.engines.opensearch.address import Address, parse_address
from search_index.engines.opensearch.client import Client
from search_index.engines.opensearch.generations import Generations
from search_index.engines.opensearch.leader import Leadership
from search_index.engines.opensearch.mapping import fingerprint
from search_index.engines.opensearch.reader import IndexReader, Names
from search_index.engines.opensearch.writer import Writer
from search_index.query import (
    PUBLIC,
    Document,
    EngineError,
    EngineUnavailable,
    IndexStatus,
    Page,
    SearchQuery,
    Similar,
    Suggestion,
    SuggestQuery,
)

STAMPS_AT_ONCE = 10_000
STATUS_SECONDS = 2.0
"""Deadline of `status`: who asks `/readyz` in an outage is answered before they give up."""

_ARTICLES = {"term": {"scope": "ARTICLES"}}
_HEALTHY = "green"

Json = dict[str, Any]


def open_opensearch(location: str, options: EngineOptions, *, secure: bool) -> SearchEngine:
    """Return the engine for what follows the scheme of a URL. Raises UnknownEngine."""
    return OpenSearchEngine(parse_address(location, secure=secure), options)


class _IndexEngine:
    """What an engine does with the indices of some names: those that are live, or being built."""

    def __init__(self, client: Client, names: Names, options: EngineOptions, state: str) -> None:
        self._client = client
        self._options = options
        self.names = names
        self._reader = IndexReader(client, names, options.time_limit_seconds)
        self._writer = Writer(client, names, state)
        self._writing = asyncio.Lock()

    async def search(self, query: SearchQuery) -> Page:
        """Return the hits of `query`, best first. Raises InvalidQuery, EngineError."""
        return await self._reader.read(
            lambda view: execute.search(view, query, self._options),
            query.statuses,
            query.within,
            query.withdrawn,
        )

    async def similar(
        self, id_: int, limit: int, statuses: frozenset[str] = PUBLIC
    ) -> tuple[Similar, ...]:
        """Return the documents most similar to one, most similar first; none if it is unknown."""
        row = await self._row(id_)
        if row is None:
            return ()
        return await self._reader.read(
            lambda view: more_like_this.find_similar(view, id_, row, limit), statuses
        )

    async def _row(self, id_: int) -> Json | None:
        docs = [
            {"_index": index, "_id": rows.article_key(id_), "routing": str(id_)}
            for index in self.names
        ]
        response = await self._client.request("POST", "/_mget", {"docs": docs})
        for item in response["docs"]:
            if item.get("found"):
                row: Json = item["_source"]
                return row
        return None

    async def suggest(self, query: SuggestQuery) -> tuple[Suggestion, ...]:
        """Return titles and names that contain the words typed so far, the likeliest first."""
        return await self._reader.read(
            lambda view: suggester.suggest(view, query), query.statuses, withdrawn=query.withdrawn
        )

    async def write(self, upserts: Collection[Document], deletes: Collection[int]) -> None:
        """Write a batch; of documents with one id, the last. Searches see it on return."""
        async with self._writing:
            commit = await self._writer.apply(upserts, deletes)
        self._reader.see(commit)

    async def stamps(self) -> dict[int, int]:
        """Return every document's id and `stamp`. Raises EngineError."""
        await self._reader.fetch_commit()
        stamps: dict[int, int] = {}
        after: list[int] = []
        while True:
            body: Json = {
                "query": _ARTICLES,
                "size": STAMPS_AT_ONCE,
                "sort": [{"id": "asc"}],
                "_source": False,
                "docvalue_fields": ["stamp"],
                "track_total_hits": False,
                **({"search_after": after} if after else {}),
            }
            path = f"/{','.join(self.names)}/_search?allow_partial_search_results=false"
            hits = (await self._client.request("POST", path, body))["hits"]["hits"]
            for hit in hits:
                stamps[int(hit["sort"][0])] = int(hit["fields"]["stamp"][0])
            if len(hits) < STAMPS_AT_ONCE:
                return stamps
            after = hits[-1]["sort"]

    def request_counts(self) -> Mapping[str, int]:
        """Return the numbers of requests, by outcome; see `SearchEngine.request_counts`."""
        return self._client.counts

    def latest_commit(self) -> None:
        """Return None: the change feed of the database tells what any host has written."""

    async def status(self) -> IndexStatus:
        """Return the index's status. Raises EngineError: it is missing, or cannot be read."""
        try:
            async with asyncio.timeout(STATUS_SECONDS):
                return await self._read_status()
        except TimeoutError as error:
            raise EngineUnavailable("OpenSearch does not answer in time") from error

    async def _read_status(self) -> IndexStatus:
        commit = await self._reader.fetch_commit()
        indices = ",".join(self.names)
        documents, public, stats, health = await asyncio.gather(
            self._count(indices),
            self._count(self.names.public),
            self._client.request("GET", f"/{indices}/_stats/store"),
            self._client.request("GET", f"/_cluster/health/{indices}?timeout=1s"),
        )
        return IndexStatus(
            documents=documents,
            generation=int(commit.generation.rpartition("-")[2]),
            fingerprint=fingerprint(),
            bytes=int(stats["_all"]["primaries"]["store"]["size_in_bytes"]),
            public=public,
            is_degraded=health["status"] != _HEALTHY,
        )

    async def _count(self, indices: str) -> int:
        body: Json = {"query": _ARTICLES, "size": 0, "track_total_hits": True}
        path = f"/{indices}/_search?allow_partial_search_results=false"
        response = await self._client.request("POST", path, body)
        return int(response["hits"]["total"]["value"])


class OpenSearchEngine(_IndexEngine):
    """An index on a cluster. See `search_index.engine.SearchEngine`.

    Safe for many tasks of one event loop, and any number of processes on any hosts.
    """

    def __init__(self, address: Address, options: EngineOptions) -> None:
        client = Client(address.nodes, options.user, options.password)
        self._generations = Generations(client, address)
        super().__init__(client, self._generations.live, options, self._generations.state)
        self._leadership = Leadership(client, self._generations)

    @override
    async def write(self, upserts: Collection[Document], deletes: Collection[int]) -> None:
        """Write a batch; of documents with one id, the last. Searches see it on return."""
        self._leadership.check()
        await super().write(upserts, deletes)

    @asynccontextmanager
    async def rebuild(self) -> AsyncIterator[SearchEngine]:
        """Build a new, empty generation; it goes live when the context exits without error."""
        number = await self._generations.begin(takes_over=self._leadership.is_held)
        fresh = _RebuildEngine(self._client, self._generations.building, self._options)
        try:
            yield fresh
            self._leadership.check()
        except BaseException:
            fresh.end()
            with anyio.CancelScope(shield=True):
                await self._generations.roll_back(number)
            raise
        fresh.end()
        with anyio.CancelScope(shield=True):
            await self._generations.go_live(number)
            await self._reader.fetch_commit()

    @asynccontextmanager
    async def lock(self) -> AsyncIterator[bool]:
        """Try to become the only process that writes this index; yields whether it succeeded.

        Never waits. The lock of a process that was killed is free after LEASE_SECONDS.
        """
        acquired = await self._leadership.acquire()
        if acquired:
            self._writer.lead(self._leadership.holder)
        try:
            yield acquired
        finally:
            if acquired:
                self._writer.lead("")
                with anyio.CancelScope(shield=True):
                    await self._leadership.release()

    def identity(self) -> str:
        """Return the text that `set_identity` stored, as of the last look at the lock."""
        return self._leadership.identity

    async def set_identity(self, text: str) -> None:
        """Store a short text with the index. Raises EngineError."""
        await self._leadership.set_identity(text)

    @override
    async def status(self) -> IndexStatus:
        """Return the index's status. Raises EngineError: it is missing, or cannot be read."""
        return await super().status()

    @override
    async def _read_status(self) -> IndexStatus:
        await self._leadership.load_identity()
        return await super()._read_status()

    async def discard(self) -> None:
        """Delete the index: it is rebuilt from the database by the next indexer."""
        await self._generations.discard()

    async def close(self) -> None:
        """Close the connections."""
        await self._client.close()


class _RebuildEngine(_IndexEngine):
    """The engine of a generation under construction."""

    def __init__(self, client: Client, names: Names, options: EngineOptions) -> None:
        super().__init__(client, names, options, "")
        self._has_ended = False

    def end(self) -> None:
        """Refuse all further writes."""
        self._has_ended = True

    @override
    async def write(self, upserts: Collection[Document], deletes: Collection[int]) -> None:
        """Write a batch. Raises EngineError after the end of the rebuild."""
        if self._has_ended:
            raise EngineError("the rebuild has ended")
        await super().write(upserts, deletes)

    def rebuild(self) -> AbstractAsyncContextManager[SearchEngine]:
        """Refuse: a rebuild cannot be rebuilt."""
        return self._refuse()

    @asynccontextmanager
    async def _refuse(self) -> AsyncIterator[SearchEngine]:
        raise EngineError("a rebuild of this index is running")
        yield self

    @asynccontextmanager
    async def lock(self) -> AsyncIterator[bool]:
        """Yield False: the lock is that of the index which is rebuilt."""
        yield False

    def identity(self) -> str:
        """Return "": the identity is that of the index which is rebuilt."""
        return ""

    async def set_identity(self, text: str) -> None:
        """Refuse. Raises EngineError."""
        raise EngineError("an index that is being built has no identity")

    async def discard(self) -> None:
        """Refuse. Raises EngineError."""
        raise EngineError("an index that is being built is discarded by its rebuild")

    async def close(self) -> None:
        """Do nothing: the end of the rebuild ends it."""
