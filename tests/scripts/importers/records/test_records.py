"""JSONL and CSV: the schema, what is wrong with a record, and export → import → export."""

from __future__ import annotations

import gzip
import json
import stat
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import anyio
import anyio.to_thread
import pytest
from typer.testing import CliRunner, Result

from hub import related
from hub.articles import create
from hub.auth import SYSTEM
from hub.comments import submit
from hub.db.database import open_database, run
from hub.drafts import ArticleDraft, NewArticle
from hub.models import CommentStatus, Kind, RelationKind, Status
from hub.settings import Settings
from hub.text.bodies import Body, Markup
from scripts.cli import app
from scripts.commands.import_ import import_paths
from scripts.importers.options import Options
from scripts.importers.records.csv import CsvReader
from scripts.importers.records.jsonl import JsonlReader
from scripts.importers.records.line_reader import read_lines
from scripts.importers.registry import open_reader
from scripts.importers.source import SourceError
from tests.support.importer_inputs import (
    a_wxr_comment,
    an_export,
    an_item,
    drafts,
    messages,
    refusals,
    skip_reasons,
)
from tests.support.importer_inputs import the_draft as the

pytestmark = pytest.mark.anyio


def jsonl(folder: Path, *rows: Any, name: str = "rows.jsonl") -> Path:
    path = folder / name
    lines = [row if isinstance(row, str) else json.dumps(row) for row in rows]
    path.write_text("\n".join(lines) + "\n")
    return path


def table(folder: Path, text: str | bytes) -> Path:
    path = folder / "rows.csv"
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    return path


def hub(data: Path, *arguments: str) -> Result:
    return CliRunner().invoke(app, [*arguments], env={"HUB_DATA_DIR": str(data)})


def test_a_record_with_everything(tmp_path: Path) -> None:
    row = {
        "id": 7,
        "title": "Bread",
        "body": "# Rye\n\nWords.",
        "bodyFormat": "markdown",
        "status": "draft",
        "kind": "page",
        "publishedAt": "2024-05-01",
        "tags": ["Town", {"name": "Port", "slug": "the-port"}],
        "author": "Nora",
        "commentsOpen": False,
        "url": "https://a.test/bread",
        "relations": [{"kind": "more_to_read", "anchor": "Salt", "by_headline": True}],
        "comments": [{"author_name": "Rita", "body": "Yes.", "status": "approved"}],
    }
    draft = the(open_reader(jsonl(tmp_path, row)))
    assert (draft.source, draft.key, draft.status, draft.kind) == (
        "rows",
        "7",
        Status.DRAFT,
        Kind.PAGE,
    )
    assert draft.body == Body("# Rye\n\nWords.", Markup.MARKDOWN)
    assert draft.published_at == datetime(2024, 5, 1, tzinfo=UTC)
    assert [(topic.name, topic.slug) for topic in draft.topics] == [
        ("Town", None),
        ("Port", "the-port"),
    ]
    assert [author.name for author in draft.authors] == ["Nora"]
    assert draft.addresses == ("https://a.test/bread",)
    assert draft.relations[0].kind is RelationKind.MORE_TO_READ
    assert draft.comments[0].status is CommentStatus.APPROVED
    assert draft.comments_open is False


@pytest.mark.parametrize(
    ("row", "reason"),
    [
        ("{", "it is no JSON"),
        ("[1]", "it is no JSON object"),
        ({"id": 1}, "there is neither a title nor a body"),
        ({"title": "T", "kind": "gone"}, "kind: input should be 'ARTICLE'"),
        ({"title": "T", "comments": [{"key": "1"}]}, "comments.0.body: field required"),
        ({"title": "T", "relations": [{"position": -1}]}, "relations.0.position: "),
    ],
)
def test_a_bad_record_is_told_with_its_line_and_field(
    tmp_path: Path, row: Any, reason: str
) -> None:
    reader = JsonlReader(jsonl(tmp_path, {"title": "One"}, row, {"title": "Two"}))
    assert [draft.title for draft in drafts(reader)] == ["One", "Two"]
    [refusal] = refusals(reader)
    assert refusal.place == "line 2"
    assert reason in refusal.reason


def test_a_name_that_means_nothing_is_told_once(tmp_path: Path) -> None:
    reader = open_reader(
        jsonl(tmp_path, {"title": "1", "colour": "red"}, {"title": "2", "colour": 1})
    )
    assert messages(reader) == ["'colour' is no field of a record, and was left out of all"]


def test_a_json_list_is_a_file_of_records(tmp_path: Path) -> None:
    path = jsonl(tmp_path, json.dumps([{"title": "1"}, {"title": "2"}], indent=1), name="a.json")
    assert [draft.place for draft in drafts(open_reader(path))] == ["record 1", "record 2"]


