"""The routes of all endpoints in this package."""

from __future__ import annotations

from collections.abc import Awaitable, Callable

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from hub.settings import Settings
from schema.server.requests import cancel_on_disconnect
from schema.web import discovery, html_pages, static_files
from schema.web.docs.endpoint import contents, doc
from schema.web.feeds import formats
from schema.web.instantsearch.endpoint import (
    instantsearch,
    instantsearch_facet,
    instantsearch_index,
)
from schema.web.instantsearch.events import instantsearch_events
from schema.web.instantsearch.recommendations import instantsearch_recommendations
from schema.web.instantsearch.responses import instantsearch_unknown
from schema.web.media import media
from schema.web.oembed import oembed
from schema.web.pages.archive import archive_page, period_page
from schema.web.pages.commenting import comment_form, send_comment
from schema.web.pages.front import start_page
from schema.web.pages.labels import author_page, authors_page, topic_page, topics_page
from schema.web.pages.own_comment import change_own_comment, own_comment
from schema.web.pages.story import story_page
from schema.web.search.page import search_page
from schema.web.search.suggest import suggest

Endpoint = Callable[[Request, Settings], Awaitable[Response]]
Bind = Callable[[Endpoint], Callable[[Request], Awaitable[Response]]]


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
                Route("/docs/", bind(contents), methods=["GET"]),
                Route("/docs/{name:path}", bind(doc), methods=["GET"]),
            ]
            if html_pages.has_docs(settings)
            else []
        ),
        Route("/media/{hash}/{name}", bind(media), methods=["GET"]),
        *(_pages(bind) if settings.start_page else []),
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
        Route(
            "/1/indexes/*/recommendations", bind(instantsearch_recommendations), methods=["POST"]
        ),
        Route("/1/events", bind(instantsearch_events), methods=["POST"]),
        Route("/1/indexes/{index}/query", bind(instantsearch_index), methods=["POST"]),
        Route(
            "/1/indexes/{index}/facets/{facet}/query", bind(instantsearch_facet), methods=["POST"]
        ),
        Route(
            "/1/{path:path}", bind(instantsearch_unknown), methods=["GET", "POST", "PUT", "DELETE"]
        ),
        Route("/robots.txt", bind(discovery.robots), methods=["GET"]),
    ]


def _pages(bind: Bind) -> list[Route]:
    """Return the routes of the pages that HUB_START_PAGE turns off."""
    pages: dict[str, Endpoint] = {
        "/stories/{slug}": story_page,
        "/stories/{language}/{slug}": story_page,
        "/topics": topics_page,
        "/topics/{slug}": topic_page,
        "/authors": authors_page,
        "/authors/{slug}": author_page,
        "/archive": archive_page,
        "/archive/{year}": period_page,
        "/archive/{year}/{month}": period_page,
        "/search": search_page,
        "/comment": comment_form,
        "/comment/own": own_comment,
    }
    return [
        *(Route(path, bind(page), methods=["GET"]) for path, page in pages.items()),
        Route("/comment", bind(send_comment), methods=["POST"]),
        Route("/comment/own", bind(change_own_comment), methods=["POST"]),
    ]
