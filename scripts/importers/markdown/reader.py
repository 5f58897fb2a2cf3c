"""Folders of Markdown with front matter: Jekyll, Hugo, Zola, Pelican, or just files.

A file is an article; its name gives slug and date where its front matter does not. Links from
file to file become edges, under addresses of the form `file:<source>/<path without extension>`.
"""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path, PurePosixPath

from hub.db.timestamps import now
from hub.drafts import ArticleDraft, Body, Markup, RelationDraft
from hub.models import Kind, Status
from hub.text import markup
from scripts.importers.files import Folder
from scripts.importers.headline_lines import without_related_lines
from scripts.importers.markdown import front_matter, template_tags
from scripts.importers.markdown.data_files import People, Topics
from scripts.importers.markdown.defaults_cascade import Inherited
from scripts.importers.markdown.front_matter import Broken, Page
from scripts.importers.markdown.header_fields import Header
from scripts.importers.markdown.languages import Languages
from scripts.importers.markdown.permalinks import aliases_of, names, published_at, slug_for, stem_of
from scripts.importers.source import Note, Record, Refusal, Skipped, guarded, name_of, opening_words

MARKDOWN = frozenset({".md", ".markdown", ".mdown", ".mkd", ".mkdn"})
# Read as articles only where they begin with front matter.
OTHERS = frozenset({".html", ".htm", ".txt", ".mmd", ".mdtext"})
NO_CONTENT = frozenset(
    {"_data", "_includes", "_layouts", "_sass", "_site", "layouts", "node_modules", "partials"}
    | {"templates", "archetypes", "vendor"}
)
_ABOUT_THE_FOLDER = re.compile(r"(?i)(?:readme|changelog|contributing|license|code_of_conduct)$")
_HEADING = re.compile(r"(?:\A|\n)#[ \t]+(.+?)[ \t]*#*(?:\n|\Z)|\A\s*(\S[^\n]*)\n=+[ \t]*(?:\n|\Z)")
_HIDDEN = frozenset(
    {"draft", "skip", "private", "pending", "hidden", "unpublished", "unlisted", "trash"}
)
_SHOWN = frozenset({"", "publish", "published", "public", "live"})


class Site:
    """What the files of a folder have in common."""

    def __init__(self, source: str, root: Path) -> None:
        self.folder = Folder(source)
        self.inherited = Inherited(root)
        self.people = People(root / "_data")
        self.topics = Topics(root / "_data")
        self.places: list[PurePosixPath] = []
        self.languages = Languages([])


class MarkdownReader:
    """A folder, or one file in it."""

    kind = "markdown"

    def __init__(
        self,
        path: Path,
        *,
        source: str | None = None,
        language: str = "en",
        left: frozenset[str] = frozenset(),
    ) -> None:
        self._left = left  # suffixes that other readers tell about, where there is no front matter
        self._root = path if path.is_dir() else path.parent
        self._only = None if path.is_dir() else path
        self._language = language
        self._source = source or name_of(self._root)

    @property
    def source(self) -> str:
        """The folder's name."""
        return self._source

    def total(self) -> int:
        """The number of files that may be articles."""
        return sum(1 for _ in self._paths())

    def read(self) -> Iterator[Record]:
        """See `Reader.read`. Reads the front matter of every file twice: links need all names."""
        site = Site(self._source, self._root)
        for path in self._paths(whole=True):
            place = PurePosixPath(self._place(path))
            try:
                data = site.inherited.of(place) | front_matter.read(path).data
            except Broken:
                continue  # told below
            site.places.append(place)
            site.folder.add(str(place), *names(place, Header(data, "en", [])))
        site.languages = Languages(site.places)
        yield from site.people.faults
        yield from site.topics.faults
        for path in self._paths():
            yield from guarded(self._place(path), self._read(path, site))

    def _paths(self, *, whole: bool = False) -> Iterator[Path]:
        if self._only is not None:
            # Its neighbours matter for links alone, and what lies below them not at all.
            beside = sorted(self._root.iterdir()) if whole else [self._only]
            yield from (one for one in beside if one.suffix.lower() in MARKDOWN and one.is_file())
            return
        for base, folders, files in os.walk(self._root):
            folders[:] = sorted(
                one for one in folders if one not in NO_CONTENT and not one.startswith(".")
            )
            for name in sorted(files):
                path = Path(base, name)
                if path.suffix.lower() in MARKDOWN | OTHERS and not name.startswith("."):
                    yield path

    def _place(self, path: Path) -> str:
        return path.relative_to(self._root).as_posix()

    def _read(self, path: Path, site: Site) -> Iterator[Record]:
        place = self._place(path)
        if path.is_symlink() and not path.resolve().is_relative_to(self._root.resolve()):
            yield Skipped(place, "links out of the folder")
            return
        try:
            page = front_matter.read(path)
        except Broken as error:
            yield Refusal(place, str(error))
            return
        if reason := _no_article(path, page):
            if page.given or path.suffix.lower() not in self._left:
                yield Skipped(place, reason)
            return
        notes: list[str] = []
        data = site.inherited.of(PurePosixPath(place)) | page.data
        yield _draft(PurePosixPath(place), page, Header(data, self._language, notes), site)
        for note in notes:
            yield Note(place, note)


def _no_article(path: Path, page: Page) -> str | None:
    """Why a file is no article, if it is none."""
    if path.stem == "_index" and not page.text.strip():
        return "section pages (_index) without words"
    if not page.given and path.suffix.lower() in OTHERS:
        return f"{path.suffix.lower()} files without front matter"
    if not page.given and _ABOUT_THE_FOLDER.match(path.stem):
        return "files about the folder (README and the like)"
    if not page.text.strip() and not page.data.get("title"):
        return "files without words"
    return None


