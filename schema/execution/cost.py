"""Cost of a query: the work that it can make, in units of about one object of the response.

Computed after validation and before anything is read. A page counts as many objects as were
requested, whether that many exist or not. Only the lists of a connection (`edges`, `nodes`) are
multiplied by its size: its other fields count once. Edges and page information cost nothing, nor
do the first plain values of an object; a field that takes work of its own has a `weight`, see
`schema.types.fields`. Work that depends on the length of texts is counted when they are read, see
`schema.execution.budget`. Each fragment is measured once, so that measuring takes time in
proportion to the document.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, NamedTuple, TypeAlias

from graphql import (
    DocumentNode,
    FieldNode,
    FragmentDefinitionNode,
    FragmentSpreadNode,
    GraphQLField,
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
from schema.execution.field_resolvers import measure_of, weight_of

LIST = 5
"""Assumed size of a list without a size argument: an article's topics, a facet's buckets."""

FREE_LEAVES = 10
"""Plain values that are included in the unit of their object; as many more cost another unit."""

_PAGE_SIZES = ("first", "last")
_NUMBERS = ("depth",)
"""Other numbers that fields are measured by, see `measure_of`."""

_BUCKETS = "size"
_FREE = ("Edge", "Connection", "PageInfo")
_ROWS = ("edges", "nodes")
"""The lists of a connection that are as long as its page."""


class Cost(NamedTuple):
    """The cost of a selection set.

    `once` is that of the object itself, `per_item` that of one item of each of its lists, and
    `leaves` counts its plain values.
    """

    once: int = 0
    per_item: int = 0
    leaves: int = 0

    def total(self, size: int = LIST) -> int:
        """Return the cost with lists of this size."""
        return self.once + size * self.per_item + self.leaves // FREE_LEAVES


_LEAF = Cost(leaves=1)
_INTROSPECTION_SIZES = {"types": 120, "fields": LIST, "directives": LIST}
"""Sizes of the lists of an introspection query; an average field has one argument."""


def integer_sent(value: object) -> int | None:
    """Return the integer that a variable's value is taken as; 24.0 is one too, as in GraphQL."""
    if isinstance(value, float) and value.is_integer():
        return int(value)
    return value if isinstance(value, int) else None


def cost(
    schema: GraphQLSchema,
    document: DocumentNode,
    operation: OperationDefinitionNode,
    variables: Mapping[str, Any],
) -> int:
    """Return the cost of an operation; `variables` are the uncoerced ones."""
    root = schema.get_root_type(operation.operation)
    meter = _Meter(schema, document, operation, variables)
    return meter.measure(operation.selection_set, root).total()


