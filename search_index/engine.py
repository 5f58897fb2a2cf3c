"""The contract between the hub and a full-text engine; test_engine_contract.py specifies it."""

from __future__ import annotations

import math
from collections.abc import Collection, Hashable
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass
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
    """What every engine can be told when it is opened."""

    half_life_days: float = 365.0
    """After how many days, from the newest document back, half the boost for recency is gone."""

    seconds: float = 2.0
    """How long a search may take; then it answers with what it has found until then."""


USUAL = EngineOptions()
UNHURRIED = EngineOptions(seconds=math.inf)
"""For measuring: however long it takes, the answer is whole."""


class SearchEngine(Protocol):
    """A full-text index of documents, keyed by article id.

    Any number of tasks, threads and processes may search one index at once; one process at a
    time may write it (the indexer, see `lock`). A searcher never sees half a batch, and sees a
    batch that another process wrote with its next search, without being told.
    """

    async def search(self, query: SearchQuery) -> Page:
        """Answer `query`, best hit first, within the time of the engine's options.

        Raises BadQuery, EngineError.
        """
        ...

    async def similar(
        self, id_: int, limit: int, statuses: frozenset[str] = PUBLIC
    ) -> tuple[Similar, ...]:
        """At most `limit` documents most like one, closest first, of those with these statuses.

        None where the index does not hold the document. Raises EngineError.
        """
        ...

    async def suggest(self, query: SuggestQuery) -> tuple[Suggestion, ...]:
        """What begins with or holds the words typed so far, the likeliest first.

        Every word has to be in a title or name, in any place; the last one may go on. Where no
        title or name has them all, words that differ in a letter or two will do. Raises
        EngineError.
        """
        ...

    async def write(self, upserts: Collection[Document], deletes: Collection[int]) -> None:
        """Take in a batch, all or (on EngineError) none; idempotent. Searches see it on return."""
        ...

    def rebuild(self) -> AbstractAsyncContextManager[SearchEngine]:
        """A new, empty generation beside the live one; it goes live when left without error.

        The live generation answers meanwhile; left with an error, the new one is thrown away.
        """
        ...

    def lock(self) -> AbstractAsyncContextManager[bool]:
        """Try to become the one process that writes this index; yields whether it succeeded.

        Never waits. The lock dies with its process, however that ends.
        """
        ...

    async def stamps(self) -> dict[int, int]:
        """Every document's id and `stamp`: what the start-up check holds against the database."""
        ...

    def commit(self) -> Hashable:
        """Differs after any write or rebuild, by any process; never raises, in some 5 µs."""
        ...

    async def status(self) -> IndexStatus:
        """The index as it stands. Raises EngineError: none there, damaged, or outdated."""
        ...

    async def close(self) -> None:
        """Let go of files and memory; the engine cannot be used afterwards."""
        ...
