"""`hub bench worst` at the smallest size: real requests of a real server; no time is judged."""

from __future__ import annotations

import json
from typing import Any

import pytest
from graphql import build_schema, parse, validate
from typer.testing import CliRunner

from schema.build import sdl
from schema.execution.limits import Limits, Measure, measure
from scripts.bench.shapes import SHAPES, WEB_SHAPES, Shape
from scripts.bench.worst import LONG_BODY, LongCorpus
from scripts.commands.bench import app


@pytest.mark.parametrize("shape", SHAPES, ids=lambda shape: shape.name)
def test_shapes_are_valid_documents(shape: Shape) -> None:
    limits = Limits(depth=12, tokens=2_000, aliases=20)
    for size in (1, 100):
        document = parse(shape.document(size), max_lexical_tokens=limits.tokens)
        assert validate(build_schema(sdl()), document) == []
        assert isinstance(measure(document, limits), Measure)


def test_the_newest_articles_are_long() -> None:
    lengths = [len(draft.body.content) for draft in LongCorpus(30, 5).drafts()]
    assert lengths[-5:] == [LONG_BODY] * 5
    assert max(lengths[:-5]) < LONG_BODY / 10


def test_every_shape_is_accepted_and_measured() -> None:
    size = ("--articles", "40", "--long", "10")
    done = CliRunner().invoke(app, ["worst", *size, "--json"], env={"COLUMNS": "160"})
    assert done.exit_code == 0, done.output
    report: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
    assert report["articles"] == 40
    assert report["page_ms"] > 0
    shapes = {shape["name"]: shape for shape in report["shapes"]}
    assert shapes.keys() == {shape.name for shape in (*SHAPES, *WEB_SHAPES)}
    for name, shape in shapes.items():
        assert shape["cpu_ms"] > 0, name
        assert shape["bytes"] > 0, name
        assert shape["cost"] is None or 0 < shape["cost"] <= 10_000, name
        assert shape["bytes"] <= 10_000_000, name
