"""Synonyms and pins are removed by number or text; searches that are not shown are counted."""

from __future__ import annotations

import json
from pathlib import Path

import anyio
from typer.testing import CliRunner

from hub.auth import SYSTEM
from hub.db.database import open_database
from hub.db.timestamps import now
from hub.models import QueryStat
from hub.search import tuning
from hub.settings import Settings
from scripts.cli import app
from tests.support.factories import an_article


def test_pins_and_synonyms_are_removed_by_text(tmp_path: Path) -> None:
    async def fill() -> None:
        async with open_database(Settings(data_dir=tmp_path)):
            ferry, pier = await an_article("Ferry"), await an_article("Pier")
            await tuning.pin("Opening hours", ferry, by=SYSTEM)
            for article in (ferry, pier):
                await tuning.pin("boat", article, by=SYSTEM)
            await tuning.add_synonyms(("storm", "Gale"), by=SYSTEM)
            today = now().date().isoformat()
            for text, asked, readers in (("ferry", 9, 3), ("jane", 4, 2), ("doe", 2, 1)):
                await QueryStat.create(day=today, text=text, asked=asked, hits=1, readers=readers)

    anyio.run(fill)

    def hub(*arguments: str, status: int = 0) -> str:
        environment = {"HUB_DATA_DIR": str(tmp_path)}
        result = CliRunner().invoke(app, [*arguments], env=environment)
        assert result.exit_code == status, result.output
        return result.stdout

    assert hub("pins", "remove", "opening hours") == "Pin 1 was removed.\n"
    hub("pins", "remove", "boat", status=1)
    assert hub("pins", "remove", "3") == "Pin 3 was removed.\n"
    assert hub("pins", "remove", "boat") == "Pin 2 was removed.\n"
    hub("pins", "remove", "boat", status=1)
    assert hub("synonyms", "remove", "gale") == "Set 1 was removed.\n"
    hub("synonyms", "remove", "gale", status=1)
    lines = [json.loads(line) for line in hub("search", "stats", "--json").splitlines()]
    assert [line for line in lines if line["kind"] == "HIDDEN"] == [
        {"kind": "HIDDEN", "texts": 2, "searches": 6}
    ]
    assert "Not shown: 6 searches for 2 texts." in hub("search", "stats")
