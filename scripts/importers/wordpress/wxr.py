"""WordPress eXtended RSS (WXR) as a stream of pieces that are parsed independently.

The file is split into head, items and tail without parsing it, then each piece is parsed by
itself: memory stays flat, a broken item affects no other, and its line number is available.
"""

from __future__ import annotations

import codecs
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from lxml import etree

from scripts.importers.content.decoding import CHUNK, DECODE_ERRORS, detect_file_encoding
from scripts.importers.source import SourceError
from scripts.importers.wordpress.recovery import repair_xml

MAX_PIECE = 1 << 26
"""Maximum length of an item, in characters; real ones are shorter than 64 million."""

_WORDPRESS = re.compile(rb"wordpress\.org/export/|<wp:(?:wxr_version|post_id|author)\b")
_ATTACHMENT = re.compile(r"<wp:post_type>\s*(?:<!\[CDATA\[)?attachment\b")
_PATTERN = re.compile(r"<wp:post_type>\s*(?:<!\[CDATA\[)?wp_block\b")
_BOUNDARY = re.compile(r"<!\[CDATA\[|<!--|<item(?=[\s>])|</item\s*>")
_SECTION_END = {"<![CDATA[": re.compile(r"\]\]>"), "<!--": re.compile(r"-->")}
# A real end of an item: an RSS example within a body has no such element before </item>.
_ITEM_END = re.compile(
    r"</(?:(?:wp|dc|content|excerpt):[a-z_]+|category)>\s*</item\s*>(?=\s*(?:<item[\s>]|</channel))"
)
_CDATA_OR_COMMENT = re.compile(r"<!\[CDATA\[.*?(?:\]\]>|\Z)|<!--.*?(?:-->|\Z)", re.DOTALL)
_CHANNEL = re.compile(r"<channel\b[^>]*>")
_NAMESPACE_DECLARATION = re.compile(r"""\sxmlns(?::([\w.-]+))?\s*=\s*("[^"<]*"|'[^'<]*')""")
_BARE_AMPERSAND = re.compile(
    r"(<!\[CDATA\[.*?(?:\]\]>|\Z))|&(?!(?:amp|lt|gt|quot|apos|#\d+|#x[0-9a-fA-F]+);)", re.DOTALL
)
_INVALID_XML_CHARACTERS = dict.fromkeys([*range(9), 11, 12, *range(14, 32), 0xFFFE, 0xFFFF])
_NAMESPACES = (
    (re.compile(r"https?://wordpress\.org/export/[\d.]+/?"), "wp:"),
    (re.compile(r"https?://wordpress\.org/export/[\d.]+/excerpt/?"), "excerpt:"),
    (re.compile(r"https?://purl\.org/rss/1\.0/modules/content/?"), "content:"),
    (re.compile(r"https?://purl\.org/dc/elements/1\.1/?"), "dc:"),
)
# Types of libxml2 errors after which the parsed record is still correct.
_RECOVERABLE = re.compile(
    r"NS_|NAMESPACE|ENTITY|ENTITYREF|MISPLACED_CDATA_END|INVALID_CHAR|INVALID_URI"
)


@dataclass(frozen=True, slots=True)
class Piece:
    """A part of the file: everything before the items (`head`), an `item`, or the `rest`."""

    kind: str
    text: str
    line: int

    @property
    def is_complete(self) -> bool:
        """True when an item has its end tag."""
        return self.text.endswith(">") and "</item" in self.text[-40:]


class UnreadablePiece(Exception):
    """A piece that is not XML, with the reason."""


