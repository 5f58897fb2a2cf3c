"""`create_app(settings)`: the only module that imports all packages. Start reading here.

A server process runs the database and its reader, the search engine, an indexer that follows the
outbox (one process of several does the work), and the routes.
"""

from __future__ import annotations

import gc
import logging
import sys
from collections.abc import AsyncIterator, Callable, Iterable, Sequence
from contextlib import asynccontextmanager, suppress
from dataclasses import replace
from functools import partial
from importlib import import_module
from urllib.parse import quote

import anyio
from anyio import to_thread
from anyio.abc import TaskGroup
from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.middleware.cors import CORSMiddleware
from starlette.requests import HTTPConnection, Request
from starlette.responses import PlainTextResponse, RedirectResponse, Response
from starlette.routing import Match, Route, WebSocketRoute
from starlette.types import Receive, Scope, Send
from typing_extensions import override

from hub import articles, audit, logs, outbox, people, rate_limits, tokens, webhooks
from hub.articles import previews, revisions, trash
from hub.auth import ANONYMOUS, Permission, Viewer
from hub.comments import events, form_tokens
from hub.db import health, leases
from hub.db.database import Reader, open_database
from hub.errors import DatabaseError, RateLimited
from hub.media import sweeping as media
from hub.media.folder import MediaFolder
from hub.media.keeping import MediaStore
from hub.search import statistics
from hub.search.statistics import QueryCounter
from hub.settings import Settings
from schema.build import sdl
from schema.errors import RETRY_SECONDS, report_unavailable
from schema.instrumentation import Instrumentation
from schema.rate_limits import SharedRateLimiter, create_rate_limiter
from schema.server import monitoring
from schema.server.base_url import BaseUrls
from schema.server.conditional import StreamCache, conditional_response
from schema.server.endpoint import GraphQLApp, ViewerOf
from schema.server.metrics import CountedEngine, Metrics
from schema.server.operations import Operations
from schema.server.requests import ClientDisconnected
from schema.web.pages.session import PageCache, not_found_page
from schema.web.routes import routes as web_routes
from schema.web.search.box_documents import own_documents
from schema.webhook_delivery import DeliveryMetrics, WebhookDispatcher, target_name
from search_index.configured import open_configured
from search_index.indexer import Indexer
from search_index.query import EngineError
from search_index.suggestions import Suggestions
from search_index.tuning import TuningCache
from search_index.withdrawn import CurrentEngine

log = logging.getLogger(__name__)
GC_THRESHOLDS = (5_000, 20, 100)
"""Thresholds of the garbage collector: rare for young objects, and very rare for all objects: with
an open index a full collection blocks the process for a tenth of a second."""

SWITCH_SECONDS = 0.0005
"""Time after which a thread lets another one run. A save's thread lets the event loop run with each
statement, and would get its turn back after 5 ms, Python's default, thirty times."""

TRIM_SECONDS = 3_600
"""Seconds between removals of old lines of the change feed, the audit trail and statistics."""

PUBLISH_SECONDS = 1.0
"""Seconds between looks for scheduled articles that are due."""

SWEEP_SECONDS = 1_800
"""Seconds between deletions of old revisions, articles in the trash and addresses of readers."""

RESUME_SECONDS = 60
"""Seconds between looks for erasures of people that were interrupted."""

STORE_SECONDS = 10
"""Seconds between writes of the search statistics to the database."""


class Hub(Starlette):
    """Application that dispatches `/graphql` before any route, unless there is middleware.

    Other routes get a trusted address of the request, because they build absolute URLs.
    """

    @override
    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await super().__call__(scope, receive, send)
        elif scope["path"] == "/graphql" and not self.user_middleware:
            await self.state.graphql(scope, receive, send)
        else:
            await self.state.graphql.operations.turns.take()
            await super().__call__(self.state.base_urls.apply(scope), receive, send)


def create_app(settings: Settings, instrumentation: Instrumentation | None = None) -> Starlette:
    """Create the hub's ASGI application; its lifespan opens the database and the index.

    Without `instrumentation`, `HUB_TRACING` selects that of OpenTelemetry or none.
    """
    if instrumentation is None:
        # Imported only when enabled, because OpenTelemetry is an optional dependency.
        instrumentation = (
            import_module("schema.tracing").OpenTelemetryInstrumentation()
            if settings.tracing
            else Instrumentation()
        )
    app = Hub(
        routes=[
            Route("/graphql", _GraphQL()),  # first: routes are tried in their order
            WebSocketRoute("/graphql", _GraphQL()),
            Route("/healthz", monitoring.healthz, methods=["GET"]),
            Route("/readyz", monitoring.readyz, methods=["GET"]),
            *(
                [Route("/schema.graphql", _schema, methods=["GET"])]
                if settings.introspection
                else []
            ),
            *([Route("/metrics", monitoring.metrics, methods=["GET"])] if settings.metrics else []),
            Route("/graphql/static/{file}", _GraphQL()),
            *web_routes(settings),
        ],
        middleware=[*instrumentation.middleware, *_cors(settings)],
        exception_handlers={
            RateLimited: _rate_limited,
            DatabaseError: _unavailable,
            ClientDisconnected: _gone,
            **({404: partial(not_found_page, settings)} if settings.start_page else {}),
        },
        lifespan=lambda app: _lifespan(app, settings, instrumentation),
    )
    app.state.base_urls, app.state.proxies = BaseUrls(settings), settings.proxies
    app.router.redirect_slashes = False  # makes absolute URLs of the path; see _redirect_slash
    app.router.default = _redirect_slash
    return app