def test_a_line_of_any_length_is_bounded(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("scripts.importers.records.line_reader.MAX_LINE", 10)
    path = tmp_path / "a.jsonl"
    path.write_bytes(b"12345\n" + b"x" * 35 + b"\nlast")
    assert list(read_lines(path)) == [(1, "12345\n"), (2, None), (3, "last")]


def test_a_table(tmp_path: Path) -> None:
    text = (
        "Title;Body;Tags;Author;Published At;comments\n"
        'Bread;"One ""quoted""\n\nline";Town|Port;Nora;2024-05-01;\n'
        'Salt;<p>Two</p>;;;;"[{""body"": ""Yes."", ""author_name"": ""Rita""}]"\n'
        "a;b;c;d;e;f;g\n"
    )
    reader = open_reader(table(tmp_path, text))
    first, second = drafts(reader)
    assert first.body == Body('One "quoted"\n\nline', Markup.TEXT)
    assert [topic.name for topic in first.topics] == ["Town", "Port"]
    assert first.published_at == datetime(2024, 5, 1, tzinfo=UTC)
    assert second.body.markup is Markup.HTML
    assert second.comments[0].author_name == "Rita"
    [refusal] = refusals(reader)
    assert (refusal.place, refusal.reason) == (
        "line 6",
        "it has 7 columns, where 6 have names",
    )


def test_a_table_without_names_needs_them(tmp_path: Path) -> None:
    path = table(tmp_path, '"3","Bread","Words."\n"4","Salt","More."\n')
    with pytest.raises(SourceError, match=r"say what the columns are: --map .*--columns"):
        list(open_reader(path).read())
    reader = open_reader(path, Options(columns=("topics", "title", "body")))
    assert [(draft.title, draft.topics[0].name) for draft in drafts(reader)] == [
        ("Bread", "3"),
        ("Salt", "4"),
    ]


def test_a_line_of_a_table_is_bounded_too(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("scripts.importers.records.csv.MAX_LINE", 50)
    path = table(tmp_path, f'title,body\nGood,Words\nBad,"{"x" * 200}"\n')
    with pytest.raises(SourceError, match="a line in it has more than 50 characters"):
        list(CsvReader(path).read())
    records = CsvReader(path).read()
    assert isinstance(next(records), ArticleDraft)  # what stands before it came in


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "cp1252"])
def test_a_table_may_be_in_any_encoding(tmp_path: Path, encoding: str) -> None:
    text = "title,body\n" + "Straße über Äcker,Grüße aus Köln und Zürich\n" * 3
    reader = CsvReader(table(tmp_path, text.encode(encoding)))
    assert {draft.title for draft in drafts(reader)} == {"Straße über Äcker"}


async def _fill(settings: Settings, folder: Path) -> None:
    """A hub with everything that an export can hold."""
    field = "<wp:postmeta><wp:meta_key>mood</wp:meta_key><wp:meta_value>calm</wp:meta_value>"
    reply = (
        field + "</wp:postmeta>" + a_wxr_comment(2, parent="1") + a_wxr_comment(3, approved="spam")
    )
    body = 'See <a href="/post-2/">two</a> and <a href="/gone/?a=1">gone</a>.'
    old = "<wp:postmeta><wp:meta_key>_wp_old_slug</wp:meta_key><wp:meta_value>was</wp:meta_value>"
    items = (
        an_item(1, body, more=a_wxr_comment(1) + reply + old + "</wp:postmeta>"),
        an_item(2, "<h2>Two</h2><p>Words &amp; <em>more</em></p>", status="draft"),
    )
    await import_paths([an_export(folder, *items)], settings)
    async with open_database(settings):
        new = NewArticle(
            title="Written here",
            body=Body("Some *words*.", Markup.MARKDOWN),
            status=Status.PUBLISHED,
            topics=("Town", "Harbour"),
            authors=("Nora",),
        )
        id_ = await create(new, by=SYSTEM)
        await related.link(id_, kind=RelationKind.PINNED, target_id=1, by=SYSTEM)
        await related.link(id_, kind=RelationKind.INLINE, headline="Not yet", by=SYSTEM)
        await submit(id_, author_name="Rita", body="Hello", author_email="r@x.test", by=SYSTEM)
        await run("UPDATE topic SET description = 'Where boats lie' WHERE name = 'Port'", [])


