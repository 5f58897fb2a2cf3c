"""The contract between the hub and a full-text engine; specified by tests/search_index/engines."""

from __future__ import annotations

import math
from collections.abc import Collection, Hashable, Mapping
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass, field
from typing import Protocol

from search_index.query import (
    PUBLIC,
    Document,
    IndexStatus,
    Page,
    SearchQuery,
    Similar,
    Suggestion,
    SuggestQuery,
)


@dataclass(frozen=True, slots=True)
class EngineOptions:
    """Options of every engine, set when it is opened."""

    half_life_days: float = 365.0
    """Age in days, relative to the newest document, at which the recency boost has halved."""

    time_limit_seconds: float = 2.0
    """Time limit of a search; after it, the results so far are returned."""

    user: str = ""
    """The user by which an engine that is a service is used; empty for none."""

    password: str = field(default="", repr=False)
    """The password of the user."""


DEFAULT_OPTIONS = EngineOptions()
NO_TIME_LIMIT = EngineOptions(time_limit_seconds=math.inf)
"""For measurements: results are always complete."""


class SearchEngine(Protocol):
    """A full-text index of documents, keyed by article id.

    Any number of tasks and processes may search one index at once; one process at a time may write
    it (the indexer, see `lock`). A search never sees half an article, and sees every batch that
    any process committed before it.
    """

    async def search(self, query: SearchQuery) -> Page:
        """Return the hits of `query`, best first, within the time limit of the engine's options.

        Raises InvalidQuery, EngineError.
        """
        ...

    async def similar(
        self, id_: int, limit: int, statuses: frozenset[str] = PUBLIC
    ) -> tuple[Similar, ...]:
        """Return at most `limit` documents of these statuses similar to one, most similar first.

        Empty if the index does not hold the document. Raises EngineError.
        """
        ...

    async def suggest(self, query: SuggestQuery) -> tuple[Suggestion, ...]:
        """Return titles and names that contain the words typed so far, the likeliest first.

        Every word has to be in the title or name, in any order; the last one may be incomplete. If
        no title or name has them all, words that differ by a letter or two are accepted. Raises
        EngineError.
        """
        ...

    async def write(self, upserts: Collection[Document], deletes: Collection[int]) -> None:
        """Write a batch; idempotent. Searches see all of it on return.

        Raises EngineError: any part of the batch may be seen later, until it is written again.
        """
        ...

    def rebuild(self) -> AbstractAsyncContextManager[SearchEngine]:
        """Build a new, empty generation; it goes live when the context exits without error.

        The live generation answers meanwhile; on an error the new one is discarded.
        """
        ...

    def lock(self) -> AbstractAsyncContextManager[bool]:
        """Try to become the only process that writes this index; yields whether it succeeded.

        Never waits. The lock is released when its process ends, even if it is killed: at once on
        one machine, after some seconds where machines share an index. Afterwards `identity` is
        known.
        """
        ...

    def identity(self) -> str:
        """Return the text that `set_identity` stored, "" for none; never raises. Takes 30 µs.

        Of an index that machines share, as of the last `lock` or `status`.
        """
        ...

    async def set_identity(self, text: str) -> None:
        """Store a short text with the index, durably: who it is among all that follow the database.

        Rebuilds do not change it. Only for the holder of `lock`. Raises EngineError.
        """
        ...

    async def stamps(self) -> dict[int, int]:
        """Return every document's id and `stamp`, for the start-up check against the database."""
        ...

    def latest_commit(self) -> Hashable:
        """Return a token that changes with every write or rebuild; never raises. Takes 5 µs.

        Always None for an index that machines share: the change feed of the database tells then.
        """
        ...

    def request_counts(self) -> Mapping[str, int]:
        """Return the numbers of requests to a cluster, by outcome; none for an index in a folder.

        `sent` are all; of them `retried`, `timed_out`, and `rejected` by a node that is too busy.
        """
        ...

    async def status(self) -> IndexStatus:
        """Return the index's status. Raises EngineError: it is missing, damaged or outdated."""
        ...

    async def discard(self) -> None:
        """Forget the index: it is rebuilt from the database. Only for the holder of `lock`."""
        ...

    async def close(self) -> None:
        """Release files and memory; the engine cannot be used afterwards."""
        ...
