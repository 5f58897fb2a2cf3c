"""Options and output of an import: plans, bylines, reports, retries, remote hubs."""

from __future__ import annotations

import json
from pathlib import Path

import anyio
import httpx
import pytest
from typer.testing import CliRunner, Result

from hub.auth import SYSTEM
from hub.db.database import open_database, run
from hub.drafts import AuthorDraft
from hub.models import Role
from hub.settings import Settings
from hub.tokens import create
from scripts.cli import app
from scripts.commands.import_ import import_paths
from scripts.commands.progress import print_report
from scripts.importers.options import Options
from scripts.importers.pipeline import remote_sink
from scripts.importers.pipeline.bylines import Bylines
from scripts.importers.pipeline.remote_sink import RemoteError, RemoteSink
from scripts.importers.pipeline.report import Report, group_notes
from scripts.importers.pipeline.run import Import
from scripts.importers.pipeline.sink import LocalSink
from scripts.importers.registry import open_reader
from scripts.importers.source import Note, SourceError
from tests.scripts.importers.pipeline.test_import_command import state
from tests.support.hub import a_hub
from tests.support.importer_inputs import (
    SUFFIXES,
    a_source,
    a_wxr_comment,
    an_export,
    an_item,
    drafts,
)

pytestmark = pytest.mark.anyio


def hub(data: Path, *arguments: str) -> Result:
    return CliRunner().invoke(app, ["import", *arguments], env={"HUB_DATA_DIR": str(data)})


def test_a_plan_tells_field_by_field_what_would_change(tmp_path: Path) -> None:
    data = tmp_path / "data"
    link = '<a href="/post-2/">two</a>'
    old = an_export(tmp_path, an_item(1, f"<p>One.</p><p>Old words.</p><p>{link}</p>"))
    assert hub(data, str(old)).exit_code == 0
    tag = '<category domain="post_tag" nicename="boats"><![CDATA[Boats]]></category>'
    new = an_export(
        tmp_path,
        an_item(1, f"<p>One.</p><p>New words.</p><p>{link}</p>", title="Another", more=tag),
        an_item(2, 'See <a href="/post-1/">one</a> and <a href="/gone/">gone</a>.'),
    )
    result = hub(data, "--dry-run", "--json", str(new))
    lines = result.stdout.splitlines()
    assert "line 15: would update: Another (title, body_html)" in lines
    assert "    title: Post 1 → Another" in lines
    assert lines[lines.index("    body:") + 1 :][:2] == ["      -Old words.", "      +New words."]
    assert "    topics: (nothing) → Boats" in lines
    assert "line 16: would create: Post 2" in lines
    assert "2 relations bound, 1 dangling links" in result.stdout
    plan = json.loads(lines[-1])["plan"]
    assert [entry["action"] for entry in plan] == ["UPDATED", "CREATED"]
    assert {change["field"] for change in plan[0]["changes"]} == {"title", "body", "topics"}
    assert hub(data, str(new)).stdout.startswith("Imported: 1 created, 1 updated")


# ── bylines ───────────────────────────────────────────────────────────────────────────────────


def test_authors_are_who_the_editor_says(tmp_path: Path) -> None:
    path = tmp_path / "who.csv"
    path.write_text("from,name,slug\n# a remark\nnora,Nora Berg,n-berg\nadmin,\n")
    bylines = Bylines.load(path)
    [draft] = drafts(open_reader(an_export(tmp_path, an_item(1))))
    assert bylines.apply(draft).authors == (AuthorDraft("Nora Berg", "n-berg"),)
    (tmp_path / "who.json").write_text('{"NORA": {"name": "N", "bio": "Writes"}, "x": null}')
    more_bylines = Bylines.load(tmp_path / "who.json")
    assert more_bylines.apply(draft).authors == (AuthorDraft("N", "n", "Writes"),)
    assert Bylines({"nora": None}).apply(draft).authors == ()


@pytest.mark.parametrize("text", ["one", "{", '{"a": 1', "nobody\n"])
def test_a_bad_file_of_authors_is_told(tmp_path: Path, text: str) -> None:
    (tmp_path / "who").write_text(text)
    with pytest.raises(SourceError, match="it names no authors"):
        Bylines.load(tmp_path / "who")


# ── reports and retries ───────────────────────────────────────────────────────────────────────


