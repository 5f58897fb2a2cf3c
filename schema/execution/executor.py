"""Executor: queries run by plans, everything else by graphql-core's executor.

Results of plans equal those of graphql-core, errors and their paths included. With
`HUB_PLANS=false` graphql-core executes everything, but slower.
"""

from __future__ import annotations

from collections.abc import Coroutine
from typing import Any, NamedTuple

from graphql import (
    ExecutionResult,
    GraphQLError,
    GraphQLObjectType,
    GraphQLResolveInfo,
    GraphQLSchema,
    OperationType,
    VariableValues,
    get_argument_values,
)

from schema.budget import BudgetExceeded
from schema.execution import plans
from schema.execution.dataloader import Dispatcher
from schema.execution.internals import (
    CoreExecutor,
    Path,
    build_executor,
    collect_fields,
    collect_subfields,
    gather_with_cancel,
    is_awaitable,
)
from schema.execution.lookahead import Lookahead
from schema.execution.plans import Column, Plan
from schema.execution.prepared import PreparedOperation


class NestedInfo(NamedTuple):
    """The `info` of resolvers below the root: it describes the operation, not the field.

    Except for the attributes selected below the field, see `schema.execution.lookahead`.
    """

    context: Any
    lookahead: Lookahead | None = None


class RootInfo:
    """The `info` of root resolvers; graphql-core's own is built on first access."""

    __slots__ = ("_column", "_query", "context", "lookahead")

    def __init__(self, query: QueryExecution, column: Column, context: Any) -> None:
        self._query = query
        self._column = column
        self.context = context
        self.lookahead = column.lookahead

    @property
    def _raw_info(self) -> GraphQLResolveInfo[Any]:
        """The info of graphql-core, under the name that Strawberry's `Info` uses."""
        return self._query.raw_info(self._column)


def execute(
    schema: GraphQLSchema, prepared: PreparedOperation, variables: VariableValues, context: Any
) -> Coroutine[Any, Any, ExecutionResult]:
    """Execute an operation: a query by plans where they support all of its fields."""
    if prepared.operation.operation is OperationType.QUERY:
        return QueryExecution(schema, prepared, variables, context).execute()
    return execute_with_graphql_core(_build_executor(schema, prepared, variables, context))


async def execute_with_graphql_core(executor: CoreExecutor) -> ExecutionResult:
    """Execute an operation with graphql-core's own executor (fallback)."""
    result: Any = executor.execute_operation()
    executed: ExecutionResult = await result if is_awaitable(result) else result
    return executed


def _build_executor(
    schema: GraphQLSchema, prepared: PreparedOperation, variables: VariableValues, context: Any
) -> CoreExecutor:
    return build_executor(
        schema,
        prepared.fragment_definitions,
        prepared.fragments,
        prepared.operation,
        variables,
        context,
    )


