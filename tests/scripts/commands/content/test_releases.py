"""`hub releases`: several articles go live together by commands alone."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import anyio
import pytest
from typer.testing import CliRunner

from hub.db.database import open_database
from hub.errors import HubError, Invalid, NotFound
from hub.models import Status
from hub.settings import Settings
from scripts.cli import app
from tests.support.factories import an_article


@pytest.fixture(scope="module")
def filled(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("filled") / "data"

    async def fill() -> None:
        async with open_database(Settings(data_dir=folder)):
            await an_article("Bread", status=Status.DRAFT)
            await an_article("Toast", status=Status.DRAFT)
            await an_article("Stale")

    anyio.run(fill)
    return folder


@pytest.fixture
def data(filled: Path, tmp_path: Path) -> Path:
    shutil.copytree(filled, tmp_path / "data")
    return tmp_path / "data"


def hub(data: Path, *arguments: str) -> str:
    """Run a command, and return its output; a refusal is raised."""
    result = CliRunner().invoke(app, arguments, env={"HUB_DATA_DIR": str(data), "COLUMNS": "200"})
    if isinstance(result.exception, HubError):
        raise result.exception
    assert result.exit_code == 0, result.output
    return result.output


def statuses(data: Path) -> dict[str, str]:
    lines = hub(data, "articles", "list", "--json").splitlines()
    return {row["slug"]: row["status"] for row in map(json.loads, lines)}


def test_a_release_from_its_creation_to_its_publication(data: Path) -> None:
    assert hub(data, "releases", "create", "Spring", "bread") == "Release 1 was created.\n"
    hub(data, "releases", "add", "1", "toast", "2")
    hub(data, "releases", "add", "1", "stale", "--unpublish")
    shown = json.loads(hub(data, "releases", "show", "1", "--json"))
    assert (shown["name"], shown["status"]) == ("Spring", "OPEN")
    assert [(item["action"], item["slug"]) for item in shown["articles"]] == [
        *(("PUBLISH", "bread"), ("PUBLISH", "toast"), ("UNPUBLISH", "stale"))
    ]
    assert "is no longer part" in hub(data, "releases", "remove", "1", "toast")
    assert "was not part" in hub(data, "releases", "remove", "1", "toast")
    assert "at 2100-01-01 12:00 UTC" in hub(
        data, "releases", "publish", "1", "--at", "2100-01-01T12:00:00"
    )
    assert "2100-01-01 12:00" in hub(data, "releases", "show", "1")
    hub(data, "releases", "cancel", "1")
    assert statuses(data) == {"bread": "DRAFT", "toast": "DRAFT", "stale": "PUBLISHED"}
    assert "has changed 2 articles" in hub(data, "releases", "publish", "1")
    assert statuses(data) == {"bread": "PUBLISHED", "toast": "DRAFT", "stale": "DRAFT"}
    hub(data, "releases", "create", "Empty")
    hub(data, "releases", "delete", "2", "--yes")
    [row] = map(json.loads, hub(data, "releases", "list", "--json").splitlines())
    assert (row["id"], row["status"]) == (1, "PUBLISHED")


def test_what_is_wrong_is_said_and_changes_nothing(data: Path) -> None:
    with pytest.raises(NotFound, match="release 7"):
        hub(data, "releases", "show", "7")
    with pytest.raises(NotFound, match="'cake'"):
        hub(data, "releases", "create", "Spring", "bread", "cake")
    assert hub(data, "releases", "list", "--json") == ""
    hub(data, "articles", "trash", "bread")
    for name in ("bread", "1"):
        for command in ("edit", "show", "publish"):
            with pytest.raises(NotFound, match=r"trash.*hub articles restore 1"):
                hub(data, "articles", command, name)
    hub(data, "releases", "create", "Spring")
    with pytest.raises(Invalid, match="has no articles"):
        hub(data, "releases", "publish", "1")
