"""Prepared operations: the work that all executions share, done once for a document."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple

from graphql import (
    DocumentNode,
    FragmentDefinitionNode,
    GraphQLError,
    GraphQLNonNull,
    GraphQLSchema,
    OperationDefinitionNode,
    Undefined,
    VariableNode,
    VariableValues,
    get_variable_values,
)

from schema.execution.internals import (
    FragmentDetails,
    GraphQLVariableSignature,
    VariableValueSource,
    get_variable_signature,
)
from schema.execution.leaf_values import INT_BOUND
from schema.execution.plans import Column, Plan

MAX_SHAPES = 64
"""Cached shapes of one operation, one for each combination of conditions."""

_CLASSES: dict[str, type] = {"String": str, "ID": str, "Boolean": bool, "Int": int}
"""Types whose values of this class need no coercion."""


class Shape:
    """The part shared by executions with the same values of `@skip` and `@include`.

    `absent` are the variables without a value in the request, whose values are always the same.
    `columns` are the root fields; None until they have been analysed. `plans` are those of each
    root field alone.
    """

    __slots__ = ("absent", "columns", "plans")

    def __init__(self, absent: frozenset[str]) -> None:
        self.absent = absent
        self.columns: list[Column] | None = None
        self.plans: dict[Column, Plan] = {}


class PlainVariable(NamedTuple):
    """A variable whose values of one class need no coercion."""

    signature: GraphQLVariableSignature
    class_: type
    is_required: bool

    def accepts(self, value: object) -> bool:
        """Tell whether this value needs no coercion."""
        if value.__class__ is int and self.class_ is int:
            return -INT_BOUND <= value < INT_BOUND
        return value.__class__ is self.class_ or (value is None and not self.is_required)


class PreparedOperation:
    """An operation of a valid document."""

    def __init__(
        self,
        schema: GraphQLSchema,
        document: DocumentNode,
        operation: OperationDefinitionNode,
        *,
        hide_suggestions: bool = False,
    ) -> None:
        self.operation = operation
        self._hide_suggestions = hide_suggestions
        self.name = operation.name.value if operation.name else None
        self.fragment_definitions = {
            definition.name.value: definition
            for definition in document.definitions
            if isinstance(definition, FragmentDefinitionNode)
        }
        self.fragments = {
            name: FragmentDetails(fragment) for name, fragment in self.fragment_definitions.items()
        }
        self._schema = schema
        self._conditions = tuple(sorted(set(_condition_variables(document))))
        self._shapes: dict[tuple[object, ...], Shape] = {}
        self._names = [item.variable.name.value for item in operation.variable_definitions or ()]
        self._plain = dict(self._plain_variables())
        self._absent: dict[frozenset[str], VariableValues] = {}

    def coerce_variables(self, values: Mapping[str, Any]) -> VariableValues | list[GraphQLError]:
        """Return the coerced values of the operation's variables, or the errors of `values`."""
        absent = self._absent.get(frozenset(name for name in self._names if name not in values))
        if absent is not None:
            sources, coerced = dict(absent.sources), dict(absent.coerced)
            for name in self._names:
                if name not in values:
                    continue
                plain = self._plain.get(name)
                if plain is None or not plain.accepts(values[name]):
                    break
                sources[name] = VariableValueSource(plain.signature, values[name])
                coerced[name] = values[name]
            else:
                return VariableValues(sources, coerced)
        result = get_variable_values(
            self._schema,
            self.operation.variable_definitions or (),
            dict(values),
            hide_suggestions=self._hide_suggestions,
        )
        if absent is None and isinstance(result, VariableValues):
            self._cache_absent(result, values)
        return result

    def _cache_absent(self, variables: VariableValues, values: Mapping[str, Any]) -> None:
        """Cache the values of variables that are absent from the request: defaults, mostly."""
        names = frozenset(name for name in self._names if name not in values)
        if len(self._absent) >= MAX_SHAPES:
            self._absent.clear()
        self._absent[names] = VariableValues(
            {name: source for name, source in variables.sources.items() if name in names},
            {name: value for name, value in variables.coerced.items() if name in names},
        )

    def shape(self, variables: VariableValues) -> Shape:
        """Return the shape of executions with these variables."""
        sources = variables.sources
        absent = frozenset(name for name, source in sources.items() if source.value is Undefined)
        key = (absent, *(variables.coerced.get(name) for name in self._conditions))
        shape = self._shapes.get(key)
        if shape is None:
            if len(self._shapes) >= MAX_SHAPES:
                self._shapes.clear()
            shape = self._shapes[key] = Shape(absent)
        return shape

    def _plain_variables(self) -> Iterator[tuple[str, PlainVariable]]:
        for definition in self.operation.variable_definitions or ():
            signature = get_variable_signature(self._schema, definition)
            if isinstance(signature, GraphQLError):
                continue
            required = isinstance(signature.type, GraphQLNonNull)
            of: Any = signature.type.of_type if required else signature.type  # type: ignore[union-attr]
            class_ = _CLASSES.get(getattr(of, "name", ""))
            if class_ is not None:
                yield signature.name, PlainVariable(signature, class_, required)


def _condition_variables(document: DocumentNode) -> Iterator[str]:
    """Yield the names of the variables that directives depend on."""
    stack: list[Any] = [*document.definitions]
    while stack:
        node = stack.pop()
        for directive in getattr(node, "directives", None) or ():
            for argument in directive.arguments or ():
                if isinstance(argument.value, VariableNode):
                    yield argument.value.name.value
        selected = getattr(node, "selection_set", None)
        stack += selected.selections if selected else ()
