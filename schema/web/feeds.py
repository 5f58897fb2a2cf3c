"""What feeds hold: the newest articles of all, of a topic, author or search; an article's comments.

How they are written is in `feed_formats`.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from urllib.parse import urlencode
from uuid import NAMESPACE_URL, uuid5

import orjson
from starlette.requests import Request

from hub import markup, outbox
from hub.auth import ANONYMOUS
from hub.database import Reader
from hub.models import RelationKind
from hub.paging import Window
from hub.reads import articles, authors, comments, related, topics
from hub.reads.articles import ArticleFilter, ArticleRow, BodyRow, Order
from hub.reads.comments import CommentRow
from hub.settings import Settings
from schema import addresses, ids
from schema.web.finding import find
from schema.web.links import Place, settled
from search_index.query import Filter, SearchQuery, Sort

DEFAULT_ITEMS = 20
MAX_ITEMS = 50
PARAMETERS = ("topic", "author", "q", "article", "language", "first")
EXCERPT = 300
AT_ONCE = 10
"""Bodies that are read at once, while a feed is being written."""

MAX_LINKS = 100
"""Links to other articles of one body that are followed."""


class NoFeed(Exception):
    """There is no such feed; `status` is HTTP's, the message may be shown."""

    def __init__(self, status: int, message: str) -> None:
        super().__init__(message)
        self.status = status


@dataclass(frozen=True, slots=True)
class Item:
    """An article or a comment. `html` is sanitised; `id` stays, whatever address is asked.

    A comment names in `about` the item that it is about.
    """

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
    about: str | None = None


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


@dataclass(frozen=True, slots=True)
class Outline:
    """An article of a feed, but for its body."""

    row: ArticleRow
    url: str
    authors: tuple[str, ...]
    tags: tuple[str, ...]
    links: Mapping[str, str]


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
    found = await _outlines(request, settings, rows)
    base = str(request.base_url)

    async def items() -> AsyncIterator[Item]:
        for start in range(0, len(found), AT_ONCE):
            part = found[start : start + AT_ONCE]
            ids_ = [one.row.id for one in part]
            bodies = await articles.bodies(request.app.state.db, ids_, ANONYMOUS)
            for one in part:
                if one.row.id in bodies:
                    yield _item(one, bodies[one.row.id], settings, base)

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
        id=_urn(settings, parameters or "articles"),
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


async def _outlines(request: Request, settings: Settings, rows: list[ArticleRow]) -> list[Outline]:
    """All that is told of the articles but their bodies. Three statements."""
    db, found = request.app.state.db, [row.id for row in rows]
    tagged, written = await topics.of_articles(db, found), await authors.of_articles(db, found)
    pattern, base = settings.article_url, str(request.base_url)
    links = await _links(db, found, pattern, base)
    return [
        Outline(
            row=row,
            url=addresses.address(row, pattern, base),
            authors=tuple(author.name for author in written.get(row.id, [])),
            tags=tuple(topic.name for topic in tagged.get(row.id, [])),
            links=links.get(row.id, {}),
        )
        for row in rows
    ]


async def _links(
    db: Reader, found: Sequence[int], pattern: str, base: str
) -> dict[int, dict[str, str]]:
    """For each article the addresses of those that it links to, by the words of the links."""
    inline = (RelationKind.INLINE.value,)
    edges = await related.from_articles(db, found, Window(MAX_LINKS), ANONYMOUS, kinds=inline)
    return {
        source: {
            row.edge.anchor: addresses.address(row.article, pattern, base)
            for row in slice_.rows
            if row.article is not None
        }
        for source, slice_ in edges.items()
    }


def _item(found: Outline, body: BodyRow, settings: Settings, base: str) -> Item:
    row = found.row
    about = urlencode({"article": row.slug, "language": row.language})
    return Item(
        id=_urn(settings, ids.global_id(ids.ARTICLE, row.id)),
        url=found.url,
        title=row.title,
        html=settled(
            body.html, Place(found.url, row.canonical_url, settings.site_url, found.links)
        ),
        summary=row.summary or markup.excerpt(body.text, EXCERPT),
        published=row.published_at or row.created_at,
        updated=row.updated_at,
        authors=found.authors,
        tags=found.tags,
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

    async def items() -> AsyncIterator[Item]:
        for comment in found:
            yield _said(comment, row, url, settings)

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
        about=_urn(settings, ids.global_id(ids.ARTICLE, row.id)),
    )
