"""Which reader a path is for, told by what is in it more than by its name."""

from __future__ import annotations

import json
import os
import re
from collections.abc import Callable, Iterator
from itertools import islice
from pathlib import Path
from typing import Any

from scripts.importers.decoding import text_of
from scripts.importers.feeds.reader import FeedReader
from scripts.importers.ghost.reader import GhostReader
from scripts.importers.html import reader as html_reader
from scripts.importers.html.reader import WebPageReader
from scripts.importers.markdown import front_matter
from scripts.importers.markdown.front_matter import Broken
from scripts.importers.markdown.reader import MARKDOWN, NO_CONTENT, OTHERS, MarkdownReader
from scripts.importers.options import Options
from scripts.importers.plain_text import reader as text_reader
from scripts.importers.plain_text.reader import TextReader
from scripts.importers.records import models
from scripts.importers.records.csv import CsvReader
from scripts.importers.records.jsonl import JsonlReader
from scripts.importers.source import Reader, SourceError
from scripts.importers.wordpress.reader import WordPressReader
from scripts.importers.wordpress.wxr import is_export

UNDERSTOOD = (
    "a WordPress export (WXR), a Ghost export (JSON), a feed (RSS, Atom, JSON Feed), records as "
    "JSONL or CSV, a folder of Markdown or one such file, a saved page (.html) or one as text "
    "(.txt) or a folder of them, or an archive of these"
)
NOTHING_UNDERSTOOD = f"there is nothing in it that is understood. Give {UNDERSTOOD}."
BEGINNING = 65_536
MAX_LOOKED_AT = 10_000
READERS: dict[str, Callable[..., Reader]] = {
    "wordpress": WordPressReader,
    "ghost": GhostReader,
    "feed": FeedReader,
    "jsonl": JsonlReader,
    "csv": CsvReader,
    "markdown": MarkdownReader,
    "html": WebPageReader,
    "text": TextReader,
}
FOLDERS = ("markdown", "html", "text")
"""The kinds whose readers take a whole folder."""

_GHOST = re.compile(r'"(?:db|exported_on|posts)"\s*:')
_JSON_FEED = re.compile(r'jsonfeed\.org/version/|"(?:home_page_url|feed_url|items)"\s*:')
_FEED = re.compile(r"<(?:[\w.-]+:)?(?:rss|feed|RDF|channel)\b", re.IGNORECASE)
_PAGE = re.compile(r"<!doctype\s+html|<(?:html|head|body|article|title)\b", re.IGNORECASE)
_MARKUP = re.compile(r"<(?:\?xml|!--|!doctype|html|(?:[\w.-]+:)?(?:rss|feed|RDF)\b)", re.IGNORECASE)
CONTROLS_EVERY = 100
"""Characters in which damage may have left a control; what has more of them is no text."""
_BOMS_AND_SPACES = "\xef\xbb\xbf\xff\xfe \t\r\n"
_JSON_LINES = frozenset({".jsonl", ".ndjson"})
_EXPORTS = frozenset({".xml", ".wxr", ".rss"})
_TABLES = frozenset({".csv", ".tsv"})


def recognise(path: Path, options: Options | None = None) -> Reader:
    """The reader for a path. `options.kind` says which, where it would be taken for another.

    Raises:
        SourceError: there is nothing there, or nothing that is understood; it says what is.
    """
    options = options or Options()
    if not path.exists():
        raise SourceError(path, "there is no such file or folder")
    kind = options.kind
    if kind is None and path.is_dir():
        kind = next(iter(kinds_of_folder(path)), None)
        if kind is None:
            raise SourceError(path, NOTHING_UNDERSTOOD)
    elif kind is None:
        kind = "csv" if options.columns else _kind_of_file(path)
    if path.is_dir() and kind not in FOLDERS:
        raise SourceError(path, "it is a folder; name the export files in it, as in folder/*.xml")
    given: dict[str, Any] = {"source": options.source, "language": options.language}
    if kind == "csv":
        table = CsvReader(path, **given, columns=options.columns)
        table.check()
        return table
    if kind == "markdown":
        suffixes = {"html": html_reader.SUFFIXES, "text": text_reader.SUFFIXES}
        given["left"] = frozenset().union(*(suffixes.get(one, ()) for one in options.beside))
    if kind == "wordpress":
        return WordPressReader(path, **given, taxonomies=options.taxonomies, parts=options.parts)
    return READERS[kind](path, **given)


