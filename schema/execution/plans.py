"""Plans: what a selection asks of its rows, found out once and then done for all rows at once.

A plan reads a field as a column: of every row of a level before the next field, and of a whole
level before the next one, so that loaders have all keys together. What comes out is what
graphql-core's executor answers for the same rows. A plan knows only the smooth way: at the first
error, or null where none may be, it gives up, and graphql-core tells what is wrong, and where.
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
from schema.execution.dataloader import Loading, Turns
from schema.execution.field_resolvers import SHORTCUT, Resolver, Shortcut
from schema.execution.leaf_values import Leaf, leaf
from schema.execution.lookahead import Wanted
from schema.execution.object_codegen import Field, maker

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
        "_alone",
        "_arguments",
        "_resolver",
        "attribute",
        "counted",
        "definition",
        "details",
        "leaf",
        "name",
        "nested",
        "parent",
        "template",
        "variables",
        "wanted",
    )

    def __init__(
        self, parent: GraphQLObjectType, name: str, details: list[Any], execution: Execution
    ) -> None:
        """Raises Unplanned.

        `variables` names those that arguments take as they are, by argument, where there is no
        other way in which they depend on variables; `template` holds the other arguments, once
        they are known. `attribute` reads the field of a row, where nothing resolves it. `wanted`
        tells a resolver what is looked at below.
        """
        self.parent, self.name, self.details = parent, name, details
        self.variables: dict[str, str] = {}
        self.template: dict[str, Any] | None = None
        self.leaf: Leaf | None = None
        self.counted = False
        self.nested: Nested | None = None
        self._resolver: Resolver | None = None
        self._arguments: dict[str, Any] | None = None
        self._alone: Plan | None = None
        self.wanted: Wanted | None = None
        node: FieldNode = details[0].node
        if node.name.value == "__typename":
            self.attribute: Callable[[Any], Any] | None = _always(parent.name)
            return
        definition = execution.schema.get_field(parent, node.name.value)
        shortcut: Shortcut | None = definition.extensions.get(SHORTCUT) if definition else None
        if definition is None or shortcut is None:
            raise Unplanned
        self.definition = definition
        self.attribute, self._resolver = shortcut.read, shortcut.resolver
        if self._resolver is not None and not _varies(node, execution.absent):
            self._arguments = execution.arguments(self)
            if self._resolver.reads is not None:
                self.attribute = self._resolver.reads.how(**self._arguments)
                self._resolver = None
        elif self._resolver is not None:
            self.variables = _plain_variables(node, definition, self._resolver, execution.absent)
        self.leaf = leaf(self.definition.type)
        if self.leaf is None:
            self.nested = Nested(self.definition.type, details)
            if self._resolver is not None and self._resolver.info is not None:
                self.wanted = lookahead.below(self.definition.type, details, execution)
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

    @property
    def alone(self) -> Plan:
        """The plan of an object with this field alone."""
        if self._alone is None:
            self._alone = Plan([self])
        return self._alone

    def read(self, rows: list[Any], execution: Execution) -> Loading[Any, Any] | list[Any]:
        """The field of each row, perhaps in time."""
        resolver = self._resolver
        if resolver is None:
            return list(map(self.attribute, rows))  # type: ignore[arg-type]
        given, loads = self._given(resolver, execution), resolver.loads
        if resolver.reads is not None:
            return list(map(resolver.reads.how(**given), rows))
        if loads is None:
            if not resolver.takes_row:
                return [resolver.call(**given) for _ in rows]
            call = partial(resolver.call, **given) if given else resolver.call
            return list(map(call, rows))
        found = loads.ask(**given)
        keys = list(map(loads.by, rows))
        if self.counted and found.counts is not None and execution.turns.are_waited_for:
            found.counts.ask([key for key in keys if key is not None])
        return Loading(found.loader, keys, found.show)

    def value(self, execution: Execution) -> Any:
        """The field of the root, which has no row; perhaps to be awaited."""
        if self.attribute is not None:
            return self.attribute(None)
        return self.resolver.call(**self._given(self.resolver, execution))

    def _given(self, resolver: Resolver, execution: Execution) -> dict[str, Any]:
        """What the resolver takes beside its row."""
        given = self._arguments
        if given is None:
            given = execution.arguments(self)
        if resolver.info is not None:
            given = {**given, resolver.info: execution.info(self)}
        return given


class Plan:
    """The columns of a selection on an object type.

    `others` are those that are more than an attribute to be completed: they are read before the
    objects are made, and given to `make` in their order. `nested` has the places among them where
    objects lie below.
    """

    __slots__ = ("make", "nested", "others")

    def __init__(self, columns: list[Column]) -> None:
        self.others = [one for one in columns if one.attribute is None or one.nested is not None]
        self.nested = [
            (at, one.nested) for at, one in enumerate(self.others) if one.nested is not None
        ]
        self.make = maker(
            tuple(
                Field(one.name, None if one in self.others else one.attribute, one.leaf)
                for one in columns
            )
        )


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
        if None not in rows:
            return rows
        if self._item_required:
            raise Unplanned
        return [row for row in rows if row is not None]

    def folded(self, values: list[Any], objects: list[Any]) -> list[Any]:
        """The values of a column with the objects of their rows in the rows' places."""
        made = iter(objects)
        if not self._is_list:
            if len(objects) == len(values):
                return objects
            return [None if value is None else next(made) for value in values]
        if len(values) == 1 and len(objects) == len(values[0] or ()):
            return [None if values[0] is None else objects]
        return [
            None if value is None else [None if row is None else next(made) for row in value]
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
        self._below: list[tuple[int, Nested, list[Any], list[_Frame]]] = []

    def read(self, execution: Execution) -> None:
        """Read the columns that are more than attributes; perhaps they have to be waited for."""
        for column in self.plan.others:
            self.columns.append(column.read(self.rows, execution))

    def descend(self, execution: Execution) -> list[_Frame]:
        """Begin what is below the columns."""
        found: list[_Frame] = []
        for at, nested in self.plan.nested:
            rows = nested.rows(self.columns[at])
            classes = set(map(type, rows))
            if len(classes) == 1:
                frames = [_Frame(nested.plan(rows[0], execution), rows)]
            else:
                some = ([row for row in rows if row.__class__ is one] for one in classes)
                frames = [_Frame(nested.plan(same[0], execution), same) for same in some]
            found += frames
            self._below.append((at, nested, rows, frames))
        return found

    def fold(self, execution: Execution) -> None:
        """Make the objects, once those below are made."""
        for at, nested, rows, frames in self._below:
            if len(frames) == 1:
                objects = frames[0].objects
            else:
                made = {frame.plan: iter(frame.objects) for frame in frames}
                objects = [next(made[nested.plan(row, execution)]) for row in rows]
            self.columns[at] = nested.folded(self.columns[at], objects)
        self.objects = self.plan.make(self.rows, *self.columns)


async def completed(column: Column, value: Any, execution: Execution) -> Any:
    """What a field's value comes to, with all that is selected below it.

    Raises Unplanned, and whatever a resolver raises: then nothing is told.
    """
    top = _Frame(column.alone, [None])
    if column.alone.others:  # else it is __typename
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
            close(values for frame in level for values in frame.columns)
            raise
        await execution.turns.settle([frame.columns for frame in level])
        if number > MANY:
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


@lru_cache(maxsize=1_024)
def _always(name: str) -> Callable[[Any], str]:
    """Reads the same of any row."""
    return lambda _: name


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
