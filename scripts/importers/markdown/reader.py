"""Reader of folders of Markdown with front matter: Jekyll, Hugo, Zola, Pelican, or plain files.

A file is an article; its name gives slug and date where its front matter does not. Links from
file to file become relations, under urls of the form `file:<source>/<path without extension>`.
"""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path, PurePath, PurePosixPath

from hub.drafts import SUBTITLE_ALIASES, ArticleDraft, RelationDraft
from hub.models import Kind, Status
from hub.models.article import TITLE_LENGTH
from hub.text import markup
from hub.text.bodies import Body, Markup
from hub.text.slugs import slug_of
from scripts.importers.content import dates
from scripts.importers.content.headline_lines import extract_related_lines
from scripts.importers.content.publication import UNDECIDED, settle_schedule
from scripts.importers.files import FileIndex
from scripts.importers.markdown import (
    dialects,
    front_matter,
    mdx,
    notion,
    obsidian,
    restructured,
    template_tags,
)
from scripts.importers.markdown.addresses import SiteLinks
from scripts.importers.markdown.configuration import read_config
from scripts.importers.markdown.data_files import Authors, Topics
from scripts.importers.markdown.defaults_cascade import DefaultsCascade
from scripts.importers.markdown.exclusions import Exclusions
from scripts.importers.markdown.front_matter import Page, UnreadableFile
from scripts.importers.markdown.header_fields import TAXONOMIES, Header
from scripts.importers.markdown.languages import FileData, Languages, Translation
from scripts.importers.markdown.page_paths import page_path
from scripts.importers.markdown.permalinks import (
    INDEXED_FIELDS,
    file_slug,
    file_stem,
    link_paths,
    parse_aliases,
    published_at,
)
from scripts.importers.source import (
    Notes,
    Record,
    Refusal,
    Skipped,
    catch_errors,
    first_words,
    source_name,
)

MARKDOWN_SUFFIXES = frozenset({".md", ".markdown", ".mdown", ".mkd", ".mkdn", ".mdx", ".rst"})
# Files with these suffixes are articles only if they begin with front matter.
FRONT_MATTER_SUFFIXES = frozenset({".html", ".htm", ".txt", ".mmd", ".mdtext"})
IGNORED_FOLDERS = frozenset(
    {"_data", "_includes", "_layouts", "_sass", "_site", "layouts", "node_modules", "partials"}
    | {"templates", "archetypes", "vendor"}
)
_FOLDER_DOCUMENTS = re.compile(r"(?i)(?:readme|changelog|contributing|license|code_of_conduct)$")
_HEADING = re.compile(r"(?:\A|\n)#[ \t]+(.+?)[ \t]*#*(?:\n|\Z)|\A\s*(\S[^\n]*)\n=+[ \t]*(?:\n|\Z)")


