"""Health checks and metrics for operators: `/healthz`, `/readyz`, `/metrics`.

Numbers of saves tell when something hidden is saved. `/readyz` has them for tokens with `read`
alone, and `/metrics` is not for clients of public addresses.
"""

from __future__ import annotations

import logging
from ipaddress import ip_address

import orjson
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response

from hub import outbox, webhooks
from hub.auth import Permission
from hub.db import health
from hub.egress import Reach, reach_of
from hub.logs import LimitedLog
from hub.search import followers
from schema.server.metrics import CONTENT_TYPE, SharedMetrics
from schema.server.requests import client_address
from search_index.leadership import identify
from search_index.query import EngineError

BEHIND_SECONDS = 60
"""Age of the oldest save of a public article from which the index is behind."""

_log = LimitedLog(logging.getLogger(__name__))
_NO_STORE = {"cache-control": "no-store"}


async def healthz(_: Request) -> Response:
    """Report that the process is alive."""
    return PlainTextResponse("ok")


async def readyz(request: Request) -> Response:
    """Report whether the database answers, and whether the index does and follows.

    503 only when articles cannot be read, or some are lost: damaged pages, or no article beside an
    index that holds some. A hub whose index is being rebuilt serves the rest. Everybody gets words
    that nothing hidden changes; a token with `read` also the number of documents and saves.
    """
    state = request.app.state
    documents, index = 0, "ok"
    try:
        status = await state.engine.status()
        documents, public = status.documents, status.public
        index = "degraded" if status.is_degraded else "ok"
    except EngineError:
        index, public = "unavailable", None
    name = identify(state.engine).name
    try:
        lag = await outbox.lag_seconds(state.db, name, public=True)
        is_emptied = await health.is_emptied(state.db, documents)
        if await followers.has_missed(state.db, name):
            index, public = "unavailable", None  # until it is rebuilt
        counts = {}
        if await _has_token(request):
            counts = {
                "documents": public,
                "outbox": await outbox.depth(state.db, name),
                "lag_seconds": round(await outbox.lag_seconds(state.db, name), 3),
                "followers": [
                    followers.to_json(row, name) for row in await followers.list_followers(state.db)
                ],
            }
    except Exception as error:
        _log.warning("The database does not respond: %s", error)
        return _json({"database": "unavailable"}, 503)
    if index in ("ok", "degraded") and lag > BEHIND_SECONDS:
        index = "behind"
    database = "damaged" if state.pages.problems else "empty" if is_emptied else "ok"
    return _json({"database": database, "index": index, **counts}, 200 if database == "ok" else 503)


async def metrics(request: Request) -> Response:
    """Render the metrics of this process, and of the shared database and index, for Prometheus.

    403 for a client of a public address without a token that has `read`.
    """
    state = request.app.state
    if not (_is_private(request) or await _has_token(request)):
        message = "Metrics are for private addresses, and for tokens with the permission read."
        return PlainTextResponse(message, 403, _NO_STORE)
    try:
        documents = (await state.engine.status()).public
    except EngineError:
        documents = None
    name = identify(state.engine).name
    standing = SharedMetrics(
        await outbox.depth(state.db, name),
        len(await outbox.parked(state.db)),
        await outbox.lag_seconds(state.db, name),
        documents,
        await webhooks.waiting_counts(),
        state.indexer.is_leader,
    )
    page = state.graphql.operations.metrics.render(
        state.engine.families(), standing.families(), state.deliveries.families()
    )
    return Response(page, 200, _NO_STORE, CONTENT_TYPE)


async def _has_token(request: Request) -> bool:
    """Return whether the request has a token that may read what is hidden."""
    if "authorization" not in request.headers:
        return False
    viewer = await request.app.state.viewer_of(request)
    return viewer is not None and viewer.may(Permission.READ)


def _is_private(request: Request) -> bool:
    """Return whether the client's address is none of the public internet; a socket file has none.

    What proxies say of it is believed as far as `HUB_PROXIES` says.
    """
    address = client_address(request.scope, request.app.state.proxies)
    try:
        return not address or reach_of(ip_address(address)) is not Reach.PUBLIC
    except ValueError:
        return False


def _json(content: object, status: int) -> Response:
    return Response(orjson.dumps(content), status, _NO_STORE, "application/json")
