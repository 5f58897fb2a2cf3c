"""`hub eval site` and `hub eval judge`: the search of one's own hub is judged and measured."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import anyio
import pytest
from typer.testing import CliRunner

from hub.auth import SYSTEM
from hub.db.database import open_database
from hub.models import Status
from hub.search import tuning
from hub.settings import Settings
from scripts.cli import app
from search_index.configured import open_configured
from search_index.indexer import reindex
from tests.support.factories import an_article


def hub(data: Path, *arguments: str, keys: str = "") -> str:
    env = {"HUB_DATA_DIR": str(data), "COLUMNS": "200"}
    result = CliRunner().invoke(app, ["eval", *arguments], env=env, input=keys)
    assert result.exit_code == 0, result.output
    return result.output


@pytest.fixture
def data(tmp_path: Path) -> Path:
    """A hub with articles about bread, one of them hidden."""

    async def fill() -> None:
        settings = Settings(data_dir=tmp_path)
        async with open_database(settings) as db:
            await an_article("Rye bread", slug="rye", body="<p>Bread of rye.</p>")
            await an_article("Bread, again bread", slug="again", body="<p>Bread and bread.</p>")
            await an_article("The secret loaf", slug="loaf", status=Status.DRAFT)
            await an_article("Gale warning", slug="gale", body="<p>Stay at home.</p>")
            engine = open_configured(settings)
            await reindex(db, engine)
            await engine.close()

    anyio.run(fill)
    return tmp_path


def figures(output: str) -> dict[str, Any]:
    values: dict[str, Any] = json.loads(output.splitlines()[-1])
    return values


def test_a_site_is_measured_before_and_after_its_tuning(data: Path, tmp_path: Path) -> None:
    file, saved = tmp_path / "judged.csv", tmp_path / "before.json"
    file.write_text(
        "text,slug,grade\nrye,rye,3\nstorm,gale,3\nbread,gale,3\nbread,rye,0\nloaf,loaf,3\n"
    )
    before = hub(data, "site", str(file), "--save", str(saved), "--json")
    assert "Of no public article: loaf" in before
    assert "The secret loaf" not in before
    assert "3 texts with an article that answers them" in before
    assert "hub synonyms add" in before
    assert figures(before)["of_query"] == {"rye": 1.0, "storm": 0.0, "bread": 0.0}

    async def tune() -> None:
        async with open_database(Settings(data_dir=data)):
            await tuning.add_synonyms(["storm", "gale"], by=SYSTEM)
            await tuning.pin("bread", 4, by=SYSTEM)

    anyio.run(tune)
    after = hub(data, "site", str(file), "--against", str(saved), "--json")
    assert figures(after)["ndcg10"] == 1
    assert "1.0000  +0.6667   without synonyms and pins 0.3333" in after
    assert "instead comes" not in after


def test_a_misplaced_article_is_named_with_what_comes_instead(data: Path, tmp_path: Path) -> None:
    file = tmp_path / "judged.csv"
    file.write_text("bread,rye,3\nbread,again,1\n")
    row = hub(data, "site", str(file)).splitlines()[-2]
    assert [cell.strip() for cell in row.split("│")[1:-1]] == [
        *("bread", "0.71", "Rye bread", "2.", "Bread, again bread", 'hub pins add "bread" rye')
    ]


def test_hits_are_judged_by_keys_once(data: Path, tmp_path: Path) -> None:
    file = tmp_path / "judged.csv"
    first = hub(data, "judge", str(file), "bread", "gale", "loaf", keys="9\n1\n3\n2\n")
    assert "That key means nothing here." in first
    assert "loaf: nothing was found" in first
    assert "3 judgements were added" in first
    assert sorted(file.read_text().splitlines()[1:]) == [
        *("bread,again,1", "bread,rye,3", "gale,gale,2")
    ]
    assert "0 judgements were added" in hub(data, "judge", str(file), "bread", "gale", keys="3333")


def test_what_cannot_be_read_is_one_line(data: Path, tmp_path: Path) -> None:
    file = tmp_path / "judged.csv"
    file.write_text("bread,rye\n")
    for command in ("site", "judge"):
        result = CliRunner().invoke(app, ["eval", command, str(file)])
        assert result.exit_code == 1
        assert result.output.strip() == f"hub: {file}:1: expected a text, a slug and a grade"