class MarkdownFolder:
    """Data that all files of a folder share."""

    def __init__(self, source: str, root: Path) -> None:
        self.source = source
        self.files = FileIndex(source)
        self.defaults = DefaultsCascade(root)
        self.authors = Authors(root / "_data")
        self.topics = Topics(root / "_data")
        self.config = read_config(root)
        self.exclusions = Exclusions(root, self.config)
        self.links = SiteLinks(root, self.config, self.files)
        self.languages = Languages(source, {}, self.config)
        self.vault: obsidian.Vault | None = None
        self.values = {
            "site": {**self.config.values, **self.defaults.site},
            "params": {str(name).lower(): value for name, value in self.config.params.items()},
        }

    def header(self, place: PurePosixPath, page: Page, language: str, notes: Notes) -> Header:
        """Return the fields of a file, with the defaults of its folder."""
        defaults = self.config.values.get("DEFAULT_METADATA")  # Pelican's
        data = (defaults if isinstance(defaults, dict) else {}) | self.defaults.for_file(place)
        if self.exclusions.is_draft(place):
            data["draft"] = True
        data |= page.data
        return Header(data, language, notes, self.config.zone or UTC)

    def index(self, headers: dict[PurePosixPath, Header]) -> None:
        """Index all files: their languages, and the paths under which they may be linked."""
        data = {
            place: FileData(
                header.language(),
                header.text("translation_key", "translationKey", "lang-ref", "ref"),
                header.text("slug"),
            )
            for place, header in headers.items()
        }
        self.languages = Languages(self.source, data, self.config)
        for place, header in headers.items():
            translation = self.languages.find(place)
            path = page_path(place, header, self.config, translation)
            names = link_paths(place, header)
            if place.is_relative_to(self.config.content):
                names.append(str(place.relative_to(self.config.content)))
            self.files.add(str(place), *names, path=path)
            if translation.place.stem in ("index", "_index") and place.parent.parts and path:
                if place == translation.place:  # the page in the site's own language
                    self.links.bundles[place.parent] = path
                self.links.bundles.setdefault(place.parent, path)
            self._name_topic(translation, header)

    def _name_topic(self, page: Translation, header: Header) -> None:
        """Note the title of a topic's own page (Hugo), its name in the language of the page."""
        place = page.place
        if place.is_relative_to(self.config.content):
            place = place.relative_to(self.config.content)
        match place.parts:
            case (folder, slug, _) if place.stem == "_index" and folder in TAXONOMIES:
                language = header.language() or page.language or self.config.language
                self.topics.name_in(slug_of(slug), language, header.text("title"))

    def skip_reason(self, place: PurePosixPath, page: Page) -> str:
        """Return why the site has no page for a file; empty for others."""
        if self.defaults.is_unpublished(place):
            return "files of collections without pages (Jekyll, output: false)"
        if self.config.generator == "pelican" and not page.text.strip():
            return "files without words"  # Pelican writes no page of them
        return self.exclusions.reason(place)

    def urls(self, place: PurePosixPath, header: Header) -> tuple[str, ...]:
        """Return the addresses of a file on its site, as far as they are known."""
        path = page_path(place, header, self.config, self.languages.find(place))
        return (f"{self.config.url}{path}",) if path and self.config.url else ()


class MarkdownReader:
    """A folder, or one file in it."""

    kind = "markdown"

    def __init__(
        self,
        path: Path,
        *,
        source: str | None = None,
        language: str = "en",
        other_suffixes: frozenset[str] = frozenset(),
    ) -> None:
        self._other_suffixes = other_suffixes  # read by other readers, without front matter
        self._root = path if path.is_dir() else path.parent
        self._file = None if path.is_dir() else path
        self._language = language
        self._source = source or source_name(self._root)
        self._links: SiteLinks | None = None

    @property
    def source(self) -> str:
        """The folder's name."""
        return self._source

    def total(self) -> int:
        """The number of files that may be articles."""
        return sum(1 for _ in self._paths())

    def picture_file(self, address: str) -> Path | None:
        """Return the file of a picture in an article that was read, by its address there."""
        return None if self._links is None else self._links.file_at(address)

    def read(self) -> Iterator[Record]:
        """See `SourceReader.read`. Reads each front matter twice: links need all file names."""
        site = MarkdownFolder(self._source, self._root)
        self._links = site.links
        is_vault = (self._root / ".obsidian").is_dir()
        headers: dict[PurePosixPath, Header] = {}
        for path in self._paths(for_links=True):
            place = PurePosixPath(self._place(path))
            try:
                page = _read_page(path)
            except UnreadableFile:
                continue  # refused in _read
            is_vault = is_vault or obsidian.has_links(page.text)
            header = site.header(place, page, self._language, Notes())
            headers[place] = header.select(INDEXED_FIELDS)
        site.index(headers)
        site.vault = obsidian.Vault(self._root) if is_vault else None
        yield from site.authors.faults
        yield from site.topics.faults
        for path in self._paths():
            yield from catch_errors(self._place(path), self._read(path, site))

    def _paths(self, *, for_links: bool = False) -> Iterator[Path]:
        if self._file is not None:
            # The other files of its folder matter for links only, and subfolders not at all.
            neighbours = sorted(self._root.iterdir()) if for_links else [self._file]
            yield from (
                path
                for path in neighbours
                if path == self._file
                or (path.suffix.lower() in MARKDOWN_SUFFIXES and path.is_file())
            )
            return
        for base, folders, files in os.walk(self._root):
            folders[:] = sorted(
                path
                for path in folders
                if path.lower() not in IGNORED_FOLDERS and not path.startswith(".")
            )
            for name in sorted(files):
                path = Path(base, name)
                if (
                    path.suffix.lower() in MARKDOWN_SUFFIXES | FRONT_MATTER_SUFFIXES
                    and not name.startswith(".")
                ):
                    yield path

    def _place(self, path: Path) -> str:
        return path.relative_to(self._root).as_posix()

    def _read(self, path: Path, site: MarkdownFolder) -> Iterator[Record]:
        place = self._place(path)
        if path.is_symlink() and not path.resolve().is_relative_to(self._root.resolve()):
            yield Skipped(place, "links out of the folder")
            return
        try:
            page = _read_page(path)
        except UnreadableFile as error:
            yield Refusal(place, str(error))
            return
        if reason := _skip_reason(path, page):
            if page.has_data or path.suffix.lower() not in self._other_suffixes:
                yield Skipped(place, reason)
            return
        if reason := site.skip_reason(PurePosixPath(place), page):
            yield Skipped(place, reason)
            return
        notes = Notes(place)
        header = site.header(PurePosixPath(place), page, self._language, notes)
        try:
            yield _build_draft(PurePosixPath(place), page, header, site)
        except UnreadableFile as error:
            yield Refusal(place, str(error))
            return
        yield from notes


