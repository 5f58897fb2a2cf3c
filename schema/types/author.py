"""The Author type: the bylines of articles."""

from __future__ import annotations

import json
from collections.abc import Awaitable, Callable
from typing import Annotated, Any, NamedTuple

import strawberry
from strawberry import Parent

from hub.db.keyset import Key, Page, parse_page_args
from hub.media import addresses
from hub.reads import authors
from hub.reads.articles import ArticleRow
from hub.reads.authors import AuthorRow
from schema import ids
from schema.context import Info
from schema.execution.field_resolvers import LoaderField
from schema.types.enums import ArticleOrder
from schema.types.fields import (
    ARTICLE_CONNECTION,
    batched,
    computed,
    field,
    id_field,
    resolved,
)
from schema.types.lists import (
    LabelName,
    OrderArgument,
    add_label_tags,
    articles_under,
    name_field,
    translations_field,
)
from schema.types.node import Node
from schema.types.paging import After, Before, First, Last, RowConnection, connection


def author_key(row: AuthorRow) -> Key:
    """Return the cursor key of an author in the list of all authors."""
    return row.name, row.id


def _article_count(info: Info) -> LoaderField:
    return LoaderField(info.context.loaders.author_counts)


def _articles(
    parent: Parent[AuthorRow],
    info: Info,
    first: First = None,
    after: After = None,
    last: Last = None,
    before: Before = None,
    order: OrderArgument = ArticleOrder.NEWEST,
) -> Awaitable[RowConnection[ArticleRow]]:
    return articles_under(info, "authors", parent, (first, after, last, before), order)


class LinkRow(NamedTuple):
    """Source object of the `AuthorLink` type."""

    name: str
    url: str


def _image_url(parent: Parent[AuthorRow], info: Info) -> str | None:
    return addresses.absolute(parent.image_url, info.context.settings.media_address)


def _links() -> Callable[[Any], list[LinkRow]]:
    return lambda row: [
        LinkRow(link["name"], link["url"]) for link in json.loads(row.links or "[]")
    ]


@strawberry.type(description="A link of an author: to a site of theirs, or a profile elsewhere.")
class AuthorLink:
    """Resolved from a `LinkRow`."""

    name: str = field("Its words.")
    url: str = field("Its address.")


@strawberry.type(description="A byline. Holds nothing private.")
class Author(Node):
    """Resolved from an `AuthorRow`."""

    id: strawberry.ID = id_field(ids.AUTHOR, "Global and opaque.")
    slug: str = field("The author's name in addresses; unique.")
    name: str = name_field("As the byline shows it.")
    translations: list[LabelName] = translations_field()
    bio: str = field("A few words about the author, as plain text; may be empty.")
    image_url: str | None = resolved(_image_url, "The address of a picture; null for none.")
    image_alt: str | None = field("What the picture shows, in words.")
    links: list[AuthorLink] = computed(_links, "Where else the author is, in their order.", "links")
    article_count: int = batched(
        _article_count,
        "How many articles have this byline, of those that you may see.",
        weight=2,
    )
    articles = resolved(_articles, "Articles with this byline.", type_=ARTICLE_CONNECTION)

    @classmethod
    def is_type_of(cls, obj: Any, _info: Any) -> bool:
        """Return True for an author's row."""
        return isinstance(obj, AuthorRow)


AuthorConnection: Any = connection(Author, "author")


def author_by_slug(
    info: Info,
    slug: Annotated[
        str, strawberry.argument(description="The author's slug, at present or earlier.")
    ],
) -> Awaitable[AuthorRow | None]:
    """Resolve to the author of a slug, as far as the viewer may see it."""
    add_label_tags(info.context, "author")
    return authors.by_slug(info.context.db, slug, info.context.viewer)


async def author_list(
    info: Info,
    first: First = None,
    after: After = None,
    last: Last = None,
    before: Before = None,
) -> RowConnection[AuthorRow]:
    """Resolve to a page of the authors, by name."""
    db, viewer = info.context.db, info.context.viewer
    add_label_tags(info.context, "author")
    page_args = parse_page_args(first, after, last, before)
    page: Page[AuthorRow] = await authors.page(db, page_args, viewer)
    return RowConnection(page, author_key, lambda: authors.count(db, viewer))
