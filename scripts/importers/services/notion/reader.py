"""Reader of Notion's export as HTML: one file a page, its properties in a table of the header.

A workspace is private, so a page is public only if a property says so, as in Markdown.
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import islice
from pathlib import Path, PurePosixPath

from typing_extensions import override

from hub.drafts import SUBTITLE_ALIASES, ArticleDraft
from hub.models import Status
from hub.text import markup
from hub.text.bodies import Body
from hub.text.slugs import slug_of
from scripts.importers.content.embeds import expand_embeds
from scripts.importers.content.publication import UNDECIDED, settle_schedule
from scripts.importers.files import FileIndex
from scripts.importers.html.reader import SUFFIXES
from scripts.importers.html.tree import Tree, element_text
from scripts.importers.markdown import notion
from scripts.importers.markdown.data_files import Authors, Topics
from scripts.importers.markdown.header_fields import Header
from scripts.importers.services.posts import (
    TITLE_LENGTH,
    PostFolderReader,
    inner_html,
    title_or_words,
)
from scripts.importers.source import Notes, Record, Refusal, Skipped

MAX_FILES = 2_000
MAX_PROPERTIES = 100


def is_export(folder: Path) -> bool:
    """Tell whether a folder is an export: all of its pages, and there are some, have ids."""
    pages = [path.stem for path in islice(_pages(folder), MAX_FILES)]
    has_markdown = any(True for _ in folder.rglob("*.md"))
    return bool(pages) and not has_markdown and all(map(notion.is_page, pages))


def is_post(place: PurePosixPath) -> bool:
    """Tell whether a file of an export is a page."""
    return place.suffix.lower() in SUFFIXES and notion.is_page(place.stem)


def _pages(folder: Path) -> Iterator[Path]:
    # The list of the export's pages has the name of a page, but no id.
    return (
        path
        for path in folder.rglob("*.htm*")
        if path.name[0] not in "._" and path.name.lower() != "index.html"
    )


class NotionReader(PostFolderReader):
    """Reader of one export as HTML, as a folder."""

    kind = "notion"

    @override
    def paths(self) -> list[Path]:
        """Return the files of pages, sorted by their names."""
        return sorted(path for path in _pages(self.folder) if notion.is_page(path.stem))

    @override
    def place(self, path: Path) -> str:
        """Return the path of a page in the export."""
        return path.relative_to(self.folder).as_posix()

    @override
    def read(self) -> Iterator[Record]:
        """See `SourceReader.read`."""
        self._files = FileIndex(self.source)
        self._authors, self._topics = Authors(self.folder / "_data"), Topics(self.folder / "_data")
        for path in self.paths():
            self._files.add(self.place(path))
        yield from super().read()

    @override
    def read_post(self, tree: Tree, path: Path, place: str) -> Iterator[Record]:
        """Yield the draft of a page and its notes; a page that only lists a database is skipped."""
        notes = Notes(place)
        header = Header(_properties(tree), self.language, notes)
        content = next(iter(tree.xpath("//*[contains(@class, 'page-body')]")), None)
        if content is None:
            yield Refusal(place, "it is no page of Notion: there is no page-body in it")
            return
        for node in content.xpath(".//table[contains(@class, 'collection-content')]"):
            node.drop_tree()
        html = markup.to_html(Body(expand_embeds(inner_html(content))))
        if not markup.to_text(html).strip() and "<img" not in html:
            yield Skipped(place, "pages without words, such as those that list a database")
            return
        heading = tree.xpath("//*[contains(@class, 'page-title')]")
        title = element_text(heading[0]) if heading else notion.strip_id(path.stem)
        published_at = header.date("date", "published_at", "created")
        yield ArticleDraft(
            source=self.source,
            key=place[-255:],
            place=place,
            title=title_or_words(title, html, notes),
            body=Body(html),
            slug=slug_of(header.text("slug") or notion.strip_id(path.stem)) or None,
            subtitle=header.text("subtitle", *SUBTITLE_ALIASES)[:TITLE_LENGTH],
            summary=header.text("summary", "description", "excerpt"),
            language=header.language() or self.language,
            language_is_own=bool(header.language()),
            status=_status(header),
            published_at=published_at,
            created_at=published_at,
            updated_at=header.date("lastmod"),
            canonical_url=header.url("canonical_url"),
            authors=header.authors(self._authors),
            topics=header.topics(self._topics),
            relations=tuple(self._files.relations(PurePosixPath(place), markup.links(html))),
            addresses=self._files.urls(place),
        )
        yield from notes


def _status(header: Header) -> Status:
    """Return the status that the properties give, with a note where it is not public."""
    publication = settle_schedule(header.publication(Status.DRAFT), header.date("date"))
    if publication.reason == UNDECIDED:
        header.notes.hold_back(notion.UNDECIDED)
    elif publication.status not in (Status.PUBLISHED, Status.SCHEDULED):
        noun = "archived" if publication.status is Status.ARCHIVED else "a draft"
        header.notes.hold_back(f"{publication.reason}, and it is {noun} here")
    return publication.status


def _properties(tree: Tree) -> dict[str, str]:
    """Return the properties of a page; several values of one are divided by commas."""
    data: dict[str, str] = {}
    rows = tree.xpath("//table[contains(@class, 'properties')]//tr[th and td]")
    for row in rows[:MAX_PROPERTIES]:
        cell = row.xpath("./td")[0]
        checkbox = cell.xpath(".//*[contains(@class, 'checkbox')]")
        if checkbox:
            value = "Yes" if "checkbox-on" in str(checkbox[0].get("class")) else "No"
        else:
            parts = [element_text(node) for node in cell.xpath("./*")]
            value = ", ".join(filter(None, parts)) or element_text(cell)
        name = element_text(row.xpath("./th")[0])
        data |= notion.read_properties(f"{name}: {value.replace(chr(10), ' ')}")
    return data
