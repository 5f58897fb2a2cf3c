"""Exports that hold more than articles: posts alone come in, and public ones alone are public."""

from __future__ import annotations

import zipfile
from pathlib import Path

import pytest

from hub.drafts import ArticleDraft
from hub.models import Status
from scripts.importers.options import Options
from scripts.importers.pipeline.open import SourceOpener
from scripts.importers.source import HeldBack, Note, Record

WORDS = "<p>The night ferry sails again after two winters, said the harbour office.</p>" * 4
SUBSTACK = {
    "posts.csv": "post_id,post_date,is_published,audience,title,subtitle\n"
    "1.letter,2024-03-01T09:00:00Z,true,everyone,First letter,The tide\n"
    "2.paid,2024-03-02T09:00:00Z,true,only_paid,Paid letter,\n"
    "3.founders,2024-03-02T09:00:00Z,true,founding,For founders,\n"
    "4.unfinished,,false,everyone,Unfinished,\n"
    "5.odd,,perhaps,everyone,Odd,\n"
    "6.blank,,,everyone,Blank,\n",
    **{
        f"posts/{name}.html": WORDS
        for name in (
            *("1.letter", "2.paid", "3.founders", "4.unfinished", "5.odd", "6.blank"),
            "7.unlisted",
        )
    },
    "email_list.port.csv": "email,title\nrita@readers.test,Reader\n",
    "posts/1.opens.csv": "email,title\nrita@readers.test,Opened\n",
    "notes.html": f"<title>Notes</title>{WORDS}",
}
MEDIUM = {
    "README.html": f"<title>Archive</title>{WORDS}",
    "profile/profile.html": f"<title>Profile rita@readers.test</title>{WORDS}",
    "claps/claps-0001.html": f"<title>Claps</title>{WORDS}",
    "posts/2023-05-01_A-bridge-abc123def456.html": f"<title>A bridge</title>{WORDS}",
    "posts/draft_A-secret-0011223344aa.html": f"<title>A secret</title>{WORDS}",
    "posts/2023-06-01_------99887766aabb.html": f"<title>I agree</title>{WORDS}",
    "posts/strange.html": f"<title>Strange</title>{WORDS}",
}
ENTRY = "<entry><id>{0}</id><title>{0}</title><content type='html'>Words.</content></entry>"
FEED = "<feed xmlns='http://www.w3.org/2005/Atom'><title>Blog</title>{}</feed>"
TAKEOUT = {
    "Takeout/archive_browser.html": f"<title>Takeout</title>{WORDS}",
    "Takeout/Blogger/Blogs/port/feed.atom": FEED.format(ENTRY.format("a-post")),
    "Takeout/Blogger/Profile/profile.json": '{"title": "Rita", "body": "rita@readers.test"}',
    "Takeout/Keep/note.html": f"<title>A private note</title>{WORDS}",
    "Takeout/Mail/letter.txt": "A private letter of some words\n\nWords of the letter.\n",
}
ID = "0123456789abcdef0123456789abcde"
NOTION = {
    f"Blog {ID}0.csv": "Name,Status\nFerry,Published\nA diary,Private\n",
    f"Blog {ID}0_all.csv": "Name,Status\nFerry,Published\n",
    f"Blog {ID}0/Ferry {ID}1.md": f"# Ferry\n\nStatus: Published\nTopic: x\n\n[o](Odd%20{ID}4.md)",
    f"Blog {ID}0/Idea {ID}2.md": "# Idea\n\nStatus: Draft\n\nWords.",
    f"Blog {ID}0/Half {ID}3.md": "# Half\n\nStatus: In progress\n\nWords.",
    f"Blog {ID}0/Odd {ID}4.md": "# Odd\n\nOwner: Rita\nArchived: No\n\nWords.",
    f"Blog {ID}0/Box {ID}5.md": "# Box\n\nPublished: No\n\nWords.",
    f"Blog {ID}0/Tick {ID}6.md": "# Tick\n\nPublished: Yes\nPublish Date: May 1, 2024\n\nWords.",
    f"Minutes {ID}7.md": "# Minutes\n\nOf the staff, with salaries.",
    f"Note {ID}8.html": f"<title>A note</title>{WORDS}",
}


def _read(folder: Path, files: dict[str, str]) -> list[Record]:
    path = folder / "export.zip"
    with zipfile.ZipFile(path, "w") as archive:
        for name, text in files.items():
            archive.writestr(name, text)
    records: list[Record] = []
    with SourceOpener(Options()) as opener:
        for opened in opener.open(str(path)):
            records += [opened.problem] if opened.problem else []
            records += opened.reader.read() if opened.reader else []
    return records


@pytest.mark.parametrize(
    ("files", "public", "hidden"),
    [
        (
            SUBSTACK,
            {"First letter"},
            {"Paid letter", "For founders", "Unfinished", "Odd", "Blank", None},
        ),
        (MEDIUM, {"A bridge"}, {"A secret", "Strange"}),
        (TAKEOUT, {"a-post"}, set()),
        (NOTION, {"Ferry", "Tick"}, {"Idea", "Half", "Odd", "Box", "Minutes"}),
    ],
)
def test_posts_alone_come_in_and_are_public_if_the_container_says_so(
    files: dict[str, str], public: set[str], hidden: set[str | None], tmp_path: Path
) -> None:
    records = _read(tmp_path, files)
    drafts = [record for record in records if isinstance(record, ArticleDraft)]
    assert {draft.title for draft in drafts if draft.status is Status.PUBLISHED} == public
    drafted = {draft.title for draft in drafts if draft.status is Status.DRAFT}
    assert len(drafted) == len(hidden)
    assert {title for title in hidden if title} <= drafted
    reasons = {record.place for record in records if isinstance(record, HeldBack)}
    assert reasons == {draft.place for draft in drafts if draft.status is Status.DRAFT}
    assert "readers.test" not in repr(drafts)


def test_a_letter_of_substack_has_the_data_of_the_table(tmp_path: Path) -> None:
    records = _read(tmp_path, SUBSTACK)
    draft = next(r for r in records if isinstance(r, ArticleDraft) and r.title == "First letter")
    assert (draft.subtitle, draft.slug, str(draft.published_at)[:10]) == (
        "The tide",
        "letter",
        "2024-03-01",
    )


def test_a_response_of_medium_is_left_out_with_its_notes(tmp_path: Path) -> None:
    places = {r.place for r in _read(tmp_path, MEDIUM) if isinstance(r, Note | ArticleDraft)}
    assert not any("------" in place for place in places)


def test_a_page_of_notion_has_its_properties_and_no_id_in_its_slug(tmp_path: Path) -> None:
    drafts = {r.title: r for r in _read(tmp_path, NOTION) if isinstance(r, ArticleDraft)}
    assert (drafts["Tick"].slug, f"{drafts['Tick'].published_at:%Y-%m-%d}") == (
        "Tick",
        "2024-05-01",
    )
    assert [topic.name for topic in drafts["Ferry"].topics] == ["x"]
    assert "Owner" not in drafts["Odd"].body.content
    [relation] = drafts["Ferry"].relations
    assert relation.url in drafts["Odd"].addresses
