"""`hub import` from end to end: a real database, a second run, a kill, and what the public sees."""

from __future__ import annotations

import contextlib
import json
import os
import pty
import signal
import sqlite3
import subprocess
import sys
import time
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner, Result

from hub.articles import revise
from hub.auth import SYSTEM
from hub.db.database import Reader, open_database, run
from hub.drafts import ArticleChanges
from hub.settings import Settings
from hub.text.bodies import Body
from scripts.cli import app
from scripts.commands.import_ import import_paths
from scripts.importers.pipeline.report import Report
from scripts.importers.registry import KINDS
from tests.support.importer_inputs import a_wxr_comment, an_export, an_item, files
from tests.support.paths import ROOT
from tests.support.server_process import environment

pytestmark = [pytest.mark.anyio, pytest.mark.databases]

EXPORTS = ("theme-unit-test", "bitcoin-france", "phila-gov", "cc-labs", "theme-test-ja")
# Each table with what an import says about its rows, without numbers and moments of the run.
STATE = {
    "article": "SELECT source, source_key, slug, language, kind, title, summary, status,"
    " CASE WHEN source <> 'text' THEN published_at END, body_html, comments_open, comment_count,"
    " version FROM article",
    "comment": "SELECT a.source, a.source_key, c.source_key, p.source_key, c.kind, c.status,"
    " c.author_name, c.author_email, c.created_at, c.body_html FROM comment c"
    " JOIN article a ON a.id = c.article_id LEFT JOIN comment p ON p.id = c.parent_id",
    "relation": "SELECT a.source, a.source_key, r.kind, r.rank, r.anchor, r.url, r.position,"
    " t.source, t.source_key FROM relation r JOIN article a ON a.id = r.source_id"
    " LEFT JOIN article t ON t.id = r.target_id",
    "topic": "SELECT a.source, a.source_key, t.slug, t.name, x.position, p.slug"
    " FROM article_topic x JOIN article a ON a.id = x.article_id JOIN topic t ON t.id = x.topic_id"
    " LEFT JOIN topic p ON p.id = t.parent_id",
    "author": "SELECT a.source, a.source_key, t.slug, t.name, x.position FROM article_author x"
    " JOIN article a ON a.id = x.article_id JOIN author t ON t.id = x.author_id",
}


async def state(db: Reader) -> list[tuple[Any, ...]]:
    """Everything that an import has written, in an order of its own."""
    return sorted(
        [(kind, *row) for kind, sql in STATE.items() for row in await db.rows(sql)], key=repr
    )


async def row_counts(db: Reader) -> list[Any]:
    """Return the numbers of rows of each kind, and the value of every counter."""
    tables = ("article", "revision", "comment", "relation", "address", "outbox_event")
    counts = [await db.rows(f"SELECT count(*), max(id) FROM {table}") for table in tables]
    return [*counts, await db.rows("SELECT max(seq) FROM change")]


async def test_the_first_page_is_one_article_whose_edges_bind_later(
    settings: Settings, shared: Path, tmp_path: Path
) -> None:
    report = await import_paths([shared / "text" / "seed-article.txt"], settings)
    assert dict(report.counts()) | {"created": 1, "dangling links": 2} == dict(report.counts())
    headline = "EU's top diplomat visits frontline Ukraine"
    folder = files(tmp_path / "more", a=f"---\ntitle: {headline}\n---\nWords.")
    assert (await import_paths([folder], settings)).exit_status == 0
    async with open_database(settings) as db:
        rows = await db.rows(
            "SELECT r.anchor, r.position, t.title FROM relation r"
            " LEFT JOIN article t ON t.id = r.target_id ORDER BY r.rank"
        )
        assert [row[1:] for row in rows] == [(6, None), (31, headline)]


async def test_a_second_run_writes_nothing(settings: Settings, shared: Path) -> None:
    paths = [shared / "wxr" / f"{name}.xml" for name in EXPORTS]
    paths += [shared / "markdown" / "cc-labs-jekyll", shared / "text"]
    first = await import_paths(paths, settings)
    assert (first.exit_status, first.refused, first.conflicts) == (0, [], [])
    async with open_database(settings) as db:
        before = await row_counts(db), await state(db)
    second = await import_paths(paths, settings)
    counts = dict(second.counts())
    assert counts["unchanged"] == dict(first.counts())["created"]
    assert not any(counts[name] for name in ("created", "updated", "conflicts", "comments added"))
    async with open_database(settings) as db:
        assert (await row_counts(db), await state(db)) == before
        await _assert_nothing_private_is_public(db)


