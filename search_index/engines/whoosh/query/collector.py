"""Documents that answer a query, in their order: which of them make a page."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from search_index.engines.whoosh.query.cursors import Position
from search_index.query import MAX_DEPTH, MAX_PAGE, SearchQuery, Tuning

Mask = npt.NDArray[np.bool_]
Places = npt.NDArray[np.int64]

FIRST_PIN = 1e9
"""What the first pinned hit is ordered by: above any score."""


@dataclass(frozen=True, slots=True)
class Chosen:
    """The places of a page's documents in order, the rank of the first, and whether more follow.

    Ranks count from 1. With a page that was asked for backward, more lie ahead.
    """

    places: Places
    rank: int
    has_more: bool


@dataclass(frozen=True, slots=True)
class Found:
    """Matching documents of a view, side by side; `numbers` are their segments' keys."""

    documents: npt.NDArray[np.int64]
    numbers: npt.NDArray[np.int64]
    keys: npt.NDArray[np.float64]
    published: npt.NDArray[np.int64]
    scores: npt.NDArray[np.float32]

    def is_pinned(self, place: int, tuning: Tuning) -> bool:
        """Whether an editor has put the document at `place` first."""
        return float(self.keys[place]) > FIRST_PIN - len(tuning.pins) - 1

    def position(self, place: int, rank: int) -> Position:
        """Where the document at `place` stands."""
        return Position(
            float(self.keys[place]),
            int(self.published[place]),
            int(self.numbers[place]),
            min(rank, MAX_DEPTH),
        )

    def page(self, query: SearchQuery, after: Position | None, before: Position | None) -> Chosen:
        """The documents that `query` asks for, none of them deeper than MAX_DEPTH."""
        limit = min(max(0, query.limit), MAX_PAGE)
        if query.backward:
            return self._backward(limit, after, before)
        rank = after.rank if after else 0
        limit = min(limit, MAX_DEPTH - rank)
        left = self._between(after, before)
        has_more = len(left) > limit and rank + limit < MAX_DEPTH
        return Chosen(self._first(left, limit), rank + 1, has_more)

    def _backward(self, limit: int, after: Position | None, before: Position | None) -> Chosen:
        if before is None and len(self.numbers) > MAX_DEPTH:
            deepest = self._first(np.arange(len(self.numbers)), MAX_DEPTH)[-1]
            left = np.flatnonzero(~self._behind(self.position(int(deepest), MAX_DEPTH)))
            if after is not None:
                left = left[self._behind(after)[left]]
        else:
            left = self._between(after, before)
        places = self._first(left, limit, backward=True)
        rank = 1
        if len(places):
            rank += int(np.count_nonzero(self._ahead(self.position(int(places[0]), 1))))
        return Chosen(places, rank, len(left) > limit)

    def _between(self, after: Position | None, before: Position | None) -> Places:
        """The places behind `after` and ahead of `before`."""
        if after is None and before is None:
            return np.arange(len(self.numbers))
        mask = np.ones(len(self.numbers), np.bool_) if after is None else self._behind(after)
        if before is not None:
            mask &= self._ahead(before)
        return np.flatnonzero(mask)

    def _behind(self, at: Position) -> Mask:
        older = (self.published == at.published) & (self.numbers < at.number)
        later = (self.published < at.published) | older
        behind: Mask = (self.keys < at.key) | ((self.keys == at.key) & later)
        return behind

    def _ahead(self, at: Position) -> Mask:
        newer = (self.published == at.published) & (self.numbers > at.number)
        sooner = (self.published > at.published) | newer
        ahead: Mask = (self.keys > at.key) | ((self.keys == at.key) & sooner)
        return ahead

    def _first(self, left: Places, limit: int, *, backward: bool = False) -> Places:
        """The first `limit` of the places `left` in their order, or the last."""
        way = 1 if backward else -1
        keys = way * self.keys[left]
        if len(left) > limit > 0:
            # Only documents that may be among the first need to be put in order.
            kept = keys <= np.partition(keys, limit - 1)[limit - 1]
            left, keys = left[kept], keys[kept]
        order = np.lexsort((way * self.numbers[left], way * self.published[left], keys))[:limit]
        return left[order[::-1] if backward else order]
