"""Every file of every kind: whatever is in it comes in, or a line of the report says why not."""

from __future__ import annotations

import json
from collections import Counter
from pathlib import Path
from typing import Any

import pytest

from hub.drafts import ArticleDraft
from hub.models import Kind, Status
from scripts.importers.markdown import NO_CONTENT
from scripts.importers.opening import Opener
from scripts.importers.options import Options
from scripts.importers.source import Note, Record, Refusal, Skipped, SourceError
from tests.conftest import SHARED

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
            _an_export(found, counts)
        case "ghost":
            of_ghost = counts["by_type_status_visibility"]
            assert len(drafts_of(found)) == sum(of_ghost.values())
            public = [one for one in drafts_of(found) if one.status is Status.PUBLISHED]
            kinds = Counter(one.kind for one in public)
            assert kinds[Kind.ARTICLE] == counts["published_posts"]
            assert kinds[Kind.PAGE] == of_ghost.get("page/published/public", 0)
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


def _an_export(found: list[Record], counts: dict[str, Any]) -> None:
    drafts = drafts_of(found)
    missing = counts["items"] - len(drafts) - len(told(found))
    assert missing <= 0  # a file that is broken on purpose has more lines than the manifest items
    public = [one for one in drafts if one.status is Status.PUBLISHED]
    expected = counts["published_posts"] + counts["published_pages"]
    altered = [one for one in found if isinstance(one, Note) and "and a draft here" in one.text]
    refused = [one for one in found if isinstance(one, Refusal)]
    assert expected - len(altered) - len(refused) <= len(public) <= expected


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
