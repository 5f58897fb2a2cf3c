"""`hub bench typing` at the smallest size; values are not checked."""

from __future__ import annotations

import json

from graphql import build_schema, parse, validate
from typer.testing import CliRunner

from schema.build import sdl
from schema.web.search.box_documents import documents_in
from scripts.bench.keystrokes import build_request
from scripts.commands.bench import app


def test_people_type_and_are_answered() -> None:
    size = ("--articles", "20", "--users", "12", "--seconds", "6", "--workers", "2")
    done = CliRunner().invoke(app, ["typing", *size, "--json"], env={"COLUMNS": "120"})
    assert done.exit_code == 0, done.output
    report = json.loads(done.stdout.splitlines()[-1])
    assert report["articles"] == 20
    for typed, users in ((report["alone"], 1), (report["crowd"], 12), (report["kept"], 12)):
        assert typed["users"] == users
        assert typed["keys"] > 2
        assert 0 < typed["p50_ms"] <= typed["p95_ms"] <= typed["p99_ms"]
        assert 0 <= typed["soon"] <= 1
        assert typed["cpu_ms"] > 0
    assert report["alone"]["kept"] == report["crowd"]["kept"] == 0
    assert report["kept"]["kept"] > 0


def test_the_boxs_own_query_is_what_is_asked() -> None:
    [document] = documents_in("hub-search.js")
    assert validate(build_schema(sdl()), parse(document)) == []
    assert len(build_request("electric ferry")) < 250  # of which the document's id takes 64
