"""graphql-core's executor, with a short way for what needs none of its generality.

What it answers is what graphql-core answers, errors and their places included; leave it out of
`schema.build`, and all is as before but slower.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping, Sequence
from typing import Any, NamedTuple

from graphql import (
    FieldNode,
    GraphQLObjectType,
    GraphQLOutputType,
    ValueNode,
)
from graphql.execution import Executor
from graphql.execution.values import get_argument_values
from graphql.pyutils import Path, Undefined, gather_with_cancel
from typing_extensions import override

from schema.shortcuts import SHORTCUT, Shortcut


class Step(NamedTuple):
    """One response name of a selection set, with all that is the same for every row.

    `leaf` reads a leaf that needs nothing but its row; `exact` is the class of values that need
    no completing by the shortcut. Without a shortcut, graphql-core executes the field. `varies`
    says that the arguments depend on variables.
    """

    name: str
    details: list[Any]
    definition: Any
    shortcut: Shortcut | None = None
    leaf: Callable[[Any], Any] | None = None
    exact: type | None = None
    arguments: Mapping[str, Any] = {}
    varies: bool = False


class Shape(NamedTuple):
    """The steps of a selection set, and the set itself, so that its id stays its own."""

    grouped: Any
    steps: list[Step]
    varies: bool


class Shapes:
    """What executions of one document have in common, if nothing in it depends on directives."""

    def __init__(self) -> None:
        self.roots: dict[int, Any] = {}
        self.sub_fields: dict[Any, Any] = {}
        self.steps: dict[int, Shape] = {}


class LeanExecutor(Executor[None]):
    """Reads leaves in place, and binds a resolver's arguments once for all rows of a list."""

    def __init__(self, *args: Any, shapes: Shapes | None = None, **kwargs: Any) -> None:
        kwargs.pop("operation_extensions", None)  # Strawberry's own
        super().__init__(*args, **kwargs)
        self._steps: dict[int, Shape] = {}
        self._shapes = shapes
        if shapes is not None:
            self._relevant_sub_fields = shapes.sub_fields

    @override
    def execute_collected_root_fields(
        self,
        root_type: GraphQLObjectType,
        root_value: Any,
        grouped_field_set: Any,
        serially: bool,
        new_defer_usages: Sequence[Any],
    ) -> Any:
        if self._shapes is not None:
            grouped_field_set = self._shapes.roots.setdefault(id(self.operation), grouped_field_set)
        return super().execute_collected_root_fields(
            root_type, root_value, grouped_field_set, serially, new_defer_usages
        )

    @override
    def execute_fields(
        self,
        parent_type: GraphQLObjectType,
        source_value: Any,
        path: Path | None,
        grouped_field_set: Any,
        position_context: None,
    ) -> Any:
        results: dict[str, Any] = {}
        waiting: list[str] = []
        is_awaitable = self.is_awaitable
        shape = self._steps.get(id(grouped_field_set)) or self._shape(
            parent_type, grouped_field_set
        )
        try:
            for step in shape.steps:
                if step.leaf is not None:
                    try:
                        value = step.leaf(source_value)
                        if value.__class__ is not step.exact:
                            if is_awaitable(value):
                                place = Path(path, step.name, parent_type.name)
                                results[step.name] = self._later(parent_type, step, place, value)
                                waiting.append(step.name)
                                continue
                            value = step.shortcut.complete(value)  # type: ignore[union-attr, misc]
                    except Exception as error:
                        place = Path(path, step.name, parent_type.name)
                        self.handle_field_error(error, step.definition.type, step.details, place)
                        value = None
                    results[step.name] = value
                    continue
                value = self._field(parent_type, source_value, step, path)
                if value is not Undefined:
                    results[step.name] = value
                    if is_awaitable(value):
                        waiting.append(step.name)
        except Exception:
            if waiting:
                self.settle_in_background([results[name] for name in waiting])
            raise
        return _gathered(results, waiting) if waiting else results

    def _shape(self, parent_type: GraphQLObjectType, grouped: Any) -> Shape:
        """The steps of a selection set, found out once a document, or else once an execution."""
        shared = self._shapes.steps if self._shapes is not None else self._steps
        shape = shared.get(id(grouped))
        if shape is None:
            steps = [self._step(parent_type, name, grouped[name]) for name in grouped]
            shape = Shape(grouped, steps, any(step.varies for step in steps))
            shared[id(grouped)] = shape
        elif shape.varies:
            steps = [
                self._step(parent_type, step.name, step.details) if step.varies else step
                for step in shape.steps
            ]
            shape = Shape(grouped, steps, True)
        self._steps[id(grouped)] = shape
        return shape

    def _step(self, parent_type: GraphQLObjectType, name: str, details: list[Any]) -> Step:
        node = details[0].node
        definition = self.schema.get_field(parent_type, node.name.value)
        shortcut: Shortcut | None = definition.extensions.get(SHORTCUT) if definition else None
        if definition is None or shortcut is None:
            return Step(name, details, definition)
        leaf, arguments, varies = shortcut.read, {}, _varies(node)
        if shortcut.resolver is not None:
            try:
                values = get_argument_values(
                    definition,
                    node,
                    self.variable_values,
                    details[0].fragment_variable_values,
                    self.hide_suggestions,
                )
                arguments = shortcut.resolver.bound(values)
            except Exception:  # graphql-core finds the same, and says so of each row
                return Step(name, details, definition, varies=varies)
            leaf = shortcut.resolver.reader(arguments)
        return Step(
            name,
            details,
            definition,
            shortcut,
            leaf if shortcut.complete is not None else None,
            shortcut.exact,
            arguments,
            varies,
        )

    def _field(
        self, parent_type: GraphQLObjectType, source: Any, step: Step, path: Path | None
    ) -> Any:
        """One field of one row, by its resolver or as an object."""
        shortcut, details = step.shortcut, step.details
        place = Path(path, step.name, parent_type.name)
        if shortcut is None:
            return self.execute_field(parent_type, source, details, place, None)
        try:
            if shortcut.read is not None:
                value = shortcut.read(source)
            else:
                info = self.build_resolve_info(
                    step.definition, [detail.node for detail in details], parent_type, place
                )
                value = shortcut.resolver.called(source, info, step.arguments)  # type: ignore[union-attr]
            if self.is_awaitable(value):
                return self._later(parent_type, step, place, value)
            completed = self._completed(parent_type, step, place, value)
            if self.is_awaitable(completed):
                return self._awaited(completed, step.definition.type, details, place)
        except Exception as error:
            self.handle_field_error(error, step.definition.type, details, place)
            return None
        return completed

    async def _later(
        self, parent_type: GraphQLObjectType, step: Step, place: Path, value: Awaitable[Any]
    ) -> Any:
        try:
            completed = self._completed(parent_type, step, place, await value)
            if self.is_awaitable(completed):
                completed = await completed
        except Exception as error:
            self.handle_field_error(error, step.definition.type, step.details, place)
            return None
        return completed

    def _completed(
        self, parent_type: GraphQLObjectType, step: Step, place: Path, value: Any
    ) -> Any:
        """A value as its field's type shows it."""
        shortcut = step.shortcut
        if shortcut is None or value is None or isinstance(value, Exception):
            return self._by_the_book(parent_type, step, place, value)
        if shortcut.complete is not None:
            return shortcut.complete(value)
        if shortcut.object is not None:
            belongs = shortcut.object.is_type_of
            if belongs is None or belongs(value, None):  # type: ignore[arg-type]
                grouped = self.collect_subfields(shortcut.object, step.details).grouped_field_set
                return self.execute_fields(shortcut.object, value, place, grouped, None)
        elif shortcut.objects is not None and value.__class__ is list:
            return self._objects(parent_type, step, place, value)
        return self._by_the_book(parent_type, step, place, value)

    def _by_the_book(
        self, parent_type: GraphQLObjectType, step: Step, place: Path, value: Any
    ) -> Any:
        """Completed by graphql-core."""
        definition = step.definition
        info = self.build_resolve_info(
            definition, [detail.node for detail in step.details], parent_type, place
        )
        return self.complete_value(definition.type, step.details, info, place, value, None)

    def _objects(
        self, parent_type: GraphQLObjectType, step: Step, path: Path, rows: list[Any]
    ) -> Any:
        """A list of rows, each as an object."""
        item_type, object_type = step.shortcut.objects  # type: ignore[union-attr, misc]
        grouped = self.collect_subfields(object_type, step.details).grouped_field_set
        belongs, is_awaitable = object_type.is_type_of, self.is_awaitable
        completed: list[Any] = []
        waiting: list[int] = []
        try:
            for index, row in enumerate(rows):
                place = Path(path, index, None)
                if row is None or (belongs is not None and not belongs(row, None)):  # type: ignore[arg-type]
                    info = self.build_resolve_info(
                        step.definition, [step.details[0].node], parent_type, path
                    )
                    self.complete_list_item_value(
                        row, completed, item_type, step.details, info, place, None
                    )
                    continue
                try:
                    value = self.execute_fields(object_type, row, place, grouped, None)
                except Exception as error:
                    self.handle_field_error(error, item_type, step.details, place)
                    value = None
                if is_awaitable(value):
                    value = self._awaited(value, item_type, step.details, place)
                    waiting.append(index)
                completed.append(value)
        except Exception:
            if waiting:
                self.settle_in_background([completed[index] for index in waiting])
            raise
        return _gathered(completed, waiting) if waiting else completed

    async def _awaited(
        self, value: Awaitable[Any], type_: GraphQLOutputType, details: Any, place: Path
    ) -> Any:
        try:
            return await value
        except Exception as error:
            self.handle_field_error(error, type_, details, place)
            return None


async def _gathered(results: Any, places: list[Any]) -> Any:
    """`results` with what waits at `places` (keys or indices) replaced by what it comes to."""
    if len(places) == 1:
        results[places[0]] = await results[places[0]]
    else:
        found = await gather_with_cancel(*(results[place] for place in places))
        for place, value in zip(places, found, strict=True):
            results[place] = value
    return results


def _varies(node: FieldNode) -> bool:
    """Whether a field's arguments depend on variables."""
    return any(_names_variable(argument.value) for argument in node.arguments or ())


def _names_variable(value: ValueNode) -> bool:
    match value.kind:
        case "variable":
            return True
        case "list_value":
            return any(map(_names_variable, value.values))  # type: ignore[attr-defined]
        case "object_value":
            return any(_names_variable(field.value) for field in value.fields)  # type: ignore[attr-defined]
    return False
