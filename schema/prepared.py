"""Operations as all their executions find them: prepared once, together with their document."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

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

from schema.plans import Column

MAX_SHAPES = 64
"""Shapes of one operation that are remembered, one for each choice of conditions."""

_CLASSES: dict[str, type] = {"String": str, "ID": str, "Boolean": bool}
"""The classes of values that variables of these types take as they are."""


class Shape:
    """What executions have in common for which the same directives hold.

    `columns` are the fields of the root, where plans begin; None while nobody knows them.
    """

    __slots__ = ("columns",)

    def __init__(self) -> None:
        self.columns: list[Column] | None = None


class Prepared:
    """An operation of a valid document."""

    def __init__(
        self, schema: GraphQLSchema, document: DocumentNode, operation: OperationDefinitionNode
    ) -> None:
        self.operation = operation
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
        self._signatures = self._plain_signatures()

    def variables(self, given: Mapping[str, Any]) -> VariableValues | list[GraphQLError]:
        """The values of the operation's variables, or what is wrong with those that are given."""
        if self._signatures is not None:
            sources, coerced = dict[str, VariableValueSource](), dict[str, Any]()
            for signature, class_, required in self._signatures:
                if signature.name not in given:
                    if required:
                        break
                    sources[signature.name] = VariableValueSource(signature)
                    continue
                value = given[signature.name]
                if value.__class__ is not class_ and (required or value is not None):
                    break
                sources[signature.name] = VariableValueSource(signature, value)
                coerced[signature.name] = value
            else:
                return VariableValues(sources, coerced)
        return get_variable_values(
            self._schema, self.operation.variable_definitions or (), dict(given)
        )

    def shape(self, variables: VariableValues) -> Shape:
        """What executions with these variables have in common."""
        key = tuple(variables.coerced.get(name) for name in self._conditions)
        known = self._shapes.get(key)
        if known is None:
            if len(self._shapes) >= MAX_SHAPES:
                self._shapes.clear()
            known = self._shapes[key] = Shape()
        return known

    def _plain_signatures(self) -> list[tuple[GraphQLVariableSignature, type, bool]] | None:
        """The variables, their classes, and whether they are required.

        None where one has a default or takes more than strings and booleans.
        """
        found = []
        for one in self.operation.variable_definitions or ():
            signature = get_variable_signature(self._schema, one)
            if isinstance(signature, GraphQLError) or signature.default is not None:
                return None
            required = isinstance(signature.type, GraphQLNonNull)
            of: Any = signature.type.of_type if required else signature.type  # type: ignore[union-attr]
            class_ = _CLASSES.get(getattr(of, "name", ""))
            if class_ is None:
                return None
            found.append((signature, class_, required))
        return found


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