def test_what_was_refused_is_tried_again_from_the_report(tmp_path: Path) -> None:
    data, report = tmp_path / "data", tmp_path / "report.json"
    good = tmp_path / "rows.jsonl"
    good.write_text('{"title": "Good"}\n')
    bad = tmp_path / "bad.jsonl"
    bad.write_text('{"title": "One"}\n{"title": }\n')
    first = hub(data, "--report", str(report), str(good), str(bad))
    assert first.exit_code == 1
    data_ = json.loads(report.read_text())
    assert data_["retry"] == [str(bad)]
    assert data_["refused"][0]["place"] == f"{bad}: line 2"
    bad.write_text('{"title": "One"}\n{"title": "Two"}\n')
    second = hub(data, "--retry", str(report), "--report", str(report))
    assert second.stdout.startswith("Imported: 1 created, 1 unchanged")
    third = hub(data, "--retry", str(report))
    assert (third.exit_code, "nothing was refused in that run" in third.stderr) == (2, True)
    assert "it is no report" in hub(data, "--retry", str(good)).stderr
    assert "give either it or paths" in hub(data, "--retry", str(report), str(good)).stderr
    assert "name what to import" in hub(data).stderr


NOTES_OF = {
    ".wxr": ("<title>Post 1</title>", "<title></title>"),
    ".ghost": ('"title": "x"', '"title": ""'),
    ".mt": ("STATUS: Publish", "STATUS: zzz"),
    ".md": ("title: x", "title: x\ndate: zzz"),
    ".rss": ("<title>x</title>", ""),
    ".json": ('"title": "x", ', ""),
    ".html": ("<title>x</title>", ""),
    ".txt": ("A headline of some words\n\n", ""),
    ".jsonl": ('"title": "x"', '"title": "x", "status": "zzz"'),
    ".csv": ("title,body,comments\nx,", "title,status,body,comments\nx,zzz,"),
}
"""For each kind of source, what to change of it so that its article gets a note."""


@pytest.mark.parametrize("suffix", SUFFIXES)
async def test_notes_of_one_kind_name_each_of_their_articles(
    suffix: str, tmp_path: Path, settings: Settings, capsys: pytest.CaptureFixture[str]
) -> None:
    paths = []
    for number in ("one", "two", "three"):
        path = tmp_path / number / f"{number}{suffix}"
        path.parent.mkdir()
        words = f"Number {number} sails to the <a href='https://www.site.test/{number}/'>isle</a>."
        a_source(path, words)
        old, new = NOTES_OF[suffix]
        assert old in path.read_text()
        text = path.read_text().replace(old, new).replace("=x", f"={number}")
        for place in (">x<", '"x"', ": x\n", "\nx,"):
            text = text.replace(place, place.replace("x", f"Ship {number}"))
        path.write_text(text)
        paths.append(path)
    report = await import_paths(paths, settings, dry_run=True)
    titles = {outcome.title for outcome in report.outcomes}
    assert len(titles) == 3
    groups = [group for group in group_notes([*report.notes, *report.held_back]) if group.notes[1:]]
    assert {frozenset(group.titles) for group in groups} == {frozenset(titles)}
    assert not any(title in group.text for title in titles for group in groups)
    print_report(report)
    printed = capsys.readouterr().out
    assert f"3 articles: {groups[0].text}: {', '.join(groups[0].titles)}" in printed
    for link in report.dangling:
        assert f"{link.url}, in {link.titles[0]}" in printed
        assert set(link.titles) < titles


def test_notes_about_a_source_stand_by_themselves() -> None:
    notes = [Note("fields", "'colour' is unknown"), Note("fields", "'mood' is unknown")]
    article = [Note("line 1", f"'{name}' is lost", "One") for name in ("a", "b")]
    texts = [group.text for group in group_notes([*notes, *article, Note("x", "'c' is lost", "T")])]
    assert texts == ["… is lost", "'colour' is unknown", "'mood' is unknown"]


# ── a remote hub ───────────────────────────────────────────────────────────────────────────


async def imported(
    hub_: RemoteSink, *paths: Path, dry_run: bool = False, overwrite: bool = False
) -> Report:
    run = Import(hub_, Options(), dry_run=dry_run, overwrite=overwrite)
    return await run.run([str(path) for path in paths])


async def test_an_import_elsewhere_is_what_it_is_here(
    settings: Settings, tmp_path: Path, shared: Path
) -> None:
    paths = [shared / "wxr" / "pelican-wordpressexport.xml", shared / "text" / "02_bbc-1.txt"]
    paths += [an_export(tmp_path, an_item(1, more=a_wxr_comment(1)), an_item(2, status="draft"))]
    here = Settings(data_dir=tmp_path / "here")
    at_home = await import_paths(paths, here)
    async with open_database(here) as db:
        expected = await state(db)
    async with a_hub(settings) as client:
        token = client.editor["authorization"].removeprefix("Bearer ")
        transport = httpx.ASGITransport(app=client.http._transport.app)  # type: ignore[attr-defined]
        async with RemoteSink("http://hub.test/", token, transport) as there:
            foreseen = await imported(there, *paths, dry_run=True)
            assert foreseen.counts()[:3] == at_home.counts()[:3]
            report = await imported(there, *paths)
            second_report = await imported(there, *paths)
        assert report.counts() == at_home.counts()
        assert report.exit_status == 0
        counts = dict(second_report.counts())
        assert counts["unchanged"] == dict(report.counts())["created"]
        assert not counts["created"]
        undated = [row for row in await state(client.db) if row[1] != "text"]
        assert undated == [row for row in expected if row[1] != "text"]


