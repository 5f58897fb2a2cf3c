"""What of a field's sub-fields is asked for, so that nothing else need be computed."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from graphql import (
    FieldNode,
    FragmentSpreadNode,
    GraphQLObjectType,
    GraphQLResolveInfo,
    InlineFragmentNode,
    SelectionSetNode,
    get_named_type,
)
from graphql.execution.values import get_argument_values

from schema.context import Info


def arguments(info: Info, *path: str) -> list[dict[str, Any]]:
    """The arguments of each selection of the field at `path` below the one being resolved.

    Empty when it is not selected. `@skip` and `@include` are not looked at: what they leave out
    may be computed in vain, and is not shown.
    """
    raw: GraphQLResolveInfo[Any] = info._raw_info
    parent = get_named_type(raw.return_type)
    nodes = list(raw.field_nodes)
    for name in path:
        if not isinstance(parent, GraphQLObjectType):
            return []
        field = parent.fields[name]
        nodes = [node for above in nodes for node in _fields(above.selection_set, name, raw)]
        parent = get_named_type(field.type)
    if not nodes:
        return []
    variables: Any = raw.variable_values
    return [get_argument_values(field, node, variables) for node in nodes]


def _fields(
    selections: SelectionSetNode | None, name: str, raw: GraphQLResolveInfo[Any]
) -> Iterator[FieldNode]:
    for node in selections.selections if selections else ():
        if isinstance(node, FieldNode):
            if node.name.value == name:
                yield node
        elif isinstance(node, InlineFragmentNode):
            yield from _fields(node.selection_set, name, raw)
        elif isinstance(node, FragmentSpreadNode):
            yield from _fields(raw.fragments[node.name.value].selection_set, name, raw)