@pytest.mark.parametrize("name", ["out.jsonl", "out.jsonl.gz"])
async def test_an_export_comes_in_again_as_it_was(
    settings: Settings, tmp_path: Path, name: str
) -> None:
    await _fill(settings, tmp_path)
    first, second = tmp_path / name, tmp_path / "again.jsonl"
    assert (await hub_export(settings, first)).exit_code == 0
    assert stat.S_IMODE(first.stat().st_mode) == 0o600
    other = Settings(data_dir=tmp_path / "again")
    report = await import_paths([first], other)
    assert (report.exit_status, dict(report.counts())["created"]) == (0, 3)
    assert report.notes == []
    assert (await hub_export(other, second)).exit_code == 0
    lines = gzip.decompress(first.read_bytes()) if name.endswith("gz") else first.read_bytes()
    assert second.read_bytes() == lines
    assert len(lines.splitlines()) > 5
    assert b'"metadata":{"mood":"calm"}' in lines
    assert dict((await import_paths([first], other)).counts())["unchanged"] == 3


async def test_a_public_export_holds_nothing_private(settings: Settings, tmp_path: Path) -> None:
    await _fill(settings, tmp_path)
    out = tmp_path / "out.jsonl"
    assert (await hub_export(settings, out, "--public")).exit_code == 0
    text = out.read_text()
    articles = [row for row in map(json.loads, text.splitlines()) if row["type"] == "article"]
    assert {row["status"] for row in articles} == {"PUBLISHED"}
    statuses = {comment["status"] for row in articles for comment in row.get("comments", [])}
    assert statuses == {"APPROVED"}
    assert "@" not in text
    assert "I am 3" not in text
    assert "calm" not in text
    edges = [edge for row in articles for edge in row.get("relations", [])]
    # One to a draft dangles as before it was there; one to an article itself shows its title.
    assert [edge["anchor"] for edge in edges] == ["two", "gone", "", "Not yet"]
    assert [edge["slug"] for edge in edges][2] == "post-1"


async def hub_export(settings: Settings, path: Path, *more: str) -> Result:
    return await anyio.to_thread.run_sync(hub, settings.data_dir, "export", str(path), *more)


def test_the_schema_is_printed(tmp_path: Path) -> None:
    schema = json.loads(hub(tmp_path, "export", "--schema").stdout)
    assert {"ArticleRecord", "TopicRecord", "CommentRecord"} <= set(schema["$defs"])


def test_an_export_that_cannot_be_written_leaves_what_is_there(tmp_path: Path) -> None:
    done = hub(tmp_path / "data", "export", str(tmp_path / "no" / "where.jsonl"))
    assert done.exit_code == 1
    assert "it cannot be written" in done.stderr


def test_real_tables_and_records_come_in_whole(shared: Path) -> None:
    folder = shared / "csv_jsonl"
    assert len(drafts(open_reader(folder / "reuters-300.jsonl"))) == 300
    columns = ("topics", "title", "body")
    news = open_reader(folder / "agnews-1500-noheader.csv", Options(columns=columns))
    assert len(drafts(news)) == 1500


def test_csv_is_read_as_its_acid_test_says(shared: Path) -> None:
    """Names given, every cell arrives: quotes, line ends in cells, empty ones, other scripts."""
    from scripts.importers.records.csv import _read_rows  # noqa: PLC0415 - what is tested is not articles

    folder = shared / "csv_jsonl" / "csv-spectrum"
    # What is expected of location_coordinates.csv are other numbers than stand in it.
    paths = sorted(set(folder.glob("*.csv")) - {folder / "location_coordinates.csv"})
    assert len(paths) == 11
    for path in paths:
        names, *rows = [cells for _, cells in _read_rows(path) if isinstance(cells, list) and cells]
        records = [dict(zip(names, row, strict=True)) for row in rows]
        expected = json.loads((folder / f"expected-{path.stem}.json").read_text())
        if "crlf" in path.name:  # kept with other line ends than its expectation
            expected = json.loads(json.dumps(expected).replace("\\r", ""))
        assert records == expected, path.name
        with pytest.raises(SourceError, match="names no column"):
            list(open_reader(path).read())


def test_records_without_a_key_are_told_apart(tmp_path: Path) -> None:
    rows = ["title,body", "Storm,Monday.", "Storm,Tuesday.", "!!!,Signs.", "Storm,Monday."]
    path = tmp_path / "rows.csv"
    path.write_text("\n".join(rows))
    records = list(CsvReader(path).read())
    assert [draft.key for draft in drafts(records)][:2] == ["storm", "storm #2"]
    assert [draft.title for draft in drafts(records)] == ["Storm", "Storm", "!!!"]
    assert all(draft.key for draft in drafts(records))
    assert skip_reasons(records) == ["duplicate records"]


def test_a_key_that_stands_there_twice_is_told(tmp_path: Path) -> None:
    path = tmp_path / "rows.jsonl"
    lines = [{"key": "1", "title": f"Title {n}"} for n in range(150)]
    path.write_text("\n".join(map(json.dumps, lines)))
    assert len(drafts(JsonlReader(path))) == 1
    assert refusals(JsonlReader(path))[-1].reason == (
        "key: 1 occurs twice in this import, first at line 1"
    )
