"""`/instantsearch`: existing InstantSearch front ends search the hub, by their adapter's own JSON.

One POST carries several `requests`, each with an `indexName` and `params`; `/1/indexes/…` are the
addresses that the adapter's own clients ask. How requests are read is in `instantsearch_params`,
what hits look like in `instantsearch_hits`. https://www.algolia.com/doc/rest-api/search
"""

from __future__ import annotations

import unicodedata
from collections.abc import Awaitable, Callable, Iterable
from dataclasses import replace
from html import escape
from typing import Any

import orjson
from starlette.requests import Request
from starlette.responses import Response

from hub.auth import ANONYMOUS
from hub.db.database import Reader
from hub.reads import articles, authors, topics
from hub.settings import Settings
from schema.server.compression import LEAST, coding_of, swiftly
from schema.web.instantsearch.filters import FIELDS, TIME, BadParams, Narrowing
from schema.web.instantsearch.hits import PLACEHOLDERS, hits
from schema.web.instantsearch.params import FacetSearch, Params, read, read_alone
from schema.web.search.query import take_search
from search_index.query import (
    MAX_PAGE,
    BadQuery,
    Bucket,
    Condition,
    EngineError,
    FacetField,
    Filter,
    Page,
    SearchQuery,
    Sort,
)

MAX_REQUESTS = 50
REACHED = 1000
"""Hits that pages lead to, at most, as the adapter's own service has it."""

SEARCHED_VALUES = 1000
"""Values of a facet that are searched through, the most frequent first."""

NAMED = (FacetField.TOPIC, FacetField.AUTHOR)
"""The fields whose values go by their names."""


async def instantsearch(request: Request, settings: Settings) -> Response:
    """Answer each of the requests, in their order."""

    async def answer(body: bytes) -> dict[str, Any]:
        asked = read(body, MAX_REQUESTS)
        return {"results": [await _result(request, settings, params) for params in asked]}

    return await _answered(request, settings, answer)


async def instantsearch_index(request: Request, settings: Settings) -> Response:
    """`/1/indexes/<index>/query`: one request."""

    async def answer(body: bytes) -> dict[str, Any]:
        return await _result(request, settings, read_alone(body, request.path_params["index"]))

    return await _answered(request, settings, answer)


async def instantsearch_facet(request: Request, settings: Settings) -> Response:
    """`/1/indexes/<index>/facets/<facet>/query`: a search among a facet's values."""

    async def answer(body: bytes) -> dict[str, Any]:
        named = request.path_params
        return await _result(request, settings, read_alone(body, named["index"], named["facet"]))

    return await _answered(request, settings, answer)


async def _answered(
    request: Request, settings: Settings, answer: Callable[[bytes], Awaitable[dict[str, Any]]]
) -> Response:
    coding = coding_of(request.headers.get("accept-encoding", ""))
    try:
        return _json(await answer(await _body(request, settings.max_body_bytes)), 200, coding)
    except (BadParams, BadQuery) as error:
        return _json({"message": str(error), "status": 400}, 400)
    except EngineError:
        return _json({"message": "Search is unavailable for the moment.", "status": 503}, 503)


def _json(content: object, status: int, coding: str | None = None) -> Response:
    headers = {"cache-control": "no-store", "x-content-type-options": "nosniff"}
    headers["vary"] = "Accept-Encoding"
    body = orjson.dumps(content)
    if coding is not None and len(body) >= LEAST:
        headers["content-encoding"] = coding
        body = swiftly(body, coding)
    return Response(body, status, headers, "application/json")


async def _body(request: Request, longest: int) -> bytes:
    found = bytearray()
    async for chunk in request.stream():
        found += chunk
        if len(found) > longest:
            raise BadParams(f"The body must have at most {longest} bytes.")
    return bytes(found)


