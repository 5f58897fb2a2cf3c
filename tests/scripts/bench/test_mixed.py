"""`hub bench mixed` at the smallest size; values are not judged."""

from __future__ import annotations

import json
from typing import Any

from graphql import build_schema, parse, validate
from typer.testing import CliRunner

from schema.build import sdl
from scripts.bench.mixed import (
    CREATE_ARTICLE,
    SEARCH,
    HubReport,
    MixedMetrics,
    Percentiles,
    goals,
)
from scripts.commands.bench import app
from tests.support.paths import ROOT


def test_its_requests_are_valid_documents() -> None:
    for document in (CREATE_ARTICLE, SEARCH):
        assert validate(build_schema(sdl()), parse(document)) == []


def test_clients_read_and_save_in_both_codes() -> None:
    size = ("--articles", "20", "--seconds", "0.6", "--workers", "2", "--against", str(ROOT))
    done = CliRunner().invoke(app, ["mixed", *size, "--json"], env={"COLUMNS": "200"})
    assert done.exit_code == 0, done.output
    report: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
    assert [(hub["code"], hub["workers"]) for hub in report["hubs"]] == [
        ("this code", 2),
        ("other code", 2),
    ]
    for hub in report["hubs"]:
        assert hub["save_cpu_ms"] > 0
        reading, *writing = hub["mixed"]
        assert reading["reads"]["number"] > 0
        assert reading["saves"]["number"] == 0
        for metrics in (hub["idle"], hub["beside_readers"], *writing):
            assert metrics["saves"]["number"] > 0
            assert 0 < metrics["saves"]["p50_ms"] <= metrics["saves"]["p99_ms"]


def test_a_goal_is_a_bound_for_what_the_same_run_gave() -> None:
    def metrics(per_second: float, read_p99_ms: float, save_ms: float) -> MixedMetrics:
        reads, saves = Percentiles(1, 1.0, read_p99_ms), Percentiles(1, save_ms, 2 * save_ms)
        return MixedMetrics("", per_second, reads, saves, saves)

    mixed = (metrics(1_000, 10, 0), metrics(700, 40, 5), metrics(500, 50, 5))
    report = HubReport("this code", 1, 19.0, metrics(9, 1, 10), metrics(900, 10, 30), mixed)
    assert [(goal.reached, goal.is_met) for goal in goals(report)] == [
        (3.0, True),
        (3.0, True),
        (4.0, False),
        (0.7, False),
        (19.0, True),
    ]
