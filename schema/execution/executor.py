"""Executes queries by plans, and all else by graphql-core's executor.

What plans answer is what graphql-core answers, errors and their places included. With
`HUB_PLANS=false` it does everything, but slower.
"""

from __future__ import annotations

from collections.abc import Coroutine
from typing import Any, NamedTuple, TypeAlias

from graphql import (
    GraphQLError,
    GraphQLObjectType,
    GraphQLResolveInfo,
    GraphQLSchema,
    OperationType,
    default_field_resolver,
    default_type_resolver,
)
from graphql.execution import ExecutionResult, Executor
from graphql.execution.collect_fields import collect_fields, collect_subfields
from graphql.execution.values import VariableValues, get_argument_values
from graphql.pyutils import Path, gather_with_cancel
from strawberry.execution import optimized_is_awaitable

from schema.execution import plans
from schema.execution.dataloader import Turns
from schema.execution.lookahead import Wanted
from schema.execution.plans import Column
from schema.execution.prepared import Prepared

_is_awaitable: Any = optimized_is_awaitable
ByTheBook: TypeAlias = Executor[None]


class Below(NamedTuple):
    """What resolvers below the root are told as their `info`: of the operation, not of a field.

    But for what is looked at below it, see `schema.execution.lookahead`.
    """

    context: Any
    wanted: Wanted | None = None


class AtTheRoot:
    """What resolvers of the root are told as their `info`, made when it is asked for."""

    __slots__ = ("_column", "_query", "context", "wanted")

    def __init__(self, query: Planned, column: Column, context: Any) -> None:
        self._query = query
        self._column = column
        self.context = context
        self.wanted = column.wanted

    @property
    def _raw_info(self) -> GraphQLResolveInfo[Any]:
        """As Strawberry's own `Info` has it."""
        return self._query.raw_info(self._column)


def execute(
    schema: GraphQLSchema, prepared: Prepared, variables: VariableValues, context: Any
) -> Coroutine[Any, Any, ExecutionResult]:
    """Execute an operation: a query by plans, where they know all of its fields."""
    if prepared.operation.operation is OperationType.QUERY:
        return Planned(schema, prepared, variables, context).execute()
    return by_the_book(_executor(schema, prepared, variables, context))


async def by_the_book(executor: ByTheBook) -> ExecutionResult:
    """Execute an operation as graphql-core does."""
    result: Any = executor.execute_operation()
    executed: ExecutionResult = await result if _is_awaitable(result) else result
    return executed


def _executor(
    schema: GraphQLSchema, prepared: Prepared, variables: VariableValues, context: Any
) -> ByTheBook:
    executor = Executor[None](
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
        is_awaitable=_is_awaitable,
    )
    nothing: Any = None
    executor.async_helpers = nothing  # of no use here, and a circle: executor, helpers, executor
    return executor


