"""The Topic type: a tree of subjects."""

from __future__ import annotations

from collections.abc import Awaitable
from typing import Annotated, Any

import strawberry
from strawberry import Parent

from hub.db.keyset import Key, parse_page_args
from hub.errors import Invalid
from hub.reads import topics
from hub.reads.articles import ArticleRow
from hub.reads.topics import TopicRow
from schema import ids
from schema.context import Info
from schema.execution.field_resolvers import LoaderField
from schema.types.enums import ArticleOrder
from schema.types.fields import ARTICLE_CONNECTION, batched, field, id_field, resolved
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

MAX_TAXONOMIES = 100
"""Maximum of taxonomies that a list of topics is limited to."""


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
    name: str = name_field("As readers see it.")
    translations: list[LabelName] = translations_field()
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


def topic_by_slug(
    info: Info,
    slug: Annotated[str, strawberry.argument(description="Its slug, or one that it once had.")],
) -> Awaitable[TopicRow | None]:
    """Resolve to the topic of a slug, as far as the viewer may see it."""
    add_label_tags(info.context, "topic")
    return topics.by_slug(info.context.db, slug, info.context.viewer)


async def topic_list(
    info: Info,
    first: First = None,
    after: After = None,
    last: Last = None,
    before: Before = None,
    roots_only: Annotated[
        bool, strawberry.argument(description="Only the topics without a parent.")
    ] = False,
    taxonomies: Annotated[
        list[str] | None,
        strawberry.argument(description="Only topics of these taxonomies, as `category`."),
    ] = None,
) -> RowConnection[TopicRow]:
    """Resolve to a page of the topics, by name.

    Raises:
        Invalid: too many taxonomies.
    """
    db, viewer = info.context.db, info.context.viewer
    add_label_tags(info.context, "topic")
    page_args = parse_page_args(first, after, last, before)
    if len(taxonomies or ()) > MAX_TAXONOMIES:
        raise Invalid("taxonomies", f"must be at most {MAX_TAXONOMIES}")
    names = [name.lower() for name in taxonomies or ()]
    page = await topics.page(db, page_args, viewer, roots_only=roots_only, taxonomies=names)
    return RowConnection(
        page,
        topic_key,
        lambda: topics.count(db, viewer, roots_only=roots_only, taxonomies=names),
    )