class Element:
    """An XML element with access to its children by name; the first of several children counts.

    `damaged` when it was recovered from XML that was not well-formed.
    """

    def __init__(self, node: etree._Element, *, damaged: bool = False) -> None:
        self.damaged = damaged
        self._node = node
        self._children: dict[str, list[etree._Element]] = {}
        for child in node:
            if name := _prefixed_name(child):
                self._children.setdefault(name, []).append(child)

    def text(self, name: str) -> str:
        """Return the stripped text of a child; empty when there is no such child."""
        return self.raw(name).strip()

    def raw(self, name: str) -> str:
        """Return the text of a child, not stripped."""
        children = self._children.get(name)
        return "".join(map(str, children[0].itertext())) if children else ""

    def has_child(self, name: str) -> bool:
        """Tell whether there is a child of this name, perhaps an empty one."""
        return name in self._children

    def own_text(self) -> str:
        """Return the element's own text."""
        return (self._node.text or "").strip()

    def attribute(self, name: str) -> str:
        """Return an attribute; empty when it is missing."""
        return str(self._node.get(name) or "").strip()

    def children(self, name: str) -> list[Element]:
        """Return the children of this name in document order."""
        return [Element(child) for child in self._children.get(name, ())]

    def post_meta_values(self, key: str) -> list[str]:
        """Return all values of one post meta key in document order."""
        rows = self.children("wp:postmeta")
        return [row.text("wp:meta_value") for row in rows if row.text("wp:meta_key") == key]

    def post_meta(self) -> dict[str, str]:
        """Return the post meta of a post or an attachment."""
        return {
            row.text("wp:meta_key"): row.text("wp:meta_value")
            for row in self.children("wp:postmeta")
        }


def _prefixed_name(node: etree._Element) -> str:
    """Name with WordPress's usual prefix (`wp:post_id`); empty in a foreign namespace."""
    tag = node.tag
    if not isinstance(tag, str):
        return ""
    namespace, _, local = tag.rpartition("}")
    if not namespace:
        return local
    for pattern, prefix in _NAMESPACES:
        if pattern.fullmatch(namespace[1:]):
            return prefix + local
    return ""


def iter_pieces(path: Path) -> Iterator[Piece]:
    """Split a file into its pieces.

    Raises:
        SourceError: it cannot be opened or decoded, or an item is longer than MAX_PIECE.
    """
    scanner = _PieceScanner(path)
    kind, line = "head", 1
    while True:
        text = scanner.take(scanner.piece_length(kind))
        if kind != "rest" or text.strip() or scanner.at_end:
            yield Piece(kind, text, line)
        if scanner.at_end:
            return
        line += text.count("\n")
        kind = "item" if scanner.at_item else "rest"


class _PieceScanner:
    """Buffer of the text from the start of the current piece to the end of the last chunk."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._chunks = _read_chunks(path)
        self._text = ""

    @property
    def at_item(self) -> bool:
        return self._text.startswith("<item")

    @property
    def at_end(self) -> bool:
        return not self._text and not self._read_more()

    def take(self, length: int) -> str:
        """Remove the piece of this length from the buffer and return it."""
        piece, self._text = self._text[:length], self._text[length:]
        return piece

    def piece_length(self, kind: str) -> int:
        """Length of the piece: up to the item's end tag, or up to the start of the next item."""
        at = 1 if kind == "item" else 0
        while mark := self._find(_BOUNDARY, at):
            if mark[0].startswith("<item"):
                return mark.start()
            if mark[0].startswith("</item"):
                if kind == "item":
                    return mark.end()
                at = mark.end()
                continue
            end = self._find(_SECTION_END[mark[0]], mark.end())
            at = end.end() if end else len(self._text)
            # An unclosed CDATA section would otherwise extend over the items after it.
            if kind == "item" and (item_end := _ITEM_END.search(self._text, mark.end(), at)):
                return item_end.end()
        return len(self._text)

    def _find(self, pattern: re.Pattern[str], at: int) -> re.Match[str] | None:
        while not (match := pattern.search(self._text, at)) or match.end() == len(self._text):
            # A match may span two chunks: search again from a little before the end.
            at = max(at, len(self._text) - 64) if not match else at
            if not self._read_more():
                return match
        return match

    def _read_more(self) -> bool:
        chunk = next(self._chunks, "")
        self._text += chunk
        if len(self._text) > MAX_PIECE:
            raise SourceError(self._path, "a record in it has no end within reason")
        return bool(chunk)


def _read_chunks(path: Path) -> Iterator[str]:
    """Decode a file in chunks."""
    try:
        encoding = detect_file_encoding(path)
        with path.open("rb") as file:
            decoder = codecs.getincrementaldecoder(encoding)(errors=DECODE_ERRORS)
            while data := file.read(CHUNK):
                if text := decoder.decode(data):
                    yield text.replace("\r\n", "\n")
            if text := decoder.decode(b"", final=True):
                yield text
    except OSError as error:
        raise SourceError(path, f"cannot be read ({error.strerror})") from error


