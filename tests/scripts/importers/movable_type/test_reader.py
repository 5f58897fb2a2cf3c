"""scripts.importers.movable_type: entries with all their sections, and nothing private public."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from hub.drafts import ArticleDraft
from hub.models import CommentKind, CommentStatus, Status
from hub.text import markup
from scripts.importers.movable_type.reader import MovableTypeReader
from scripts.importers.options import Options
from scripts.importers.pipeline.open import SourceOpener
from scripts.importers.source import HeldBack, Record
from tests.support.importer_inputs import drafts, messages, refusals, skip_reasons, the_draft

ENTRY = """AUTHOR: Nora Lind
TITLE: The <em>old</em> lock &amp; its gate
BASENAME: the_old_lock
STATUS: Publish
ALLOW COMMENTS: 1
CONVERT BREAKS: __default__
PRIMARY CATEGORY: Port
CATEGORY: Port
CATEGORY: Town
DATE: 02/03/2012 09:05:00 PM
TAGS: locks,"old gates",@private
-----
BODY:
The gate was shut.

The keeper waited.
-----
EXTENDED BODY:
At noon it opened.
-----
EXCERPT:
A gate and
its keeper.
-----
KEYWORDS:
lock, gate
-----
COMMENT:
AUTHOR: Rita
EMAIL: rita@readers.test
IP: 192.0.2.7
URL: https://rita.readers.test
DATE: 02/04/2012 10:00:00 AM
NOTE: is it open?

