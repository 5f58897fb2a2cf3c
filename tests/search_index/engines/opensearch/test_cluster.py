"""What only a cluster can do: lose parts, hang, answer late, make indices by itself."""

from __future__ import annotations

import socket
import time
from collections.abc import AsyncIterator
from pathlib import Path

import httpx
import pytest

from search_index.engine import EngineOptions
from search_index.engines import open_engine
from search_index.engines.opensearch.writer import MAX_BULK_BYTES
from search_index.query import EngineUnavailable, NoIndex, SearchQuery
from tests.support.documents import a_document, search_ids
from tests.support.engines import engine_url
from tests.support.opensearch import EmptiedEngine, node

pytestmark = pytest.mark.anyio


@pytest.fixture
async def engine(anyio_backend: str) -> AsyncIterator[EmptiedEngine]:
    opened = await EmptiedEngine.open()
    yield opened
    await opened.close()


@pytest.fixture
async def cluster(anyio_backend: str) -> AsyncIterator[httpx.AsyncClient]:
    async with httpx.AsyncClient(base_url=f"http://{node()}", timeout=60) as client:
        yield client


async def test_a_write_makes_no_index_with_guessed_fields(
    cluster: httpx.AsyncClient, tmp_path: Path
) -> None:
    url = engine_url("opensearch", tmp_path)
    engine = open_engine(url)
    with pytest.raises(NoIndex):
        await engine.write([a_document()], [])
    await engine.close()
    assert (await cluster.get(f"/{url.rpartition('/')[2]}*")).json() == {}


async def test_parts_that_are_missing_are_told(
    engine: EmptiedEngine, cluster: httpx.AsyncClient
) -> None:
    """OpenSearch answers 200 with what it has; a part that no node holds is not in it."""
    await engine.write([a_document(1, "Bread")], [])
    name = engine.names.public
    lost = {
        "settings": {
            "index.routing.allocation.require._name": "nowhere",
            "number_of_replicas": 0,
        },
        "aliases": {name: {}},
    }
    path = f"/lost-{name}?wait_for_active_shards=0"
    assert (await cluster.put(path, json=lost)).status_code == 200
    try:
        page = await engine.search(SearchQuery("bread"))
        assert ([hit.id for hit in page.hits], page.total_is_exact) == ([1], False)
    finally:
        await cluster.delete(f"/lost-{name}")
    assert (await engine.search(SearchQuery("bread"))).total_is_exact


async def test_a_node_that_hangs_costs_one_deadline(tmp_path: Path) -> None:
    """The other node is asked then, and first from then on."""
    url = engine_url("opensearch", tmp_path)
    usual = open_engine(url)
    async with usual.rebuild() as fresh:
        await fresh.write([a_document(1, "Bread")], [])
    await usual.close()
    with socket.create_server(("127.0.0.1", 0)) as hung:  # accepts, and never answers
        first = f"127.0.0.1:{hung.getsockname()[1]}"
        both = url.replace("//", f"//{first},")
        engine = open_engine(both, EngineOptions(time_limit_seconds=0.5))
        started = time.monotonic()
        assert await search_ids(engine, "bread") == [1]
        assert await search_ids(engine, "bread") == [1]
        assert 0.5 < time.monotonic() - started < 30
        await engine.close()


async def test_a_cluster_that_is_away_is_no_fault_of_the_index() -> None:
    engine = open_engine("opensearch://127.0.0.1:9/away", EngineOptions(password="secret"))
    for call in (engine.status(), engine.search(SearchQuery("x")), engine.write([], [1])):
        with pytest.raises(EngineUnavailable, match="does not answer") as caught:
            await call
        assert "secret" not in str(caught.value)
    await engine.close()


async def test_a_batch_that_is_too_large_for_one_request_is_seen_as_a_whole(
    engine: EmptiedEngine,
) -> None:
    body = "Bread and salt. " * (MAX_BULK_BYTES // 60)
    await engine.write([a_document(number, "Rye", body) for number in range(1, 4)], [])
    assert len(await search_ids(engine, "rye")) == 3


async def test_what_arrives_late_does_not_bring_back_what_was_deleted(
    engine: EmptiedEngine, cluster: httpx.AsyncClient
) -> None:
    """A request of a process that was paused is older than what was written since."""
    await engine.write([a_document(1, "Bread")], [])
    path = f"/{engine.names.public}/_doc/a1?routing=1"
    row = (await cluster.get(path)).json()
    await engine.write([], [1])
    late = f"{path}&version={row['_version']}&version_type=external_gte&refresh=true"
    assert (await cluster.put(late, json=row["_source"])).status_code == 409
    assert await search_ids(engine, "bread") == []


async def test_a_hidden_article_leaves_the_index_of_everybody(
    engine: EmptiedEngine, cluster: httpx.AsyncClient
) -> None:
    await engine.write([a_document(1, "Bread")], [])
    await engine.write([a_document(1, "Bread", status="DRAFT")], [])
    found = [
        (await cluster.get(f"/{name}/_doc/a1?routing=1")).json()["found"] for name in engine.names
    ]
    assert found == [False, True]


async def test_two_engines_see_each_others_batches(tmp_path: Path) -> None:
    """What one process knows of the words does not hide what another has written."""
    url = engine_url("opensearch", tmp_path)
    first, second = open_engine(url), open_engine(url)
    async with first.rebuild():
        pass
    for number, word in enumerate(("bread", "cheese", "harbour"), start=1):
        assert await search_ids(second, word) == []
        await first.write([a_document(number, word)], [])
        assert await search_ids(second, word) == [number]
    await first.write([], [1])
    assert await search_ids(second, "bread") == []
    await first.close()
    await second.close()


async def test_an_index_without_its_copies_is_degraded(tmp_path: Path) -> None:
    """One node cannot hold a copy of what it holds itself."""
    url = engine_url("opensearch", tmp_path)
    for options, is_degraded in (("", False), ("?replicas=1", True)):
        engine = open_engine(url + options)
        async with engine.rebuild():
            pass
        assert (await engine.status()).is_degraded is is_degraded
        await engine.close()


async def test_a_long_document_is_compared_by_its_telling_terms(engine: EmptiedEngine) -> None:
    body = " ".join(f"word{number}" for number in range(3_000))
    await engine.write([a_document(1, "Rye", body), a_document(2, "Rye", body)], [])
    assert [item.id for item in await engine.similar(1, 5)] == [2]
