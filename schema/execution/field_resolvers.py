"""Direct access to fields, without the generality of Strawberry and graphql-core.

A field is read as an attribute of its row, or by calling its resolver. Determined once, when the
schema is built, and stored in the field's extensions.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from inspect import signature
from operator import attrgetter
from typing import Any, NamedTuple

from graphql import GraphQLField, GraphQLObjectType, GraphQLSchema
from strawberry.schema.schema_converter import GraphQLCoreConverter
from strawberry.types.arguments import convert_arguments
from strawberry.types.field import StrawberryField

from schema.execution.dataloader import Loader

FIELD_ACCESS = "field_access"
"""Key of a field's FieldAccess in its extensions."""

BATCH_RESOLVER = "batch_resolver"
ROW_RESOLVER = "row_resolver"
"""Keys of a field's BatchResolver and RowResolver in its metadata."""


class LoaderField(NamedTuple):
    """The loader of a field, and a conversion of its value and key; None for the value itself.

    For a connection `counts` loads the total counts, by the same keys.
    """

    loader: Loader[Any, Any]
    transform: Callable[[Any, Any], Any] | None = None
    counts: Loader[Any, int] | None = None


class BatchResolver(NamedTuple):
    """Resolves a field of all rows at once, by a loader.

    `loader_field` returns the loader for the field's arguments, `key` its key for a row; `needs`
    names the attributes of a row that `key` reads.
    """

    loader_field: Callable[..., LoaderField]
    key: Callable[[Any], Any]
    needs: frozenset[str]


class RowResolver(NamedTuple):
    """Resolves a field from its row alone: `reader` returns a function for its arguments."""

    reader: Callable[..., Callable[[Any], Any]]
    needs: frozenset[str]


@dataclass(frozen=True, slots=True)
class Resolver:
    """A field's resolver, called directly, with its arguments converted once for all rows.

    `takes_row`: its first argument is a row. `batch_resolver` and `row_resolver` resolve the field
    without calling it, if it has one. `info_name` is the name of its `info` parameter,
    `argument_names` maps the schema's argument names to its parameters.
    """

    field: StrawberryField
    converter: GraphQLCoreConverter
    call: Callable[..., Any]
    takes_row: bool
    batch_resolver: BatchResolver | None
    row_resolver: RowResolver | None
    info_name: str | None
    argument_names: Mapping[str, str]

    def bind(self, arguments: dict[str, Any]) -> dict[str, Any]:
        """Convert coerced arguments to those that the resolver takes."""
        return convert_arguments(
            arguments,
            self.field.arguments,
            scalar_registry=self.converter.scalar_registry,
            config=self.converter.config,
        )


@dataclass(frozen=True, slots=True)
class FieldAccess:
    """Access to a field: as an attribute (`read`) or else by its `resolver`.

    `needs` names the attributes of a row that it reads; None where they are unknown.
    """

    read: Callable[[Any], Any] | None
    resolver: Resolver | None
    needs: frozenset[str] | None


def prepare(schema: GraphQLSchema, converter: GraphQLCoreConverter) -> None:
    """Store the FieldAccess of all fields. Root mutations and subscriptions have none."""
    for type_ in schema.type_map.values():
        roots = (schema.mutation_type, schema.subscription_type)
        if isinstance(type_, GraphQLObjectType) and type_ not in roots:
            for field in type_.fields.values():
                access = _field_access(field, converter)
                if access is not None:
                    field.extensions[FIELD_ACCESS] = access


def _field_access(field: GraphQLField, converter: GraphQLCoreConverter) -> FieldAccess | None:
    definition = field.extensions.get(GraphQLCoreConverter.DEFINITION_BACKREF)
    if not isinstance(definition, StrawberryField) or definition.extensions:
        return None
    resolver = definition.base_resolver
    if resolver is None:
        name = definition.python_name
        return FieldAccess(attrgetter(name), None, frozenset({name}))
    call: Any = resolver.wrapped_func
    if resolver.self_parameter or resolver.root_parameter or not callable(call):
        return None
    parent, info = resolver.parent_parameter, resolver.info_parameter
    if parent and parent.name != next(iter(signature(call).parameters)):
        return None
    batch_resolver: BatchResolver | None = definition.metadata.get(BATCH_RESOLVER)
    row_resolver: RowResolver | None = definition.metadata.get(ROW_RESOLVER)
    declared = batch_resolver or row_resolver
    names = {
        converter.config.name_converter.from_argument(argument): argument.python_name
        for argument in definition.arguments
    }
    return FieldAccess(
        None,
        Resolver(
            definition,
            converter,
            call,
            parent is not None,
            batch_resolver,
            row_resolver,
            info.name if info else None,
            names,
        ),
        declared.needs if declared else None,
    )
