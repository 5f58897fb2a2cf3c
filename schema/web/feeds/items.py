"""What stands in a feed: articles and comments, as items.

Of an article all but its body is read first; bodies follow, a few at a time.
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
from hub.db.keyset import Window
from hub.models import RelationKind
from hub.reads import authors, related, topics
from hub.reads.articles import ArticleRow, BodyRow
from hub.reads.comments import CommentRow
from hub.settings import Settings
from hub.text import markup
from schema import article_urls, ids
from schema.web.absolute_links import Place, settled

EXCERPT = 300
MAX_LINKS = 100
"""Links to other articles of one body that are followed."""


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
class Outline:
    """An article of a feed, but for its body."""

    row: ArticleRow
    url: str
    authors: tuple[str, ...]
    tags: tuple[str, ...]
    links: Mapping[str, str]


def urn(settings: Settings, name: str) -> str:
    """A name for something of this site that stays, whatever address is asked."""
    return uuid5(NAMESPACE_URL, f"{settings.site_url}#{name}").urn


async def outlines(request: Request, settings: Settings, rows: list[ArticleRow]) -> list[Outline]:
    """All that is told of the articles but their bodies. Three statements."""
    db, found = request.app.state.db, [row.id for row in rows]
    tagged, written = await topics.of_articles(db, found), await authors.of_articles(db, found)
    pattern, base = settings.article_url, str(request.base_url)
    links = await _links(db, found, pattern, base)
    return [
        Outline(
            row=row,
            url=article_urls.address(row, pattern, base),
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
            row.edge.anchor: article_urls.address(row.article, pattern, base)
            for row in slice_.rows
            if row.article is not None
        }
        for source, slice_ in edges.items()
    }


def item(found: Outline, body: BodyRow, settings: Settings, base: str) -> Item:
    """An article with its body."""
    row = found.row
    about = urlencode({"article": row.slug, "language": row.language})
    return Item(
        id=urn(settings, ids.global_id(ids.ARTICLE, row.id)),
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


def said(comment: CommentRow, row: ArticleRow, url: str, settings: Settings) -> Item:
    """A comment on the article `row`, which is read at `url`."""
    return Item(
        id=urn(settings, ids.global_id(ids.COMMENT, comment.id)),
        url=url,
        title=f"{comment.author_name} on “{row.title}”",
        html=comment.body_html,
        summary=markup.excerpt(markup.to_text(comment.body_html), EXCERPT),
        published=comment.created_at,
        updated=comment.created_at,
        authors=(comment.author_name,),
        language=row.language,
        about=urn(settings, ids.global_id(ids.ARTICLE, row.id)),
    )
