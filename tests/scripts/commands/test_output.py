"""What readers and sources write is printed by commands as text: nothing in it acts on a terminal.

A sweep over a hub in which every stored text is hostile, and over every command.
"""

from __future__ import annotations

import ast
import json
import os
import pty
import re
import shutil
import sys
import unicodedata
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import anyio
import click
import pytest
from click.testing import CliRunner
from hypothesis import given
from hypothesis import strategies as st
from tortoise import Tortoise
from tortoise.fields import CharField, TextField
from typing_extensions import override

from hub import articles, comments, webhooks
from hub.articles import releases
from hub.auth import SYSTEM
from hub.db.database import open_database, run
from hub.drafts import ArticleChanges
from hub.logs import escape
from hub.rate_limits import daily_secret
from hub.search import statistics, tuning
from hub.search.settled import Search
from hub.search.statistics import QueryCounter
from hub.settings import Settings
from scripts.cli import main
from scripts.commands.output import Table, print_table
from tests.support.damage import commands
from tests.support.factories import a_token, an_article
from tests.support.paths import ROOT

HOSTILE = "\x1b[31m\x1b]0;owned\x07\x9b2J[bold red]:smile:[/]\u202eevil\u2066\r\x08\x7f\x85\u2028"
SHOWN = r"\u001b[31m\u001b]0;owned\u0007\u009b2J[bold red]:smile:[/]\u202eevil\u2066"
ACTIVE = {"\x1b", "\x07", "\x08", "\x7f", "\r", "\x85", "\x9b", "\u202e", "\u2066", "\u2028"}
STRUCTURED = {
    "scopes",
    "words",
    "metadata",
    "because",
    "tags",
    "places",
    "articles",
    "day",
    "changes",
    "reasons",
    "base",
    "data",
}
"""Columns that hold lists, objects or a date in a form that the hub alone writes."""


def is_active(char: str) -> bool:
    if char in "\t\n":
        return False
    return unicodedata.category(char) in ("Cc", "Cs", "Zl", "Zp") or (
        unicodedata.bidirectional(char)
        in ("LRE", "RLE", "LRO", "RLO", "PDF", "LRI", "RLI", "FSI", "PDI")
    )


@given(st.text() | st.text(st.sampled_from(sorted(ACTIVE) + list("ab\n\t[]"))))
def test_no_escaped_text_acts_on_a_terminal(text: str) -> None:
    escaped = escape(text)
    assert not any(map(is_active, escaped))
    assert escape(escaped) == escaped
    if not any(map(is_active, text)) and not re.search("[\u061c\u200e\u200f]", text):
        assert escaped == text


@given(st.recursive(st.text(), lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner)))
def test_escaped_json_keeps_its_meaning(value: Any) -> None:
    assert json.loads(escape(json.dumps(value, ensure_ascii=False))) == value


@pytest.fixture
def data(filled: Path, tmp_path: Path) -> Path:
    """A hub in which every text of every row is hostile, whatever its writers would refuse."""
    shutil.copytree(filled, tmp_path / "data")
    return tmp_path / "data"


