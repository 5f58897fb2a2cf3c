"""The pages of `docs/`: their names, their order, and their Markdown as HTML.

A `README.md` is the page of its folder. The index, the README of `docs/` itself, lists all pages by
kind, which is their order.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from html import escape
from itertools import count
from pathlib import Path
from typing import Any, NamedTuple

from markdown_it import MarkdownIt
from markdown_it.token import Token
from mdit_py_plugins.anchors import anchors_plugin
from pygments import highlight
from pygments.formatters import HtmlFormatter
from pygments.lexers import get_lexer_by_name
from pygments.util import ClassNotFound

from schema.web import html_pages

_TITLE = re.compile(r"#\s+(.+)")
_PAGE_LINK = re.compile(r"^(?!\w+:)([^#]*)\.md(?=#|$)")
_FOLDER_PAGE = re.compile(r"(^|/)README$")
_LISTED = re.compile(r"^- \[([^\]]+)\]\(([^)#]+)\.md\)", re.MULTILINE)
_KIND = re.compile(r"^## (.+)$", re.MULTILINE)
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
    "moderation": "how-to/moderate-comments",
    "postgresql": "how-to/postgresql",
    "search": "reference/search",
    "search-box": "how-to/search-box",
    "settings": "reference/settings",
}
"""Earlier and shorter names of pages, with the present ones: they redirect permanently.

Those that `present_name` finds without it need no entry.
"""


@dataclass(frozen=True, slots=True)
class Source:
    """A page of the docs: its title, and its Markdown."""

    title: str
    text: str


class Section(NamedTuple):
    """A part of a page below a heading; the first of a page has its title and no anchor."""

    page: str
    anchor: str
    heading: str
    text: str


class Group(NamedTuple):
    """The pages of a kind in their order, as (name, title)."""

    kind: str
    pages: Sequence[tuple[str, str]]


def present_name(name: str) -> str:
    """Return the name of the page that is meant by a name.

    That is an earlier name, or a page's own name without its folder, if no other page has it.
    """
    if name in docs():
        return name
    if name in MOVED:
        return MOVED[name]
    pages = [page for page in docs() if name and page.endswith(f"/{name}")]
    return pages[0] if len(pages) == 1 else name


@cache
def docs() -> Mapping[str, Source]:
    """Return the pages by name, such as `reference/api`; empty where the folder is missing.

    The name of a folder's page ends with a slash: `adr/`, and an empty name for the index.
    """
    pages = {}
    for path in sorted(html_pages.DOCS.rglob("*.md")):
        name = _page_name(path.relative_to(html_pages.DOCS).with_suffix("").as_posix())
        if not name.startswith(_CHANGES):
            pages[name] = _read(path)
    return pages


def _read(path: Path) -> Source:
    text = path.read_text(encoding="utf-8")
    heading = _TITLE.match(text)
    return Source(heading[1] if heading else "", text)


@cache
def groups() -> Sequence[Group]:
    """Return the pages by kind as the index lists them; those of a folder follow its page."""
    index = docs()[""].text
    kinds = [*_KIND.finditer(index)]
    ends = [kind.start() for kind in kinds[1:]] + [len(index)]
    return [
        Group(kind[1], [*_listed(index[kind.end() : end], "")])
        for kind, end in zip(kinds, ends, strict=True)
    ]


def _listed(text: str, folder: str) -> Iterator[tuple[str, str]]:
    for title, link in _LISTED.findall(text):
        name = _page_name(folder + link)
        yield name, title
        if name.endswith("/"):
            yield from _listed(docs()[name].text, name)


def neighbours(name: str) -> tuple[tuple[str, str] | None, tuple[str, str] | None]:
    """Return the pages before and after a page, as (name, title); None at the ends."""
    ordered = [page for group in groups() for page in group.pages]
    place = next((place for place, page in enumerate(ordered) if page[0] == name), None)
    if place is None:
        return None, ordered[0] if ordered and not name else None
    following = ordered[place + 1] if place + 1 < len(ordered) else None
    return (ordered[place - 1] if place else ("", docs()[""].title)), following


def _page_name(path: str) -> str:
    """Return the name of a page by its path without `.md`: `adr/README` is `adr/`."""
    return _FOLDER_PAGE.sub(r"\1", path)


def _page_address(link: str) -> str:
    """Return the address of a relative link between Markdown files as a link between pages."""
    file = _PAGE_LINK.match(link)
    return link if file is None else (_page_name(file[1]) or "./") + link[file.end() :]


@cache
def render(name: str) -> str:
    """Render the Markdown of a page as HTML whose links to other files lead to their pages."""
    reader = _reader()
    tokens = reader.parse(docs()[name].text)
    for token in tokens:
        for inner in token.children or ():
            address = inner.attrGet("href")
            if isinstance(address, str):
                inner.attrSet("href", _page_address(address))
    html = str(reader.renderer.render(tokens, reader.options, {}))
    numbers = count(1)
    box = '<div class="scroll" role="region" tabindex="0" aria-label="Table {}"><table>'
    html = re.sub("<table>", lambda _: box.format(next(numbers)), html)
    return html.replace("</table>", "</table></div>")


def _reader() -> MarkdownIt:
    reader = MarkdownIt("commonmark").enable("table").use(anchors_plugin, max_level=3)
    reader.add_render_rule("fence", _render_code)
    return reader


def _render_code(_: Any, tokens: Sequence[Token], place: int, *__: Any) -> str:
    """Render a block of code, highlighted if its language is known."""
    token = tokens[place]
    try:
        lexer = get_lexer_by_name(token.info.strip() or "text")
        code = highlight(token.content, lexer, HtmlFormatter(nowrap=True))
    except ClassNotFound:
        code = escape(token.content)
    return f'<div class="code"><pre tabindex="0" dir="ltr"><code>{code}</code></pre></div>\n'


@cache
def sections() -> Sequence[Section]:
    """Return the parts of all pages but the decisions, in their order, as plain text."""
    reader = _reader()
    parts = []
    for name, page in docs().items():
        if re.match(r"adr/.", name):
            continue
        anchor, heading, texts = "", page.title, list[str]()
        tokens = reader.parse(page.text)
        for place, token in enumerate(tokens):
            if token.type == "heading_open" and token.tag in ("h2", "h3"):
                parts.append(Section(name, anchor, heading, " ".join(texts)))
                anchor, heading = str(token.attrGet("id")), _plain(tokens[place + 1])
                texts = []
            elif token.type == "inline" and tokens[place - 1].type != "heading_open":
                texts.append(_plain(token))
            elif token.type == "fence":
                texts.append(" ".join(token.content.split()))
        parts.append(Section(name, anchor, heading, " ".join(texts)))
    return parts


def _plain(token: Token) -> str:
    children = token.children or ()
    pieces = (" " if child.type == "softbreak" else child.content for child in children)
    return "".join(pieces)
