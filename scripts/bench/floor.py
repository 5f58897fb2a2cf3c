"""The floor: a plain-text response, the minimum cost of a response in the same server."""

from __future__ import annotations

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route


def create_app() -> Starlette:
    """Create an application that only returns a constant response."""
    return Starlette(routes=[Route("/", _answer, methods=["GET"])])


async def _answer(_: Request) -> Response:
    return PlainTextResponse("An answer of plain text.")
