"""Cost of a query: the most objects that it can return, with nested lists multiplied.

Computed after validation and before anything is read. A page counts as many objects as were
requested, whether that many exist or not; values, edges and page information cost nothing.
Each fragment is measured once, so that measuring takes time in proportion to the document.
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
"""Assumed size of a list without a size argument: an article's topics, a facet's buckets."""

_SIZES = ("first", "last", "size")
_FREE = ("Edge", "Connection", "PageInfo")


def cost(
    schema: GraphQLSchema,
    document: DocumentNode,
    operation: OperationDefinitionNode,
    variables: Mapping[str, Any],
) -> int:
    """Return the most objects that an operation can return; `variables` are the uncoerced ones."""
    root = schema.get_root_type(operation.operation)
    return _Meter(schema, document, operation, variables).measure(operation.selection_set, root)


def cost_variables(document: DocumentNode) -> tuple[str, ...]:
    """Return the names of the variables on which costs may depend, sorted."""
    names = {
        argument.value.name.value
        for field in _fields(document)
        for argument in field.arguments or ()
        if argument.name.value in (*_SIZES, "ids") and isinstance(argument.value, VariableNode)
    }
    return tuple(sorted(names))


def _fields(document: DocumentNode) -> Iterator[FieldNode]:
    stack = [getattr(definition, "selection_set", None) for definition in document.definitions]
    while stack:
        selected = stack.pop()
        for node in selected.selections if selected else ():
            if isinstance(node, FieldNode):
                yield node
            stack.append(getattr(node, "selection_set", None))


class _Meter:
    """Measure the selections of one operation."""

    def __init__(
        self,
        schema: GraphQLSchema,
        document: DocumentNode,
        operation: OperationDefinitionNode,
        variables: Mapping[str, Any],
    ) -> None:
        self._schema = schema
        self._fragments = {
            definition.name.value: definition
            for definition in document.definitions
            if isinstance(definition, FragmentDefinitionNode)
        }
        self._defaults = {
            definition.variable.name.value: definition.default_value
            for definition in operation.variable_definitions or ()
        }
        self._variables = variables
        self._fragment_costs: dict[str, int] = {}

    def measure(self, selected: SelectionSetNode | None, parent: GraphQLNamedType | None) -> int:
        """Return the cost of a selection set on a type."""
        total = 0
        for node in selected.selections if selected else ():
            if isinstance(node, FieldNode):
                total += self._measure_field(node, parent)
            elif isinstance(node, InlineFragmentNode):
                name = node.type_condition.name.value if node.type_condition else ""
                type_ = self._schema.get_type(name) if name else parent
                total += self.measure(node.selection_set, type_)
            elif isinstance(node, FragmentSpreadNode):
                total += self._measure_fragment(node.name.value)
        return total

    def _measure_fragment(self, name: str) -> int:
        total = self._fragment_costs.get(name)
        if total is None:
            fragment = self._fragments[name]
            type_ = self._schema.get_type(fragment.type_condition.name.value)
            total = self._fragment_costs[name] = self.measure(fragment.selection_set, type_)
        return total

    def _measure_field(self, node: FieldNode, parent: GraphQLNamedType | None) -> int:
        name = node.name.value
        if name.startswith("__") or not isinstance(
            parent, GraphQLObjectType | GraphQLInterfaceType
        ):
            return 0
        field = parent.fields[name]
        type_ = get_named_type(field.type)
        if is_leaf_type(type_):
            return 0
        below = self.measure(node.selection_set, type_)
        own = 0 if type_.name.endswith(_FREE) else 1
        arguments = {item.name.value: item.value for item in node.arguments or ()}
        sizes = [name for name in _SIZES if name in field.args]
        if sizes:
            requested = [self._number(arguments[name]) for name in sizes if name in arguments]
            default = field.args[sizes[0]].default_value
            default = default if isinstance(default, int) else DEFAULT_PAGE
            size = max((number for number in requested if number is not None), default=default)
            return 1 + min(max(size, 1), MAX_PAGE) * max(below, 1)
        if "ids" in arguments:
            return min(self._length(arguments["ids"]), MAX_PAGE) * (own + below)
        of_page = parent.name.endswith("Connection")  # its size is counted at the field above
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
