"""The addresses of everything here."""

from __future__ import annotations

from collections.abc import Awaitable, Callable

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from hub.settings import Settings
from schema.web import discovery, docs, html_pages, static_files
from schema.web.feeds import formats
from schema.web.instantsearch.endpoint import (
    instantsearch,
    instantsearch_facet,
    instantsearch_index,
)
from schema.web.oembed import oembed
from schema.web.search.page import search_page
from schema.web.search.suggest import suggest
from schema.web.start_page import start

Answer = Callable[[Request, Settings], Awaitable[Response]]


def routes(settings: Settings) -> list[Route]:
    """What to mount beside the GraphQL endpoint; asks `app.state` as the lifespan fills it."""

    def to(answer: Answer) -> Callable[[Request], Awaitable[Response]]:
        async def endpoint(request: Request) -> Response:
            return await answer(request, settings)

        return endpoint

    return [
        Route("/", to(start), methods=["GET"]),
        *static_files.routes(),
        *(
            [
                Route("/docs/", to(docs.contents), methods=["GET"]),
                Route("/docs/{name:path}", to(docs.doc), methods=["GET"]),
            ]
            if html_pages.has_docs(settings)
            else []
        ),
        Route("/search", to(search_page), methods=["GET"]),
        Route("/feed.xml", to(formats.rss), methods=["GET"]),
        Route("/atom.xml", to(formats.atom), methods=["GET"]),
        Route("/feed.json", to(formats.json), methods=["GET"]),
        Route("/suggest", to(suggest), methods=["GET"]),
        Route("/opensearch.xml", to(discovery.opensearch), methods=["GET"]),
        Route("/sitemap.xml", to(discovery.sitemap), methods=["GET"]),
        Route("/sitemap-{block:int}.xml", to(discovery.sitemap_part), methods=["GET"]),
        Route("/oembed", to(oembed), methods=["GET"]),
        Route("/instantsearch", to(instantsearch), methods=["POST"]),
        Route("/1/indexes/*/queries", to(instantsearch), methods=["POST"]),
        Route("/1/indexes/{index}/query", to(instantsearch_index), methods=["POST"]),
        Route("/1/indexes/{index}/facets/{facet}/query", to(instantsearch_facet), methods=["POST"]),
        Route("/robots.txt", to(discovery.robots), methods=["GET"]),
    ]
