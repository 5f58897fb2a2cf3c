"""Lists of articles shared by several types, in an order of the database."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Annotated, Literal, assert_never

import strawberry

from hub.db.keyset import Key, parse_page_args
from hub.reads.articles import ArticleRow, Order, sort_value
from hub.reads.authors import AuthorRow
from hub.reads.projection import PartialArticleRow
from hub.reads.topics import TopicRow
from schema.context import HubContext, Info
from schema.loaders import Label
from schema.types.paging import RowConnection

OrderArgument = Annotated[Order, strawberry.argument(description="The order of the list.")]


def article_key(order: Order) -> Callable[[PartialArticleRow], Key]:
    """Return the function that computes an article's cursor key in this order."""
    return lambda row: (sort_value(row, order), row.id)


async def articles_under(
    info: Info,
    label: Label,
    parent: TopicRow | AuthorRow,
    page: tuple[int | None, str | None, int | None, str | None],
    order: Order,
) -> RowConnection[ArticleRow]:
    """Load the articles of a topic or author."""
    loaders, slug = info.context.loaders, parent.slug
    result = await loaders.articles_of(label, parse_page_args(*page), order).load(slug)
    info.context.cache_tags.add(label.removesuffix("s"), (parent.id,))
    add_list_tags(info.context, result.rows, order)
    return RowConnection(
        result, article_key(order), lambda: loaders.article_count_of(label).load(slug)
    )


def add_list_tags(context: HubContext, rows: Iterable[PartialArticleRow], order: Order) -> None:
    """Add the cache tags of a list's articles, and of the data that its order depends on."""
    context.cache_tags.add("article", [row.id for row in rows])
    match order:
        case Order.MOST_DISCUSSED:
            context.cache_tags.add("comments")
        case Order.NEWEST | Order.OLDEST | Order.RECENTLY_UPDATED:
            pass  # these depend on the articles alone
        case _:
            assert_never(order)


def add_label_tags(context: HubContext, kind: Literal["topic", "author"]) -> None:
    """Add the tags of lists of labels: they depend on the labels and on the articles below."""
    context.cache_tags.add("labels")
    context.cache_tags.add(kind)