async def _redirect_slash(scope: Scope, receive: Receive, send: Send) -> None:
    """Redirect to a route that differs in its last slash; not found if there is none."""
    app: Starlette = scope["app"]
    path = scope["path"]
    other = path.rstrip("/") if path.endswith("/") else f"{path}/"
    other_scope = {**scope, "path": other}
    if scope["type"] != "http" or not any(
        route.matches(other_scope)[0] is not Match.NONE for route in app.routes
    ):
        await app.router.not_found(scope, receive, send)
        return
    query = scope["query_string"].decode("latin-1")
    location = f"/{quote(other.lstrip('/'))}{'?' if query else ''}{query}"
    await RedirectResponse(location)(scope, receive, send)


def _cors(settings: Settings) -> list[Middleware]:
    if not settings.cors_origins:
        return []
    return [
        Middleware(
            CORSMiddleware,
            allow_origins=settings.cors_origins,
            allow_methods=["GET", "POST"],
            # Clients send their name, ids of traces and requests, or an ETag: only a token grants
            # permissions, no header does.
            allow_headers=["*"],
            expose_headers=["etag", "retry-after", "x-request-id"],
            max_age=86_400,
        )
    ]


def from_environment() -> Starlette:
    """Create the application from `HUB_*` variables, as `hub serve` runs it."""
    settings = Settings()
    gc.set_threshold(*GC_THRESHOLDS)
    sys.setswitchinterval(SWITCH_SECONDS)
    logs.configure(settings.log_format)
    return create_app(settings)


class _GraphQL:
    """The GraphQL endpoint that the lifespan creates; an object, so that it gets every method."""

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        graphql: GraphQLApp = scope["app"].state.graphql
        serve = graphql.serve_websocket if scope["type"] == "websocket" else graphql
        await serve(scope, receive, send)


@asynccontextmanager
async def _lifespan(
    app: Starlette, settings: Settings, instrumentation: Instrumentation
) -> AsyncIterator[dict[str, Callable[[], None]]]:
    """Open what the routes use; yield the state of connections, which ends event streams."""
    async with open_database(settings) as reader:
        db = instrumentation.wrap_reader(reader)
        engine = CountedEngine(
            CurrentEngine(
                db,
                instrumentation.wrap_engine(open_configured(settings)),
            )
        )
        indexer = Indexer(
            db,
            engine,
            max_tries=settings.index_max_tries,
            max_neighbours=settings.neighbours,
            observe_batch=instrumentation.observe_batch,
        )

        urls = [url.get_secret_value() for url in settings.webhook_urls]
        await _register_targets(settings, urls)
        await form_tokens.create_key()
        await audit.record_settings(settings.public_values())
        app.state.deliveries = delivery_metrics = DeliveryMetrics()
        suggestions = Suggestions(db, engine, queries=settings.suggest_queries)
        search_counter = QueryCounter(rate_limits.daily_secret, is_shared=settings.shares_rates)
        app.state.db, app.state.engine, app.state.indexer = db, engine, indexer
        app.state.suggestions, app.state.search_counter = suggestions, search_counter
        app.state.pages = health.PageMonitor(settings)
        app.state.tunings = TuningCache(db)
        app.state.streams, app.state.page_cache = StreamCache(), PageCache()
        app.state.media = MediaStore(MediaFolder(settings))
        app.state.rates = create_rate_limiter(settings)
        operations = Operations(
            db=db,
            engine=engine,
            suggestions=suggestions,
            search_counter=search_counter,
            settings=settings,
            rate_limiter=app.state.rates,
            wait_for_index=indexer.wait,
            documents=own_documents(),
            instrumentation=instrumentation,
        )
        app.state.viewer_of = _authenticator(db, settings, operations.metrics)
        app.state.graphql = GraphQLApp(operations, settings, app.state.viewer_of)

        async def store_counts() -> None:
            while True:
                await anyio.sleep(STORE_SECONDS)
                await search_counter.store(settings.statistics_days)

        try:
            async with anyio.create_task_group() as tasks:
                tasks.start_soon(indexer.run)
                if isinstance(app.state.rates, SharedRateLimiter):
                    tasks.start_soon(app.state.rates.run)
                tasks.start_soon(_name_targets, settings, urls)
                for url in urls:
                    tasks.start_soon(WebhookDispatcher(db, url, settings, delivery_metrics).run)
                _start_shared_tasks(tasks, db, settings)
                tasks.start_soon(app.state.pages.run)
                if settings.statistics_days:
                    tasks.start_soon(store_counts)
                yield {"begin_shutdown": operations.change_feed.close}
                operations.change_feed.close()
                tasks.cancel_scope.cancel()
            if settings.statistics_days:
                await search_counter.store(settings.statistics_days, settle_at_once=True)
        finally:
            with suppress(EngineError):
                await engine.close()
            await to_thread.run_sync(instrumentation.close)


