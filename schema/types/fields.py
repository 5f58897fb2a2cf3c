"""How fields are declared: by the value they hold, or by the function that resolves them."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import strawberry
from strawberry.types.base import StrawberryList, StrawberryOptional
from strawberry.types.lazy_type import LazyType

_ARTICLE: Any = LazyType("Article", "schema.types.article")
ARTICLE = StrawberryOptional(_ARTICLE)
"""`Article`, for the types that articles are made of."""

SURE_ARTICLE = _ARTICLE
"""`Article!`, likewise."""

ARTICLES = StrawberryList(_ARTICLE)
"""`[Article!]!`, likewise."""

ARTICLE_CONNECTION: Any = LazyType("ArticleConnection", "schema.types.article")
"""`ArticleConnection!`, likewise."""


def shown(description: str, of: object = None, name: str | None = None) -> Any:
    """A field that shows the attribute it is assigned to; of the type `of`, or as annotated.

    Called `name`, where that is not the attribute's own.
    """
    return strawberry.field(description=description, graphql_type=of, name=name)


def resolved(resolver: Callable[..., object], description: str, of: object = None) -> Any:
    """A field that `resolver` answers with rows; of the type `of`, or as annotated.

    The types of the schema describe rows and are seldom made, hence what a resolver answers
    with is not what its field is annotated with. It may take its row first, `info`, and arguments.
    Below the root, `info` has its context alone, and it has no effects: it may be run again.
    """
    return strawberry.field(resolver=resolver, description=description, graphql_type=of)
