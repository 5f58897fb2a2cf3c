"""The kinds of sources: their readers, and how files and folders of each are detected.

To add an importer, add it to KINDS. A kind is detected by content rather than by file name.
"""

from __future__ import annotations

import json
import os
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cached_property
from itertools import islice
from pathlib import Path
from typing import Any

from scripts.importers.content.decoding import decode
from scripts.importers.feeds.reader import FeedReader
from scripts.importers.ghost.reader import GhostReader
from scripts.importers.html import reader as html_reader
from scripts.importers.html.reader import WebPageReader
from scripts.importers.markdown import front_matter
from scripts.importers.markdown.front_matter import UnreadableFile
from scripts.importers.markdown.reader import (
    FRONT_MATTER_SUFFIXES,
    IGNORED_FOLDERS,
    MARKDOWN_SUFFIXES,
    MarkdownReader,
)
from scripts.importers.movable_type.export import is_export as is_movable_type
from scripts.importers.movable_type.reader import MovableTypeReader
from scripts.importers.options import Options
from scripts.importers.plain_text import reader as text_reader
from scripts.importers.plain_text.reader import TextReader
from scripts.importers.records import models
from scripts.importers.records.csv import CsvReader
from scripts.importers.records.jsonl import JsonlReader, is_wrapped
from scripts.importers.source import SourceError, SourceReader
from scripts.importers.wordpress.reader import WordPressReader
from scripts.importers.wordpress.wxr import is_export

SUPPORTED = (
    "a WordPress export (WXR), a Ghost export (JSON), a Movable Type export (text), a Substack, "
    "Medium or Notion export (zip or folder), a feed (RSS, Atom, JSON Feed), records as JSONL, "
    "CSV or JSON:API, a folder of Markdown or one such file, a saved page (.html) or one as text "
    "(.txt) or a folder of them, or an archive of these"
)
NOTHING_SUPPORTED = f"there is nothing in it that is understood. Give {SUPPORTED}."
HEAD_BYTES = 65_536
MAX_FILES_CHECKED = 10_000
MIN_CHARACTERS_PER_CONTROL = 100
"""A file with more control characters than one in so many is binary, with fewer damaged text."""

_GHOST = re.compile(r'"(?:db|exported_on|posts)"\s*:')
_JSON_FEED = re.compile(r'jsonfeed\.org/version/|"(?:home_page_url|feed_url|items)"\s*:')
_FEED = re.compile(r"<(?:[\w.-]+:)?(?:rss|feed|RDF|channel)\b", re.IGNORECASE)
_PAGE = re.compile(r"<!doctype\s+html|<(?:html|head|body|article|title)\b", re.IGNORECASE)
_MARKUP = re.compile(r"<(?:\?xml|!--|!doctype|html|(?:[\w.-]+:)?(?:rss|feed|RDF)\b)", re.IGNORECASE)
_BOMS_AND_SPACES = "\xef\xbb\xbf\xff\xfe \t\r\n"
_WORDPRESS_SUFFIXES = frozenset({".xml", ".wxr", ".rss"})
_SITE_FILES = ("_config.yml", "_config.toml", "config.toml", "hugo.toml", "_posts")


class FileHead:
    """The first HEAD_BYTES of a file, as bytes and as text."""

    def __init__(self, path: Path, data: bytes) -> None:
        self.path = path
        self.suffix = path.suffix.lower()
        self.data = data
        # Tag names are ASCII in every encoding, also where null bytes stand between the letters.
        self.ascii = data.replace(b"\x00", b"").decode("latin-1").lstrip(_BOMS_AND_SPACES)
        self.is_markup = bool(_MARKUP.match(self.ascii))

    @cached_property
    def text(self) -> str:
        """The text of a file that is no markup, up to its last complete line.

        Raises:
            SourceError: it is binary.
        """
        text = decode(self.data[: self.data.rfind(b"\n") + 1] or self.data)
        # A picture in an eight-bit encoding would pass for text.
        controls = sum(1 for letter in text[:4096] if letter < " " and letter not in "\t\n\r\f")
        if controls * MIN_CHARACTERS_PER_CONTROL > min(len(text), 4096):
            raise SourceError(self.path, f"it is no text. Give {SUPPORTED}.")
        return text.lstrip("\ufeff \t\r\n")

    def starts_with(self, *prefixes: str) -> bool:
        """Tell whether the file is no markup, and its text starts with one of `prefixes`."""
        return not self.is_markup and self.text.startswith(prefixes)


