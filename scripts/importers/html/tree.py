"""A saved page as a tree, within bounds, and the article in it."""

from __future__ import annotations

import re
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from lxml import etree, html
from readability import Document

from scripts.importers.decoding import BEGINNING, encoding_of, is_utf8
from scripts.importers.markdown.front_matter import Broken, decoded

MAX_BYTES = 8_000_000
MAX_ELEMENTS = 60_000
"""Elements of the largest page that is looked at; long ones have some thousand."""
ENOUGH = 140
"""Characters of text below which the extractor has found nothing, and all of the page counts."""

Tree = Any
"""An lxml element; its stubs know less than it can do."""

_CHARSET = re.compile(rb"""<meta[^>]{0,300}?charset\s*=\s*["']?\s*([\w.:-]+)""", re.IGNORECASE)
_CONTROL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff\ud800-\udfff]")
_LAZY = ("data-src", "data-original", "data-lazy-src", "data-hi-res-src")
_NO_TEXT = "//script|//style|//noscript[not(.//img)]|//template|//iframe|//object|//embed|//form"
_AROUND = "//nav|//footer|//aside|//header|//button|//select|//dialog"


def bytes_of(path: Path) -> bytes:
    """The bytes of a page. Raises Broken."""
    try:
        if path.stat().st_size > MAX_BYTES:
            raise Broken(f"it has more than {MAX_BYTES // 1_000_000} MB")
        return path.read_bytes()
    except OSError as error:
        raise Broken(f"it cannot be opened ({error.strerror})") from error


def tree_of(data: bytes) -> Tree:
    """The tree of a page.

    Raises:
        Broken: it is no text, there is no element in it, or there are too many.
    """
    text = _CONTROL.sub("", _text(data))
    parser = html.HTMLParser(encoding="utf-8", remove_pis=True)
    try:
        tree = html.document_fromstring(text.encode("utf-8", "replace"), parser=parser)
    except (etree.ParserError, etree.XMLSyntaxError, ValueError) as error:
        raise Broken("there is no page in it") from error
    _cleaned(tree)
    if sum(1 for _ in tree.iter()) > MAX_ELEMENTS:
        raise Broken(f"it has more than {MAX_ELEMENTS:,} elements, which no page has")
    return tree


def _cleaned(tree: Tree) -> None:
    """Take away control characters that are written as entities: nobody lets them be set again."""
    for node in tree.iter(etree.Element):
        for name, value in node.attrib.items():
            if _CONTROL.search(value):
                node.set(name, _CONTROL.sub("", value))
    for node in tree.iter():
        if node.text and _CONTROL.search(node.text):
            node.text = _CONTROL.sub("", node.text)
        if node.tail and _CONTROL.search(node.tail):
            node.tail = _CONTROL.sub("", node.tail)


def _text(data: bytes) -> str:
    """A page's text: in the encoding that it names, where that is true, else in what it is in."""
    named = _CHARSET.search(data[:4096])
    if named and not is_utf8(data) and encoding_of(data[:BEGINNING]) == "utf-8":
        try:
            # Browsers read what calls itself Latin-1 as its superset.
            name = named[1].decode("ascii").lower()
            return data.decode("cp1252" if name in ("iso-8859-1", "latin1", "ascii") else name)
        except (LookupError, ValueError):
            pass
    return decoded(data)


def article_html(tree: Tree, urls: Sequence[str]) -> str:
    """The article of a page as HTML that nobody has looked at yet. Changes the tree.

    By readability-lxml, a port of the algorithm of Arc90's Readability; where that finds next to
    nothing, all of the page but its menus.
    """
    for image in tree.xpath("//img"):
        lazy = next((image.get(name) for name in _LAZY if image.get(name)), None)
        if lazy and not lazy.startswith("data:"):
            image.set("src", lazy)
    if urls:
        tree.make_links_absolute(urls[0], handle_failures="ignore")
    for node in tree.xpath(_NO_TEXT):
        _dropped(node)
    found = str(Document(etree.tostring(tree, encoding="unicode", method="html")).summary(True))
    if len(_words(found)) >= ENOUGH:
        return found
    for node in tree.xpath(_AROUND):
        _dropped(node)
    body = next(iter(tree.xpath("//article|//main|//body")), tree)
    whole = etree.tostring(body, encoding="unicode", method="html")
    return whole if len(_words(whole)) > len(_words(found)) else found


def _words(part: str) -> str:
    return " ".join(re.sub(r"<[^>]*>", " ", part).split())


def _dropped(node: Tree) -> None:
    if node.getparent() is not None:
        node.drop_tree()


def words_of(node: Tree) -> str:
    """The text of an element on one line."""
    return " ".join(" ".join(map(str, node.itertext())).split())
