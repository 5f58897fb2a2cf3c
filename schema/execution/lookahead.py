"""What a selection looks at of the rows that it shows, so that nothing else need be read."""

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
    get_named_type,
)
from graphql.execution.values import get_argument_values

from hub.db.keyset import Window
from schema.execution.field_resolvers import SHORTCUT, Shortcut

Wanted: TypeAlias = Mapping[str, frozenset[str] | None]
"""By the name of a type, the attributes of what it shows; None where any may be looked at."""


class Selections(Protocol):
    """What there is to know of an operation."""

    schema: GraphQLSchema

    def below(self, type_: GraphQLObjectType, details: list[Any]) -> dict[str, list[Any]]:
        """See `schema.execution.plans.Execution`."""
        ...


def below(type_: Any, details: list[Any], selections: Selections) -> Wanted:
    """What is looked at below a field of this type, as far as its value leads by attributes.

    What loaders and resolvers answer with, they find out for themselves.
    """
    found: dict[str, frozenset[str] | None] = {}
    waiting = [(get_named_type(type_), details)]
    while waiting:
        shown, details = waiting.pop()
        if not isinstance(shown, GraphQLObjectType):
            continue
        for same in selections.below(shown, details).values():
            name = same[0].node.name.value
            if name == "__typename":
                continue
            definition = selections.schema.get_field(shown, name)
            shortcut: Shortcut | None = definition.extensions.get(SHORTCUT) if definition else None
            known = found.get(shown.name, frozenset())
            needs = None if shortcut is None else shortcut.needs
            found[shown.name] = None if known is None or needs is None else known | needs
            if definition and shortcut and shortcut.read is not None:
                waiting.append((get_named_type(definition.type), same))
    return found


def slice_of(info: Any, connection: str, cut: Window) -> Window:
    """The window of a connection, without a look beyond it where nobody asks what is there."""
    looked = of(info, connection)
    # Who counts the list may be told by its end.
    return cut if looked is None or "page_info" in looked else cut._replace(peeks=False)


def of(info: Any, type_: str) -> frozenset[str] | None:
    """What is looked at of the rows that `type_` shows, below the field that is being resolved.

    None where all may be, and where no plan tells.
    """
    wanted: Wanted | None = getattr(info, "wanted", None)
    return None if wanted is None else wanted.get(type_, frozenset())


def arguments(info: Any, *path: str) -> list[dict[str, Any]]:
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
