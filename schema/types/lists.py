"""The lists that several types have: articles under a label, and from the database's order."""

from __future__ import annotations

from collections.abc import Callable
from typing import Annotated

import strawberry

from hub.paging import Key, window
from hub.reads.articles import ArticleRow, Order, sort_value
from schema.context import Info
from schema.loaders import Label
from schema.types.paging import Listing

Sorted = Annotated[Order, strawberry.argument(description="The order of the list.")]


def article_key(order: Order) -> Callable[[ArticleRow], Key]:
    """The key of an article in this order."""
    return lambda row: (sort_value(row, order), row.id)


async def articles_under(
    info: Info,
    label: Label,
    slug: str,
    page: tuple[int | None, str | None, int | None, str | None],
    order: Order,
) -> Listing[ArticleRow]:
    """The articles under a topic's or author's slug."""
    loaders = info.context.loaders
    found = await loaders.articles_of(label, window(*page), order).load(slug)
    return Listing(found, article_key(order), lambda: loaders.article_count_of(label).load(slug))
