"""The floor: the least that an answer costs in the same server, a few words of plain text."""

from __future__ import annotations

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route


def create_app() -> Starlette:
    """An application that does nothing but answer."""
    return Starlette(routes=[Route("/", _answer, methods=["GET"])])


async def _answer(_: Request) -> Response:
    return PlainTextResponse("An answer of plain text.")
