"""`hub bench search` with few articles: times of every task and engine."""

from __future__ import annotations

import json
from typing import Any

import pytest
from typer.testing import CliRunner

from scripts.cli import app

TASKS = {
    "build, by the clock (s)",
    "search, highlights, facets",
    "words with a mistake",
    "suggestions",
    "upsert until found",
}


@pytest.fixture(scope="module")
def report() -> dict[str, Any]:
    done = CliRunner().invoke(
        app, ["bench", "search", "--articles", "120", "--queries", "12", "--json"]
    )
    assert done.exit_code == 0, done.output
    result: dict[str, Any] = json.loads(done.output.splitlines()[-1])
    return result


def test_every_task_is_measured_with_every_engine(report: dict[str, Any]) -> None:
    assert set(report["tasks"]) == TASKS
    for figures in report["tasks"].values():
        assert set(figures) == {"hub", "plain Whoosh", "tantivy"}


def test_figures_are_positive_and_in_order(report: dict[str, Any]) -> None:
    for figures in report["tasks"].values():
        for figure in figures.values():
            assert 0 < figure["p50_ms"] <= figure["p99_ms"]
    assert report["memory_mb"] > 10
