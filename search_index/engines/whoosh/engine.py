"""`WhooshEngine`: the contract of `search_index.engine` over one folder."""

from __future__ import annotations

import threading
from collections.abc import AsyncIterator, Callable, Collection
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from dataclasses import replace
from functools import partial
from pathlib import Path
from time import perf_counter
from typing import ParamSpec, TypeVar

import anyio
from anyio import to_thread

from search_index.engine import USUAL, EngineOptions, SearchEngine
from search_index.engines.whoosh import more_like_this, suggester
from search_index.engines.whoosh.index import bulk_writer, directory, schema, writer
from search_index.engines.whoosh.index.generations import Commit, Generations
from search_index.engines.whoosh.index.searcher import Snapshot
from search_index.engines.whoosh.index.segment_reader import Segment
from search_index.engines.whoosh.query import execute, inline_policy
from search_index.query import (
    PUBLIC,
    Document,
    EngineError,
    IndexStatus,
    Page,
    SearchQuery,
    Similar,
    Suggestion,
    SuggestQuery,
)

_RETRIES = 20  # a commit may take away the very files that are about to be opened

P = ParamSpec("P")
T = TypeVar("T")


async def _in_thread(call: Callable[[], T]) -> T:
    return await to_thread.run_sync(call)


class WhooshEngine:
    """A Whoosh index in a folder. See `search_index.engine.SearchEngine`.

    Safe for many tasks, threads and processes. Nothing is opened before it is asked for, so a
    damaged index is no obstacle to making an engine and rebuilding.
    """

    def __init__(self, folder: Path, options: EngineOptions = USUAL) -> None:
        self._generations = Generations(folder)
        self._options = options
        self._snapshot: tuple[Commit, Snapshot] | None = None
        self._opening = threading.Lock()
        self._closed = False

    async def search(self, query: SearchQuery) -> Page:
        """Answer `query`, best hit first. Raises BadQuery, EngineError.

        What was asked before of the same commit is answered at once, in some 10 µs; what takes a
        few milliseconds at most is answered on the event loop, for to hand it to a thread and wait
        for its turn would take longer.
        """
        snapshot = self._ready()
        if snapshot is None:
            return await _in_thread(lambda: self._search(self._open()[1], query))
        began = perf_counter()
        page = snapshot.pages.get(query)
        if page is not None:
            return replace(page, took_ms=(perf_counter() - began) * 1000)
        if inline_policy.is_quick(snapshot, query):
            return self._search(snapshot, query)
        return await _in_thread(lambda: self._search(snapshot, query))

    async def write(self, upserts: Collection[Document], deletes: Collection[int]) -> None:
        """Take in a batch, all or (on EngineError) none; of documents with one id, the last.

        On disk when it returns. An id in both is written.
        """
        await _in_thread(lambda: self._write(upserts, deletes))

    async def similar(
        self, id_: int, limit: int, statuses: frozenset[str] = PUBLIC
    ) -> tuple[Similar, ...]:
        """The documents most like one, closest first; none where it is unknown."""
        return await _in_thread(lambda: self._similar(id_, limit, statuses))

    async def suggest(self, query: SuggestQuery) -> tuple[Suggestion, ...]:
        """What begins with or holds the words typed so far, the likeliest first."""
        snapshot = self._ready()
        if snapshot is None:
            return await _in_thread(lambda: self._suggest(self._open()[1], query))
        found = snapshot.suggestions.get(query)
        if found is not None:
            return found
        if suggester.is_quick(snapshot):
            return self._suggest(snapshot, query)
        return await _in_thread(lambda: self._suggest(snapshot, query))

    @asynccontextmanager
    async def rebuild(self) -> AsyncIterator[SearchEngine]:
        """A new, empty generation beside the live one; it goes live when left without error.

        Meanwhile nobody else writes: `write` here, and rebuilds elsewhere, raise EngineError.
        """
        self._check_open()
        building = self._generations.building()
        path = await _in_thread(building.__enter__)
        builder = _Builder(path, self._options)
        try:
            yield builder
            await _in_thread(builder.finish)
        except BaseException as error:
            with anyio.CancelScope(shield=True):
                await _in_thread(builder.drop)
                await _in_thread(
                    partial(building.__exit__, type(error), error, error.__traceback__)
                )
            raise
        with anyio.CancelScope(shield=True):
            await _in_thread(lambda: building.__exit__(None, None, None))

    @asynccontextmanager
    async def lock(self) -> AsyncIterator[bool]:
        """Try to become the one process that writes this index; yields whether it succeeded.

        Never waits. The lock dies with its process, however that ends. Who has it also sweeps
        what a killed process left behind.
        """
        self._check_open()
        indexing = self._generations.indexing()
        had = await _in_thread(indexing.__enter__)
        try:
            yield had
        finally:
            with anyio.CancelScope(shield=True):
                await _in_thread(lambda: indexing.__exit__(None, None, None))

    async def stamps(self) -> dict[int, int]:
        """Every document's id and `stamp`. Raises EngineError."""
        return await _in_thread(lambda: self._open()[1].stamps())

    def commit(self) -> Commit | None:
        """The last commit; None while the index cannot be read."""
        try:
            return self._generations.latest()
        except EngineError:
            return None

    async def status(self) -> IndexStatus:
        """The index as it stands. Raises EngineError: none there, damaged, or outdated."""
        return await _in_thread(self._status)

    async def close(self) -> None:
        """Let go of files and memory, once searches that are under way have ended."""
        self._closed = True
        self._snapshot = None

    def _check_open(self) -> None:
        if self._closed:
            raise EngineError("the engine is closed")

    def _ready(self) -> Snapshot | None:
        """The latest commit, if it has been opened already; a few microseconds."""
        known = self._snapshot
        if known is None or self._closed or known[0] != self._generations.latest():
            return None
        return known[1]

    def _open(self) -> tuple[Commit, Snapshot]:
        """The latest commit as a snapshot; the same one as before while nothing has changed."""
        self._check_open()
        commit = self._generations.latest()
        known = self._snapshot
        if known is not None and known[0] == commit:
            return known
        with self._opening, directory.failures("the index cannot be read"):
            for attempt in range(_RETRIES):
                commit = self._generations.latest()
                known = self._snapshot
                if known is not None and known[0] == commit:
                    return known
                try:
                    opened = commit, self._read(commit, known)
                except FileNotFoundError:
                    if attempt + 1 == _RETRIES:
                        raise
                    continue
                if not self._closed:
                    self._snapshot = opened
                return opened
        raise EngineError("the index changes faster than it can be read")

    def _read(self, commit: Commit, known: tuple[Commit, Snapshot] | None) -> Snapshot:
        kept: dict[str, Segment] = {}
        if known is not None and known[0].generation == commit.generation:
            kept = {segment.id: segment for segment in known[1].segments}
        listed = self._generations.segments(commit)
        snapshot = Snapshot(self._generations.path(commit.generation), listed, kept)
        if known is None:  # who asks first need not wait for what is made on first use
            execute.search(snapshot, SearchQuery("a", prefix_last=True), self._options)
            suggester.suggest(snapshot, SuggestQuery("a"))
        return snapshot

    def _search(self, snapshot: Snapshot, query: SearchQuery) -> Page:
        with directory.failures("the index cannot be searched"):
            page = execute.search(snapshot, query, self._options)
        if len(page.hits) <= execute.KEPT_HITS and page.total_is_exact:
            snapshot.pages.put(query, page)
        return page

    def _similar(self, id_: int, limit: int, statuses: frozenset[str]) -> tuple[Similar, ...]:
        _, snapshot = self._open()
        with directory.failures("the index cannot be searched"):
            return more_like_this.similar(snapshot, id_, statuses, limit)

    def _suggest(self, snapshot: Snapshot, query: SuggestQuery) -> tuple[Suggestion, ...]:
        with directory.failures("the index cannot be searched"):
            found = suggester.suggest(snapshot, query)
        snapshot.suggestions.put(query, found)
        return found

    def _write(self, upserts: Collection[Document], deletes: Collection[int]) -> None:
        self._check_open()
        with self._generations.writing() as path, directory.failures("the index cannot be written"):
            batch = writer.Batch(path)
            try:
                batch.apply(upserts, deletes)
                batch.commit()
            finally:
                batch.drop()

    def _status(self) -> IndexStatus:
        commit, snapshot = self._open()
        with directory.failures("the index is damaged"):
            path = self._generations.path(commit.generation)
            size = sum(directory.verify_sizes(path, segment.id) for segment in snapshot.segments)
        return IndexStatus(snapshot.articles, commit.generation, schema.fingerprint(), size)


