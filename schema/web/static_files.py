"""Scripts and styles of the pages, and the description of the search box's script."""

from __future__ import annotations

import hashlib
import re
from base64 import b64encode
from html import escape
from pathlib import Path

import orjson
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route

from schema.server.conditional import PUBLIC_HEADERS, conditional_response
from schema.server.static_files import CACHE_BRIEFLY, StaticFolder
from schema.web.words import without_page_texts

_STATIC = Path(__file__).parents[1] / "static"
_NOT_SERVED = re.compile(
    r"""^[ \t]*(?:/\*\*(?:[^*]|\*(?!/))*\*/\n|//.*\n)|^[ \t]+|(?<=[;,{]) // [^"'`\n]*$""",
    re.MULTILINE,
)


def shorten(script: str) -> str:
    """Return a script without indentation, and without comments at the beginning or end of lines.

    `/*! … */` stays.
    """
    return _NOT_SERVED.sub("", script)


FILES = StaticFolder(_STATIC / "web", PUBLIC_HEADERS, {".js": shorten})
LABELS = StaticFolder(_STATIC / "labels", PUBLIC_HEADERS, {".json": without_page_texts})
"""The search box's texts, a file for each language but English."""


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
        Route("/hub-search/{file}", _labels, methods=["GET"]),
        *(
            Route(pattern, _file, methods=["GET"])
            for name in FILES.files
            for stem, dot, suffix in [name.rpartition(".")]
            for pattern in (f"/{name}", f"/{stem}.{{digest}}{dot}{suffix}")
        ),
    ]


async def _file(request: Request) -> Response:
    return await _respond(FILES, request)


async def _labels(request: Request) -> Response:
    return await _respond(LABELS, request)


async def _respond(folder: StaticFolder, request: Request) -> Response:
    file = await folder.respond(request, request.url.path.rpartition("/")[2])
    return file or PlainTextResponse("There is no such file.", 404)
