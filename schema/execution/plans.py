"""Plans: a selection analysed once, and executed for all rows at once.

A plan reads a field as a column: of every row of a level before the next field, and of an entire
level before the next one, so that loaders have all keys together. The result equals that of
graphql-core's executor for the same rows. A plan handles only the case without errors: at the
first error, or null in a non-null position, it stops, and graphql-core reports error and path.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterable
from functools import lru_cache, partial
from typing import Any, Protocol

from graphql import (
    FieldNode,
    GraphQLBoolean,
    GraphQLField,
    GraphQLID,
    GraphQLInt,
    GraphQLList,
    GraphQLNonNull,
    GraphQLObjectType,
    GraphQLOutputType,
    GraphQLSchema,
    GraphQLString,
    ValueNode,
    VariableNode,
    get_nullable_type,
    is_abstract_type,
)

from schema.execution import lookahead
from schema.execution.dataloader import DeferredColumn, Dispatcher
from schema.execution.field_resolvers import FIELD_ACCESS, FieldAccess, Resolver
from schema.execution.leaf_values import Leaf, leaf_of
from schema.execution.lookahead import Lookahead
from schema.execution.object_codegen import Field, object_maker

ROWS_BETWEEN_YIELDS = 1_000
"""Rows of a level after which the plan yields to the event loop."""

COUNT_FIELD = "totalCount"
"""Field with the count of a connection; enqueued early where the database has latency."""

_UNCONVERTED_TYPES = (GraphQLString, GraphQLID, GraphQLBoolean, GraphQLInt)
"""Types whose coerced values need no conversion for a resolver."""


class FallbackToExecutor(Exception):
    """A selection or value that plans do not support."""


class Execution(Protocol):
    """The part of an operation's execution that a plan needs."""

    schema: GraphQLSchema

    @property
    def absent(self) -> frozenset[str]:
        """The variables without a value in the request: the same for every use of the plan."""
        ...

    @property
    def dispatcher(self) -> Dispatcher:
        """The dispatcher of the loaders that resolvers use."""
        ...

    def below(self, type_: GraphQLObjectType, details: list[Any]) -> dict[str, list[Any]]:
        """Return the fields selected of objects of this type below a field, by response name."""
        ...

    def single_plan(self, column: Column) -> Plan:
        """Return the plan of an object with this field alone; cached outside of the column."""
        ...

    def arguments(self, column: Column) -> dict[str, Any]:
        """Return the arguments of a field as its resolver takes them."""
        ...

    def info(self, column: Column) -> Any:
        """Return a resolver's `info`: of the operation, and at the root also of its field."""
        ...


