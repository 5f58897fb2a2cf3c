"""`WhooshEngine`: the contract of `search_index.engine` over one folder."""

from __future__ import annotations

import logging
import threading
from collections.abc import AsyncIterator, Callable, Collection, Mapping
from contextlib import AbstractAsyncContextManager, asynccontextmanager, suppress
from dataclasses import replace
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from time import perf_counter
from typing import Any, ParamSpec, TypeVar

import anyio
from anyio import to_thread

from search_index.engine import DEFAULT_OPTIONS, EngineOptions, SearchEngine
from search_index.engines.whoosh import more_like_this, suggester
from search_index.engines.whoosh.index import bulk_writer, directory, schema, writer
from search_index.engines.whoosh.index.generations import Commit, Generations
from search_index.engines.whoosh.index.scheduler import MergeScheduler, merge_all
from search_index.engines.whoosh.index.searcher import Searcher
from search_index.engines.whoosh.index.segment_reader import SegmentReader
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

log = logging.getLogger(__name__)

_IDENTITY = "IDENTITY"
_RETRIES = 20  # a commit may remove files while they are being opened

P = ParamSpec("P")
T = TypeVar("T")


async def _in_thread(call: Callable[[], T]) -> T:
    return await to_thread.run_sync(call)


class WhooshEngine:
    """A Whoosh index in a folder. See `search_index.engine.SearchEngine`.

    Safe for many tasks, threads and processes. Index files are opened on first use, so that an
    engine can be created, and rebuild, even if the index is damaged.
    """

    def __init__(self, folder: Path, options: EngineOptions = DEFAULT_OPTIONS) -> None:
        self._generations = Generations(folder)
        self._options = options
        self._latest: tuple[Commit, Searcher] | None = None
        self._open_lock = threading.Lock()
        self._merges = MergeScheduler(self._generations, self._prepare_segment)
        self._prepared: SegmentReader | None = None
        self._damage: tuple[int, str] | None = None
        """The generation, and its token, in which damage was found: it is not searched."""
        self._closed = False

    async def search(self, query: SearchQuery) -> Page:
        """Return the hits of `query`, best first. Raises InvalidQuery, EngineError.

        A query that is cached for the commit takes about 10 µs. Queries that take a few
        milliseconds at most run on the event loop, because the switch to a thread takes longer.
        """
        searcher = self._current_searcher()
        if searcher is None:
            return await _in_thread(lambda: self._search(self._open_searcher()[1], query))
        started = perf_counter()
        page = searcher.page_cache.get(query)
        if page is not None and (page.expires_at is None or datetime.now(UTC) < page.expires_at):
            return replace(page, took_ms=(perf_counter() - started) * 1000)
        if inline_policy.runs_inline(searcher, query):
            return self._search(searcher, query)
        return await _in_thread(lambda: self._search(searcher, query))

    async def write(self, upserts: Collection[Document], deletes: Collection[int]) -> None:
        """Write a batch, all or (on EngineError) nothing; of documents with one id, the last.

        It is on disk on return. An id in both collections is written.
        """
        await _in_thread(lambda: self._write(upserts, deletes))

    async def similar(
        self, id_: int, limit: int, statuses: frozenset[str] = PUBLIC
    ) -> tuple[Similar, ...]:
        """Return the documents most similar to one, most similar first; none if it is unknown."""
        return await _in_thread(lambda: self._similar(id_, limit, statuses))

    async def suggest(self, query: SuggestQuery) -> tuple[Suggestion, ...]:
        """Return titles and names that contain the words typed so far, the likeliest first."""
        searcher = self._current_searcher()
        if searcher is None:
            return await _in_thread(lambda: self._suggest(self._open_searcher()[1], query))
        suggestions = searcher.suggestion_cache.get(query)
        if suggestions is not None:
            return suggestions
        if suggester.runs_inline(searcher):
            return self._suggest(searcher, query)
        return await _in_thread(lambda: self._suggest(searcher, query))

    @asynccontextmanager
    async def rebuild(self) -> AsyncIterator[SearchEngine]:
        """Build a new, empty generation; it goes live when the context exits without error.

        Until then there is no other writer: `write`, and other rebuilds, raise EngineError.
        """
        self._check_open()
        await _in_thread(self._merges.stop)  # what is being merged is about to be replaced
        try:
            building = self._generations.building()
            path = await _in_thread(building.__enter__)
            builder = _RebuildEngine(path, self._options)
            try:
                yield builder
                await _in_thread(builder.finish)
            except BaseException as error:
                with anyio.CancelScope(shield=True):
                    await _in_thread(builder.rollback)
                    await _in_thread(
                        partial(building.__exit__, type(error), error, error.__traceback__)
                    )
                raise
            with anyio.CancelScope(shield=True):
                await _in_thread(lambda: building.__exit__(None, None, None))
        finally:
            if not self._closed:
                self._merges.resume()

    @asynccontextmanager
    async def lock(self) -> AsyncIterator[bool]:
        """Try to become the only process that writes this index; yields whether it succeeded.

        Never waits. The lock is released when its process ends, even if it is killed. Its holder
        also removes the files that a killed process left.
        """
        self._check_open()
        indexing = self._generations.indexing()
        acquired = await _in_thread(indexing.__enter__)
        try:
            yield acquired
        finally:
            with anyio.CancelScope(shield=True):
                await _in_thread(lambda: indexing.__exit__(None, None, None))

    async def discard(self) -> None:
        """Forget the index; its files are removed with the next rebuild."""
        await _in_thread(self._generations.discard)

    def identity(self) -> str:
        """Return the text that `set_identity` stored, "" for none."""
        try:
            return directory.read_checked(self._generations.folder / _IDENTITY).decode()
        except (OSError, ValueError):
            return ""

    async def set_identity(self, text: str) -> None:
        """Store a short text in the index's folder. Raises EngineError."""
        with directory.engine_errors("the index folder cannot be written"):
            await _in_thread(
                lambda: directory.write_checked(self._generations.folder / _IDENTITY, text.encode())
            )

    async def stamps(self) -> dict[int, int]:
        """Return every document's id and `stamp`. Raises EngineError."""
        return await _in_thread(lambda: self._open_searcher()[1].stamps())

    def request_counts(self) -> Mapping[str, int]:
        """Return nothing: there is no cluster."""
        return {}

    def latest_commit(self) -> Commit | None:
        """Return the last commit; None while the index cannot be read."""
        try:
            commit = self._generations.latest()
        except EngineError:
            return None
        return None if self._is_damaged(commit) else commit

    async def status(self) -> IndexStatus:
        """Return the index's status. Raises EngineError: it is missing, damaged or outdated."""
        return await _in_thread(self._status)

    @property
    def is_merging(self) -> bool:
        """Whether segments are being merged beside the writes of this engine."""
        return self._merges.is_running

    async def close(self) -> None:
        """Release files and memory, once running searches have ended."""
        self._closed = True
        await _in_thread(self._merges.stop)
        self._latest = self._prepared = None

    def _check_open(self) -> None:
        if self._closed:
            raise EngineError("the engine is closed")

    def _is_damaged(self, commit: Commit) -> bool:
        return self._damage == (commit.generation, commit.token)

    def _check_damage(self, commit: Commit) -> None:
        if self._is_damaged(commit):
            raise EngineError("the index is damaged")

    def _verify(self, commit: Commit, searcher: Searcher) -> None:
        """Compare all segments with their checksums. Raises EngineError for damage.

        It is remembered: until the index is rebuilt there are no more results, and results that
        were cached since the segment was opened are no longer valid (see `latest_commit`).
        """
        try:
            for segment in searcher.segments:
                segment.verify()
        except (OSError, ValueError) as error:
            self._damage = commit.generation, commit.token
            self._latest = None
            log.error("The index is damaged, and not searched until it is rebuilt: %s", error)
            raise EngineError(f"the index is damaged: {error}") from error

    def _verify_beside(self, commit: Commit, searcher: Searcher) -> None:
        with suppress(EngineError):
            self._verify(commit, searcher)

    def _current_searcher(self) -> Searcher | None:
        """Return the searcher of the latest commit, if it is already open; takes a few µs."""
        latest = self._latest
        if latest is None or self._closed or latest[0] != self._generations.latest():
            return None
        if self._is_damaged(latest[0]):
            return None
        return latest[1]

    def _open_searcher(self) -> tuple[Commit, Searcher]:
        """Return the searcher of the latest commit, the open one while the commit is the same."""
        self._check_open()
        commit = self._generations.latest()
        latest = self._latest
        if latest is not None and latest[0] == commit:
            return latest
        with self._open_lock, directory.engine_errors("the index cannot be read"):
            for attempt in range(_RETRIES):
                commit = self._generations.latest()
                self._check_damage(commit)
                latest = self._latest
                if latest is not None and latest[0] == commit:
                    return latest
                try:
                    opened = commit, self._load_searcher(commit, latest)
                except FileNotFoundError:
                    if attempt + 1 == _RETRIES:
                        raise
                    continue
                if not self._closed:
                    self._latest = opened
                if not all(segment.is_verified for segment in opened[1].segments):
                    threading.Thread(
                        target=self._verify_beside, args=opened, name="verify", daemon=True
                    ).start()
                return opened
        raise EngineError("the index changes faster than it can be read")

    def _load_searcher(self, commit: Commit, previous: tuple[Commit, Searcher] | None) -> Searcher:
        reusable: dict[str, SegmentReader] = {}
        if previous is not None and previous[0].generation == commit.generation:
            reusable = {segment.id: segment for segment in previous[1].segments}
        segments = self._generations.segments(commit)
        if (prepared := self._prepared) is not None:
            reusable[prepared.id] = prepared
        searcher = Searcher(self._generations.path(commit.generation), segments, reusable)
        if prepared in searcher.segments:
            self._prepared = None
        if previous is None:  # fill the caches, so that the first query is not slower
            execute.search(searcher, SearchQuery("a", prefix_last=True), self._options)
            suggester.suggest(searcher, SuggestQuery("a"))
        return searcher

    def _prepare_segment(self, folder: Path, segment: Any) -> None:
        """Open a merged segment before it is committed, so that no search waits for it."""
        if self._latest is not None:
            reader = SegmentReader(folder, segment)
            reader.verify()
            reader.warm()
            self._prepared = reader

    def _search(self, searcher: Searcher, query: SearchQuery) -> Page:
        with directory.engine_errors("the index cannot be searched"):
            page = execute.search(searcher, query, self._options)
        if len(page.hits) <= execute.MAX_CACHED_HITS and page.total_is_exact:
            searcher.page_cache.put(query, page)
        return page

    def _similar(self, id_: int, limit: int, statuses: frozenset[str]) -> tuple[Similar, ...]:
        _, searcher = self._open_searcher()
        with directory.engine_errors("the index cannot be searched"):
            return more_like_this.find_similar(searcher, id_, statuses, limit)

    def _suggest(self, searcher: Searcher, query: SuggestQuery) -> tuple[Suggestion, ...]:
        with directory.engine_errors("the index cannot be searched"):
            suggestions = suggester.suggest(searcher, query)
        searcher.suggestion_cache.put(query, suggestions)
        return suggestions

    def _write(self, upserts: Collection[Document], deletes: Collection[int]) -> None:
        self._check_open()
        with (
            self._generations.writing() as path,
            directory.engine_errors("the index cannot be written"),
        ):
            self._check_damage(self._generations.latest())  # the indexer then rebuilds it
            batch = writer.Batch(path, self._merges.busy)
            try:
                batch.apply(upserts, deletes)
                batch.commit()
            finally:
                batch.rollback()
            self._merges.start(path, writer.read_segments(path))

    def _status(self) -> IndexStatus:
        commit, searcher = self._open_searcher()
        self._verify(commit, searcher)
        with directory.engine_errors("the index is damaged"):
            path = self._generations.path(commit.generation)
            size = sum(directory.verify_sizes(path, segment.id) for segment in searcher.segments)
        public = searcher.view(PUBLIC).num_docs
        return IndexStatus(
            searcher.num_articles, commit.generation, schema.fingerprint(), size, public
        )


