"""The lists that several types have: articles under a label, and from the database's order."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Annotated

import strawberry

from hub.db.keyset import Key, window
from hub.reads.articles import ArticleRow, Order, sort_value
from hub.reads.authors import AuthorRow
from hub.reads.topics import TopicRow
from schema.context import HubContext, Info
from schema.loaders import Label
from schema.types.paging import Listing

Sorted = Annotated[Order, strawberry.argument(description="The order of the list.")]


def article_key(order: Order) -> Callable[[ArticleRow], Key]:
    """The key of an article in this order."""
    return lambda row: (sort_value(row, order), row.id)


async def articles_under(
    info: Info,
    label: Label,
    parent: TopicRow | AuthorRow,
    page: tuple[int | None, str | None, int | None, str | None],
    order: Order,
) -> Listing[ArticleRow]:
    """The articles under a topic or author."""
    loaders, slug = info.context.loaders, parent.slug
    found = await loaders.articles_of(label, window(*page), order).load(slug)
    info.context.notes.read(label.removesuffix("s"), (parent.id,))
    note_listed(info.context, found.rows, order)
    return Listing(found, article_key(order), lambda: loaders.article_count_of(label).load(slug))


def note_listed(context: HubContext, rows: Iterable[ArticleRow], order: Order) -> None:
    """Note what a list of articles shows of each, and what its order goes by."""
    context.notes.read("article", [row.id for row in rows])
    if order is Order.MOST_DISCUSSED:
        context.notes.read("comments")
