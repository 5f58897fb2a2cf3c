"""WordPress eXtended RSS as a stream of records, none of which can break another.

The file is cut into its head, its items and its tail without parsing it, then each piece is
parsed by itself: memory stays flat, a broken item is one broken item, and its line is known.
"""

from __future__ import annotations

import codecs
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from lxml import etree

from scripts.importers.decoding import CHUNK, STRAY, encoding_of_file
from scripts.importers.source import SourceError
from scripts.importers.wordpress.wxr_recovery import mended

MAX_PIECE = 1 << 26
"""Characters of the longest item that is read; there are none of 64 million."""

_WORDPRESS = re.compile(rb"wordpress\.org/export/|<wp:(?:wxr_version|post_id|author)\b")
_ATTACHMENT = re.compile(r"<wp:post_type>\s*(?:<!\[CDATA\[)?attachment\b")
_MARK = re.compile(r"<!\[CDATA\[|<!--|<item(?=[\s>])|</item\s*>")
_END = {"<![CDATA[": re.compile(r"\]\]>"), "<!--": re.compile(r"-->")}
# The end of an item that is one: an example of a feed in a body has no such elements.
_REAL_END = re.compile(
    r"</(?:(?:wp|dc|content|excerpt):[a-z_]+|category)>\s*</item\s*>(?=\s*(?:<item[\s>]|</channel))"
)
_ASIDE = re.compile(r"<!\[CDATA\[.*?(?:\]\]>|\Z)|<!--.*?(?:-->|\Z)", re.DOTALL)
_CHANNEL = re.compile(r"<channel\b[^>]*>")
_DECLARED = re.compile(r"""\sxmlns(?::([\w.-]+))?\s*=\s*("[^"<]*"|'[^'<]*')""")
_BARE_AMPERSAND = re.compile(
    r"(<!\[CDATA\[.*?(?:\]\]>|\Z))|&(?!(?:amp|lt|gt|quot|apos|#\d+|#x[0-9a-fA-F]+);)", re.DOTALL
)
_NO_XML = dict.fromkeys([*range(9), 11, 12, *range(14, 32), 0xFFFE, 0xFFFF])
_NAMESPACES = (
    (re.compile(r"https?://wordpress\.org/export/[\d.]+/?"), "wp:"),
    (re.compile(r"https?://wordpress\.org/export/[\d.]+/excerpt/?"), "excerpt:"),
    (re.compile(r"https?://purl\.org/rss/1\.0/modules/content/?"), "content:"),
    (re.compile(r"https?://purl\.org/dc/elements/1\.1/?"), "dc:"),
)
# What is wrong with a record that still can be read as it was meant.
_HARMLESS = re.compile(
    r"NS_|NAMESPACE|ENTITY|ENTITYREF|MISPLACED_CDATA_END|INVALID_CHAR|INVALID_URI"
)


@dataclass(frozen=True, slots=True)
class Piece:
    """A part of the file as it stands: all before the items (`head`), an `item`, or the rest."""

    kind: str
    text: str
    line: int

    @property
    def whole(self) -> bool:
        """Whether an item has its end."""
        return self.text.endswith(">") and "</item" in self.text[-40:]


class Unreadable(Exception):
    """A piece that is no XML, and why."""


