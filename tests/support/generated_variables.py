"""Random calls of root fields, with variables for all arguments: valid and invalid JSON values."""

from __future__ import annotations

import json
from typing import Any

from graphql import (
    GraphQLEnumType,
    GraphQLInputObjectType,
    GraphQLInputType,
    GraphQLList,
    GraphQLNonNull,
    GraphQLSchema,
    get_named_type,
    is_leaf_type,
)
from hypothesis import strategies as st

from tests.support.generated_documents import NUMBERS, STRINGS

CURSORS = (
    "WyIyMDI2LTExLTA1IDA4OjMwOjAwKzAwOjAwIiwxNF0",
    "WzEsMV0",
    "W251bGwsMV0",
    "WzFlMzA5LDFd",
    "WyJcdTAwMDAiLDFd",
    "WzEsOTIyMzM3MjAzNjg1NDc3NTgwOF0",
    "AQAAAAAAAAAAANJeU3ZZBgA0AAAAAAAAAAYAAADMvKjy",
    "A" * 48,
)
"""Cursors of lists, and forged ones: null, infinity, NUL and numbers beyond 64 bits."""
TEXTS = (*STRINGS, *CURSORS)
PAGE = "{ __typename edges { cursor node { __typename } } pageInfo { endCursor } }"


ANYTHING: st.SearchStrategy[Any] = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-(2**63), 2**63 - 1)
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(st.characters(exclude_categories=["Cs"]), max_size=20)
    | st.sampled_from(TEXTS),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(st.text("aetx", max_size=3), inner, max_size=3)
    ),
    max_leaves=8,
)


@st.composite
def calls(draw: st.DrawFn, schema: GraphQLSchema, kind: str) -> tuple[str, dict[str, Any]]:
    """Generate an operation on a root field with a variable for each argument, and their values.

    Values are JSON: mostly of the argument's type, sometimes anything.
    """
    root = schema.query_type if kind == "query" else schema.mutation_type
    assert root is not None
    name = draw(st.sampled_from(sorted(root.fields)))
    field = root.fields[name]
    arguments = {arg: definition.type for arg, definition in sorted(field.args.items())}
    declared = ", ".join(f"${arg}: {type_}" for arg, type_ in arguments.items())
    passed = ", ".join(f"{arg}: ${arg}" for arg in arguments)
    answer = get_named_type(field.type)
    selected = PAGE if answer.name.endswith("Connection") else "{ __typename }"
    call = f"{name}({passed})" if arguments else name
    text = f"{kind} Made{f'({declared})' if arguments else ''} {{ {call} "
    text += "}" if is_leaf_type(answer) else f"{selected} }}"
    return text, {arg: _json(draw, type_, 0) for arg, type_ in arguments.items()}


def _json(draw: st.DrawFn, type_: GraphQLInputType, depth: int) -> Any:
    if draw(st.integers(0, 9)) == 0:
        return draw(ANYTHING)
    if isinstance(type_, GraphQLNonNull):
        return _json(draw, type_.of_type, depth)
    if draw(st.integers(0, 9)) == 0:
        return None
    if isinstance(type_, GraphQLList):
        size = draw(st.integers(0, 3 if depth < 3 else 0))
        return [_json(draw, type_.of_type, depth + 1) for _ in range(size)]
    if isinstance(type_, GraphQLEnumType):
        return draw(st.sampled_from(sorted(type_.values)))
    if isinstance(type_, GraphQLInputObjectType):
        chosen = {
            name: field.type
            for name, field in sorted(type_.fields.items())
            if isinstance(field.type, GraphQLNonNull) or (depth < 3 and draw(st.booleans()))
        }
        return {name: _json(draw, field, depth + 1) for name, field in chosen.items()}
    if type_.name in ("Int", "Float"):
        return draw(st.sampled_from([json.loads(number) for number in NUMBERS]))
    if type_.name == "Boolean":
        return draw(st.booleans())
    return draw(st.sampled_from(TEXTS))