def _draft(place: PurePosixPath, page: Page, header: Header, site: Site) -> ArticleDraft:
    folder = site.folder
    title, html, lines = _title_and_body(place, page, header, site)
    language, translation_key = _language(place, header, site)
    published = published_at(place, header)
    image_url, image_alt = header.image()
    return ArticleDraft(
        source=folder.source,
        key=str(place)[-255:],
        place=str(place),
        title=title,
        body=Body(html),
        slug=slug_for(place, header),
        summary=header.text("summary", "description", "excerpt", "lead"),
        language=language,
        kind=_kind(place, header),
        status=_status(place, header),
        published_at=published,
        created_at=published,
        updated_at=header.moment("updated", "lastmod", "modified", "last_modified_at"),
        comments_open=header.comments_open(),
        image_url=image_url,
        image_alt=image_alt,
        canonical_url=header.url("canonical_url", "canonical"),
        translation_key=translation_key,
        authors=header.authors(site.people),
        topics=header.topics(site.topics),
        relations=_relations(place, html, folder, lines + header.related()),
        comments=header.comments(published),
        addresses=folder.addresses(str(place)),
        aliases=aliases_of(header),
    )


def _kind(place: PurePosixPath, header: Header) -> Kind:
    named = "page" in (header.text("type"), header.text("layout"))
    return Kind.PAGE if named or place.stem == "_index" else Kind.ARTICLE


def _title_and_body(
    place: PurePosixPath, page: Page, header: Header, site: Site
) -> tuple[str, str, tuple[RelationDraft, ...]]:
    """Title and canonical HTML of a file, and the edges whose lines were taken out of it."""
    text, left_out = template_tags.cleaned(
        page.text, {"page": header.data, "site": site.inherited.site}
    )
    if left_out:
        names_ = ", ".join(left_out[:10])
        header.notes.append(f"tags that nothing stands for were left out: {names_}")
    title, text = _title(place, header, text)
    written = Markup.HTML if place.suffix.lower() in (".html", ".htm") else Markup.MARKDOWN
    html, lines = without_related_lines(markup.to_html(Body(text, written)))
    return title or opening_words(markup.to_text(html)) or "(untitled)", html, lines


def _title(place: PurePosixPath, header: Header, text: str) -> tuple[str, str]:
    """The title, and the text without it where it is the text's first heading."""
    title = header.text("title")
    heading = _HEADING.search(text) if not title or text.lstrip().startswith("# ") else None
    found = " ".join((heading[1] or heading[2]).split()) if heading else ""
    if heading and (not title or found == title) and not text[: heading.start()].strip():
        text = text[heading.end() :]
    if title:
        return title[:500], text
    if found:
        return markup.to_text(markup.to_html(Body(found, Markup.MARKDOWN)))[:500], text
    stem = stem_of(place)
    name = " ".join(re.split(r"[-_\s]+", stem)).strip()
    if any(letter.isalpha() for letter in name):
        title = name[:1].upper() + name[1:]
        header.notes.append(f"it has no title, and is called {title!r} here, after its file")
    return title, text


def _status(place: PurePosixPath, header: Header) -> Status:
    """PUBLISHED unless something says no; what is dated ahead becomes scheduled when stored."""
    said = header.text("status", "visibility").lower()
    drafted = header.flag("draft") or header.flag("private") or header.flag("published") is False
    unbuilt = header.flag("permalink") is False or header.flag("headless") or not header.is_built()
    if header.text("password"):
        header.notes.append("it is protected by a password, and a draft here")
        return Status.DRAFT
    if (expiry := header.moment("expiryDate", "expires")) is not None and expiry <= now():
        header.notes.append("it has expired, and is archived here")
        return Status.ARCHIVED
    if drafted or unbuilt or said in _HIDDEN or "_drafts" in place.parts or "drafts" in place.parts:
        return Status.DRAFT
    if said == "archived":
        return Status.ARCHIVED
    if said not in _SHOWN | {"scheduled", "future"}:
        header.notes.append(f"its status {said!r} is not known, and it is a draft here")
        return Status.DRAFT
    return Status.PUBLISHED


def _language(place: PurePosixPath, header: Header, site: Site) -> tuple[str, str | None]:
    """The language, and what translations of the article have in common."""
    key = header.text("translation_key", "translationKey", "lang-ref", "ref") or None
    language, folder = header.language(), site.folder
    if told := site.languages.of(place):
        return language or told[0], key or f"{folder.source}:{told[1]}"[-255:]
    base, _, suffix = place.stem.rpartition(".")
    if base and re.fullmatch(r"[a-z]{2}(?:-[a-z]{2})?", suffix):
        others = folder.variants(str(place.parent / base))
        if others > 1:
            return language or suffix, key or f"{folder.source}:{place.parent / base}"[-255:]
    elif folder.variants(str(place.with_suffix(""))) > 1:
        key = key or f"{folder.source}:{place.with_suffix('')}"[-255:]
    return language or header.default_language, key


def _relations(
    place: PurePosixPath, html: str, folder: Folder, others: tuple[RelationDraft, ...]
) -> tuple[RelationDraft, ...]:
    """The edges in the order of the text; those that stand in no paragraph come last."""
    named = [replace(one, url=folder.address(one.url)) for one in others]
    found = [*folder.relations(place, markup.links(html)), *named]
    placed = [one for one in found if one.position is not None]
    return tuple(
        [
            *sorted(placed, key=lambda one: one.position or 0),
            *(one for one in found if one.position is None),
        ]
    )
