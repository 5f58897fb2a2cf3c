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
from scripts.importers.markdown.reader import NO_CONTENT
from scripts.importers.options import Options
from scripts.importers.pipeline.open import Opener
from scripts.importers.source import Note, Record, Refusal, Skipped, SourceError
from tests.support.paths import SHARED

MANIFEST: list[dict[str, Any]] = (
    json.loads((SHARED / "manifest.json").read_text()) if SHARED.is_dir() else []
)
KINDS = ("wxr", "ghost", "markdown-site", "feeds", "html", "text-scrape", "csv", "jsonl")
ENTRIES = {one["file"].removeprefix("dev/"): one for one in MANIFEST if one["kind"] in KINDS}
PAGES = (".md", ".markdown", ".html", ".htm")
COLUMNS = {"csv_jsonl/agnews-1500-noheader.csv": ("topics", "title", "body")}


def records_of(path: Path, columns: tuple[str, ...] | None = None) -> list[Record]:
    """What `hub import path` reads; a file that cannot be read at all is a Refusal."""
    found: list[Record] = []
    with Opener(Options(columns=columns)) as opener:
        try:
            for opened in opener.open(str(path)):
                if opened.said is not None:
                    found.append(opened.said)
                elif opened.reader is not None:
                    try:
                        found += opened.reader.read()
                    except SourceError as error:
                        found.append(Refusal(error.path.name, error.reason))
        except SourceError as error:
            found.append(Refusal(path.name, error.reason))
    return found


def drafts_of(records: list[Record]) -> list[ArticleDraft]:
    return [one for one in records if isinstance(one, ArticleDraft)]


def told(records: list[Record]) -> list[Refusal | Skipped]:
    """The lines of the report for what did not become an article."""
    return [one for one in records if isinstance(one, Refusal | Skipped)]


@pytest.mark.parametrize("name", ENTRIES or ["absent"])
def test_what_the_manifest_counts_comes_in_or_is_told(shared: Path, name: str) -> None:
    entry = ENTRIES[name]
    found = records_of(shared / name, COLUMNS.get(name))
    counts = entry["counts"]
    match entry["kind"]:
        case "wxr":
            _an_export(found, counts, shared / name)
        case "ghost":
            _a_ghost_export(found, counts)
        case "markdown-site":
            _a_folder(found, shared / name, counts)
        case "feeds":
            _feeds(found, shared / name, counts)
        case "html":
            sources = [one for one in drafts_of(found) if one.place.endswith("/source.html")]
            assert len(sources) == counts["pages"]
        case "text-scrape":
            assert len(drafts_of(found)) == counts["files"] + 1  # and seed-article.txt
        case "csv" | "jsonl":
            # The acid test of CSV has no articles: each of its files is told.
            records = drafts_of(found) or told(found)
            assert len(records) >= counts.get("rows", counts.get("files", 0))


# What is said of items that are left out, by their type in the export.
LEFT_OUT = {"attachment": "attachments", "nav_menu_item": "menu items", "revision": "revisions"}
WITHOUT_POSTS = ("authors who have written nothing in it", "users who have written nothing in it")
ALTERED = {
    "it is protected by a password, and a draft here",
    "it was scheduled for a date that is past now, and is a draft here",
}
# Topics that the manifest does not count: of a page, and with a slug of another spelling.
OTHER_TOPICS = {"pelican-wordpressexport.xml": 1, "small-export.xml": 1}
_TEXT = r"\s*(?:<!\[CDATA\[)?([^<\]]*?)(?:\]\]>)?\s*"


def _an_export(found: list[Record], counts: dict[str, Any], path: Path) -> None:
    """Articles, pages, drafts, comments, authors and topics, each as the manifest counts them."""
    refused = sum(isinstance(one, Refusal) for one in found)
    left_out = Counter(one.reason for one in found if isinstance(one, Skipped))
    notes = [(one.place, one.text) for one in found if isinstance(one, Note)]
    hidden = {place for place, text in notes if text in ALTERED}
    shown = [one for one in drafts_of(found) if one.status is Status.PUBLISHED]
    waiting = [one for one in drafts_of(found) if one.status is Status.SCHEDULED]
    missing = 0
    for type_, kind in (("post", Kind.ARTICLE), ("page", Kind.PAGE)):
        of_kind = [one for one in drafts_of(found) if one.kind is kind]
        told = {
            key.split("/")[1]: count
            for key, count in counts["by_type_status"].items()
            if key.split("/")[0] == type_
        }
        missing += sum(told.values()) - len(of_kind)
        locked = sum(one.place in hidden for one in of_kind)
        future = told.get("future", 0)
        public = sum(one.kind is kind for one in shown)
        assert public == told.get("publish", 0) - locked or refused
        assert sum(one.kind is kind for one in waiting) <= future
    assert 0 <= missing <= refused
    for key, count in counts["by_type_status"].items():
        type_ = key.split("/")[0]
        if type_ not in ("post", "page", "?"):
            assert left_out[LEFT_OUT.get(type_, f"posts of the type {type_}")] >= count
    comments = sum(len(one.comments) for one in drafts_of(found))
    assert comments == counts["comments"] or refused
    _authors_and_topics(found, counts, path, hidden)


