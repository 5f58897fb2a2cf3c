"""Scraped pages: the article stays, and the boilerplate goes."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hub.drafts import AuthorDraft, RelationDraft
from hub.models import RelationKind, Status
from hub.text.bodies import Markup
from scripts.importers.content.boilerplate import is_boilerplate
from scripts.importers.plain_text.reader import TextReader
from scripts.importers.plain_text.scrape import parse_scrape
from tests.support.importer_inputs import messages, refusals, the_draft

PROSE = [
    f"Paragraph {number} of the article says quite a lot about harbours, ships and the weather, "
    f"so that nobody takes it for a button or a menu."
    for number in "abcdefgh"
]
HEADLINE = "Harbour Opens After a Long and Stormy Winter"


def page(*lines: str) -> str:
    return "\n\n".join(lines)


FULL = page(
    "Skip to content",
    "Home",
    "News",
    "Sports",
    HEADLINE,
    "By Nora Quill",
    "May 1, 2024 at 10:30 am",
    "Share",
    PROSE[0],
    PROSE[1],
    "Advertisement",
    "Related: Storm closes harbour for weeks",
    HEADLINE,
    "A short heading",
    PROSE[2],
    "More topics:",
    "Ships that came back from the storm",
    PROSE[3],
    "More To Read:",
    PROSE[4],
    "Leave A Reply",
    "Your email address will not be published.",
    "Most Popular",
    "Ten things to do when the rain will not stop this week",
)


def test_the_article_is_found_and_the_furniture_is_not() -> None:
    scrape = parse_scrape(FULL)
    assert scrape.title == HEADLINE
    assert scrape.body == (PROSE[0], PROSE[1], "A short heading", *PROSE[2:5])
    assert (scrape.author, scrape.published_at) == (
        "Nora Quill",
        datetime(2024, 5, 1, 10, 30, tzinfo=UTC),
    )
    assert scrape.comments_open


def test_lines_that_name_articles_become_edges() -> None:
    assert parse_scrape(FULL).relations == (
        RelationDraft(
            RelationKind.INLINE, "Storm closes harbour for weeks", by_headline=True, position=1
        ),
        RelationDraft(
            RelationKind.MORE_TOPICS,
            "Ships that came back from the storm",
            by_headline=True,
            position=3,
        ),
    )


def test_closed_comments_stay_closed() -> None:
    assert not parse_scrape(page(HEADLINE, *PROSE, "Comments are closed.")).comments_open


def test_headlines_listed_below_are_edges_too() -> None:
    scrape = parse_scrape(
        page(HEADLINE, *PROSE, "Related Coverage", "One more storm is on its way", "Contact")
    )
    assert scrape.relations == (
        RelationDraft(RelationKind.MORE_TO_READ, "One more storm is on its way", by_headline=True),
    )


def test_teasers_within_a_page_end_with_the_next_paragraph() -> None:
    scrape = parse_scrape(
        page(HEADLINE, *PROSE[:4], "Most Read Stories", "A tale of two ships at sea", *PROSE[4:])
    )
    assert scrape.body == tuple(PROSE)


def test_a_file_becomes_one_article(tmp_path: Path) -> None:
    (tmp_path / "page.txt").write_text(FULL)
    draft = the_draft(TextReader(tmp_path, source="scrapes", language="fr"))
    assert (draft.source, draft.key, draft.place) == ("scrapes", "page.txt", "page.txt")
    assert (draft.status, draft.language) == (Status.PUBLISHED, "fr")
    assert draft.authors == (AuthorDraft("Nora Quill", "nora-quill"),)
    assert draft.body.markup is Markup.TEXT
    assert the_draft(TextReader(tmp_path / "page.txt")).key == "page.txt"


def test_a_page_without_headline_is_called_by_its_first_words(tmp_path: Path) -> None:
    (tmp_path / "page.txt").write_text(page(*PROSE))
    reader = TextReader(tmp_path)
    assert the_draft(reader).title.startswith("Paragraph a of the article says")
    assert messages(reader)[0].startswith("no line of it is a headline")


def test_what_is_no_text_is_told(tmp_path: Path) -> None:
    (tmp_path / "empty.txt").write_text(" \n\n ")
    (tmp_path / "picture.txt").write_bytes(b"\x89PNG\x00\x00")
    (tmp_path / "latin.txt").write_bytes(page(HEADLINE, PROSE[0] + " Café.").encode("latin-1"))
    reader = TextReader(tmp_path)
    assert [refusal.place for refusal in refusals(reader)] == ["empty.txt", "picture.txt"]
    assert "Café" in the_draft(reader).body.content


@pytest.mark.parametrize(
    "line",
    [
        "Share",
        "SHARE THIS",
        "12 comments",
        "Leave a Reply",
        "© 2024 The Paper",
        "@nora",
        "• • •",
        "1,204",
        "Just another WordPress site",
        "Sign up for our newsletter",
        "Read more",
        "Tagged boats, ships",
        "Click to share on X (Opens in new window)",
        "Buy Now",
        "Email (required)",
    ],
)
def test_furniture(line: str) -> None:
    assert is_boilerplate(line)


@pytest.mark.parametrize(
    "line",
    [
        "Hardware",
        "Share prices fell on Monday.",
        "Comments made by the mayor were not helpful.",
        "Print is not dead, she said.",
        "Search for survivors goes on",
        "What can we learn?",
    ],
)
def test_no_furniture(line: str) -> None:
    assert not is_boilerplate(line)


LINES = st.sampled_from([*FULL.split("\n\n"), "", "Related", "x" * 300]) | st.text(max_size=120)


@given(st.lists(LINES, max_size=30).map("\n\n".join))
def test_any_text_is_some_page(text: str) -> None:
    scrape = parse_scrape(text)
    assert all(line == " ".join(line.split()) for line in (scrape.title, *scrape.body))
    for edge in scrape.relations:
        assert edge.position is None or 0 <= edge.position <= max(0, len(scrape.body) - 1)
