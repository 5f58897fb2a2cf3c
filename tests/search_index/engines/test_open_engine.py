"""Engines by URL."""

from __future__ import annotations

from pathlib import Path

import pytest

from search_index.engines import open_engine
from search_index.query import EngineError, UnknownEngine
from tests.support.documents import a_document, search_ids

pytestmark = pytest.mark.anyio


@pytest.mark.parametrize(
    "url", ["", "solr:/x", "whoosh", "://", "/srv/index", "whoosh:", "whoosh:\0"]
)
async def test_a_url_of_no_engine_is_told(url: str) -> None:
    with pytest.raises(UnknownEngine, match="whoosh:"):
        open_engine(url)


@pytest.mark.parametrize("form", ["whoosh:{}", "whoosh://{}", "WHOOSH:{}"])
async def test_the_forms_of_a_folder(form: str, tmp_path: Path) -> None:
    engine = open_engine(form.format(tmp_path / "an index"))
    async with engine.rebuild():
        pass
    assert (tmp_path / "an index" / "CURRENT").is_file()
    await engine.close()


async def test_opening_touches_nothing(tmp_path: Path) -> None:
    engine = open_engine(f"whoosh:{tmp_path / 'index'}")
    assert not (tmp_path / "index").exists()
    with pytest.raises(EngineError):
        await engine.status()
    await engine.close()


async def test_an_index_in_memory_begins_empty_and_is_usable_at_once() -> None:
    engine, other = open_engine("whoosh::memory:"), open_engine("whoosh::memory:")
    await engine.write([a_document(1, "Bread")], [])

    assert await search_ids(engine, "bread") == [1]
    assert await search_ids(other, "bread") == []
    await engine.close()
    await other.close()