class _RebuildEngine:
    """The engine of a generation under construction: written in bulk, committed for reads."""

    def __init__(self, path: Path, options: EngineOptions) -> None:
        self._path = path
        self._options = options
        self._batch = bulk_writer.BulkWriter(path)
        self._lock = threading.Lock()
        self._closed = False

    async def search(self, query: SearchQuery) -> Page:
        """Search the documents written so far."""
        return await _in_thread(lambda: execute.search(self._open_searcher(), query, self._options))

    async def similar(
        self, id_: int, limit: int, statuses: frozenset[str] = PUBLIC
    ) -> tuple[Similar, ...]:
        """Return the documents most similar to one, of those written so far."""
        return await _in_thread(
            lambda: more_like_this.find_similar(self._open_searcher(), id_, statuses, limit)
        )

    async def suggest(self, query: SuggestQuery) -> tuple[Suggestion, ...]:
        """Return suggestions from the documents written so far."""
        return await _in_thread(lambda: suggester.suggest(self._open_searcher(), query))

    async def write(self, upserts: Collection[Document], deletes: Collection[int]) -> None:
        """Write a batch; it is on disk when the rebuild ends."""
        await _in_thread(lambda: self._write(upserts, deletes))

    def rebuild(self) -> AbstractAsyncContextManager[SearchEngine]:
        """Raise EngineError: rebuilds are not nested."""
        raise EngineError("a rebuild is under way")

    @asynccontextmanager
    async def lock(self) -> AsyncIterator[bool]:
        """Yield False: the rebuild holds the write lock already."""
        yield False

    def identity(self) -> str:
        """Return "": the identity is that of the live generation."""
        return ""

    async def set_identity(self, text: str) -> None:
        """Raise EngineError: the identity is that of the live generation."""
        raise EngineError("a rebuild is under way")

    async def stamps(self) -> dict[int, int]:
        """Return the id and `stamp` of every document written so far."""
        return await _in_thread(lambda: self._open_searcher().stamps())

    def request_counts(self) -> Mapping[str, int]:
        """Return nothing: there is no cluster."""
        return {}

    def latest_commit(self) -> None:
        """Return None: nothing is committed before the rebuild ends."""

    async def status(self) -> IndexStatus:
        """Return the status of the generation under construction."""
        return await _in_thread(self._status)

    async def discard(self) -> None:
        """Refuse. Raises EngineError."""
        raise EngineError("an index that is being built is discarded by its rebuild")

    async def close(self) -> None:
        """Do nothing: the rebuild ends with its context."""

    def finish(self) -> None:
        """Write everything to disk, and refuse further writes."""
        with self._lock, directory.engine_errors("the rebuild cannot be finished"):
            self._batch.commit()
            merge_all(self._path)
            self._closed = True

    def rollback(self) -> None:
        """Discard what is not on disk, and refuse further writes."""
        with self._lock:
            self._batch.rollback()
            self._closed = True

    def _write(self, upserts: Collection[Document], deletes: Collection[int]) -> None:
        with self._lock, directory.engine_errors("the rebuild cannot be written"):
            if self._closed:
                raise EngineError("the rebuild has ended")
            self._batch.apply(upserts, deletes)

    def _open_searcher(self) -> Searcher:
        with self._lock, directory.engine_errors("the rebuild cannot be read"):
            if self._closed:
                raise EngineError("the rebuild has ended")
            self._batch.commit()
            return Searcher(self._path, writer.read_segments(self._path), {})

    def _status(self) -> IndexStatus:
        searcher = self._open_searcher()
        size = sum(segment.bytes for segment in searcher.segments)
        number = int(self._path.name.rpartition("-")[2])
        public = searcher.view(PUBLIC).num_docs
        return IndexStatus(searcher.num_articles, number, schema.fingerprint(), size, public)
