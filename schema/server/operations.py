"""Operations: from a request to its answer, whichever way it came.

HTTP (`schema.server.endpoint`) and those who stay (`schema.live`) hand their requests in here.
"""

from __future__ import annotations

import asyncio
import hashlib
import logging
from collections.abc import AsyncGenerator, Awaitable, Callable, Coroutine, Mapping
from contextlib import aclosing
from functools import partial
from time import perf_counter
from typing import Any, NamedTuple

import orjson
from graphql import GraphQLError, OperationDefinitionNode, OperationType
from graphql.execution import ExecutionResult, Executor
from strawberry.execution import optimized_is_awaitable

from hub.auth import ANONYMOUS, Viewer
from hub.db.database import Reader
from hub.errors import RateLimited
from hub.search.statistics import Counter
from hub.settings import Settings
from schema.build import schema
from schema.change_feed import Feed
from schema.context import HubContext
from schema.errors import request_errors, told
from schema.execution import executor
from schema.execution.cache_tags import Notes
from schema.execution.documents import Document, Documents
from schema.execution.limits import Limits
from schema.loaders import Loaders
from schema.rate_limits import Limit, Rates
from schema.server.event_stream import EVENT_STREAM
from schema.server.metrics import Metrics
from schema.server.persisted_documents import Persisted, trusted_documents
from schema.server.requests import GRAPHQL_JSON, JSON, Refused, Request
from schema.server.response_cache import Answer, Answers, Asked, Reply, key_of
from schema.server.subscription_runner import answers
from search_index.engine import SearchEngine
from search_index.suggestions import Suggestions
from search_index.tuning import Tunings

log = logging.getLogger(__name__)
_is_awaitable: Any = optimized_is_awaitable


class Asker(NamedTuple):
    """Who asks: what they may see, whose buckets they take from, and their request's id."""

    viewer: Viewer
    who: str
    request_id: str


