"""The complete schema, and its SDL."""

from __future__ import annotations

from datetime import datetime
from functools import cache
from pathlib import Path

import strawberry
from graphql import GraphQLInputObjectType, GraphQLObjectType, GraphQLSchema, Undefined
from strawberry.schema.config import StrawberryConfig

from schema.execution import field_resolvers
from schema.execution.internals import core_schema
from schema.execution.scalars import DATE_TIME
from schema.mutations.root import Mutation
from schema.queries import Query, types
from schema.subscriptions import Subscription
from schema.types.problems import EXCEPTION_HANDLERS

SNAPSHOT = Path(__file__).with_name("schema.graphql")
"""The committed text of the schema: the contract with clients, reviewed as code."""


@cache
def schema() -> strawberry.Schema:
    """Return the schema; built once, in half a second."""
    result = strawberry.Schema(
        query=Query,
        mutation=Mutation,
        subscription=Subscription,
        types=types(),
        exception_handlers=EXCEPTION_HANDLERS,
        config=StrawberryConfig(scalar_map={datetime: DATE_TIME}),
    )
    _remove_null_defaults(core_schema(result))
    field_resolvers.prepare(result)
    return result


def graphql_schema() -> GraphQLSchema:
    """Return the schema as graphql-core executes it."""
    return core_schema(schema())


def _remove_null_defaults(schema: GraphQLSchema) -> None:
    """Remove default values that are null: the meaning is the same, and the SDL is shorter."""
    for type_ in schema.type_map.values():
        if isinstance(type_, GraphQLInputObjectType):
            inputs = [*type_.fields.values()]
        elif isinstance(type_, GraphQLObjectType):
            inputs = [arg for field in type_.fields.values() for arg in field.args.values()]
        else:
            continue
        for argument in inputs:
            if argument.default_value is None:
                argument.default_value = Undefined


@cache
def sdl() -> str:
    """Return the schema's text."""
    return schema().as_str() + "\n"
