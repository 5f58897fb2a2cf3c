"""One search for the plain pages, feeds and adapters: the index proposes, the database disposes."""

from __future__ import annotations

from dataclasses import dataclass

from starlette.requests import Request

from hub.auth import ANONYMOUS
from hub.reads import articles
from hub.reads.articles import ArticleRow
from hub.settings import Settings
from schema.rate_limits import Limit
from schema.server.requests import client_key
from search_index.query import Hit, Page, SearchQuery


@dataclass(frozen=True, slots=True)
class Found:
    """An engine's page, and its hits with their articles as the public may see them."""

    page: Page
    hits: list[tuple[Hit, ArticleRow]]


async def take_search(request: Request, settings: Settings) -> None:
    """Count a search of whoever asks. Raises RateLimited, which the application answers."""
    asker = client_key(ANONYMOUS, request.scope, settings.proxies)
    await request.app.state.rates.take(Limit.SEARCHES, asker)


async def find(request: Request, settings: Settings, query: SearchQuery) -> Found:
    """Answer `query` for an anonymous viewer. Raises BadQuery, EngineError, RateLimited."""
    await take_search(request, settings)
    state = request.app.state
    page = await state.engine.search(query)
    rows = await articles.by_ids(state.db, [hit.id for hit in page.hits], ANONYMOUS)
    return Found(page, [(hit, rows[hit.id]) for hit in page.hits if hit.id in rows])
