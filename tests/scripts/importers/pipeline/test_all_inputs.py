"""Every file of every kind: whatever is in it comes in, or a line of the report says why not."""

from __future__ import annotations

import json
import re
from collections import Counter
from pathlib import Path
from typing import Any

import pytest

from hub.drafts import ArticleDraft
from hub.models import Kind, Status
from scripts.importers.markdown.reader import IGNORED_FOLDERS
from scripts.importers.options import Options
from scripts.importers.pipeline.open import SourceOpener
from scripts.importers.source import Note, Record, Refusal, Skipped, SourceError
from tests.support.paths import SHARED

MANIFEST: list[dict[str, Any]] = (
    json.loads((SHARED / "manifest.json").read_text()) if SHARED.is_dir() else []
)
KINDS = ("wxr", "ghost", "markdown-site", "feeds", "html", "text-scrape", "csv", "jsonl")
ENTRIES = {
    entry["file"].removeprefix("dev/"): entry for entry in MANIFEST if entry["kind"] in KINDS
}
PAGES = (".md", ".markdown", ".html", ".htm")
COLUMNS = {"csv_jsonl/agnews-1500-noheader.csv": ("topics", "title", "body")}


def records_of(path: Path, columns: tuple[str, ...] | None = None) -> list[Record]:
    """Return the records of `hub import path`; a file that cannot be read is a Refusal."""
    records: list[Record] = []
    with SourceOpener(Options(columns=columns)) as opener:
        try:
            for opened in opener.open(str(path)):
                if opened.problem is not None:
                    records.append(opened.problem)
                elif opened.reader is not None:
                    try:
                        records += opened.reader.read()
                    except SourceError as error:
                        records.append(Refusal(error.path.name, error.reason))
        except SourceError as error:
            records.append(Refusal(path.name, error.reason))
    return records


def drafts_of(records: list[Record]) -> list[ArticleDraft]:
    return [record for record in records if isinstance(record, ArticleDraft)]


def problems_of(records: list[Record]) -> list[Refusal | Skipped]:
    """The lines of the report for what did not become an article."""
    return [record for record in records if isinstance(record, Refusal | Skipped)]


@pytest.mark.parametrize("name", ENTRIES or ["absent"])
def test_what_the_manifest_counts_comes_in_or_is_told(shared: Path, name: str) -> None:
    entry = ENTRIES[name]
    records = records_of(shared / name, COLUMNS.get(name))
    counts = entry["counts"]
    match entry["kind"]:
        case "wxr":
            _an_export(records, counts, shared / name)
        case "ghost":
            _a_ghost_export(records, counts)
        case "markdown-site":
            _a_folder(records, shared / name, counts)
        case "feeds":
            _feeds(records, shared / name, counts)
        case "html":
            sources = [
                draft for draft in drafts_of(records) if draft.place.endswith("/source.html")
            ]
            assert len(sources) == counts["pages"]
        case "text-scrape":
            assert len(drafts_of(records)) == counts["files"] + 1  # and seed-article.txt
        case "csv" | "jsonl":
            # The acid test of CSV has no articles: each of its files is told.
            rows = drafts_of(records) or problems_of(records)
            assert len(rows) >= counts.get("rows", counts.get("files", 0))


# What is said of items that are left out, by their type in the export.
SKIP_REASONS = {"attachment": "attachments", "nav_menu_item": "menu items", "revision": "revisions"}
WITHOUT_POSTS = ("authors who have written nothing in it", "users who have written nothing in it")
ALTERED = {
    "it is protected by a password, and a draft here",
    "it was scheduled for a date that is past now, and is a draft here",
}
# Topics that the manifest does not count: of a page, and with a slug of another spelling.
OTHER_TOPICS = {"pelican-wordpressexport.xml": 1, "small-export.xml": 1}
_TEXT = r"\s*(?:<!\[CDATA\[)?([^<\]]*?)(?:\]\]>)?\s*"


def _an_export(records: list[Record], counts: dict[str, Any], path: Path) -> None:
    """Articles, pages, drafts, comments, authors and topics, each as the manifest counts them."""
    refused = sum(isinstance(record, Refusal) for record in records)
    skipped = Counter(record.reason for record in records if isinstance(record, Skipped))
    notes = [(record.place, record.text) for record in records if isinstance(record, Note)]
    hidden = {place for place, text in notes if text in ALTERED}
    published = [draft for draft in drafts_of(records) if draft.status is Status.PUBLISHED]
    waiting = [draft for draft in drafts_of(records) if draft.status is Status.SCHEDULED]
    missing = 0
    for type_, kind in (("post", Kind.ARTICLE), ("page", Kind.PAGE)):
        of_kind = [draft for draft in drafts_of(records) if draft.kind is kind]
        expected = {
            key.split("/")[1]: count
            for key, count in counts["by_type_status"].items()
            if key.split("/")[0] == type_
        }
        missing += sum(expected.values()) - len(of_kind)
        locked = sum(draft.place in hidden for draft in of_kind)
        future = expected.get("future", 0)
        public = sum(draft.kind is kind for draft in published)
        assert public == expected.get("publish", 0) - locked or refused
        assert sum(draft.kind is kind for draft in waiting) <= future
    assert 0 <= missing <= refused
    for key, count in counts["by_type_status"].items():
        type_ = key.split("/")[0]
        if type_ not in ("post", "page", "?"):
            assert skipped[SKIP_REASONS.get(type_, f"posts of the type {type_}")] >= count
    comments = sum(len(draft.comments) for draft in drafts_of(records))
    assert comments == counts["comments"] or refused
    _authors_and_topics(records, counts, path, hidden)


