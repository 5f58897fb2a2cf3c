"""Parsing of a saved page, within limits, and extraction of its article."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from html import escape, unescape
from pathlib import Path
from typing import Any

from lxml import etree, html
from readability import Document

from hub.text import embeds
from scripts.importers.content.decoding import DECLARATION_BYTES, detect_encoding, is_utf8
from scripts.importers.markdown.front_matter import UnreadableFile, decode_text

MAX_BYTES = 8_000_000
MAX_ELEMENTS = 60_000
"""Maximum number of elements of a page; long pages have some thousand."""
MIN_ARTICLE_LENGTH = 140
"""Minimum length of an extracted article, in characters; below it the full page is used."""

Tree = Any
"""An lxml element; the type stubs lack methods that it has."""

_META_CHARSET = re.compile(rb"""<meta[^>]{0,300}?charset\s*=\s*["']?\s*([\w.:-]+)""", re.IGNORECASE)
_CONTROL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff\ud800-\udfff]")
_LAZY_ATTRIBUTES = ("data-src", "data-original", "data-lazy-src", "data-hi-res-src")
_NON_TEXT = "//script|//style|//noscript[not(.//img)]|//template|//iframe|//object|//embed"
_CONTROLS = ".//input|.//select|.//textarea|.//button|.//label"
MIN_FORM_WORDS = 60
"""Words of a form with paragraphs from which it is a page: ASP.NET wraps pages in forms."""
_EMBEDDED = (
    "//iframe|//video|//audio|//object[not(ancestor::object)]|//embed[not(ancestor::object)]"
    "|//script[contains(@src, 'gist.github.com')]"
)
_KEPT_LISTS = (
    "//td//ul|//td//ol|//th//ul|//th//ol"
    "|//ol[contains(@class, 'footnote') or contains(@class, 'endnote')]"
    "|//ol[contains(@id, 'footnote')]"
    "|//section[contains(@class, 'footnotes')]//ol|//div[contains(@class, 'footnotes')]//ol"
)
_DECLARED = (
    "//*[contains(concat(' ', @itemprop, ' '), ' articleBody ')]",
    "//article[not(ancestor::article)]",
    "//main[not(.//article)]",
)
MIN_PROSE = 500
"""Characters in paragraphs of an element from which it is taken for the article it says it is."""
MIN_SHARED = 0.4
"""Share of that element's words below which the extracted text is another one: a neighbour."""
MAX_TIMES = 1.8
"""Times the words of an article with the page's headline from which the rest is no part of it."""
_BOILERPLATE = "//nav|//footer|//aside|//header|//button|//select|//dialog"


def read_page(path: Path) -> bytes:
    """Read the bytes of a page. Raises UnreadableFile."""
    try:
        if path.stat().st_size > MAX_BYTES:
            raise UnreadableFile(f"it has more than {MAX_BYTES // 1_000_000} MB")
        return path.read_bytes()
    except OSError as error:
        raise UnreadableFile(f"it cannot be opened ({error.strerror})") from error


def parse_page(data: bytes) -> Tree:
    """Parse a page.

    Raises:
        UnreadableFile: it is not text, or has no elements, or too many.
    """
    text = _CONTROL.sub("", _decode_page(data))
    parser = html.HTMLParser(encoding="utf-8", remove_pis=True)
    try:
        tree = html.document_fromstring(text.encode("utf-8", "replace"), parser=parser)
    except (etree.ParserError, etree.XMLSyntaxError, ValueError) as error:
        raise UnreadableFile("there is no page in it") from error
    _remove_control_characters(tree)
    if sum(1 for _ in tree.iter()) > MAX_ELEMENTS:
        raise UnreadableFile(f"it has more than {MAX_ELEMENTS:,} elements, which no page has")
    return tree


def _remove_control_characters(tree: Tree) -> None:
    """Remove control characters from character references: lxml refuses to set them."""
    for node in tree.iter(etree.Element):
        for name, value in node.attrib.items():
            if _CONTROL.search(value):
                node.set(name, _CONTROL.sub("", value))
    for node in tree.iter():
        if node.text and _CONTROL.search(node.text):
            node.text = _CONTROL.sub("", node.text)
        if node.tail and _CONTROL.search(node.tail):
            node.tail = _CONTROL.sub("", node.tail)


def _decode_page(data: bytes) -> str:
    """Decode a page by its declared encoding if that is possible, else by detection."""
    charset = _META_CHARSET.search(data[:4096])
    if charset and not is_utf8(data) and detect_encoding(data[:DECLARATION_BYTES]) == "utf-8":
        try:
            # Browsers decode Latin-1 as its superset, Windows-1252.
            name = charset[1].decode("ascii").lower()
            return data.decode("cp1252" if name in ("iso-8859-1", "latin1", "ascii") else name)
        except (LookupError, ValueError):
            pass
    return decode_text(data)


