"""`create_app(settings)`: the one place where all packages meet. Start reading here.

What runs in a server process: the database and its reader, the search engine, an indexer that
follows the outbox (one process of several does the work), and the routes.
"""

from __future__ import annotations

import gc
import logging
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from importlib import import_module

import anyio
import orjson
from anyio import to_thread
from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.middleware.cors import CORSMiddleware
from starlette.requests import HTTPConnection, Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route, WebSocketRoute
from starlette.types import Receive, Scope, Send
from typing_extensions import override

from hub import logs, outbox, tokens, webhooks
from hub.auth import ANONYMOUS, Viewer
from hub.db.database import connected
from hub.errors import RateLimited
from hub.search.statistics import Counter
from hub.settings import Settings
from schema.build import sdl
from schema.instrumentation import Parts
from schema.rate_limits import SharedRates, rates_of
from schema.server.endpoint import GraphQLApp
from schema.server.metrics import CONTENT_TYPE, CountedEngine, Standing
from schema.server.requests import as_asked
from schema.web.conditional import conditional
from schema.web.routes import routes as web_routes
from schema.web.search.box_documents import own_documents
from schema.webhook_delivery import Deliverer, Figures, name_of
from search_index.engine import EngineOptions
from search_index.engines import open_engine
from search_index.query import EngineError
from search_index.suggestions import Suggestions
from search_index.tuning import Tunings

log = logging.getLogger(__name__)
COLLECTED = (5_000, 20, 100)
"""When Python looks for garbage that only it can find: seldom among young objects, and hardly ever
among all, an open index included, which takes a tenth of a second in which nobody is answered."""

SHORTEN_SECONDS = 3_600
"""How often old lines of the change feed are removed."""

STORE_SECONDS = 10
"""How often what readers search for is added up."""


class Hub(Starlette):
    """Answers `/graphql` before any route is tried, unless there is middleware to see it.

    Everything else is told the scheme that was asked by, since it writes whole addresses.
    """

    @override
    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await super().__call__(scope, receive, send)
        elif scope["path"] == "/graphql" and not self.user_middleware:
            await self.state.graphql(scope, receive, send)
        else:
            await super().__call__(as_asked(scope, self.state.proxies), receive, send)


def create_app(settings: Settings) -> Starlette:
    """The hub as an ASGI application; everything is opened by its lifespan."""
    # Imported where it is wanted, since its library is an extra that nobody else has to install.
    parts: Parts = import_module("schema.tracing").Tracing() if settings.tracing else Parts()
    app = Hub(
        routes=[
            Route("/graphql", _GraphQL()),  # first: routes are tried in their order
            WebSocketRoute("/graphql", _GraphQL()),
            Route("/healthz", _healthz, methods=["GET"]),
            Route("/readyz", _readyz, methods=["GET"]),
            *(
                [Route("/schema.graphql", _schema, methods=["GET"])]
                if settings.introspection
                else []
            ),
            *([Route("/metrics", _metrics, methods=["GET"])] if settings.metrics else []),
            Route("/graphql/static/{file}", _GraphQL()),
            *web_routes(settings),
        ],
        middleware=[*parts.middleware, *_cors(settings)],
        exception_handlers={RateLimited: _too_often},
        lifespan=lambda app: _lifespan(app, settings, parts),
    )
    app.state.proxies = settings.proxies
    return app


def _cors(settings: Settings) -> list[Middleware]:
    if not settings.cors_origins:
        return []
    return [
        Middleware(
            CORSMiddleware,
            allow_origins=settings.cors_origins,
            allow_methods=["GET", "POST"],
            # Clients send their name, ids of traces and requests, or what an ETag was: nothing is
            # granted by a header but by a token.
            allow_headers=["*"],
            expose_headers=["etag", "retry-after", "x-request-id"],
            max_age=86_400,
        )
    ]


def from_environment() -> Starlette:
    """The application as `hub serve` runs it, set by `HUB_*` variables."""
    settings = Settings()
    gc.set_threshold(*COLLECTED)
    logs.set_up(settings.log_format)
    return create_app(settings)


class _GraphQL:
    """The GraphQL endpoint that the lifespan makes; an object, so that every method gets here."""

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        graphql: GraphQLApp = scope["app"].state.graphql
        serve = graphql.socket if scope["type"] == "websocket" else graphql
        await serve(scope, receive, send)