def cost_variables(document: DocumentNode) -> tuple[str, ...]:
    """Return the names of the variables on which costs may depend, sorted."""
    sizes = (*_PAGE_SIZES, *_NUMBERS, _BUCKETS, "ids")
    names = {
        argument.value.name.value
        for field in _fields(document)
        for argument in field.arguments or ()
        if argument.name.value in sizes and isinstance(argument.value, VariableNode)
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


def _of_page(below: Cost, size: int, weight: int, item: int | None) -> Cost:
    """Return the cost of a list with a page size, or of a connection if `item` is None."""
    if item is not None:
        return Cost(once=weight + 1 + size * (item + below.total()))
    # The rows of a page are read even if only its count is selected.
    return Cost(once=weight + 1 + below._replace(per_item=max(below.per_item, 1)).total(size))


def _is_beside_page(parent: GraphQLNamedType, name: str, field: GraphQLField) -> bool:
    """Return whether a field is a list of a connection that does not grow with its page."""
    return (
        parent.name.endswith("Connection")
        and name not in _ROWS
        and not field.args
        and is_list_type(get_nullable_type(field.type))
    )


Sizes: TypeAlias = frozenset[tuple[str, int]]
"""The sizes of the lists of an object, by the names of their fields."""


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
        self._fragment_costs: dict[tuple[str, Sizes], Cost] = {}

    def measure(
        self,
        selected: SelectionSetNode | None,
        parent: GraphQLNamedType | None,
        sizes: Sizes = frozenset(),
    ) -> Cost:
        """Return the cost of a selection set on a type; `sizes` are those of lists of its own."""
        once = per_item = leaves = 0
        for node in selected.selections if selected else ():
            if isinstance(node, FieldNode):
                part = self._measure_field(node, parent, dict(sizes))
            elif isinstance(node, InlineFragmentNode):
                name = node.type_condition.name.value if node.type_condition else ""
                type_ = self._schema.get_type(name) if name else parent
                part = self.measure(node.selection_set, type_, sizes)
            elif isinstance(node, FragmentSpreadNode):
                part = self._measure_fragment(node.name.value, sizes)
            else:  # pragma: no cover (there is no fourth kind)
                continue
            once += part.once
            per_item += part.per_item
            leaves += part.leaves
        return Cost(once, per_item, leaves)

    def _measure_fragment(self, name: str, sizes: Sizes) -> Cost:
        total = self._fragment_costs.get((name, sizes))
        if total is None:
            fragment = self._fragments[name]
            type_ = self._schema.get_type(fragment.type_condition.name.value)
            total = self.measure(fragment.selection_set, type_, sizes)
            self._fragment_costs[name, sizes] = total
        return total

    def _measure_field(
        self, node: FieldNode, parent: GraphQLNamedType | None, sizes: Mapping[str, int]
    ) -> Cost:
        name = node.name.value
        if name == "__typename" or not isinstance(parent, GraphQLObjectType | GraphQLInterfaceType):
            return _LEAF
        field = self._schema.get_field(parent, name)
        if field is None:  # the document is not valid
            return _LEAF
        weight = weight_of(field)
        type_ = get_named_type(field.type)
        if is_leaf_type(type_):
            return Cost(once=weight) if weight else _LEAF
        arguments = {item.name.value: item.value for item in node.arguments or ()}
        if (measure := measure_of(field)) is not None:
            own, list_sizes = measure(**self._numbers(field, arguments))
            total = self.measure(node.selection_set, type_, frozenset(list_sizes.items())).total()
            # The objects of the first list are read even if it is not selected.
            return Cost(once=weight + own + 1 + max(total, next(iter(list_sizes.values()))))
        size = LIST if _is_beside_page(parent, name, field) else sizes.get(name)
        return self._measure_object(node, field, arguments, size)

    def _measure_object(
        self,
        node: FieldNode,
        field: GraphQLField,
        arguments: Mapping[str, ValueNode],
        list_size: int | None,
    ) -> Cost:
        """Return the cost of a field with an object, or with a list of perhaps this size."""
        name, weight, type_ = node.name.value, weight_of(field), get_named_type(field.type)
        below = self.measure(node.selection_set, type_)
        if list_size is not None:
            return Cost(once=weight + list_size * (1 + below.total()))
        item = 0 if type_.name.endswith(_FREE) else 1
        is_list = is_list_type(get_nullable_type(field.type))
        if type_.name.startswith("__"):
            return Cost(once=_INTROSPECTION_SIZES.get(name, 1) * (is_list + below.total(1)))
        if "ids" in arguments:
            length = min(self._length(arguments["ids"]), MAX_PAGE)
            return Cost(once=weight + length * (item + below.total()))
        if any(name in field.args for name in _PAGE_SIZES):
            size = self._size(field, arguments, _PAGE_SIZES)
            return _of_page(below, size, weight, item if is_list else None)
        if _BUCKETS in field.args:
            size = self._size(field, arguments, (_BUCKETS,))
            return Cost(once=weight + LIST * (item + below.total(size)))
        if is_list:
            return Cost(once=weight, per_item=item + below.total())
        return Cost(once=weight + item + below.total())

    def _size(
        self, field: GraphQLField, arguments: Mapping[str, ValueNode], names: Sequence[str]
    ) -> int:
        """Return the largest size that the arguments of these names request."""
        requested = [self._number(arguments[name]) for name in names if name in arguments]
        default = next(field.args[name] for name in names if name in field.args).default_value
        default = default if isinstance(default, int) else DEFAULT_PAGE
        size = max((number for number in requested if number is not None), default=default)
        return min(max(size, 1), MAX_PAGE)

    def _numbers(self, field: GraphQLField, arguments: Mapping[str, ValueNode]) -> dict[str, int]:
        """Return the numbers that a field is measured by, as they are sent or by default."""
        return {
            name: number if number is not None else field.args[name].default_value
            for name in (*_PAGE_SIZES, *_NUMBERS)
            if name in field.args
            for number in (self._number(arguments.get(name)),)
        }

    def _number(self, value: ValueNode | None) -> int | None:
        if isinstance(value, IntValueNode):
            return int(value.value)
        if isinstance(value, VariableNode):
            name = value.name.value
            if name in self._variables:
                return integer_sent(self._variables[name])
            return self._number(self._defaults.get(name))
        return None

    def _length(self, value: ValueNode | None) -> int:
        if isinstance(value, ListValueNode):
            return len(value.values)
        if isinstance(value, VariableNode):
            sent = self._variables.get(value.name.value)
            return len(sent) if isinstance(sent, list) else 1
        return 1
