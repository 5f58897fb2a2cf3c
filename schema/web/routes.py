"""The routes of all endpoints in this package."""

from __future__ import annotations

from collections.abc import Awaitable, Callable

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from hub.settings import Settings
from schema.server.requests import cancel_on_disconnect
from schema.web import discovery, docs, html_pages, static_files
from schema.web.feeds import formats
from schema.web.instantsearch.endpoint import (
    instantsearch,
    instantsearch_facet,
    instantsearch_index,
)
from schema.web.instantsearch.events import instantsearch_events
from schema.web.media import media
from schema.web.oembed import oembed
from schema.web.search.page import search_page
from schema.web.search.suggest import suggest
from schema.web.start_page import start_page

Endpoint = Callable[[Request, Settings], Awaitable[Response]]


def routes(settings: Settings) -> list[Route]:
    """Return the routes beside the GraphQL endpoint; they use `app.state`, set by the lifespan.

    The work for a response to GET ends when the client disconnects, with ClientDisconnected;
    InstantSearch, whose requests have bodies, sees to it itself.
    """

    def bind(endpoint: Endpoint) -> Callable[[Request], Awaitable[Response]]:
        async def bound(request: Request) -> Response:
            if request.method == "POST":
                return await endpoint(request, settings)
            with cancel_on_disconnect(request.receive):
                return await endpoint(request, settings)

        return bound

    return [
        Route("/", bind(start_page), methods=["GET"]),
        *static_files.routes(),
        *(
            [
                Route("/docs/", bind(docs.contents), methods=["GET"]),
                Route("/docs/{name:path}", bind(docs.doc), methods=["GET"]),
            ]
            if html_pages.has_docs(settings)
            else []
        ),
        Route("/media/{hash}/{name}", bind(media), methods=["GET"]),
        Route("/search", bind(search_page), methods=["GET"]),
        Route("/feed.xml", bind(formats.rss), methods=["GET"]),
        Route("/atom.xml", bind(formats.atom), methods=["GET"]),
        Route("/feed.json", bind(formats.json), methods=["GET"]),
        Route("/suggest", bind(suggest), methods=["GET"]),
        Route("/opensearch.xml", bind(discovery.opensearch), methods=["GET"]),
        Route("/sitemap.xml", bind(discovery.sitemap), methods=["GET"]),
        Route("/sitemap-{block:int}.xml", bind(discovery.sitemap_part), methods=["GET"]),
        Route("/oembed", bind(oembed), methods=["GET"]),
        Route("/instantsearch", bind(instantsearch), methods=["POST"]),
        Route("/1/indexes/*/queries", bind(instantsearch), methods=["POST"]),
        Route("/1/events", bind(instantsearch_events), methods=["POST"]),
        Route("/1/indexes/{index}/query", bind(instantsearch_index), methods=["POST"]),
        Route(
            "/1/indexes/{index}/facets/{facet}/query", bind(instantsearch_facet), methods=["POST"]
        ),
        Route("/robots.txt", bind(discovery.robots), methods=["GET"]),
    ]
