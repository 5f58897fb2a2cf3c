"""Field declarations: by the attribute of the source object, or by a resolver."""

from __future__ import annotations

from collections.abc import Callable
from functools import lru_cache
from inspect import Parameter, signature
from operator import attrgetter
from types import GenericAlias
from typing import Annotated, Any

import strawberry
from pydantic.alias_generators import to_camel
from strawberry import Parent

from schema import ids
from schema.context import Info
from schema.execution.field_resolvers import (
    BATCH_RESOLVER,
    MEASURE,
    ROW_RESOLVER,
    WEIGHT,
    BatchResolver,
    LoaderField,
    RowResolver,
)

_ROW: Any = Parent  # Any: mypy does not see that it is generic


def _lazy(name: str, module: str) -> Any:
    """Return a type of a module that imports the caller's."""
    annotated: Any = Annotated  # Any: for mypy the name would have to be imported
    return annotated[name, strawberry.lazy(module)]


ARTICLE_NON_NULL = _lazy("Article", "schema.types.article")
"""`Article!`, lazily, for the types which the module of `Article` imports."""

ARTICLE = ARTICLE_NON_NULL | None
"""`Article`, likewise."""

ARTICLES = GenericAlias(list, ARTICLE_NON_NULL)
"""`[Article!]!`, likewise."""

ARTICLE_CONNECTION = _lazy("ArticleConnection", "schema.types.article")
"""`ArticleConnection!`, likewise."""


def field(description: str, type_: object = None, name: str | None = None) -> Any:
    """Declare a field which reads the attribute of its own name; of `type_`, or as annotated.

    `name` is its GraphQL name, if it differs. In a class with a field named `field`, use
    `strawberry.field` instead: there this name is taken.
    """
    return strawberry.field(description=description, graphql_type=type_, name=name)


def resolved(
    resolver: Callable[..., object],
    description: str,
    type_: object = None,
    *,
    weight: int = 0,
    measure: Callable[..., tuple[int, dict[str, int]]] | None = None,
) -> Any:
    """Declare a field with a resolver that returns rows; of `type_`, or as annotated.

    The types of the schema describe rows and are seldom instantiated, so a resolver's return type
    differs from the field's annotation. It takes the row first (optional), `info`, and arguments.
    Below the root, `info` has only its context, and the resolver must have no side effects: it may
    run more than once. `weight` is its own cost, see `schema.execution.cost`; `measure` computes it
    where it depends on several numbers, see `measure_of`.
    """
    return strawberry.field(
        resolver=resolver,
        description=description,
        graphql_type=type_,
        metadata={WEIGHT: weight, MEASURE: measure},
    )


def computed(
    make_reader: Callable[..., Callable[[Any], object]],
    description: str,
    *needs: str,
    deprecation_reason: str | None = None,
) -> Any:
    """Declare a field which is computed synchronously from its row: from the attributes `needs`.

    `make_reader` takes the arguments and returns the function that reads a row; it is called once
    for all rows.
    """

    def resolve(parent: Any, **arguments: Any) -> Any:
        return make_reader(**arguments)(parent)

    return strawberry.field(
        resolver=_with_arguments_of(resolve, make_reader),
        description=description,
        deprecation_reason=deprecation_reason,
        metadata={ROW_RESOLVER: RowResolver(lru_cache(make_reader), frozenset(needs))},
    )


def renamed(attribute: str, description: str, *, since: str, removal: str) -> Any:
    """Declare a deprecated field under its former name; it reads the attribute of its successor.

    `since` is the version that deprecates it, `removal` the first one that may lack it.
    """

    def make_reader() -> Callable[[Any], object]:
        return attrgetter(attribute)

    reason = f"Use {to_camel(attribute)}, since {since}, removed not before {removal}."
    return computed(make_reader, description, attribute, deprecation_reason=reason)


def id_field(kind: str, description: str, key: str = "id") -> Any:
    """Declare a field with the global id of a row of this kind; `key` is its numeric id."""

    def make_reader() -> Callable[[Any], str]:
        return ids.reader(kind, key)

    return computed(make_reader, description, key.partition(".")[0])


def batched(
    choose_loader: Callable[..., LoaderField],
    description: str,
    key: str = "id",
    type_: object = None,
    *,
    weight: int = 0,
) -> Any:
    """Declare a field whose values come from a loader; of `type_`, or as annotated.

    `choose_loader` takes `info` and the arguments and returns the loader, once for all rows,
    without side effects; `key` is the row's attribute that is the loader's key. If that is None,
    the field is null. `weight` is its own cost, see `schema.execution.cost`.
    """
    get_key = attrgetter(key)

    async def resolve(parent: Any, info: Info, **arguments: Any) -> Any:
        source = choose_loader(info, **arguments)
        if (number := get_key(parent)) is None:
            return None
        value = await source.loader.load(number)
        value = value if source.transform is None else source.transform(value, number)
        return value if source.finish is None else (await source.finish([value]))[0]

    return strawberry.field(
        resolver=_with_arguments_of(resolve, choose_loader),
        description=description,
        graphql_type=type_,
        metadata={
            BATCH_RESOLVER: BatchResolver(
                choose_loader, get_key, frozenset({key.partition(".")[0]})
            ),
            WEIGHT: weight,
        },
    )


def _with_arguments_of(
    resolve: Callable[..., Any], function: Callable[..., Any]
) -> Callable[..., Any]:
    """Give the resolver the signature of `function`, with a row in front."""
    original = signature(function)
    row = Parameter("parent", Parameter.POSITIONAL_OR_KEYWORD, annotation=_ROW[Any])
    resolve.__signature__ = original.replace(  # type: ignore[attr-defined]
        parameters=[row, *original.parameters.values()], return_annotation=Any
    )
    resolve.__module__ = function.__module__  # where the names in its annotations can be resolved
    return resolve