def _authors_and_topics(
    records: list[Record], counts: dict[str, Any], path: Path, hidden: set[str]
) -> None:
    text = path.read_text(errors="replace")
    authors = {author.slug for draft in drafts_of(records) for author in draft.authors}
    idle = sum(isinstance(record, Skipped) and record.reason in WITHOUT_POSTS for record in records)
    # Posts may be by somebody whom the head does not name.
    logins = {login.casefold() for login in re.findall(rf"<wp:author_login>{_TEXT}</", text)}
    writers = {login.casefold() for login in re.findall(rf"<dc:creator>{_TEXT}</", text)}
    if drafts_of(records) and counts["authors"]:
        strangers = len(authors) + idle - counts["authors"]
        assert 0 <= strangers <= len(writers - logins)
    published = [draft for draft in drafts_of(records) if draft.status is Status.PUBLISHED]
    topics = [
        {topic.slug for draft in batch for topic in draft.topics}
        for batch in (
            published,
            [draft for draft in drafts_of(records) if draft in published or draft.place in hidden],
        )
    ]
    both = set.intersection(
        *(
            set(re.findall(rf'domain="{domain}" nicename="([^"]+)"', text))
            for domain in ("category", "post_tag")
        )
    )
    expected = counts["categories"] + counts["tags"] - len(both)
    # The oldest exports name no domain, and count for nothing in the manifest.
    oldest = not re.search(r"<category domain=", text)
    assert expected + OTHER_TOPICS.get(path.name, 0) in map(len, topics) or oldest


def _a_ghost_export(records: list[Record], counts: dict[str, Any]) -> None:
    """Every row of the manifest's table: type, status and visibility."""
    drafts = drafts_of(records)
    for key, count in counts["by_type_status_visibility"].items():
        type_, status, visibility = key.split("/")
        kind = Kind.PAGE if type_ == "page" else Kind.ARTICLE
        public = status == "published" and visibility == "public"
        expected = Status.PUBLISHED if public else Status.DRAFT
        assert sum(draft.kind is kind and draft.status is expected for draft in drafts) == count
    assert len(drafts) == sum(counts["by_type_status_visibility"].values())
    posts = [
        draft for draft in drafts if draft.kind is Kind.ARTICLE and draft.status is Status.PUBLISHED
    ]
    assert len({topic.slug for draft in posts for topic in draft.topics}) == counts["tags"]
    idle = sum(isinstance(record, Skipped) and record.reason in WITHOUT_POSTS for record in records)
    authors = {author.slug for draft in drafts for author in draft.authors}
    assert len(authors) + idle == counts["authors"]


def _a_folder(records: list[Record], folder: Path, counts: dict[str, Any]) -> None:
    """Every page of a folder has its line, or lies where generators keep what is no content."""
    pages = {
        path.relative_to(folder).as_posix()
        for path in folder.rglob("*")
        if path.suffix.lower() in PAGES
        and not any(
            part in IGNORED_FOLDERS or part[0] == "." for part in path.relative_to(folder).parts
        )
    }
    places = {record.place for record in (*drafts_of(records), *problems_of(records))}
    assert pages <= places
    public = [draft for draft in drafts_of(records) if draft.status is Status.PUBLISHED]
    assert len(public) >= counts["public_titled_articles"]
    hidden = [draft for draft in drafts_of(records) if draft.status is not Status.PUBLISHED]
    assert len(hidden) >= counts["drafts"]
    # Spellings of one name are one author and one topic; several names in one byline are several.
    topics = {topic.slug for draft in public for topic in draft.topics}
    authors = {author.slug for draft in public for author in draft.authors}
    assert len(topics) >= max(counts["tags"], counts["categories"])
    assert len(authors) >= 0.9 * counts["authors"]


def _feeds(records: list[Record], folder: Path, counts: dict[str, Any]) -> None:
    entries = counts.get("entries")
    drafts = drafts_of(records)
    if entries is not None:
        lines = [record for record in problems_of(records) if record.place.startswith("entry ")]
        comments = sum(len(draft.comments) for draft in drafts)
        assert len(drafts) + len(lines) + comments == entries
    files = [path for path in folder.rglob("*") if path.is_file()]
    read = Counter(record.place for record in (*drafts, *problems_of(records)))
    assert read["entry 1"] + 1 >= min(len(files), 100)
