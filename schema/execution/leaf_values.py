"""How leaves are completed: scalars, enums, and lists of them, as graphql-core does."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from graphql import (
    GraphQLEnumType,
    GraphQLList,
    GraphQLNonNull,
    GraphQLOutputType,
    is_leaf_type,
)
from graphql.pyutils import Undefined

from schema.execution.scalars import written

_EXACT: dict[str, type] = {"String": str, "ID": str, "Boolean": bool}
"""The classes of values that are complete as they are."""

LARGEST = 2**31
"""Integers of GraphQL are smaller."""

_ANY = "{one}({value})"
_OF_A_CLASS = "{value} if {value}.__class__ is {of} else {one}({value})"
_SMALL = "{value} if {value}.__class__ is int and -{most} <= {value} < {most} else {one}({value})"
_TEXT = "{quick}({value}) if {value}.__class__ is str else {one}({value})"


class Incomplete(Exception):
    """A value that a field may not have."""


@dataclass(frozen=True, slots=True, eq=False)
class Leaf:
    """How a value is completed: as a Python expression, of `{value}` and of `names`.

    Evaluating it raises Incomplete, or what the type itself raises. One is like no other.
    """

    source: str
    names: Mapping[str, object]

    def of(self, value: str, suffix: str, scope: dict[str, Any]) -> str:
        """The expression for the variable `value`; its names, with a suffix, go into `scope`."""
        called = {name: f"{name}{suffix}" for name in self.names}
        scope |= {called[name]: what for name, what in self.names.items()}
        return self.source.format(value=value, **called)

    def column(self) -> Callable[[Sequence[Any]], list[Any]]:
        """Completes several values."""
        scope: dict[str, Any] = {}
        source = self.of("value", "", scope)
        found: Callable[[Sequence[Any]], list[Any]]
        found = eval(f"lambda values: [{source} for value in values]", scope)
        return found


@lru_cache(maxsize=1_024)
def leaf(type_: GraphQLOutputType) -> Leaf | None:
    """How values of this type are completed; None for objects, and lists of them."""
    required = isinstance(type_, GraphQLNonNull)
    of: Any = type_.of_type if isinstance(type_, GraphQLNonNull) else type_
    if isinstance(of, GraphQLList):
        item = leaf(of.of_type)
        return item and Leaf(_ANY, {"one": _lists(item.column(), required=required)})
    if not is_leaf_type(of):
        return None
    one = _one(of.coerce_output_value, required=required)
    if of.name in _EXACT:
        return Leaf(_OF_A_CLASS, {"of": _EXACT[of.name], "one": one})
    if of.name == "Int":
        return Leaf(_SMALL, {"most": LARGEST, "one": one})
    if of.name == "DateTime":  # rows hold moments as text, and there are many
        return Leaf(_TEXT, {"quick": written, "one": one})
    if isinstance(of, GraphQLEnumType):
        named = {value.value: key for key, value in of.values.items()}
        return Leaf(_TEXT, {"quick": named.__getitem__, "one": one})
    return Leaf(_ANY, {"one": one})


def _lists(items: Callable[[Sequence[Any]], list[Any]], *, required: bool) -> Callable[[Any], Any]:
    def one(value: Any) -> Any:
        if value.__class__ is list or value.__class__ is tuple:
            return items(value)
        if value is None and not required:
            return None
        raise Incomplete

    return one


def _one(coerce: Callable[[Any], Any], *, required: bool) -> Callable[[Any], Any]:
    def one(value: Any) -> Any:
        if value is None and not required:
            return None
        if value is None or value is Undefined or isinstance(value, Exception):
            raise Incomplete
        coerced = coerce(value)
        if coerced is None or coerced is Undefined:
            raise Incomplete
        return coerced

    return one
