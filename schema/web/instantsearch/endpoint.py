"""`/instantsearch`: the hub's search for existing InstantSearch front ends, in Algolia's JSON.

One POST contains several `requests`, each with an `indexName` and `params`; `/1/indexes/…` are the
addresses that Algolia's own clients use. Requests are parsed in `params`, hits are rendered in
`hits`. https://www.algolia.com/doc/rest-api/search
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable
from dataclasses import replace
from typing import Any, assert_never

from starlette.requests import Request
from starlette.responses import Response

from hub.auth import ANONYMOUS
from hub.db.database import Reader
from hub.reads import articles
from hub.search.former_labels import LabelName, slugs_by_name
from hub.settings import Settings
from schema.counted import searched
from schema.web.instantsearch.events import query_id
from schema.web.instantsearch.filters import FIELDS, TIME, BadParams, ParsedFilters
from schema.web.instantsearch.highlights import Piece, Tags
from schema.web.instantsearch.hits import render_hits
from schema.web.instantsearch.params import (
    MAX_REACHABLE_HITS,
    FacetSearch,
    Params,
    UnknownIndex,
    parse_request,
    parse_requests,
)
from schema.web.instantsearch.responses import respond
from schema.web.search.query import acquire_search, reader_key
from search_index.engine import SearchEngine
from search_index.query import (
    MAX_PAGE,
    Bucket,
    Condition,
    FacetField,
    Filter,
    Page,
    SearchQuery,
    Sort,
)

MAX_REQUESTS = 50
MAX_SEARCHED_VALUES = 1000
"""Values of a facet that a facet search examines, the most frequent first."""


async def instantsearch(request: Request, settings: Settings) -> Response:
    """Serve `/instantsearch`: the results of several requests, in their order."""

    async def compute(body: bytes) -> dict[str, Any]:
        requests = parse_requests(body, MAX_REQUESTS)
        _check_cost(requests, settings)
        return {
            "results": [
                await _result(request, settings, params)
                if isinstance(params, Params)
                else _refused(params)
                for params in requests
            ]
        }

    return await respond(request, settings, compute)


async def instantsearch_index(request: Request, settings: Settings) -> Response:
    """Serve `/1/indexes/<index>/query`: one request."""

    async def compute(body: bytes) -> dict[str, Any]:
        params = parse_request(body, request.path_params["index"])
        _check_cost([params], settings)
        return await _result(request, settings, params)

    return await respond(request, settings, compute)


def _check_cost(requests: Iterable[Params | UnknownIndex], settings: Settings) -> None:
    """Refuse requests that cost too much together. Raises BadParams."""
    cost = sum(params.cost for params in requests)
    if cost > settings.max_cost:
        raise BadParams(
            f"These requests cost {cost}; at most {settings.max_cost} are allowed. Ask for"
            " fewer hits or for fewer results at once."
        )


async def instantsearch_facet(request: Request, settings: Settings) -> Response:
    """Serve `/1/indexes/<index>/facets/<facet>/query`: a search among a facet's values."""

    async def compute(body: bytes) -> dict[str, Any]:
        path = request.path_params
        return await _result(request, settings, parse_request(body, path["index"], path["facet"]))

    return await respond(request, settings, compute)


async def _result(request: Request, settings: Settings, params: Params) -> dict[str, Any]:
    await acquire_search(request, settings)
    state = request.app.state
    start, end = params.filters.time_range.as_datetimes()
    query = SearchQuery(
        params.query,
        filter=Filter(
            published_from=start,
            published_to=end,
            conditions=await _conditions(state.db, params.filters),
        ),
        sort=params.sort,
        limit=min(max(1, params.size), MAX_PAGE),
        facets=params.facets,
        facet_size=params.facet_size,
        fragments=2 if params.size and params.is_marked else 0,
        prefix_last=True,
        tuning=await state.tunings.current(),
    )
    if params.facet is not None:
        return await _search_facet_values(request, query, params.facet, params.tags)
    page = await _page_from(request.app.state.engine, query, params)
    if params.is_counted:
        search = searched(params.query, page, query.filter)._replace(is_typing=True)
        state.search_counter.count(search, reader_key(request, settings))
    return {
        "index": params.index,
        "query": params.query,
        "params": params.text,
        "hits": await render_hits(request, settings, page, params) if params.size else [],
        "nbHits": page.total,
        "exhaustiveNbHits": page.total_is_exact,
        **_place(page, params),
        **_facet_counts(page, params),
        **(await _time_statistics(request, query) if params.with_time else {}),
        "exhaustiveFacetsCount": True,
        "renderingContent": _rendering(params),
        **({"queryID": query_id(params.query)} if _is_tracked(params, settings) else {}),
        "processingTimeMS": max(1, round(page.took_ms)),
    }


