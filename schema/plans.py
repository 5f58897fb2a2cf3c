"""Plans: what a selection asks of its rows, found out once and then done for all rows at once.

A plan reads a field as a column: of every row of a level before the next field, and of a whole
level before the next one, so that loaders have all keys together. What comes out is what
graphql-core's executor answers for the same rows. A plan knows only the smooth way: at the first
error, or null where none may be, it gives up, and graphql-core tells what is wrong, and where.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterable, Iterator
from itertools import repeat
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

from schema.batching import Loading, Turns
from schema.leaves import Complete, completing
from schema.shortcuts import SHORTCUT, Resolver, Shortcut

MANY = 1_000
"""Rows of a level after which others get a turn of the event loop."""

COUNT = "totalCount"
"""What connections count; asked for early where the database is waited for."""

_AS_THEY_ARE = (GraphQLString, GraphQLID, GraphQLBoolean, GraphQLInt)
"""Types of which a resolver takes a variable's value as it is."""


class Unplanned(Exception):
    """Nothing that a plan can do."""


class Execution(Protocol):
    """What a plan needs of the operation that it is a part of."""

    schema: GraphQLSchema

    @property
    def absent(self) -> frozenset[str]:
        """The variables that are not given, whose values are the same whenever the plan is used."""
        ...

    @property
    def turns(self) -> Turns:
        """The loaders that resolvers ask."""
        ...

    def below(self, type_: GraphQLObjectType, details: list[Any]) -> dict[str, list[Any]]:
        """What is selected of objects of this type below a field, by the names in the answer."""
        ...

    def arguments(self, column: Column) -> dict[str, Any]:
        """The arguments of a field as its resolver takes them."""
        ...

    def info(self, column: Column) -> Any:
        """What a resolver is told: of the operation, and at the root of its field."""
        ...


class Column:
    """A field of a selection, read and completed for all rows at once."""

    __slots__ = (
        "_arguments",
        "_resolver",
        "attribute",
        "complete",
        "counted",
        "definition",
        "details",
        "name",
        "nested",
        "parent",
        "template",
        "variables",
    )

    def __init__(
        self, parent: GraphQLObjectType, name: str, details: list[Any], execution: Execution
    ) -> None:
        """Raises Unplanned.

        `variables` names those that arguments take as they are, by argument, where there is no
        other way in which they depend on variables; `template` holds the other arguments, once
        they are known. `attribute` reads the field of a row, where nothing resolves it.
        """
        self.parent, self.name, self.details = parent, name, details
        self.variables: dict[str, str] = {}
        self.template: dict[str, Any] | None = None
        self.complete: Complete | None = None
        self.counted = False
        self.nested: Nested | None = None
        self._resolver: Resolver | None = None
        self._arguments: dict[str, Any] | None = None
        node: FieldNode = details[0].node
        if node.name.value == "__typename":
            self.attribute: Callable[[Any], Any] | None = lambda _: parent.name
            self.complete = list
            return
        definition = execution.schema.get_field(parent, node.name.value)
        shortcut: Shortcut | None = definition.extensions.get(SHORTCUT) if definition else None
        if definition is None or shortcut is None:
            raise Unplanned
        self.definition = definition
        self.attribute, self._resolver = shortcut.read, shortcut.resolver
        if self._resolver is not None and not _varies(node, execution.absent):
            self._arguments = execution.arguments(self)
        elif self._resolver is not None:
            self.variables = _plain_variables(node, definition, self._resolver, execution.absent)
        self.complete = completing(self.definition.type)
        if self.complete is None:
            self.nested = Nested(self.definition.type, details)
            self.counted = self.nested.selects(COUNT, execution)

    @property
    def node(self) -> FieldNode:
        """Where the field stands in the document, the first time."""
        found: FieldNode = self.details[0].node
        return found

    @property
    def resolver(self) -> Resolver:
        """How the field is resolved. Not for fields that are attributes."""
        if self._resolver is None:
            raise Unplanned
        return self._resolver

    def read(self, rows: list[Any], execution: Execution) -> Loading[Any, Any] | list[Any]:
        """The field of each row, perhaps in time."""
        if self._resolver is None or self._resolver.loads is None:
            return self.values(rows, execution)
        loads = self._resolver.loads
        found = loads.ask(**self._given(execution))
        keys = list(map(loads.by, rows))
        if self.counted and found.counts is not None and execution.turns.are_waited_for:
            found.counts.ask([key for key in keys if key is not None])
        return Loading(found.loader, keys, found.show)

    def values(self, rows: list[Any], execution: Execution) -> list[Any]:
        """The field of each row, one by one, some of them perhaps to be awaited."""
        resolver = self._resolver
        if resolver is None:
            return list(map(self.attribute, rows))  # type: ignore[arg-type]
        given, call = self._given(execution), resolver.call
        if not resolver.takes_row:
            return [call(**given) for _ in rows]
        return [call(row, **given) for row in rows] if given else list(map(call, rows))

    def _given(self, execution: Execution) -> dict[str, Any]:
        """What the resolver takes beside its row."""
        given, resolver = self._arguments, self.resolver
        if given is None:
            given = execution.arguments(self)
        if resolver.info is not None:
            given = {**given, resolver.info: execution.info(self)}
        return given


