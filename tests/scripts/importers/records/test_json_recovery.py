"""Lists of records in JSON that is broken somewhere: one bad byte costs one record."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hub.models import Status
from scripts.importers.feeds.reader import FeedReader
from scripts.importers.ghost.reader import GhostReader
from scripts.importers.records import json_recovery
from scripts.importers.records.json_recovery import UnreadableRecord
from scripts.importers.records.jsonl import JsonlReader
from tests.support.importer_inputs import drafts, refusals

POSTS = [
    {"id": f"{n}", "title": f"Post {n}", "html": "<p>x</p>", "status": "published"}
    for n in range(1, 6)
]
EXPORT = {"posts": POSTS, "tags": [{"id": "t", "name": "Port", "slug": "port"}]} | {
    "posts_tags": [{"post_id": "1", "tag_id": "t"}],
    "settings": [{"key": "title", "value": "The Site"}],
}


def test_an_export_with_one_bad_byte_loses_one_post(tmp_path: Path) -> None:
    path = tmp_path / "ghost.json"
    text = json.dumps({"db": [{"data": EXPORT}]}, indent=1)
    path.write_text(text.replace('"title": "Post 2"', '"title" "Post 2"'))
    posts = drafts(GhostReader(path))
    assert [draft.key for draft in posts] == ["1", "3", "4", "5"]
    assert {draft.source for draft in posts} == {"the-site"}
    assert [topic.name for topic in posts[0].topics] == ["Port"]
    assert [refusal.place for refusal in refusals(GhostReader(path))] == ["export", "post 2"]


def test_an_export_that_was_cut_off_gives_what_is_whole(tmp_path: Path) -> None:
    path = tmp_path / "ghost.json"
    text = json.dumps({"data": EXPORT})
    path.write_text(text[: text.index("Post 4")])
    assert [draft.key for draft in drafts(GhostReader(path))] == ["1", "2", "3"]
    assert all(draft.status is Status.PUBLISHED for draft in drafts(GhostReader(path)))


def test_a_feed_and_a_list_of_records_lose_one_entry(tmp_path: Path) -> None:
    feed = tmp_path / "feed.json"
    items = [{"id": f"{n}", "title": f"Entry {n}", "content_text": "x"} for n in range(3)]
    text = json.dumps({"home_page_url": "https://s.test/", "items": items})
    feed.write_text(text.replace('"Entry 1"', "Entry 1"))
    assert [draft.key for draft in drafts(FeedReader(feed))] == ["0", "2"]
    assert FeedReader(feed).source == "s.test"
    assert [refusal.place for refusal in refusals(FeedReader(feed))] == ["item 2"]
    listed = tmp_path / "rows.json"
    listed.write_text(json.dumps(items).replace('"Entry 1"', "Entry 1"))
    assert [draft.key for draft in drafts(JsonlReader(listed))] == ["0", "2"]
    assert [refusal.place for refusal in refusals(JsonlReader(listed))] == ["record 2"]


def test_line_breaks_in_strings_are_read(tmp_path: Path) -> None:
    path = tmp_path / "rows.json"
    path.write_text('[{"title": "One", "body": "a\nb\tc"}]')
    assert [draft.body.content for draft in drafts(JsonlReader(path))] == ["a\nb\tc"]


def test_what_is_broken_throughout_is_given_up() -> None:
    rows = json_recovery.recover_rows("[" + "{x},{" * 50_000)
    assert len(rows) == json_recovery.MAX_UNREADABLE
    assert all(isinstance(row, UnreadableRecord) for row in rows)


@given(st.lists(st.dictionaries(st.text(), st.text() | st.integers()), max_size=8), st.data())
def test_records_before_the_fault_are_never_lost(
    rows: list[dict[str, str | int]], data: st.DataObject
) -> None:
    text = json.dumps(rows)
    cut = data.draw(st.integers(0, len(text)))
    recovered = [
        row
        for row in json_recovery.recover_rows(text[:cut])
        if not isinstance(row, UnreadableRecord)
    ]
    assert recovered == rows[: len(recovered)]
    ends = [len(json.dumps(rows[:n])) - 1 for n in range(1, len(rows) + 1)]
    assert len(recovered) == sum(end <= cut for end in ends)


@pytest.mark.parametrize("text", ["", "[", "[1", '{"a": 1}', "[]]]"])
def test_what_is_no_list_has_no_records(text: str) -> None:
    assert [row for row in json_recovery.recover_rows(text) if isinstance(row, dict)] == []
