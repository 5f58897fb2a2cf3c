"""Execution of GraphQL operations, from a parsed request to its response.

The HTTP endpoint, websockets and event streams all call this class.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncGenerator, Awaitable, Callable, Coroutine, Mapping
from contextlib import aclosing
from functools import partial
from time import perf_counter
from typing import Any, NamedTuple

import orjson
from graphql import (
    ExecutionResult,
    Executor,
    GraphQLError,
    OperationDefinitionNode,
    OperationType,
)

from hub.auth import ANONYMOUS, Viewer
from hub.db.database import Reader
from hub.errors import RateLimited
from hub.search.statistics import QueryCounter
from hub.settings import Settings
from schema.budget import Budget, BudgetExceeded
from schema.build import graphql_schema
from schema.change_feed import ChangeFeed
from schema.context import HubContext
from schema.errors import format_error, is_unavailable, request_errors
from schema.execution import executor
from schema.execution.cache_tags import CacheTags
from schema.execution.documents import Document, Documents
from schema.execution.internals import is_awaitable
from schema.execution.limits import Limits
from schema.execution.rendering import RenderCache, Renderer
from schema.instrumentation import ExecutedOperation, Instrumentation
from schema.loaders import Loaders
from schema.rate_limits import Limit, RateLimiter
from schema.server.event_stream import EVENT_STREAM
from schema.server.metrics import Metrics
from schema.server.persisted_documents import PersistedDocuments, load_trusted_documents
from schema.server.requests import (
    GRAPHQL_JSON,
    JSON,
    Refused,
    Request,
    mutation_needs_post,
    rate_limited,
)
from schema.server.response_cache import (
    GraphQLResponse,
    HttpResponse,
    RequestKey,
    ResponseCache,
    cache_key,
)
from schema.server.sources import Sources, reads_only, sources_for
from schema.server.subscription_runner import run_subscription
from schema.server.turns import Turns
from search_index.engine import SearchEngine
from search_index.suggestions import Suggestions
from search_index.tuning import TuningCache

log = logging.getLogger(__name__)
UNMEASURED_COST = 300
"""Cost up to which texts are short enough to be serialised before they are measured."""


class Caller(NamedTuple):
    """The origin of a request: viewer, key of the rate limit, and id of the request."""

    viewer: Viewer
    client_key: str
    request_id: str


class Operations:
    """Executes the operations of one process, and holds the services that they share.

    `wait` waits until the last save of an article is searchable. `documents` are the persisted
    documents of the hub's own pages by their SHA-256, which are always accepted.
    """

    def __init__(
        self,
        *,
        db: Reader,
        engine: SearchEngine,
        suggestions: Suggestions,
        search_counter: QueryCounter,
        settings: Settings,
        rate_limiter: RateLimiter,
        wait_for_index: Callable[[int], Awaitable[bool]],
        documents: Mapping[str, str] | None = None,
        instrumentation: Instrumentation,
    ) -> None:
        self._sources = Sources(db, engine)
        self._tunings = TuningCache(db)
        self._suggestions = suggestions
        self._search_counter = search_counter
        self._settings = settings
        self._wait_for_index = wait_for_index
        self._schema = graphql_schema()
        limits = Limits(
            settings.max_depth,
            settings.max_tokens,
            settings.max_aliases,
            settings.introspection,
        )
        self._instrumentation = instrumentation
        self._documents = Documents(self._schema, limits, instrumentation)
        path = settings.trusted_documents
        manifest = {} if path is None else load_trusted_documents(path)
        self._persisted = PersistedDocuments(
            dict(documents or {}) | manifest,
            only_trusted=settings.only_trusted,
            db=db if settings.has_shared_database else None,
        )
        self._rate_limiter = rate_limiter
        self.response_cache = ResponseCache(db, engine, search_counter, settings.cache_bytes)
        self.change_feed = ChangeFeed(db, engine, settings.max_subscriptions)
        self.metrics = Metrics(db, self.response_cache, self.change_feed)
        self._render_cache = RenderCache()
        self.turns = Turns()
        self._mutations: set[asyncio.Task[ExecutionResult]] = set()

    async def resolve_persisted(self, request: Request) -> Request:
        """Return the request with the text of its persisted document. Raises Refused."""
        return await self._persisted.resolve(request)

    def operation(self, request: Request) -> OperationDefinitionNode | None:
        """Return the operation that a resolved request selects; None if there is none."""
        return self._documents.get(request.query).operation(request.operation_name)

    def cached_http_response(
        self, request_key: RequestKey, client_key: Callable[[], str]
    ) -> HttpResponse | None:
        """Return the cached response to an anonymous request of the same bytes, if still valid."""
        entry = self.response_cache.lookup(request_key, client_key)
        if entry is None:
            return None
        response, http_response = entry
        self.metrics.count_operation(response.operation)
        return http_response

    async def execute(
        self,
        request: Request,
        caller: Caller,
        media_type: str,
        method: str,
        budget: Budget | None = None,
    ) -> GraphQLResponse:
        """Execute an operation; anonymous queries are answered from the cache. Raises Refused.

        `budget` is shared by a list of operations.
        """
        budget = budget or self._budget()
        document = self._documents.get(request.query)
        operation = document.operation(request.operation_name)
        kind = operation.operation if operation else OperationType.QUERY
        if kind is OperationType.SUBSCRIPTION:
            raise Refused(
                406,
                "NOT_ACCEPTABLE",
                "Subscriptions need a websocket (graphql-transport-ws), or an event stream:"
                f" accept {EVENT_STREAM}.",
            )
        if kind is not OperationType.QUERY and method == "GET":
            raise mutation_needs_post()
        preview = caller.viewer.preview
        if preview is not None:
            if kind is OperationType.MUTATION:
                raise reads_only()
            await self._acquire_mutations(caller, 1)  # it holds saves up as one does
        if document.tree is not None:
            await self._persisted.register(request)
            self.metrics.count_operation(
                operation.name.value if operation and operation.name else None
            )

        async def compute() -> GraphQLResponse:
            started = perf_counter()
            if kind is OperationType.QUERY:
                await self.turns.take()
            executed = _describe(request, operation, caller)
            with self._instrumentation.observe_execution(executed) as report:
                async with sources_for(preview, self._sources) as sources:
                    response = await self._execute_operation(
                        request, document, caller, media_type, budget, sources
                    )
                report(response.status)
            self._log_slow(request, executed, perf_counter() - started)
            return response

        if caller.viewer is ANONYMOUS and kind is OperationType.QUERY:
            return await self.response_cache.get_or_compute(
                cache_key(request, media_type), compute, caller.client_key
            )
        return await compute()

    async def execute_batch(
        self, requests: list[Request], caller: Caller, media_type: str
    ) -> bytes:
        """Execute a list of operations one after the other, and return their responses in order.

        The response to a refused operation holds its error. Raises Refused if the sum of their
        costs exceeds the limit of a single operation.
        """
        requests = [await self._persisted.resolve(request) for request in requests]
        cost = sum(map(self.cost, requests))
        if cost > self._settings.max_cost:
            raise Refused(
                400,
                "QUERY_TOO_EXPENSIVE",
                f"The list costs {cost}; at most {self._settings.max_cost} are allowed.",
            )
        bodies, budget, size = [], self._budget(), 0
        for request in requests:
            try:
                body = (await self.execute(request, caller, media_type, "POST", budget)).body
            except Refused as refused:
                error = {"message": refused.message, "extensions": {"code": refused.code}}
                body = orjson.dumps({"errors": [error]})
            bodies.append(body)
            size += len(body)
            if size > self._settings.max_response_bytes:  # some are from the cache
                raise Refused(400, "RESPONSE_TOO_LARGE", "The responses are too long together.")
        return b"[" + b",".join(bodies) + b"]"

    async def stream(
        self, request: Request, caller: Caller
    ) -> AsyncGenerator[dict[str, Any], None]:
        """Yield the responses to an operation of any kind, over a long-lived connection."""
        document = self._documents.get(request.query)
        operation = document.operation(request.operation_name)
        if operation is None or operation.operation is not OperationType.SUBSCRIPTION:
            try:
                response = await self.execute(request, caller, JSON, "POST")
            except Refused as refused:
                error = {"message": refused.message, "extensions": {"code": refused.code}}
                yield {"errors": [error]}
            else:
                yield orjson.loads(response.body)
            return
        if caller.viewer.preview is not None:
            raise reads_only()
        await self._persisted.register(request)
        self.metrics.count_operation(operation.name.value if operation.name else None)
        async with aclosing(
            run_subscription(
                self._schema,
                document,
                request,
                self._context(caller, self._budget(), self._sources),
            )
        ) as stream:
            async for payload in stream:
                yield payload

    def _budget(self) -> Budget:
        return Budget(self._settings.max_cost, self._settings.max_response_bytes)

    async def resolve_within_cost(self, request: Request) -> Request:
        """Resolve the persisted document. Raises Refused if one response may cost too much."""
        request = await self._persisted.resolve(request)
        requested, limit = self.cost(request), self._settings.max_cost
        if requested > limit:
            raise Refused(
                400,
                "QUERY_TOO_EXPENSIVE",
                f"A response costs {requested}; at most {limit} are allowed.",
            )
        return request

    def cost(self, request: Request) -> int:
        """Return the cost of a resolved request, before texts are read."""
        document, operation = self._documents.get(request.query), self.operation(request)
        if operation is None:
            return 0
        return self._documents.cost(document, operation, request.variables)

    async def _execute_operation(
        self,
        request: Request,
        document: Document,
        caller: Caller,
        media_type: str,
        budget: Budget,
        sources: Sources,
    ) -> GraphQLResponse:
        """Execute the operation; request errors become responses too."""
        error_status = 400 if media_type == GRAPHQL_JSON else 200
        if document.tree is None:
            return GraphQLResponse(error_status, orjson.dumps({"errors": document.errors}))
        operation = document.operation(request.operation_name)
        is_mutation = operation is not None and operation.operation is OperationType.MUTATION
        requested, limit = 0, self._settings.max_cost
        if operation is not None:
            requested = self._documents.cost(document, operation, request.variables)
        extensions = {"cost": {"requested": requested, "limit": limit}}
        if requested > limit:
            refusal = BudgetExceeded(
                "QUERY_TOO_EXPENSIVE",
                f"The query costs {requested}; at most {limit} are allowed. Ask for smaller pages,"
                " or for lists in lists one after the other.",
            )
            return _refuse(refusal, error_status, extensions)
        if is_mutation:
            await self._acquire_mutations(caller, document.root_fields)
        before, budget.cost = budget.cost, budget.cost + requested
        context = self._context(caller, budget, sources)
        execution = self._start_execution(request, document, context)
        if isinstance(execution, list):
            errors = request_errors(execution, "BAD_USER_INPUT")
            return GraphQLResponse(error_status, orjson.dumps({"errors": errors}))
        result = await (self._run_mutation(execution) if is_mutation else execution)
        name = operation.name.value if operation and operation.name else None
        self.metrics.count_statements(name, context.loaders.dispatcher.batches)
        status = 200
        extensions["cost"]["requested"] = budget.cost - before
        response: dict[str, Any] = {"data": result.data, "extensions": extensions}
        if result.errors:
            errors = [format_error(error, caller.request_id) for error in result.errors]
            response = {"errors": errors, **response}
            if result.data is None and is_unavailable(errors):
                status = 503
        else:  # after errors, graphql-core may still await abandoned fields
            context.loaders.clear()
        try:
            body = budget.serialize(response, measures=requested > UNMEASURED_COST)
        except BudgetExceeded as error:
            return _refuse(error, error_status, extensions)
        cache_tags = context.cache_tags
        is_cacheable = cache_tags.is_cacheable and not is_mutation and not result.errors
        return GraphQLResponse(
            status,
            body,
            is_cacheable=is_cacheable,
            max_age_seconds=cache_tags.max_age_seconds,
            searches=cache_tags.searches,
            tag_groups=cache_tags.groups,
            uses_index=cache_tags.uses_index,
            operation=name,
        )

    def _start_execution(
        self, request: Request, document: Document, context: HubContext
    ) -> Coroutine[Any, Any, ExecutionResult] | list[GraphQLError]:
        """Return the coroutine that executes a request, or the errors in its variables."""
        prepared = document.prepared_operation(request.operation_name)
        if prepared is not None and self._settings.plans:
            variables = prepared.coerce_variables(request.variables)
            if isinstance(variables, list):
                return variables
            return executor.execute(self._schema, prepared, variables, context)
        tree: Any = document.tree
        execution = Executor[None].build(
            self._schema,
            tree,
            context_value=context,
            raw_variable_values=request.variables,
            operation_name=request.operation_name,
            is_awaitable=is_awaitable,
        )
        return (
            execution
            if isinstance(execution, list)
            else executor.execute_with_graphql_core(execution)
        )

    def _context(self, caller: Caller, budget: Budget, sources: Sources) -> HubContext:
        cache_tags = CacheTags()
        return HubContext(
            viewer=caller.viewer,
            db=sources.db,
            index=sources.engine,
            tunings=self._tunings,
            suggester=self._suggestions,
            search_counter=self._search_counter,
            settings=self._settings,
            loaders=Loaders(sources.db, caller.viewer, budget, cache_tags),
            budget=budget,
            renderer=Renderer(self._render_cache, budget),
            cache_tags=cache_tags,
            wait_for_index=self._wait_for_index,
            request_id=caller.request_id,
            client_key=caller.client_key,
            feed=self.change_feed,
            acquire=partial(self._rate_limiter.acquire, client=caller.client_key),
        )

    def _log_slow(self, request: Request, operation: ExecutedOperation, seconds: float) -> None:
        """Log a slow operation: its name and its document's hash, without variables."""
        if not 0 < self._settings.slow_seconds < seconds:
            return
        details = {
            "operation": operation.name,
            "document": operation.document_hash,
            "seconds": round(seconds, 3),
            "cost": self.cost(request),
            "request_id": operation.request_id,
        }
        log.warning(
            "A slow operation: %s, %.3f s, document %s",
            details["operation"],
            seconds,
            details["document"],
            extra=details,
        )

    async def _acquire_mutations(self, caller: Caller, count: int) -> None:
        try:
            await self._rate_limiter.acquire(Limit.MUTATIONS, caller.client_key, count)
        except RateLimited as error:
            raise rate_limited(error) from error

    async def _run_mutation(
        self, execution: Coroutine[Any, Any, ExecutionResult]
    ) -> ExecutionResult:
        """Run a mutation to its end, even if the client disconnects."""
        task = asyncio.create_task(execution)
        self._mutations.add(task)
        task.add_done_callback(self._mutations.discard)
        return await asyncio.shield(task)


def _describe(
    request: Request, operation: OperationDefinitionNode | None, caller: Caller
) -> ExecutedOperation:
    kind = operation.operation.value if operation else None
    name = operation.name.value if operation and operation.name else None
    return ExecutedOperation(kind, name, request.query, caller.request_id)


def _refuse(
    error: BudgetExceeded, status: int, extensions: Mapping[str, object]
) -> GraphQLResponse:
    """Return the response to an operation that exceeds its budget."""
    errors = request_errors([GraphQLError(str(error))], error.code)
    return GraphQLResponse(status, orjson.dumps({"errors": errors, "extensions": extensions}))
