"""Search for plain pages and feeds: the index finds hits, the database returns their articles."""

from __future__ import annotations

from dataclasses import dataclass

from starlette.requests import Request

from hub.auth import ANONYMOUS
from hub.reads import articles
from hub.reads.articles import ArticleRow
from hub.settings import Settings
from schema.rate_limits import Limit
from schema.server.requests import client_key
from schema.types.facet import label_selected
from search_index.query import Hit, Page, SearchQuery


@dataclass(frozen=True, slots=True)
class SearchResults:
    """An engine's page, and those of its hits that are public, with their articles."""

    page: Page
    hits: list[tuple[Hit, ArticleRow]]


def reader_key(request: Request, settings: Settings) -> str:
    """Return the key of a reader's limits and statistics, which is not stored."""
    return client_key(ANONYMOUS, request.scope, settings.proxies)


async def acquire_search(request: Request, settings: Settings) -> None:
    """Count a search in the client's rate limit. Raises RateLimited, handled by the application."""
    client = reader_key(request, settings)
    await request.app.state.rates.acquire(Limit.SEARCHES, client)


async def search_articles(
    request: Request, settings: Settings, query: SearchQuery
) -> SearchResults:
    """Search as an anonymous viewer. Raises InvalidQuery, EngineError, RateLimited."""
    await acquire_search(request, settings)
    state = request.app.state
    page = await label_selected(state.db, await state.engine.search(query), ANONYMOUS)
    rows = await articles.by_ids(state.db, [hit.id for hit in page.hits], ANONYMOUS)
    return SearchResults(page, [(hit, rows[hit.id]) for hit in page.hits if hit.id in rows])