@asynccontextmanager
async def _lifespan(app: Starlette, settings: Settings, parts: Parts) -> AsyncIterator[None]:
    async with connected(settings) as reader:
        db = parts.reader(reader)
        engine = CountedEngine(
            parts.engine(
                open_engine(
                    settings.search,
                    EngineOptions(settings.recency_half_life_days, settings.search_seconds),
                )
            )
        )
        indexer = parts.indexer(
            db, engine, max_tries=settings.index_max_tries, neighbours=settings.neighbours
        )

        async def viewer_of(connection: HTTPConnection) -> Viewer | None:
            """Who asks: nobody in particular without a token, None with one that is not good."""
            scheme, _, secret = connection.headers.get("authorization", "").partition(" ")
            if not scheme:
                return ANONYMOUS
            return await tokens.viewer(db, secret.strip()) if scheme.lower() == "bearer" else None

        urls = [url.get_secret_value() for url in settings.webhook_urls]
        await webhooks.register(map(name_of, urls))
        app.state.deliveries = sent = Figures()
        suggestions, asked = Suggestions(db, engine), Counter()
        app.state.db, app.state.engine, app.state.indexer = db, engine, indexer
        app.state.suggestions, app.state.asked = suggestions, asked
        app.state.tunings = Tunings(db)
        app.state.rates = rates_of(settings)
        operations = parts.operations(
            db=db,
            engine=engine,
            suggestions=suggestions,
            asked=asked,
            settings=settings,
            rates=app.state.rates,
            wait=indexer.wait,
            documents=own_documents(),
        )
        app.state.graphql = GraphQLApp(operations, settings, viewer_of)

        async def keep_counts() -> None:
            while True:
                await anyio.sleep(STORE_SECONDS)
                await asked.store(settings.statistics_days)

        try:
            async with anyio.create_task_group() as tasks:
                tasks.start_soon(indexer.run)
                if isinstance(app.state.rates, SharedRates):
                    tasks.start_soon(app.state.rates.run)
                for url in urls:
                    tasks.start_soon(Deliverer(db, url, settings, sent).run)
                tasks.start_soon(_keep_the_feed_short)
                if settings.statistics_days:
                    tasks.start_soon(keep_counts)
                yield
                operations.feed.close()
                tasks.cancel_scope.cancel()
            if settings.statistics_days:
                await asked.store(settings.statistics_days)
        finally:
            with suppress(EngineError):
                await engine.close()
            await to_thread.run_sync(parts.close)


async def _keep_the_feed_short() -> None:
    while True:
        try:
            while await outbox.shorten():
                await anyio.sleep(1)  # so that others write in between
        except Exception:
            log.exception("The change feed could not be shortened")
        await anyio.sleep(SHORTEN_SECONDS)


async def _too_often(_: Request, error: Exception) -> Response:
    """Too much in a short time, beside GraphQL, which answers in its own words."""
    seconds = error.retry_after_seconds if isinstance(error, RateLimited) else 1
    headers = {"retry-after": str(seconds), "cache-control": "no-store"}
    return PlainTextResponse(str(error), 429, headers)


async def _healthz(_: Request) -> Response:
    """The process answers."""
    return PlainTextResponse("ok")


async def _readyz(request: Request) -> Response:
    """The database answers; how the index stands, and how many events it has yet to follow.

    503 only when articles cannot be read: a hub whose index is being rebuilt serves the rest.
    """
    state = request.app.state
    try:
        waiting = await outbox.depth(state.db)
    except Exception as error:
        log.error("The database does not answer: %s", error)
        return _json({"database": "unavailable"}, 503)
    try:
        index = {"index": "ok", "documents": (await state.engine.status()).documents}
    except EngineError:
        index = {"index": "unavailable"}
    return _json({"database": "ok", **index, "outbox": waiting}, 200)


async def _metrics(request: Request) -> Response:
    """What this process has done, and how all of them stand, for Prometheus."""
    state = request.app.state
    try:
        documents = (await state.engine.status()).documents
    except EngineError:
        documents = None
    standing = Standing(
        await outbox.depth(state.db),
        len(await outbox.parked(state.db)),
        await outbox.lag_seconds(state.db),
        documents,
        await webhooks.waiting(),
    )
    page = state.graphql.operations.metrics.page(
        state.engine.families(), standing.families(), state.deliveries.families()
    )
    return Response(page, 200, {"cache-control": "no-store"}, CONTENT_TYPE)


async def _schema(request: Request) -> Response:
    """The GraphQL schema in SDL."""
    return conditional(request, sdl().encode(), "application/graphql; charset=utf-8")


def _json(content: object, status: int) -> Response:
    headers = {"cache-control": "no-store"}
    return Response(orjson.dumps(content), status, headers, "application/json")
