"""A search in which some articles are what a preview makes of them."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import replace

from hub.db.database import Reader
from search_index.documents import load_documents
from search_index.engine import SearchEngine
from search_index.engines import open_engine
from search_index.facets import order_buckets
from search_index.query import (
    Facet,
    Hit,
    InvalidQuery,
    Page,
    SearchQuery,
    Suggestion,
    SuggestQuery,
    Withdrawn,
)

CURSOR = "preview:"
"""The beginning of the cursors of previewed hits; the rest is the hit's place among them."""

MAX_HITS = 100


class PreviewedEngine:
    """Wrapper of an engine: an index of what is previewed, in front of that of everything else.

    The index holds what is published. What is previewed is indexed for the request alone, by the
    same rules of text, and its hits stand first, whatever the order: scores of two indexes do not
    compare. Counts and facets are sums. Suggestions are of what is published.
    """

    def __init__(self, engine: SearchEngine, db: Reader, ids: frozenset[int]) -> None:
        self._engine = engine
        self._db = db
        self._ids = ids
        self._own: SearchEngine | None = None
        self._opening = asyncio.Lock()  # a request may search several times at once

    async def search(self, query: SearchQuery) -> Page:
        """See `SearchEngine.search`. Raises InvalidQuery, EngineError."""
        own = await (await self._open()).search(
            replace(query, after=None, before=None, backward=False, limit=MAX_HITS)
        )
        hits = [hit._replace(cursor=f"{CURSOR}{place}") for place, hit in enumerate(own.hits)]
        after, before = _place(query.after), _place(query.before)
        hits = hits[0 if after is None else after + 1 : before]
        if query.after is not None and after is None:
            hits = []  # the page begins behind them
        rest = replace(
            query,
            after=None if after is not None else query.after,
            before=None if before is not None else query.before,
            withdrawn=Withdrawn(articles=self._ids),
        )
        page = await self._engine.search(rest)
        others: Sequence[Hit] = () if before is not None else page.hits
        has_more = page.has_more and before is None
        merged = [*hits, *others] if not (query.backward and has_more) else list(others)
        has_more = has_more or len(merged) > query.limit
        merged = merged[-query.limit :] if query.backward else merged[: query.limit]
        return replace(
            page,
            hits=tuple(merged),
            total=page.total + own.total,
            has_more=has_more,
            did_you_mean=None if own.hits else page.did_you_mean,
            facets=_add(page.facets, own.facets, query.facet_size),
        )

    async def suggest(self, query: SuggestQuery) -> tuple[Suggestion, ...]:
        """See `SearchEngine.suggest`."""
        return await self._engine.suggest(query)

    def __getattr__(self, name: str) -> object:
        """Delegate all other attributes to the engine."""
        return getattr(self._engine, name)

    async def close(self) -> None:
        """Remove the index of what is previewed, if there is one; the engine stays open."""
        if self._own is not None:
            await self._own.close()

    async def _open(self) -> SearchEngine:
        async with self._opening:
            if self._own is None:
                self._own = open_engine("whoosh::memory:")
                await self._own.write(await load_documents(self._db, sorted(self._ids)), ())
            return self._own


def _place(cursor: str | None) -> int | None:
    """Return the place in a cursor of a previewed hit; None for other cursors. Raises."""
    if cursor is None or not cursor.startswith(CURSOR):
        return None
    place = cursor.removeprefix(CURSOR)
    if not (place.isascii() and place.isdecimal() and len(place) < 4):
        raise InvalidQuery("the cursor was not issued by a search")
    return int(place)


def _add(facets: tuple[Facet, ...], more: tuple[Facet, ...], size: int) -> tuple[Facet, ...]:
    """Return the sums of two counts of the same fields, highest first."""
    added = {facet.field: facet.buckets for facet in more}
    sums = []
    for facet in facets:
        buckets = {bucket.value: bucket for bucket in facet.buckets}
        for bucket in added.get(facet.field, ()):
            known = buckets.get(bucket.value)
            count = bucket.count + (known.count if known else 0)
            buckets[bucket.value] = replace(known or bucket, count=count)
        ordered = order_buckets(facet.field, list(buckets.values()))
        listed = [bucket for place, bucket in enumerate(ordered) if place < size or bucket.selected]
        sums.append(replace(facet, buckets=tuple(listed)))
    return tuple(sums)
