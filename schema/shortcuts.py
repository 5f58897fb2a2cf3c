"""Which fields of the schema need none of graphql-core's generality, and how to read them.

A leaf that is an attribute of its row, or a function of its row alone, needs no path, no info
and no awaiting. Found out once, when the schema is built, and kept with each field.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from operator import attrgetter
from typing import Any

import strawberry
from graphql import (
    GraphQLEnumType,
    GraphQLField,
    GraphQLList,
    GraphQLNonNull,
    GraphQLObjectType,
    GraphQLOutputType,
    GraphQLResolveInfo,
    GraphQLSchema,
    is_leaf_type,
)
from graphql.pyutils import Undefined
from strawberry.schema.schema_converter import GraphQLCoreConverter
from strawberry.types.arguments import convert_arguments
from strawberry.types.field import StrawberryField

SHORTCUT = "shortcut"
_EXACT: dict[str, type] = {"String": str, "ID": str, "Boolean": bool}


@dataclass(frozen=True, slots=True)
class Resolver:
    """How a field's resolver is called: directly, its arguments converted once for all rows."""

    field: StrawberryField
    converter: GraphQLCoreConverter
    call: Callable[..., Any]
    parent: str | None
    info: str | None

    def reader(self, arguments: Mapping[str, Any]) -> Callable[[Any], Any] | None:
        """Calls the resolver with a row alone; None where it needs to know more."""
        if self.info is not None or self.parent is None:
            return None
        call, parent = self.call, self.parent
        return lambda source: call(**{parent: source}, **arguments)

    def called(
        self, source: Any, info: GraphQLResolveInfo[Any], arguments: Mapping[str, Any]
    ) -> Any:
        """What the resolver answers for a row, perhaps in time."""
        given = dict(arguments)
        if self.parent is not None:
            given[self.parent] = source
        if self.info is not None:
            given[self.info] = strawberry.Info(_raw_info=info, _field=self.field)
        return self.call(**given)

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
    """How to read a field: as an attribute (`read`) or by its `resolver`.

    `complete` completes a value as graphql-core would; where a value's class is `exact`, it is
    complete already. Only leaves have one. `object` is the type of an object, `objects` the item
    type and object type of a list of objects.
    """

    read: Callable[[Any], Any] | None
    resolver: Resolver | None
    complete: Callable[[Any], Any] | None
    exact: type | None
    object: GraphQLObjectType | None
    objects: tuple[GraphQLOutputType, GraphQLObjectType] | None


def prepare(schema: GraphQLSchema, converter: GraphQLCoreConverter) -> None:
    """Find the shortcuts of all fields. Root mutations and subscriptions have none."""
    for type_ in schema.type_map.values():
        roots = (schema.mutation_type, schema.subscription_type)
        if isinstance(type_, GraphQLObjectType) and type_ not in roots:
            for name, field in type_.fields.items():
                shortcut = _shortcut(type_, name, field, converter)
                if shortcut is not None:
                    field.extensions[SHORTCUT] = shortcut


def _shortcut(
    type_: GraphQLObjectType, name: str, field: GraphQLField, converter: GraphQLCoreConverter
) -> Shortcut | None:
    definition = field.extensions.get(GraphQLCoreConverter.DEFINITION_BACKREF)
    if not isinstance(definition, StrawberryField) or definition.extensions:
        return None
    complete, exact = _leaf(type_, name, field)
    kind = (complete, exact, _object(field.type), _objects(field.type))
    resolver = definition.base_resolver
    if resolver is None:
        return Shortcut(attrgetter(definition.python_name), None, *kind)
    parent, info = resolver.parent_parameter, resolver.info_parameter
    call: Any = resolver.wrapped_func
    if resolver.self_parameter or resolver.root_parameter or not callable(call):
        return None
    names = (parent.name if parent else None, info.name if info else None)
    return Shortcut(None, Resolver(definition, converter, call, *names), *kind)


def _object(type_: GraphQLOutputType) -> GraphQLObjectType | None:
    of = type_.of_type if isinstance(type_, GraphQLNonNull) else type_
    return of if isinstance(of, GraphQLObjectType) else None


def _objects(type_: GraphQLOutputType) -> tuple[GraphQLOutputType, GraphQLObjectType] | None:
    of = type_.of_type if isinstance(type_, GraphQLNonNull) else type_
    if not isinstance(of, GraphQLList):
        return None
    object_type = _object(of.of_type)
    return (of.of_type, object_type) if object_type is not None else None


def _leaf(
    type_: GraphQLObjectType, name: str, field: GraphQLField
) -> tuple[Callable[[Any], Any] | None, type | None]:
    """How a leaf is completed, in the words and to the letter of graphql-core."""
    of = field.type.of_type if isinstance(field.type, GraphQLNonNull) else field.type
    if not is_leaf_type(of):
        return None, None
    required = of is not field.type
    coerce = of.coerce_output_value
    named = {}
    if isinstance(of, GraphQLEnumType):
        named = {value.value: key for key, value in of.values.items()}

    def complete(value: Any) -> Any:
        if value.__class__ is str and value in named:
            return named[value]
        if isinstance(value, Exception):
            raise value
        if value is None or value is Undefined:
            if required:
                raise TypeError(f"Cannot return null for non-nullable field {type_}.{name}.")
            return None
        coerced = coerce(value)
        if coerced is None or coerced is Undefined:
            raise TypeError(f"{of} cannot show {value.__class__.__name__}.")
        return coerced

    return complete, _EXACT.get(of.name)
