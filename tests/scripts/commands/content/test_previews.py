"""`hub previews`: a draft and a release are shown by a token that the command prints once."""

from __future__ import annotations

import json
from pathlib import Path

import anyio
import pytest
from typer.testing import CliRunner

from hub.articles import previews, releases
from hub.auth import SYSTEM
from hub.db.database import open_database
from hub.errors import HubError, NotFound
from hub.models import Status
from hub.settings import Settings
from scripts.cli import app
from tests.support.factories import an_article

URL = "https://www.example.org/preview?token={token}&slug={slug}"


def hub(data: Path, *arguments: str) -> str:
    """Run a command, and return its output; a refusal is raised."""
    env = {"HUB_DATA_DIR": str(data), "COLUMNS": "200", "HUB_PREVIEW_URL": URL}
    result = CliRunner().invoke(app, ["previews", *arguments], env=env)
    if isinstance(result.exception, HubError):
        raise result.exception
    assert result.exit_code == 0, result.output
    return result.output


def test_previews_on_the_command_line(tmp_path: Path) -> None:
    async def fill() -> None:
        async with open_database(Settings(data_dir=tmp_path)):
            article = await an_article("Bread", slug="bread", status=Status.DRAFT)
            await releases.add(await releases.create("Sale", by=SYSTEM), article, by=SYSTEM)

    async def shown(token: str) -> tuple[int | None, int | None] | None:
        async with open_database(Settings(data_dir=tmp_path)) as db:
            viewer = await previews.authenticate(db, token)
            preview = viewer and viewer.preview
            return (preview.article_id, preview.release_id) if preview else None

    anyio.run(fill)
    token, url = hub(tmp_path, "create", "bread").split()
    assert url == URL.replace("{token}", token).replace("{slug}", "bread")
    of_release = json.loads(hub(tmp_path, "create", "1", "--release", "--hours", "2", "--json"))
    assert anyio.run(shown, token) == (1, None)
    assert anyio.run(shown, of_release["token"]) == (None, 1)
    rows = [json.loads(line) for line in hub(tmp_path, "list", "--json").splitlines()]
    assert [(row["id"], row["article_id"], row["release_id"]) for row in rows] == [
        *((2, None, 1), (1, 1, None))
    ]
    assert token not in str(rows)
    assert [row["name"] for row in rows] == ["Sale", "Bread"]
    assert "Bread" in hub(tmp_path, "list")
    hub(tmp_path, "revoke", "1", "--yes")
    assert anyio.run(shown, token) is None
    with pytest.raises(NotFound):
        hub(tmp_path, "create", "cake")
    with pytest.raises(NotFound):
        hub(tmp_path, "create", "cake", "--release")