def extract_article(tree: Tree, urls: Sequence[str]) -> str:
    """Extract the article of a page as unsanitised HTML. Changes the tree.

    Uses readability-lxml, a port of Arc90's Readability; below MIN_ARTICLE_LENGTH, the page
    without its boilerplate elements.
    """
    for image in tree.xpath("//img"):
        lazy = next((image.get(name) for name in _LAZY_ATTRIBUTES if image.get(name)), None)
        if lazy and not lazy.startswith("data:"):
            image.set("src", lazy)
    if urls:
        tree.make_links_absolute(urls[0], handle_failures="ignore")
    _prepare_embeds(tree)
    for node in tree.xpath("//form"):
        _unwrap_form(node)
    for node in tree.xpath(_NON_TEXT):
        _drop(node)
    for node in tree.xpath(_KEPT_LISTS):
        _rename_list(node)
    article = str(Document(etree.tostring(tree, encoding="unicode", method="html")).summary(True))
    article = _RENAMED.sub(r"<\1\2", article)
    declared = _declared_article(tree)
    if declared is not None and _is_another(article, declared):
        text = etree.tostring(declared, encoding="unicode", method="html")
        article = _RENAMED.sub(r"<\1\2", text)
    if len(_strip_tags(article)) >= MIN_ARTICLE_LENGTH:
        return article
    for node in tree.xpath(_BOILERPLATE):
        _drop(node)
    body = next(iter(tree.xpath("//article|//main|//body")), tree)
    page = _RENAMED.sub(r"<\1\2", etree.tostring(body, encoding="unicode", method="html"))
    return page if len(_strip_tags(page)) > len(_strip_tags(article)) else article


def _declared_article(tree: Tree) -> Tree | None:
    """Return the only element that the page itself calls its article's text; None without one."""
    for path in _DECLARED:
        nodes = [node for node in tree.xpath(path) if _prose_length(node) >= MIN_PROSE]
        if len(nodes) == 1:
            return nodes[0]
    return None


def _prose_length(node: Tree) -> int:
    return sum(len(element_text(paragraph)) for paragraph in node.xpath(".//p"))


def _is_another(article: str, declared: Tree) -> bool:
    """Tell whether the extracted text is not the declared article, or is much more than it."""
    words = Counter(re.findall(r"\w+", element_text(declared).casefold()))
    extracted = Counter(re.findall(r"\w+", unescape(_strip_tags(article)).casefold()))
    if (words & extracted).total() < MIN_SHARED * words.total():
        return True
    is_whole = declared.get("itemprop") or declared.xpath(".//h1")
    return bool(is_whole) and extracted.total() > MAX_TIMES * words.total()


_RENAMED = re.compile(r"<(/?)x-(ul|ol|li)\b")


def _rename_list(node: Tree) -> None:
    """Rename a list of cells or footnotes, which Readability would take for navigation."""
    node.attrib.pop("class", None)
    for inner in [node, *node.iter("ul", "ol", "li")]:
        if inner.tag in ("ul", "ol", "li"):
            inner.tag = f"x-{inner.tag}"


def _prepare_embeds(tree: Tree) -> None:
    """Replace films, sounds, gists and posts by figures; other frames are no part of an article."""
    for quote in tree.xpath("//blockquote[@class]"):
        if embeds.is_post(quote.get("class")):
            figure = etree.Element("figure", {"data-embed": ""})
            figure.tail, quote.tail = quote.tail, None
            quote.getparent().replace(quote, figure)
            figure.append(quote)
            if address := embeds.post_address(dict(quote.attrib)):
                etree.SubElement(figure, "a", href=address).text = embeds.provider_name(address)
            quote.attrib.clear()
    for node in tree.xpath(_EMBEDDED):
        source = {**node.attrib, "src": node.get("data-src") or node.get("src") or ""}
        attributes = " ".join(f'{name}="{escape(value)}"' for name, value in source.items())
        content = etree.tostring(node, encoding="unicode", method="html", with_tail=False)
        replacement = embeds.replace_element(str(node.tag), attributes, content)
        if "data-embed" in replacement:
            figure = html.fragment_fromstring(replacement)
            figure.tail = node.tail
            node.getparent().replace(node, figure)


def _unwrap_form(form: Tree) -> None:
    """Drop a form; or only its controls, if it wraps a page."""
    words = sum(len(element_text(node).split()) for node in form.xpath(".//p"))
    if words < MIN_FORM_WORDS:
        _drop(form)
        return
    for node in form.xpath(_CONTROLS):
        _drop(node)
    form.tag = "div"
    for name in list(form.attrib):
        del form.attrib[name]


def _strip_tags(part: str) -> str:
    return " ".join(re.sub(r"<[^>]*>", " ", part).split())


def _drop(node: Tree) -> None:
    if node.getparent() is not None:
        node.drop_tree()


def element_text(node: Tree) -> str:
    """Return the text of an element on one line."""
    return " ".join(" ".join(map(str, node.itertext())).split())
