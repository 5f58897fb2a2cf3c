"""`/docs/`: the documentation of the hub as HTML pages, served where the hub runs from its clone.

The Markdown of `docs/` is rendered as it is. A `README.md` is the page of its folder.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache

from markdown_it import MarkdownIt
from mdit_py_plugins.anchors import anchors_plugin
from starlette.requests import Request
from starlette.responses import PlainTextResponse, RedirectResponse, Response

from hub.settings import Settings
from schema.server.conditional import conditional_response
from schema.web import html_pages
from schema.web.html_pages import Head

_HEADERS = {**html_pages.HEADERS, "content-security-policy": html_pages.SCRIPTLESS_POLICY}
_TITLE = re.compile(r"#\s+(.+)")
_PAGE_LINK = re.compile(r"^(?!\w+:)([^#]*)\.md(?=#|$)")
_FOLDER_PAGE = re.compile(r"(^|/)README$")
_CHANGES = "changes/"
"""Entries of the next release's change log, which are no pages."""

MOVED: Mapping[str, str] = {
    "adr": "adr/",
    "api": "reference/api",
    "benchmarks": "explanation/benchmarks",
    "cdn": "how-to/cdn",
    "dependencies": "reference/dependencies",
    "deploying": "how-to/deploying",
    "importing": "how-to/importing",
    "importing/feeds": "how-to/importing/feeds",
    "importing/ghost": "how-to/importing/ghost",
    "importing/html": "how-to/importing/html",
    "importing/markdown": "how-to/importing/markdown",
    "importing/records": "how-to/importing/records",
    "importing/text": "how-to/importing/text",
    "importing/wordpress": "how-to/importing/wordpress",
    "postgresql": "how-to/postgresql",
    "search": "reference/search",
    "search-box": "how-to/search-box",
    "settings": "reference/settings",
}
"""Earlier names of pages, with the present ones: their addresses redirect permanently."""


@dataclass(frozen=True, slots=True)
class Doc:
    """A page of the docs: its title, and its text as HTML."""

    title: str
    html: str


@cache
def docs() -> Mapping[str, Doc]:
    """Return the pages by name, such as `reference/api`; empty where the folder is missing.

    The name of a folder's page ends with a slash: `adr/`, and an empty name for the index.
    """
    pages = {}
    for path in sorted(html_pages.DOCS.rglob("*.md")):
        name = _page_name(path.relative_to(html_pages.DOCS).with_suffix("").as_posix())
        if not name.startswith(_CHANGES):
            pages[name] = _render(path.read_text(encoding="utf-8"))
    return pages


def _page_name(path: str) -> str:
    """Return the name of a page by its path without `.md`: `adr/README` is `adr/`."""
    return _FOLDER_PAGE.sub(r"\1", path)


def _page_address(link: str) -> str:
    """Return the address of a relative link between Markdown files as a link between pages."""
    file = _PAGE_LINK.match(link)
    return link if file is None else (_page_name(file[1]) or "./") + link[file.end() :]


def _render(text: str) -> Doc:
    """Render Markdown as a page whose links to other files lead to their pages."""
    reader = MarkdownIt("commonmark").enable("table").use(anchors_plugin, max_level=3)
    tokens = reader.parse(text)
    for token in tokens:
        for inner in token.children or ():
            address = inner.attrGet("href")
            if isinstance(address, str):
                inner.attrSet("href", _page_address(address))
    heading = _TITLE.match(text)
    return Doc(heading[1] if heading else "", reader.renderer.render(tokens, reader.options, {}))


async def contents(request: Request, settings: Settings) -> Response:
    """Answer `/docs/`: the index of all pages."""
    return _page(request, settings, "")


async def doc(request: Request, settings: Settings) -> Response:
    """Answer `/docs/<name>`: one page, or a permanent redirect from an earlier name."""
    name = request.path_params["name"]
    if name in MOVED:
        return RedirectResponse("../" * name.count("/") + MOVED[name], 308)
    return _page(request, settings, name)


def _page(request: Request, settings: Settings, name: str) -> Response:
    page = docs().get(name)
    if page is None:
        return PlainTextResponse("There is no such page.", 404)
    content = html_pages.render_page(
        settings,
        "docs.html",
        Head(page.title, scripts=()),
        root="../" * (name.count("/") + 1),
        html=page.html,
    )
    return conditional_response(
        request, content, html_pages.HTML, headers=_HEADERS, cache="no-cache"
    )