def _read_page(path: Path) -> Page:
    """Read the data and text of a file. Raises UnreadableFile."""
    text = front_matter.read_text(path)
    if path.suffix.lower() == ".md" and notion.is_page(path.stem):
        return notion.split(text, path)
    return restructured.split(text) if path.suffix.lower() == ".rst" else front_matter.split(text)


def _is_section(place: PurePath) -> bool:
    """Return whether a file is the page of a section or topic (Hugo), in any language."""
    return place.stem.partition(".")[0] == "_index"


def _skip_reason(path: Path, page: Page) -> str | None:
    """Return the reason why a file is no article; None for an article."""
    if _is_section(path) and not page.text.strip():
        return "section pages (_index) without words"
    if not page.has_data and path.suffix.lower() in FRONT_MATTER_SUFFIXES:
        return f"{path.suffix.lower()} files without front matter"
    if not page.has_data and _FOLDER_DOCUMENTS.match(path.stem):
        return "files about the folder (README and the like)"
    if not page.text.strip() and (page.is_keyed or not page.data.get("title")):
        return "files without words"
    return None


def _build_draft(
    place: PurePosixPath, page: Page, header: Header, site: MarkdownFolder
) -> ArticleDraft:
    folder = site.files
    title, html, lines = _title_and_body(place, page, header, site)
    translation = site.languages.find(place)
    own_language = header.language() or translation.language
    published = published_at(place, header)
    if published is None and (unread := header.unread_date()):
        header.notes.append(f"its date {unread[:60]!r} cannot be read")
        published = dates.UNKNOWN
    image_url, image_alt = _image(place, header, site)
    html, missing = site.links.resolve(html, place)
    if missing:
        header.notes.append(f"images that are not in the folder: {', '.join(missing[:10])}")
    relations = _relations(place, html, folder, lines + header.related())
    return ArticleDraft(
        source=folder.source,
        key=str(place)[-255:],
        place=str(place),
        title=title,
        body=Body(html.replace('<a href="@/', '<a href="/')),
        slug=file_slug(translation.place, header),
        subtitle=header.text("subtitle", *SUBTITLE_ALIASES)[:TITLE_LENGTH],
        summary=header.text("summary", "description", "excerpt", "lead"),
        language=own_language or site.config.language or header.default_language,
        language_is_own=bool(own_language),
        kind=_kind(place, header),
        status=_status(place, header, published),
        published_at=published,
        created_at=published,
        updated_at=header.date("updated", "lastmod", "modified", "last_modified_at"),
        comments_open=header.comments_open(),
        image_url=image_url,
        image_alt=image_alt,
        canonical_url=header.url("canonical_url", "canonical"),
        translation_key=translation.key or None,
        authors=header.authors(site.authors),
        topics=header.topics(site.topics),
        relations=relations,
        comments=header.comments(published),
        addresses=(*folder.urls(str(place)), *site.urls(place, header)),
        aliases=parse_aliases(header),
    )


def _kind(place: PurePosixPath, header: Header) -> Kind:
    is_page = "page" in (header.text("type"), header.text("layout"))
    return Kind.PAGE if is_page or _is_section(place) else Kind.ARTICLE


