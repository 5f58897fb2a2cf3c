"""The real inputs beside the project: what comes out of them is what is known to be in them.

How the manifest counts, results out by counting: `published_posts` and `published_pages` hold every
item of the status `publish`, those behind a password too. `public_comments` are the approved
words of readers (neither pingbacks nor trackbacks) on such items; `threaded_replies` those of
them whose parent is draft of them.
"""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import pytest

from hub.drafts import ArticleDraft, CommentDraft
from hub.models import CommentKind, CommentStatus, Kind, RelationKind, Status
from hub.text.slugs import headline_key
from scripts.importers.plain_text.scrape import parse_scrape
from scripts.importers.registry import open_reader
from scripts.importers.source import Note, Record, SourceError
from tests.support.importer_inputs import drafts, refusals, the_draft
from tests.support.paths import SHARED

MANIFEST: list[dict[str, Any]] = (
    json.loads((SHARED / "manifest.json").read_text()) if SHARED.is_dir() else []
)
EXPORTS = {
    entry["file"].removeprefix("dev/"): entry["counts"]
    for entry in MANIFEST
    if entry["kind"] == "wxr"
}
# Fixtures that are broken on purpose, and what is to be said about them.
BROKEN = {
    "a11y-unit-test-data.xml": "it does not say whether it is a post or a page",
    "malformed-simple.xml": "it has no end",
    "namespace-edge-cases.xml": "it does not say whether it is a post or a page",
}
FOLDERS = {
    "cc-labs-jekyll": 222,
    "jekyll-docs-posts": 102,
    "rust-blog": 260,
}
PAGES = [path.name for path in sorted((SHARED / "text").glob("[0-9]*.txt"))]
PROTECTED = "it is protected by a password, and a draft here"

pytestmark = pytest.mark.usefixtures("shared")


def records(path: Path) -> list[Record]:
    return list(open_reader(path).read())


def protected(results: list[Record]) -> set[str]:
    """The places of what was published behind a password."""
    return {
        record.place for record in results if isinstance(record, Note) and record.text == PROTECTED
    }


def readers_words(draft: ArticleDraft) -> list[CommentDraft]:
    """The approved comments on an article that are no pingbacks or trackbacks."""
    return [
        comment
        for comment in draft.comments
        if comment.status is CommentStatus.APPROVED and comment.kind is CommentKind.COMMENT
    ]


@pytest.mark.parametrize("name", EXPORTS or ["absent"])
def test_an_export_holds_what_the_manifest_counts(shared: Path, name: str) -> None:
    counts = EXPORTS[name]
    if name.endswith("/malformed.xml"):
        with pytest.raises(SourceError, match="no <channel>"):
            records(shared / name)
        return
    results = records(shared / name)
    broken = BROKEN.get(Path(name).name)
    assert [refusal.reason.startswith(broken or "?") for refusal in refusals(results)] == [
        True
    ] * bool(broken)

    hidden = protected(results)
    # What needs a password there was public to nobody else, so that it must not be public here.
    assert all(draft.status is Status.DRAFT for draft in drafts(results) if draft.place in hidden)
    visible = [
        draft
        for draft in drafts(results)
        if draft.status is Status.PUBLISHED or draft.place in hidden
    ]
    # A post in a namespace that is not WordPress's is refused, though the manifest counts it.
    astray = 1 if name.endswith("namespace-edge-cases.xml") else 0
    posts = [draft for draft in visible if draft.kind is Kind.ARTICLE]
    assert len(posts) + astray == counts["published_posts"]
    assert len(visible) - len(posts) == counts["published_pages"]
    words = {
        (draft.key, comment.key): comment for draft in visible for comment in readers_words(draft)
    }
    assert len(words) == counts["public_comments"]
    replies = [comment for (key, _), comment in words.items() if (key, comment.parent_key) in words]
    assert len(replies) == counts["threaded_replies"]
    if not broken:
        comments = [comment for draft in drafts(results) for comment in draft.comments]
        assert len(comments) == counts["comments"]


