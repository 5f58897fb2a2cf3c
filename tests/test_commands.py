"""Commands of the hub without a test module of their own."""

from __future__ import annotations

import tomllib
from pathlib import Path

import anyio
import pytest
from typer.testing import CliRunner

from hub.db.database import open_database
from hub.errors import NotFound
from hub.search.statistics import QueryCounter
from hub.settings import Settings
from scripts.cli import app
from tests.support.importer_inputs import files
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
            counter = QueryCounter()
            counter.count("red sofa", 2)
            counter.count("blue sofa", 0)
            await counter.store(90)

    anyio.run(count)
    output = hub(data, "search", "stats", "--days", "1")
    assert output.count("red sofa") == 1
    assert output.count("blue sofa") == 2


def test_blocked_searches_on_the_command_line(data: Path) -> None:
    assert "'jane doe'" in hub(data, "search", "block", "Jane Doe")
    assert hub(data, "search", "blocked") == "jane doe\n"
    hub(data, "search", "unblock", "jane doe")
    assert hub(data, "search", "blocked") == ""
    with pytest.raises(NotFound):
        hub(data, "search", "unblock", "jane doe")


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
