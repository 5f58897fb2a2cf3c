"""Topics: what articles are about, as a tree."""

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
from schema.execution.field_resolvers import From
from schema.types.enums import ArticleOrder
from schema.types.fields import ARTICLE_CONNECTION, identified, loaded, resolved, shown
from schema.types.lists import Sorted, articles_under
from schema.types.node import Node
from schema.types.paging import After, Before, Connection, Edge, First, Last, Listing


def topic_key(row: TopicRow) -> Key:
    """The key of a topic in the list of all."""
    return row.name, row.id


def _parent(info: Info) -> From:
    return From(info.context.loaders.topic)


def _ancestors(info: Info) -> From:
    return From(info.context.loaders.ancestors)


def _children(info: Info) -> From:
    return From(info.context.loaders.children)


def _articles(
    parent: Parent[TopicRow],
    info: Info,
    first: First = None,
    after: After = None,
    last: Last = None,
    before: Before = None,
    order: Sorted = ArticleOrder.NEWEST,
) -> Awaitable[Listing[ArticleRow]]:
    return articles_under(info, "topics", parent, (first, after, last, before), order)


@strawberry.type(description="What articles are about; topics form a tree.")
class Topic(Node):
    """Shows a `TopicRow`."""

    id: strawberry.ID = identified(ids.TOPIC, "Global and opaque.")
    slug: str = shown("The topic's name in addresses and filters; unique.")
    name: str = shown("As readers see it.")
    description: str = shown("What belongs here, as plain text; may be empty.")
    parent: Topic | None = loaded(_parent, "The topic right above; null at the top.", "parent_id")
    ancestors: list[Topic] = loaded(_ancestors, "All topics above, the nearest first.")
    children: list[Topic] = loaded(_children, "The topics right below, by name.")
    articles = resolved(
        _articles, "Articles on this topic or on one below it.", of=ARTICLE_CONNECTION
    )

    @classmethod
    def is_type_of(cls, obj: Any, _info: Any) -> bool:
        """Whether it is a topic's row."""
        return isinstance(obj, TopicRow)


@strawberry.type(description="A topic in a list.")
class TopicEdge(Edge):
    """An edge of `TopicConnection`."""

    node: Topic = shown("The topic.")


@strawberry.type(description="A page of a list of topics.")
class TopicConnection(Connection):
    """Shows a `Listing[TopicRow]`."""

    edges: list[TopicEdge] = shown("The topics of this page, each with its cursor.")
    nodes: list[Topic] = shown("The topics of this page.")