class Plan:
    """The columns of a selection on an object type.

    `plain` tells of each whether it is an attribute, and nothing lies below it; `others` are the
    places of those of which that is not so.
    """

    __slots__ = ("columns", "names", "others", "plain")

    def __init__(self, columns: list[Column]) -> None:
        self.columns = columns
        self.names = [column.name for column in columns]
        self.plain = [
            (column.attribute, column.complete)
            if column.attribute is not None and column.complete is not None
            else None
            for column in columns
        ]
        self.others = [at for at, plain in enumerate(self.plain) if plain is None]


class Nested:
    """The objects of a column: of each value one, or a list of them, or none."""

    __slots__ = ("_details", "_is_list", "_item_required", "_plans", "_required", "_type")

    def __init__(self, type_: GraphQLOutputType, details: list[Any]) -> None:
        """Raises Unplanned for lists in lists, and for what is told apart by more than classes."""
        of, self._required = _nullable(type_)
        self._is_list, self._item_required = isinstance(of, GraphQLList), self._required
        if isinstance(of, GraphQLList):
            of, self._item_required = _nullable(of.of_type)
        if not (isinstance(of, GraphQLObjectType) or is_abstract_type(of)):
            raise Unplanned
        self._type = of
        self._details = details
        self._plans: dict[type, Plan] = {}

    def selects(self, name: str, execution: Execution) -> bool:
        """Whether a field is among those that are selected, where all rows are of one type."""
        if not isinstance(self._type, GraphQLObjectType):
            return False
        below = execution.below(self._type, self._details)
        return any(details[0].node.name.value == name for details in below.values())

    def rows(self, values: list[Any]) -> list[Any]:
        """The rows in the values of a column, nulls left out. Raises Unplanned."""
        rows = values
        if self._is_list:
            rows = []
            for value in values:
                if value.__class__ in (list, tuple):
                    rows += value
                elif value is not None or self._required:
                    raise Unplanned
        present = [row for row in rows if row is not None]
        if self._item_required and len(present) < len(rows):
            raise Unplanned
        return present

    def folded(self, values: list[Any], objects: Iterator[Any]) -> list[Any]:
        """The values of a column with the objects of their rows in the rows' places."""
        if not self._is_list:
            return [None if value is None else next(objects) for value in values]
        return [
            None if value is None else [None if row is None else next(objects) for row in value]
            for value in values
        ]

    def plan(self, row: Any, execution: Execution) -> Plan:
        """What is to be done with rows of this one's class. Raises Unplanned."""
        known = self._plans.get(row.__class__)
        if known is None:
            type_ = self._type_of(row, execution.schema)
            below = execution.below(type_, self._details)
            known = Plan([Column(type_, name, one, execution) for name, one in below.items()])
            self._plans[row.__class__] = known
        return known

    def _type_of(self, row: Any, schema: GraphQLSchema) -> GraphQLObjectType:
        """The type of a row, which all rows of its class are of."""
        if isinstance(row, Exception):
            raise Unplanned
        if isinstance(self._type, GraphQLObjectType):
            if self._type.is_type_of is None or self._type.is_type_of(row, _NO_INFO):
                return self._type
            raise Unplanned
        for type_ in schema.get_possible_types(self._type):
            if type_.is_type_of is None:
                raise Unplanned
            if type_.is_type_of(row, _NO_INFO):
                return type_
        raise Unplanned


_NO_INFO: Any = None
"""Our types go by the class of a row alone."""


