"""Commands of the hub without a test module of their own."""

from __future__ import annotations

import json
import os
import sqlite3
import subprocess
import sys
import tomllib
from contextlib import closing
from pathlib import Path

import anyio
import pytest
from typer.testing import CliRunner

from hub.db.database import open_database
from hub.errors import Invalid, NotFound
from hub.rate_limits import daily_secret
from hub.search.settled import Search
from hub.search.statistics import QueryCounter
from hub.settings import Settings
from scripts.cli import app
from tests.support.importer_inputs import HEAD, TAIL, an_item, files
from tests.support.paths import ROOT


def hub(data: Path, *arguments: str) -> str:
    """Run a command and return its output; its failure fails the test."""
    result = CliRunner().invoke(
        app, arguments, env={"HUB_DATA_DIR": str(data), "COLUMNS": "200"}, catch_exceptions=False
    )
    assert result.exit_code == 0, result.output
    return result.output


def test_the_version_is_that_of_the_package(tmp_path: Path) -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    output = hub(tmp_path / "data", "--version")
    assert output == f"hub {project['version']}\n", "install the new version: ./scripts/hub check"
    assert not (tmp_path / "data").exists()


def test_help_is_whole_and_shells_complete_commands() -> None:
    for arguments in ((), ("token",), ("articles",)):
        output = CliRunner().invoke(app, [*arguments, "--help"], env={"COLUMNS": "80"}).output
        assert "Commands:" in output
        assert "..." not in output.replace("[ARGS]...", "")
    env = {"_HUB_COMPLETE": "complete_bash", "COMP_WORDS": "hub token re", "COMP_CWORD": "2"}
    done = subprocess.run(
        [sys.executable, "-m", "scripts"],
        cwd=ROOT,
        env=os.environ | env,
        capture_output=True,
        text=True,
        check=True,
    )
    assert done.stdout.split() == ["revoke"]


@pytest.fixture
def data(tmp_path: Path) -> Path:
    """A hub with two articles."""
    folder = files(tmp_path / "site", sofa="# Sofas\n\nRed.", oven="# Ovens\n\nHot.")
    hub(tmp_path / "data", "import", str(folder))
    return tmp_path / "data"


def test_synonyms_on_the_command_line(data: Path) -> None:
    assert hub(data, "synonyms", "add", "sofa", "chaise longue") == "Set 1 was added.\n"
    hub(data, "synonyms", "add", "stool", "--typed", "seat")
    output = hub(data, "synonyms", "list")
    assert "sofa, chaise longue" in output
    assert "seat" in output
    hub(data, "synonyms", "remove", "1")
    assert "sofa" not in hub(data, "synonyms", "list")


def test_statistics_on_the_command_line(data: Path) -> None:
    async def count() -> None:
        async with open_database(Settings(data_dir=data)):
            counter = QueryCounter(daily_secret)
            for reader in ("Ann", "Bea", "Cid"):
                counter.count(Search("red sofa", 2), reader)
                counter.count(Search("blue sofa", 0), reader)
            counter.count(Search("green sofa", 0), "Ann")
            await counter.store(90)

    anyio.run(count)
    output = hub(data, "search", "stats", "--days", "1")
    assert output.count("red sofa") == 2  # most, and rising
    assert output.count("blue sofa") == 4  # most, nothing found, missing, and rising
    assert "green sofa" not in output
    rows = [json.loads(line) for line in hub(data, "search", "stats", "--json").splitlines()]
    assert {row["kind"] for row in rows} == {
        *("TOP", "NO_HITS", "MISSING", "RISING", "WEEK", "LANGUAGE", "HIDDEN"),
    }
    nothing = hub(data, "search", "stats", "--to", "2026-01-01", "--by", "day")
    assert nothing.startswith("Nothing is told yet: ")
    assert nothing.count("\n") == 1


def test_blocked_searches_on_the_command_line(data: Path) -> None:
    assert "'jane doe'" in hub(data, "search", "block", "Jane Doe")
    assert hub(data, "search", "blocked") == "jane doe\n"
    assert hub(data, "search", "blocked", "--json") == '{"text":"jane doe"}\n'
    hub(data, "search", "unblock", "jane doe")
    assert hub(data, "search", "blocked") == ""
    with pytest.raises(NotFound):
        hub(data, "search", "unblock", "jane doe")


