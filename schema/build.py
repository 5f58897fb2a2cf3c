"""The schema as a whole, and its text."""

from __future__ import annotations

from datetime import datetime
from functools import cache
from pathlib import Path

import strawberry
from graphql import GraphQLInputObjectType, GraphQLObjectType, GraphQLSchema
from graphql.pyutils import Undefined
from strawberry.schema.config import StrawberryConfig

from schema.execution import field_resolvers
from schema.execution.scalars import DATE_TIME
from schema.mutations.root import Mutation
from schema.queries import Query, types
from schema.subscriptions import Subscription
from schema.types.problems import FACES

SNAPSHOT = Path(__file__).with_name("schema.graphql")
"""The committed text of the schema: the contract with clients, reviewed as code."""


@cache
def schema() -> strawberry.Schema:
    """The schema; built once, in half a second."""
    made = strawberry.Schema(
        query=Query,
        mutation=Mutation,
        subscription=Subscription,
        types=types(),
        exception_handlers=FACES,
        config=StrawberryConfig(scalar_map={datetime: DATE_TIME}),
    )
    _leave_out_null_defaults(made._schema)
    field_resolvers.prepare(made._schema, made.schema_converter)
    return made


def _leave_out_null_defaults(schema: GraphQLSchema) -> None:
    """Let what defaults to null have no default, which is the same and reads better."""
    for type_ in schema.type_map.values():
        if isinstance(type_, GraphQLInputObjectType):
            inputs = [*type_.fields.values()]
        elif isinstance(type_, GraphQLObjectType):
            inputs = [arg for field in type_.fields.values() for arg in field.args.values()]
        else:
            continue
        for each in inputs:
            if each.default_value is None:
                each.default_value = Undefined


@cache
def sdl() -> str:
    """The schema's text."""
    return schema().as_str() + "\n"
