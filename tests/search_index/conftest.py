"""Engines for tests: one of every kind, in a folder of its own."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from search_index.engine import SearchEngine
from search_index.engines import open_engine
from tests.support.engines import ENGINES


@pytest.fixture(params=ENGINES)
async def engine(
    request: pytest.FixtureRequest, tmp_path: Path, anyio_backend: str
) -> AsyncIterator[SearchEngine]:
    """An engine with an empty, live index."""
    opened = open_engine(request.param.format(folder=tmp_path / "index"))
    async with opened.rebuild():
        pass
    yield opened
    await opened.close()
