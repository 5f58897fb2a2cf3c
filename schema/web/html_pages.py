"""The layout of the hub's own pages: escaped HTML, and a policy that allows no inline scripts."""

from __future__ import annotations

from html import escape
from pathlib import Path

from hub.settings import Settings
from schema.web.static_files import FILES

POLICY = "; ".join(
    (
        "default-src 'none'",
        "script-src 'self'",
        "style-src 'self'",
        "img-src 'self' https: data:",
        "connect-src 'self'",
        "form-action 'self'",
        "base-uri 'none'",
        "frame-ancestors 'none'",
    )
)
HEADERS = {
    "content-security-policy": POLICY,
    "referrer-policy": "same-origin",
    "x-content-type-options": "nosniff",
}
SCRIPTLESS_HEADERS = {
    **HEADERS,
    "content-security-policy": POLICY.replace("script-src 'self'; ", ""),
}
"""Headers of pages without a script."""

HTML = "text/html; charset=utf-8"
DOCS = Path(__file__).parents[2] / "docs"
"""The hub's documentation; not there where it was installed without its clone."""

ICON = (
    "data:image/svg+xml,%3Csvg xmlns='http://www.w3.org/2000/svg' viewBox='0 0 9 9'%3E"
    "%3Ccircle cx='4.5' cy='4.5' r='3.5' fill='%238a1f2b'/%3E%3C/svg%3E"
)
_PAGE = """<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>{title}</title>
<link rel="stylesheet" href="{root}{style}">
<link rel="icon" href="{icon}">
<link rel="search" type="application/opensearchdescription+xml" title="{site}"
 href="{root}opensearch.xml">
<link rel="alternate" type="application/atom+xml" title="{site}" href="{root}{atom}">
{head}
</head>
<body{kind}>
<header class="top"><a class="name" href="{root}">{site}</a>
<nav aria-label="The hub">
<a href="{root}graphql">GraphiQL</a>{docs} <a href="{root}feed.xml">RSS</a>
</nav>
</header>
{body}
</body>
</html>
"""


def has_docs(settings: Settings) -> bool:
    """Tell whether `/docs/` is served."""
    return settings.start_page and DOCS.is_dir()


def render_page(
    settings: Settings,
    title: str,
    body: str,
    *,
    head: str = "",
    atom: str = "",
    root: str = "./",
    kind: str = "",
) -> bytes:
    """Render a page; `body` and `head` are HTML, the other arguments are text.

    Its links are relative: `root` leads from it to the hub's start page. `kind` is the class of
    the body element, for styles.
    """
    return _PAGE.format(
        title=escape(f"{title} · {settings.site_name}" if title else settings.site_name),
        site=escape(settings.site_name, quote=True),
        style=FILES.fingerprinted_name("hub.css"),
        atom=escape(atom or "atom.xml", quote=True),
        docs=f' <a href="{root}docs/">Docs</a>' if has_docs(settings) else "",
        icon=ICON,
        head=head,
        body=body,
        root=root,
        kind=f' class="{kind}"' if kind else "",
    ).encode()