@pytest.fixture(scope="module")
def filled(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The data folder that each test gets a copy of."""
    folder = tmp_path_factory.mktemp("hostile")

    async def fill() -> int:
        settings = Settings(data_dir=folder / "data")
        async with open_database(settings):
            first = await an_article("One", body="Words.")
            await articles.revise(first, ArticleChanges(title="First"), seen_version=1, by=SYSTEM)
            await an_article("Two")
            await comments.submit(
                first, author_name="Rita", author_email="r@example.com", body="Well.", by=SYSTEM
            )
            await a_token()
            await releases.add(await releases.create("Sale", by=SYSTEM), first, by=SYSTEM)
            await tuning.add_synonyms(["sofa", "couch"], typed="seat", by=SYSTEM)
            await tuning.pin("warm", first, by=SYSTEM)
            counter = QueryCounter(daily_secret)
            for reader in ("Ann", "Bea", "Cid"):
                counter.count(Search("red sofa", 2), reader)
                counter.count(Search("blue sofa", 0), reader)
            await counter.store(90)
            await statistics.block("green sofa", by=SYSTEM)
            await webhooks.register(["https://example.org#1"])
            await an_article("Three")
            await articles.delete(await an_article("Four"), by=SYSTEM)
            await webhooks.create_message("https://example.org#1", lambda *_: "{}")
            await run("UPDATE outbox_event SET tries = 9, parked = 1, error = 'failed'")
            return await make_hostile()

    assert anyio.run(fill) > 30
    return folder / "data"


async def make_hostile() -> int:
    """Put hostile text before every stored text; return how many columns of rows were changed."""
    changed = 0
    for model in Tortoise.apps["hub"].values():
        table = model._meta.db_table
        [[rows]] = [tuple(row) for row in await run(f'SELECT count(*) FROM "{table}"')]
        for name, field in model._meta.fields_map.items():
            if (
                rows
                and isinstance(field, CharField | TextField)
                and not hasattr(field, "enum_type")
                and name not in STRUCTURED
            ):
                value = f'coalesce("{name}", rowid)'
                await run(f'UPDATE "{table}" SET "{name}" = ? || {value}', [HOSTILE])
                changed += 1
    await run("UPDATE synonym_set SET words = ?", [json.dumps([HOSTILE, "couch"])])
    await run("UPDATE article SET metadata = ?", [json.dumps({HOSTILE: HOSTILE})])
    return changed


def hub(data: Path, *arguments: str) -> str:
    """Run a command, and return all that it printed; it may refuse to do its work."""
    env = {"HUB_DATA_DIR": str(data), "COLUMNS": "1000", "HUB_SITE_NAME": HOSTILE, "EDITOR": "true"}
    return CliRunner().invoke(Program(), arguments, env=env).output


class Program(click.Command):
    """The program with the messages of its errors, as a command of click's test runner."""

    def __init__(self) -> None:
        super().__init__("hub")

    @override
    def main(self, args: Any = None, **_: Any) -> None:  # type: ignore[override]
        before, sys.argv = sys.argv, ["hub", *args]
        try:
            main()
        finally:
            sys.argv = before


LISTS = {
    "articles list": 2,
    "articles trash": 1,
    "articles revisions 1": 2,
    "articles show 1": 3,
    "comments list --status approved": 2,
    "comments review --status approved": 4,
    "releases list": 2,
    "releases show 1": 4,
    "token list": 1,
    "search stats": 3,
    "synonyms list": 2,
    "pins list": 2,
    "webhooks log": 3,
    "audit list": 5,
    "index status": 1,
}
"""How many hostile texts a list shows at least."""


@pytest.mark.parametrize("command", LISTS)
def test_lists_show_hostile_texts_as_they_are(command: str, data: Path) -> None:
    output = hub(data, *command.split())
    assert output.count(SHOWN) >= LISTS[command], output
    assert not [char for char in output if is_active(char)]


@pytest.mark.parametrize("command", sorted(set(commands()) - {"serve"}))
def test_no_command_prints_what_acts_on_a_terminal(
    command: str, data: Path, tmp_path: Path
) -> None:
    source = tmp_path / f"a{HOSTILE.replace(chr(0), '')[:5]}"
    source.mkdir()
    (source / "page\x1b[1m.md").write_text(f"---\ntitle: '{SHOWN}'\n---\n\nWords {HOSTILE}.")
    (source / "bad\x1b[1m.json").write_text("{")
    arguments = [str(source) if word == "SOURCE" else word for word in commands()[command]]
    if command == "export":
        arguments.append(str(tmp_path / "all.jsonl"))
    if command in ("pins add", "synonyms add"):
        arguments = [*command.split(), HOSTILE, HOSTILE]
    for more in ([], ["--dry-run"] if command == "import" else []):
        output = hub(data, *arguments, *more)
        assert output
        assert not [char for char in output if is_active(char)], output


def test_webhook_bodies_and_reports_stay_json(data: Path, tmp_path: Path) -> None:
    (tmp_path / "page.md").write_text("# \u202etitle\n\n[x](nowhere\u202e)")
    output = hub(data, "import", str(tmp_path), "--json", "--dry-run")
    assert not [char for char in output if is_active(char)]
    assert "\u202e" in json.dumps(json.loads(output.splitlines()[-1]), ensure_ascii=False)


def test_an_export_to_a_terminal_is_escaped(data: Path) -> None:
    output = "".join(on_terminal("export", data=data))
    assert SHOWN in output
    assert not [char for char in output.replace("\r\n", "\n") if is_active(char)]


def on_terminal(*arguments: str, data: Path) -> Iterator[str]:
    """Run a command on a pseudo terminal; yields its output."""
    child, descriptor = pty.fork()
    if not child:
        os.environ.update(HUB_DATA_DIR=str(data), PYTHONPATH=str(ROOT))
        os.chdir(ROOT)
        os.execv(sys.executable, [sys.executable, "-m", "scripts", *arguments])
    received = b""
    try:
        while chunk := os.read(descriptor, 65_536):
            received += chunk
    except OSError:  # the terminal's other end is closed
        pass
    os.waitpid(child, 0)
    yield received.decode()


def test_long_cells_are_whole_and_an_empty_table_is_words(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COLUMNS", "30")
    table, slug = Table("id", "slug", "title"), "a-slug-that-is-longer-than-the-line"
    print_table(table)
    assert capsys.readouterr().out == "There is nothing to list.\n"
    table.add_row("1", slug, "A title")
    print_table(table)
    lines = [line.split("│") for line in capsys.readouterr().out.splitlines() if "│" in line]
    assert "".join(cells[2].strip() for cells in lines) == slug


def test_commands_print_through_one_module() -> None:
    for path in [ROOT / "scripts" / "cli.py", *(ROOT / "scripts" / "commands").glob("*.py")]:
        if path.name == "output.py":
            continue
        for node in ast.walk(ast.parse(path.read_text())):
            if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name):
                name = f"{node.value.id}.{node.attr}"
                assert name not in ("typer.echo", "typer.secho", "click.echo"), path
            if isinstance(node, ast.ImportFrom):
                assert node.module != "rich.table", path  # reads markup
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Name):
                assert node.func.id != "print", path


