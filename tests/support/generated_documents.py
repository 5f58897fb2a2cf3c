"""Random GraphQL documents for the schema: any field, any argument, valid and invalid values."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any

from graphql import (
    GraphQLEnumType,
    GraphQLField,
    GraphQLInputObjectType,
    GraphQLInputType,
    GraphQLList,
    GraphQLNonNull,
    GraphQLOutputType,
    GraphQLSchema,
    get_named_type,
    is_abstract_type,
    is_composite_type,
)
from hypothesis import strategies as st

MAX_DEPTH = 4
STRINGS = (
    "",
    "a",
    "bread",
    "\u202e\u0000",
    "x" * 300,
    "2024-01-01T00:00:00Z",
    "QXJ0aWNsZTox",
    "'\"",
)
MOMENT = "2024-01-01T00:00:00Z"
SMALL_NUMBERS = ("0", "1", "2", "3", "20", "100", "101", "-1")
NUMBERS = ("0", "1", "-1", "20", "101", "2147483648", "1e9", "0.5")


@st.composite
def operations(
    draw: st.DrawFn,
    schema: GraphQLSchema,
    kind: str,
    *,
    strings: Sequence[str] = STRINGS,
    valid: bool = False,
) -> str:
    """Generate an operation of this kind; its strings are from `strings`.

    A `valid` one selects each field once, and gives each argument a value of its type.
    """
    root = schema.query_type if kind == "query" else schema.mutation_type
    assert root is not None
    return kind + " Made " + _Generator(draw, schema, strings, valid).selection(root, 0)


class _Generator:
    """Generator of an operation."""

    def __init__(
        self, draw: st.DrawFn, schema: GraphQLSchema, strings: Sequence[str], valid: bool
    ) -> None:
        self._draw = draw
        self._schema = schema
        self._strings = strings
        self._valid = valid

    def selection(self, type_: Any, depth: int) -> str:
        """Generate a selection of a composite type."""
        draw = self._draw
        if is_abstract_type(type_) and (not hasattr(type_, "fields") or draw(st.booleans())):
            options = sorted(self._schema.get_possible_types(type_), key=lambda option: option.name)
            chosen = draw(st.lists(st.sampled_from(options), min_size=1, max_size=2, unique=True))
            inside = (f"... on {item.name} {self.selection(item, depth + 1)}" for item in chosen)
            return "{ __typename " + " ".join(inside) + " }"
        names = sorted(type_.fields)
        if depth >= MAX_DEPTH:
            names = [
                name
                for name in names
                if not is_composite_type(_inner_type(type_.fields[name].type))
            ]
        selected = draw(st.lists(st.sampled_from(names), max_size=4, unique=True)) if names else []
        parts = ["__typename"]
        for name in map(str, selected):
            alias = draw(st.sampled_from(["", "", "", f"other_{name}: "]))
            if not self._valid:
                alias = alias and "other: "
            skip = draw(st.sampled_from(["", "", "", " @skip(if: false)", " @include(if: $no)"]))
            field = self._field(name, type_.fields[name], depth, skip)
            parts.append(alias + field)
        return "{ " + " ".join(parts) + " }"

    def _field(self, name: str, field: GraphQLField, depth: int, directives: str) -> str:
        arguments = []
        for key, argument in sorted(field.args.items()):
            required = isinstance(argument.type, GraphQLNonNull)
            if required or self._draw(st.booleans()):
                arguments.append(f"{key}: {self._value(argument.type, 0)}")
        text = name + (f"({', '.join(arguments)})" if arguments else "") + directives
        type_ = _inner_type(field.type)
        return text + (" " + self.selection(type_, depth + 1) if is_composite_type(type_) else "")

    def _value(self, type_: GraphQLInputType, depth: int) -> str:
        """Generate a literal of the type; sometimes of another, unless all must be valid."""
        draw = self._draw
        if not self._valid and draw(st.integers(0, 19)) == 0:
            return draw(
                st.sampled_from(["null", "NO_SUCH", "[[1]]", '"x"', "{a: 1}", "$none", "3"])
            )
        if isinstance(type_, GraphQLNonNull):
            return self._value(type_.of_type, depth)
        if isinstance(type_, GraphQLList):
            size = draw(st.integers(0, 3 if depth < 3 else 0))
            return "[" + ", ".join(self._value(type_.of_type, depth + 1) for _ in range(size)) + "]"
        if isinstance(type_, GraphQLEnumType):
            return str(draw(st.sampled_from(sorted(type_.values))))
        if isinstance(type_, GraphQLInputObjectType):
            return self._object(type_, depth)
        if type_.name in ("Int", "Float"):
            return draw(st.sampled_from(SMALL_NUMBERS if self._valid else NUMBERS))
        if type_.name == "Boolean":
            return draw(st.sampled_from(["true", "false"]))
        if type_.name == "DateTime" and self._valid:
            return json.dumps(MOMENT)
        return json.dumps(draw(st.sampled_from(self._strings)))

    def _object(self, type_: GraphQLInputObjectType, depth: int) -> str:
        parts = []
        for name, field in sorted(type_.fields.items()):
            required = isinstance(field.type, GraphQLNonNull)
            if required or (depth < 3 and self._draw(st.integers(0, 2)) == 0):
                parts.append(f"{name}: {self._value(field.type, depth + 1)}")
        return "{" + ", ".join(parts) + "}"


def _inner_type(type_: GraphQLOutputType) -> Any:
    return get_named_type(type_)
