"""The Topic type: a tree of subjects."""

from __future__ import annotations

from collections.abc import Awaitable
from typing import Any

import strawberry
from strawberry import Parent

from hub.db.keyset import Key
from hub.reads.articles import ArticleRow
from hub.reads.topics import TopicRow
from schema import ids
from schema.context import Info
from schema.execution.field_resolvers import LoaderField
from schema.types.enums import ArticleOrder
from schema.types.fields import ARTICLE_CONNECTION, batched, field, id_field, resolved
from schema.types.lists import OrderArgument, articles_under
from schema.types.node import Node
from schema.types.paging import After, Before, First, Last, RowConnection, connection


def topic_key(row: TopicRow) -> Key:
    """Return the cursor key of a topic in the list of all topics."""
    return row.name, row.id


def _parent(info: Info) -> LoaderField:
    return LoaderField(info.context.loaders.topic)


def _ancestors(info: Info) -> LoaderField:
    return LoaderField(info.context.loaders.ancestors)


def _children(info: Info) -> LoaderField:
    return LoaderField(info.context.loaders.children)


def _article_count(info: Info) -> LoaderField:
    return LoaderField(info.context.loaders.topic_counts)


def _articles(
    parent: Parent[TopicRow],
    info: Info,
    first: First = None,
    after: After = None,
    last: Last = None,
    before: Before = None,
    order: OrderArgument = ArticleOrder.NEWEST,
) -> Awaitable[RowConnection[ArticleRow]]:
    return articles_under(info, "topics", parent, (first, after, last, before), order)


@strawberry.type(description="What articles are about; topics form a tree.")
class Topic(Node):
    """Resolved from a `TopicRow`."""

    id: strawberry.ID = id_field(ids.TOPIC, "Global and opaque.")
    slug: str = field("The topic's name in addresses and filters; unique.")
    name: str = field("As readers see it.")
    description: str = field("What belongs here, as plain text; may be empty.")
    taxonomy: str | None = field(
        "How its source classifies it: `category`, `tag`, `series`, or a taxonomy of its own, in "
        "lower case; null where nothing says so."
    )
    parent: Topic | None = batched(_parent, "The topic right above; null at the top.", "parent_id")
    ancestors: list[Topic] = batched(_ancestors, "All topics above, the nearest first.")
    children: list[Topic] = batched(_children, "The topics right below, by name.")
    article_count: int = batched(
        _article_count,
        "How many articles are on this topic or on one below it, of those that you may see.",
        weight=2,
    )
    articles = resolved(
        _articles, "Articles on this topic or on one below it.", type_=ARTICLE_CONNECTION
    )

    @classmethod
    def is_type_of(cls, obj: Any, _info: Any) -> bool:
        """Return True for a topic's row."""
        return isinstance(obj, TopicRow)


TopicConnection: Any = connection(Topic, "topic")