async def _result(request: Request, settings: Settings, params: Params) -> dict[str, Any]:
    await take_search(request, settings)
    state = request.app.state
    start, end = params.narrowing.span.moments()
    query = SearchQuery(
        params.query,
        filter=Filter(
            published_from=start,
            published_to=end,
            conditions=await _conditions(state.db, params.narrowing),
        ),
        sort=params.sort,
        limit=max(1, params.hits_per_page),
        facets=params.facets,
        facet_size=params.facet_size,
        fragments=2 if params.hits_per_page else 0,
        prefix_last=True,
        tuning=await state.tunings.current(),
    )
    if params.facet is not None:
        return await _facet_hits(request, query, params.facet, params.tags)
    page = await _turned(request, query, params)
    size = max(1, params.hits_per_page)
    return {
        "index": params.index,
        "query": params.query,
        "params": params.text,
        "hits": await hits(request, settings, page, params) if params.hits_per_page else [],
        "nbHits": page.total,
        "exhaustiveNbHits": page.total_is_exact,
        "page": params.page,
        "nbPages": -(-min(page.total, REACHED) // size) if params.hits_per_page else 0,
        "hitsPerPage": params.hits_per_page,
        **_counts(page, params),
        **(await _times(request, query) if params.with_time else {}),
        "exhaustiveFacetsCount": True,
        "processingTimeMS": max(1, round(page.took_ms)),
    }


async def _conditions(db: Reader, narrowing: Narrowing) -> tuple[tuple[Condition, ...], ...]:
    """The engine's conditions: names become slugs; one that nothing has holds for nothing."""
    slugs: dict[FacetField, dict[str, list[str]]] = {}
    for field, named in ((FacetField.TOPIC, topics), (FacetField.AUTHOR, authors)):
        names = narrowing.values(field)
        slugs[field] = await named.slugs_named(db, names) if names else {}

    def values(field: FacetField, value: str) -> frozenset[str]:
        return frozenset(slugs[field].get(value, ()) if field in NAMED else (value,))

    return tuple(
        tuple(Condition(one.field, values(one.field, one.value), one.without) for one in group)
        for group in narrowing.groups
    )


async def _turned(request: Request, query: SearchQuery, params: Params) -> Page:
    """The page by its number: the engine turns pages by cursor, a hundred hits at a time."""
    engine, left, after = request.app.state.engine, params.page * query.limit, None
    bare = replace(query, facets=(), fragments=0)
    more = left < REACHED
    while left and more:
        passed: Page = await engine.search(replace(bare, limit=min(left, MAX_PAGE), after=after))
        left -= min(left, MAX_PAGE)
        after, more = (passed.hits[-1].cursor, passed.has_more) if passed.hits else (None, False)
    found: Page = await engine.search(replace(query, after=after if more else None))
    return found if more else replace(found, hits=())  # past the end are totals and facets alone


# ── facets ────────────────────────────────────────────────────────────────────────────────────────


def _shown(field: FacetField, bucket: Bucket) -> str:
    return bucket.label if field in NAMED else bucket.value


def _counts(page: Page, params: Params) -> dict[str, Any]:
    """The counts of the facets. Values of the same name are counted as one."""
    names = {field: name for name, field in FIELDS.items()}
    found: dict[str, dict[str, int]] = {TIME: {}} if params.with_time else {}
    for facet in page.facets:
        counts = found.setdefault(names[facet.field], {})
        for bucket in facet.buckets:
            shown = _shown(facet.field, bucket)
            counts[shown] = counts.get(shown, 0) + bucket.count
    return {"facets": found}


async def _times(request: Request, query: SearchQuery) -> dict[str, Any]:
    """From when to when the hits reach, for sliders. Two searches more, for one hit each."""
    engine, db = request.app.state.engine, request.app.state.db
    bare = replace(query, limit=1, facets=(), fragments=0)
    seconds = []
    for sort in (Sort.OLDEST, Sort.NEWEST):
        page: Page = await engine.search(replace(bare, sort=sort))
        rows = await articles.by_ids(db, [hit.id for hit in page.hits], ANONYMOUS)
        seconds += [int(one.published_at.timestamp()) for one in rows.values() if one.published_at]
    if not seconds:
        return {}
    return {"facets_stats": {TIME: {"min": min(seconds), "max": max(seconds)}}}


async def _facet_hits(
    request: Request, query: SearchQuery, facet: FacetSearch, tags: tuple[str, str]
) -> dict[str, Any]:
    """The values of a facet in which each word that was typed begins a word."""
    asked = replace(query, limit=1, facets=(facet.field,), facet_size=SEARCHED_VALUES, fragments=0)
    page: Page = await request.app.state.engine.search(asked)
    typed = [_plain(word) for word in facet.text.split()]
    found = []
    for bucket in (bucket for one in page.facets for bucket in one.buckets):
        value = _shown(facet.field, bucket)
        highlighted = _begun(value, typed, tags)
        if highlighted is not None:
            hit = {"value": value, "highlighted": highlighted, "count": bucket.count}
            found.append(hit)
    return {
        "facetHits": found[: facet.most],
        "exhaustiveFacetsCount": True,
        "processingTimeMS": max(1, round(page.took_ms)),
    }


def _begun(value: str, typed: Iterable[str], tags: tuple[str, str]) -> str | None:
    """`value` with the beginnings that were typed in tags; None where one of them begins no word.

    Escaped unless InstantSearch does that itself.
    """
    words = value.split(" ")
    lengths = [0] * len(words)
    for beginning in typed:
        fitting = [at for at, word in enumerate(words) if _plain(word).startswith(beginning)]
        if not fitting:
            return None
        for at in fitting:
            lengths[at] = max(lengths[at], len(beginning))
    made = str if tags == PLACEHOLDERS else escape
    return " ".join(
        f"{tags[0]}{made(word[:length])}{tags[1]}{made(word[length:])}" if length else made(word)
        for word, length in zip(words, lengths, strict=True)
    )


def _plain(word: str) -> str:
    """A word without case and accents."""
    parts = unicodedata.normalize("NFD", word.casefold())
    return "".join(one for one in parts if not unicodedata.combining(one))