async def _register_targets(settings: Settings, urls: Iterable[str]) -> None:
    await webhooks.register(map(target_name, urls), has_other_hosts=settings.has_shared_database)


async def _name_targets(settings: Settings, urls: Sequence[str]) -> None:
    """Name this host's webhook targets from time to time, so that no other host removes them."""
    while settings.has_shared_database:
        await anyio.sleep(webhooks.RENEW_SECONDS)
        try:
            await _register_targets(settings, urls)
        except DatabaseError as error:
            log.warning("Webhook targets cannot be named: %s", error)


def _authenticator(db: Reader, settings: Settings, metrics: Metrics) -> ViewerOf:
    """Return a function for the viewer of a connection: None for a bad token."""

    async def viewer_of(connection: HTTPConnection) -> Viewer | None:
        if token := connection.headers.get("hub-preview"):
            shown = await previews.authenticate(db, token.strip())
            if shown is None:
                metrics.count_refused_token()
            return shown
        scheme, _, secret = connection.headers.get("authorization", "").partition(" ")
        if not scheme:
            return ANONYMOUS
        is_bearer = scheme.lower() == "bearer"
        viewer = await tokens.authenticate(db, secret.strip()) if is_bearer else None
        if viewer is None:
            metrics.count_refused_token()
            return None
        if settings.shared_drafts or viewer.may(Permission.PUBLISH):
            return viewer
        return replace(viewer, own_drafts=True)

    return viewer_of


def _start_shared_tasks(tasks: TaskGroup, db: Reader, settings: Settings) -> None:
    """Start what one process of all does for the database. None of it needs the index."""

    async def is_publication_due() -> bool:
        return bool(await articles.due_ids(db))

    async def trim() -> None:
        while await outbox.trim() or await events.trim():
            await anyio.sleep(1)  # lets other writers take the lock in between
        while await audit.trim(settings.audit_days):
            await anyio.sleep(1)
        if settings.statistics_days:
            await statistics.trim(settings.statistics_days)

    async def sweep() -> None:
        if settings.revisions:
            await revisions.thin(db, settings.revisions)
        await trash.sweep(db, settings.trash_days)
        await media.sweep(db, MediaFolder(settings))
        await people.forget_addresses(db, settings.comment_email_days)

    publish = partial(articles.publish_due, db)
    tasks.start_soon(
        leases.run_when_due, db, "publishing", PUBLISH_SECONDS, is_publication_due, publish
    )
    tasks.start_soon(leases.run_periodically, db, "trimming", TRIM_SECONDS, trim)
    tasks.start_soon(leases.run_periodically, db, "thinning", SWEEP_SECONDS, sweep)
    resume = partial(people.resume, db)
    tasks.start_soon(leases.run_periodically, db, "erasing", RESUME_SECONDS, resume)


async def _rate_limited(_: Request, error: Exception) -> Response:
    """Answer 429 outside GraphQL, which reports a rate limit as a typed error."""
    seconds = error.retry_after_seconds if isinstance(error, RateLimited) else 1
    headers = {"retry-after": str(seconds), "cache-control": "no-store"}
    return PlainTextResponse(str(error), 429, headers)


async def _gone(_: Request, __: Exception) -> Response:
    """Return a response that nobody gets, since the client has disconnected."""
    return Response(status_code=499)


async def _unavailable(_: Request, error: Exception) -> Response:
    """Answer 503 outside GraphQL, which has error codes for it."""
    message = "The database is unavailable."
    if isinstance(error, DatabaseError):
        message = report_unavailable(error)["message"]
    headers = {"retry-after": str(RETRY_SECONDS), "cache-control": "no-store"}
    return PlainTextResponse(message, 503, headers)


async def _schema(request: Request) -> Response:
    """Return the GraphQL schema in SDL."""
    return conditional_response(request, sdl().encode(), "application/graphql; charset=utf-8")
