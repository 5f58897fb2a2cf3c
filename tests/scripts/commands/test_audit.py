"""Every command that changes something leaves an entry; `hub audit` lists and exports entries."""

from __future__ import annotations

import contextlib
import json
import os
import pty
import shutil
import sqlite3
import stat
import sys
from datetime import timedelta
from pathlib import Path
from typing import Any

import anyio
import pytest
from click.testing import CliRunner, Result

from hub import articles, comments, related, webhooks
from hub.articles import releases
from hub.auth import SYSTEM
from hub.db.database import open_database
from hub.db.timestamps import now
from hub.models import MediaFile, Relation, RelationKind, RelationOrigin, WebhookMessage
from hub.reads.search_tuning import RuleRow
from hub.related import Neighbour
from hub.search import rules, tuning
from hub.settings import Settings
from tests.scripts.commands.test_output import Program
from tests.support.damage import ARGUMENTS, commands, every_command
from tests.support.factories import EDITOR, READER, a_token, an_article
from tests.support.paths import ROOT

UNAUDITED = {
    *("audit_entry", "change", "due_neighbours", "lease", "outbox_event", "stored_setting"),
    *("index_follower", "tortoise_migrations", "webhook_event", "sqlite_sequence"),
}
"""Tables of the hub's own bookkeeping, in which nothing is that somebody entered or set."""

READING = {
    *("articles diff", "articles revisions", "articles show", "audit export", "imports show"),
    *("releases show", "topics show", "authors show"),
    *("graph path", "graph show", "graph storyline", "related list"),
    *("eval judge", "eval site"),
}
"""Commands with arguments that change nothing."""

RECORDED = {"audit erase", "people export"}
"""Commands whose entry is told, though no other table need change."""

IRREVERSIBLE = {
    *("topics merge", "topics delete", "authors merge", "authors delete", "releases delete"),
    *("audit erase", "imports undo", "people erase", "previews revoke", "restore", "token revoke"),
}
"""Commands that cannot be undone: by no other command, nor by themselves with other arguments."""

BEFORE = {
    "articles publish": ["articles", "archive", "1"],
    "articles restore": ["articles", "trash", "1"],
    "imports show": ["import", "SOURCE"],
    "imports undo": ["import", "SOURCE"],
    "links undo": ["links", "accept", "1", "2"],
    "previews revoke": ["previews", "create", "1"],
    "related order": ["related", "accept", "1", "2"],
    "related remove": ["related", "accept", "1", "2"],
    "related unhide": ["related", "hide", "1", "2"],
    "rules disable": ["rules", "enable", "1"],
    "search unblock": ["search", "block", "ferry"],
}
"""The command by which another one has something to change."""


