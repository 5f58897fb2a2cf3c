"""How often the headline of a page is recognised once its tags are stripped, as scrapers do.

A page's headline is one of its `<title>`, `og:title` and `<h1>`; pages in whose text none of them
stands on a line of its own are left out. The comparison is by letters and digits alone, and a
title's end with the name of the site makes no difference.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

from hub.text.slugs import headline_key
from scripts.importers.html.tree import Tree, element_text, parse_page, read_page
from scripts.importers.markdown.front_matter import UnreadableFile
from scripts.importers.plain_text.scrape import parse_scrape

MIN_SHARE = 0.5
"""Share of a title that a line of the text must hold, to be its headline without the site."""
MIN_LENGTH = 8

_BLOCKS = frozenset(
    (
        *("address", "article", "aside", "blockquote", "body", "br", "button", "dd", "div", "dl"),
        *("dt", "fieldset", "figcaption", "figure", "footer", "form", "h1", "h2", "h3", "h4"),
        *("h5", "h6", "header", "hr", "label", "legend", "li", "main", "nav", "ol", "option", "p"),
        *("pre", "section", "table", "td", "th", "tr", "ul"),
    )
)
_WITHOUT_TEXT = frozenset(
    (
        *("head", "iframe", "noscript", "script", "select", "style", "svg", "template"),
        "textarea",
    )
)


class HeadlineResult(NamedTuple):
    """The headline that was recognised in a page's text; empty for none."""

    headline: str
    is_right: bool


def measure_headlines(folder: Path) -> dict[str, HeadlineResult]:
    """Recognise the headlines of the pages in `folder`, by the name of the page's own folder."""
    results = {}
    for page in sorted(folder.glob("*/source.html")):
        try:
            tree = parse_page(read_page(page))
        except UnreadableFile:
            continue
        lines = text_lines(tree)
        titles = {key for title in _titles(tree) if len(key := headline_key(title)) > MIN_LENGTH}
        if any(_is_headline(headline_key(line), titles) for line in lines):
            headline = parse_scrape("\n\n".join(lines)).title
            is_right = _is_headline(headline_key(headline), titles)
            results[page.parent.name] = HeadlineResult(headline, is_right)
    return results


def text_lines(tree: Tree) -> list[str]:
    """Return the text of a page as browsers show it without any style: a line for each block."""
    lines: list[str] = []
    parts: list[str] = []

    def end_line() -> None:
        if line := " ".join("".join(parts).split()):
            lines.append(line)
        parts.clear()

    for text in _pieces(tree):
        if text is None:
            end_line()
        else:
            parts.append(text)
    end_line()
    return lines


def _pieces(root: Tree) -> Iterator[str | None]:
    """Yield the texts of a page in order, and None where a block begins or ends."""
    stack: list[tuple[Tree, bool]] = [(root, False)]
    while stack:
        node, is_end = stack.pop()
        tag = node.tag if isinstance(node.tag, str) else ""
        if is_end:
            yield from (None,) if tag in _BLOCKS else ()
            yield node.tail or ""
            continue
        stack.append((node, True))
        if tag and tag not in _WITHOUT_TEXT:
            yield from (None,) if tag in _BLOCKS else ()
            yield node.text or ""
            stack += ((child, False) for child in reversed(node))


def _titles(tree: Tree) -> Iterator[str]:
    yield from (element_text(node) for node in tree.xpath("//title|//h1"))
    yield from map(str, tree.xpath("//meta[@property='og:title']/@content"))


def _is_headline(key: str, titles: set[str]) -> bool:
    """Tell whether a line is one of a page's titles, with or without the name of the site."""
    if len(key) <= MIN_LENGTH:
        return False
    return any(
        key == title
        or (title.startswith(key) and len(key) >= MIN_SHARE * len(title))
        or (key.startswith(title) and len(title) >= MIN_SHARE * len(key))
        for title in titles
    )