class _Builder:
    """The engine of a generation that is being built: written in bulk, committed when asked."""

    def __init__(self, path: Path, options: EngineOptions) -> None:
        self._path = path
        self._options = options
        self._batch = bulk_writer.Bulk(path)
        self._turn = threading.Lock()
        self._closed = False

    async def search(self, query: SearchQuery) -> Page:
        """Answer `query` from what has been written so far."""
        return await _in_thread(lambda: execute.search(self._read(), query, self._options))

    async def similar(
        self, id_: int, limit: int, statuses: frozenset[str] = PUBLIC
    ) -> tuple[Similar, ...]:
        """The documents most like one, so far."""
        return await _in_thread(lambda: more_like_this.similar(self._read(), id_, statuses, limit))

    async def suggest(self, query: SuggestQuery) -> tuple[Suggestion, ...]:
        """Suggestions from what has been written so far."""
        return await _in_thread(lambda: suggester.suggest(self._read(), query))

    async def write(self, upserts: Collection[Document], deletes: Collection[int]) -> None:
        """Take in a batch; on disk when the rebuild is left."""
        await _in_thread(lambda: self._write(upserts, deletes))

    def rebuild(self) -> AbstractAsyncContextManager[SearchEngine]:
        """Raises EngineError: a rebuild is not rebuilt."""
        raise EngineError("a rebuild is under way")

    @asynccontextmanager
    async def lock(self) -> AsyncIterator[bool]:
        """Yields False: who rebuilds holds every lock there is."""
        yield False

    async def stamps(self) -> dict[int, int]:
        """Every document's id and `stamp`, so far."""
        return await _in_thread(lambda: self._read().stamps())

    def commit(self) -> None:
        """None: nothing is committed before the rebuild is left."""

    async def status(self) -> IndexStatus:
        """The generation as far as it has been built."""
        return await _in_thread(self._status)

    async def close(self) -> None:
        """Does nothing: leaving the rebuild ends it."""

    def finish(self) -> None:
        """Have everything on disk, and take no more."""
        with self._turn, directory.failures("the rebuild cannot be finished"):
            self._batch.commit()
            self._closed = True

    def drop(self) -> None:
        """Forget what is not on disk, and take no more."""
        with self._turn:
            self._batch.drop()
            self._closed = True

    def _write(self, upserts: Collection[Document], deletes: Collection[int]) -> None:
        with self._turn, directory.failures("the rebuild cannot be written"):
            if self._closed:
                raise EngineError("the rebuild has ended")
            self._batch.apply(upserts, deletes)

    def _read(self) -> Snapshot:
        with self._turn, directory.failures("the rebuild cannot be read"):
            if self._closed:
                raise EngineError("the rebuild has ended")
            self._batch.commit()
            return Snapshot(self._path, writer.segments(self._path), {})

    def _status(self) -> IndexStatus:
        snapshot = self._read()
        size = sum(segment.bytes for segment in snapshot.segments)
        number = int(self._path.name.rpartition("-")[2])
        return IndexStatus(snapshot.articles, number, schema.fingerprint(), size)
