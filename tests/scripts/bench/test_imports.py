"""`hub bench import`, with a real import of a few articles."""

from __future__ import annotations

from pathlib import Path

import pytest

from scripts.bench.imports import ImportBenchOptions, run

pytestmark = pytest.mark.anyio


async def test_an_import_is_measured_beside_its_floor(tmp_path: Path) -> None:
    report = await run(ImportBenchOptions(articles=120, batch=50), tmp_path, lambda _: None)
    assert report.articles == 120
    assert 300 < report.words < 700
    assert all((report.reading > 0, report.storing > 0, report.reimport > 0, report.floor > 0))
    assert report.rate == 120 / report.storing