@pytest.mark.parametrize(
    ("command", "columns"),
    [
        ("token list", {"name", "role", "last_used_at"}),
        (
            "comments list --status approved",
            {"article_id", "author_name", "author_email", "status"},
        ),
        ("webhooks log", {"key", "target", "status", "body"}),
        ("synonyms list", {"words", "typed"}),
        ("pins list", {"text", "article_id", "rank", "title"}),
        ("search stats", {"kind", "searches"}),
    ],
)
def test_lists_are_lines_of_json_too(data: Path, command: str, columns: set[str]) -> None:
    rows = [json.loads(line) for line in hub(data, *command.split(), "--json").splitlines()]
    assert rows
    assert all(columns <= row.keys() for row in rows)
    assert not any(is_active(char) for row in rows for char in json.dumps(row))


@pytest.mark.parametrize("width", [40, 80, 200])
def test_slugs_stay_whole_in_narrow_windows(
    width: int, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("COLUMNS", str(width))
    table = Table("id", "slug", "status", "title")
    slugs = ["barrier-first-closing", "x" * 38, "port-merger"]
    for slug in slugs:
        table.add_row("12", slug, "PUBLISHED", "A title that is longer than any of the slugs is")
    print_table(table)
    printed = capsys.readouterr().out
    assert all(f" {slug} " in printed for slug in slugs)
    if width >= 80:
        assert max(map(len, printed.splitlines())) <= width
