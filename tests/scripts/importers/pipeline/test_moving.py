"""A hub that moves between SQLite and PostgreSQL by export and import is the same hub."""

from __future__ import annotations

from pathlib import Path

import anyio
import pytest
from typer.testing import CliRunner

from hub.settings import Settings
from scripts.cli import app
from scripts.commands.import_ import import_paths
from scripts.commands.serve import DEMO
from tests.support.postgres import Database

pytestmark = pytest.mark.anyio


async def export_lines(settings: Settings, path: Path) -> bytes:
    return await anyio.to_thread.run_sync(_export_lines, settings, path)


def _export_lines(settings: Settings, path: Path) -> bytes:
    env = {"HUB_DATA_DIR": str(settings.data_dir), "HUB_DATABASE_URL": settings.database_url}
    done = CliRunner().invoke(app, ["export", str(path)], env=env)
    assert done.exit_code == 0, done.output
    return path.read_bytes()


async def test_there_and_back_every_line_is_the_same(
    settings: Settings, postgres: Database, tmp_path: Path
) -> None:
    await postgres.empty()
    there = Settings(data_dir=tmp_path / "there", database_url=postgres.url)
    back = Settings(data_dir=tmp_path / "back")
    await import_paths([DEMO], settings)
    lines = await export_lines(settings, tmp_path / "first.jsonl")
    assert len(lines.splitlines()) > 60

    for moved, source, name in (
        (there, "first.jsonl", "there.jsonl"),
        (back, "there.jsonl", "back.jsonl"),
    ):
        report = await import_paths([tmp_path / source], moved)
        assert (report.exit_status, report.refused) == (0, [])
        assert await export_lines(moved, tmp_path / name) == lines
        second_report = await import_paths([tmp_path / name], moved)
        assert dict(second_report.counts())["unchanged"] == dict(report.counts())["created"]