class Column:
    """A field of a selection, read and completed for all rows at once."""

    __slots__ = (
        "_arguments",
        "_resolver",
        "attribute",
        "definition",
        "details",
        "leaf",
        "lookahead",
        "name",
        "nested",
        "parent",
        "selects_count",
        "template",
        "variables",
    )

    def __init__(
        self, parent: GraphQLObjectType, name: str, details: list[Any], execution: Execution
    ) -> None:
        """Analyse a field. Raises FallbackToExecutor.

        `variables` maps arguments to the variables that are their entire values; it is empty if an
        argument depends on variables in another way. `template` caches the other arguments.
        `attribute` reads the field from a row, where it has no resolver. `lookahead` holds the
        attributes read below, for its resolver.
        """
        self.parent, self.name, self.details = parent, name, details
        self.variables: dict[str, str] = {}
        self.template: dict[str, Any] | None = None
        self.leaf: Leaf | None = None
        self.selects_count = False
        self.nested: Nested | None = None
        self._resolver: Resolver | None = None
        self._arguments: dict[str, Any] | None = None
        self.lookahead: Lookahead | None = None
        node: FieldNode = details[0].node
        if node.name.value == "__typename":
            self.attribute: Callable[[Any], Any] | None = _constant_reader(parent.name)
            return
        definition = execution.schema.get_field(parent, node.name.value)
        access: FieldAccess | None = definition.extensions.get(FIELD_ACCESS) if definition else None
        if definition is None or access is None:
            raise FallbackToExecutor
        self.definition = definition
        self.attribute, self._resolver = access.read, access.resolver
        if self._resolver is not None and not _depends_on_variables(node, execution.absent):
            self._arguments = execution.arguments(self)
            if self._resolver.row_resolver is not None:
                self.attribute = self._resolver.row_resolver.reader(**self._arguments)
                self._resolver = None if self.attribute is not None else self._resolver
        elif self._resolver is not None:
            self.variables = _direct_variables(node, definition, self._resolver, execution.absent)
        self.leaf = leaf_of(self.definition.type)
        if self.leaf is None:
            self.nested = Nested(self.definition.type, details)
            if self._resolver is not None and self._resolver.info_name is not None:
                self.lookahead = lookahead.look_below(self.definition.type, details, execution)
            self.selects_count = self.nested.selects(COUNT_FIELD, execution)

    @property
    def node(self) -> FieldNode:
        """The field's first node in the document."""
        node: FieldNode = self.details[0].node
        return node

    @property
    def resolver(self) -> Resolver:
        """The field's resolver. Raises FallbackToExecutor for fields that are attributes."""
        if self._resolver is None:
            raise FallbackToExecutor
        return self._resolver

    def read(self, rows: list[Any], execution: Execution) -> DeferredColumn[Any, Any] | list[Any]:
        """Read the field of each row; the result or some of its values may be awaitable."""
        resolver = self._resolver
        if resolver is None:
            return list(map(self.attribute, rows))  # type: ignore[arg-type]
        arguments = self._call_arguments(resolver, execution)
        batch_resolver = resolver.batch_resolver
        if resolver.row_resolver is not None:
            reader = resolver.row_resolver.reader(**execution.arguments(self))
            if reader is not None:
                return list(map(reader, rows))
        if batch_resolver is None:
            if not resolver.takes_row:
                return [resolver.call(**arguments) for _ in rows]
            call = partial(resolver.call, **arguments) if arguments else resolver.call
            return list(map(call, rows))
        loader, transform, counts, finish = batch_resolver.loader_field(**arguments)
        keys = list(map(batch_resolver.key, rows))
        if self.selects_count and counts is not None and execution.dispatcher.has_latency:
            counts.enqueue([key for key in keys if key is not None])
        return DeferredColumn(loader, keys, transform, finish)

    def value(self, execution: Execution) -> Any:
        """Resolve a root field, which has no row; the result may be awaitable."""
        if self.attribute is not None:
            return self.attribute(None)
        return self.resolver.call(**self._call_arguments(self.resolver, execution))

    def _call_arguments(self, resolver: Resolver, execution: Execution) -> dict[str, Any]:
        """Return the resolver's keyword arguments."""
        arguments = self._arguments
        if arguments is None:
            arguments = execution.arguments(self)
        if resolver.info_name is not None:
            arguments = {**arguments, resolver.info_name: execution.info(self)}
        return arguments


class Plan:
    """The columns of a selection on an object type.

    `columns` are those that are more than an attribute of a leaf type: they are read before the
    objects are built, and passed to `make` in their order. `nested` holds the indexes of those
    with objects below.
    """

    __slots__ = ("columns", "make", "nested")

    def __init__(self, columns: list[Column]) -> None:
        self.columns = [item for item in columns if item.attribute is None or item.nested]
        self.nested = [(at, item.nested) for at, item in enumerate(self.columns) if item.nested]
        self.make = object_maker(
            tuple(
                Field(item.name, None if item in self.columns else item.attribute, item.leaf)
                for item in columns
            )
        )


