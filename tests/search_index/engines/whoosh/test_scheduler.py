"""Merges beside the writes: nothing waits for one, and none loses a change, even if killed."""

from __future__ import annotations

import os
import signal
from collections.abc import AsyncIterator
from contextlib import suppress
from pathlib import Path

import anyio
import pytest

from search_index.engines.whoosh.engine import WhooshEngine
from search_index.engines.whoosh.index import policy, scheduler, writer
from search_index.query import CommentText, SearchQuery
from tests.support.documents import DAY, a_document, search_ids
from tests.support.whoosh_process import start

pytestmark = pytest.mark.anyio


@pytest.fixture
async def engine(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[WhooshEngine]:
    """An engine that leaves every merge to another process."""
    monkeypatch.setattr(writer, "MAX_ROWS_MERGED_AT_ONCE", 0)
    engine = WhooshEngine(tmp_path)
    async with engine.rebuild():
        pass
    yield engine
    await engine.close()


async def _write(engine: WhooshEngine, first: int, last: int, **changes: object) -> None:
    for number in range(first, last):
        await engine.write([a_document(number, f"Bread {number}", **changes)], [])  # type: ignore[arg-type]


async def _pause_merge(engine: WhooshEngine) -> int:
    """Stop the process of a merge in its tracks, and return its id."""
    with anyio.fail_after(30):
        while (process := engine._merges._process._process) is None or process.returncode == 0:
            await anyio.sleep(0.001)
    os.kill(process.pid, signal.SIGSTOP)
    return process.pid


def _documents(folder: Path) -> list[int]:
    """Return the number of live documents of each segment."""
    return sorted(segment.doc_count() for segment in writer.read_segments(folder / "gen-1"))


def _orphans(folder: Path) -> list[str]:
    """Return the files of the live generation that its commit does not name."""
    ids = {segment.segment_id() for segment in writer.read_segments(folder / "gen-1")}
    return [
        path.name
        for path in (folder / "gen-1").iterdir()
        if path.name.split(".")[0] not in ids and not path.name.startswith("_MAIN_")
        if path.name != "MAIN_WRITELOCK"
    ]


async def test_a_write_does_not_wait_for_a_merge(engine: WhooshEngine, tmp_path: Path) -> None:
    comments = (CommentText(7, "crumbs", DAY), CommentText(8, "crust", DAY))
    await _write(engine, 1, 4)
    await engine.write([a_document(4, "Bread 4", comments=comments)], [])
    merge = await _pause_merge(engine)
    await engine.write([a_document(2, "Rolls", stamp=9), a_document(9, "Cakes")], [1])
    await engine.write([a_document(4, "Bread 4", comments=comments[1:])], [3])

    assert await search_ids(engine, "rolls") == [2]
    assert await search_ids(engine, "bread") == [4]
    os.kill(merge, signal.SIGCONT)
    engine._merges.join()
    assert await search_ids(engine, "rolls") == [2]
    assert await search_ids(engine, "bread") == [4]
    assert sorted(await engine.stamps()) == [2, 4, 9]
    assert len(await search_ids(engine, SearchQuery("crust", limit=9))) == 0
    assert _orphans(tmp_path) == []


async def test_what_was_deleted_during_a_merge_is_deleted_after_it(
    engine: WhooshEngine, tmp_path: Path
) -> None:
    await _write(engine, 1, 5)
    merge = await _pause_merge(engine)
    await engine.write([], [1, 3])
    os.kill(merge, signal.SIGCONT)
    engine._merges.join()
    assert await search_ids(engine, "bread") == [4, 2]
    assert _documents(tmp_path) == [2]


async def test_a_merge_whose_documents_are_gone_leaves_nothing(
    engine: WhooshEngine, tmp_path: Path
) -> None:
    await _write(engine, 1, 5)
    merge = await _pause_merge(engine)
    await engine.write([], [1, 2, 3, 4])
    os.kill(merge, signal.SIGCONT)
    engine._merges.join()
    assert _documents(tmp_path) == []
    assert _orphans(tmp_path) == []


async def test_segments_are_few_once_merges_are_done(engine: WhooshEngine, tmp_path: Path) -> None:
    await _write(engine, 1, 40)
    engine._merges.join()
    tiers = [policy._tier([segment]) for segment in writer.read_segments(tmp_path / "gen-1")]
    assert max(map(tiers.count, tiers)) < policy.MERGE_FACTOR
    assert sum(_documents(tmp_path)) == 39


async def test_a_killed_merge_is_made_up_for(
    engine: WhooshEngine, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(scheduler, "PAUSE_SECONDS", 0.0)
    await _write(engine, 1, 5)
    os.kill(await _pause_merge(engine), signal.SIGKILL)
    engine._merges.join()
    assert _documents(tmp_path) == [1, 1, 1, 1]
    assert _orphans(tmp_path) == []

    await _write(engine, 5, 6)
    engine._merges.join()
    assert _documents(tmp_path) == [5]
    assert sorted(await search_ids(engine, "bread")) == [1, 2, 3, 4, 5]


async def test_a_rebuild_ends_a_merge_and_ends_merged(engine: WhooshEngine, tmp_path: Path) -> None:
    await _write(engine, 1, 5)
    await _pause_merge(engine)
    async with engine.rebuild() as fresh:
        for number in range(10, 20):
            await fresh.write([a_document(number, "Bread")], [])
            await fresh.status()  # commits
    assert not (tmp_path / "gen-1").exists()
    assert len(writer.read_segments(tmp_path / "gen-2")) == 1
    await _write(engine, 20, 24)
    engine._merges.join()
    assert len(await search_ids(engine, "bread")) == 14


async def test_closing_ends_a_merge(engine: WhooshEngine, tmp_path: Path) -> None:
    await _write(engine, 1, 5)
    merge = await _pause_merge(engine)
    await engine.close()
    assert not _lives(merge)
    assert _orphans(tmp_path) == []


@pytest.mark.parametrize("commits", [4, 6, 9, 17, 30])
async def test_a_process_killed_during_a_merge_loses_no_commit(
    engine: WhooshEngine, tmp_path: Path, commits: int
) -> None:
    with start(tmp_path, "merge", first=1) as process:
        assert process.stdout is not None
        committed = [int(process.stdout.readline()) for _ in range(commits)]
        process.kill()
        committed += map(int, process.stdout.read().split())
    stamps = await engine.stamps()
    assert {*committed} <= set(stamps)
    assert len(stamps) <= len(committed) + 1  # one may have been on its way

    with anyio.fail_after(30):  # the process that merges ends with its parent
        while _orphans(tmp_path):
            async with engine.lock() as acquired:
                assert acquired
            await anyio.sleep(0.05)
    await engine.write([a_document(1_000, "Bread")], [])
    engine._merges.join()
    assert {*committed, 1_000} <= set(await engine.stamps())
    assert _orphans(tmp_path) == []


def _lives(pid: int) -> bool:
    with suppress(OSError):
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    return False
