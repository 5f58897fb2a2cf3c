"""`hub graph` shows the edges around an article, and a way from one to another."""

from __future__ import annotations

import json
from pathlib import Path

import anyio
from typer.testing import CliRunner

from hub import related
from hub.auth import SYSTEM
from hub.db.database import open_database
from hub.models import RelationKind, Status
from hub.settings import Settings
from scripts.cli import app
from tests.support.factories import an_article


def test_edges_are_shown(tmp_path: Path) -> None:
    async def fill() -> None:
        async with open_database(Settings(data_dir=tmp_path)):
            a, b, c = [
                await an_article(name, slug=name, status=Status.DRAFT) for name in ("a", "b", "c")
            ]
            for pair in ((a, b), (b, c)):
                await related.link(pair[0], kind=RelationKind.INLINE, target_id=pair[1], by=SYSTEM)

    anyio.run(fill)

    def hub(*arguments: str, status: int = 0) -> str:
        environment = {"HUB_DATA_DIR": str(tmp_path)}
        result = CliRunner().invoke(app, ["graph", *arguments], env=environment)
        assert result.exit_code == status, result.output
        return result.stdout

    def lines(text: str) -> list[tuple[str, str]]:
        return [(row["source"], row["target"]) for row in map(json.loads, text.splitlines())]

    edges = [("a", "b"), ("b", "c")]
    assert lines(hub("show", "a", "--json")) == edges[:1]
    assert lines(hub("show", "a", "--depth", "2", "--json")) == edges
    assert lines(hub("path", "a", "c", "--json")) == edges
    assert "INLINE" in hub("path", "a", "c")
    hub("path", "c", "a", status=1)
    story = [json.loads(line) for line in hub("storyline", "b", "--json").splitlines()]
    assert [step["slug"] for step in story] == ["b"]  # the others have no date
    assert "b" in hub("storyline", "b")
