"""`hub bench graph` reads a graph of copies."""

from __future__ import annotations

from pathlib import Path

import pytest

from scripts.bench.graph import GraphBenchOptions, run

pytestmark = pytest.mark.anyio


async def test_each_read_is_measured(tmp_path: Path) -> None:
    report = await run(GraphBenchOptions(1_000, 5, 2), tmp_path, lambda _: None)
    assert report.edges == 5_000
    assert report.times["relatedGraph, depth 3, 24 edges"].rows > 20
    assert report.times["linkReport.oneSided"].rows == 20
    assert report.times["linkReport.formerAddresses"].rows == 20
