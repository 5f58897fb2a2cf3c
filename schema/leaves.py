"""How columns of leaves are completed: scalars, enums, and lists of them, as graphql-core does."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any, TypeAlias

from graphql import (
    GraphQLEnumType,
    GraphQLList,
    GraphQLNonNull,
    GraphQLOutputType,
    is_leaf_type,
)
from graphql.pyutils import Undefined

from schema.scalars import written

Complete: TypeAlias = Callable[[Iterable[Any]], list[Any]]
_EXACT: dict[str, type] = {"String": str, "ID": str, "Boolean": bool}
"""The classes of values that are complete as they are."""

LARGEST = 2**31
"""Integers of GraphQL are smaller."""


class Incomplete(Exception):
    """A value that a field may not have."""


def completing(type_: GraphQLOutputType) -> Complete | None:
    """Completes a column of this type; raises Incomplete, or what the type itself raises.

    None for objects, and lists of them.
    """
    required = isinstance(type_, GraphQLNonNull)
    of: Any = type_.of_type if isinstance(type_, GraphQLNonNull) else type_
    if isinstance(of, GraphQLList):
        items = completing(of.of_type)
        return None if items is None else _lists(items, required=required)
    return _leaves(of, required=required) if is_leaf_type(of) else None


def _lists(items: Complete, *, required: bool) -> Complete:
    def one(value: Any) -> Any:
        if value.__class__ is list or value.__class__ is tuple:
            return items(list(value))
        if value is None and not required:
            return None
        raise Incomplete

    return lambda values: [one(value) for value in values]


def _leaves(of: Any, *, required: bool) -> Complete:
    exact, coerce = _EXACT.get(of.name), of.coerce_output_value
    named = (
        {value.value: key for key, value in of.values.items()}
        if isinstance(of, GraphQLEnumType)
        else {}
    )

    def one(value: Any) -> Any:
        if value is None and not required:
            return None
        if value is None or value is Undefined or isinstance(value, Exception):
            raise Incomplete
        coerced = coerce(value)
        if coerced is None or coerced is Undefined:
            raise Incomplete
        return coerced

    if of.name == "DateTime":  # rows hold moments as text, and there are many
        return lambda values: [
            written(value) if value.__class__ is str else one(value) for value in values
        ]
    if of.name == "Int":
        return lambda values: [
            value if value.__class__ is int and -LARGEST <= value < LARGEST else one(value)
            for value in values
        ]
    if named:
        return lambda values: [
            named[value] if value.__class__ is str and value in named else one(value)
            for value in values
        ]
    return lambda values: [value if value.__class__ is exact else one(value) for value in values]
