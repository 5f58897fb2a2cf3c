"""Scraped pages: a file of text is an article under the file's name, or a folder of them."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from pathlib import Path

from hub.drafts import ArticleDraft, AuthorDraft, Body, Markup
from hub.models import Status
from hub.text.slugs import slug_of
from scripts.importers.markdown import front_matter
from scripts.importers.markdown.front_matter import Broken
from scripts.importers.plain_text.scrape import Scrape, scrape
from scripts.importers.source import Note, Record, Refusal, guarded, name_of, opening_words

SUFFIXES = frozenset({".txt", ".text"})


_NO_PAGE = re.compile(r"(?i)(?:robots|humans|ads|security|requirements\S*|licen[cs]e|readme)\.txt")


def is_page(path: Path) -> bool:
    """Whether a file in a folder may be a page, by its name."""
    return path.suffix.lower() in SUFFIXES and not _NO_PAGE.fullmatch(path.name)


class TextReader:
    """One scraped page, or a folder of them; each is an article under the name of its file."""

    kind = "text"

    def __init__(self, path: Path, *, source: str | None = None, language: str = "en") -> None:
        self._root = path if path.is_dir() else path.parent
        self._only = None if path.is_dir() else path
        self._language = language
        self._source = source or name_of(self._root)

    @property
    def source(self) -> str:
        """The folder's name."""
        return self._source

    def total(self) -> int:
        """The number of files."""
        return sum(1 for _ in self._paths())

    def read(self) -> Iterator[Record]:
        """See `Reader.read`."""
        for path in self._paths():
            place = path.relative_to(self._root).as_posix()
            yield from guarded(place, self._read(path, place))

    def _read(self, path: Path, place: str) -> Iterator[Record]:
        try:
            text = front_matter.text_of_file(path)
            if self._only is None and front_matter.split(text).given:
                return  # the folder's Markdown reader tells it
            found = scrape(text)
        except Broken as error:
            yield Refusal(place, str(error))
            return
        if not found.body:
            yield Refusal(place, "there is no text in it")
            return
        title = found.title or opening_words(found.body[0])
        yield self._draft(place, title, found)
        if not found.title:
            yield Note(place, f"no line of it is a headline; it is called {title!r} here")

    def _draft(self, place: str, title: str, found: Scrape) -> ArticleDraft:
        author = AuthorDraft(found.author, slug_of(found.author) or None)
        return ArticleDraft(
            source=self._source,
            key=place[-255:],
            place=place,
            title=title[:500],
            body=Body("\n\n".join(found.body), Markup.TEXT),
            language=self._language,
            status=Status.PUBLISHED,
            published_at=found.published_at,
            created_at=found.published_at,
            comments_open=found.comments_open,
            authors=(author,) if found.author else (),
            relations=found.relations,
        )

    def _paths(self) -> Iterator[Path]:
        if self._only is not None:
            yield self._only
            return
        for base, folders, files in os.walk(self._root):
            folders[:] = sorted(one for one in folders if not one.startswith("."))
            for name in sorted(files):
                if is_page(Path(name)):
                    yield Path(base, name)
