"""Completion of leaf values (scalars, enums, and lists of them), as graphql-core does it."""

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
    Undefined,
    is_leaf_type,
)

from schema.execution.scalars import serialize_datetime

_EXACT: dict[str, type] = {"String": str, "ID": str, "Boolean": bool}
"""Types whose values of this class need no completion."""

INT_BOUND = 2**31
"""Exclusive upper bound of GraphQL's Int."""

_ANY = "{complete}({value})"
_EXACT_CLASS = "{value} if {value}.__class__ is {class_} else {complete}({value})"
_INT = (
    "{value} if {value}.__class__ is int and -{bound} <= {value} < {bound} else {complete}({value})"
)
_TEXT = "{convert}({value}) if {value}.__class__ is str else {complete}({value})"


class CompletionError(Exception):
    """A value is not valid for its field."""


@dataclass(frozen=True, slots=True, eq=False)
class Leaf:
    """The completion of a value: a template of a Python expression of `{value}` and `names`.

    Evaluating it raises CompletionError, or what the type itself raises. Compared by identity
    (eq=False).
    """

    source: str
    names: Mapping[str, object]

    def expression(self, value: str, suffix: str, scope: dict[str, Any]) -> str:
        """Return the expression for the variable `value`; add its suffixed names to `scope`."""
        renamed = {name: f"{name}{suffix}" for name in self.names}
        scope |= {renamed[name]: target for name, target in self.names.items()}
        return self.source.format(value=value, **renamed)

    def compile(self) -> Callable[[Sequence[Any]], list[Any]]:
        """Return a function that completes several values."""
        scope: dict[str, Any] = {}
        source = self.expression("value", "", scope)
        compiled: Callable[[Sequence[Any]], list[Any]]
        compiled = eval(f"lambda values: [{source} for value in values]", scope)
        return compiled


@lru_cache(maxsize=1_024)
def leaf_of(type_: GraphQLOutputType) -> Leaf | None:
    """Return the completion of values of this type; None for objects, and lists of them."""
    required = isinstance(type_, GraphQLNonNull)
    of: Any = type_.of_type if isinstance(type_, GraphQLNonNull) else type_
    if isinstance(of, GraphQLList):
        item = leaf_of(of.of_type)
        return item and Leaf(_ANY, {"complete": _list_completer(item.compile(), required=required)})
    if not is_leaf_type(of):
        return None
    complete = _leaf_completer(of.coerce_output_value, required=required)
    if of.name in _EXACT:
        return Leaf(_EXACT_CLASS, {"class_": _EXACT[of.name], "complete": complete})
    if of.name == "Int":
        return Leaf(_INT, {"bound": INT_BOUND, "complete": complete})
    if of.name == "DateTime":  # rows hold timestamps as text; the fast path for many of them
        return Leaf(_TEXT, {"convert": serialize_datetime, "complete": complete})
    if isinstance(of, GraphQLEnumType):
        names = {value.value: key for key, value in of.values.items()}
        return Leaf(_TEXT, {"convert": names.__getitem__, "complete": complete})
    return Leaf(_ANY, {"complete": complete})


def _list_completer(
    items: Callable[[Sequence[Any]], list[Any]], *, required: bool
) -> Callable[[Any], Any]:
    def complete(value: Any) -> Any:
        if value.__class__ is list or value.__class__ is tuple:
            return items(value)
        if value is None and not required:
            return None
        raise CompletionError

    return complete


def _leaf_completer(coerce: Callable[[Any], Any], *, required: bool) -> Callable[[Any], Any]:
    def complete(value: Any) -> Any:
        if value is None and not required:
            return None
        if value is None or value is Undefined or isinstance(value, Exception):
            raise CompletionError
        coerced = coerce(value)
        if coerced is None or coerced is Undefined:
            raise CompletionError
        return coerced

    return complete