@dataclass(frozen=True, slots=True)
class SourceKind:
    """A kind of source: its reader, and how files and folders of this kind are detected.

    `suffixes` decide without a look into the file; `detect` decides by its beginning. Only a kind
    whose reader takes a whole folder has `detect_folder`, which gets the folder's files. Files
    with `page_suffixes` in a folder are left to this kind by the Markdown reader. `arguments`
    are keyword arguments of the reader besides `source` and `language`.
    """

    name: str
    reader: Callable[..., SourceReader]
    detect: Callable[[FileHead], bool] | None = None
    suffixes: frozenset[str] = frozenset()
    detect_folder: Callable[[list[Path]], bool] | None = None
    page_suffixes: frozenset[str] = frozenset()
    arguments: Callable[[Options], dict[str, Any]] = lambda _: {}


def open_reader(path: Path, options: Options | None = None) -> SourceReader:
    """Open the reader for a path, of `options.kind` or else of the kind that is detected.

    Raises:
        SourceError: the path does not exist, or no kind is detected; the message lists all kinds.
    """
    options = options or Options()
    if not path.exists():
        raise SourceError(path, "there is no such file or folder")
    name = options.kind
    if name is None and path.is_dir():
        name = next(iter(detect_folder_kinds(path)), None)
        if name is None:
            raise SourceError(path, NOTHING_SUPPORTED)
    elif name is None:
        name = "csv" if options.columns else _detect_file_kind(path)
    if path.is_dir() and name not in FOLDER_KINDS:
        raise SourceError(path, "it is a folder; name the export files in it, as in folder/*.xml")
    kind = KINDS[name]
    return kind.reader(
        path, source=options.source, language=options.language, **kind.arguments(options)
    )


def detect_folder_kinds(path: Path, kind: str | None = None) -> list[str]:
    """Detect the kinds of pages in a folder, each for one reader of the whole folder."""
    if kind is not None:
        return [kind]
    files = list(islice(_files(path), MAX_FILES_CHECKED))
    names: list[str] = []
    for candidate in KINDS.values():
        if candidate.detect_folder is None:
            continue
        # The other text files of a static site generator are hardly ever articles.
        if names and any((path / name).exists() for name in _SITE_FILES):
            break
        if candidate.detect_folder(files):
            names.append(candidate.name)
    return names


def is_text_export(path: Path) -> bool:
    """Tell whether a text file of a folder is an export, which holds many articles."""
    try:
        return path.suffix.lower() in text_reader.SUFFIXES and _is_movable_type(_read_head(path))
    except SourceError:
        return False


def may_hold_content(folder: str) -> bool:
    """Tell whether a folder of this name may hold articles: not templates, not hidden files."""
    return folder.lower() not in IGNORED_FOLDERS and not folder.startswith(".")


def _files(path: Path) -> Iterator[Path]:
    for base, folders, files in os.walk(path):
        folders[:] = sorted(folder for folder in folders if may_hold_content(folder))
        yield from (Path(base, name) for name in sorted(files))


def _read_head(path: Path) -> FileHead:
    try:
        with path.open("rb") as file:
            data = file.read(HEAD_BYTES)
    except OSError as error:
        raise SourceError(path, f"it cannot be opened ({error.strerror})") from error
    if not data.strip():
        raise SourceError(path, "it is empty")
    return FileHead(path, data)


def _detect_file_kind(path: Path) -> str:
    head = _read_head(path)
    for kind in KINDS.values():
        if head.suffix in kind.suffixes:
            return kind.name
    for kind in KINDS.values():
        if kind.detect is not None and kind.detect(head):
            return kind.name
    if head.is_markup:
        raise SourceError(path, f"it is XML or HTML of another kind. Give {SUPPORTED}.")
    raise SourceError(path, f"{head.suffix} files are not understood. Give {SUPPORTED}.")


# ── detection by the beginning of a file ──────────────────────────────────────────────────────


def _is_wordpress(head: FileHead) -> bool:
    if head.suffix in _WORDPRESS_SUFFIXES and is_export(head.data):
        return True
    return head.is_markup and is_export(head.ascii.encode("latin-1")) and "<rss" in head.ascii


def _is_ghost(head: FileHead) -> bool:
    return head.starts_with("{") and bool(_GHOST.search(head.text))


def _is_movable_type(head: FileHead) -> bool:
    return not head.is_markup and is_movable_type(head.text)


