"""Which reader a path is for, told by what is in it more than by its name."""

from __future__ import annotations

import os
import re
from collections.abc import Callable, Iterator
from itertools import islice
from pathlib import Path

from scripts.importers import front_matter, text
from scripts.importers.feed import FeedReader
from scripts.importers.front_matter import Broken
from scripts.importers.ghost import GhostReader
from scripts.importers.markdown import MARKDOWN, OTHERS, MarkdownReader
from scripts.importers.source import Reader, SourceError
from scripts.importers.text import TextReader
from scripts.importers.wordpress import WordPressReader

UNDERSTOOD = (
    "a WordPress export (WXR), a Ghost export (JSON), a feed (RSS, Atom, JSON Feed), a folder of "
    "Markdown or one such file, or a page as text (.txt) or a folder of them"
)
BEGINNING = 65_536
MAX_LOOKED_AT = 10_000
READERS: dict[str, Callable[..., Reader]] = {
    "wordpress": WordPressReader,
    "ghost": GhostReader,
    "feed": FeedReader,
    "markdown": MarkdownReader,
    "text": TextReader,
}
_GHOST = re.compile(r'"(?:db|exported_on|posts)"\s*:')
_JSON_FEED = re.compile(r'jsonfeed\.org/version/|"(?:home_page_url|feed_url|items)"\s*:')
_FEED = re.compile(r"<(?:[\w.-]+:)?(?:rss|feed|RDF|channel)\b", re.IGNORECASE)
_MARKUP = re.compile(r"<(?:\?xml|!--|!doctype|html|(?:[\w.-]+:)?(?:rss|feed|RDF)\b)", re.IGNORECASE)
_BOMS_AND_SPACES = "\xef\xbb\xbf\xff\xfe \t\r\n"
_WORDPRESS = re.compile(r"wordpress\.org/export/|<wp:(?:wxr_version|post_id|author)\b")


def recognise(
    path: Path, *, kind: str | None = None, source: str | None = None, language: str = "en"
) -> Reader:
    """The reader for a path. `kind` says which, where the path would be taken for another.

    Raises:
        SourceError: there is nothing there, or nothing that is understood; it says what is.
    """
    if not path.exists():
        raise SourceError(path, "there is no such file or folder")
    if kind is None:
        kind = _kind_of_folder(path) if path.is_dir() else _kind_of_file(path)
    if path.is_dir() and kind in ("wordpress", "ghost", "feed"):
        raise SourceError(path, "it is a folder; name the export files in it, as in folder/*.xml")
    return READERS[kind](path, source=source, language=language)


def _kind_of_folder(path: Path) -> str:
    suffixes = {one.suffix.lower() for one in islice(_files(path), MAX_LOOKED_AT)}
    if suffixes & MARKDOWN:
        return "markdown"
    if suffixes & text.SUFFIXES:
        return "text"
    if suffixes & OTHERS and any(map(_has_front_matter, islice(_files(path), 100))):
        return "markdown"
    if ".xml" in suffixes:
        raise SourceError(path, "it is a folder; name the export files in it, as in folder/*.xml")
    raise SourceError(path, f"there is nothing in it that is understood. Give {UNDERSTOOD}.")


def _files(path: Path) -> Iterator[Path]:
    for base, folders, files in os.walk(path):
        folders[:] = sorted(one for one in folders if not one.startswith("."))
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
    if _MARKUP.match(ascii_ := _ascii(data)):
        return _kind_of_markup(path, ascii_)
    head = _decoded(path, data).lstrip("\ufeff \t\r\n")
    if head.startswith("{") and _GHOST.search(head):
        return "ghost"
    if head.startswith("{") and _JSON_FEED.search(head):
        return "feed"
    if path.suffix.lower() in MARKDOWN or head.startswith(("---\n", "---\r\n", "+++\n", "+++\r\n")):
        return "markdown"
    if path.suffix.lower() in text.SUFFIXES or not path.suffix:
        return "text"
    raise SourceError(path, f"{path.suffix} files are not understood. Give {UNDERSTOOD}.")


def _kind_of_markup(path: Path, head: str) -> str:
    if _WORDPRESS.search(head) and "<rss" in head:
        return "wordpress"
    if _FEED.search(head):
        return "feed"
    raise SourceError(path, f"it is XML or HTML of another kind. Give {UNDERSTOOD}.")


def _ascii(data: bytes) -> str:
    """The beginning of a file in whatever encoding, as far as it is ASCII; markup's names are."""
    return data.replace(b"\x00", b"").decode("latin-1").lstrip(_BOMS_AND_SPACES)


def _decoded(path: Path, data: bytes) -> str:
    """The beginning of a file as text; a character that the cut went through does not matter."""
    try:
        text_ = front_matter.decoded(data[: data.rfind(b"\n") + 1] or data)
    except (LookupError, Broken) as error:
        raise SourceError(path, f"it is no text. Give {UNDERSTOOD}.") from error
    # A picture in an eight-bit encoding would pass for text.
    controls = sum(1 for letter in text_[:4096] if letter < " " and letter not in "\t\n\r\f")
    if controls > 8:
        raise SourceError(path, f"it is no text. Give {UNDERSTOOD}.")
    return text_