class Element:
    """An element by the names of its children; of several of one name, the first speaks.

    `damaged` when it was put together again from what was not well-formed XML.
    """

    def __init__(self, node: etree._Element, *, damaged: bool = False) -> None:
        self.damaged = damaged
        self._node = node
        self._children: dict[str, list[etree._Element]] = {}
        for child in node:
            if name := _name(child):
                self._children.setdefault(name, []).append(child)

    def text(self, name: str) -> str:
        """The text of a child, without the spaces around it; empty when there is none."""
        return self.raw(name).strip()

    def raw(self, name: str) -> str:
        """The text of a child as it stands."""
        found = self._children.get(name)
        return "".join(map(str, found[0].itertext())) if found else ""

    def has(self, name: str) -> bool:
        """Whether there is a child of this name, perhaps an empty one."""
        return name in self._children

    def own(self) -> str:
        """Its own text."""
        return (self._node.text or "").strip()

    def attribute(self, name: str) -> str:
        """One of its attributes; empty when there is none."""
        return str(self._node.get(name) or "").strip()

    def all(self, name: str) -> list[Element]:
        """The children of a name, in their order."""
        return [Element(child) for child in self._children.get(name, ())]

    def metas(self, key: str) -> list[str]:
        """All the values of one custom field, in their order."""
        rows = self.all("wp:postmeta")
        return [one.text("wp:meta_value") for one in rows if one.text("wp:meta_key") == key]

    def meta(self) -> dict[str, str]:
        """The custom fields of a post or an attachment."""
        return {
            one.text("wp:meta_key"): one.text("wp:meta_value") for one in self.all("wp:postmeta")
        }


def _name(node: etree._Element) -> str:
    """`wp:post_id`, whatever prefix and version the file uses; empty for what is not WordPress."""
    tag = node.tag
    if not isinstance(tag, str):
        return ""
    namespace, _, local = tag.rpartition("}")
    if not namespace:
        return local
    for known, prefix in _NAMESPACES:
        if known.fullmatch(namespace[1:]):
            return prefix + local
    return ""


def pieces(path: Path) -> Iterator[Piece]:
    """The file, cut into pieces.

    Raises:
        SourceError: it cannot be opened or decoded, or an item has no end within reason.
    """
    scan = _Scan(path)
    kind, line = "head", 1
    while True:
        text = scan.take(scan.boundary(kind))
        if kind != "rest" or text.strip() or scan.at_end:
            yield Piece(kind, text, line)
        if scan.at_end:
            return
        line += text.count("\n")
        kind = "item" if scan.at_item else "rest"


class _Scan:
    """The text from the beginning of the present piece to as far as it has been read."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._chunks = _decoded(path)
        self._text = ""

    @property
    def at_item(self) -> bool:
        return self._text.startswith("<item")

    @property
    def at_end(self) -> bool:
        return not self._text and not self._more()

    def take(self, length: int) -> str:
        """Cut off the piece of this length."""
        piece, self._text = self._text[:length], self._text[length:]
        return piece

    def boundary(self, kind: str) -> int:
        """Where the piece ends: behind the item's end tag, or before the next item begins."""
        at = 1 if kind == "item" else 0
        while mark := self._find(_MARK, at):
            if mark[0].startswith("<item"):
                return mark.start()
            if mark[0].startswith("</item"):
                if kind == "item":
                    return mark.end()
                at = mark.end()
                continue
            end = self._find(_END[mark[0]], mark.end())
            at = end.end() if end else len(self._text)
            # A section that nobody has closed would swallow the items after it.
            if kind == "item" and (torn := _REAL_END.search(self._text, mark.end(), at)):
                return torn.end()
        return len(self._text)

    def _find(self, pattern: re.Pattern[str], at: int) -> re.Match[str] | None:
        while not (match := pattern.search(self._text, at)) or match.end() == len(self._text):
            # It may lie across the border of two chunks: look again a little before it.
            at = max(at, len(self._text) - 64) if not match else at
            if not self._more():
                return match
        return match

    def _more(self) -> bool:
        more = next(self._chunks, "")
        self._text += more
        if len(self._text) > MAX_PIECE:
            raise SourceError(self._path, "a record in it has no end within reason")
        return bool(more)


def _decoded(path: Path) -> Iterator[str]:
    """The text of a file, a chunk at a time."""
    try:
        encoding = encoding_of_file(path)
        with path.open("rb") as file:
            decoder = codecs.getincrementaldecoder(encoding)(errors=STRAY)
            while data := file.read(CHUNK):
                if text := decoder.decode(data):
                    yield text.replace("\r\n", "\n")
            if text := decoder.decode(b"", final=True):
                yield text
    except OSError as error:
        raise SourceError(path, f"cannot be read ({error.strerror})") from error


