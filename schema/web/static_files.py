"""Scripts and styles of the pages, and the description of the search box's script."""

from __future__ import annotations

import hashlib
from base64 import b64encode
from html import escape
from pathlib import Path

import orjson
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route

from schema.server.conditional import PUBLIC_HEADERS, conditional_response
from schema.server.static_files import CACHE_BRIEFLY, StaticFolder

FILES = StaticFolder(Path(__file__).parents[1] / "static" / "web", PUBLIC_HEADERS)


async def search_box_json(request: Request) -> Response:
    """Serve `/hub-search.json`: the search box's fingerprinted URL and its integrity hash.

    https://www.w3.org/TR/SRI/
    """
    file = FILES.files["hub-search.js"]
    src = f"{request.base_url}{file.fingerprinted_name}"
    hash_ = b64encode(hashlib.sha384(file.content).digest()).decode()
    content = {
        "src": src,
        "integrity": f"sha384-{hash_}",
        "html": f'<script type="module" src="{escape(src, quote=True)}" '
        f'integrity="sha384-{hash_}" crossorigin></script>',
    }
    return conditional_response(
        request, orjson.dumps(content), "application/json", cache=CACHE_BRIEFLY
    )


def routes() -> list[Route]:
    """Return two routes for each file: `name.js` and `name.<digest>.js`."""
    return [
        Route("/hub-search.json", search_box_json, methods=["GET"]),
        *(
            Route(pattern, _file, methods=["GET"])
            for name in FILES.files
            for stem, dot, suffix in [name.rpartition(".")]
            for pattern in (f"/{name}", f"/{stem}.{{digest}}{dot}{suffix}")
        ),
    ]


async def _file(request: Request) -> Response:
    file = await FILES.respond(request, request.url.path.rpartition("/")[2])
    return file or PlainTextResponse("There is no such file.", 404)