I ask again.
-----
PING:
TITLE: On gates
URL: https://other.test/gates
IP: 192.0.2.8
BLOG NAME: Gates of the north
DATE: 02/05/2012 11:00:00 AM
They wrote of it.
-----
"""
DRAFT = """AUTHOR: Nora Lind
TITLE: Unfinished
BASENAME: unfinished
STATUS: Draft
DATE: 02/06/2012 09:05:00 PM
-----
BODY:
HIDDEN-WORDS of it.
-----
COMMENT:
AUTHOR: Ole
EMAIL: ole@readers.test
IP: 192.0.2.9
DATE: 02/07/2012 09:05:00 PM
HIDDEN-WORDS too.
-----
"""
END = "--------\n"


def _read(folder: Path, *entries: str) -> MovableTypeReader:
    path = folder / "port.txt"
    path.write_text("".join(entry + END for entry in entries), encoding="utf-8")
    return MovableTypeReader(path)


def _entry(**headers: str) -> str:
    values = {"TITLE": "A", "STATUS": "Publish", "DATE": "02/03/2012 09:05:00 PM"} | {
        name.replace("_", " "): value for name, value in headers.items()
    }
    lines = "".join(f"{name}: {value}\n" for name, value in values.items() if value)
    return f"{lines}-----\nBODY:\nWords of it.\n-----\n"


def test_an_entry_comes_in_whole(tmp_path: Path) -> None:
    draft = the_draft(_read(tmp_path, ENTRY))
    assert (draft.title, draft.slug, draft.key) == (
        "The old lock & its gate",
        "the-old-lock",
        "the_old_lock",
    )
    assert draft.status is Status.PUBLISHED
    assert draft.published_at == datetime(2012, 2, 3, 21, 5, tzinfo=UTC)
    assert markup.to_text(draft.body.content).split("\n\n") == [
        "The gate was shut.",
        "The keeper waited.",
        "At noon it opened.",
    ]
    assert draft.summary == "A gate and its keeper."
    assert [topic.name for topic in draft.topics] == ["Port", "Town", "locks", "old gates"]
    assert [author.name for author in draft.authors] == ["Nora Lind"]
    assert draft.metadata == (("keywords", "lock, gate"),)


def test_comments_and_pings_keep_their_words_and_no_address(tmp_path: Path) -> None:
    comment, ping = the_draft(_read(tmp_path, ENTRY)).comments
    assert (comment.author_name, comment.author_email) == ("Rita", "rita@readers.test")
    assert comment.status is CommentStatus.APPROVED
    text = markup.to_text(markup.to_html(comment.body))
    assert text.split() == ["NOTE:", "is", "it", "open?", "I", "ask", "again."]
    assert (ping.kind, ping.author_name) == (CommentKind.TRACKBACK, "Gates of the north")
    assert '<a href="https://other.test/gates">On gates</a>' in ping.body.content
    assert "192.0.2" not in repr((comment, ping))
    assert "readers.test" not in comment.body.content


@pytest.mark.parametrize("ending", ["\n", "\r\n"])
def test_a_line_lost_anywhere_makes_nothing_private_public(tmp_path: Path, ending: str) -> None:
    lines = (ENTRY + END + DRAFT + END + _entry(BASENAME="last") + END).splitlines()
    for number in range(len(lines)):
        path = tmp_path / "port.txt"
        path.write_bytes(ending.join([*lines[:number], *lines[number + 1 :]]).encode())
        for draft in drafts(MovableTypeReader(path)):
            public = repr(draft) if draft.status is Status.PUBLISHED else ""
            assert "HIDDEN-WORDS" not in public, lines[number]
            bodies = [draft.body.content, *(comment.body.content for comment in draft.comments)]
            assert "readers.test" not in repr([*bodies, draft.title, draft.summary, draft.topics])
            assert "192.0.2" not in repr(draft), lines[number]


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ({"STATUS": "publish"}, Status.PUBLISHED),
        ({"STATUS": "Draft"}, Status.DRAFT),
        ({"STATUS": "Review"}, Status.DRAFT),
        ({"STATUS": "Unpublish"}, Status.DRAFT),
        ({"STATUS": ""}, Status.DRAFT),
        ({"STATUS": "Future"}, Status.DRAFT),
        ({"PASSWORD": "words"}, Status.DRAFT),
        ({"VISIBILITY": "members"}, Status.DRAFT),
    ],
)
def test_what_is_not_published_is_held_back(
    tmp_path: Path, headers: dict[str, str], status: Status
) -> None:
    records = list(_read(tmp_path, _entry(**headers)).read())
    assert the_draft(records).status is status
    assert any(isinstance(r, HeldBack) for r in records) == (status is Status.DRAFT)


def test_a_future_entry_is_scheduled(tmp_path: Path) -> None:
    date = datetime.now(UTC) + timedelta(days=30)
    draft = the_draft(_read(tmp_path, _entry(STATUS="Future", DATE=f"{date:%m/%d/%Y %H:%M:%S}")))
    assert draft.status is Status.SCHEDULED


@pytest.mark.parametrize(
    ("text", "date"),
    [
        ("01/31/2002 15:31:05", "2002-01-31 15:31"),
        ("01/31/2002 12:05 AM", "2002-01-31 00:05"),
        ("31/01/2002 03:31:05 PM", "2002-01-31 15:31"),
        ("1/3/2002", "2002-01-03 00:00"),
        ("2002-01-31T15:31:05Z", "2002-01-31 15:31"),
        ("13/13/2002", "1970-01-01 00:00"),
        ("some day", "1970-01-01 00:00"),
        ("", "1970-01-01 00:00"),
    ],
)
def test_dates_are_read_or_noted(tmp_path: Path, text: str, date: str) -> None:
    records = list(_read(tmp_path, _entry(DATE=text)).read())
    assert f"{the_draft(records).published_at:%Y-%m-%d %H:%M}" == date
    assert bool(messages(records)) == (date[:4] == "1970")


@pytest.mark.parametrize(
    ("header", "status"),
    [
        ("VISIBLE: 1", CommentStatus.APPROVED),
        ("VISIBLE: 0", CommentStatus.PENDING),
        ("APPROVED: no", CommentStatus.PENDING),
        ("STATUS: Approved", CommentStatus.APPROVED),
        ("STATUS: Pending", CommentStatus.PENDING),
        ("STATUS: odd", CommentStatus.PENDING),
        ("STATUS: Spam", CommentStatus.SPAM),
        ("JUNK: 1", CommentStatus.SPAM),
        ("JUNK STATUS: -1", CommentStatus.SPAM),
        ("SECRET: 1", CommentStatus.PENDING),
        ("SECRET: 0", CommentStatus.APPROVED),
        ("STATUS: Trash", CommentStatus.TRASH),
    ],
)
def test_comments_that_are_not_approved_are_not_public(
    tmp_path: Path, header: str, status: CommentStatus
) -> None:
    comment = f"COMMENT:\nAUTHOR: Rita\n{header}\nPASS: x9\nDATE: 02/03/2012\nWords.\n-----\n"
    [reply] = the_draft(_read(tmp_path, _entry() + comment)).comments
    assert reply.status is status
    assert "x9" not in repr(reply)


@pytest.mark.parametrize(
    ("breaks", "body", "html"),
    [
        ("markdown", "Some *words*.", "<em>words</em>"),
        ("richtext", "<p>Some<br>words.</p>", "<p>Some<br>words.</p>"),
        ("1", "One\ntwo", "One<br>"),
        ("0", "One\n\ntwo", "<p>two"),
    ],
)
def test_paragraphs_are_those_of_the_entry(
    tmp_path: Path, breaks: str, body: str, html: str
) -> None:
    entry = _entry(CONVERT_BREAKS=breaks).replace("Words of it.", body)
    assert html in the_draft(_read(tmp_path, entry)).body.content


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ('ice,"winter sports"', ["ice", "winter sports"]),
        ("ice, winter sports", ["ice", "winter sports"]),
        ('ice "winter sports" town', ["ice", "winter sports", "town"]),
        ('"ice, thin"', ["ice, thin"]),
    ],
)
def test_tags_are_split_as_they_are_written(tmp_path: Path, text: str, names: list[str]) -> None:
    assert [topic.name for topic in the_draft(_read(tmp_path, _entry(TAGS=text))).topics] == names


def test_dashes_within_words_end_nothing(tmp_path: Path) -> None:
    entry = _entry().replace("Words of it.", "One.\n-----\nTwo.\n--------\nThree.")
    text = markup.to_text(the_draft(_read(tmp_path, entry)).body.content)
    assert [word for word in text.split() if word[0] != "-"] == ["One.", "Two.", "Three."]


def test_keys_and_addresses(tmp_path: Path) -> None:
    first = _entry(UNIQUE_URL="https://port.test/2012/02/a.html").replace(
        "Words of it.", '<a href="https://port.test/2012/02/b.html">that</a>'
    )
    entries = [first, _entry(BASENAME="same"), _entry(BASENAME="same", DATE="03/03/2012")]
    reader = _read(tmp_path, *entries, entries[-1], _entry(NO_ENTRY="1"))
    one, two, three = drafts(reader)
    assert (one.canonical_url, two.key) == ("https://port.test/2012/02/a.html", "same")
    assert [relation.url for relation in one.relations] == ["https://port.test/2012/02/b.html"]
    assert three.key == "same 03/03/2012"
    assert len(refusals(reader)) == 1
    assert skip_reasons(reader) == ["comments on articles that are not in this export"]


def test_links_between_entries_bind_with_the_sites_host(tmp_path: Path) -> None:
    path = tmp_path / "x.txt"
    link = '<a href="http://port.test/2012/02/the-old-lock.html">it</a>'
    path.write_text(ENTRY + END + _entry(BASENAME="b").replace("Words of it.", link) + END)
    lock, other = drafts(MovableTypeReader(path, source="port.test"))
    assert [relation.url for relation in other.relations] == [
        "http://port.test/2012/02/the-old-lock.html"
    ]
    assert "https://port.test/2012/02/the-old-lock.html" in lock.addresses


def test_an_export_among_texts_is_read_once(tmp_path: Path) -> None:
    (tmp_path / "export.txt").write_text(ENTRY + END + DRAFT + END)
    (tmp_path / "page.txt").write_text("A headline of some words\n\nThe words of the page.\n")
    found: list[Record] = []
    with SourceOpener(Options()) as opener:
        for opened in opener.open(str(tmp_path)):
            assert opened.problem is None
            found += opened.reader.read() if opened.reader else []
    titles = sorted(r.title for r in found if isinstance(r, ArticleDraft))
    assert titles == ["A headline of some words", "The old lock & its gate", "Unfinished"]
