"""Documents made up from the schema: any field, any argument, right values and wrong ones."""

from __future__ import annotations

import json
from typing import Any

from graphql import (
    GraphQLEnumType,
    GraphQLField,
    GraphQLInputObjectType,
    GraphQLInputType,
    GraphQLList,
    GraphQLNonNull,
    GraphQLObjectType,
    GraphQLOutputType,
    GraphQLSchema,
    get_named_type,
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
NUMBERS = ("0", "1", "-1", "20", "101", "2147483648", "1e9", "0.5")


@st.composite
def operations(draw: st.DrawFn, schema: GraphQLSchema, kind: str) -> str:
    """The text of an operation of this kind."""
    root = schema.query_type if kind == "query" else schema.mutation_type
    assert root is not None
    return kind + " Made " + _selection(draw, schema, root, 0)


def _selection(draw: st.DrawFn, schema: GraphQLSchema, type_: Any, depth: int) -> str:
    """A selection of a composite type."""
    if not isinstance(type_, GraphQLObjectType) and not hasattr(type_, "fields"):
        options = sorted(schema.get_possible_types(type_), key=lambda one: one.name)
        some = draw(st.lists(st.sampled_from(options), min_size=1, max_size=2, unique=True))
        inside = (f"... on {one.name} {_selection(draw, schema, one, depth + 1)}" for one in some)
        return "{ __typename " + " ".join(inside) + " }"
    names = sorted(type_.fields)
    if depth >= MAX_DEPTH:
        names = [name for name in names if not is_composite_type(_named(type_.fields[name].type))]
    some = draw(st.lists(st.sampled_from(names), max_size=4, unique=True)) if names else []
    parts = ["__typename"]
    for name in map(str, some):
        alias = draw(st.sampled_from(["", "", "", "other: "]))
        skip = draw(st.sampled_from(["", "", "", " @skip(if: false)", " @include(if: $no)"]))
        parts.append(alias + _field(draw, schema, name, type_.fields[name], depth) + skip)
    return "{ " + " ".join(parts) + " }"


def _field(
    draw: st.DrawFn, schema: GraphQLSchema, name: str, field: GraphQLField, depth: int
) -> str:
    given = []
    for argument, one in sorted(field.args.items()):
        required = isinstance(one.type, GraphQLNonNull)
        if required or draw(st.booleans()):
            given.append(f"{argument}: {_value(draw, one.type, 0)}")
    text = name + (f"({', '.join(given)})" if given else "")
    named = _named(field.type)
    return text + (
        " " + _selection(draw, schema, named, depth + 1) if is_composite_type(named) else ""
    )


def _named(type_: GraphQLOutputType) -> Any:
    return get_named_type(type_)


def _value(draw: st.DrawFn, type_: GraphQLInputType, depth: int) -> str:
    """A literal that mostly fits; now and then one of another type."""
    if draw(st.integers(0, 19)) == 0:
        return draw(st.sampled_from(["null", "NO_SUCH", "[[1]]", '"x"', "{a: 1}", "$none", "3"]))
    if isinstance(type_, GraphQLNonNull):
        return _value(draw, type_.of_type, depth)
    if isinstance(type_, GraphQLList):
        size = draw(st.integers(0, 3 if depth < 3 else 0))
        return "[" + ", ".join(_value(draw, type_.of_type, depth + 1) for _ in range(size)) + "]"
    if isinstance(type_, GraphQLEnumType):
        return str(draw(st.sampled_from(sorted(type_.values))))
    if isinstance(type_, GraphQLInputObjectType):
        return _object(draw, type_, depth)
    if type_.name in ("Int", "Float"):
        return draw(st.sampled_from(NUMBERS))
    if type_.name == "Boolean":
        return draw(st.sampled_from(["true", "false"]))
    return json.dumps(draw(st.sampled_from(STRINGS)))


def _object(draw: st.DrawFn, type_: GraphQLInputObjectType, depth: int) -> str:
    parts = []
    for name, field in sorted(type_.fields.items()):
        required = isinstance(field.type, GraphQLNonNull)
        if required or (depth < 3 and draw(st.integers(0, 2)) == 0):
            parts.append(f"{name}: {_value(draw, field.type, depth + 1)}")
    return "{" + ", ".join(parts) + "}"
