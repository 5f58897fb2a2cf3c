"""Authors: the bylines of articles."""

from __future__ import annotations

from collections.abc import Awaitable
from typing import Any

import strawberry
from strawberry import Parent

from hub.db.keyset import Key
from hub.reads.articles import ArticleRow
from hub.reads.authors import AuthorRow
from schema import ids
from schema.context import Info
from schema.types.enums import ArticleOrder
from schema.types.fields import ARTICLE_CONNECTION, identified, resolved, shown
from schema.types.lists import Sorted, articles_under
from schema.types.node import Node
from schema.types.paging import After, Before, Connection, Edge, First, Last, Listing


def author_key(row: AuthorRow) -> Key:
    """The key of an author in the list of all."""
    return row.name, row.id


def _articles(
    parent: Parent[AuthorRow],
    info: Info,
    first: First = None,
    after: After = None,
    last: Last = None,
    before: Before = None,
    order: Sorted = ArticleOrder.NEWEST,
) -> Awaitable[Listing[ArticleRow]]:
    return articles_under(info, "authors", parent, (first, after, last, before), order)


@strawberry.type(description="A byline. Holds nothing private.")
class Author(Node):
    """Shows an `AuthorRow`."""

    id: strawberry.ID = identified(ids.AUTHOR, "Global and opaque.")
    slug: str = shown("The author's name in addresses; unique.")
    name: str = shown("As the byline shows it.")
    bio: str = shown("A few words about the author, as plain text; may be empty.")
    articles = resolved(_articles, "Articles with this byline.", of=ARTICLE_CONNECTION)

    @classmethod
    def is_type_of(cls, obj: Any, _info: Any) -> bool:
        """Whether it is an author's row."""
        return isinstance(obj, AuthorRow)


@strawberry.type(description="An author in a list.")
class AuthorEdge(Edge):
    """An edge of `AuthorConnection`."""

    node: Author = shown("The author.")


@strawberry.type(description="A page of a list of authors.")
class AuthorConnection(Connection):
    """Shows a `Listing[AuthorRow]`."""

    edges: list[AuthorEdge] = shown("The authors of this page, each with its cursor.")
    nodes: list[Author] = shown("The authors of this page.")