def _is_feed(head: FileHead) -> bool:
    if head.is_markup:
        return bool(_FEED.search(head.ascii))
    return head.text.startswith("{") and bool(_JSON_FEED.search(head.text))


def _is_records(head: FileHead) -> bool:
    """Tell whether a file is JSON whose first object is an article."""
    if not head.starts_with("{", "["):
        return False
    is_list = head.text.startswith("[")
    if is_wrapped(head.text.encode()):
        return True
    start = head.text.lstrip("[ \t\r\n") if is_list else head.text.partition("\n")[0]
    try:
        first, _ = json.JSONDecoder().raw_decode(start)
    except (ValueError, RecursionError):
        # The first record of a list may be longer than the part of the file that was read.
        return is_list and bool(re.match(r'\{\s*"(?:title|source|key|id|headline|name)"', start))
    return isinstance(first, dict) and models.is_article(first)


def _is_markdown(head: FileHead) -> bool:
    if head.is_markup or head.suffix in MARKDOWN_SUFFIXES:
        return not head.is_markup
    if not head.starts_with("---\n", "---\r\n", "+++\n", "+++\r\n"):
        return False
    try:  # a rule at the top of a text is no front matter
        return head.suffix not in text_reader.SUFFIXES or _has_front_matter(head.path)
    except UnreadableFile:
        return True


def _is_page(head: FileHead) -> bool:
    return head.is_markup and bool(_PAGE.search(head.ascii))


def _is_text(head: FileHead) -> bool:
    return not head.is_markup and (head.suffix in text_reader.SUFFIXES or not head.suffix)


# ── detection by the files of a folder ────────────────────────────────────────────────────────


def _has_markdown(files: list[Path]) -> bool:
    suffixes = {file.suffix.lower() for file in files}
    return bool(suffixes & MARKDOWN_SUFFIXES) or any(map(_has_front_matter, islice(files, 100)))


def _has_front_matter(path: Path) -> bool:
    try:
        return path.suffix.lower() in FRONT_MATTER_SUFFIXES and front_matter.read(path).has_data
    except UnreadableFile:
        return False


def _has_pages(files: list[Path]) -> bool:
    return any(map(html_reader.is_page, files))


def _has_texts(files: list[Path]) -> bool:
    return any(map(text_reader.is_page, files))


# ── readers with arguments of their own ───────────────────────────────────────────────────────


def _open_csv(path: Path, **arguments: Any) -> CsvReader:
    reader = CsvReader(path, **arguments)
    reader.check()
    return reader


def _markdown_arguments(options: Options) -> dict[str, Any]:
    suffixes = (KINDS[name].page_suffixes for name in options.other_kinds)
    return {"other_suffixes": frozenset[str]().union(*suffixes)}


KINDS = {
    kind.name: kind
    for kind in (
        SourceKind(
            "wordpress",
            WordPressReader,
            _is_wordpress,
            arguments=lambda options: {
                "taxonomies": options.taxonomies,
                "types": options.types,
                "scans": options.scans,
            },
        ),
        SourceKind("ghost", GhostReader, _is_ghost),
        SourceKind("movable-type", MovableTypeReader, _is_movable_type),
        SourceKind("feed", FeedReader, _is_feed),
        SourceKind(
            "jsonl",
            JsonlReader,
            _is_records,
            suffixes=frozenset({".jsonl", ".ndjson"}),
            arguments=lambda options: {"mapping": dict(options.mapping)},
        ),
        SourceKind(
            "csv",
            _open_csv,
            suffixes=frozenset({".csv", ".tsv"}),
            arguments=lambda options: {
                "columns": options.columns,
                "mapping": dict(options.mapping),
            },
        ),
        SourceKind(
            "markdown",
            MarkdownReader,
            _is_markdown,
            detect_folder=_has_markdown,
            arguments=_markdown_arguments,
        ),
        SourceKind(
            "html",
            WebPageReader,
            _is_page,
            detect_folder=_has_pages,
            page_suffixes=html_reader.SUFFIXES,
        ),
        SourceKind(
            "text",
            TextReader,
            _is_text,
            detect_folder=_has_texts,
            page_suffixes=text_reader.SUFFIXES,
        ),
    )
}
"""All kinds of sources by name; where several would match, the first one wins."""

FOLDER_KINDS = frozenset(kind.name for kind in KINDS.values() if kind.detect_folder is not None)
"""The kinds whose readers take a whole folder."""
