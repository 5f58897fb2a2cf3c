"""Folders of posts as HTML, one in each file, as services export them."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Iterator
from html import escape
from pathlib import Path

from lxml import etree

from hub.text import markup
from hub.text.slugs import headline_key
from scripts.importers.html.reader import SUFFIXES
from scripts.importers.html.tree import Tree, parse_page, read_page
from scripts.importers.markdown.front_matter import UnreadableFile
from scripts.importers.source import Notes, Record, Refusal, catch_errors, first_words, source_name

TITLE_LENGTH = 500


class PostFolderReader(ABC):
    """Reader of the files in an export's folder `posts`; their names are the articles' keys."""

    kind: str

    def __init__(self, path: Path, *, source: str | None = None, language: str = "en") -> None:
        self.folder = path
        self.language = language
        self._source = source or source_name(path)

    @property
    def source(self) -> str:
        """The `source` option, or else the folder's name."""
        return self._source

    def total(self) -> int:
        """The number of files."""
        return len(self.paths())

    def paths(self) -> list[Path]:
        """Return the files of posts, sorted by their names."""
        files = (self.folder / "posts").rglob("*")
        return sorted(f for f in files if f.suffix.lower() in SUFFIXES and f.name[0] not in "._")

    def place(self, path: Path) -> str:
        """Return the path of a post within its folder."""
        return path.relative_to(self.folder / "posts").as_posix()

    def read(self) -> Iterator[Record]:
        """See `SourceReader.read`."""
        for path in self.paths():
            place = self.place(path)
            yield from catch_errors(place, self._read_file(path, place))

    def _read_file(self, path: Path, place: str) -> Iterator[Record]:
        try:
            tree = parse_page(read_page(path))
        except UnreadableFile as error:
            yield Refusal(place, str(error))
            return
        yield from self.read_post(tree, path, place)

    @abstractmethod
    def read_post(self, tree: Tree, path: Path, place: str) -> Iterator[Record]:
        """Yield the draft of a post and its notes. `tree` is its page, and may be changed."""


def inner_html(node: Tree) -> str:
    """Return the HTML within an element, which is not sanitised."""
    parts = [escape(node.text or "", quote=False)]
    parts += [etree.tostring(child, encoding="unicode", method="html") for child in node]
    return "".join(parts)


def title_or_words(title: str, html: str, notes: Notes) -> str:
    """Return a title, or the first words of a body without one, with a note."""
    title = " ".join(title.split())
    if not title:
        title = first_words(markup.to_text(html)) or "(untitled)"
        notes.append(f"it has no title, and is called {title!r} here")
    return title[:TITLE_LENGTH]


def repeats(text: str, title: str) -> bool:
    """Tell whether a line is the title again."""
    return bool(text.strip()) and headline_key(text) == headline_key(title)