@pytest.mark.parametrize("name", FOLDERS)
def test_a_folder_holds_what_the_manifest_counts(shared: Path, name: str) -> None:
    results = records(shared / "markdown" / name)
    entry = next(entry for entry in MANIFEST if entry["file"] == f"dev/markdown/{name}/")
    assert refusals(results) == []
    assert len(drafts(results)) == FOLDERS[name] == entry["counts"]["public_titled_articles"]
    assert all(draft.status is Status.PUBLISHED and draft.published_at for draft in drafts(results))


def test_the_two_forms_of_one_site_are_the_same_articles(shared: Path) -> None:
    exported = drafts(records(shared / "wxr" / "cc-labs.xml"))
    converted = drafts(records(shared / "markdown" / "cc-labs-jekyll"))
    titles = {headline_key(draft.title) for draft in exported}
    assert sum(headline_key(draft.title) in titles for draft in converted) == 219  # its posts
    edges = sum(len(draft.relations) for draft in converted)
    assert 55 <= edges <= sum(len(draft.relations) for draft in exported)


def test_odd_folders_cost_nobody_anything(shared: Path) -> None:
    results = records(shared / "markdown" / "jekyll-test-source")
    assert [refusal.place for refusal in refusals(results)] == ["_broken/bad_post.md"]
    assert len(drafts(results)) > 100
    assert drafts(records(shared / "markdown" / "pelican-content"))


@pytest.mark.parametrize("name", PAGES or ["absent"])
def test_a_page_keeps_its_body_and_loses_its_furniture(shared: Path, name: str) -> None:
    text = (shared / "text" / name).read_text()
    truth = json.loads((shared / "text" / "expected.json").read_text())["files"][name]
    scrape = parse_scrape(text)
    paragraphs = {headline_key(" ".join(part.split())) for part in re.split(r"\n\s*\n", text)}
    got = [headline_key(line) for line in scrape.body]
    # Measured in characters, for a lost caption is not a lost paragraph; short lines (`Photo`,
    # `$7/month`, `Reply`) stand in the truth as they stand in the furniture.
    expected = [key for key in map(headline_key, truth["truth_paragraphs"]) if key in paragraphs]
    long = [key for key in expected if len(key) >= 60]
    assert sum(len(key) for key in long if key in got) >= 0.9 * sum(map(len, long))
    furniture = [key for key in got if key not in expected]
    assert sum(map(len, furniture)) <= 0.2 * sum(map(len, got))
    title = headline_key(truth["title"])
    if any(key and key in title and len(key) > 20 for key in paragraphs):
        assert title.startswith(headline_key(scrape.title))


def test_the_first_page_comes_out_exactly(shared: Path) -> None:
    draft = the_draft(open_reader(shared / "text" / "seed-article.txt").read())
    assert draft.title == (
        "Talks Between the United States and Russia on the Ukraine Situation Begin in Geneva "
        "Today, Amid Mounting Tension."
    )
    body = draft.body.content.split("\n\n")
    assert len(body) == 37
    assert body[0].startswith("Expectations of a breakthrough were low")
    assert body[-1].startswith("“Putin has placed himself in a situation")
    for removed in (
        draft.title,
        "Just another",
        "More topics",
        "More To Read",
        "Related:",
        "Leave A",
    ):
        assert removed not in draft.body.content
    assert draft.comments_open
    assert [
        (relation.kind, relation.anchor, relation.position) for relation in draft.relations
    ] == [
        (
            RelationKind.INLINE,
            "US State Department thinks diplomatic solution to Ukraine conflict is still feasible",
            6,
        ),
        (RelationKind.INLINE, "EU’s top diplomat visits frontline Ukraine", 31),
    ]
    assert body[6].startswith("Those sovereign nations may seek")
    assert body[31].startswith("Russia has urged for restrictions")
