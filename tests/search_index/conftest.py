"""Engines for tests: one of every kind, in a folder of its own."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from search_index.engine import SearchEngine
from tests.support.engines import ENGINES, EXCEPTIONS, empty_engine


@pytest.fixture(params=ENGINES)
async def engine(
    request: pytest.FixtureRequest, tmp_path: Path, anyio_backend: str
) -> AsyncIterator[SearchEngine]:
    """An engine with an empty, live index."""
    opened = await empty_engine(request.param, tmp_path / "index")
    yield opened
    await opened.close()


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Skip what an engine cannot promise, with the reason."""
    for item in items:
        callspec = getattr(item, "callspec", None)
        for engine in callspec.params.values() if callspec else ():
            if isinstance(engine, str):
                reason = EXCEPTIONS.get((engine, getattr(item, "originalname", "")))
                if reason:
                    item.add_marker(pytest.mark.skip(reason=reason))