class Operations:
    """Answers the operations of one process; holds what they have in common.

    `wait` waits until the last save of an article can be found. `documents` are persisted
    documents of the hub's own pages by their SHA-256, which are always accepted.
    """

    documents: type[Documents] = Documents

    def __init__(
        self,
        *,
        db: Reader,
        engine: SearchEngine,
        suggestions: Suggestions,
        asked: Counter,
        settings: Settings,
        rates: Rates,
        wait: Callable[[int], Awaitable[bool]],
        documents: Mapping[str, str] | None = None,
    ) -> None:
        self._db = db
        self._engine = engine
        self._tunings = Tunings(db)
        self._suggestions = suggestions
        self._asked = asked
        self._settings = settings
        self._wait = wait
        self._schema = schema()._schema
        limits = Limits(
            settings.max_depth,
            settings.max_tokens,
            settings.max_aliases,
            settings.introspection,
        )
        self._documents = self.documents(self._schema, limits)
        path = settings.trusted_documents
        named = {} if path is None else trusted_documents(path)
        self._persisted = Persisted(
            dict(documents or {}) | named, only_trusted=settings.only_trusted
        )
        self._rates = rates
        self.answers = Answers(db, engine, asked, settings.cache_bytes)
        self.feed = Feed(db, engine, settings.max_subscriptions)
        self.metrics = Metrics(db, self.answers, self.feed)
        self._changing: set[asyncio.Task[ExecutionResult]] = set()

    def whole(self, request: Request) -> Request:
        """The request with its document, where it names one by its id. Raises Refused."""
        return self._persisted.whole(request)

    def operation(self, request: Request) -> OperationDefinitionNode | None:
        """The operation that a whole request is about; None where there is no such one."""
        return self._documents.get(request.query).operation(request.operation_name)

    def again(self, asked: Asked) -> Reply | None:
        """The answer to an anonymous request of the same bytes, if it is kept and still right."""
        found = self.answers.at_once(asked)
        if found is None:
            return None
        answer, reply = found
        self.metrics.operation(answer.operation)
        return reply

    async def given(self, request: Request, asker: Asker, form: str, method: str) -> Answer:
        """The answer, perhaps one that is kept: mutations and whoever has a token get new ones."""
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
            raise use_post()
        if document.tree is not None:
            self._persisted.remember(request)
            self.metrics.operation(operation.name.value if operation and operation.name else None)

        async def compute() -> Answer:
            began = perf_counter()
            answer = await self._execute(request, document, asker, form)
            self._tell_slow(request, operation, asker, perf_counter() - began)
            return answer

        if asker.viewer is ANONYMOUS and kind is OperationType.QUERY:
            return await self.answers.get(key_of(request, form), compute)
        return await compute()

    async def batch(self, requests: list[Request], asker: Asker, form: str) -> bytes:
        """The answers to a list of operations, in their order, one after the other.

        One that is refused says so in its own place. Raises Refused where all of them together
        cost more than one may.
        """
        requests = [self._persisted.whole(one) for one in requests]
        costs = sum(map(self.cost, requests))
        if costs > self._settings.max_cost:
            raise Refused(
                400,
                "QUERY_TOO_EXPENSIVE",
                f"The list may come to {costs} objects; at most {self._settings.max_cost} are"
                " allowed.",
            )
        bodies = []
        for one in requests:
            try:
                bodies.append((await self.given(one, asker, form, "POST")).body)
            except Refused as refused:
                error = {"message": refused.message, "extensions": {"code": refused.code}}
                bodies.append(orjson.dumps({"errors": [error]}))
        return b"[" + b",".join(bodies) + b"]"

    async def run(self, request: Request, asker: Asker) -> AsyncGenerator[dict[str, Any], None]:
        """The answers to an operation of a client who stays, of whichever kind it is."""
        document = self._documents.get(request.query)
        operation = document.operation(request.operation_name)
        if operation is None or operation.operation is not OperationType.SUBSCRIPTION:
            try:
                answer = await self.given(request, asker, JSON, "POST")
            except Refused as refused:
                error = {"message": refused.message, "extensions": {"code": refused.code}}
                yield {"errors": [error]}
            else:
                yield orjson.loads(answer.body)
            return
        self._persisted.remember(request)
        self.metrics.operation(operation.name.value if operation.name else None)
        async with aclosing(
            answers(self._schema, document, request, self._context(asker))
        ) as found:
            async for each in found:
                yield each

    def affordable(self, request: Request) -> Request:
        """A request with its document. Raises Refused where an event of it may cost too much."""
        request = self._persisted.whole(request)
        requested, limit = self.cost(request), self._settings.max_cost
        if requested > limit:
            raise Refused(
                400,
                "QUERY_TOO_EXPENSIVE",
                f"An answer may come to {requested} objects; at most {limit} are allowed.",
            )
        return request

    def cost(self, request: Request) -> int:
        """The most objects that a whole request may come to."""
        document, operation = self._documents.get(request.query), self.operation(request)
        if operation is None:
            return 0
        return self._documents.cost(document, operation, request.variables)

    async def _execute(
        self, request: Request, document: Document, asker: Asker, form: str
    ) -> Answer:
        """Run the request's operation, whatever comes of it."""
        refused = 400 if form == GRAPHQL_JSON else 200
        if document.tree is None:
            return Answer(refused, orjson.dumps({"errors": document.errors}))
        operation = document.operation(request.operation_name)
        changes = operation is not None and operation.operation is OperationType.MUTATION
        requested, limit = 0, self._settings.max_cost
        if operation is not None:
            requested = self._documents.cost(document, operation, request.variables)
        extensions = {"cost": {"requested": requested, "limit": limit}}
        if requested > limit:
            error = GraphQLError(
                f"The query may come to {requested} objects; at most {limit} are allowed. Ask for "
                "smaller pages, or for lists in lists one after the other.",
                extensions={"code": "QUERY_TOO_EXPENSIVE"},
            )
            errors = request_errors([error], "QUERY_TOO_EXPENSIVE")
            return Answer(refused, orjson.dumps({"errors": errors, "extensions": extensions}))
        if changes:
            await self._may_change(asker, document.root)
        context = self._context(asker)
        execution = self._execution(request, document, context)
        if isinstance(execution, list):
            errors = request_errors(execution, "BAD_USER_INPUT")
            return Answer(refused, orjson.dumps({"errors": errors}))
        result = await (self._change(execution) if changes else execution)
        name = operation.name.value if operation and operation.name else None
        self.metrics.executed(name, context.loaders.turns.batches)
        answer: dict[str, Any] = {"data": result.data, "extensions": extensions}
        if result.errors:
            answer = {
                "errors": [told(error, asker.request_id) for error in result.errors],
                **answer,
            }
        else:  # with errors, graphql-core may still await what it has given up
            context.loaders.forget()
        notes = context.notes
        is_whole = notes.whole and not changes and not result.errors
        return Answer(
            200,
            orjson.dumps(answer),
            is_whole=is_whole,
            seconds=notes.seconds,
            searches=notes.searches,
            reads=notes.reads,
            searched=notes.searched,
            operation=name,
        )

    def _execution(
        self, request: Request, document: Document, context: HubContext
    ) -> Coroutine[Any, Any, ExecutionResult] | list[GraphQLError]:
        """Executes a request, unless something is wrong with it."""
        prepared = document.prepared(request.operation_name)
        if prepared is not None and self._settings.plans:
            variables = prepared.variables(request.variables)
            if isinstance(variables, list):
                return variables
            return executor.execute(self._schema, prepared, variables, context)
        tree: Any = document.tree
        built = Executor[None].build(
            self._schema,
            tree,
            context_value=context,
            raw_variable_values=request.variables,
            operation_name=request.operation_name,
            is_awaitable=_is_awaitable,
        )
        return built if isinstance(built, list) else executor.by_the_book(built)

    def _context(self, asker: Asker) -> HubContext:
        notes = Notes()
        return HubContext(
            viewer=asker.viewer,
            db=self._db,
            index=self._engine,
            tunings=self._tunings,
            suggester=self._suggestions,
            asked=self._asked,
            settings=self._settings,
            loaders=Loaders(self._db, asker.viewer, notes),
            notes=notes,
            wait=self._wait,
            request_id=asker.request_id,
            feed=self.feed,
            take=partial(self._rates.take, who=asker.who),
        )

    def _tell_slow(
        self,
        request: Request,
        operation: OperationDefinitionNode | None,
        asker: Asker,
        seconds: float,
    ) -> None:
        """Log an operation that took long: by its name and its document's hash, without values."""
        if not 0 < self._settings.slow_seconds < seconds:
            return
        told = {
            "operation": operation.name.value if operation and operation.name else None,
            "document": hashlib.sha256(request.query.encode()).hexdigest(),
            "seconds": round(seconds, 3),
            "cost": self.cost(request),
            "request_id": asker.request_id,
        }
        log.warning(
            "A slow operation: %s, %.3f s, document %s",
            told["operation"],
            seconds,
            told["document"],
            extra=told,
        )

    async def _may_change(self, asker: Asker, times: int) -> None:
        try:
            await self._rates.take(Limit.MUTATIONS, asker.who, times)
        except RateLimited as error:
            seconds = str(error.retry_after_seconds).encode()
            raise Refused(429, "RATE_LIMITED", str(error), (b"retry-after", seconds)) from error

    async def _change(self, execution: Coroutine[Any, Any, ExecutionResult]) -> ExecutionResult:
        """Run a mutation to its end, even where the client hangs up."""
        task = asyncio.create_task(execution)
        self._changing.add(task)
        task.add_done_callback(self._changing.discard)
        return await asyncio.shield(task)


def use_post() -> Refused:
    """The refusal of a mutation by GET."""
    return Refused(405, "METHOD_NOT_ALLOWED", "Use POST to change things.", (b"allow", b"POST"))
