"""Lookahead: the attributes of rows that a selection reads, so that only these are queried."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, Protocol, TypeAlias

from graphql import (
    FieldNode,
    FragmentSpreadNode,
    GraphQLObjectType,
    GraphQLResolveInfo,
    GraphQLSchema,
    InlineFragmentNode,
    SelectionSetNode,
    get_argument_values,
    get_named_type,
)

from hub.db.keyset import PageArgs
from schema.execution.field_resolvers import FIELD_ACCESS, FieldAccess
from schema.execution.internals import raw_info

Lookahead: TypeAlias = Mapping[str, frozenset[str] | None]
"""The attributes of rows that are read, by the name of their type; None where any may be."""


class Selections(Protocol):
    """The part of an execution that a lookahead needs."""

    schema: GraphQLSchema

    def below(self, type_: GraphQLObjectType, details: list[Any]) -> dict[str, list[Any]]:
        """See `schema.execution.plans.Execution`."""
        ...


def look_below(type_: Any, details: list[Any], selections: Selections) -> Lookahead:
    """Return the attributes read below a field of this type, as far as plain attributes lead.

    Loaders and resolvers look ahead below their own fields themselves.
    """
    attributes: dict[str, frozenset[str] | None] = {}
    stack = [(get_named_type(type_), details)]
    while stack:
        parent, details = stack.pop()
        if not isinstance(parent, GraphQLObjectType):
            continue
        for field_details in selections.below(parent, details).values():
            name = field_details[0].node.name.value
            if name == "__typename":
                continue
            definition = selections.schema.get_field(parent, name)
            access: FieldAccess | None = (
                definition.extensions.get(FIELD_ACCESS) if definition else None
            )
            previous = attributes.get(parent.name, frozenset())
            needs = None if access is None else access.needs
            attributes[parent.name] = (
                None if previous is None or needs is None else previous | needs
            )
            if definition and access and access.read is not None:
                stack.append((get_named_type(definition.type), field_details))
    return attributes


def narrow_page(info: Any, connection: str, page_args: PageArgs) -> PageArgs:
    """Return the page arguments of a connection, without `peeks` if `pageInfo` is not selected."""
    attributes = selected_attributes(info, connection)
    if attributes is None or "page_info" in attributes:
        return page_args
    return page_args._replace(peeks=False)


def selected_attributes(info: Any, type_: str) -> frozenset[str] | None:
    """Return the attributes read of rows of `type_`, below the field that is being resolved.

    None where any may be, and where no plan is used.
    """
    lookahead: Lookahead | None = getattr(info, "lookahead", None)
    return None if lookahead is None else lookahead.get(type_, frozenset())


def arguments(info: Any, *path: str) -> list[dict[str, Any]]:
    """Return the arguments of each selection of the field at `path` below the current field.

    Empty when it is not selected. `@skip` and `@include` are ignored: fields that they exclude
    may be computed in vain, and are not returned.
    """
    raw = raw_info(info)
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