def _is_tracked(params: Params, settings: Settings) -> bool:
    """Return whether clicks on these hits count."""
    return params.with_query_id and settings.track_clicks and params.query.strip() != ""


def _refused(unknown: UnknownIndex) -> dict[str, Any]:
    """Return the result of one request that is refused beside others: empty, with the reason."""
    empty = {"hits": [], "nbHits": 0, "page": 0, "nbPages": 0, "hitsPerPage": 0, "facets": {}}
    return {
        **empty,
        "index": unknown.index,
        "query": "",
        "params": "",
        "exhaustiveNbHits": True,
        "processingTimeMS": 1,
        "message": unknown.message,
        "status": 404,
    }


def _place(page: Page, params: Params) -> dict[str, int]:
    """Return where the hits are, in the words of the request: a page, or an offset."""
    if params.by_offset:
        return {"offset": params.skipped, "length": params.size}
    pages = -(-min(page.total, MAX_REACHABLE_HITS) // params.size) if params.size else 0
    number = params.skipped // params.size if params.size else 0
    return {"page": number, "nbPages": pages, "hitsPerPage": params.size}


def _rendering(params: Params) -> dict[str, Any]:
    """Return the order of facets, which the widget `dynamicWidgets` shows."""
    names = [name for name, field in FIELDS.items() if field in params.facets]
    values = {name: {"sortRemainingBy": "count"} for name in names}
    return {"facetOrdering": {"facets": {"order": names}, "values": values}}


async def _conditions(db: Reader, filters: ParsedFilters) -> tuple[tuple[Condition, ...], ...]:
    """Return the engine's conditions, with slugs for names; an unknown name matches no article."""
    slugs: dict[FacetField, dict[str, list[str]]] = {}
    kinds: dict[FacetField, LabelName] = {FacetField.TOPIC: "topic", FacetField.AUTHOR: "author"}
    for field, kind in kinds.items():
        names = filters.values(field)
        slugs[field] = await slugs_by_name(db, kind, names, ANONYMOUS) if names else {}

    def values(field: FacetField, value: str) -> frozenset[str]:
        return frozenset(slugs[field].get(value, ()) if _is_labelled(field) else (value,))

    return tuple(
        tuple(Condition(term.field, values(term.field, term.value), term.negated) for term in group)
        for group in filters.groups
    )


async def _page_from(engine: SearchEngine, query: SearchQuery, params: Params) -> Page:
    """Search for hits from a place on, a hundred at a time: those before it are skipped."""
    bare, after, has_more = replace(query, facets=(), fragments=0), None, True
    remaining = params.skipped
    while remaining and has_more:
        if remaining >= MAX_REACHABLE_HITS:
            has_more = False
            break
        limit = min(remaining, MAX_PAGE)
        skipped = await engine.search(replace(bare, limit=limit, after=after))
        remaining -= limit
        has_more = bool(skipped.hits) and skipped.has_more
        after = skipped.hits[-1].cursor if skipped.hits else None
    page = await engine.search(replace(query, after=after if has_more else None))
    if not has_more:  # beyond the last hit: only totals and facets
        return replace(page, hits=())
    hits, last = [*page.hits], page
    while len(hits) < params.size and last.hits and last.has_more:
        more = replace(query, facets=(), after=last.hits[-1].cursor)
        last = await engine.search(replace(more, limit=min(params.size - len(hits), MAX_PAGE)))
        hits += last.hits
    return replace(page, hits=tuple(hits))


# ── facets ────────────────────────────────────────────────────────────────────────────────────────


def _facet_value(field: FacetField, bucket: Bucket) -> str:
    return bucket.label if _is_labelled(field) else bucket.value


def _is_labelled(field: FacetField) -> bool:
    """Return whether values are shown and filtered by label, not by slug."""
    match field:
        case FacetField.TOPIC | FacetField.AUTHOR:
            return True
        case (
            FacetField.LANGUAGE
            | FacetField.KIND
            | FacetField.YEAR
            | FacetField.MONTH
            | FacetField.IMAGE
        ):
            return False
        case _:
            assert_never(field)


def _facet_counts(page: Page, params: Params) -> dict[str, Any]:
    """Return the facet counts by label. Values of the same label are added up."""
    names = {field: name for name, field in FIELDS.items()}
    facets: dict[str, dict[str, int]] = {TIME: {}} if params.with_time else {}
    for facet in page.facets:
        counts = facets.setdefault(names[facet.field], {})
        for bucket in facet.buckets:
            value = _facet_value(facet.field, bucket)
            counts[value] = counts.get(value, 0) + bucket.count
    return {"facets": facets}


async def _time_statistics(request: Request, query: SearchQuery) -> dict[str, Any]:
    """Return the earliest and latest time of the hits, for sliders. Two searches of one hit."""
    engine, db = request.app.state.engine, request.app.state.db
    bare = replace(query, limit=1, facets=(), fragments=0)
    seconds = []
    for sort in (Sort.OLDEST, Sort.NEWEST):
        page: Page = await engine.search(replace(bare, sort=sort))
        rows = await articles.by_ids(db, [hit.id for hit in page.hits], ANONYMOUS)
        seconds += [int(row.published_at.timestamp()) for row in rows.values() if row.published_at]
    if not seconds:
        return {}
    return {"facets_stats": {TIME: {"min": min(seconds), "max": max(seconds)}}}


async def _search_facet_values(
    request: Request, query: SearchQuery, facet: FacetSearch, tags: Tags
) -> dict[str, Any]:
    """Search the values of a facet: those in which each typed word is the prefix of a word."""
    facet_query = replace(
        query, limit=1, facets=(facet.field,), facet_size=MAX_SEARCHED_VALUES, fragments=0
    )
    page: Page = await request.app.state.engine.search(facet_query)
    prefixes = [_normalize(word) for word in facet.text.split()]
    facet_hits = []
    for bucket in (bucket for counted_facet in page.facets for bucket in counted_facet.buckets):
        value = _facet_value(facet.field, bucket)
        highlighted = _highlight_prefixes(value, prefixes, tags)
        if highlighted is not None:
            hit = {"value": value, "highlighted": highlighted, "count": bucket.count}
            facet_hits.append(hit)
    return {
        "facetHits": facet_hits[: facet.limit],
        "exhaustiveFacetsCount": True,
        "processingTimeMS": max(1, round(page.took_ms)),
    }


def _highlight_prefixes(value: str, prefixes: Iterable[str], tags: Tags) -> str | None:
    """Return `value` with the prefixes in tags; None if one of them is no prefix of a word."""
    words = value.split(" ")
    lengths = [0] * len(words)
    for prefix in prefixes:
        positions = [at for at, word in enumerate(words) if _normalize(word).startswith(prefix)]
        if not positions:
            return None
        for position in positions:
            lengths[position] = max(lengths[position], len(prefix))
    pieces = []
    for number, (word, length) in enumerate(zip(words, lengths, strict=True)):
        space = " " if number + 1 < len(words) else ""
        pieces += [Piece(word[:length], True)] if length else []
        pieces.append(Piece(word[length:] + space, False))
    return tags.render(pieces)


def _normalize(word: str) -> str:
    """Fold the case of a word and remove its accents."""
    parts = unicodedata.normalize("NFD", word.casefold())
    return "".join(character for character in parts if not unicodedata.combining(character))
