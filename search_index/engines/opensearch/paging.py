"""Pages: the sort of hits as sort values of OpenSearch, and the hits between two cursors."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, assert_never

from search_index.cursors import PIN_KEY, Position, decode_cursor
from search_index.query import MAX_DEPTH, MAX_PAGE, SearchQuery, Sort

Json = dict[str, Any]
Values = list[float]

_PIN_SCRIPT = (
    "if (doc['comment'].value != 0) return 0;"
    " def rank = params.ranks.get(Long.toString(doc['id'].value)); return rank == null ? 0 : rank"
)
_FAR = 3.0e38  # beyond every score: a pinned hit is alone with its rank


@dataclass(frozen=True, slots=True)
class PageHits:
    """The hits of a page in their order, the rank of the first, and if there are more."""

    hits: list[Json]
    rank: int
    has_more: bool


class Paging:
    """The page of one query: what to ask for, and what of the response is on it."""

    def __init__(self, query: SearchQuery, pins: Sequence[int]) -> None:
        """`pins` are the ids of pinned articles. Raises InvalidQuery for an invalid cursor."""
        self._query, self.pins = query, pins
        self._after = decode_cursor(query.sort, query.after, "after")
        self._before = decode_cursor(query.sort, query.before, "before")
        rank = self._after.rank if self._after and not query.backward else 0
        self.limit = min(max(0, query.limit), MAX_PAGE, MAX_DEPTH - rank)
        self._keys = self._sort_keys()

    def _sort_keys(self) -> list[tuple[str, str]]:
        match self._query.sort:
            case Sort.RELEVANCE:
                keys = [("_score", "desc"), ("published", "desc"), ("number", "desc")]
                return [("_pin", "desc"), *keys] if self.pins else keys
            case Sort.NEWEST:
                return [("published", "desc"), ("number", "desc")]
            case Sort.OLDEST:  # unpublished documents last
                return [("oldest", "asc"), ("number", "desc")]
            case Sort.MOST_DISCUSSED:
                return [("comments", "desc"), ("published", "desc"), ("number", "desc")]
            case _:
                assert_never(self._query.sort)

    def body(self, offset: int = 0) -> Json:
        """Return the part of a search that selects the page; `offset`: hits that are skipped."""
        turned = self._query.backward and not offset
        sort = [self._sort(name, order, turned=turned) for name, order in self._keys]
        body: Json = {"sort": sort, "size": self.limit + 1}
        start = self._before if turned else self._after
        if offset:
            return {**body, "from": offset}
        return body if start is None else {**body, "search_after": self._values(start, turned)}

    def _sort(self, name: str, order: str, *, turned: bool) -> Json:
        if turned:
            order = "asc" if order == "desc" else "desc"
        if name != "_pin":
            return {name: {"order": order}}
        ranks = {str(id_): len(self.pins) - rank for rank, id_ in enumerate(self.pins)}
        script = {"source": _PIN_SCRIPT, "params": {"ranks": ranks}}
        return {"_script": {"type": "number", "script": script, "order": order}}

    def _values(self, at: Position, turned: bool) -> Values:
        pin = self._pin(at)
        values: dict[str, float] = {
            "_pin": pin,
            "_score": at.key if not pin else (_FAR if turned else -_FAR),
            "published": at.published,
            "oldest": at.published if at.key > float("-inf") else 2**63 - 1,
            "comments": int(at.key) if self._query.sort is Sort.MOST_DISCUSSED else 0,
            "number": at.number,
        }
        return [values[name] for name, _ in self._keys]

    def _pin(self, at: Position) -> int:
        if self._query.sort is not Sort.RELEVANCE or at.key <= PIN_KEY - len(self.pins):
            return 0
        return len(self.pins) - round(PIN_KEY - at.key)

    def offset_of_end(self, total: int) -> int:
        """Return the hits before the last page, if it has to be asked for from the start; else 0.

        No page lies beyond MAX_DEPTH hits.
        """
        if self._query.backward and self._before is None and total > MAX_DEPTH:
            return max(0, MAX_DEPTH - self.limit - 1)
        return 0

    def select(self, hits: list[Json], total: int, *, offset: int = 0) -> PageHits:
        """Return the page of the hits of a response, of `total` hits in all."""
        if offset:
            return PageHits(hits[-self.limit :], MAX_DEPTH - self.limit + 1, True)
        bound = self._after if self._query.backward else self._before
        if bound is not None:
            limits = self._order(self._values(bound, turned=not self._query.backward))
            hits = [hit for hit in hits if self._is_inside(self._order(hit["sort"]), limits)]
        page = hits[: self.limit]
        if self._query.backward:
            page.reverse()
            last = self._before.rank if self._before else min(total, MAX_DEPTH) + 1
            return PageHits(page, max(1, last - len(page)), len(hits) > self.limit)
        rank = self._after.rank if self._after else 0
        has_more = len(hits) > self.limit and rank + self.limit < MAX_DEPTH
        return PageHits(page, rank + 1, has_more)

    def _order(self, values: Sequence[float]) -> Values:
        return [
            -value if order == "desc" else value
            for value, (_, order) in zip(values, self._keys, strict=True)
        ]

    def _is_inside(self, hit: Values, bound: Values) -> bool:
        return hit > bound if self._query.backward else hit < bound

    def position(self, hit: Json, rank: int) -> Position:
        """Return the position of a hit."""
        values = dict(zip((name for name, _ in self._keys), hit["sort"], strict=True))
        published = int(hit["fields"]["published"][0])
        match self._query.sort:
            case Sort.RELEVANCE:
                pin = int(values.get("_pin", 0))
                key = PIN_KEY - (len(self.pins) - pin) if pin else float(values["_score"])
            case Sort.MOST_DISCUSSED:
                key = float(values["comments"])
            case Sort.NEWEST:
                key = 0.0
            case Sort.OLDEST:
                is_published = values["oldest"] == published
                key = -float(published) if is_published else float("-inf")
            case _:
                assert_never(self._query.sort)
        return Position(key, published, int(hit["fields"]["number"][0]), min(rank, MAX_DEPTH))

    def is_pinned(self, hit: Json) -> bool:
        """Return whether an editor pinned a hit."""
        return bool(self.pins) and self._keys[0][0] == "_pin" and hit["sort"][0] > 0