def is_export(beginning: bytes) -> bool:
    """Tell whether a file with this beginning, in any encoding, is a WordPress export."""
    return bool(_WORDPRESS.search(beginning.replace(b"\x00", b"")))


def is_attachment(piece: Piece) -> bool:
    """Tell whether an item is an attachment."""
    return bool(_ATTACHMENT.search(piece.text))


def is_pattern(piece: Piece) -> bool:
    """Tell whether an item is a synced pattern (reusable block)."""
    return bool(_PATTERN.search(piece.text))


def declares_entities(head: str) -> bool:
    """Tell whether a head declares a document type or entities, which exports never do."""
    return bool(re.search(r"<!(?:DOCTYPE|ENTITY)", _CDATA_OR_COMMENT.sub("", head), re.IGNORECASE))


class Parser:
    """Parser of the pieces of one file, whose head declares the namespace prefixes."""

    def __init__(self, head: str) -> None:
        head_text = _CDATA_OR_COMMENT.sub("", head)
        namespaces = {
            prefix: value for prefix, value in _NAMESPACE_DECLARATION.findall(head_text) if prefix
        }
        self._namespaces = "".join(f" xmlns:{name}={uri}" for name, uri in namespaces.items())

    def has_channel(self, text: str) -> bool:
        """Tell whether the head opens a channel."""
        return bool(_CHANNEL.search(_blank_sections(text)))

    def contains_item(self, text: str) -> bool:
        """Tell whether the head contains an item's end tag: its start tag is damaged then."""
        return "</item" in _blank_sections(text)

    def head(self, text: str) -> tuple[Element, str | None]:
        """Parse the channel without its items. Raises UnreadablePiece."""
        channel = _CHANNEL.search(_blank_sections(text))
        inside = text[channel.end() :] if channel else ""
        inside = re.sub(r"</(?:channel|rss)\s*>", "", inside) if "<item" not in inside else inside
        return self._parse(f"<channel>{inside}</channel>")

    def item(self, text: str) -> tuple[Element, str | None]:
        """Parse an item; return it and a description of any repair. Raises UnreadablePiece."""
        return self._parse(text)

    def _parse(self, text: str) -> tuple[Element, str | None]:
        wrapped = f"<rss{self._namespaces}>{text.translate(_INVALID_XML_CHARACTERS)}</rss>"
        root, faults = _parse_root(wrapped)
        if root is None:
            wrapped = _BARE_AMPERSAND.sub(lambda m: m[1] or "&amp;", wrapped)
            root, faults = _parse_root(wrapped)
        if root is not None:
            return Element(root), None
        serious = [message for kind, message in faults if not _RECOVERABLE.search(kind)]
        damaged = bool(serious)
        root = self._recover(text) if damaged else _parse_root(wrapped, recover=True)[0]
        if root is None:
            raise UnreadablePiece(
                f"it is not well-formed XML: {[*serious, 'there is nothing in it'][0]}"
            )
        return Element(root, damaged=damaged), f"repaired: {[*serious, faults[0][1]][0]}"

    def _recover(self, text: str) -> etree._Element | None:
        """Parse a piece with broken tags by the names of its elements."""
        inside = repair_xml(text.translate(_INVALID_XML_CHARACTERS))
        root, _ = _parse_root(f"<rss{self._namespaces}><item>{inside}</item></rss>", recover=True)
        return root


def _blank_sections(text: str) -> str:
    """Replace comments and CDATA sections in `text` by spaces of the same length."""
    return _CDATA_OR_COMMENT.sub(lambda m: " " * len(m[0]), text)


def _parse_root(
    text: str, *, recover: bool = False
) -> tuple[etree._Element | None, list[tuple[str, str]]]:
    """Parse `text`; return its element, or None, and the (type, message) of each error."""
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
        # As bytes: lxml refuses str with an XML declaration, which a broken piece may begin with.
        root = etree.fromstring(text.encode("utf-8", "replace"), parser)
    except etree.XMLSyntaxError:
        root = None
    log: Any = parser.error_log  # the exception's log also contains errors of earlier pieces
    faults = [(str(entry.type_name), " ".join(str(entry.message).split())[:150]) for entry in log]
    return (root[0] if root is not None and len(root) else None), faults
