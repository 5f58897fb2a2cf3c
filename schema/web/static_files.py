"""Scripts and styles, served by their name and by a fingerprinted name."""

from __future__ import annotations

import hashlib
from base64 import b64encode
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from functools import cache
from html import escape
from pathlib import Path

import orjson
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from schema.server.compression import BEST
from schema.web.conditional import HOUR, PUBLIC_HEADERS, conditional_response

FOLDER = Path(__file__).parents[1] / "static" / "web"
TYPES = {".js": "text/javascript; charset=utf-8", ".css": "text/css; charset=utf-8"}
CACHE_FOREVER = "public, max-age=31536000, immutable"
CACHE_BRIEFLY = f"public, max-age=300, stale-while-revalidate={24 * HOUR}"


@dataclass(frozen=True, slots=True)
class File:
    """A file, with the digest of its content and the name that contains the digest."""

    content: bytes
    type: str
    digest: str
    fingerprinted_name: str


@cache
def files() -> dict[str, File]:
    """Return the files by name; read once."""
    files_by_name = {}
    for path in sorted(FOLDER.iterdir()):
        if path.suffix in TYPES:
            content = path.read_bytes()
            digest = hashlib.sha256(content).hexdigest()[:16]
            name = f"{path.stem}.{digest}{path.suffix}"
            files_by_name[path.name] = File(content, TYPES[path.suffix], digest, name)
    return files_by_name


def fingerprinted_name(name: str) -> str:
    """Return the name with the digest of the content, which may be cached forever."""
    return files()[name].fingerprinted_name


async def search_box_json(request: Request) -> Response:
    """Serve `/hub-search.json`: the search box's fingerprinted URL and its integrity hash.

    https://www.w3.org/TR/SRI/
    """
    file = files()["hub-search.js"]
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
            Route(pattern, _endpoint(name), methods=["GET"])
            for name in files()
            for stem, dot, suffix in [name.rpartition(".")]
            for pattern in (f"/{name}", f"/{stem}.{{digest}}{dot}{suffix}")
        ),
    ]


def _endpoint(name: str) -> Callable[[Request], Awaitable[Response]]:
    async def send(request: Request) -> Response:
        file = files()[name]
        # An older page may request an older digest: it gets this content, cached briefly.
        is_current = request.path_params.get("digest") == file.digest
        cache = CACHE_FOREVER if is_current else CACHE_BRIEFLY
        return conditional_response(
            request,
            file.content,
            file.type,
            headers=PUBLIC_HEADERS,
            cache=cache,
            level=BEST,
        )

    return send