async def _assert_nothing_private_is_public(db: Reader) -> None:
    """No address of a commenter or an author, and none of a machine, where anybody may look."""
    emails = {
        row[0] for row in await db.rows("SELECT DISTINCT author_email FROM comment") if row[0]
    }
    names = await db.rows("SELECT author_name FROM comment UNION ALL SELECT name FROM author")
    assert emails
    assert not any("@" in name for (name,) in names)
    hidden = await db.rows(
        "SELECT count(*) FROM article WHERE status = 'PUBLISHED'"
        " AND (title LIKE '%Password Protected%' OR title = 'Scheduled' OR title = 'Photos')"
    )
    assert hidden == [(0,)]


async def test_a_dry_run_tells_what_a_run_does_and_writes_nothing(
    settings: Settings, tmp_path: Path
) -> None:
    path = an_export(tmp_path, an_item(1, more=a_wxr_comment(1)), an_item(2))
    planned = await import_paths([path], settings, dry_run=True)
    async with open_database(settings) as db:
        assert await db.rows("SELECT count(*) FROM article") == [(0,)]
    done = await import_paths([path], settings)
    assert [outcome.action for outcome in planned.outcomes] == ["CREATED", "CREATED"]
    assert planned.counts()[:5] == done.counts()[:5]
    assert dict(done.counts())["comments added"] == 1


async def test_what_was_edited_here_is_a_conflict_unless_the_import_wins(
    settings: Settings, tmp_path: Path
) -> None:
    await import_paths([an_export(tmp_path, an_item(1, "Old."))], settings)
    async with open_database(settings):
        [(id_,)] = [tuple(row) for row in await run("SELECT id FROM article", [])]
        await revise(id_, ArticleChanges(body=Body("Mine.")), seen_version=1, by=SYSTEM)
    path = an_export(tmp_path, an_item(1, "New."))
    report = await import_paths([path], settings)
    assert [outcome.title for outcome in report.conflicts] == ["Post 1"]
    assert report.exit_status == 0
    report = await import_paths([path], settings, overwrite=True)
    assert dict(report.counts())["updated"] == 1
    async with open_database(settings) as db:
        assert await db.rows("SELECT body_text FROM article") == [("New.",)]


async def test_a_broken_record_is_told_with_its_place_and_stops_nothing(
    settings: Settings, tmp_path: Path
) -> None:
    broken = an_item(2).replace("wp:post_type>", "wp:oops>")
    export = an_export(tmp_path, an_item(1), broken, an_item(3))
    report = await import_paths([export, tmp_path / "nowhere"], settings)
    assert dict(report.counts())["created"] == 2
    assert [refusal.place for refusal in report.refused] == [f"{export}: line 16"]
    assert report.unreadable == [f"{tmp_path / 'nowhere'}: there is no such file or folder"]
    assert report.exit_status == 1
    assert (await import_paths([tmp_path / "nowhere"], settings)).exit_status == 2


def test_the_exit_status_of_nothing_is_success() -> None:
    assert Report().exit_status == 0


# ── as a command ──────────────────────────────────────────────────────────────────────────────


def hub_import(data: Path, *arguments: str) -> Result:
    """Run `hub import` on a data folder."""
    return CliRunner().invoke(app, ["import", *arguments], env={"HUB_DATA_DIR": str(data)})


def test_the_command_reports_in_plain_lines_and_as_json(tmp_path: Path) -> None:
    body = 'See <a href="/gone/">what is gone</a>. [gallery]'
    items = (an_item(1, body), an_item(2, post_type="shop"), an_item(3, title=""))
    export = str(an_export(tmp_path, *items))
    planned = hub_import(tmp_path / "data", "--dry-run", export)
    assert "line 15: would create: Post 1" in planned.stdout
    assert "What would happen: 2 created" in planned.stdout
    done = hub_import(tmp_path / "data", "--json", export)
    assert done.exit_code == 0
    lines = done.stdout.splitlines()
    assert lines[0] == "Imported: 2 created, 1 skipped, 1 dangling links"
    assert "       1  posts of the type shop" in lines
    assert "  what is gone  https://www.site.test/gone/, in Post 1" in lines
    assert "  line 15: Post 1: unsupported shortcodes were left out: gallery" in lines
    report = json.loads(lines[-1])
    assert (report["created"], report["sources"]) == (2, ["site.test"])
    second_run = hub_import(tmp_path / "data", export)
    assert second_run.stdout.startswith("Imported: 0 created, 2 unchanged")
    assert second_run.stderr.startswith("reading export.xml (wordpress, as site.test)")