class Nested:
    """The objects of a column, whose values are a row, a list of rows, or None."""

    __slots__ = ("_details", "_is_list", "_item_required", "_plans", "_required", "_type")

    def __init__(self, type_: GraphQLOutputType, details: list[Any]) -> None:
        """Raises FallbackToExecutor for nested lists."""
        of, self._required = _strip_non_null(type_)
        self._is_list, self._item_required = isinstance(of, GraphQLList), self._required
        if isinstance(of, GraphQLList):
            of, self._item_required = _strip_non_null(of.of_type)
        if not (isinstance(of, GraphQLObjectType) or is_abstract_type(of)):
            raise FallbackToExecutor
        self._type = of
        self._details = details
        self._plans: dict[type, Plan] = {}

    def selects(self, name: str, execution: Execution) -> bool:
        """Tell whether a field is selected; False for abstract types."""
        if not isinstance(self._type, GraphQLObjectType):
            return False
        below = execution.below(self._type, self._details)
        return any(details[0].node.name.value == name for details in below.values())

    def rows(self, values: list[Any]) -> list[Any]:
        """Return the rows in the values of a column, without nulls. Raises FallbackToExecutor."""
        rows = values
        if self._is_list:
            rows = []
            for value in values:
                if value.__class__ in (list, tuple):
                    rows += value
                elif value is not None or self._required:
                    raise FallbackToExecutor
        if None not in rows:
            return rows
        if self._item_required:
            raise FallbackToExecutor
        return [row for row in rows if row is not None]

    def fold(self, values: list[Any], objects: list[Any]) -> list[Any]:
        """Return the values of a column with their rows replaced by `objects`."""
        remaining = iter(objects)
        if not self._is_list:
            if len(objects) == len(values):
                return objects
            return [None if value is None else next(remaining) for value in values]
        if len(values) == 1 and len(objects) == len(values[0] or ()):
            return [None if values[0] is None else objects]
        return [
            None if value is None else [None if row is None else next(remaining) for row in value]
            for value in values
        ]

    def plan(self, row: Any, execution: Execution) -> Plan:
        """Return the plan for rows of this row's class. Raises FallbackToExecutor."""
        plan = self._plans.get(row.__class__)
        if plan is None:
            type_ = self._type_of(row, execution.schema)
            below = execution.below(type_, self._details)
            plan = Plan([Column(type_, name, item, execution) for name, item in below.items()])
            self._plans[row.__class__] = plan
        return plan

    def _type_of(self, row: Any, schema: GraphQLSchema) -> GraphQLObjectType:
        """Return the type of a row, which is the type of all rows of its class."""
        if isinstance(row, Exception):
            raise FallbackToExecutor
        if isinstance(self._type, GraphQLObjectType):
            if self._type.is_type_of is None or self._type.is_type_of(row, _NO_INFO):
                return self._type
            raise FallbackToExecutor
        for type_ in schema.get_possible_types(self._type):
            if type_.is_type_of is None:
                raise FallbackToExecutor
            if type_.is_type_of(row, _NO_INFO):
                return type_
        raise FallbackToExecutor


_NO_INFO: Any = None
"""The `is_type_of` of this schema's types ignores its info: it checks the row's class alone."""