def test_rules_and_stop_words_on_the_command_line(data: Path) -> None:
    add = ("rules", "add", "Closed", "--text", "warm seat", "--match", "contains")
    hub(data, *add, "--banner", "No seats", "--boost", "2 kind=page newer=30", "--only", "older=2")
    output = hub(data, "rules", "list")
    assert "contains warm seat" in output
    assert "x 2 kind=PAGE newer=30" in output
    assert hub(data, "rules", "disable", "1") == "Rule 1 is disabled.\n"
    [rule] = [json.loads(line) for line in hub(data, "rules", "list", "--json").splitlines()]
    assert (rule["is_enabled"], rule["boosts"][0]["newer_than_days"]) == (False, 30)
    hub(data, "rules", "remove", "1")
    for wrong in (["--boost", "kind=PAGE"], ["--only", "size=9"]):
        with pytest.raises(Invalid):
            hub(data, *add, *wrong)
    hub(data, "stopwords", "add", "Seat", "--language", "en")
    assert "seat" in hub(data, "stopwords", "list")
    hub(data, "stopwords", "remove", "seat", "--language", "en")
    assert "seat" not in hub(data, "stopwords", "list")


def test_pins_on_the_command_line(data: Path) -> None:
    hub(data, "pins", "add", "warm seat", "oven")
    hub(data, "pins", "add", "warm seat", "sofa", "--rank", "0")
    output = hub(data, "pins", "list")
    assert "Sofas" in output
    assert "Ovens" in output
    hub(data, "pins", "remove", "1")
    assert "Ovens" not in hub(data, "pins", "list")
    with pytest.raises(NotFound, match="nowhere"):
        hub(data, "pins", "add", "warm seat", "nowhere")


def test_a_repeated_import_tells_what_it_hides(tmp_path: Path) -> None:
    folder = files(tmp_path / "site", sofa="# Sofas\n\nRed.", oven="# Ovens\n\nHot.")
    data = tmp_path / "data"
    hub(data, "import", str(folder))
    files(tmp_path / "site", sofa="---\ndraft: true\n---\n# Sofas\n\nRed.")
    planned = hub(data, "import", "--dry-run", str(folder))
    output = hub(data, "import", "--json", str(folder))
    for printed in (planned, output):
        assert "1 withdrawn" in printed
        assert "sofa.md: Sofas: no longer public, as its source says" in printed
    report = json.loads(output.splitlines()[-1])
    assert [entry["title"] for entry in report["withdrawn"]] == ["Sofas"]
    assert "withdrawn" not in hub(data, "import", str(folder))


def test_a_deep_check_tells_what_was_public(tmp_path: Path) -> None:
    rows = tmp_path / "rows.jsonl"
    record = {"title": "Sofas", "body": "Red.", "topics": ["Seats"]}
    hidden = {**record, "status": "DRAFT", "title": "Chairs", "topics": ["Secrets"]}
    rows.write_text(
        "\n".join(json.dumps({**row, "metadata": {"hue": "x"}}) for row in (record, hidden))
    )
    data = tmp_path / "data"
    hub(data, "import", str(rows))
    with closing(sqlite3.connect(data / "hub.sqlite3")) as database, database:  # as once imported
        database.execute('UPDATE article SET metadata = \'{"visibility": "members"}\'')
    hub(data, "reindex")
    output = hub(data, "check", "--deep")
    assert "exposure  1 articles that are public or scheduled came by imports" in output
    assert "exposure    sofas (source rows, key sofas): its visibility is 'members'" in output
    assert "exposure    secrets: Secrets" in output
    assert "exposure" not in hub(data, "check")
    state = json.loads(hub(data, "check", "--deep", "--json"))
    assert state["usable"]
    assert {finding["name"]: finding["count"] for finding in state["exposure"]} == {
        **{"articles": 1, "comments": 0, "anchors": 0, "topics": 1, "authors": 0}
    }


def test_what_the_source_has_thrown_away_is_hidden(tmp_path: Path) -> None:
    export, data = tmp_path / "export.xml", tmp_path / "data"
    export.write_text(HEAD + an_item(1) + an_item(2) + TAIL, encoding="utf-8")
    hub(data, "import", str(export))
    trashed = an_item(1, status="trash", post_name="post-1__trashed")
    export.write_text(HEAD + trashed + an_item(2) + TAIL, encoding="utf-8")
    for arguments, number in ((("--dry-run",), 1), ((), 1), ((), 0)):
        output = hub(data, "import", *arguments, str(export))
        assert output.count("key 1: Post 1: no longer public, as its source says") == number
    public = [json.loads(line) for line in hub(data, "export", "--public").splitlines()]
    assert "Post 1" not in str(public)
    assert "Post 2" in str(public)
