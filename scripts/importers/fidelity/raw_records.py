"""Raw records of a source, read without its importer: the text that an editor would miss."""

from __future__ import annotations

import csv
import json
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from lxml import etree

from hub.drafts import ArticleDraft
from scripts.importers.content.decoding import decode, detect_file_encoding
from scripts.importers.records.json_recovery import load

MAX_BYTES = 500_000_000
_CONTENT = "{http://purl.org/rss/1.0/modules/content/}encoded"
_DECLARATION = re.compile(r"\A\s*<\?xml[^>]*\?>")
_SECTION_OR_ITEM = re.compile(r"<!\[CDATA\[.*?\]\]>|<!--.*?-->|(?P<item><item(?=[\s>]))", re.DOTALL)
_FRONT_MATTER = re.compile(r"\A\s*(---|\+\+\+)[^\n]*\n.*?\n(?:\1|\.\.\.)[ \t]*(?:\n|\Z)", re.DOTALL)
_KEYED = re.compile(r"\A(?:[A-Za-z_][\w -]*:[^\n]*\n(?:[ \t]+\S[^\n]*\n)*)+\n")
_FENCE = re.compile(r"^[ \t]*(?:```|~~~)[^\n]*$", re.MULTILINE)
_INLINE = re.compile(
    r"(!?)\[((?:[^\[\]]|\[[^\[\]]*\])*)\]"
    r"(?:\([^()\s]*(?:\([^()]*\)[^()\s]*)*[^()]*\)|\[[^\]]*\])"
)
_NUMBER = re.compile(r"^[ \t>]*\d+[.)][ \t]", re.MULTILINE)
_DEFINITION = re.compile(r"^[ \t]{0,3}\[(?!\^)[^\]]+\]:[^\n]*$", re.MULTILINE)
_AUTOLINK = re.compile(r"<(https?://[^\s<>]+)>")
_FOOTNOTE = re.compile(r"\[\^[^\]]*\]:?")
_FILE_SUFFIXES = frozenset({".md", ".markdown", ".mdown", ".mkd", ".mkdn", ".html", ".txt"})

Row = dict[str, Any]


@dataclass(frozen=True, slots=True)
class RawRecord:
    """The text of a record, in HTML or, `is_markdown`, in Markdown."""

    text: str
    is_markdown: bool = False


RawRecords = dict[str, RawRecord]
Key = Callable[[ArticleDraft], str]


def read_raw(path: Path, kind: str) -> tuple[RawRecords, Key]:
    """Read the raw records of a source; return them with the key under which a draft's is.

    Raises:
        ValueError: this kind of source is not compared, or the file cannot be parsed.
    """
    reader = _READERS.get(kind)
    if reader is None:
        kinds = ", ".join(sorted(_READERS))
        raise ValueError(f"sources of the kind {kind} are not compared, only {kinds}")
    return dict(reader(path)), _key_of if kind == "ghost" else _place_of


def _key_of(draft: ArticleDraft) -> str:
    return draft.key


def _place_of(draft: ArticleDraft) -> str:
    return draft.place


def _parse_xml(path: Path) -> etree._Element:
    parser = etree.XMLParser(recover=True, huge_tree=True, resolve_entities=False, no_network=True)
    text = _DECLARATION.sub(_keep_lines, decode(path.read_bytes()).lstrip("\ufeff"))
    try:
        return etree.fromstring(text.encode("utf-8", "replace"), parser)
    except etree.XMLSyntaxError as error:
        raise ValueError(f"{path}: it is no XML ({error})") from error


def _keep_lines(match: re.Match[str]) -> str:
    """Return the line ends of what is left out, so that the numbers of lines stay."""
    return "\n" * match[0].count("\n")


def _local(node: etree._Element) -> str:
    return str(node.tag).rpartition("}")[2]


def _child(node: etree._Element, *names: str) -> str:
    for name in names:
        for child in node:
            if name in (child.tag, _local(child)):
                return "".join(map(str, child.itertext()))
    return ""


def _read_wordpress(path: Path) -> Iterator[tuple[str, RawRecord]]:
    text = decode(path.read_bytes()).lstrip("\ufeff").replace("\r\n", "\n")
    items: list[Any] = [node for node in _parse_xml(path).iter() if _local(node) == "item"]
    starts = [match.start() for match in _SECTION_OR_ITEM.finditer(text) if match["item"]]
    lines, line, end = list[int](), 1, 0
    for start in starts:
        line, end = line + text.count("\n", end, start), start
        lines.append(line)
    if len(lines) != len(items):  # a damaged file; libxml2 knows lines up to 65,535 alone
        lines = [node.sourceline or 0 for node in items]
    for number, item in zip(lines, items, strict=True):
        if _child(item, "post_type").strip() in ("post", "page"):
            # Not by its id: exports may contain the same one twice.
            yield f"line {number}", RawRecord(_child(item, _CONTENT))


