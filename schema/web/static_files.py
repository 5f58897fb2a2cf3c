"""The scripts and styles that the hub serves: by their name, and by a name for their content."""

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

from schema.web.conditional import HOUR, OPEN, conditional, thoroughly

FOLDER = Path(__file__).parents[1] / "static" / "web"
TYPES = {".js": "text/javascript; charset=utf-8", ".css": "text/css; charset=utf-8"}
FOR_EVER = "public, max-age=31536000, immutable"
SHORTLY = f"public, max-age=300, stale-while-revalidate={24 * HOUR}"


@dataclass(frozen=True, slots=True)
class File:
    """A file to serve, with the name that stands for its content."""

    content: bytes
    type: str
    digest: str
    fingerprinted: str


@cache
def files() -> dict[str, File]:
    """The files by name; read once."""
    found = {}
    for path in sorted(FOLDER.iterdir()):
        if path.suffix in TYPES:
            content = path.read_bytes()
            digest = hashlib.sha256(content).hexdigest()[:16]
            name = f"{path.stem}.{digest}{path.suffix}"
            found[path.name] = File(content, TYPES[path.suffix], digest, name)
    return found


def fingerprinted(name: str) -> str:
    """The name that stands for this content of the file, and may be kept for ever."""
    return files()[name].fingerprinted


async def pinned(request: Request) -> Response:
    """`/hub-search.json`: the lasting address of the search box, and how to make sure of it.

    https://www.w3.org/TR/SRI/
    """
    file = files()["hub-search.js"]
    src = f"{request.base_url}{file.fingerprinted}"
    hash_ = b64encode(hashlib.sha384(file.content).digest()).decode()
    found = {
        "src": src,
        "integrity": f"sha384-{hash_}",
        "html": f'<script type="module" src="{escape(src, quote=True)}" '
        f'integrity="sha384-{hash_}" crossorigin></script>',
    }
    return conditional(request, orjson.dumps(found), "application/json", cache=SHORTLY)


def routes() -> list[Route]:
    """Two addresses for each file: `name.js`, and `name.<digest>.js`."""
    return [
        Route("/hub-search.json", pinned, methods=["GET"]),
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
        # An older page may ask for an older digest: it gets this content, and not for ever.
        lasting = request.path_params.get("digest") == file.digest
        cache = FOR_EVER if lasting else SHORTLY
        return conditional(
            request, file.content, file.type, headers=OPEN, cache=cache, compress=thoroughly
        )

    return send
