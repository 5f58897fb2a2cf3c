"""Reader of scraped pages: each text file is an article, under the file's name."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from pathlib import Path

from hub.drafts import ArticleDraft, AuthorDraft
from hub.models import Status
from hub.text.bodies import Body, Markup
from hub.text.slugs import slug_of
from scripts.importers.markdown import front_matter
from scripts.importers.markdown.front_matter import UnreadableFile
from scripts.importers.movable_type.export import is_export
from scripts.importers.plain_text.scrape import Scrape, parse_scrape
from scripts.importers.source import Note, Record, Refusal, catch_errors, first_words, source_name

SUFFIXES = frozenset({".txt", ".text"})

MIN_WORDS = 5
"""Words of a text without a headline, or of a file without a suffix, that may be an article."""

_NO_PAGE = re.compile(r"(?i)(?:robots|humans|ads|security|requirements\S*|licen[cs]e|readme)\.txt")


def is_page(path: Path) -> bool:
    """Tell whether a file in a folder may be a page, by its name."""
    return path.suffix.lower() in SUFFIXES and not _NO_PAGE.fullmatch(path.name)


def _is_article(path: Path, page: Scrape) -> bool:
    """Tell whether a text is an article; a file without a suffix may be anything."""
    words = sum(len(paragraph.split()) for paragraph in page.body)
    if path.suffix:
        return bool(page.title) or words >= MIN_WORDS
    sentences = sum(paragraph.rstrip()[-1:] in '.!?…"”' for paragraph in page.body)
    return words >= MIN_WORDS and sentences > 0


class TextReader:
    """One scraped page, or a folder of them; each is an article under the name of its file."""

    kind = "text"

    def __init__(self, path: Path, *, source: str | None = None, language: str = "en") -> None:
        self._root = path if path.is_dir() else path.parent
        self._file = None if path.is_dir() else path
        self._language = language
        self._source = source or source_name(self._root)

    @property
    def source(self) -> str:
        """The folder's name."""
        return self._source

    def total(self) -> int:
        """The number of files."""
        return sum(1 for _ in self._paths())

    def read(self) -> Iterator[Record]:
        """See `SourceReader.read`."""
        for path in self._paths():
            place = path.relative_to(self._root).as_posix()
            yield from catch_errors(place, self._read(path, place))

    def _read(self, path: Path, place: str) -> Iterator[Record]:
        try:
            text = front_matter.read_text(path)
            if self._file is None and (front_matter.split(text).has_data or is_export(text)):
                return  # read by the folder's Markdown reader, or as an export of its own
            page = parse_scrape(text)
        except UnreadableFile as error:
            yield Refusal(place, str(error))
            return
        if not page.body:
            yield Refusal(place, "there is no text in it")
            return
        if not _is_article(path, page):
            yield Refusal(place, "it is no article: it has neither a headline nor paragraphs")
            return
        title = page.title or first_words(page.body[0])
        yield self._draft(place, title, page)
        if not page.title:
            yield Note(place, f"no line of it is a headline; it is called {title!r} here")

    def _draft(self, place: str, title: str, page: Scrape) -> ArticleDraft:
        author = AuthorDraft(page.author, slug_of(page.author) or None)
        return ArticleDraft(
            source=self._source,
            key=place[-255:],
            place=place,
            title=title[:500],
            body=Body("\n\n".join(page.body), Markup.TEXT),
            language=self._language,
            status=Status.PUBLISHED,
            published_at=page.published_at,
            created_at=page.published_at,
            comments_open=page.comments_open,
            authors=(author,) if page.author else (),
            relations=page.relations,
        )

    def _paths(self) -> Iterator[Path]:
        if self._file is not None:
            yield self._file
            return
        for base, folders, files in os.walk(self._root):
            folders[:] = sorted(folder for folder in folders if not folder.startswith("."))
            for name in sorted(files):
                if is_page(Path(name)):
                    yield Path(base, name)