class QueryExecution:
    """One execution of a query; graphql-core's executor is built only when needed."""

    def __init__(
        self,
        schema: GraphQLSchema,
        prepared: PreparedOperation,
        variables: VariableValues,
        context: Any,
    ) -> None:
        self.schema = schema
        self._prepared = prepared
        self._variables = variables
        self._context = context
        self.dispatcher: Dispatcher = context.loaders.dispatcher
        self._nested_info = NestedInfo(context)
        self._shape = prepared.shape(variables)
        self._arguments: dict[Column, dict[str, Any]] = {}
        self._fallback: CoreExecutor | None = None

    async def execute(self) -> ExecutionResult:
        """Execute the query."""
        columns = self._root_columns()
        if not columns:
            return await execute_with_graphql_core(self._core_executor)
        values, data = list[Any](), None
        try:
            values += map(self._start, columns)
            if len(columns) == 1:
                results = [await self._complete(columns[0], values[0])]
            else:
                results = await gather_with_cancel(*map(self._complete, columns, values))
            data = dict(zip((column.name for column in columns), results, strict=True))
        except GraphQLError as error:
            plans.close_coroutines([values])
            self._core_executor.collected_errors.add(error, None)
        errors = None if self._fallback is None else self._fallback.collected_errors.errors
        return ExecutionResult(data, errors or None)

    # ── the Execution protocol of plans ───────────────────────────────────────────────────────

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

    def single_plan(self, column: Column) -> Plan:
        """See `schema.execution.plans.Execution`."""
        plan = self._shape.plans.get(column)
        if plan is None:
            plan = self._shape.plans[column] = Plan([column])
        return plan

    def arguments(self, column: Column) -> dict[str, Any]:
        """See `schema.execution.plans.Execution`. Raises errors of coercion."""
        arguments = self._arguments.get(column)
        if arguments is not None:
            return arguments
        coerced = self._variables.coerced
        from_variables = {
            name: coerced.get(variable) for name, variable in column.variables.items()
        }
        if column.template is not None and None not in from_variables.values():
            arguments = column.template | from_variables
        else:
            values = get_argument_values(
                column.definition,
                column.node,
                self._variables,
                column.details[0].fragment_variable_values,
            )
            arguments = column.resolver.bind(values)
            if from_variables:
                column.template = {
                    name: value for name, value in arguments.items() if name not in from_variables
                }
        self._arguments[column] = arguments
        return arguments

    def info(self, column: Column) -> Any:
        """See `schema.execution.plans.Execution`."""
        if column.parent is self.schema.query_type:
            return RootInfo(self, column, self._context)
        if column.lookahead is None:
            return self._nested_info
        return NestedInfo(self._context, column.lookahead)

    def raw_info(self, column: Column) -> GraphQLResolveInfo[Any]:
        """Return graphql-core's info of a root field."""
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
            is_awaitable,
            None,
            nothing,
        )

    # ── root fields ───────────────────────────────────────────────────────────────────────────

    @property
    def _core_executor(self) -> CoreExecutor:
        if self._fallback is None:
            self._fallback = _build_executor(
                self.schema, self._prepared, self._variables, self._context
            )
        return self._fallback

    def _root_columns(self) -> list[Column]:
        """Return the columns of the root; none if a field has no plan or the query is invalid."""
        shape = self._shape
        if shape.columns is None:
            query: Any = self.schema.query_type
            prepared = self._prepared
            try:
                grouped, *_ = collect_fields(
                    self.schema, prepared.fragments, self._variables, query, prepared.operation
                )
                shape.columns = [
                    Column(query, name, details, self) for name, details in grouped.items()
                ]
            except Exception:  # graphql-core raises the same error, and reports it
                shape.columns = []
        return shape.columns

    def _start(self, column: Column) -> Any:
        """Call a field's resolver and return its result, perhaps awaitable; handle its error."""
        try:
            return column.value(self)
        except Exception as error:
            self._handle_error(error, column)
            return None

    async def _complete(self, column: Column, value: Any) -> Any:
        """Complete a resolver's result with all that is selected below it."""
        try:
            if is_awaitable(value):
                self.dispatcher.dispatch()
                value = await value
            try:
                return await plans.complete(column, value, self)
            except BudgetExceeded:
                raise
            except Exception:
                return await self._complete_with_graphql_core(column, value)
        except Exception as error:
            self._handle_error(error, column)
            return None

    async def _complete_with_graphql_core(self, column: Column, value: Any) -> Any:
        """Complete with graphql-core, which reports errors; loaders do not read again."""
        completed = self._core_executor.complete_value(
            column.definition.type,
            column.details,
            self.raw_info(column),
            _path(column),
            value,
            None,
        )
        return await completed if is_awaitable(completed) else completed

    def _handle_error(self, error: Exception, column: Column) -> None:
        """Collect an error, or raise it if the field is non-null."""
        type_ = column.definition.type
        self._core_executor.handle_field_error(error, type_, column.details, _path(column))


def _path(column: Column) -> Path:
    return Path(None, column.name, column.parent.name)