class _Frame:
    """Rows of a level that share a plan, what has been read of them, and where that leads to."""

    __slots__ = ("_below", "columns", "objects", "plan", "rows")

    def __init__(self, plan: Plan, rows: list[Any]) -> None:
        self.plan = plan
        self.rows = rows
        self.columns: list[Any] = []
        self.objects: list[dict[str, Any]] = []
        self._below: list[tuple[int, Nested, list[Any], dict[Plan, _Frame]]] = []

    def read(self, execution: Execution) -> list[tuple[list[Any], int]]:
        """Read all columns; answers with the places of those that may have to be waited for."""
        rows, columns = self.rows, self.columns
        for plain, column in zip(self.plan.plain, self.plan.columns, strict=True):
            if plain is None:
                columns.append(column.read(rows, execution))
            else:
                attribute, complete = plain
                columns.append(complete(map(attribute, rows)))
        return [(columns, at) for at in self.plan.others]

    def descend(self, execution: Execution) -> list[_Frame]:
        """Complete the other leaves, and begin what is below them."""
        for at in self.plan.others:
            column = self.plan.columns[at]
            if column.complete is not None:
                self.columns[at] = column.complete(self.columns[at])
            elif column.nested is not None:
                nested = column.nested
                rows = nested.rows(self.columns[at])
                frames: dict[Plan, _Frame] = {}
                classes = set(map(type, rows))
                for class_ in classes:
                    some = rows
                    if len(classes) > 1:
                        some = [row for row in rows if row.__class__ is class_]
                    plan = nested.plan(some[0], execution)
                    frames[plan] = _Frame(plan, some)
                self._below.append((at, nested, rows, frames))
        return [frame for *_, frames in self._below for frame in frames.values()]

    def fold(self, execution: Execution) -> None:
        """Make the objects, once those below are made."""
        for at, nested, rows, frames in self._below:
            made = {plan: iter(frame.objects) for plan, frame in frames.items()}
            if len(made) == 1:
                [objects] = made.values()
            else:
                objects = (next(made[nested.plan(row, execution)]) for row in rows)
            self.columns[at] = nested.folded(self.columns[at], objects)
        values: Iterable[Any] = zip(*self.columns, strict=True)
        if not self.columns:
            values = [()] * len(self.rows)
        self.objects = list(map(dict, map(zip, repeat(self.plan.names), values)))


async def completed(column: Column, value: Any, execution: Execution) -> Any:
    """What a field's value comes to, with all that is selected below it.

    Raises Unplanned, and whatever a resolver raises: then nothing is told.
    """
    top = _Frame(Plan([column]), [None])
    top.columns.append([value])
    level, all_frames = top.descend(execution), [top]
    while level:
        all_frames += level
        waiting: list[tuple[list[Any], int]] = []
        try:
            for frame in level:
                waiting += frame.read(execution)
        except Exception:
            close(values for frame in level for values in frame.columns)
            raise
        await execution.turns.settle(waiting)
        if sum(len(frame.rows) for frame in level) > MANY:
            await asyncio.sleep(0)
        level = [below for frame in level for below in frame.descend(execution)]
    for frame in reversed(all_frames):
        frame.fold(execution)
    return top.objects[0][column.name]


def close(columns: Iterable[Any]) -> None:
    """Nobody awaits what is in these columns."""
    for values in columns:
        for value in values if isinstance(values, list) else ():
            if asyncio.iscoroutine(value):
                value.close()


def _nullable(type_: Any) -> tuple[Any, bool]:
    """A type without its exclamation mark, and whether it has one."""
    return (type_.of_type, True) if isinstance(type_, GraphQLNonNull) else (type_, False)


def _varies(node: FieldNode, absent: frozenset[str]) -> bool:
    """Whether a field's arguments depend on variables, those left out that are `absent`."""
    return any(_names_variable(argument.value, absent) for argument in node.arguments or ())


def _plain_variables(
    node: FieldNode, definition: GraphQLField, resolver: Resolver, absent: frozenset[str]
) -> dict[str, str]:
    """The variables that arguments take as they are; none where one depends on them otherwise."""
    found: dict[str, str] = {}
    for argument in node.arguments or ():
        name, value = argument.name.value, argument.value
        if not _names_variable(value, absent):
            continue
        if isinstance(value, VariableNode):
            if get_nullable_type(definition.args[name].type) not in _AS_THEY_ARE:
                return {}
            found[resolver.names[name]] = value.name.value
        else:
            return {}
    return found


def _names_variable(value: ValueNode, absent: frozenset[str]) -> bool:
    match value.kind:
        case "variable":
            return value.name.value not in absent  # type: ignore[attr-defined]
        case "list_value":
            return any(_names_variable(one, absent) for one in value.values)  # type: ignore[attr-defined]
        case "object_value":
            return any(_names_variable(field.value, absent) for field in value.fields)  # type: ignore[attr-defined]
    return False