def test_the_command_ends_with_the_status_of_what_it_read(tmp_path: Path) -> None:
    nothing = hub_import(tmp_path / "data", str(tmp_path / "nowhere"))
    assert nothing.exit_code == 2
    assert "there is no such file or folder" in nothing.stderr
    assert nothing.stdout == ""  # no counts of an import that there was not
    broken = an_export(tmp_path, an_item(1), an_item(2).replace("wp:post_type>", "wp:oops>"))
    partial = hub_import(tmp_path / "data", "--as", "wordpress", str(broken))
    assert partial.exit_code == 1
    assert "Refused:\n  line 16: it does not say whether" in partial.stdout


@pytest.mark.parametrize("kind", KINDS)
def test_every_kind_of_source_can_be_chosen(tmp_path: Path, kind: str) -> None:
    result = hub_import(tmp_path / "data", "--as", kind, str(tmp_path / "nowhere"))
    assert "there is no such file or folder" in result.stderr


def test_another_kind_is_refused_with_the_list(tmp_path: Path) -> None:
    result = hub_import(tmp_path / "data", "--as", "odd", str(tmp_path))
    assert result.exit_code == 2
    assert f"'odd' is none of {', '.join(KINDS)}" in " ".join(result.stderr.split())


def test_a_terminal_gets_a_bar_and_a_table(tmp_path: Path) -> None:
    export = an_export(tmp_path, an_item(1), an_item(2))
    own_end, child_end = pty.openpty()
    with os.fdopen(own_end, "rb") as terminal:
        process = subprocess.Popen(
            [sys.executable, "-m", "scripts", "import", str(export)],
            cwd=ROOT,
            env=environment(tmp_path / "data", TERM="xterm", COLUMNS="100"),
            stdout=child_end,
            stderr=child_end,
        )
        os.close(child_end)
        output = b""
        with contextlib.suppress(OSError):  # how a terminal says that nobody writes any more
            while part := os.read(terminal.fileno(), 4096):
                output += part
        assert process.wait() == 0
    assert b"2/2" in output
    assert b"export.xml (wordpress, as site.test)" in output
    assert b"created" in output


@pytest.mark.databases("sqlite")
async def test_a_killed_import_ends_as_if_nothing_had_happened(
    settings: Settings, shared: Path, tmp_path: Path
) -> None:
    paths = [
        shared / "wxr" / f"{name}.xml" for name in ("theme-unit-test", "bitcoin-france", "cc-labs")
    ]
    await import_paths(paths, settings)
    async with open_database(settings) as db:
        undisturbed = await state(db)

    killed = Settings(data_dir=tmp_path / "killed")
    async with open_database(killed):
        pass  # so that the kills fall into the import, not into the making of the database
    counts = set()
    for minimum in (1, 150):
        counts.add(_kill_after(minimum, killed, paths))
    assert all(
        0 < count < len({row for row in undisturbed if row[0] == "article"}) for count in counts
    )
    await import_paths(paths, killed)
    async with open_database(killed) as db:
        assert await state(db) == undisturbed


def _kill_after(minimum: int, settings: Settings, paths: list[Path]) -> int:
    """Start an import, kill it once it has stored so many articles; how many there are then."""
    process = subprocess.Popen(
        [sys.executable, "-m", "scripts", "import", *map(str, paths)],
        cwd=ROOT,
        env=environment(settings.data_dir),
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    deadline = time.monotonic() + 60
    while _articles(settings) < minimum and time.monotonic() < deadline and process.poll() is None:
        time.sleep(0.005)
    process.send_signal(signal.SIGKILL)
    process.wait()
    return _articles(settings)


def _articles(settings: Settings) -> int:
    path = f"file:{settings.data_dir / 'hub.sqlite3'}?mode=ro"
    with closing(sqlite3.connect(path, uri=True)) as database:
        return int(database.execute("SELECT count(*) FROM article").fetchone()[0])
