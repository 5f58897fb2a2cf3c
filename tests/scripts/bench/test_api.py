"""`hub bench api` at the smallest size: real server processes; values are not checked."""

from __future__ import annotations

import json
import math
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner, Result

from scripts.bench import api, memory
from scripts.commands.bench import app

PAGES = [
    "article page, 20 comments",
    "article page, few comments",
    "list of 20",
    "search page, asked before",
    "search page, new words",
    "article page, kept",
    "article page, kept, persisted GET",
    "article page, not modified",
    "article page, new document",
]
SIZE = ("--articles", "30", "--rounds", "2", "--seconds", "0.02", "--clients", "2")
CACHE_SIZE = ("--cache-bytes", "300000")


@pytest.fixture(scope="module")
def own(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The configured folder of the hub, which a benchmark must not change."""
    return tmp_path_factory.mktemp("own")


@pytest.fixture(scope="module")
def result(own: Path) -> Result:
    env = {
        "COLUMNS": "120",
        "HUB_DATA_DIR": str(own / "data"),
        "HUB_DATABASE_URL": f"sqlite://{own / 'mine.sqlite3'}",
        "HUB_SEARCH_URL": f"whoosh:{own / 'index'}",
    }
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(api, "NEW_TEXTS", 150)
        patch.setattr(memory, "DOCUMENTS", 50)
        done = CliRunner().invoke(
            app, ["api", *SIZE, *CACHE_SIZE, "--grown-from", "20", "--json"], env=env
        )
    assert done.exit_code == 0, done.output
    return done


def figures(result: Result) -> Any:
    return json.loads(result.stdout.splitlines()[-1])


def test_a_run_of_the_smallest_size(result: Result, own: Path) -> None:
    """One test: workers that share several tests would each run the benchmark."""
    check_that_the_table_has_a_row_for_each_page(result)
    check_that_every_figure_is_a_positive_number(result)
    check_that_statements_do_not_grow_with_the_number_of_comments(result)
    check_that_the_hub_that_is_set_up_here_is_not_touched(result, own)


def check_that_the_table_has_a_row_for_each_page(result: Result) -> None:
    rows = [line.split("│") for line in result.stdout.splitlines() if line.startswith("│")]

    assert [row[1].strip() for row in rows] == PAGES
    assert {len(row) for row in rows} == {11}


def check_that_every_figure_is_a_positive_number(result: Result) -> None:
    report = figures(result)
    pages, growth = report.pop("pages"), report.pop("growth")

    assert [page.pop("name") for page in pages] == list(growth) == PAGES
    for values in (report, growth, *pages):
        for name, value in values.items():
            assert math.isfinite(value), name
            assert value > 0 or (name == "statements" and value == 0), name
    assert 30_000_000 < report["memory_bytes"] < 1_000_000_000


def check_that_statements_do_not_grow_with_the_number_of_comments(result: Result) -> None:
    many, few, *_ = figures(result)["pages"]

    assert many["statements"] == few["statements"]


def check_that_the_hub_that_is_set_up_here_is_not_touched(result: Result, own: Path) -> None:
    assert figures(result)["articles"] == 30
    assert list(own.iterdir()) == []


def test_a_server_that_is_away_ends_the_bench_with_a_line() -> None:
    done = CliRunner().invoke(app, ["api", *SIZE, "--database", "postgres://me@127.0.0.1:1/x"])
    assert done.exit_code == 1
    assert done.stderr.startswith("hub: PostgreSQL cannot be used at 127.0.0.1:1/x")