async def test_a_batch_that_is_too_long_is_halved(tmp_path: Path, template: Path) -> None:
    settings = Settings(data_dir=tmp_path / "small", max_body_bytes=4_000)
    long = an_item(9, "word " * 2_000)
    path = an_export(tmp_path, *(an_item(at, "Words. " * 40) for at in range(1, 9)), long)
    async with a_hub(settings) as client:
        token = client.editor["authorization"].removeprefix("Bearer ")
        transport = httpx.ASGITransport(app=client.http._transport.app)  # type: ignore[attr-defined]
        async with RemoteSink("http://hub.test", token, transport) as there:
            report = await imported(there, path)
    assert dict(report.counts())["created"] == 8
    [refusal] = report.refused
    assert "longer than that hub takes in one request" in refusal.reason


async def test_a_hub_that_is_busy_is_asked_again(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    waits: list[float] = []

    async def wait(seconds: float) -> None:
        waits.append(seconds)

    monkeypatch.setattr(anyio, "sleep", wait)
    answers = iter([httpx.Response(503), httpx.Response(429, headers={"retry-after": "7"})])
    done = {"importArticles": {"__typename": "ImportArticlesPayload", "outcomes": []}}

    def answer(_: httpx.Request) -> httpx.Response:
        return next(answers, httpx.Response(200, json={"data": done}))

    async with RemoteSink("https://hub.test", "t", httpx.MockTransport(answer)) as there:
        await there.import_taxonomy([AuthorDraft("Nora")])
    assert waits == [remote_sink.FIRST_WAIT, 7.0]

    def never(_: httpx.Request) -> httpx.Response:
        raise httpx.ConnectError("nobody is there")

    async with RemoteSink("https://hub.test", "t", httpx.MockTransport(never)) as there:
        with pytest.raises(RemoteError, match=r"nobody is there, 6 times.*run the import again"):
            await there.import_taxonomy([AuthorDraft("Nora")])


@pytest.mark.parametrize(
    ("address", "token", "reason"),
    [("hub.test", "t", "no address of a hub"), ("https://hub.test", None, "needs a token")],
)
def test_a_hub_that_cannot_be_is_told(address: str, token: str | None, reason: str) -> None:
    with pytest.raises(RemoteError, match=reason):
        RemoteSink(address, token)


async def test_a_writer_may_not_import(settings: Settings, tmp_path: Path) -> None:
    async with a_hub(settings) as client:
        secret = await create("writer", Role.WRITER, by=SYSTEM)
        transport = httpx.ASGITransport(app=client.http._transport.app)  # type: ignore[attr-defined]
        async with RemoteSink("http://hub.test", secret, transport) as there:
            path = an_export(tmp_path, an_item(1))
            report = await imported(there, path, tmp_path / "later.xml")
        assert "not allowed to publish" in report.unreadable[0]
        assert (report.exit_status, len(report.failed_paths)) == (2, 2)
        assert [row[0] for row in await run("SELECT count(*) FROM article", [])] == [0]


async def test_topics_and_authors_of_their_own_come_in(settings: Settings, tmp_path: Path) -> None:
    path = tmp_path / "labels.jsonl"
    path.write_text(
        '{"type": "topic", "name": "Town"}\n'
        '{"type": "topic", "name": "Port", "parent": "town", "description": "Boats"}\n'
        '{"type": "author", "name": "Nora", "bio": "Writes"}\n'
    )
    async with open_database(settings):
        await Import(LocalSink(), Options()).run([str(path)])
        rows = await run(
            "SELECT t.name, p.name, t.description FROM topic t JOIN topic p ON p.id = t.parent_id",
            [],
        )
        assert [tuple(row) for row in rows] == [("Port", "Town", "Boats")]
        assert [row[0] for row in await run("SELECT bio FROM author", [])] == ["Writes"]


ROWS = [
    {"key": "1", "title": "Open", "body": "Words."},
    {"key": "2", "title": "Later", "body": "Words.", "published_at": "2999-01-01"},
    {"key": "3", "title": "Own draft", "body": "Words.", "status": "DRAFT"},
    {"key": "4", "title": "For some", "body": "Words.", "visibility": "members"},
    {"key": "5", "title": "For others", "body": "Words.", "visibility": "members"},
]


def _rows(folder: Path, *rows: dict[str, str]) -> Path:
    path = folder / "rows.jsonl"
    path.write_text("".join(json.dumps(row) + "\n" for row in rows), encoding="utf-8")
    return path


@pytest.mark.parametrize("options", [[], ["--dry-run"]])
def test_the_report_counts_what_is_public_and_says_why_the_rest_is_not(
    options: list[str], tmp_path: Path
) -> None:
    result = hub(tmp_path / "data", *options, "--json", str(_rows(tmp_path, *ROWS)))
    verb = "would be" if options else "are"
    expected = f"Of the created and updated {verb}: 1 public, 3 drafts, 1 scheduled"
    assert expected in result.stdout.splitlines()
    group = "its visibility is 'members', and it is a draft here: For some, For others"
    assert f"  2 articles: {group}" in result.stdout.splitlines()
    report = json.loads(result.stdout.splitlines()[-1])
    counts = {"public": 1, "drafts": 3, "scheduled": 1, "archived": 0}
    assert report["by_status"] == counts
    assert {entry["title"]: entry["reason"] for entry in report["held_back"]} == {
        "Own draft": "it is a draft in its source",
        "For some": "its visibility is 'members', and it is a draft here",
        "For others": "its visibility is 'members', and it is a draft here",
    }


def test_articles_that_are_imported_as_drafts_are_not_said_to_be_drafts_in_their_source(
    tmp_path: Path,
) -> None:
    result = hub(tmp_path / "data", "--as-draft", "--json", str(_rows(tmp_path, *ROWS)))
    report = json.loads(result.stdout.splitlines()[-1])
    reasons = {entry["title"]: entry["reason"] for entry in report["held_back"]}
    assert reasons.pop("Own draft") == "it is a draft in its source"
    assert len(reasons) == 4
    assert "it is not public here until an editor publishes it" in reasons.values()
    assert "it is a draft in its source" not in reasons.values()


def test_a_second_run_repeats_notes_about_changed_articles_alone(tmp_path: Path) -> None:
    data = tmp_path / "data"
    hub(data, str(_rows(tmp_path, *ROWS)))
    second = json.loads(hub(data, "--json", str(tmp_path / "rows.jsonl")).stdout.splitlines()[-1])
    assert (second["held_back"], second["notes"], second["unchanged"]) == ([], [], 5)
    changed = [*ROWS[:4], ROWS[4] | {"body": "Other words."}]
    third = json.loads(hub(data, "--json", str(_rows(tmp_path, *changed))).stdout.splitlines()[-1])
    assert [entry["title"] for entry in third["held_back"]] == ["For others"]


def test_every_article_that_is_not_public_is_listed_across_batches(tmp_path: Path) -> None:
    rows = [
        {"key": f"{n}", "title": f"A {n}", "body": "Words.", "visibility": "members"}
        for n in range(205)
    ]
    result = hub(tmp_path / "data", "--json", str(_rows(tmp_path, *rows)))
    held_back = json.loads(result.stdout.splitlines()[-1])["held_back"]
    assert len(held_back) == 205
    assert {entry["reason"] for entry in held_back} == {
        "its visibility is 'members', and it is a draft here"
    }


def test_an_import_is_listed_shown_and_taken_back(tmp_path: Path) -> None:
    data, path = tmp_path / "data", str(_rows(tmp_path, *ROWS))

    def imports(*arguments: str) -> Result:
        environment = {"HUB_DATA_DIR": str(data)}
        return CliRunner().invoke(app, ["imports", *arguments], env=environment)

    result = hub(data, "--as-draft", path)
    assert "Of the created and updated are: 5 drafts" in result.stdout
    assert "Import 1: `hub imports undo 1` takes it back." in result.stdout
    hub(data, path)
    [listed] = map(json.loads, imports("list", "--json").stdout.splitlines())
    assert (listed["id"], listed["state"], listed["paths"]) == (1, "finished", [path])
    assert "a.jsonl" in imports("list").stdout or "finished" in imports("list").stdout
    shown = json.loads(imports("show", "1", "--json").stdout)
    assert {article["status"] for article in shown["articles"]} == {"DRAFT"}
    assert "created 1: Open (draft)" in imports("show", "1").stdout
    undone = json.loads(imports("undo", "1", "--json", "--yes").stdout)
    assert (undone["deleted"]["article"], undone["left"]) == (5, [])
    assert imports("show", "2").exit_code != 0
