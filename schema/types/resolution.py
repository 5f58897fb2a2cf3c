"""`resolve`: the article at an address, or where it is read now."""

from __future__ import annotations

from typing import Annotated, NamedTuple

import strawberry
from strawberry import Parent

from hub.errors import Invalid
from hub.models.article import URL_LENGTH
from hub.reads import addresses
from hub.reads.articles import ArticleRow
from schema import article_urls
from schema.context import Info
from schema.types.article import Article
from schema.types.fields import field, resolved

OK, MOVED = 200, 301

AddressArgument = Annotated[
    str,
    strawberry.argument(
        description="An address, present or former, or what follows the host in it, as in "
        "`/2019/05/ferry/` or `/?p=12`."
    ),
]


class Resolved(NamedTuple):
    """Source object of the `Resolution` type."""

    article: ArticleRow
    status: int
    url: str | None


async def article_at(info: Info, url: str) -> ArticleRow | None:
    """Return the article that is or was at an address. One statement.

    Raises:
        Invalid: the address is longer than 2,000 characters.
    """
    if len(url) > URL_LENGTH:
        raise Invalid("url", f"must have at most {URL_LENGTH} characters, not {len(url)}")
    context = info.context
    lookup = article_urls.lookup(url, context.settings.article_url)
    row = await addresses.resolve(context.db, lookup, context.viewer)
    # Another article may come or move, and have the address then.
    context.cache_tags.add("articles")
    if row is not None:
        context.cache_tags.add("article", [row.id])
    return row


async def resolve(info: Info, url: AddressArgument) -> Resolved | None:
    """Return the article at an address, with the status of an HTTP response to it."""
    row = await article_at(info, url)
    if row is None:
        return None
    present = article_urls.site_url(row, info.context.settings.article_url)
    return Resolved(row, OK if article_urls.is_present(url, present) else MOVED, present)


def _article(parent: Parent[Resolved]) -> ArticleRow:
    return parent.article


@strawberry.type(description="What is at an address: an article, or a redirect to it.")
class Resolution:
    """Resolved from a `Resolved`."""

    status: int = field(
        "The status of an HTTP response: 200 if this is its present address, 301 if it has moved "
        "to `url`, however often it moved before."
    )
    url: str | None = field("Where it is read now, as `Article.url`; null if the hub knows none.")
    article: Article = resolved(_article, "The article.")
