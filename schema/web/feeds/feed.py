"""Contents of feeds: the newest articles, of a topic, author or search; an article's comments.

Items are in `items`, the three formats in `formats`.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from urllib.parse import urlencode

import orjson
from starlette.requests import Request

from hub import outbox
from hub.auth import ANONYMOUS
from hub.db.keyset import PageArgs
from hub.reads import articles, authors, comments, topics
from hub.reads.articles import ArticleFilter, ArticleRow, Order
from hub.settings import Settings
from schema import article_urls
from schema.web.feeds.items import Item, article_item, comment_item, load_outlines, stable_urn
from schema.web.search.query import search_articles
from search_index.query import Filter, SearchQuery, Sort

DEFAULT_ITEMS = 20
MAX_ITEMS = 50
PARAMETERS = ("topic", "author", "q", "article", "language", "first")
BATCH_SIZE = 10
"""Bodies that are read by one statement, while a feed is being streamed."""


class FeedError(Exception):
    """The feed does not exist; `status` is the HTTP status, the message may be sent."""

    def __init__(self, status: int, message: str) -> None:
        super().__init__(message)
        self.status = status


class FeedMoved(Exception):
    """The feed is that of a topic or author with another slug now; `location` is its address."""

    def __init__(self, location: str) -> None:
        super().__init__(location)
        self.location = location


@dataclass(frozen=True, slots=True)
class Feed:
    """A feed; its items, the newest first, are read lazily.

    `id` does not depend on the host of the request. `updated` is the time of the latest change of
    an item, `modified` that of any public content: a removed article changes a feed too. Feeds of
    equal `stamp` are equal. `is_search`: its articles were searched for.
    """

    id: str
    title: str
    description: str
    home: str
    base: str
    parameters: str
    language: str
    updated: datetime | None
    modified: datetime | None
    stamp: bytes
    is_search: bool
    items: Callable[[], AsyncIterator[Item]]

    def address(self, name: str) -> str:
        """Return the URL of the feed in the format of the file `name`."""
        return f"{self.base}{name}{'?' if self.parameters else ''}{self.parameters}"


async def load_feed(request: Request, settings: Settings) -> Feed:
    """Load the feed that the query parameters select.

    Raises:
        FeedError: a parameter is invalid, or names something that does not exist.
        FeedMoved: a parameter is a slug that a topic or author had.
        InvalidQuery, EngineError: the search fails.
    """
    parameters = request.query_params
    unknown = [name for name in parameters if name not in PARAMETERS]
    if unknown:
        raise FeedError(400, f"There is no parameter {unknown[0]!r}; use {', '.join(PARAMETERS)}.")
    first = parameters.get("first", str(DEFAULT_ITEMS))
    if not (first.isascii() and first.isdigit() and 1 <= int(first) <= MAX_ITEMS):
        raise FeedError(400, f"first must be from 1 to {MAX_ITEMS}.")
    if "article" in parameters:
        return await _comment_feed(request, settings, int(first))
    title, rows = await _select_articles(request, settings, int(first))
    article_outlines = await load_outlines(request, settings, rows)
    base = str(request.base_url)

    async def items() -> AsyncIterator[Item]:
        for start in range(0, len(article_outlines), BATCH_SIZE):
            batch = article_outlines[start : start + BATCH_SIZE]
            ids_ = [outline.row.id for outline in batch]
            bodies = await articles.bodies(request.app.state.db, ids_, ANONYMOUS)
            for outline in batch:
                if outline.row.id in bodies:
                    yield article_item(outline, bodies[outline.row.id], settings, base)

    return await _build_feed(
        request,
        settings,
        (f"{title} · {settings.site_name}" if title else settings.site_name),
        "The newest articles.",
        _home(request, settings),
        [outline.row.updated_at for outline in article_outlines],
        article_outlines,
        items,
    )


async def _build_feed(
    request: Request,
    settings: Settings,
    title: str,
    description: str,
    home: str,
    change_times: Sequence[datetime],
    content: object,
    items: Callable[[], AsyncIterator[Item]],
) -> Feed:
    pairs = [(key, value) for key, value in request.query_params.multi_items() if value]
    parameters, base = urlencode(pairs), str(request.base_url)
    language = request.query_params.get("language") or settings.language
    return Feed(
        id=stable_urn(settings, parameters or "articles"),
        title=title,
        description=description,
        home=home,
        base=base,
        parameters=parameters,
        language=language,
        updated=max(change_times, default=None),
        modified=await outbox.last_change_at(request.app.state.db) if change_times else None,
        stamp=orjson.dumps([title, home, base, parameters, language, content], default=tuple),
        is_search=bool(request.query_params.get("q", "").strip()),
        items=items,
    )


def _home(request: Request, settings: Settings) -> str:
    return str(request.base_url) if settings.start_page else settings.site_url


async def _select_articles(
    request: Request, settings: Settings, first: int
) -> tuple[str, list[ArticleRow]]:
    """Return the feed's name within the site, and its articles."""
    parameters, db = request.query_params, request.app.state.db
    names, slugs = [], dict[tuple[str, str], str]()
    for slug in parameters.getlist("topic"):
        topic = await topics.by_slug(db, slug, ANONYMOUS)
        if topic is None:
            raise FeedError(404, f"There is no topic {slug!r}.")
        names.append(topic.name)
        slugs["topic", slug] = topic.slug
    for slug in parameters.getlist("author"):
        author = await authors.by_slug(db, slug, ANONYMOUS)
        if author is None:
            raise FeedError(404, f"There is no author {slug!r}.")
        names.append(author.name)
        slugs["author", slug] = author.slug
    pairs = parameters.multi_items()
    moved = [(name, slugs.get((name, value), value)) for name, value in pairs]
    if moved != pairs:
        raise FeedMoved(f"?{urlencode(moved)}")
    languages = [language for language in parameters.getlist("language") if language]
    text = parameters.get("q", "").strip()
    if text:
        query = SearchQuery(
            text,
            filter=Filter(
                topics=frozenset(parameters.getlist("topic")),
                authors=frozenset(parameters.getlist("author")),
                languages=frozenset(languages),
            ),
            sort=Sort.NEWEST,
            limit=first,
            tuning=await request.app.state.tunings.current(),
        )
        results = await search_articles(request, settings, query)
        return ", ".join([f"“{text}”", *names]), [row for _, row in results.hits]
    article_filter = ArticleFilter(
        topics=tuple(parameters.getlist("topic")),
        authors=tuple(parameters.getlist("author")),
        languages=tuple(languages),
    )
    page = await articles.page(db, PageArgs(first), Order.NEWEST, article_filter, ANONYMOUS)
    return ", ".join(names), page.rows


async def _comment_feed(request: Request, settings: Settings, first: int) -> Feed:
    """Load the newest comments of the article that the parameters name."""
    parameters, db = request.query_params, request.app.state.db
    row = await articles.by_slug(db, parameters["article"], parameters.get("language"), ANONYMOUS)
    if row is None:
        raise FeedError(404, f"There is no article {parameters['article']!r}.")
    url = article_urls.public_url(row, settings, str(request.base_url))
    latest = await comments.latest(db, row.id, first, ANONYMOUS)

    async def items() -> AsyncIterator[Item]:
        for comment in latest:
            yield comment_item(comment, row, url, settings)

    return await _build_feed(
        request,
        settings,
        f"Comments on “{row.title}” · {settings.site_name}",
        "What readers say.",
        url,
        [comment.created_at for comment in latest],
        latest,
        items,
    )
