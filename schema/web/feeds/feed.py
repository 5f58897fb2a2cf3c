"""What feeds hold: the newest articles of all, of a topic, author or search; an article's comments.

What an item is, is in `feed_items`; how feeds are written, in `feed_formats`.
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
from hub.db.keyset import Window
from hub.reads import articles, authors, comments, topics
from hub.reads.articles import ArticleFilter, ArticleRow, Order
from hub.settings import Settings
from schema import article_urls
from schema.web.feeds.items import Item, item, outlines, said, urn
from schema.web.search.query import find
from search_index.query import Filter, SearchQuery, Sort

DEFAULT_ITEMS = 20
MAX_ITEMS = 50
PARAMETERS = ("topic", "author", "q", "article", "language", "first")
AT_ONCE = 10
"""Bodies that are read at once, while a feed is being written."""


class NoFeed(Exception):
    """There is no such feed; `status` is HTTP's, the message may be shown."""

    def __init__(self, status: int, message: str) -> None:
        super().__init__(message)
        self.status = status


@dataclass(frozen=True, slots=True)
class Feed:
    """Items, the newest first, which are read only as they are asked for.

    `id` stays, whatever address is asked. `updated` is when the latest of its items changed,
    `modified` when anything public did: what has gone changes a feed as well. Feeds of equal
    `stamp` are the same.
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
    items: Callable[[], AsyncIterator[Item]]

    def address(self, name: str) -> str:
        """Its address as the file `name`."""
        return f"{self.base}{name}{'?' if self.parameters else ''}{self.parameters}"


async def feed(request: Request, settings: Settings) -> Feed:
    """The feed that the parameters ask for.

    Raises:
        NoFeed: a parameter is not good, or what it names is not there.
        BadQuery, EngineError: the search cannot be answered.
    """
    asked = request.query_params
    unknown = [name for name in asked if name not in PARAMETERS]
    if unknown:
        raise NoFeed(400, f"There is no parameter {unknown[0]!r}; use {', '.join(PARAMETERS)}.")
    first = asked.get("first", str(DEFAULT_ITEMS))
    if not (first.isascii() and first.isdigit() and 1 <= int(first) <= MAX_ITEMS):
        raise NoFeed(400, f"first must be from 1 to {MAX_ITEMS}.")
    if "article" in asked:
        return await _comments(request, settings, int(first))
    title, rows = await _articles(request, settings, int(first))
    found = await outlines(request, settings, rows)
    base = str(request.base_url)

    async def items() -> AsyncIterator[Item]:
        for start in range(0, len(found), AT_ONCE):
            part = found[start : start + AT_ONCE]
            ids_ = [one.row.id for one in part]
            bodies = await articles.bodies(request.app.state.db, ids_, ANONYMOUS)
            for one in part:
                if one.row.id in bodies:
                    yield item(one, bodies[one.row.id], settings, base)

    return await _feed(
        request,
        settings,
        (f"{title} · {settings.site_name}" if title else settings.site_name),
        "The newest articles.",
        _home(request, settings),
        [one.row.updated_at for one in found],
        found,
        items,
    )


async def _feed(
    request: Request,
    settings: Settings,
    title: str,
    told: str,
    home: str,
    changed: Sequence[datetime],
    content: object,
    items: Callable[[], AsyncIterator[Item]],
) -> Feed:
    kept = [(key, value) for key, value in request.query_params.multi_items() if value]
    parameters, base = urlencode(kept), str(request.base_url)
    language = request.query_params.get("language") or settings.language
    return Feed(
        id=urn(settings, parameters or "articles"),
        title=title,
        description=told,
        home=home,
        base=base,
        parameters=parameters,
        language=language,
        updated=max(changed, default=None),
        modified=await outbox.last_changed(request.app.state.db) if changed else None,
        stamp=orjson.dumps([title, home, base, parameters, language, content], default=tuple),
        items=items,
    )


def _home(request: Request, settings: Settings) -> str:
    return str(request.base_url) if settings.start_page else settings.site_url


async def _articles(
    request: Request, settings: Settings, first: int
) -> tuple[str, list[ArticleRow]]:
    """The feed's name within the site, and its articles."""
    asked, db = request.query_params, request.app.state.db
    names = []
    for slug in asked.getlist("topic"):
        topic = await topics.by_slug(db, slug)
        if topic is None:
            raise NoFeed(404, f"There is no topic {slug!r}.")
        names.append(topic.name)
    for slug in asked.getlist("author"):
        author = await authors.by_slug(db, slug)
        if author is None:
            raise NoFeed(404, f"There is no author {slug!r}.")
        names.append(author.name)
    languages = [one for one in asked.getlist("language") if one]
    text = asked.get("q", "").strip()
    if text:
        query = SearchQuery(
            text,
            filter=Filter(
                topics=frozenset(asked.getlist("topic")),
                authors=frozenset(asked.getlist("author")),
                languages=frozenset(languages),
            ),
            sort=Sort.NEWEST,
            limit=first,
            tuning=await request.app.state.tunings.current(),
        )
        found = await find(request, settings, query)
        return ", ".join([f"“{text}”", *names]), [row for _, row in found.hits]
    narrowed = ArticleFilter(
        topics=tuple(asked.getlist("topic")),
        authors=tuple(asked.getlist("author")),
        languages=tuple(languages),
    )
    page = await articles.page(db, Window(first), Order.NEWEST, narrowed, ANONYMOUS)
    return ", ".join(names), page.rows


async def _comments(request: Request, settings: Settings, first: int) -> Feed:
    """The newest comments of the article that is asked for."""
    asked, db = request.query_params, request.app.state.db
    row = await articles.by_slug(db, asked["article"], asked.get("language"), ANONYMOUS)
    if row is None:
        raise NoFeed(404, f"There is no article {asked['article']!r}.")
    url = article_urls.address(row, settings.article_url, str(request.base_url))
    found = await comments.latest(db, row.id, first, ANONYMOUS)

    async def items() -> AsyncIterator[Item]:
        for comment in found:
            yield said(comment, row, url, settings)

    return await _feed(
        request,
        settings,
        f"Comments on “{row.title}” · {settings.site_name}",
        "What readers say.",
        url,
        [one.created_at for one in found],
        found,
        items,
    )