def kinds_of_folder(path: Path, kind: str | None = None) -> list[str]:
    """The kinds of pages that lie in a folder, each for one reader of the whole folder."""
    if kind is not None:
        return [kind]
    files = list(islice(_files(path), MAX_LOOKED_AT))
    suffixes = {one.suffix.lower() for one in files}
    kinds = []
    if suffixes & MARKDOWN or any(map(_has_front_matter, islice(files, 100))):
        kinds.append("markdown")
    if any(map(html_reader.is_page, files)) and not _is_site(path, kinds):
        kinds.append("html")
    if any(map(text_reader.is_page, files)) and not _is_site(path, kinds):
        kinds.append("text")
    return kinds


def _is_site(path: Path, kinds: list[str]) -> bool:
    """Whether a folder is a site generator's, whose text files are anything but articles."""
    names = ("_config.yml", "_config.toml", "config.toml", "hugo.toml", "_posts")
    return bool(kinds) and any((path / name).exists() for name in names)


def holds_content(folder: str) -> bool:
    """Whether a folder of this name may hold articles: not templates, nor what is hidden."""
    return folder not in NO_CONTENT and not folder.startswith(".")


def _files(path: Path) -> Iterator[Path]:
    for base, folders, files in os.walk(path):
        folders[:] = sorted(one for one in folders if holds_content(one))
        yield from (Path(base, name) for name in sorted(files))


def _has_front_matter(path: Path) -> bool:
    try:
        return path.suffix.lower() in OTHERS and front_matter.read(path).given
    except Broken:
        return False


def _kind_of_file(path: Path) -> str:
    try:
        with path.open("rb") as file:
            data = file.read(BEGINNING)
    except OSError as error:
        raise SourceError(path, f"it cannot be opened ({error.strerror})") from error
    if not data.strip():
        raise SourceError(path, "it is empty")
    suffix = path.suffix.lower()
    if suffix in _JSON_LINES:
        return "jsonl"
    if suffix in _TABLES:
        return "csv"
    ascii_ = _ascii(data)
    if suffix in _EXPORTS and is_export(data):
        return "wordpress"
    if _MARKUP.match(ascii_):
        return _kind_of_markup(path, ascii_)
    head = _decoded(path, data).lstrip("\ufeff \t\r\n")
    if head.startswith(("{", "[")) and (kind := _kind_of_json(head)):
        return kind
    if suffix in MARKDOWN or head.startswith(("---\n", "---\r\n", "+++\n", "+++\r\n")):
        return "markdown"
    if suffix in text_reader.SUFFIXES or not suffix:
        return "text"
    raise SourceError(path, f"{suffix} files are not understood. Give {UNDERSTOOD}.")


def _kind_of_markup(path: Path, head: str) -> str:
    if is_export(head.encode("latin-1", "replace")) and "<rss" in head:
        return "wordpress"
    if _FEED.search(head):
        return "feed"
    if _PAGE.search(head):
        return "html"
    raise SourceError(path, f"it is XML or HTML of another kind. Give {UNDERSTOOD}.")


def _kind_of_json(head: str) -> str | None:
    """Whose JSON begins like this; None for what is no articles."""
    if head.startswith("{") and _GHOST.search(head):
        return "ghost"
    if head.startswith("{") and _JSON_FEED.search(head):
        return "feed"
    listed = head.startswith("[")
    start = head.lstrip("[ \t\r\n") if listed else head.partition("\n")[0]
    try:
        first, _ = json.JSONDecoder().raw_decode(start)
    except (ValueError, RecursionError):
        # The first record of a list may be longer than what was read of it.
        return "jsonl" if listed and re.match(r'\{\s*"(?:title|source|key)"', start) else None
    return "jsonl" if isinstance(first, dict) and models.is_article(first) else None


def _ascii(data: bytes) -> str:
    """The beginning of a file in whatever encoding, as far as it is ASCII; markup's names are."""
    return data.replace(b"\x00", b"").decode("latin-1").lstrip(_BOMS_AND_SPACES)


def _decoded(path: Path, data: bytes) -> str:
    """The beginning of a file as text; a character that the cut went through does not matter."""
    text_ = text_of(data[: data.rfind(b"\n") + 1] or data)
    # A picture in an eight-bit encoding would pass for text.
    controls = sum(1 for letter in text_[:4096] if letter < " " and letter not in "\t\n\r\f")
    if controls * CONTROLS_EVERY > min(len(text_), 4096):
        raise SourceError(path, f"it is no text. Give {UNDERSTOOD}.")
    return text_
