"""What feeds hold: the newest articles of all, of a topic, author or search; an article's comments.

How they are written is in `feed_formats`.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from urllib.parse import urlencode
from uuid import NAMESPACE_URL, uuid5

from starlette.requests import Request

from hub import markup
from hub.auth import ANONYMOUS
from hub.paging import Window
from hub.reads import articles, authors, comments, topics
from hub.reads.articles import ArticleFilter, ArticleRow, BodyRow, Order
from hub.reads.authors import AuthorRow
from hub.reads.comments import CommentRow
from hub.reads.topics import TopicRow
from hub.settings import Settings
from schema import addresses, ids
from schema.web.finding import find
from search_index.query import Filter, SearchQuery, Sort

DEFAULT_ITEMS = 20
MAX_ITEMS = 50
PARAMETERS = ("topic", "author", "q", "article", "language", "first")
EXCERPT = 300


class NoFeed(Exception):
    """There is no such feed; `status` is HTTP's, the message may be shown."""

    def __init__(self, status: int, message: str) -> None:
        super().__init__(message)
        self.status = status


@dataclass(frozen=True, slots=True)
class Item:
    """An article or a comment. `html` is sanitised; `id` stays, whatever address is asked."""

    id: str
    url: str
    title: str
    html: str
    summary: str
    published: datetime
    updated: datetime
    authors: tuple[str, ...] = ()
    tags: tuple[str, ...] = ()
    language: str = ""
    image: str = ""
    comments: int | None = None
    replies: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Feed:
    """Items, the newest first. `id` stays, whatever address is asked."""

    id: str
    title: str
    description: str
    home: str
    base: str
    parameters: str
    language: str
    items: list[Item]

    @property
    def updated(self) -> datetime | None:
        """When the latest of its items changed."""
        return max((item.updated for item in self.items), default=None)

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
    items = await _items(request, settings, rows)
    name = f"{title} · {settings.site_name}" if title else settings.site_name
    return _feed(request, settings, name, "The newest articles.", _home(request, settings), items)


def _feed(
    request: Request, settings: Settings, title: str, told: str, home: str, items: list[Item]
) -> Feed:
    kept = [(key, value) for key, value in request.query_params.multi_items() if value]
    parameters = urlencode(kept)
    return Feed(
        id=_urn(settings, parameters or "articles"),
        title=title,
        description=told,
        home=home,
        base=str(request.base_url),
        parameters=parameters,
        language=request.query_params.get("language") or settings.language,
        items=items,
    )


def _home(request: Request, settings: Settings) -> str:
    return str(request.base_url) if settings.start_page else settings.site_url


def _urn(settings: Settings, name: str) -> str:
    return uuid5(NAMESPACE_URL, f"{settings.site_url}#{name}").urn


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


async def _items(request: Request, settings: Settings, rows: list[ArticleRow]) -> list[Item]:
    db, found = request.app.state.db, [row.id for row in rows]
    bodies = await articles.bodies(db, found, ANONYMOUS)
    tagged, written = await topics.of_articles(db, found), await authors.of_articles(db, found)
    base = str(request.base_url)
    return [
        _item(row, bodies[row.id], tagged.get(row.id, []), written.get(row.id, []), settings, base)
        for row in rows
        if row.id in bodies
    ]


def _item(
    row: ArticleRow,
    body: BodyRow,
    tagged: list[TopicRow],
    written: list[AuthorRow],
    settings: Settings,
    base: str,
) -> Item:
    about = urlencode({"article": row.slug, "language": row.language})
    return Item(
        id=_urn(settings, ids.global_id(ids.ARTICLE, row.id)),
        url=addresses.address(row, settings.article_url, base),
        title=row.title,
        html=body.html,
        summary=row.summary or markup.excerpt(body.text, EXCERPT),
        published=row.published_at or row.created_at,
        updated=row.updated_at,
        authors=tuple(author.name for author in written),
        tags=tuple(topic.name for topic in tagged),
        language=row.language,
        image=row.image_url or "",
        comments=row.comment_count,
        replies={name: f"{base}{name}?{about}" for name in ("feed.xml", "atom.xml", "feed.json")},
    )


async def _comments(request: Request, settings: Settings, first: int) -> Feed:
    """The newest comments of the article that is asked for."""
    asked, db = request.query_params, request.app.state.db
    row = await articles.by_slug(db, asked["article"], asked.get("language"), ANONYMOUS)
    if row is None:
        raise NoFeed(404, f"There is no article {asked['article']!r}.")
    url = addresses.address(row, settings.article_url, str(request.base_url))
    found = await comments.latest(db, row.id, first, ANONYMOUS)
    items = [_said(comment, row, url, settings) for comment in found]
    title = f"Comments on “{row.title}” · {settings.site_name}"
    return _feed(request, settings, title, "What readers say.", url, items)


def _said(comment: CommentRow, row: ArticleRow, url: str, settings: Settings) -> Item:
    return Item(
        id=_urn(settings, ids.global_id(ids.COMMENT, comment.id)),
        url=url,
        title=f"{comment.author_name} on “{row.title}”",
        html=comment.body_html,
        summary=markup.excerpt(markup.to_text(comment.body_html), EXCERPT),
        published=comment.created_at,
        updated=comment.created_at,
        authors=(comment.author_name,),
        language=row.language,
    )
