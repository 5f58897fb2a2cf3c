"""Saved web pages: one `.html` file is an article, or a folder of them; none of any known site."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from pathlib import Path, PurePosixPath

from hub.drafts import ArticleDraft, AuthorDraft, Body, RelationDraft, TopicDraft
from hub.models import Kind, Status
from hub.text import markup
from hub.text.slugs import headline_key, slug_of, url_key
from scripts.importers.files import Folder
from scripts.importers.html.comments import comments_of
from scripts.importers.html.metadata import Metadata, metadata_of
from scripts.importers.html.related import related_of
from scripts.importers.html.tree import Tree, article_html, bytes_of, tree_of
from scripts.importers.links import Site
from scripts.importers.markdown import front_matter
from scripts.importers.markdown.front_matter import Broken
from scripts.importers.source import Note, Record, Refusal, guarded, name_of, opening_words

SUFFIXES = frozenset({".html", ".htm", ".xhtml"})
_TITLE_LENGTH = 500
_HEADING = re.compile(
    r"\s*((?:<(?:div|section|article|header)>\s*)*)(<h([12])\b.*?</h\3>)", re.DOTALL
)


def is_page(path: Path) -> bool:
    """Whether a file in a folder is a page: HTML without front matter, that of no frame."""
    if path.suffix.lower() not in SUFFIXES or path.name.startswith("saved_resource"):
        return False
    try:
        return not front_matter.read(path).given
    except Broken:
        return True  # told when it is read


class WebPageReader:
    """One saved page, or a folder of them; each is an article under the name of its file."""

    kind = "html"

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
        folder = Folder(self._source)
        for path in self._paths():
            folder.add(self._place(path))
        for path in self._paths():
            yield from guarded(self._place(path), self._read(path, folder))

    def _place(self, path: Path) -> str:
        return path.relative_to(self._root).as_posix()

    def _paths(self) -> Iterator[Path]:
        if self._only is not None:
            yield self._only
            return
        for base, folders, files in os.walk(self._root):
            folders[:] = sorted(one for one in folders if not one.startswith("."))
            for name in sorted(files):
                # Browsers keep a page's frames in a folder beside it, named after the page.
                if not base.endswith("_files") and is_page(Path(base, name)):
                    yield Path(base, name)

    def _read(self, path: Path, folder: Folder) -> Iterator[Record]:
        place = self._place(path)
        try:
            tree = tree_of(bytes_of(path))
        except Broken as error:
            yield Refusal(place, str(error))
            return
        about = metadata_of(tree)
        comments = tuple(comments_of(tree, about.published_at))  # taken out of the tree
        html = markup.to_html(Body(article_html(tree, about.urls)))
        text = markup.to_text(html)
        if not text.strip():
            yield Refusal(place, "there is no text in it")
            return
        title = about.title or opening_words(text)
        html = _without_headline(html, title)
        relations = _relations(PurePosixPath(place), html, about, tree, folder)
        yield ArticleDraft(
            source=self._source,
            key=place[-255:],
            place=place,
            title=title[:_TITLE_LENGTH],
            body=Body(html),
            summary=about.summary[:5000],
            language=about.language or self._language,
            kind=Kind.ARTICLE,
            status=Status.PUBLISHED,
            published_at=about.published_at,
            created_at=about.published_at,
            updated_at=about.updated_at,
            image_url=about.image_url or None,
            canonical_url=about.urls[0] if about.urls else None,
            authors=tuple(AuthorDraft(one, slug_of(one) or None) for one in about.authors),
            topics=tuple(TopicDraft(one, slug) for one in about.topics if (slug := slug_of(one))),
            relations=relations,
            comments=comments,
            addresses=tuple(dict.fromkeys([*about.urls, *folder.addresses(place)])),
        )
        if not about.title:
            yield Note(place, f"it has no title, and is called {title!r} here")


def _without_headline(html: str, title: str) -> str:
    """A body without its first heading, where that says the title again."""
    heading = _HEADING.match(html)
    if heading and headline_key(markup.to_text(heading[2])) == headline_key(title):
        return heading[1] + html[heading.end() :]
    return html


def _relations(
    place: PurePosixPath, html: str, about: Metadata, tree: Tree, folder: Folder
) -> tuple[RelationDraft, ...]:
    """The links of the text in their order, then those of the blocks beside it."""
    urls = list(about.urls)
    inline = Site.around(urls).relations(html, urls) if urls else ()
    if not urls:
        inline = tuple(folder.relations(place, markup.links(html)))
    seen = {url_key(one.url or "") for one in inline} | {url_key(url) for url in urls}
    beside = []
    for one in related_of(tree, urls):
        # A page without an address may still be found by the headline that links say.
        key = url_key(one.url) if one.url else f"headline:{headline_key(one.anchor)}"
        if key not in seen and headline_key(one.anchor) != headline_key(about.title):
            seen.add(key)
            beside.append(one)
    return (*inline, *beside)