def _title_and_body(
    place: PurePosixPath, page: Page, header: Header, site: MarkdownFolder
) -> tuple[str, str, tuple[RelationDraft, ...]]:
    """Return title and canonical HTML of a file, and the relations extracted from its lines."""
    source_text = page.text
    if place.suffix.lower() == ".rst":
        source_text, left_out = restructured.to_html(source_text)
        if left_out:
            names = ", ".join(left_out[:10])
            header.notes.append(f"directives of reStructuredText were left out: {names}")
    if place.suffix.lower() == ".mdx":
        source_text, components = mdx.strip_components(source_text, header.data)
        if components:
            names = ", ".join(components[:10])
            header.notes.append(f"components and expressions of MDX were left out: {names}")
    if site.vault is not None:
        source_text = site.vault.to_markdown(source_text, place)
    text, removed = template_tags.remove_template_tags(
        source_text, {"page": header.data, **site.values}
    )
    if removed:
        removed_names = ", ".join(removed[:10])
        header.notes.append(f"template tags without a replacement were removed: {removed_names}")
    title, text = _title(place, header, text)
    is_html = place.suffix.lower() in (".html", ".htm", ".rst")
    format_ = Markup.HTML if is_html else Markup.MARKDOWN
    text = text if is_html else dialects.to_markdown(text)
    html, lines = extract_related_lines(markup.to_html(Body(text, format_)))
    return title or first_words(markup.to_text(html)) or "(untitled)", html, lines


def _title(place: PurePosixPath, header: Header, text: str) -> tuple[str, str]:
    """Return the title, and the text without it where it is the text's first heading."""
    title = header.text("title")
    heading = _HEADING.search(text) if not title or text.lstrip().startswith("# ") else None
    heading_text = " ".join((heading[1] or heading[2]).split()) if heading else ""
    if heading and (not title or heading_text == title) and not text[: heading.start()].strip():
        text = text[heading.end() :]
    if title:
        return title[:500], text
    if heading_text:
        return markup.to_text(markup.to_html(Body(heading_text, Markup.MARKDOWN)))[:500], text
    stem = file_stem(place)
    name = " ".join(re.split(r"[-_\s]+", stem)).strip()
    if any(letter.isalpha() for letter in name):
        title = name[:1].upper() + name[1:]
        header.notes.append(f"it has no title, and is called {title!r} here, after its file")
    return title, text


def _status(place: PurePosixPath, header: Header, published: datetime | None) -> Status:
    """Return the status, PUBLISHED by default; a future date becomes scheduled when stored."""
    if header.get("permalink") is False or header.flag("headless") or not header.is_built():
        return Status.DRAFT
    if {"_drafts", "drafts"} & set(place.parts):
        return Status.DRAFT
    is_notion = notion.is_page(place.stem)
    publication = header.publication(Status.DRAFT if is_notion else Status.PUBLISHED)
    publication = settle_schedule(publication, published)
    if is_notion and publication.reason == UNDECIDED:
        header.notes.hold_back(notion.UNDECIDED)
    elif not publication.is_explicit or (is_notion and publication.status in _NOUNS):
        header.notes.hold_back(f"{publication.reason}, and it is {_NOUNS[publication.status]} here")
    return publication.status


_NOUNS = {Status.DRAFT: "a draft", Status.ARCHIVED: "archived"}


def _image(
    place: PurePosixPath, header: Header, site: MarkdownFolder
) -> tuple[str | None, str | None]:
    """Return the address and alternative text of the main image."""
    address, alt = header.image()
    path = site.links.image(address, place) if address else None
    url = Header({"url": path or address}, "en", header.notes).url("url")
    if address and url is None:
        header.notes.append(f"its image {address[:100]!r} is not in the folder")
    return url, alt


def _relations(
    place: PurePosixPath, html: str, folder: FileIndex, others: tuple[RelationDraft, ...]
) -> tuple[RelationDraft, ...]:
    """Return the relations in the order of the text; those without a position come last."""
    resolved = [replace(relation, url=folder.resolve(relation.url)) for relation in others]
    relations = [*folder.relations(place, markup.links(html)), *resolved]
    positioned = [relation for relation in relations if relation.position is not None]
    return tuple(
        [
            *sorted(positioned, key=lambda relation: relation.position or 0),
            *(relation for relation in relations if relation.position is None),
        ]
    )
