"""The frame of the hub's own pages: plain HTML, escaped, under a policy without inline code."""

from __future__ import annotations

from html import escape

from hub.settings import Settings
from schema.web.files import fingerprinted

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
HTML = "text/html; charset=utf-8"
ICON = (
    "data:image/svg+xml,%3Csvg xmlns='http://www.w3.org/2000/svg' viewBox='0 0 9 9'%3E"
    "%3Ccircle cx='4.5' cy='4.5' r='3.5' fill='%230b57a4'/%3E%3C/svg%3E"
)
_PAGE = """<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>{title}</title>
<link rel="stylesheet" href="{style}">
<link rel="icon" href="{icon}">
<link rel="search" type="application/opensearchdescription+xml" title="{site}"
 href="opensearch.xml">
<link rel="alternate" type="application/atom+xml" title="{site}" href="{atom}">
{head}
</head>
<body>
<header class="top"><a class="name" href="./">{site}</a></header>
{body}
</body>
</html>
"""


def page(settings: Settings, title: str, body: str, *, head: str = "", atom: str = "") -> bytes:
    """A whole page; `body` and `head` are HTML, the rest is text. Its links are relative."""
    return _PAGE.format(
        title=escape(f"{title} · {settings.site_name}" if title else settings.site_name),
        site=escape(settings.site_name, quote=True),
        style=fingerprinted("hub.css"),
        atom=escape(atom or "atom.xml", quote=True),
        icon=ICON,
        head=head,
        body=body,
    ).encode()
