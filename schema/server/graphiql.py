"""GraphiQL for browsers, from files in this package: no other host is requested."""

from __future__ import annotations

import gzip
import hashlib
from dataclasses import dataclass
from functools import cache
from html import escape
from pathlib import Path

STATIC = Path(__file__).parents[1] / "static" / "graphiql"
TYPES = {".js": "text/javascript; charset=utf-8", ".css": "text/css; charset=utf-8"}
POLICY = "; ".join(
    (
        "default-src 'none'",
        "script-src 'self'",
        "style-src 'self' 'unsafe-inline'",  # dialogs and editors set inline styles
        "img-src 'self' data:",
        "font-src 'self' data:",
        "connect-src 'self'",
        "base-uri 'none'",
        "form-action 'none'",
        "frame-ancestors 'none'",
    )
)
_PAGE = """<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>GraphiQL</title>
<link rel="icon" href="data:,">
{links}
</head>
<body>
<div id="graphiql">Loading…</div>
{scripts}
</body>
</html>
"""


@dataclass(frozen=True, slots=True)
class File:
    """A static file: its content, plain and gzipped, its media type and its digest."""

    content: bytes
    compressed: bytes
    type: str
    digest: str


@cache
def files() -> dict[str, File]:
    """Return the files of the page by name; read and compressed once."""
    files_by_name = {}
    for path in sorted(STATIC.iterdir()):
        if path.suffix in TYPES:
            content = path.read_bytes()
            digest = hashlib.sha256(content).hexdigest()[:16]
            compressed = gzip.compress(content, mtime=0)
            files_by_name[path.name] = File(content, compressed, TYPES[path.suffix], digest)
    return files_by_name


def render_page(path: str) -> bytes:
    """Render the page for the address `path`."""
    last_segment = path.rpartition("/")[2]
    base = escape(f"{last_segment}/static" if last_segment else "static", quote=True)

    def address(name: str) -> str:
        return f"{base}/{name}?{files()[name].digest}"

    scripts = ("react.production.min.js", "react-dom.production.min.js", "graphiql.min.js")
    return _PAGE.format(
        links="\n".join(
            f'<link rel="stylesheet" href="{address(name)}">'
            for name in ("graphiql.min.css", "start.css")
        ),
        scripts="\n".join(
            f'<script src="{address(name)}" defer></script>' for name in (*scripts, "start.js")
        ),
    ).encode()
