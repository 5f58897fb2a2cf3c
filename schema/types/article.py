"""Articles, with all that leads from them: labels, related articles, comments, revisions."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any, NamedTuple

import strawberry
from strawberry import Parent

from hub.db.keyset import Slice, window
from hub.errors import Invalid
from hub.models import RelationKind
from hub.reads.articles import ArticleRow, BodyRow, RevisionRow
from hub.reads.comments import CommentRow
from hub.reads.related import RelatedRow
from hub.related import EDITORIAL
from hub.text import markup
from schema import article_urls, ids, jsonld
from schema.context import Info
from schema.execution import lookahead
from schema.execution.field_resolvers import From
from schema.types.author import Author
from schema.types.comment import BodyFormat, CommentConnection, Sorted, comment_key, written
from schema.types.enums import ArticleKind, ArticleStatus, CommentSort, Format
from schema.types.fields import identified, loaded, resolved, shown
from schema.types.node import Node
from schema.types.paging import After, Before, Connection, Edge, First, Last, Listing
from schema.types.relation import (
    Kinds,
    RelatedArticlesConnection,
    RelatedListing,
    looks,
    named,
    related,
)
from schema.types.revision import RevisionConnection, revision_key
from schema.types.topic import Topic

MAX_EXCERPT = 2_000


class Picture(NamedTuple):
    """What Image shows."""

    url: str
    alt: str | None


def _image(parent: Parent[ArticleRow]) -> Picture | None:
    return Picture(parent.image_url, parent.image_alt) if parent.image_url else None


def _url(parent: Parent[ArticleRow], info: Info) -> str | None:
    return article_urls.on_the_site(parent, info.context.settings.article_url)


async def _json_ld(parent: Parent[ArticleRow], info: Info) -> str:
    loaders, settings = info.context.loaders, info.context.settings
    authors, topics = loaders.authors.load(parent.id), loaders.topics.load(parent.id)
    return jsonld.article(parent, await authors, await topics, settings)


def _body(info: Info, format: BodyFormat = Format.HTML) -> From:
    def show(row: BodyRow | None, _: int) -> str:
        if row is None:
            return ""
        return row.text if format is Format.TEXT else written(row.html, format)

    return From(info.context.loaders.body, show)


def _excerpt(
    info: Info,
    length: Annotated[
        int, strawberry.argument(description="Characters at most, 20 to 2,000.")
    ] = 200,
) -> From:
    if not 20 <= length <= MAX_EXCERPT:
        raise Invalid("length", f"must be from 20 to {MAX_EXCERPT}, not {length}")

    def show(row: BodyRow | None, _: int) -> str:
        return markup.excerpt(row.text, length) if row else ""

    return From(info.context.loaders.body, show)


def _authors(info: Info) -> From:
    return From(info.context.loaders.authors)


def _topics(info: Info) -> From:
    return From(info.context.loaders.topics)


async def _translations(parent: Parent[ArticleRow], info: Info) -> list[ArticleRow]:
    if parent.translation_key is None:
        return []
    rows = await info.context.loaders.translations.load(parent.translation_key)
    return [row for row in rows if row.id != parent.id]


def _related_by(
    info: Info,
    first: First = None,
    after: After = None,
    last: Last = None,
    before: Before = None,
    kinds: Kinds = None,
) -> From:
    loaders, drawn = info.context.loaders, named(kinds) or _DRAWN_BY_PEOPLE
    counts = loaders.related_by_count(drawn)

    def show(found: Slice[RelatedRow], id_: int) -> RelatedListing:
        return RelatedListing(found, lambda: counts.load(id_))

    cut = lookahead.slice_of(info, "RelatedArticlesConnection", window(first, after, last, before))
    return From(loaders.related_by(cut, drawn, looks(info)), show, counts)


# What is similar to an article, that article is similar to as well: `related` has it.
_DRAWN_BY_PEOPLE = tuple(kind.value for kind in RelationKind if kind in EDITORIAL)


def _comments(
    info: Info,
    first: First = None,
    after: After = None,
    last: Last = None,
    before: Before = None,
    sort: Sorted = CommentSort.NEWEST,
) -> From:
    loaders = info.context.loaders
    cut = lookahead.slice_of(info, "CommentConnection", window(first, after, last, before))
    counts = loaders.thread_count

    def show(found: Slice[CommentRow], id_: int) -> Listing[CommentRow]:
        return Listing(found, comment_key, lambda: counts.load(id_))

    return From(loaders.threads(cut, newest_first=sort is CommentSort.NEWEST), show, counts)


def _revisions(
    info: Info,
    first: First = None,
    after: After = None,
    last: Last = None,
    before: Before = None,
) -> From:
    loaders = info.context.loaders
    counts = loaders.revision_count

    def show(found: Slice[RevisionRow], id_: int) -> Listing[RevisionRow]:
        return Listing(found, revision_key, lambda: counts.load(id_))

    return From(loaders.revisions(window(first, after, last, before)), show, counts)


def _metadata(info: Info) -> From:
    def show(pairs: list[tuple[str, str]], _: int) -> list[MetadataField]:
        return [MetadataField(name=name, value=value) for name, value in pairs]

    return From(info.context.loaders.metadata, show)


@strawberry.type(description="A custom field of an imported article.")
class MetadataField:
    """One of `ArticleDraft.metadata`."""

    name: str = shown("Its name where the article comes from.")
    value: str = shown("Its value, as it is written there.")


@strawberry.type(description="A picture.")
class Image:
    """Shows a `Picture`."""

    url: str = shown("Where it is: a web address, or a path on the site.")
    alt: str | None = shown("What it shows, in words.")


@strawberry.type(description="One piece of writing.")
class Article(Node):
    """Shows an `ArticleRow`."""

    id: strawberry.ID = identified(ids.ARTICLE, "Global and opaque.")
    slug: str = shown("The article's name in addresses; unique within its language.")
    title: str = shown("The headline, as plain text.")
    summary: str = shown("What it is about, as plain text; may be empty.")
    language: str = shown("A language tag (BCP 47), as in `en` or `pt-br`.")
    kind: ArticleKind = shown("What sort of writing it is.")
    status: ArticleStatus = shown("Where it is in its life; `PUBLISHED` for the public.")
    published: datetime | None = shown(
        "When it was or will be published; null for a draft that has no date.", name="publishedAt"
    )
    created: datetime = shown("When it was first saved.", name="createdAt")
    updated: datetime = shown("When it was last saved.", name="updatedAt")
    version: int = shown("Grows by one with every save. Hand it back to `reviseArticle`.")
    comments_open: bool = shown("Whether `submitComment` takes comments on it.")
    comment_count: int = shown("How many approved comments it has, replies included.")
    image: Image | None = resolved(_image, "The picture that goes with it.")
    canonical_url: str | None = shown(
        'Where it was first published, if that is another site: for `<link rel="canonical">`.'
    )
    url: str | None = resolved(
        _url, "Where it is read: by the hub's `HUB_ARTICLE_URL`, else its `canonicalUrl`."
    )
    json_ld: str = resolved(
        _json_ld,
        'What it is in the words of schema.org, as JSON for `<script type="application/ld+json">`; '
        "nothing in it can end that element.",
    )
    body: str = loaded(_body, "The text.")
    excerpt: str = loaded(_excerpt, "The beginning of the text on one line, cut at a word.")
    authors: list[Author] = loaded(_authors, "Who wrote it, in the order of the byline.")
    topics: list[Topic] = loaded(_topics, "What it is about, the main topic first.")
    translations: list[Article] = resolved(_translations, "The same article in other languages.")
    related: RelatedArticlesConnection = loaded(
        related, "The articles that this one leads to, in their editor's order."
    )
    related_by: RelatedArticlesConnection = loaded(
        _related_by, "The articles that lead to this one; `node` is where the link stands."
    )
    comments: CommentConnection = loaded(
        _comments, "The threads of comments; `replies` are below each. `totalCount` counts threads."
    )
    revisions: RevisionConnection | None = loaded(
        _revisions, "What each version was. For tokens that may read what is not published."
    )

    metadata: list[MetadataField] | None = loaded(
        _metadata,
        "The custom fields that its source keeps about it. For tokens that may read what is not "
        "published.",
    )

    @classmethod
    def is_type_of(cls, obj: Any, _info: Any) -> bool:
        """Whether it is an article's row."""
        return isinstance(obj, ArticleRow)


@strawberry.type(description="An article in a list.")
class ArticleEdge(Edge):
    """An edge of `ArticleConnection`."""

    node: Article = shown("The article.")


@strawberry.type(description="A page of a list of articles.")
class ArticleConnection(Connection):
    """Shows a `Listing[ArticleRow]`."""

    edges: list[ArticleEdge] = shown("The articles of this page, each with its cursor.")
    nodes: list[Article] = shown("The articles of this page.")
