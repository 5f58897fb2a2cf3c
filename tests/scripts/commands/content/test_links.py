"""`hub links`: what a rewrite stores, what is reported, and what is mended."""

from __future__ import annotations

import json
from pathlib import Path

import anyio
from typer.testing import CliRunner

from hub import articles, related
from hub.auth import SYSTEM
from hub.db.database import open_database
from hub.drafts import NewArticle
from hub.models import Relation, RelationKind, Status
from hub.settings import Settings
from hub.text.bodies import Body
from scripts.cli import app
from tests.support.factories import an_article


def test_links_of_stored_texts_are_stored(tmp_path: Path) -> None:
    async def fill() -> None:
        async with open_database(Settings(data_dir=tmp_path)):
            await an_article("Ferry", canonical_url="https://old.test/ferry")
            body = Body('<a href="https://old.test/ferry">Ferry</a>')
            new = NewArticle(title="Pier", body=body, status=Status.PUBLISHED)
            await articles.create(new, by=SYSTEM)
            await Relation.all().delete()

    anyio.run(fill)

    def hub(*arguments: str) -> str:
        environment = {"HUB_DATA_DIR": str(tmp_path)}
        result = CliRunner().invoke(app, ["links", "rewrite", *arguments], env=environment)
        assert result.exit_code == 0, result.output
        return result.stdout

    row = {"id": 2, "title": "Pier", "edges": 1}
    assert json.loads(hub("--dry-run", "--json")) == row
    assert hub() == "1 in Pier (2)\nStored 1 link of 1 article.\n"
    assert hub() == "Stored 0 links of 0 articles.\n"


def test_a_reported_link_is_bound(tmp_path: Path) -> None:
    async def fill() -> None:
        async with open_database(Settings(data_dir=tmp_path)):
            pier = await an_article("Pier", slug="pier")
            await an_article("Ferry", slug="ferry")
            await related.link(pier, kind=RelationKind.INLINE, headline="The ferry", by=SYSTEM)

    anyio.run(fill)

    def hub(*arguments: str) -> str:
        environment = {"HUB_DATA_DIR": str(tmp_path)}
        result = CliRunner().invoke(app, ["links", *arguments], env=environment)
        assert result.exit_code == 0, result.output
        return result.stdout

    def report() -> list[tuple[str, str | None, str | None]]:
        lines = map(json.loads, hub("report", "--json").splitlines())
        return [(row["problem"], row["source"], row["target"]) for row in lines]

    assert report() == [
        ("DANGLING", "pier", None),
        ("ORPHAN", None, "pier"),
        ("ORPHAN", None, "ferry"),
    ]
    assert "The ferry" in hub("report")
    assert hub("accept", "1", "ferry") == "1 leads to ferry.\n"
    assert report() == [("ORPHAN", None, "pier")]
