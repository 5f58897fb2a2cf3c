"""`/instantsearch`: the hub's search for existing InstantSearch front ends, in Algolia's JSON.

One POST contains several `requests`, each with an `indexName` and `params`; `/1/indexes/…` are the
addresses that Algolia's own clients use. Requests are parsed in `params`, hits are rendered in
`hits`. https://www.algolia.com/doc/rest-api/search
"""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from starlette.requests import Request
from starlette.responses import Response

from hub.settings import Settings
from schema.counted import searched
from schema.ids import RULE, global_id
from schema.web.instantsearch import facets
from schema.web.instantsearch.conditions import conditions
from schema.web.instantsearch.events import query_id
from schema.web.instantsearch.filters import NUMBERS
from schema.web.instantsearch.hits import render_hits
from schema.web.instantsearch.params import (
    MAX_REACHABLE_HITS,
    Params,
    UnknownIndex,
    check_cost,
    parse_request,
    parse_requests,
)
from schema.web.instantsearch.responses import respond
from schema.web.instantsearch.suggestions import query_suggestions
from schema.web.search.query import acquire_search, reader_key
from search_index.engine import SearchEngine
from search_index.query import (
    MAX_PAGE,
    DateWords,
    Filter,
    Page,
    SearchQuery,
)
from search_index.rules import AppliedRules

MAX_REQUESTS = 50


async def instantsearch(request: Request, settings: Settings) -> Response:
    """Serve `/instantsearch`: the results of several requests, in their order."""

    async def compute(body: bytes) -> dict[str, Any]:
        requests = parse_requests(body, MAX_REQUESTS)
        check_cost(requests, settings)
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
        check_cost([params], settings)
        return await _result(request, settings, params)

    return await respond(request, settings, compute)


async def instantsearch_facet(request: Request, settings: Settings) -> Response:
    """Serve `/1/indexes/<index>/facets/<facet>/query`: a search among a facet's values."""

    async def compute(body: bytes) -> dict[str, Any]:
        path = request.path_params
        return await _result(request, settings, parse_request(body, path["index"], path["facet"]))

    return await respond(request, settings, compute)


async def _result(request: Request, settings: Settings, params: Params) -> dict[str, Any]:
    await acquire_search(request, settings)
    state = request.app.state
    if params.is_of_suggestions:
        return await query_suggestions(state.suggestions, params)
    query = SearchQuery(
        params.query,
        filter=Filter(conditions=await conditions(state.db, params.filters)),
        sort=params.sort,
        limit=min(max(1, params.size), MAX_PAGE),
        facets=facets.counted_fields(params),
        facet_size=max(params.facet_size, facets.MAX_TREE if params.levels else 0),
        extremes=tuple(dict.fromkeys(NUMBERS[name] for name in params.numbers)),
        fragments=2 if params.size and params.is_marked else 0,
        prefix_last=True,
        tuning=await state.tunings.current(),
        dates=DateWords.PREFER,
    )
    if params.facet is not None:
        return await facets.search_values(state.engine, query, params.facet, params.tags)
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
        **await facets.facet_results(state.db, page, params),
        **_ruled(page.rules),
        "exhaustiveFacetsCount": True,
        **({"queryID": query_id(params.query)} if _is_tracked(params, settings) else {}),
        "processingTimeMS": max(1, round(page.took_ms)),
    }


def _is_tracked(params: Params, settings: Settings) -> bool:
    """Return whether clicks on these hits count."""
    return params.with_query_id and settings.track_clicks and params.query.strip() != ""


def _ruled(rules: AppliedRules) -> dict[str, Any]:
    """Return the banners of the rules that apply, as the widget `queryRuleCustomData` shows them.

    Without any, Algolia's answers lack these keys.
    """
    if not rules.public_ids:
        return {}
    banners = [
        {"title": banner.title, "text": banner.text, "url": banner.url} for banner in rules.banners
    ]
    applied = [{"objectID": global_id(RULE, id_)} for id_ in rules.public_ids]
    return {**({"userData": banners} if banners else {}), "appliedRules": applied}


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