def _read_ghost(path: Path) -> Iterator[tuple[str, RawRecord]]:
    document, _, fault = load(path, MAX_BYTES)
    if fault:
        raise ValueError(f"{path}: {fault}")
    wrapped = document.get("db")
    data = (wrapped[0] if wrapped else document)["data"]
    for post in data["posts"]:
        key = str(post.get("id") or post.get("uuid") or post.get("slug"))
        if html := post.get("html"):
            yield key, RawRecord(str(html))
        elif markdown := post.get("markdown"):
            yield key, RawRecord(str(markdown), is_markdown=True)


def _read_feed(path: Path) -> Iterator[tuple[str, RawRecord]]:
    if decode(path.read_bytes()[:4096]).lstrip("\ufeff \t\r\n").startswith("{"):
        document, _, _ = load(path, MAX_BYTES)
        for number, item in enumerate((document or {}).get("items") or [], 1):
            names = ("content_html", "content_text", "summary")
            text = next((str(item[name]) for name in names if item.get(name)), "")
            yield f"entry {number}", RawRecord(text)
        return
    entries = (node for node in _parse_xml(path).iter() if _local(node) in ("item", "entry"))
    for number, entry in enumerate(entries, 1):
        text = _child(entry, _CONTENT, "content", "encoded")
        text = text or _child(entry, "description", "summary")
        yield f"entry {number}", RawRecord(text)


def _longest(values: Iterator[Any]) -> RawRecord:
    texts = [value for value in values if isinstance(value, str)]
    return RawRecord(max(texts, key=len, default=""))


def _read_records(path: Path) -> Iterator[tuple[str, RawRecord]]:
    text = decode(path.read_bytes()).lstrip("\ufeff")
    if text.lstrip().startswith("["):
        for number, row in enumerate(json.loads(text, strict=False), 1):
            yield f"record {number}", _longest(iter(row.values()))
        return
    for number, line in enumerate(text.split("\n"), 1):
        if line.strip():
            row = json.loads(line)
            inner = row.get("attributes") or row.get("fields")
            fields = inner if isinstance(inner, dict) else row
            yield f"line {number}", _longest(iter(fields.values()))


def _read_table(path: Path) -> Iterator[tuple[str, RawRecord]]:
    with path.open(encoding=detect_file_encoding(path), errors="replace", newline="") as file:
        head = file.readline()
        file.seek(0)
        delimiter = max(",;\t|^~", key=head.count)
        reader = csv.reader(file, delimiter=delimiter)
        for row in reader:
            yield f"line {reader.line_num}", _longest(iter(row))


def _read_markdown(path: Path) -> Iterator[tuple[str, RawRecord]]:
    root = path if path.is_dir() else path.parent
    files = sorted(root.rglob("*")) if path.is_dir() else [path]
    for file in files:
        if file.suffix.lower() in _FILE_SUFFIXES and file.is_file():
            text = decode(file.read_bytes()).replace("\r\n", "\n")
            is_html = file.suffix.lower() == ".html"
            yield file.relative_to(root).as_posix(), RawRecord(_body_of(text), not is_html)


def _body_of(text: str) -> str:
    """Return a file's text without its front matter."""
    for pattern in (_FRONT_MATTER, _KEYED):
        match = pattern.match(text)
        if match and (pattern is _FRONT_MATTER or re.match(r"(?i)title:", text)):
            return text[match.end() :]
    if re.match(r"\{\s*\"", text):
        _, end = json.JSONDecoder().raw_decode(text)
        return text[end:]
    return text


def strip_markdown(text: str) -> str:
    """Remove the syntax of Markdown that is no word: addresses of links, fences, definitions."""
    text = _FENCE.sub("", _FOOTNOTE.sub(" ", _AUTOLINK.sub(r"\1", text)))
    text = _NUMBER.sub("", _DEFINITION.sub("", text))
    for _ in range(2):  # an image within a link
        text = _INLINE.sub(lambda m: " " if m[1] else f" {m[2]} ", text)
    return text


_READERS: dict[str, Callable[[Path], Iterator[tuple[str, RawRecord]]]] = {
    "wordpress": _read_wordpress,
    "ghost": _read_ghost,
    "feed": _read_feed,
    "jsonl": _read_records,
    "csv": _read_table,
    "markdown": _read_markdown,
}
