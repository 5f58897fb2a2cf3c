"""Operations as all their executions find them: prepared once, together with their document."""

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
    VariableNode,
)
from graphql.execution.collect_fields import FragmentDetails
from graphql.execution.get_variable_signature import (
    GraphQLVariableSignature,
    get_variable_signature,
)
from graphql.execution.values import VariableValues, VariableValueSource, get_variable_values
from graphql.pyutils import Undefined

from schema.execution.leaf_values import LARGEST
from schema.execution.plans import Column

MAX_SHAPES = 64
"""Shapes of one operation that are remembered, one for each choice of conditions."""

_CLASSES: dict[str, type] = {"String": str, "ID": str, "Boolean": bool, "Int": int}
"""The classes of values that variables of these types take as they are."""


class Shape:
    """What executions have in common for which the same directives hold.

    `absent` are the variables that none of them is given, whose values are always the same.
    `columns` are the fields of the root, where plans begin; None while nobody knows them.
    """

    __slots__ = ("absent", "columns")

    def __init__(self, absent: frozenset[str]) -> None:
        self.absent = absent
        self.columns: list[Column] | None = None


class Plain(NamedTuple):
    """A variable that takes values of a class as they are."""

    signature: GraphQLVariableSignature
    of: type
    is_required: bool

    def takes(self, value: object) -> bool:
        """Whether it takes this value so."""
        if value.__class__ is int and self.of is int:
            return -LARGEST <= value < LARGEST
        return value.__class__ is self.of or (value is None and not self.is_required)


class Prepared:
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
            one.name.value: one
            for one in document.definitions
            if isinstance(one, FragmentDefinitionNode)
        }
        self.fragments = {
            name: FragmentDetails(one) for name, one in self.fragment_definitions.items()
        }
        self._schema = schema
        self._conditions = tuple(sorted(set(_conditions(document))))
        self._shapes: dict[tuple[object, ...], Shape] = {}
        self._names = [one.variable.name.value for one in operation.variable_definitions or ()]
        self._plain = dict(self._plain_variables())
        self._absent: dict[frozenset[str], VariableValues] = {}

    def variables(self, given: Mapping[str, Any]) -> VariableValues | list[GraphQLError]:
        """The values of the operation's variables, or what is wrong with those that are given."""
        absent = self._absent.get(frozenset(name for name in self._names if name not in given))
        if absent is not None:
            sources, coerced = dict(absent.sources), dict(absent.coerced)
            for name in self._names:
                if name not in given:
                    continue
                plain = self._plain.get(name)
                if plain is None or not plain.takes(given[name]):
                    break
                sources[name] = VariableValueSource(plain.signature, given[name])
                coerced[name] = given[name]
            else:
                return VariableValues(sources, coerced)
        found = get_variable_values(
            self._schema,
            self.operation.variable_definitions or (),
            dict(given),
            hide_suggestions=self._hide_suggestions,
        )
        if absent is None and isinstance(found, VariableValues):
            self._remember(found, given)
        return found

    def _remember(self, found: VariableValues, given: Mapping[str, Any]) -> None:
        """The values of variables that are not given: defaults, mostly."""
        names = frozenset(name for name in self._names if name not in given)
        if len(self._absent) >= MAX_SHAPES:
            self._absent.clear()
        self._absent[names] = VariableValues(
            {name: source for name, source in found.sources.items() if name in names},
            {name: value for name, value in found.coerced.items() if name in names},
        )

    def shape(self, variables: VariableValues) -> Shape:
        """What executions with these variables have in common."""
        sources = variables.sources
        absent = frozenset(name for name, source in sources.items() if source.value is Undefined)
        key = (absent, *(variables.coerced.get(name) for name in self._conditions))
        known = self._shapes.get(key)
        if known is None:
            if len(self._shapes) >= MAX_SHAPES:
                self._shapes.clear()
            known = self._shapes[key] = Shape(absent)
        return known

    def _plain_variables(self) -> Iterator[tuple[str, Plain]]:
        for one in self.operation.variable_definitions or ():
            signature = get_variable_signature(self._schema, one)
            if isinstance(signature, GraphQLError):
                continue
            required = isinstance(signature.type, GraphQLNonNull)
            of: Any = signature.type.of_type if required else signature.type  # type: ignore[union-attr]
            class_ = _CLASSES.get(getattr(of, "name", ""))
            if class_ is not None:
                yield signature.name, Plain(signature, class_, required)


def _conditions(document: DocumentNode) -> Iterator[str]:
    """The names of the variables that directives depend on."""
    waiting: list[Any] = [*document.definitions]
    while waiting:
        node = waiting.pop()
        for directive in getattr(node, "directives", None) or ():
            for argument in directive.arguments or ():
                if isinstance(argument.value, VariableNode):
                    yield argument.value.name.value
        selected = getattr(node, "selection_set", None)
        waiting += selected.selections if selected else ()
