"""How fields are read without the generality of Strawberry and graphql-core.

As attributes of their rows, or by their resolvers directly. Found out once, when the schema is
built, and kept with each field.
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

SHORTCUT = "shortcut"
LOADS = "loads"
READS = "reads"
"""Where a field's metadata say how it is loaded, or read of its row alone, if it is."""


class From(NamedTuple):
    """The loader that a field comes from, and what it shows of a value and its key, if not it.

    For a connection `counts` answers how many there are in all, by the same keys.
    """

    loader: Loader[Any, Any]
    show: Callable[[Any, Any], Any] | None = None
    counts: Loader[Any, int] | None = None


class Loads(NamedTuple):
    """How a field is loaded for all rows at once: by which loader, and by what of each row."""

    ask: Callable[..., From]
    by: Callable[[Any], Any]
    needs: frozenset[str]


class Reads(NamedTuple):
    """How a field is read of its row alone, by its arguments."""

    how: Callable[..., Callable[[Any], Any]]
    needs: frozenset[str]


@dataclass(frozen=True, slots=True)
class Resolver:
    """How a field's resolver is called: directly, its arguments converted once for all rows.

    `takes_row` says that a row is its first argument, `loads` how all rows are answered without
    it, where they can be, and `reads` how a row is read, by the arguments. `info` is what the one
    that tells of the operation is called, `names` what it calls the arguments of the schema.
    """

    field: StrawberryField
    converter: GraphQLCoreConverter
    call: Callable[..., Any]
    takes_row: bool
    loads: Loads | None
    reads: Reads | None
    info: str | None
    names: Mapping[str, str]

    def bound(self, arguments: dict[str, Any]) -> dict[str, Any]:
        """The arguments as the resolver takes them."""
        return convert_arguments(
            arguments,
            self.field.arguments,
            scalar_registry=self.converter.scalar_registry,
            config=self.converter.config,
        )


@dataclass(frozen=True, slots=True)
class Shortcut:
    """How a field is read: as an attribute (`read`) or else by its `resolver`.

    `needs` names the attributes of its row that it looks at; None where nobody knows.
    """

    read: Callable[[Any], Any] | None
    resolver: Resolver | None
    needs: frozenset[str] | None


def prepare(schema: GraphQLSchema, converter: GraphQLCoreConverter) -> None:
    """Find the shortcuts of all fields. Root mutations and subscriptions have none."""
    for type_ in schema.type_map.values():
        roots = (schema.mutation_type, schema.subscription_type)
        if isinstance(type_, GraphQLObjectType) and type_ not in roots:
            for field in type_.fields.values():
                shortcut = _shortcut(field, converter)
                if shortcut is not None:
                    field.extensions[SHORTCUT] = shortcut


def _shortcut(field: GraphQLField, converter: GraphQLCoreConverter) -> Shortcut | None:
    definition = field.extensions.get(GraphQLCoreConverter.DEFINITION_BACKREF)
    if not isinstance(definition, StrawberryField) or definition.extensions:
        return None
    resolver = definition.base_resolver
    if resolver is None:
        name = definition.python_name
        return Shortcut(attrgetter(name), None, frozenset({name}))
    call: Any = resolver.wrapped_func
    if resolver.self_parameter or resolver.root_parameter or not callable(call):
        return None
    parent, info = resolver.parent_parameter, resolver.info_parameter
    if parent and parent.name != next(iter(signature(call).parameters)):
        return None
    loads: Loads | None = definition.metadata.get(LOADS)
    reads: Reads | None = definition.metadata.get(READS)
    known = loads or reads
    names = {
        converter.config.name_converter.from_argument(one): one.python_name
        for one in definition.arguments
    }
    return Shortcut(
        None,
        Resolver(
            definition,
            converter,
            call,
            parent is not None,
            loads,
            reads,
            info.name if info else None,
            names,
        ),
        known.needs if known else None,
    )