class Planned:
    """One execution of a query; an executor is made only when something asks for it."""

    def __init__(
        self, schema: GraphQLSchema, prepared: Prepared, variables: VariableValues, context: Any
    ) -> None:
        self.schema = schema
        self._prepared = prepared
        self._variables = variables
        self._context = context
        self.turns: Turns = context.loaders.turns
        self._below = Below(context)
        self._shape = prepared.shape(variables)
        self._arguments: dict[Column, dict[str, Any]] = {}
        self._made: ByTheBook | None = None

    async def execute(self) -> ExecutionResult:
        """Answer the query."""
        columns = self._columns()
        if not columns:
            return await by_the_book(self._book)
        values, data = list[Any](), None
        try:
            values += map(self._begun, columns)
            if len(columns) == 1:
                found = [await self._finished(columns[0], values[0])]
            else:
                found = await gather_with_cancel(*map(self._finished, columns, values))
            data = dict(zip((column.name for column in columns), found, strict=True))
        except GraphQLError as error:
            plans.close([values])
            self._book.collected_errors.add(error, None)
        errors = None if self._made is None else self._made.collected_errors.errors
        return ExecutionResult(data, errors or None)

    # ── what plans ask for ────────────────────────────────────────────────────────────────────

    @property
    def absent(self) -> frozenset[str]:
        """See `schema.execution.plans.Execution`."""
        return self._shape.absent

    def below(self, type_: GraphQLObjectType, details: list[Any]) -> dict[str, list[Any]]:
        """See `schema.execution.plans.Execution`."""
        prepared = self._prepared
        return collect_subfields(
            self.schema, prepared.fragments, self._variables, prepared.operation, type_, details
        ).grouped_field_set

    def arguments(self, column: Column) -> dict[str, Any]:
        """See `schema.execution.plans.Execution`. Raises whatever is wrong with them."""
        known = self._arguments.get(column)
        if known is not None:
            return known
        coerced = self._variables.coerced
        given = {name: coerced.get(variable) for name, variable in column.variables.items()}
        if column.template is not None and None not in given.values():
            known = column.template | given
        else:
            values = get_argument_values(
                column.definition,
                column.node,
                self._variables,
                column.details[0].fragment_variable_values,
            )
            known = column.resolver.bound(values)
            if given:
                column.template = {one: known[one] for one in known if one not in given}
        self._arguments[column] = known
        return known

    def info(self, column: Column) -> Any:
        """See `schema.execution.plans.Execution`."""
        if column.parent is self.schema.query_type:
            return AtTheRoot(self, column, self._context)
        return self._below if column.wanted is None else Below(self._context, column.wanted)

    def raw_info(self, column: Column) -> GraphQLResolveInfo[Any]:
        """What graphql-core tells the resolver of a field of the root."""
        nothing: Any = None
        return GraphQLResolveInfo(
            column.node.name.value,
            [detail.node for detail in column.details],
            column.definition.type,
            column.parent,
            _path(column),
            self.schema,
            self._prepared.fragment_definitions,
            None,
            self._prepared.operation,
            self._variables,
            self._context,
            _is_awaitable,
            None,
            nothing,
        )

    # ── the fields of the root ────────────────────────────────────────────────────────────────

    @property
    def _book(self) -> ByTheBook:
        if self._made is None:
            self._made = _executor(self.schema, self._prepared, self._variables, self._context)
        return self._made

    def _columns(self) -> list[Column]:
        """Where plans begin; none where one field has no plan, or what is asked for is wrong."""
        shape = self._shape
        if shape.columns is None:
            query: Any = self.schema.query_type
            prepared = self._prepared
            try:
                grouped, *_ = collect_fields(
                    self.schema, prepared.fragments, self._variables, query, prepared.operation
                )
                shape.columns = [Column(query, name, one, self) for name, one in grouped.items()]
            except Exception:  # graphql-core finds the same, and says what it is
                shape.columns = []
        return shape.columns

    def _begun(self, column: Column) -> Any:
        """What a field's resolver answers with, perhaps in time; an error where it raises one."""
        try:
            return column.value(self)
        except Exception as error:
            self._tell(error, column)
            return None

    async def _finished(self, column: Column, value: Any) -> Any:
        """The value that a resolver answered with, with all that is selected below it."""
        try:
            if _is_awaitable(value):
                self.turns.take()
                value = await value
            try:
                return await plans.completed(column, value, self)
            except Exception:
                return await self._by_the_book(column, value)
        except Exception as error:
            self._tell(error, column)
            return None

    async def _by_the_book(self, column: Column, value: Any) -> Any:
        """Completed by graphql-core, which tells what is wrong. Loaders remember what they read."""
        found = self._book.complete_value(
            column.definition.type,
            column.details,
            self.raw_info(column),
            _path(column),
            value,
            None,
        )
        return await found if _is_awaitable(found) else found

    def _tell(self, error: Exception, column: Column) -> None:
        """Tell of an error, or raise it where the field must not be null."""
        type_ = column.definition.type
        self._book.handle_field_error(error, type_, column.details, _path(column))


def _path(column: Column) -> Path:
    return Path(None, column.name, column.parent.name)
