"""Items of feeds: articles and comments.

Articles are read without their bodies first; the bodies follow in batches.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from urllib.parse import urlencode
from uuid import NAMESPACE_URL, uuid5

from starlette.requests import Request

from hub.auth import ANONYMOUS
from hub.db.database import Reader
from hub.db.keyset import PageArgs
from hub.media.addresses import absolute, with_base
from hub.models import RelationKind
from hub.reads import authors, related, topics
from hub.reads.articles import ArticleRow, BodyRow
from hub.reads.comments import CommentRow
from hub.settings import Settings
from hub.text import markup
from schema import article_urls, ids
from schema.web.absolute_links import LinkContext, make_links_absolute

EXCERPT = 300
MAX_LINKS = 100
"""Links to other articles that are resolved in one body, at most."""


@dataclass(frozen=True, slots=True)
class Item:
    """An article or a comment. `html` is sanitised; `id` does not depend on the request's host.

    `about` is the id of the item that a comment belongs to.
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
class Outline:
    """An article of a feed, without its body."""

    row: ArticleRow
    url: str
    authors: tuple[str, ...]
    tags: tuple[str, ...]
    links: Mapping[str, str]


def stable_urn(settings: Settings, name: str) -> str:
    """Return a URN for a name within this site, independent of the host of the request."""
    return uuid5(NAMESPACE_URL, f"{settings.site_url}#{name}").urn


async def load_outlines(
    request: Request, settings: Settings, rows: list[ArticleRow]
) -> list[Outline]:
    """Load all that items contain but the bodies. Three statements."""
    db, article_ids = request.app.state.db, [row.id for row in rows]
    topics_by_article, authors_by_article = (
        await topics.of_articles(db, article_ids),
        await authors.of_articles(db, article_ids),
    )
    base = str(request.base_url)
    links = await _load_links(db, article_ids, settings, base)
    return [
        Outline(
            row=row,
            url=article_urls.public_url(row, settings, base),
            authors=tuple(author.name for author in authors_by_article.get(row.id, [])),
            tags=tuple(topic.name for topic in topics_by_article.get(row.id, [])),
            links=links.get(row.id, {}),
        )
        for row in rows
    ]


async def _load_links(
    db: Reader, article_ids: Sequence[int], settings: Settings, base: str
) -> dict[int, dict[str, str]]:
    """Load, for each article, the addresses of the articles that it links to, by link text."""
    inline = (RelationKind.INLINE.value,)
    edges = await related.from_articles(
        db, article_ids, PageArgs(MAX_LINKS), ANONYMOUS, kinds=inline
    )
    return {
        source: {
            row.edge.anchor: article_urls.public_url(row.article, settings, base)
            for row in slice_.rows
            if row.article is not None
        }
        for source, slice_ in edges.items()
    }


def article_item(outline: Outline, body: BodyRow, settings: Settings, base: str) -> Item:
    """Build the item of an article with its body."""
    row, media = outline.row, settings.media_address or base.rstrip("/")
    about = urlencode({"article": row.slug, "language": row.language})
    return Item(
        id=stable_urn(settings, ids.global_id(ids.ARTICLE, row.id)),
        url=outline.url,
        title=row.title,
        html=make_links_absolute(
            with_base(body.html, media),
            LinkContext(outline.url, row.canonical_url, settings.site_url, outline.links),
        ),
        summary=row.summary or markup.excerpt(body.text, EXCERPT),
        published=row.published_at or row.created_at,
        updated=row.updated_at,
        authors=outline.authors,
        tags=outline.tags,
        language=row.language,
        image=absolute(row.image_url or "", media),
        comments=row.comment_count,
        replies={name: f"{base}{name}?{about}" for name in ("feed.xml", "atom.xml", "feed.json")},
    )


def comment_item(comment: CommentRow, row: ArticleRow, url: str, settings: Settings) -> Item:
    """Build the item of a comment on the article `row`, whose address is `url`."""
    return Item(
        id=stable_urn(settings, ids.global_id(ids.COMMENT, comment.id)),
        url=url,
        title=f"{comment.author_name} on “{row.title}”",
        html=comment.body_html,
        summary=markup.excerpt(markup.to_text(comment.body_html), EXCERPT),
        published=comment.created_at,
        updated=comment.created_at,
        authors=(comment.author_name,),
        language=row.language,
        about=stable_urn(settings, ids.global_id(ids.ARTICLE, row.id)),
    )
