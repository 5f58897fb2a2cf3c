"""`hub articles`: an article lives its life on the command line, without a terminal too."""

from __future__ import annotations

import json
import sqlite3
from pathlib import Path
from typing import Any

import anyio
import pytest
from typer.testing import CliRunner

from hub import related
from hub.auth import SYSTEM
from hub.db.database import open_database
from hub.db.timestamps import now
from hub.drafts import RelationDraft
from hub.errors import HubError, Invalid, NotFound
from hub.imports import import_articles
from hub.models import RelationKind
from hub.settings import Settings
from scripts.cli import app
from tests.support.factories import a_comment, a_draft, an_article

AS_OF = ("--as-of", "2020-01-01T00:00:00")


@pytest.fixture
def data(tmp_path: Path) -> Path:
    async def fill() -> None:
        async with open_database(Settings(data_dir=tmp_path)):
            await an_article("Bread", "Flour and water.")

    anyio.run(fill)
    return tmp_path


def hub(data: Path, *arguments: str, editor: str = "true") -> str:
    """Run a command, and return its output; a refusal is raised."""
    env = {"HUB_DATA_DIR": str(data), "COLUMNS": "200", "VISUAL": "", "EDITOR": editor}
    result = CliRunner().invoke(app, ["articles", *arguments], env=env)
    if isinstance(result.exception, HubError):
        raise result.exception
    assert result.exit_code == 0, result.output
    return result.output


def listed(data: Path, *arguments: str) -> list[dict[str, Any]]:
    return [json.loads(line) for line in hub(data, *arguments, "--json").splitlines()]


def test_an_article_lives_its_life_on_the_command_line(data: Path) -> None:
    [row] = listed(data, "list")
    assert (row["slug"], row["status"], row["version"]) == ("bread", "PUBLISHED", 1)
    assert "Flour and water." in hub(data, "show", "bread")
    assert "Nothing" in hub(data, "edit", "bread")
    assert "can be published" in hub(data, "edit", "1", editor="sed -i s/Bread/Toast/")
    [shown] = listed(data, "show", "1")
    assert (shown["title"], shown["edited"]) == ("Bread", ["title"])
    assert "can be published" in hub(data, "edit", "1", editor="sed -i s/Flour/Butter/")
    hub(data, "publish", "bread")
    assert "Butter and water." in hub(data, "show", "bread")
    hub(data, "edit", "1", "--now", editor="sed -i s/Butter/Salt/")
    assert [item["change"] for item in listed(data, "revisions", "1")] == [
        *("REVISED", "PUBLISHED", "CREATED")
    ]
    assert "[-Bread-]{+Toast+}" in hub(data, "diff", "1", "1", "--to", "2")
    differences = listed(data, "diff", "1", "1")
    assert [item["field"] for item in differences] == ["title", "body_html"]
    hub(data, "restore", "1", "--version", "1")
    assert "Flour and water." in hub(data, "show", "1")
    for command, status in (("unpublish", "DRAFT"), ("archive", "ARCHIVED")):
        hub(data, command, "1")
        assert [item["status"] for item in listed(data, "list", "--status", status)] == [status]
    hub(data, "trash", "bread")
    assert listed(data, "list") == []
    [gone] = listed(data, "trash")
    assert (gone["id"], gone["title"]) == (1, "Bread")
    assert listed(data, "list", "--trash") == [gone]
    with pytest.raises(Invalid, match="--limit and --json alone"):
        hub(data, "list", "--trash", "--text", "x")
    assert "is back" in hub(data, "restore", "1")
    assert [item["version"] for item in listed(data, "list")] == [7]
    hub(data, "trash", "1")
    assert "is back" in hub(data, "restore", "bread")


