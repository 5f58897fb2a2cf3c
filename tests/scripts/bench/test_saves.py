"""`hub bench saves` at the smallest size; times are not judged."""

from __future__ import annotations

import json
from typing import Any

import pytest
from typer.testing import CliRunner

from scripts.bench.saves import IDLE, REBUILT
from scripts.commands.bench import app


def test_each_save_is_found_and_timed() -> None:
    size = ("--articles", "20", "--saves", "3", "--seconds", "0.5")
    done = CliRunner().invoke(app, ["saves", *size, "--json"], env={"COLUMNS": "160"})
    assert done.exit_code == 0, done.output
    report: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
    assert report["batches"] > 0
    assert report["times"][REBUILT]["number"] == 1
    assert report["times"][IDLE]["number"] == 3
    assert report["times"][IDLE]["p50_ratio"] == pytest.approx(1)
    for times in report["times"].values():
        assert 0 < times["p50_ms"] <= times["p99_ms"] <= times["max_ms"]
