"""Reader of Substack's exports: `posts.csv` and the letters in `posts`.

A letter is public only if the table says that it is published, and for everyone. Lists of
readers, and who opened what, are not read.
"""

from __future__ import annotations

import csv
import re
from collections import Counter
from collections.abc import Iterator, Mapping
from datetime import datetime
from functools import cached_property
from html import escape
from pathlib import Path

from typing_extensions import override

from hub.drafts import ArticleDraft
from hub.models import Kind, Status
from hub.text import markup
from hub.text.bodies import Body
from hub.text.slugs import slug_of
from scripts.importers.content import dates
from scripts.importers.content.links import Site
from scripts.importers.content.publication import read_publication
from scripts.importers.html.tree import Tree, parse_page, read_page
from scripts.importers.markdown.front_matter import UnreadableFile
from scripts.importers.services.posts import (
    TITLE_LENGTH,
    PostFolderReader,
    inner_html,
    title_or_words,
)
from scripts.importers.services.substack import boxes
from scripts.importers.source import Notes, Record, Refusal, Skipped

MAX_ROWS = 100_000
HEAD_CHARACTERS = 4_096
HOST_SAMPLES = 20
"""Letters that are searched for the address of the publication."""

Row = Mapping[str, str]

_LIST_NAME = re.compile(r"email_list\.([a-z0-9-]+)\.csv")
_HOST = re.compile(r"[\w-]+(?:\.[\w-]+)+")


def is_export(folder: Path) -> bool:
    """Tell whether a folder is an export, by the first row of its table."""
    try:
        with (folder / "posts.csv").open(
            encoding="utf-8-sig", errors="replace", newline=""
        ) as file:
            names = next(csv.reader([file.readline(HEAD_CHARACTERS)]), [])
    except (OSError, csv.Error):
        return False
    return "post_id" in names and bool({"is_published", "audience"} & set(names))


class SubstackReader(PostFolderReader):
    """Reader of one export, as a folder."""

    kind = "substack"

    @override
    def read(self) -> Iterator[Record]:
        """See `SourceReader.read`."""
        yield from super().read()
        stems = {path.stem for path in self.paths()}
        for post_id in self._rows:
            if post_id not in stems:
                yield Skipped(f"posts.csv: {post_id}", "posts without a text (Substack)")

    @override
    def read_post(self, tree: Tree, path: Path, place: str) -> Iterator[Record]:
        """Yield the draft of a letter and its notes."""
        row = self._rows.get(path.stem, {})
        notes = Notes(place)
        reason = self._hidden_reason(path, boxes.has_paywall(tree))
        left_out = boxes.clean(tree)
        body = next(iter(tree.xpath("//body")), tree)
        html = markup.to_html(Body(_podcast(row) + inner_html(body)))
        title = (row.get("title") or "").strip()
        if not markup.to_text(html).strip() and "<img" not in html and not title:
            yield Refusal(place, "there is no text in it")
            return
        slug = slug_of(path.stem.partition(".")[2]) or None
        urls = [f"https://{self._host}/p/{slug}"] if self._host and slug else []
        published_at = self._date(row, notes)
        yield ArticleDraft(
            source=self.source,
            key=place[-255:],
            place=place,
            title=title_or_words(title, html, notes),
            body=Body(html),
            slug=slug,
            subtitle=" ".join((row.get("subtitle") or "").split())[:TITLE_LENGTH],
            language=self.language,
            kind=Kind.PAGE if row.get("type") == "page" else Kind.ARTICLE,
            status=Status.DRAFT if reason else Status.PUBLISHED,
            published_at=published_at,
            created_at=published_at,
            canonical_url=urls[0] if urls else None,
            relations=Site.from_page_urls(urls).relations(html, urls) if urls else (),
            addresses=tuple(urls),
        )
        if reason:
            notes.hold_back(f"{reason}, and it is a draft here")
        if left_out:
            names = ", ".join(dict.fromkeys(left_out))
            notes.append(f"embeds without an address were left out: {names}")
        yield from notes

    def _hidden_reason(self, path: Path, has_paywall: bool) -> str:
        """Return why a letter is not public; empty if it is."""
        row = self._rows.get(path.stem)
        if row is None:
            return "posts.csv does not name it"
        if not row.get("is_published"):
            return "posts.csv does not say that it is published"
        publication = read_publication(row, default=Status.DRAFT)
        if publication.status is not Status.PUBLISHED:
            return publication.reason
        return "a part of it is for paying readers only" if has_paywall else ""

    def _date(self, row: Row, notes: Notes) -> datetime | None:
        text = (row.get("post_date") or "").strip()
        date = dates.parse_date(text)
        if text and date is None:
            notes.append(f"its date {text[:60]!r} cannot be read")
            return dates.UNKNOWN
        return date

    @cached_property
    def _rows(self) -> dict[str, Row]:
        """The rows of the table by the ids of posts; a post in it twice is as the stricter."""
        rows: dict[str, Row] = {}
        try:
            with (self.folder / "posts.csv").open(
                encoding="utf-8-sig", errors="replace", newline=""
            ) as file:
                for number, row in enumerate(csv.DictReader(file)):
                    if number == MAX_ROWS:
                        break
                    post_id = (row.get("post_id") or "").strip()
                    if post_id:
                        rows[post_id] = {} if post_id in rows else row
        except (OSError, csv.Error):
            pass  # a post without a row is a draft
        return rows

    @cached_property
    def _host(self) -> str:
        """The publication's host: the source, that of the letters' boxes, or Substack's."""
        if _HOST.fullmatch(self.source):
            return self.source
        hosts: Counter[str] = Counter()
        for path in self.paths()[:HOST_SAMPLES]:
            try:
                hosts.update(boxes.find_hosts(parse_page(read_page(path))))
            except UnreadableFile:
                continue
        if hosts:
            return hosts.most_common(1)[0][0]
        names = (_LIST_NAME.fullmatch(path.name) for path in sorted(self.folder.glob("*.csv")))
        return next((f"{name[1]}.substack.com" for name in names if name), "")


def _podcast(row: Row) -> str:
    """Return the player of a podcast's episode."""
    url = (row.get("podcast_url") or "").strip()
    is_web = url.startswith(("http://", "https://"))
    return f'<audio src="{escape(url)}"></audio>' if is_web else ""