def is_export(beginning: bytes) -> bool:
    """Whether a file that begins like this, in whatever encoding, is an export of WordPress."""
    return bool(_WORDPRESS.search(beginning.replace(b"\x00", b"")))


def is_attachment(piece: Piece) -> bool:
    """Whether an item is a file that was uploaded."""
    return bool(_ATTACHMENT.search(piece.text))


def declares_entities(head: str) -> bool:
    """Whether a head has a document type or entities, which no export needs."""
    return bool(re.search(r"<!(?:DOCTYPE|ENTITY)", _ASIDE.sub("", head), re.IGNORECASE))


class Parser:
    """Parses the pieces of one file, whose head says what its prefixes mean."""

    def __init__(self, head: str) -> None:
        opening = _ASIDE.sub("", head)
        declared = {prefix: value for prefix, value in _DECLARED.findall(opening) if prefix}
        self._opening = "".join(f" xmlns:{name}={uri}" for name, uri in declared.items())

    def has_channel(self, text: str) -> bool:
        """Whether the head opens a channel."""
        return bool(_CHANNEL.search(_blanked(text)))

    def holds_item(self, text: str) -> bool:
        """Whether an item ends in the head: then it has no beginning that is one."""
        return "</item" in _blanked(text)

    def head(self, text: str) -> tuple[Element, str | None]:
        """The channel as it stands before its items. Raises Unreadable."""
        channel = _CHANNEL.search(_blanked(text))
        inside = text[channel.end() :] if channel else ""
        inside = re.sub(r"</(?:channel|rss)\s*>", "", inside) if "<item" not in inside else inside
        return self._parse(f"<channel>{inside}</channel>")

    def item(self, text: str) -> tuple[Element, str | None]:
        """An item, and what had to be mended in it. Raises Unreadable."""
        return self._parse(text)

    def _parse(self, text: str) -> tuple[Element, str | None]:
        wrapped = f"<rss{self._opening}>{text.translate(_NO_XML)}</rss>"
        root, faults = _root(wrapped)
        if root is None:
            wrapped = _BARE_AMPERSAND.sub(lambda m: m[1] or "&amp;", wrapped)
            root, faults = _root(wrapped)
        if root is not None:
            return Element(root), None
        grave = [told for kind, told in faults if not _HARMLESS.search(kind)]
        damaged = bool(grave)
        root = self._damaged(text) if damaged else _root(wrapped, recover=True)[0]
        if root is None:
            raise Unreadable(f"it is not well-formed XML: {[*grave, 'there is nothing in it'][0]}")
        return Element(root, damaged=damaged), f"mended: {[*grave, faults[0][1]][0]}"

    def _damaged(self, text: str) -> etree._Element | None:
        """A piece whose tags are not those of XML, by the names of its elements."""
        inside = mended(text.translate(_NO_XML))
        root, _ = _root(f"<rss{self._opening}><item>{inside}</item></rss>", recover=True)
        return root


def _blanked(text: str) -> str:
    """`text` with its comments and sections emptied, every position kept."""
    return _ASIDE.sub(lambda m: " " * len(m[0]), text)


def _root(
    text: str, *, recover: bool = False
) -> tuple[etree._Element | None, list[tuple[str, str]]]:
    """The element in `text`, if it can be parsed, and the (type, message) of what is wrong."""
    parser = etree.XMLParser(
        recover=recover,
        resolve_entities=False,
        no_network=True,
        load_dtd=False,
        huge_tree=True,
        remove_comments=True,
        remove_pis=True,
    )
    try:
        # As bytes: lxml refuses str with a declaration, which a broken piece might begin with.
        root = etree.fromstring(text.encode("utf-8", "replace"), parser)
    except etree.XMLSyntaxError:
        root = None
    log: Any = parser.error_log  # the error's own log would name faults of pieces before this one
    faults = [(str(one.type_name), " ".join(str(one.message).split())[:150]) for one in log]
    return (root[0] if root is not None and len(root) else None), faults
