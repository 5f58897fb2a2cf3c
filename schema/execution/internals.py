"""Library internals: whatever of Strawberry and graphql-core has no public name.

All other modules import the public names of `graphql` and `strawberry` only, and the others from
here. `tests/schema/execution/test_internals.py` says for which versions they were checked.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from enum import Enum
from functools import partial
from typing import Any, TypeAlias

import strawberry
from graphql import (
    Executor,
    FragmentDefinitionNode,
    GraphQLField,
    GraphQLResolveInfo,
    GraphQLSchema,
    OperationDefinitionNode,
    VariableValues,
    default_field_resolver,
    default_type_resolver,
)
from graphql.execution.collect_fields import FragmentDetails, collect_fields, collect_subfields
from graphql.execution.get_variable_signature import (
    GraphQLVariableSignature,
    get_variable_signature,
)
from graphql.execution.values import VariableValueSource
from graphql.pyutils import Path, gather_with_cancel
from strawberry.execution import optimized_is_awaitable
from strawberry.schema.schema_converter import GraphQLCoreConverter
from strawberry.schema.validation_rules.one_of import OneOfInputValidationRule
from strawberry.types.arguments import convert_arguments
from strawberry.types.field import StrawberryField
from typing_extensions import override

__all__ = [
    "CoreExecutor",
    "FieldDefinition",
    "FragmentDetails",
    "GraphQLVariableSignature",
    "OneofInputRule",
    "Path",
    "VariableValueSource",
    "build_executor",
    "collect_fields",
    "collect_subfields",
    "core_schema",
    "enum_values",
    "field_definition",
    "field_metadata",
    "gather_with_cancel",
    "get_variable_signature",
    "is_awaitable",
    "raw_info",
]

CoreExecutor: TypeAlias = Executor[None]

is_awaitable: Any = optimized_is_awaitable
"""Tell whether a resolver's result has to be awaited."""


class OneofInputRule(OneOfInputValidationRule):
    """Strawberry's rule, which does not fail on documents that use an undeclared variable."""

    @override
    def validate_one_of(self, node: Any, type: Any) -> None:
        with suppress(KeyError):  # another rule reports that variable
            super().validate_one_of(node, type)


def core_schema(schema: strawberry.Schema) -> GraphQLSchema:
    """Return graphql-core's schema."""
    return schema._schema


def raw_info(info: Any) -> GraphQLResolveInfo[Any]:
    """Return graphql-core's info of a resolver's `info`."""
    raw: GraphQLResolveInfo[Any] = info._raw_info
    return raw


def enum_values(enum: type[Enum]) -> list[Any]:
    """Return the values of an enum of the schema, whose descriptions may be set."""
    described: Any = enum
    values: list[Any] = described.__strawberry_definition__.values
    return values


def build_executor(
    schema: GraphQLSchema,
    definitions: dict[str, FragmentDefinitionNode],
    fragments: dict[str, FragmentDetails],
    operation: OperationDefinitionNode,
    variables: VariableValues,
    context: Any,
) -> CoreExecutor:
    """Build graphql-core's executor of an operation."""
    executor = Executor[None](
        schema,
        definitions,
        fragments,
        None,
        context,
        operation,
        variables,
        default_field_resolver,
        default_type_resolver,
        default_field_resolver,
        is_awaitable=is_awaitable,
    )
    nothing: Any = None
    executor.async_helpers = nothing  # unused here, and part of a reference cycle
    return executor


@dataclass(frozen=True, slots=True)
class FieldDefinition:
    """Strawberry's definition of a field: its attribute, or its resolver and parameters.

    `convert` converts coerced arguments to those that the resolver takes; `argument_names` maps
    the schema's argument names to its parameters.
    """

    attribute: str
    resolver: Callable[..., Any] | None
    row_parameter: str | None
    info_parameter: str | None
    argument_names: Mapping[str, str]
    convert: Callable[[dict[str, Any]], dict[str, Any]]


def field_metadata(field: GraphQLField) -> Mapping[Any, Any]:
    """Return the metadata with which a field was declared."""
    definition = _definition(field)
    return definition.metadata if definition else {}


def field_definition(field: GraphQLField, schema: strawberry.Schema) -> FieldDefinition | None:
    """Return the definition of a field; None if it needs more than to call its resolver."""
    definition = _definition(field)
    if definition is None or definition.extensions:
        return None
    converter, resolver = schema.schema_converter, definition.base_resolver
    call: Any = None
    parent = info = None
    if resolver is not None:
        call = resolver.wrapped_func
        if resolver.self_parameter or resolver.root_parameter or not callable(call):
            return None
        parent, info = resolver.parent_parameter, resolver.info_parameter
    return FieldDefinition(
        definition.python_name,
        call,
        parent.name if parent else None,
        info.name if info else None,
        {
            converter.config.name_converter.from_argument(argument): argument.python_name
            for argument in definition.arguments
        },
        partial(
            convert_arguments,
            arguments=definition.arguments,
            scalar_registry=converter.scalar_registry,
            config=converter.config,
        ),
    )


def _definition(field: GraphQLField) -> StrawberryField | None:
    definition = field.extensions.get(GraphQLCoreConverter.DEFINITION_BACKREF)
    return definition if isinstance(definition, StrawberryField) else None