class _Frame:
    """Rows of a level that share a plan, with their columns and the frames below."""

    __slots__ = ("_below", "columns", "objects", "plan", "rows")

    def __init__(self, plan: Plan, rows: list[Any]) -> None:
        self.plan = plan
        self.rows = rows
        self.columns: list[Any] = []
        self.objects: list[dict[str, Any]] = []
        self._below: list[tuple[int, Nested, list[Any], list[_Frame]]] = []

    def read(self, execution: Execution) -> None:
        """Read the plan's columns; they may have to be awaited."""
        for column in self.plan.columns:
            self.columns.append(column.read(self.rows, execution))

    def descend(self, execution: Execution) -> list[_Frame]:
        """Return the frames of the rows below the columns."""
        nested_frames: list[_Frame] = []
        for at, nested in self.plan.nested:
            rows = nested.rows(self.columns[at])
            classes = set(map(type, rows))
            if len(classes) == 1:
                frames = [_Frame(nested.plan(rows[0], execution), rows)]
            else:
                groups = ([row for row in rows if row.__class__ is class_] for class_ in classes)
                frames = [_Frame(nested.plan(group[0], execution), group) for group in groups]
            nested_frames += frames
            self._below.append((at, nested, rows, frames))
        return nested_frames

    def fold(self, execution: Execution) -> None:
        """Build the objects, after those of the frames below."""
        for at, nested, rows, frames in self._below:
            if len(frames) == 1:
                objects = frames[0].objects
            else:
                remaining = {frame.plan: iter(frame.objects) for frame in frames}
                objects = [next(remaining[nested.plan(row, execution)]) for row in rows]
            self.columns[at] = nested.fold(self.columns[at], objects)
        self.objects = self.plan.make(self.rows, *self.columns)


async def complete(column: Column, value: Any, execution: Execution) -> Any:
    """Complete a field's value with all that is selected below it.

    Raises FallbackToExecutor, and what a resolver raises; no error is collected.
    """
    plan = execution.single_plan(column)
    top = _Frame(plan, [None])
    if plan.columns:  # empty for __typename
        top.columns.append([value])
    level, all_frames = top.descend(execution), [top]
    while level:
        all_frames += level
        number = 0
        try:
            for frame in level:
                frame.read(execution)
                number += len(frame.rows)
        except Exception:
            close_coroutines(values for frame in level for values in frame.columns)
            raise
        await execution.dispatcher.resolve_columns([frame.columns for frame in level])
        if number > ROWS_BETWEEN_YIELDS:
            await asyncio.sleep(0)
        level = [below for frame in level for below in frame.descend(execution)]
    for frame in reversed(all_frames):
        frame.fold(execution)
    return top.objects[0][column.name]


def close_coroutines(columns: Iterable[Any]) -> None:
    """Close coroutines that will not be awaited, to avoid RuntimeWarnings."""
    for values in columns:
        for value in values if isinstance(values, list) else ():
            if asyncio.iscoroutine(value):
                value.close()


@lru_cache(maxsize=1_024)
def _constant_reader(name: str) -> Callable[[Any], str]:
    """Return a function that returns `name` for any row."""
    return lambda _: name


def _strip_non_null(type_: Any) -> tuple[Any, bool]:
    """Return a type without its NonNull wrapper, and whether it had one."""
    return (type_.of_type, True) if isinstance(type_, GraphQLNonNull) else (type_, False)


def _depends_on_variables(node: FieldNode, absent: frozenset[str]) -> bool:
    """Tell whether a field's arguments depend on variables other than those that are `absent`."""
    return any(_uses_variable(argument.value, absent) for argument in node.arguments or ())


def _direct_variables(
    node: FieldNode, definition: GraphQLField, resolver: Resolver, absent: frozenset[str]
) -> dict[str, str]:
    """Return the variables that are arguments' entire values, by parameter name.

    Empty if an argument depends on a variable in another way.
    """
    variables: dict[str, str] = {}
    for argument in node.arguments or ():
        name, value = argument.name.value, argument.value
        if not _uses_variable(value, absent):
            continue
        if isinstance(value, VariableNode):
            if get_nullable_type(definition.args[name].type) not in _UNCONVERTED_TYPES:
                return {}
            variables[resolver.argument_names[name]] = value.name.value
        else:
            return {}
    return variables


def _uses_variable(value: ValueNode, absent: frozenset[str]) -> bool:
    match value.kind:
        case "variable":
            return value.name.value not in absent  # type: ignore[attr-defined]
        case "list_value":
            return any(_uses_variable(item, absent) for item in value.values)  # type: ignore[attr-defined]
        case "object_value":
            return any(_uses_variable(field.value, absent) for field in value.fields)  # type: ignore[attr-defined]
    return False
