"""graphql-core's executor, with plans for what lies below the fields of a query.

What it answers is what graphql-core answers, errors and their places included. With
`HUB_PLANS=false` all is as before, but slower.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import cached_property
from typing import Any, NamedTuple, Self

import strawberry
from graphql import (
    GraphQLObjectType,
    GraphQLSchema,
    default_field_resolver,
    default_type_resolver,
)
from graphql.execution import Executor
from graphql.execution.values import VariableValues, get_argument_values
from graphql.pyutils import Path
from strawberry.execution import optimized_is_awaitable
from typing_extensions import override

from schema import plans
from schema.batching import Turns
from schema.plans import Column
from schema.prepared import Prepared, Shape


class Operation(NamedTuple):
    """What there is to know of an operation, whatever the field."""

    context: Any


class LeanExecutor(Executor[None]):
    """Resolves the fields of a query one by one, and completes each of them by a plan."""

    def __init__(self, *args: Any, shape: Shape, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.async_helpers: Any = None  # of no use here, and a circle: executor, helpers, executor
        self._shape = shape
        self._arguments: dict[Column, dict[str, Any]] = {}

    @classmethod
    def of(
        cls, schema: GraphQLSchema, prepared: Prepared, variables: VariableValues, context: Any
    ) -> Self:
        """Executes a prepared operation once."""
        return cls(
            schema,
            prepared.fragment_definitions,
            prepared.fragments,
            None,
            context,
            prepared.operation,
            variables,
            default_field_resolver,
            default_type_resolver,
            default_field_resolver,
            is_awaitable=optimized_is_awaitable,
            shape=prepared.shape(variables),
        )

    # ── what plans ask for ────────────────────────────────────────────────────────────────────

    @property
    def turns(self) -> Turns:
        """See `schema.plans.Execution`."""
        turns: Turns = self.context_value.loaders.turns
        return turns

    def arguments(self, column: Column) -> dict[str, Any]:
        """See `schema.plans.Execution`. Raises whatever is wrong with them."""
        known = self._arguments.get(column)
        if known is not None:
            return known
        coerced = self.variable_values.coerced
        given = {name: coerced.get(variable) for name, variable in column.variables.items()}
        if column.template is not None and None not in given.values():
            known = column.template | given
        else:
            values = get_argument_values(
                column.definition,
                column.node,
                self.variable_values,
                column.details[0].fragment_variable_values,
                self.hide_suggestions,
            )
            known = column.resolver.bound(values)
            if given:
                column.template = {one: known[one] for one in known if one not in given}
        self._arguments[column] = known
        return known

    def info(self, column: Column) -> Any:
        """See `schema.plans.Execution`."""
        if column.parent is self.schema.query_type:
            place = Path(None, column.name, column.parent.name)
            return strawberry.Info(self._raw_info(column, place), column.resolver.field)
        return self._info_below

    @cached_property
    def _info_below(self) -> Any:
        """Of no field: what resolvers below the root need of it is the context alone."""
        context: Any = Operation(self.context_value)
        return strawberry.Info(context, context)

    def _raw_info(self, column: Column, path: Path) -> Any:
        nodes = [detail.node for detail in column.details]
        return self.build_resolve_info(column.definition, nodes, column.parent, path)

    # ── the fields of the root ────────────────────────────────────────────────────────────────

    @override
    def execute_collected_root_fields(
        self,
        root_type: GraphQLObjectType,
        root_value: Any,
        grouped_field_set: Any,
        serially: bool,
        new_defer_usages: Sequence[Any],
    ) -> Any:
        if self._shape.root is None:
            self._shape.root = grouped_field_set
        return super().execute_collected_root_fields(
            root_type, root_value, self._shape.root, serially, new_defer_usages
        )

    @override
    def execute_field(
        self,
        parent_type: GraphQLObjectType,
        source: Any,
        field_details_list: Any,
        path: Path,
        position_context: None,
    ) -> Any:
        column = self._column(parent_type, field_details_list, path)
        if column is None:
            return super().execute_field(
                parent_type, source, field_details_list, path, position_context
            )
        try:
            [value] = column.read([source], self)
        except Exception as error:
            self.handle_field_error(error, column.definition.type, field_details_list, path)
            return None
        return self._finished(column, value, path)

    def _column(self, parent: GraphQLObjectType, details: Any, path: Path) -> Column | None:
        """The plan's beginning for a field of a query; None for what graphql-core does."""
        if path.prev is not None or parent is not self.schema.query_type:
            return None
        known = self._shape.columns
        if id(details) not in known:
            try:
                column = Column(parent, str(path.key), details, self)
                known[id(details)] = column if column.nested is not None else None
            except Exception:  # graphql-core finds the same, and says what it is
                known[id(details)] = None
        return known[id(details)]

    async def _finished(self, column: Column, value: Any, path: Path) -> Any:
        """The value that a resolver answered with, with all that is selected below it."""
        try:
            if self.is_awaitable(value):
                self.turns.take()
                value = await value
            try:
                return await plans.completed(column, value, self)
            except Exception:
                return await self._by_the_book(column, value, path)
        except Exception as error:
            self.handle_field_error(error, column.definition.type, column.details, path)
            return None

    async def _by_the_book(self, column: Column, value: Any, path: Path) -> Any:
        """Completed by graphql-core, which tells what is wrong. Loaders remember what they read."""
        info = self._raw_info(column, path)
        found = self.complete_value(column.definition.type, column.details, info, path, value, None)
        return await found if self.is_awaitable(found) else found
