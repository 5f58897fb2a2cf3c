"""`/instantsearch`: existing InstantSearch front ends search the hub, by their adapter's own JSON.

One POST carries several `requests`, each with an `indexName` and `params`. How they are read is in
`instantsearch_params`. https://www.algolia.com/doc/rest-api/search#tag/Search
"""

from __future__ import annotations

from dataclasses import replace
from html import unescape
from typing import Any

import orjson
from starlette.requests import Request
from starlette.responses import Response

from hub.auth import ANONYMOUS
from hub.database import Reader
from hub.reads import articles, authors, topics
from hub.reads.articles import ArticleRow
from hub.reads.authors import AuthorRow
from hub.reads.topics import TopicRow
from hub.settings import Settings
from schema import addresses, ids
from schema.web.finding import take_search
from schema.web.instantsearch_params import FIELDS, BadParams, Params, read
from search_index.query import (
    MAX_PAGE,
    BadQuery,
    EngineError,
    FacetField,
    Filter,
    Hit,
    Page,
    SearchQuery,
)

MAX_REQUESTS = 20
REACHED = 1000
"""Hits that pages lead to, at most, as the adapter's own service has it."""

PLACEHOLDERS = ("__ais-highlight__", "__/ais-highlight__")
"""What InstantSearch asks to be put around marks; it escapes the text around them itself."""


async def instantsearch(request: Request, settings: Settings) -> Response:
    """Answer each of the requests, in their order."""
    try:
        asked = read(await _body(request, settings.max_body_bytes), MAX_REQUESTS)
        results = [await _result(request, settings, params) for params in asked]
    except (BadParams, BadQuery) as error:
        return _json({"message": str(error), "status": 400}, 400)
    except EngineError:
        return _json({"message": "Search is unavailable for the moment.", "status": 503}, 503)
    return _json({"results": results}, 200)


def _json(content: object, status: int) -> Response:
    headers = {"cache-control": "no-store", "x-content-type-options": "nosniff"}
    return Response(orjson.dumps(content), status, headers, "application/json")


async def _body(request: Request, longest: int) -> bytes:
    found = bytearray()
    async for chunk in request.stream():
        found += chunk
        if len(found) > longest:
            raise BadParams(f"The body must have at most {longest} bytes.")
    return bytes(found)


async def _result(request: Request, settings: Settings, params: Params) -> dict[str, Any]:
    take_search(request, settings)
    state = request.app.state
    chosen = params.chosen
    query = SearchQuery(
        params.query,
        filter=Filter(
            topics=await _slugs(state.db, chosen, FacetField.TOPIC),
            authors=await _slugs(state.db, chosen, FacetField.AUTHOR),
            languages=chosen.get(FacetField.LANGUAGE, frozenset()),
            kinds=chosen.get(FacetField.KIND, frozenset()),
            published_from=params.published_from,
            published_to=params.published_to,
        ),
        sort=params.sort,
        limit=max(1, params.hits_per_page),
        facets=params.facets,
        facet_size=params.facet_size,
        fragments=2 if params.hits_per_page else 0,
        prefix_last=True,
        tuning=await state.tunings.current(),
    )
    page = await _turned(request, query, params)
    hits = await _hits(request, settings, page, params) if params.hits_per_page else []
    size = max(1, params.hits_per_page)
    return {
        "index": params.index,
        "query": params.query,
        "params": params.text,
        "hits": hits,
        "nbHits": page.total,
        "exhaustiveNbHits": page.total_is_exact,
        "page": params.page,
        "nbPages": -(-min(page.total, REACHED) // size) if params.hits_per_page else 0,
        "hitsPerPage": params.hits_per_page,
        "facets": {
            name: {
                bucket.label if field in (FacetField.TOPIC, FacetField.AUTHOR) else bucket.value: (
                    bucket.count
                )
                for bucket in facet.buckets
            }
            for facet in page.facets
            for name, field in FIELDS.items()
            if field is facet.field
        },
        "exhaustiveFacetsCount": True,
        "processingTimeMS": max(1, round(page.took_ms)),
    }


async def _slugs(
    db: Reader, chosen: dict[FacetField, frozenset[str]], field: FacetField
) -> frozenset[str]:
    """The slugs of the names that are chosen; a name that nothing has finds nothing."""
    names = chosen.get(field, frozenset())
    if not names:
        return frozenset()
    found = await (topics if field is FacetField.TOPIC else authors).slugs_named(db, names)
    return frozenset(slug for slugs in found.values() for slug in slugs) or frozenset({""})


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


async def _hits(
    request: Request, settings: Settings, page: Page, params: Params
) -> list[dict[str, Any]]:
    db, found = request.app.state.db, [hit.id for hit in page.hits]
    rows = await articles.by_ids(db, found, ANONYMOUS)
    tagged, written = await topics.of_articles(db, found), await authors.of_articles(db, found)
    base = str(request.base_url)
    answer = []
    for hit in page.hits:
        row = rows.get(hit.id)
        if row is not None:
            made = _fields(row, tagged.get(row.id, []), written.get(row.id, []))
            made["url"] = addresses.address(row, settings.article_url, base)
            answer.append(made | _marked(row, hit, params.tags))
    return answer


def _fields(row: ArticleRow, tagged: list[TopicRow], written: list[AuthorRow]) -> dict[str, Any]:
    moment = row.published_at
    return {
        "objectID": ids.global_id(ids.ARTICLE, row.id),
        "slug": row.slug,
        "language": row.language,
        "kind": row.kind,
        "title": row.title,
        "summary": row.summary,
        "publishedAt": moment.isoformat().replace("+00:00", "Z") if moment else None,
        "timestamp": int(moment.timestamp()) if moment else None,
        "year": str(moment.year) if moment else None,
        "topics": [topic.name for topic in tagged],
        "authors": [author.name for author in written],
        "commentCount": row.comment_count,
        "image": row.image_url,
    }


def _marked(row: ArticleRow, hit: Hit, tags: tuple[str, str]) -> dict[str, Any]:
    """The highlights, as the adapter calls them; escaped unless InstantSearch does that itself."""
    marks = {one.field: " … ".join(one.fragments) for one in hit.highlights}
    plain = {"title": row.title, "summary": row.summary}
    whole = {name: _piece(marks.get(name), text, tags) for name, text in plain.items()}
    snippets = {**whole, "body": _piece(marks.get("body"), "", tags)}
    return {"_highlightResult": whole, "_snippetResult": snippets}


def _piece(marked: str | None, text: str, tags: tuple[str, str]) -> dict[str, Any]:
    raw = tags == PLACEHOLDERS
    if marked is None:
        value = text if raw else text.replace("&", "&amp;").replace("<", "&lt;")
        return {"value": value, "matchLevel": "none", "matchedWords": []}
    words = [piece.partition("</mark>")[0] for piece in marked.split("<mark>")[1:]]
    found = marked.replace("<mark>", "\0").replace("</mark>", "\1")
    value = unescape(found) if raw else found
    value = value.replace("\0", tags[0]).replace("\1", tags[1])
    matched = list(dict.fromkeys(unescape(word).lower() for word in words))
    return {"value": value, "matchLevel": "full", "matchedWords": matched}
