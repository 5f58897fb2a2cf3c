"""`/docs/`: the hub's own documentation as plain pages, where it runs from a clone."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from html import escape

from markdown_it import MarkdownIt
from mdit_py_plugins.anchors import anchors_plugin
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response

from hub.settings import Settings
from schema.web import html_pages
from schema.web.conditional import conditional

_TITLE = re.compile(r"#\s+(.+)")
_TO_PAGE = re.compile(r"^(?!\w+:)([^#]*)\.md(?=#|$)")
_BEFORE = "adr/"


@dataclass(frozen=True, slots=True)
class Doc:
    """A page of the docs: its title, and its text as HTML."""

    title: str
    html: str


@cache
def docs() -> Mapping[str, Doc]:
    """The pages by their names, such as `api` and `adr/0003-whoosh3`; none without the folder."""
    return {
        path.relative_to(html_pages.DOCS).with_suffix("").as_posix(): _doc(
            path.read_text(encoding="utf-8")
        )
        for path in sorted(html_pages.DOCS.rglob("*.md"))
    }


def _doc(text: str) -> Doc:
    """Markdown as a page; links to other pages lose their `.md`."""
    reader = MarkdownIt("commonmark").enable("table").use(anchors_plugin, max_level=3)
    tokens = reader.parse(text)
    for token in tokens:
        for inner in token.children or ():
            address = inner.attrGet("href")
            if isinstance(address, str):
                inner.attrSet("href", _TO_PAGE.sub(r"\1", address))
    found = _TITLE.match(text)
    return Doc(found[1] if found else "", reader.renderer.render(tokens, reader.options, {}))


async def contents(request: Request, settings: Settings) -> Response:
    """`/docs/`: what there is to read."""
    parts = []
    for title, are_decisions in (("Docs", False), ("Decisions", True)):
        listed = "".join(
            f'<li><a href="{escape(name, quote=True)}">{escape(doc.title)}</a></li>'
            for name, doc in docs().items()
            if name.startswith(_BEFORE) == are_decisions
        )
        level = "h2" if are_decisions else "h1"
        parts.append(f"<{level}>{title}</{level}><ul>{listed}</ul>")
    return _sent(request, settings, "Docs", "".join(parts), "../")


async def doc(request: Request, settings: Settings) -> Response:
    """`/docs/<name>`: one page."""
    name = request.path_params["name"]
    found = docs().get(name)
    if found is None:
        return PlainTextResponse("There is no such page.", 404)
    return _sent(request, settings, found.title, found.html, "../" * (name.count("/") + 1))


def _sent(request: Request, settings: Settings, title: str, html: str, root: str) -> Response:
    content = html_pages.page(settings, title, f'<main class="page docs">{html}</main>', root=root)
    return conditional(
        request, content, html_pages.HTML, headers=html_pages.PLAIN, cache="no-cache"
    )
