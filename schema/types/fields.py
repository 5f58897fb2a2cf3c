"""How fields are declared: by the value they hold, or by the function that resolves them."""

from __future__ import annotations

from collections.abc import Callable
from functools import lru_cache
from inspect import Parameter, signature
from operator import attrgetter
from typing import Any

import strawberry
from strawberry import Parent
from strawberry.types.base import StrawberryList, StrawberryOptional
from strawberry.types.lazy_type import LazyType

from schema import ids
from schema.context import Info
from schema.execution.field_resolvers import LOADS, READS, From, Loads, Reads

_ROW: Any = Parent  # of which mypy knows no parameter
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


def derived(how: Callable[..., Callable[[Any], object]], description: str, *needs: str) -> Any:
    """A field that is made of its row alone, at once: of these attributes.

    `how` takes arguments, and says once for all rows how each of them is read.
    """

    def resolve(parent: Any, **given: Any) -> Any:
        return how(**given)(parent)

    return strawberry.field(
        resolver=_of_a_row(resolve, how),
        description=description,
        metadata={READS: Reads(lru_cache(how), frozenset(needs))},
    )


def identified(kind: str, description: str, key: str = "id") -> Any:
    """A field that shows the global id of a row of this kind, whose number is the attribute."""

    def how() -> Callable[[Any], str]:
        return ids.reader(kind, key)

    return derived(how, description, key.partition(".")[0])


def loaded(ask: Callable[..., From], description: str, key: str = "id", of: object = None) -> Any:
    """A field that a loader answers, of the type `of`, or as annotated.

    `ask` takes `info` and arguments, and says which loader, once for all rows, without effects;
    `key` is the attribute of rows that it goes by. Where that is None, the field is null.
    """
    by = attrgetter(key)

    async def resolve(parent: Any, info: Info, **given: Any) -> Any:
        found = ask(info, **given)
        if (number := by(parent)) is None:
            return None
        value = await found.loader.load(number)
        return value if found.show is None else found.show(value, number)

    return strawberry.field(
        resolver=_of_a_row(resolve, ask),
        description=description,
        graphql_type=of,
        metadata={LOADS: Loads(ask, by, frozenset({key.partition(".")[0]}))},
    )


def _of_a_row(resolve: Callable[..., Any], asked: Callable[..., Any]) -> Callable[..., Any]:
    """The resolver, taking a row and what `asked` takes."""
    shape = signature(asked)
    row = Parameter("parent", Parameter.POSITIONAL_OR_KEYWORD, annotation=_ROW[Any])
    resolve.__signature__ = shape.replace(  # type: ignore[attr-defined]
        parameters=[row, *shape.parameters.values()], return_annotation=Any
    )
    resolve.__module__ = asked.__module__  # where the names in its annotations are known
    return resolve
