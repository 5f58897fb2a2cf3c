"""Records of other systems are read by the names that these give to the same things."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from hub.drafts import ArticleDraft
from hub.models import Status
from scripts.importers.content import dates
from scripts.importers.options import Options
from scripts.importers.records import field_names
from scripts.importers.registry import open_reader
from scripts.importers.source import Note
from tests.support.importer_inputs import drafts, the_draft

MAY = datetime(2024, 5, 2, tzinfo=UTC)
CASES: list[tuple[str, dict[str, Any]]] = [
    (
        "schema.org",
        {"headline": "Nets", "articleBody": "Words.", "datePublished": "2024-05-02",
         "description": "Sum", "keywords": "fish, port", "author": {"name": "Nora Quill"},
         "url": "https://a.test/nets", "image": {"url": "https://a.test/n.jpg"}},
    ),
    (
        "Webflow",
        {"Name": "Nets", "Post Body": "Words.", "Published On": "Thu May 02 2024",
         "Post Summary": "Sum", "Tags": "fish; port", "Author": "Nora Quill",
         "Permalink": "https://a.test/nets", "Main Image": "https://a.test/n.jpg"},
    ),
    (
        "WP All Export",
        {"Title": "Nets", "Content": "Words.", "Date": "2024-05-02", "Excerpt": "Sum",
         "Categories": "fish|port", "Author Name": "Nora Quill",
         "Permalink": "https://a.test/nets", "Featured Image": "https://a.test/n.jpg"},
    ),
    (
        "Drupal",
        {"title": "Nets", "body": "Words.", "created": "1714608000", "field_teaser": "Sum",
         "field_tags": "fish, port", "field_author": "Nora Quill",
         "url": "https://a.test/nets", "field_image": "https://a.test/n.jpg",
         "post_date": "2024-05-02"},
    ),
    (
        "Strapi",
        {"id": 1, "attributes": {"heading": "Nets", "content": "Words.", "summary": "Sum",
         "publishedAt": "2024-05-02T00:00:00.000Z", "tags": ["fish", "port"],
         "writer": "Nora Quill", "link": "https://a.test/nets",
         "cover": [{"url": "https://a.test/n.jpg"}]}},
    ),
    (
        "Airtable",
        {"id": "rec1", "fields": {"Post Title": "Nets", "Text": "Words.", "Abstract": "Sum",
         "Publication Date": "2024-05-02", "Category": "fish", "Tag": "port",
         "By": "Nora Quill", "Web URL": "https://a.test/nets",
         "Thumbnail": [{"url": "https://a.test/n.jpg"}]}},
    ),
]  # fmt: skip


def _open(folder: Path, name: str, text: str, **options: Any) -> list[ArticleDraft]:
    path = folder / name
    path.write_text(text, encoding="utf-8")
    return drafts(open_reader(path, Options(**options)))


@pytest.mark.parametrize("row", [row for _, row in CASES], ids=[name for name, _ in CASES])
def test_a_record_of_another_system_is_read_by_its_usual_names(
    row: dict[str, Any], tmp_path: Path
) -> None:
    [draft] = _open(tmp_path, "a.jsonl", json.dumps(row) + "\n")
    assert (draft.title, draft.body.content, draft.summary) == ("Nets", "Words.", "Sum")
    assert (draft.published_at, draft.status) == (MAY, Status.PUBLISHED)
    assert [topic.name for topic in draft.topics] == ["fish", "port"]
    assert [author.name for author in draft.authors] == ["Nora Quill"]
    assert (draft.canonical_url, draft.image_url) == ("https://a.test/nets", "https://a.test/n.jpg")


@pytest.mark.parametrize("delimiter", list(",;\t|^~"))
def test_a_table_with_any_delimiter_is_read_by_its_heading_row(
    delimiter: str, tmp_path: Path
) -> None:
    names = ["nid", "Headline", "Article Body", "field_tags", "status", "created"]
    rows = [["7", "Nets", "Words.", "fish", "1", "1714608000"], ["8", "Hidden", "X.", "", "0", ""]]
    lines = [delimiter.join(cells) for cells in (names, *rows)]
    first, second = _open(tmp_path, "a.csv", "\n".join(lines) + "\n")
    assert (first.key, first.title, first.body.content) == ("7", "Nets", "Words.")
    assert (first.created_at, first.status) == (MAY, Status.PUBLISHED)
    assert second.status is Status.DRAFT


@pytest.mark.parametrize("name", ["a.jsonl", "a.csv"])
def test_other_names_are_given_by_a_map(name: str, tmp_path: Path) -> None:
    row = {"Kop": "Nets", "Verhaal": "Words.", "title": "no"}
    text = json.dumps(row) + "\n" if name == "a.jsonl" else "Kop,Verhaal\nNets,Words.\n"
    mapping = (("title", "Kop"), ("body", "Verhaal"))
    [draft] = _open(tmp_path, name, text, mapping=mapping)
    assert (draft.title, draft.body.content) == ("Nets", "Words.")


def test_own_names_win_over_synonyms() -> None:
    row = {"title": "Own", "headline": "Other", "name": "Third", "body": "A", "content": "B"}
    fields = field_names.rename_synonyms(row)
    assert (fields["title"], fields["body"]) == ("Own", "A")


@pytest.mark.parametrize("wrapper", ["data", "articles", "records", "results"])
def test_a_list_wrapped_in_an_object_is_read(wrapper: str, tmp_path: Path) -> None:
    rows = [{"id": 1, "headline": "Nets", "articleBody": "Words."}]
    text = json.dumps({wrapper: rows, "meta": {"total": 1}}, indent=1)
    assert [draft.title for draft in _open(tmp_path, "a.json", text)] == ["Nets"]


def test_a_date_that_cannot_be_read_is_a_note_and_not_now(tmp_path: Path) -> None:
    path = tmp_path / "a.jsonl"
    path.write_text(json.dumps({"title": "T", "published_at": "soon", "updated_at": "later"}))
    records = list(open_reader(path).read())
    assert the_draft(records).published_at == dates.UNKNOWN
    notes = [record.text for record in records if isinstance(record, Note)]
    assert notes == [
        "its published_at 'soon' cannot be read as a date",
        "its updated_at 'later' cannot be read as a date",
    ]
