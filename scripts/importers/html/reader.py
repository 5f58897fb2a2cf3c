"""Reader of saved web pages of any site: one `.html` file, or a folder of them."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from pathlib import Path, PurePosixPath

from hub.drafts import ArticleDraft, AuthorDraft, RelationDraft, TopicDraft
from hub.models import Kind, Status
from hub.text import markup
from hub.text.bodies import Body
from hub.text.slugs import headline_key, slug_of, url_key
from scripts.importers.content.links import Site
from scripts.importers.files import FileIndex
from scripts.importers.html.comments import extract_comments
from scripts.importers.html.metadata import Metadata, extract_metadata
from scripts.importers.html.related import extract_related
from scripts.importers.html.tree import Tree, extract_article, parse_page, read_page
from scripts.importers.markdown import front_matter
from scripts.importers.markdown.front_matter import UnreadableFile
from scripts.importers.source import (
    HeldBack,
    Note,
    Record,
    Refusal,
    catch_errors,
    first_words,
    source_name,
)

SUFFIXES = frozenset({".html", ".htm", ".xhtml"})
_TITLE_LENGTH = 500
_HEADING = re.compile(
    r"\s*((?:<(?:div|section|article|header)>\s*)*)(<h([12])\b.*?</h\3>)", re.DOTALL
)


def is_page(path: Path) -> bool:
    """Tell whether a file is a page: HTML without front matter, and not a saved frame."""
    if path.suffix.lower() not in SUFFIXES or path.name.startswith("saved_resource"):
        return False
    try:
        return not front_matter.read(path).has_data
    except UnreadableFile:
        return True  # reported when it is read


class WebPageReader:
    """Reader of one saved page, or of a folder of them; the path is an article's key."""

    kind = "html"

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
        return sum(1 for _ in self._iter_pages())

    def read(self) -> Iterator[Record]:
        """See `SourceReader.read`."""
        folder = FileIndex(self._source)
        for path in self._iter_pages():
            folder.add(self._place(path))
        for path in self._iter_pages():
            yield from catch_errors(self._place(path), self._read(path, folder))

    def _place(self, path: Path) -> str:
        return path.relative_to(self._root).as_posix()

    def _iter_pages(self) -> Iterator[Path]:
        if self._file is not None:
            yield self._file
            return
        for base, folders, files in os.walk(self._root):
            folders[:] = sorted(name for name in folders if not name.startswith("."))
            for name in sorted(files):
                # Browsers save a page's frames in a folder beside it, `NAME_files`.
                if not base.endswith("_files") and is_page(Path(base, name)):
                    yield Path(base, name)

    def _read(self, path: Path, folder: FileIndex) -> Iterator[Record]:
        place = self._place(path)
        try:
            tree = parse_page(read_page(path))
        except UnreadableFile as error:
            yield Refusal(place, str(error))
            return
        metadata = extract_metadata(tree)
        comments = tuple(
            extract_comments(tree, metadata.published_at)
        )  # removes them from the tree
        html = markup.to_html(Body(extract_article(tree, metadata.urls)))
        text = markup.to_text(html)
        if not text.strip():
            yield Refusal(place, "there is no text in it")
            return
        title = metadata.title or first_words(text)
        html = _strip_headline(html, title)
        relations = _relations(PurePosixPath(place), html, metadata, tree, folder)
        yield ArticleDraft(
            source=self._source,
            key=place[-255:],
            place=place,
            title=title[:_TITLE_LENGTH],
            body=Body(html),
            subtitle=metadata.subtitle[:_TITLE_LENGTH],
            summary=metadata.summary[:5000],
            language=metadata.language or self._language,
            kind=Kind.ARTICLE,
            status=Status.DRAFT if metadata.hidden_reason else Status.PUBLISHED,
            published_at=metadata.published_at,
            created_at=metadata.published_at,
            updated_at=metadata.updated_at,
            image_url=metadata.image_url or None,
            canonical_url=metadata.urls[0] if metadata.urls else None,
            authors=tuple(AuthorDraft(name, slug_of(name) or None) for name in metadata.authors),
            topics=tuple(
                TopicDraft(name, slug) for name in metadata.topics if (slug := slug_of(name))
            ),
            relations=relations,
            comments=comments,
            addresses=tuple(dict.fromkeys([*metadata.urls, *folder.urls(place)])),
        )
        if metadata.hidden_reason:
            yield HeldBack(place, f"{metadata.hidden_reason}, and a draft here")
        if not metadata.title:
            yield Note(place, f"it has no title, and is called {title!r} here")


def _strip_headline(html: str, title: str) -> str:
    """Remove the first heading of a body if it repeats the title."""
    heading = _HEADING.match(html)
    if heading and headline_key(markup.to_text(heading[2])) == headline_key(title):
        return heading[1] + html[heading.end() :]
    return html


def _relations(
    place: PurePosixPath, html: str, metadata: Metadata, tree: Tree, folder: FileIndex
) -> tuple[RelationDraft, ...]:
    """Return the links of the text in order, then those of the related blocks."""
    urls = list(metadata.urls)
    inline = Site.from_page_urls(urls).relations(html, urls) if urls else ()
    if not urls:
        inline = tuple(folder.relations(place, markup.links(html)))
    visited = {url_key(relation.url or "") for relation in inline} | {url_key(url) for url in urls}
    related = []
    for relation in extract_related(tree, urls):
        # Without a URL, a relation is resolved by the headline that is its link text.
        key = url_key(relation.url) if relation.url else f"headline:{headline_key(relation.anchor)}"
        if key not in visited and headline_key(relation.anchor) != headline_key(metadata.title):
            visited.add(key)
            related.append(relation)
    return (*inline, *related)