def test_the_site_of_a_moment(data: Path) -> None:
    async def comment() -> None:
        async with open_database(Settings(data_dir=data)):
            await a_comment(1, "Crisp.")

    anyio.run(comment)
    database = sqlite3.connect(data / "hub.sqlite3")
    old = "2019-01-01 00:00:00+00:00"
    with database:
        database.execute("UPDATE revision SET saved_at = ?, published_at = ?", (old, old))
        database.execute("UPDATE audit_entry SET at = ?", (old,))
        database.execute("UPDATE comment SET created_at = ?", (old,))
    database.close()
    CliRunner().invoke(app, ["comments", "spam", "1"], env={"HUB_DATA_DIR": str(data)})
    hub(data, "edit", "bread", "--now", editor="sed -i s/Flour/Butter/")
    hub(data, "archive", "bread")
    [row] = [json.loads(line) for line in hub(data, "list", "--json", *AS_OF).splitlines()[:1]]
    assert (row["slug"], row["version"], row["title"]) == ("bread", 1, "Bread")
    assert "2019-01-01" in hub(data, "list", *AS_OF)
    [shown] = listed(data, "show", "bread", *AS_OF)
    assert (shown["body"], shown["status"]) == ("Flour and water.", "PUBLISHED")
    assert [comment["body"] for comment in shown["comments"]] == ["<p>Crisp.</p>"]
    assert "Rita, 2019-01-01 00:00: Crisp." in hub(data, "show", "1", *AS_OF)
    with pytest.raises(NotFound):
        hub(data, "show", "bread", "--as-of", "2018-01-01T00:00:00")
    assert listed(data, "list", "--as-of", "2018-01-01T00:00:00") == []
    with pytest.raises(Invalid, match="future"):
        hub(data, "list", "--as-of", "2999-01-01T00:00:00")


def test_links_of_a_moment_are_named_by_their_words_or_by_where_they_lead(data: Path) -> None:
    links = (("the mill", None), ("", "https://example.test/mill"))

    async def fill() -> None:
        async with open_database(Settings(data_dir=data)):
            edges = tuple(RelationDraft(RelationKind.INLINE, *link) for link in links)
            await import_articles([a_draft("flour", slug="flour", relations=edges)], by=SYSTEM)
            await related.link(2, kind=RelationKind.PINNED, target_id=1, by=SYSTEM)

    anyio.run(fill)
    hub(data, "edit", "flour", "--now", editor="sed -i s/Body/Text/")
    [shown] = listed(data, "show", "flour", "--as-of", f"{now():%Y-%m-%dT%H:%M:%S.%f}")
    assert sorted(shown["links"]) == ["bread", "https://example.test/mill", "the mill"]
    assert "Nothing differs" in hub(data, "diff", "flour", "2")


def test_a_list_is_narrowed_and_goes_on(data: Path) -> None:
    async def fill() -> None:
        async with open_database(Settings(data_dir=data)):
            for number in range(150):
                await an_article(
                    f"Cake {number}", topics=("Sweets",) if number % 2 else (), authors=("Olive",)
                )

    anyio.run(fill)
    assert len(listed(data, "list", "--limit", "1000")) == 151
    assert len(listed(data, "list", "--topic", "sweets", "--limit", "1000")) == 75
    assert [row["slug"] for row in listed(data, "list", "--text", "READ")] == ["bread"]
    assert listed(data, "list", "--text", "%") == []
    seen, after = [], list[str]()
    while True:
        env = {"HUB_DATA_DIR": str(data), "COLUMNS": "200"}
        arguments = ["articles", "list", "--author", "olive", "--limit", "110", "--json", *after]
        result = CliRunner().invoke(app, arguments, env=env)
        seen += [json.loads(line)["id"] for line in result.stdout.splitlines()]
        if not result.stderr:
            break
        after = ["--after", result.stderr.split("--after ")[1].split(",")[0]]
    assert len(seen) == len(set(seen)) == 150
    with pytest.raises(Invalid, match="cursor"):
        hub(data, "list", "--after", "x")
    with pytest.raises(Invalid, match="as-of"):
        hub(data, "list", "--text", "x", *AS_OF)


def test_what_is_wrong_is_said(data: Path) -> None:
    with pytest.raises(NotFound):
        hub(data, "show", "nothing")
    with pytest.raises(NotFound):
        hub(data, "restore", "bread")
    with pytest.raises(NotFound):
        hub(data, "diff", "bread", "7")
    with pytest.raises(Invalid, match="failed"):
        hub(data, "edit", "bread", editor="false")
    with pytest.raises(Invalid, match="first line"):
        hub(data, "edit", "bread", editor="sed -i 1d")


def test_without_a_terminal_and_an_editor_nothing_is_started(data: Path) -> None:
    with pytest.raises(Invalid, match="EDITOR: must name a program that changes a file"):
        hub(data, "edit", "1", editor="")
