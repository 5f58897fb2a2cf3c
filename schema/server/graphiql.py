"""GraphiQL for browsers, from files in this package: no other host is requested."""

from __future__ import annotations

from html import escape
from pathlib import Path

from schema.server.static_files import StaticFolder

FILES = StaticFolder(
    Path(__file__).parents[1] / "static" / "graphiql", {"x-content-type-options": "nosniff"}
)
"""The files of the page, below `/static/`."""

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


def render_page(path: str) -> bytes:
    """Render the page for the address `path`."""
    last_segment = path.rpartition("/")[2]
    base = escape(f"{last_segment}/static" if last_segment else "static", quote=True)

    def address(name: str) -> str:
        return f"{base}/{FILES.fingerprinted_name(name)}"

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
