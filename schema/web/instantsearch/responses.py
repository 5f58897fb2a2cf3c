"""Requests and responses of this package: bodies of JSON, errors in Algolia's form."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Any

import orjson
from starlette.requests import Request
from starlette.responses import Response

from hub.errors import RateLimited
from hub.settings import Settings
from schema.server.compression import MIN_JSON_BYTES, compress_beside, negotiate_coding
from schema.server.requests import cancel_on_disconnect
from schema.web.instantsearch.filters import BadParams
from search_index.query import EngineError, InvalidQuery


async def respond(
    request: Request, settings: Settings, compute: Callable[[bytes], Awaitable[dict[str, Any]]]
) -> Response:
    """Respond with what `compute` makes of the body, or with the error that it raises."""
    coding = negotiate_coding(request.headers.get("accept-encoding", ""))
    try:
        body = await _read_body(request, settings.max_body_bytes)
        with cancel_on_disconnect(request.receive):
            return await _json_response(await compute(body), 200, coding)
    except (BadParams, InvalidQuery) as error:
        return await _json_response({"message": str(error), "status": 400}, 400)
    except RateLimited as error:
        return await _json_response(
            {"message": str(error), "status": 429}, 429, wait=error.retry_after_seconds
        )
    except EngineError:
        return await _json_response(
            {"message": "Search is unavailable for the moment.", "status": 503}, 503
        )


async def instantsearch_unknown(request: Request, settings: Settings) -> Response:
    """Serve every other address and method below `/1/`: clients expect JSON of errors too."""
    message = f"There is no {request.method} {request.url.path[:100]}; see the docs of the hub."
    return await _json_response({"message": message, "status": 404}, 404)


async def _json_response(
    content: object, status: int, coding: str | None = None, wait: int | None = None
) -> Response:
    headers = {"cache-control": "no-store", "x-content-type-options": "nosniff"}
    if wait is not None:
        headers["retry-after"] = str(wait)
    headers["vary"] = "Accept-Encoding"
    body = orjson.dumps(content)
    if coding is not None and len(body) >= MIN_JSON_BYTES:
        headers["content-encoding"] = coding
        body = await compress_beside(body, coding)
    return Response(body, status, headers, "application/json")


async def _read_body(request: Request, max_bytes: int) -> bytes:
    body = bytearray()
    async for chunk in request.stream():
        body += chunk
        if len(body) > max_bytes:
            raise BadParams(f"The body must have at most {max_bytes} bytes.")
    return bytes(body)
