"""What only a cluster can do: lose parts, hang, answer late, make indices by itself."""

from __future__ import annotations

import socket
import time
from collections.abc import AsyncIterator
from pathlib import Path

import anyio
import httpx
import pytest

from search_index.engine import EngineOptions
from search_index.engines import open_engine
from search_index.engines.opensearch import OpenSearchEngine
from search_index.engines.opensearch import leader as leader_module
from search_index.engines.opensearch.address import parse_address
from search_index.engines.opensearch.client import READ_SECONDS, Client
from search_index.engines.opensearch.generations import Generations
from search_index.engines.opensearch.leader import LEASE_SECONDS, Leadership
from search_index.engines.opensearch.reader import STALE_SECONDS, Commit
from search_index.engines.opensearch.writer import MAX_BULK_BYTES, Writer
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
        counts = engine.request_counts()
        assert (counts["timed_out"], counts["retried"]) == (1, 1)
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


async def test_a_leader_that_wakes_up_late_does_no_harm(tmp_path: Path) -> None:
    """Another one has taken over while it was paused, and has written what is newer."""
    url = engine_url("opensearch", tmp_path)
    former, leader = (open_engine(url) for _ in range(2))
    assert isinstance(former, OpenSearchEngine)
    assert isinstance(leader, OpenSearchEngine)
    async with former.rebuild():
        pass
    async with former.lock() as has_lock:
        assert has_lock
        await former.write([a_document(1, "Bread")], [])
        late = Writer(former._client, former.names)  # has read the last commit already
        prepared = await late._next_commit()
        leader._leadership._observed = await _lock_version(leader), -LEASE_SECONDS
        async with leader.lock() as has_taken_over:
            assert has_taken_over
            await leader.write([a_document(1, "Cheese")], [])
            with pytest.raises(EngineUnavailable, match="another process indexes now"):
                await former.write([a_document(1, "Bread")], [])
            late._next_commit = lambda: _return(prepared)  # type: ignore[method-assign]
            await late.apply([a_document(1, "Bread")], [])
            assert (await search_ids(leader, "bread"), await search_ids(leader, "cheese")) == (
                [],
                [1],
            )
    for engine in (former, leader):
        await engine.close()


async def _lock_version(engine: OpenSearchEngine) -> tuple[int, int]:
    row = await engine._leadership._read()
    assert row is not None
    return row["_seq_no"], row["_primary_term"]


async def _return(commit: Commit) -> Commit:
    return commit


async def test_a_renewal_without_an_answer_does_not_lose_the_lock(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It was carried out, as while a node hung for some seconds; its holder goes on."""
    monkeypatch.setattr(leader_module, "RENEW_SECONDS", 0.01)
    engine, other = (open_engine(engine_url("opensearch", tmp_path)) for _ in range(2))
    assert isinstance(engine, OpenSearchEngine)
    async with engine.rebuild():
        pass
    async with engine.lock() as has_lock:
        assert has_lock
        for _ in range(3):  # nobody hears of the answer
            await engine._leadership._write("_doc", await _lock_version(engine))
            await anyio.sleep(0.3)
        engine._leadership.check()
        await engine.write([a_document()], [])
        async with other.lock() as has_lock:
            assert not has_lock
        # Released while no node answered: only the same process need not wait.
        engine._leadership.is_lost = True
    async with other.lock() as has_lock:
        assert not has_lock
    async with engine.lock() as has_lock:
        assert has_lock
    await engine.close()
    await other.close()


def test_a_lock_that_was_not_renewed_in_time_is_lost() -> None:
    leadership = Leadership(
        Client([]), Generations(Client([]), parse_address("//a/b", secure=False))
    )
    leadership.is_held, leadership._renewed_at = True, time.monotonic() - LEASE_SECONDS - 1
    with pytest.raises(EngineUnavailable):
        leadership.check()


async def test_a_copy_that_lags_behind_is_told(engine: EmptiedEngine) -> None:
    """A node that was paused answers with an older commit than this process has seen."""
    await engine.write([a_document(1, "Bread")], [])
    seen = engine._reader.commit
    assert seen is not None
    engine._reader.see(seen._replace(number=seen.number + 1))
    page = await engine.search(SearchQuery("bread"))
    assert ([hit.id for hit in page.hits], page.total_is_exact) == ([1], False)
    engine._reader._seen_at -= STALE_SECONDS  # as of an index that was restored from a backup
    assert (await engine.search(SearchQuery("bread"))).total_is_exact


async def test_a_status_is_told_in_time(tmp_path: Path) -> None:
    """Who asks whether a hub is ready is answered, also while no node answers."""
    with socket.create_server(("127.0.0.1", 0)) as hung:
        host, port = hung.getsockname()
        engine = open_engine(f"opensearch://{host}:{port}/away")
        started = time.monotonic()
        with pytest.raises(EngineUnavailable, match="in time"):
            await engine.status()
        assert time.monotonic() - started < READ_SECONDS
        await engine.close()
