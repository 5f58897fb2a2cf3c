"""Advice of `hub check`: each rule speaks where its cause is there, and only there."""

from __future__ import annotations

import json
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from hub.db.database import Reader, run
from hub.db.timestamps import now
from hub.settings import Settings
from scripts.advice import advise
from scripts.cli import app
from tests.support.factories import a_token, an_article

pytestmark = [pytest.mark.anyio, pytest.mark.databases]
SITE = "https://hub.example.org"


async def subjects(settings: Settings, db: Reader, **changes: Any) -> set[str]:
    given = Settings.model_validate(settings.model_dump(exclude_unset=True) | changes)
    return {advice.subject for advice in await advise(given, db)}


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({}, {"address"}),
        ({"site_url": "http://hub.example.org"}, set()),
        ({"site_url": SITE}, {"proxies"}),
        ({"site_url": SITE, "proxies": 1}, set()),
        ({"site_url": SITE, "proxies": 1, "article_url": SITE + "/{slug}"}, set()),
        ({"article_url": "https://www.example.org/{slug}"}, {"address", "cors"}),
        (
            {
                "article_url": "https://www.example.org/{slug}",
                "cors_origins": ["https://www.example.org"],
            },
            {"address"},
        ),
        ({"article_url": "https://www.example.org/{slug}", "cors_origins": ["*"]}, {"address"}),
        ({"max_connections": 2_000_000_000}, {"address", "files"}),
    ],
)
async def test_settings_that_do_not_fit_together(
    changes: dict[str, Any], expected: set[str], settings: Settings, db: Reader
) -> None:
    await a_token()
    assert await subjects(settings, db, **changes) - {"disk"} == expected


async def test_a_hub_without_tokens(settings: Settings, db: Reader) -> None:
    assert "tokens" in await subjects(settings, db)
    await a_token()
    assert "tokens" not in await subjects(settings, db)


async def test_a_clock_behind_the_last_save(settings: Settings, db: Reader) -> None:
    await an_article("Tide")
    assert "clock" not in await subjects(settings, db)
    future = now() + timedelta(minutes=2)
    await run("UPDATE revision SET saved_at = ?", [future])
    assert "clock" in await subjects(settings, db)


async def test_a_disk_without_room_for_a_second_index(
    settings: Settings, db: Reader, tmp_path: Path
) -> None:
    generation = tmp_path / "elsewhere" / "gen-1"
    generation.mkdir(parents=True)
    url = f"whoosh:{generation.parent}"
    before = await subjects(settings, db, search_url=url)
    with (generation / "postings").open("wb") as file:
        file.truncate(4_000_000_000_000)  # without blocks on the disk
    assert await subjects(settings, db, search_url=url) == before | {"disk"}


def test_the_command_prints_advice_and_versions(tmp_path: Path) -> None:
    env = {"HUB_DATA_DIR": str(tmp_path / "data"), "HUB_SITE_URL": SITE}
    printed = CliRunner().invoke(app, ["check"], env=env).output
    assert "advice    proxies: " in printed
    assert "versions  Python 3" in printed
    result = CliRunner().invoke(app, ["check", "--json"], env=env)
    kinds = [advice["subject"] for advice in json.loads(result.output)["advice"]]
    assert [kind for kind in kinds if kind != "disk"] == ["proxies", "tokens"]