@pytest.fixture(scope="module")
def filled(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The data folder of a hub that has something for each command's example to change."""
    folder = tmp_path_factory.mktemp("filled")

    async def fill() -> None:
        async with open_database(Settings(data_dir=folder / "data")):
            await webhooks.register(["https://example.org#1"])
            topics, authors = ("First", "Second"), ("Ann", "Ben")
            article = await an_article("b", by=EDITOR, topics=topics, authors=authors)
            pinned, import_ = RelationKind.PINNED, RelationOrigin.IMPORT
            await Relation.create(source_id=article, kind=pinned, origin=import_, rank=0, anchor="")
            similar = Neighbour(await an_article("c"), RelationKind.SIMILAR, 0.5, ())
            await related.replace_neighbours({article: [similar]})
            await MediaFile.create(
                hash=64 * "0", media_type="image/png", bytes=1, width=1, height=1, created_at=now()
            )
            await comments.submit(
                article, author_name="Rita", author_email="r@example.com", body="Well.", by=READER
            )
            await a_token()
            release = await releases.create("Sale", by=SYSTEM)
            await releases.add(release, article, by=SYSTEM)
            await releases.publish(release, by=SYSTEM, at=now() + timedelta(days=9))
            await tuning.add_synonyms(["sofa", "couch"], by=SYSTEM)
            await tuning.pin("warm", article, by=SYSTEM)
            rule = RuleRow(0, "x", is_enabled=False, texts=("y",), redirect="/y")
            await rules.set_rule(rule, by=SYSTEM)
            await tuning.add_stop_word("ferry", by=SYSTEM)
            await webhooks.create_message("https://example.org#1", lambda *_: "{}")
            await WebhookMessage.all().update(status="GIVEN_UP")

    anyio.run(fill)
    return folder / "data"


@pytest.fixture
def data(filled: Path, tmp_path: Path) -> Path:
    shutil.copytree(filled, tmp_path / "data")
    return tmp_path / "data"


def hub(data: Path, *arguments: str) -> Result:
    env = {
        "HUB_DATA_DIR": str(data),
        "HUB_ARTICLE_URL": "https://www.example.org/{slug}",
        "COLUMNS": "1000",
        "EDITOR": "sed -i 1s/$/s/",
        "VISUAL": "",
    }
    return CliRunner().invoke(Program(), arguments, env=env)


def rows(data: Path) -> dict[str, list[Any]]:
    """Return all rows of all tables."""
    database = sqlite3.connect(data / "hub.sqlite3")
    tables = database.execute("SELECT name FROM sqlite_master WHERE type = 'table'").fetchall()
    contents = {name: database.execute(f"SELECT * FROM {name}").fetchall() for (name,) in tables}
    database.close()
    return contents


@pytest.mark.parametrize("command", sorted(set(commands()) - {"serve"}))
def test_a_command_that_changes_something_leaves_an_entry(
    command: str, data: Path, tmp_path: Path
) -> None:
    page = tmp_path / "page.md"
    page.write_text("---\ntitle: Rye\n---\n\nWords.")
    before_it, arguments = (
        [str(page) if word == "SOURCE" else word for word in words]
        for words in (BEFORE.get(command, []), commands()[command])
    )
    if before_it:
        assert hub(data, *before_it).exit_code == 0
    before = rows(data)
    result = hub(data, *arguments)
    without_index = {"check", "index status", "eval judge"}
    assert result.exit_code == 0 or command in without_index, result.output
    after = rows(data)
    changed = {name for name in after.keys() - UNAUDITED if after[name] != before.get(name)}
    entries = after["audit_entry"][len(before["audit_entry"]) :]
    assert bool(entries) == bool(changed or command in RECORDED), (changed, entries)
    assert bool(entries) == (command in (ARGUMENTS.keys() - READING) | {"webhooks retry"})
    # What an import changed, and that it was undone; an edge, and that it comes first.
    assert len(entries) <= (2 if command in {"imports undo", "related pin"} else 1)
    for entry in entries:
        assert "system" in entry
        assert ("IMPORT" if command == "import" else "COMMAND") in entry


def test_the_commands_that_cannot_be_undone_have_a_question() -> None:
    asking = {
        name
        for name, command in every_command().items()
        if any(option.name == "yes" for option in command.params)
    }
    assert asking == IRREVERSIBLE


@pytest.mark.parametrize("command", sorted(IRREVERSIBLE))
def test_what_cannot_be_undone_asks_before(command: str, data: Path, tmp_path: Path) -> None:
    page, file = tmp_path / "page.md", tmp_path / "hub.backup"
    page.write_text("---\ntitle: Rye\n---\n\nWords.")
    if command == "restore":
        assert hub(data, "backup", str(file)).exit_code == 0
    if before_it := BEFORE.get(command):
        words = [str(page) if word == "SOURCE" else word for word in before_it]
        assert hub(data, *words).exit_code == 0
    before = rows(data)
    words = commands().get(command, [command, str(file)])
    refused = hub(data, *(word for word in words if word != "--yes"))
    assert refused.exit_code == 2
    assert "will be" in refused.output
    assert "add --yes" in refused.output
    assert rows(data) == before


def test_what_was_done_already_is_told(data: Path) -> None:
    for arguments, outputs in (
        (["token", "revoke", "1"], ("is revoked", "was revoked already")),
        (["people", "erase", "r@example.com"], ("1 comment erased", "No comments with")),
    ):
        for output in outputs:
            assert output in hub(data, *arguments, "--yes").output


def test_a_question_is_answered_at_a_terminal(data: Path) -> None:
    for answer, revoked in (("n", False), ("y", True)):
        child, descriptor = pty.fork()
        if not child:
            os.environ["HUB_DATA_DIR"] = str(data)
            os.chdir(ROOT)
            os.execv(sys.executable, [sys.executable, "-m", "scripts", "token", "revoke", "1"])
        os.write(descriptor, f"{answer}\n".encode())
        with contextlib.suppress(OSError):  # the terminal's other end is closed
            while os.read(descriptor, 65_536):
                pass
        _, status = os.waitpid(child, 0)
        assert os.waitstatus_to_exitcode(status) == (0 if revoked else 1)
        assert (rows(data)["token"][0][-1] is not None) == revoked


def test_the_list_is_filtered_and_can_be_json(data: Path) -> None:
    listed = hub(data, "audit", "list").output
    assert "article.create" in listed
    assert "title: – → b" in listed
    lines = hub(
        data, "audit", "list", "--action", "article", "--subject", "Article:1", "--json"
    ).output.splitlines()
    [entry] = map(json.loads, lines)
    assert (entry["actor"], entry["subject"], entry["subject_id"]) == ("Edgar", "Article", 1)
    assert entry["changes"]["title"] == [None, "b"]
    for arguments, number in (
        (("--subject", "Article:1"), 1),
        (("--subject", "Article:9"), 0),
        (("--subject", "Token"), 1),
        (("--actor", "anonymous"), 1),
        (("--door", "command"), 9),
        (("--token", "9"), 0),
        (("--since", "2100-01-01"), 0),
        (("--until", "2100-01-01T12:00"), 11),
        (("--limit", "2"), 2),
    ):
        output = hub(data, "audit", "list", "--json", *arguments).output
        assert len(output.splitlines()) == number, (arguments, output)
    for option, value, problem in (
        ("--since", "soon", "'soon' is no date"),
        ("--subject", "Poem:1", "'Poem' is none of"),
        ("--action", "bogus", "'bogus' is none of article, article.archive"),
        ("--action", "article.bogus", "'article.bogus' is none of"),
        ("--subject", "Article:x", "'x' is no number"),
    ):
        refused = hub(data, "audit", "list", option, value)
        assert refused.exit_code
        assert problem in refused.output


def test_the_export_is_jsonl_of_all_entries_for_the_owner_alone(data: Path, tmp_path: Path) -> None:
    async def archive_often() -> None:
        async with open_database(Settings(data_dir=data)):
            for _ in range(60):
                await articles.archive(1, by=SYSTEM)
                await articles.publish(1, by=SYSTEM)

    anyio.run(archive_often)
    file = tmp_path / "audit.jsonl"
    file.write_text("before")
    printed = hub(data, "audit", "export", str(file)).output
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    exported = [json.loads(line) for line in file.read_text().splitlines()]
    assert len({entry["id"] for entry in exported}) == len(exported) > 120
    assert printed == f"Wrote {len(exported)} entries to {file}.\n"
    assert [entry["at"] for entry in exported] == sorted(
        (entry["at"] for entry in exported), reverse=True
    )
    printed = hub(data, "audit", "export", "-", "--action", "token").output
    assert json.loads(printed)["action"] == "token.create"
    refused = hub(data, "audit", "export", str(tmp_path / "no" / "audit.jsonl"))
    assert refused.exit_code == 1
    assert "cannot be written" in refused.output


def test_an_erasure_is_shown_without_its_values(data: Path) -> None:
    assert "1 entry on Article:1" in hub(data, "audit", "erase", "Article:1", "--yes").output
    listed = hub(data, "audit", "list", "--subject", "Article:1").output
    assert "erased" in listed
    assert "title" not in listed
    assert hub(data, "audit", "erase", "Article").exit_code == 1
