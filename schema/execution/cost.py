"""What a query may come to: the objects that it can ask for, with lists inside lists multiplied.

Found out after validation and before anything is read. A page counts as many objects as were
asked for, whether there are so many or not; values, edges and page information cost nothing.
Each fragment is measured once, so the measuring itself takes time in proportion to the document.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from graphql import (
    DocumentNode,
    FieldNode,
    FragmentDefinitionNode,
    FragmentSpreadNode,
    GraphQLInterfaceType,
    GraphQLNamedType,
    GraphQLObjectType,
    GraphQLSchema,
    InlineFragmentNode,
    IntValueNode,
    ListValueNode,
    OperationDefinitionNode,
    SelectionSetNode,
    ValueNode,
    VariableNode,
    get_named_type,
    get_nullable_type,
    is_leaf_type,
    is_list_type,
)

from hub.db.keyset import DEFAULT_PAGE, MAX_PAGE

LIST = 5
"""Objects that a list without a size is taken to have: an article's topics, a facet's buckets."""

_SIZES = ("first", "last", "size")
_FREE = ("Edge", "Connection", "PageInfo")


def cost(
    schema: GraphQLSchema,
    document: DocumentNode,
    operation: OperationDefinitionNode,
    variables: Mapping[str, Any],
) -> int:
    """The most objects that an operation can answer with; `variables` as they were sent."""
    root = schema.get_root_type(operation.operation)
    return _Meter(schema, document, operation, variables).selections(operation.selection_set, root)


def deciding_variables(document: DocumentNode) -> tuple[str, ...]:
    """The names of the variables on which costs may depend, in order."""
    found = {
        argument.value.name.value
        for field in _fields(document)
        for argument in field.arguments or ()
        if argument.name.value in (*_SIZES, "ids") and isinstance(argument.value, VariableNode)
    }
    return tuple(sorted(found))


def _fields(document: DocumentNode) -> Iterator[FieldNode]:
    waiting = [getattr(definition, "selection_set", None) for definition in document.definitions]
    while waiting:
        selected = waiting.pop()
        for node in selected.selections if selected else ():
            if isinstance(node, FieldNode):
                yield node
            waiting.append(getattr(node, "selection_set", None))


class _Meter:
    """Measures the selections of one operation."""

    def __init__(
        self,
        schema: GraphQLSchema,
        document: DocumentNode,
        operation: OperationDefinitionNode,
        variables: Mapping[str, Any],
    ) -> None:
        self._schema = schema
        self._fragments = {
            one.name.value: one
            for one in document.definitions
            if isinstance(one, FragmentDefinitionNode)
        }
        self._defaults = {
            one.variable.name.value: one.default_value
            for one in operation.variable_definitions or ()
        }
        self._variables = variables
        self._known: dict[str, int] = {}

    def selections(self, selected: SelectionSetNode | None, parent: GraphQLNamedType | None) -> int:
        """What a selection set on a type comes to."""
        total = 0
        for node in selected.selections if selected else ():
            if isinstance(node, FieldNode):
                total += self._field(node, parent)
            elif isinstance(node, InlineFragmentNode):
                name = node.type_condition.name.value if node.type_condition else ""
                type_ = self._schema.get_type(name) if name else parent
                total += self.selections(node.selection_set, type_)
            elif isinstance(node, FragmentSpreadNode):
                total += self._fragment(node.name.value)
        return total

    def _fragment(self, name: str) -> int:
        known = self._known.get(name)
        if known is None:
            fragment = self._fragments[name]
            type_ = self._schema.get_type(fragment.type_condition.name.value)
            known = self._known[name] = self.selections(fragment.selection_set, type_)
        return known

    def _field(self, node: FieldNode, parent: GraphQLNamedType | None) -> int:
        name = node.name.value
        if name.startswith("__") or not isinstance(
            parent, GraphQLObjectType | GraphQLInterfaceType
        ):
            return 0
        field = parent.fields[name]
        type_ = get_named_type(field.type)
        if is_leaf_type(type_):
            return 0
        below = self.selections(node.selection_set, type_)
        own = 0 if type_.name.endswith(_FREE) else 1
        given = {one.name.value: one.value for one in node.arguments or ()}
        sizes = [one for one in _SIZES if one in field.args]
        if sizes:
            asked = [self._number(given[one]) for one in sizes if one in given]
            usual = field.args[sizes[0]].default_value
            usual = usual if isinstance(usual, int) else DEFAULT_PAGE
            size = max((one for one in asked if one is not None), default=usual)
            return 1 + min(max(size, 1), MAX_PAGE) * max(below, 1)
        if "ids" in given:
            return min(self._length(given["ids"]), MAX_PAGE) * (own + below)
        of_page = parent.name.endswith("Connection")  # whose size has been counted above
        is_list = own and not of_page and is_list_type(get_nullable_type(field.type))
        return (LIST if is_list else 1) * (own + below)

    def _number(self, value: ValueNode | None) -> int | None:
        if isinstance(value, IntValueNode):
            return int(value.value)
        if isinstance(value, VariableNode):
            name = value.name.value
            if name in self._variables:
                sent = self._variables[name]
                return sent if isinstance(sent, int) else None
            return self._number(self._defaults.get(name))
        return None

    def _length(self, value: ValueNode | None) -> int:
        if isinstance(value, ListValueNode):
            return len(value.values)
        if isinstance(value, VariableNode):
            sent = self._variables.get(value.name.value)
            return len(sent) if isinstance(sent, list) else 1
        return 1