def _authors_and_topics(
    found: list[Record], counts: dict[str, Any], path: Path, hidden: set[str]
) -> None:
    text = path.read_text(errors="replace")
    authors = {one.slug for draft in drafts_of(found) for one in draft.authors}
    idle = sum(isinstance(one, Skipped) and one.reason in WITHOUT_POSTS for one in found)
    # Posts may be by somebody whom the head does not name.
    named = {one.casefold() for one in re.findall(rf"<wp:author_login>{_TEXT}</", text)}
    writers = {one.casefold() for one in re.findall(rf"<dc:creator>{_TEXT}</", text)}
    if drafts_of(found) and counts["authors"]:
        strangers = len(authors) + idle - counts["authors"]
        assert 0 <= strangers <= len(writers - named)
    shown = [one for one in drafts_of(found) if one.status is Status.PUBLISHED]
    topics = [
        {topic.slug for one in some for topic in one.topics}
        for some in (
            shown,
            [one for one in drafts_of(found) if one in shown or one.place in hidden],
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


def _a_ghost_export(found: list[Record], counts: dict[str, Any]) -> None:
    """Every row of the manifest's table: type, status and visibility."""
    drafts = drafts_of(found)
    for key, count in counts["by_type_status_visibility"].items():
        type_, status, visibility = key.split("/")
        kind = Kind.PAGE if type_ == "page" else Kind.ARTICLE
        public = status == "published" and visibility == "public"
        wanted = Status.PUBLISHED if public else Status.DRAFT
        assert sum(one.kind is kind and one.status is wanted for one in drafts) == count
    assert len(drafts) == sum(counts["by_type_status_visibility"].values())
    posts = [one for one in drafts if one.kind is Kind.ARTICLE and one.status is Status.PUBLISHED]
    assert len({topic.slug for one in posts for topic in one.topics}) == counts["tags"]
    idle = sum(isinstance(one, Skipped) and one.reason in WITHOUT_POSTS for one in found)
    authors = {author.slug for one in drafts for author in one.authors}
    assert len(authors) + idle == counts["authors"]


def _a_folder(found: list[Record], folder: Path, counts: dict[str, Any]) -> None:
    """Every page of a folder has its line, or lies where generators keep what is no content."""
    pages = {
        path.relative_to(folder).as_posix()
        for path in folder.rglob("*")
        if path.suffix.lower() in PAGES
        and not any(one in NO_CONTENT or one[0] == "." for one in path.relative_to(folder).parts)
    }
    places = {one.place for one in (*drafts_of(found), *told(found))}
    assert pages <= places
    public = [one for one in drafts_of(found) if one.status is Status.PUBLISHED]
    assert len(public) >= counts["public_titled_articles"]
    hidden = [one for one in drafts_of(found) if one.status is not Status.PUBLISHED]
    assert len(hidden) >= counts["drafts"]
    # Spellings of one name are one author and one topic; several names in one byline are several.
    topics = {topic.slug for one in public for topic in one.topics}
    authors = {author.slug for one in public for author in one.authors}
    assert len(topics) >= max(counts["tags"], counts["categories"])
    assert len(authors) >= 0.9 * counts["authors"]


def _feeds(found: list[Record], folder: Path, counts: dict[str, Any]) -> None:
    entries = counts.get("entries")
    drafts = drafts_of(found)
    if entries is not None:
        lines = [one for one in told(found) if one.place.startswith("entry ")]
        comments = sum(len(one.comments) for one in drafts)
        assert len(drafts) + len(lines) + comments == entries
    files = [path for path in folder.rglob("*") if path.is_file()]
    read = Counter(one.place for one in (*drafts, *told(found)))
    assert read["entry 1"] + 1 >= min(len(files), 100)
