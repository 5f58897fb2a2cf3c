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

import strawberry
from graphql import GraphQLField, GraphQLObjectType

from schema.execution.dataloader import Finish, Loader
from schema.execution.internals import core_schema, field_definition, field_metadata

FIELD_ACCESS = "field_access"
"""Key of a field's FieldAccess in its extensions."""

BATCH_RESOLVER = "batch_resolver"
ROW_RESOLVER = "row_resolver"
"""Keys of a field's BatchResolver and RowResolver in its metadata."""

WEIGHT = "weight"
"""Key of a field's own cost in its metadata, see `schema.execution.cost`."""


MEASURE = "measure"
"""Key of the function that measures a field in its metadata, see `measure_of`."""


class LoaderField(NamedTuple):
    """The loader of a field, and a conversion of its value and key; None for the value itself.

    For a connection `counts` loads the total counts, by the same keys. `finish` completes the
    values of all rows together.
    """

    loader: Loader[Any, Any]
    transform: Callable[[Any, Any], Any] | None = None
    counts: Loader[Any, int] | None = None
    finish: Finish | None = None


class BatchResolver(NamedTuple):
    """Resolves a field of all rows at once, by a loader.

    `loader_field` returns the loader for the field's arguments, `key` its key for a row; `needs`
    names the attributes of a row that `key` reads.
    """

    loader_field: Callable[..., LoaderField]
    key: Callable[[Any], Any]
    needs: frozenset[str]


class RowResolver(NamedTuple):
    """Resolves a field from its row alone: `reader` returns a function for its arguments.

    None where these need the field's resolver.
    """

    reader: Callable[..., Callable[[Any], Any] | None]
    needs: frozenset[str]


@dataclass(frozen=True, slots=True)
class Resolver:
    """A field's resolver, called directly, with its arguments converted once for all rows.

    `takes_row`: its first argument is a row. `batch_resolver` and `row_resolver` resolve the field
    without calling it, if it has one. `info_name` is the name of its `info` parameter,
    `argument_names` maps the schema's argument names to its parameters, `bind` converts coerced
    arguments to those that it takes.
    """

    call: Callable[..., Any]
    takes_row: bool
    batch_resolver: BatchResolver | None
    row_resolver: RowResolver | None
    info_name: str | None
    argument_names: Mapping[str, str]
    bind: Callable[[dict[str, Any]], dict[str, Any]]


@dataclass(frozen=True, slots=True)
class FieldAccess:
    """Access to a field: as an attribute (`read`) or else by its `resolver`.

    `needs` names the attributes of a row that it reads; None where they are unknown.
    """

    read: Callable[[Any], Any] | None
    resolver: Resolver | None
    needs: frozenset[str] | None


def measure_of(field: GraphQLField) -> Callable[..., tuple[int, dict[str, int]]] | None:
    """Return the function that measures a field by its numeric arguments, if it has one.

    It returns the field's own cost, and the sizes of the lists of its object by their names; first
    the list whose objects are read in any case.
    """
    measure: Callable[..., tuple[int, dict[str, int]]] | None = field_metadata(field).get(MEASURE)
    return measure


def weight_of(field: GraphQLField) -> int:
    """Return a field's own cost beside that of the objects below it."""
    weight: int = field_metadata(field).get(WEIGHT, 0)
    return weight


def prepare(schema: strawberry.Schema) -> None:
    """Store the FieldAccess of all fields. Root mutations and subscriptions have none."""
    core = core_schema(schema)
    roots = (core.mutation_type, core.subscription_type)
    for type_ in core.type_map.values():
        if isinstance(type_, GraphQLObjectType) and type_ not in roots:
            for field in type_.fields.values():
                access = _field_access(field, schema)
                if access is not None:
                    field.extensions[FIELD_ACCESS] = access


def _field_access(field: GraphQLField, schema: strawberry.Schema) -> FieldAccess | None:
    definition = field_definition(field, schema)
    if definition is None:
        return None
    call, row = definition.resolver, definition.row_parameter
    if call is None:
        name = definition.attribute
        return FieldAccess(attrgetter(name), None, frozenset({name}))
    if row and row != next(iter(signature(call).parameters)):
        return None
    metadata = field_metadata(field)
    batch_resolver: BatchResolver | None = metadata.get(BATCH_RESOLVER)
    row_resolver: RowResolver | None = metadata.get(ROW_RESOLVER)
    declared = batch_resolver or row_resolver
    return FieldAccess(
        None,
        Resolver(
            call,
            row is not None,
            batch_resolver,
            row_resolver,
            definition.info_parameter,
            definition.argument_names,
            definition.convert,
        ),
        declared.needs if declared else None,
    )
