"""Collector: the matching documents in their order, and the page of them to return."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from search_index.cursors import PIN_KEY, Position
from search_index.query import MAX_DEPTH, MAX_PAGE, SearchQuery, Tuning

Mask = npt.NDArray[np.bool_]
Places = npt.NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class PageDocs:
    """The indices of a page's documents in order, the rank of the first, and if there are more.

    Ranks count from 1. For a backward page, `has_more` refers to documents before it.
    """

    places: Places
    rank: int
    has_more: bool


@dataclass(frozen=True, slots=True)
class TopDocs:
    """Matching documents of a view, as parallel arrays; `numbers` are their unique keys."""

    documents: npt.NDArray[np.int64]
    numbers: npt.NDArray[np.int64]
    keys: npt.NDArray[np.float64]
    published: npt.NDArray[np.int64]
    scores: npt.NDArray[np.float32]

    def is_pinned(self, place: int, tuning: Tuning) -> bool:
        """Return whether an editor pinned the document at index `place`."""
        return float(self.keys[place]) > PIN_KEY - len(tuning.pins) - 1

    def position(self, place: int, rank: int) -> Position:
        """Return the position of the document at index `place`."""
        return Position(
            float(self.keys[place]),
            int(self.published[place]),
            int(self.numbers[place]),
            min(rank, MAX_DEPTH),
        )

    def select_page(
        self, query: SearchQuery, after: Position | None, before: Position | None
    ) -> PageDocs:
        """Select the documents of the page, none of them beyond rank MAX_DEPTH."""
        limit = min(max(0, query.limit), MAX_PAGE)
        if query.backward:
            return self._backward(limit, after, before)
        rank = after.rank if after else 0
        limit = min(limit, MAX_DEPTH - rank)
        candidates = self._between(after, before)
        has_more = len(candidates) > limit and rank + limit < MAX_DEPTH
        return PageDocs(self._first(candidates, limit), rank + 1, has_more)

    def _backward(self, limit: int, after: Position | None, before: Position | None) -> PageDocs:
        if before is None and len(self.numbers) > MAX_DEPTH:
            deepest = self._first(np.arange(len(self.numbers)), MAX_DEPTH)[-1]
            candidates = np.flatnonzero(~self._behind(self.position(int(deepest), MAX_DEPTH)))
            if after is not None:
                candidates = candidates[self._behind(after)[candidates]]
        else:
            candidates = self._between(after, before)
        places = self._first(candidates, limit, backward=True)
        rank = 1
        if len(places):
            rank += int(np.count_nonzero(self._ahead(self.position(int(places[0]), 1))))
        return PageDocs(places, rank, len(candidates) > limit)

    def _between(self, after: Position | None, before: Position | None) -> Places:
        """Return the indices of the documents after `after` and before `before`."""
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

    def _first(self, candidates: Places, limit: int, *, backward: bool = False) -> Places:
        """Return the first `limit` of the candidates in their order, or the last."""
        sign = 1 if backward else -1
        keys = sign * self.keys[candidates]
        if len(candidates) > limit > 0:
            # Sort only those that may be among the first.
            is_first = keys <= np.partition(keys, limit - 1)[limit - 1]
            candidates, keys = candidates[is_first], keys[is_first]
        order = np.lexsort(
            (sign * self.numbers[candidates], sign * self.published[candidates], keys)
        )[:limit]
        return candidates[order[::-1] if backward else order]
