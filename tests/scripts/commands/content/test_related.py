"""`hub related`: what an article is related to is pinned, ordered, accepted, hidden and removed."""

from __future__ import annotations

import json
from pathlib import Path

import anyio
from typer.testing import CliRunner

from hub import related
from hub.db.database import open_database
from hub.models import RelationKind
from hub.related import Neighbour, Reason
from hub.settings import Settings
from scripts.cli import app
from tests.support.factories import an_article


def test_related_articles_are_curated(tmp_path: Path) -> None:
    async def fill() -> None:
        async with open_database(Settings(data_dir=tmp_path)):
            a, *others = [await an_article(name, slug=name) for name in "abcd"]
            because = (Reason("WORDS", "ferry", 0.4), Reason("LINKS", "1", 0.05, (others[2],)))
            await related.replace_neighbours(
                {a: [Neighbour(id_, RelationKind.SIMILAR, 0.45, because) for id_ in others]}
            )

    anyio.run(fill)

    def hub(*arguments: str, status: int = 0) -> str:
        environment = {"HUB_DATA_DIR": str(tmp_path)}
        result = CliRunner().invoke(app, ["related", *arguments], env=environment)
        assert result.exit_code == status, result.output
        return result.stdout

    def listed() -> list[tuple[str, str]]:
        lines = map(json.loads, hub("list", "a", "--json").splitlines())
        return [(line["slug"], line["origin"]) for line in lines]

    derived = [("b", "DERIVED"), ("c", "DERIVED"), ("d", "DERIVED")]
    assert listed() == derived
    assert "words ferry; links in common: 1" in " ".join(hub("list", "a").split())
    hub("accept", "a", "c", "--kind", "MORE_TO_READ")
    hub("pin", "a", "d")
    assert listed() == [("d", "EDITOR"), ("c", "EDITOR"), ("b", "DERIVED")]
    hub("order", "a", "c", "d")
    hub("hide", "a", "b")
    assert listed() == [("c", "EDITOR"), ("d", "EDITOR"), ("b", "HIDDEN")]
    assert hub("unhide", "a", "b") == "b may be suggested for a.\n"
    hub("remove", "a", "c")
    assert listed() == [("d", "EDITOR")]
    hub("order", "a", "b", status=1)
