"""The Whoosh engine on disk: damage, other processes, killed processes, unused files."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import threading
from pathlib import Path

import anyio
import pytest

from search_index.engine import SearchEngine
from search_index.engines import open_engine
from search_index.engines.whoosh.index import (
    directory,
    generations,
    policy,
    schema,
    segment_reader,
)
from search_index.engines.whoosh.index.segment_reader import SegmentReader
from search_index.query import EngineError, SearchQuery
from tests.support.documents import a_document, search_ids
from tests.support.whoosh_process import start

pytestmark = pytest.mark.anyio

DESCRIPTORS = Path("/proc/self/fd")


async def _an_index(folder: Path) -> SearchEngine:
    """An index of two commits, closed and opened again."""
    engine = open_engine(f"whoosh:{folder}")
    async with engine.rebuild() as fresh:
        await fresh.write([a_document(number, "Bread", "and butter") for number in (1, 2)], [])
    await engine.write([a_document(3, "Bread")], [2])
    await engine.close()
    return open_engine(f"whoosh:{folder}")


def _line(process: subprocess.Popen[str]) -> str:
    assert process.stdout is not None
    return process.stdout.readline().strip()


def _open_files(folder: Path) -> int:
    """Return the number of open files of an index in this process, including deleted ones."""
    with os.scandir(DESCRIPTORS) as entries:
        links = [os.readlink(entry.path) for entry in entries if entry.is_symlink()]
    return sum(link.startswith(str(folder)) for link in links)


def _names(folder: Path) -> set[str]:
    return {str(path.relative_to(folder)) for path in folder.rglob("*") if path.is_file()}


# Damage


def _files(folder: Path) -> list[str]:
    """Return one file of each kind in an index."""
    kinds = {name.split(".", 1)[-1]: name for name in sorted(_names(folder)) if "LOCK" not in name}
    return sorted(name for name in kinds.values() if not name.endswith(".lock"))


@pytest.mark.parametrize("kind", ["missing", "empty", "cut short", "one bit", "junk"])
async def test_any_damaged_file_is_an_engine_error_until_rebuilt(tmp_path: Path, kind: str) -> None:
    await (await _an_index(tmp_path / "sound")).close()
    names = _files(tmp_path / "sound")
    assert len(names) == 6, names
    for number, name in enumerate(names):
        folder = tmp_path / str(number)
        shutil.copytree(tmp_path / "sound", folder)
        _damage(folder / name, kind)
        engine = open_engine(f"whoosh:{folder}")

        for _ in range(2):
            with pytest.raises(EngineError):
                await engine.status()
            with pytest.raises(EngineError):
                await engine.search(SearchQuery("bread"))
        async with engine.lock() as acquired, engine.rebuild() as fresh:
            await fresh.write([a_document(5, "Bread")], [])
        assert acquired
        assert await search_ids(engine, "bread") == [5]
        await engine.close()


async def test_damage_of_large_segments_is_found_beside_the_first_searches(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(segment_reader, "_VERIFIED_AT_ONCE", 0)
    verifying = threading.Event()
    verify = SegmentReader.verify

    def verify_later(segment: SegmentReader) -> None:
        assert verifying.wait(20)
        verify(segment)

    monkeypatch.setattr(SegmentReader, "verify", verify_later)
    await (await _an_index(tmp_path)).close()
    [name] = [name for name in sorted(_names(tmp_path)) if name.endswith(".arr")][:1]
    content = (tmp_path / name).read_bytes()
    (tmp_path / name).write_bytes(content[:-1] + bytes([content[-1] ^ 4]))

    engine = open_engine(f"whoosh:{tmp_path}")
    await engine.search(SearchQuery("bread"))  # does not wait
    commit = engine.latest_commit()
    assert commit is not None
    verifying.set()
    with anyio.fail_after(20):
        while engine.latest_commit() == commit:  # what was cached for it is withdrawn
            await anyio.sleep(0.01)
    for call in (
        engine.search(SearchQuery("bread")),
        engine.status(),
        engine.stamps(),
        engine.write([a_document(9)], []),
    ):
        with pytest.raises(EngineError, match="damaged"):
            await call
    async with engine.rebuild() as fresh:
        await fresh.write([a_document(5, "Bread")], [])
    assert await search_ids(engine, "bread") == [5]
    assert engine.latest_commit() not in (None, commit)
    await engine.close()


def _damage(path: Path, kind: str) -> None:
    content = path.read_bytes()
    if kind == "missing":
        path.unlink()
    elif kind == "empty":
        path.write_bytes(b"")
    elif kind == "cut short":
        path.write_bytes(content[: len(content) * 2 // 3])
    elif kind == "one bit":
        middle = len(content) // 2
        path.write_bytes(content[:middle] + bytes([content[middle] ^ 4]) + content[middle + 1 :])
    else:
        path.write_bytes(os.urandom(len(content)))


async def test_an_index_of_another_version_is_outdated(tmp_path: Path) -> None:
    engine = await _an_index(tmp_path)
    current = tmp_path / "CURRENT"
    content = json.loads(directory.read_checked(current))
    assert content["fingerprint"] == schema.fingerprint()
    directory.write_checked(current, json.dumps({**content, "fingerprint": "of old"}).encode())

    with pytest.raises(EngineError, match="another version"):
        await engine.status()
    with pytest.raises(EngineError):
        await engine.write([a_document(9)], [])
    await engine.close()


async def test_an_index_taken_away_while_open_is_an_engine_error(tmp_path: Path) -> None:
    engine = await _an_index(tmp_path / "index")
    assert await search_ids(engine, "bread") == [3, 1]
    shutil.rmtree(tmp_path / "index")

    with pytest.raises(EngineError):
        await engine.search(SearchQuery("bread"))
    async with engine.rebuild() as fresh:
        await fresh.write([a_document(8, "Bread")], [])
    assert await search_ids(engine, "bread") == [8]
    await engine.close()


async def test_a_generation_in_the_making_is_never_taken_for_a_live_one(tmp_path: Path) -> None:
    engine = await _an_index(tmp_path)
    shutil.rmtree(tmp_path / "gen-1")  # while CURRENT still names it
    async with engine.rebuild() as fresh:
        await fresh.write([a_document(8, "Bread")], [])
        assert await search_ids(fresh, "bread") == [8]
        with pytest.raises(EngineError):
            await engine.search(SearchQuery("bread"))
    assert await search_ids(engine, "bread") == [8]
    await engine.close()


async def test_a_batch_that_fails_leaves_nothing_behind(tmp_path: Path) -> None:
    engine = await _an_index(tmp_path)
    before = _names(tmp_path)
    with pytest.raises(EngineError):
        await engine.write([a_document(7, "Bread"), a_document(8, "Bread", stamp=2**63)], [1])

    assert _names(tmp_path) == before
    assert await search_ids(engine, "bread") == [3, 1]
    await engine.write([a_document(7, "Bread")], [])
    assert await search_ids(engine, "bread") == [7, 3, 1]
    await engine.close()


async def test_a_file_cut_short_while_open_is_told_by_the_status(tmp_path: Path) -> None:
    engine = await _an_index(tmp_path)
    await engine.status()
    for name in _names(tmp_path):
        if name.endswith(".arr"):
            _damage(tmp_path / name, "cut short")

    with pytest.raises(EngineError):
        await engine.status()
    with pytest.raises(EngineError):
        await engine.search(SearchQuery('"and butter"'))
    await engine.close()


async def test_a_folder_that_cannot_be_written_is_still_read(tmp_path: Path) -> None:
    engine = await _an_index(tmp_path)
    (tmp_path / "write.lock").unlink()
    (tmp_path / "write.lock").mkdir()  # as good as no right to write, which root always has

    with pytest.raises(EngineError):
        await engine.write([a_document(9)], [])
    with pytest.raises(EngineError):
        async with engine.rebuild():
            pass
    assert await search_ids(engine, "bread") == [3, 1]
    await engine.close()


# Other processes


async def test_commits_of_another_process_are_seen_by_the_next_search(tmp_path: Path) -> None:
    engine = await _an_index(tmp_path)
    with start(tmp_path, "write", first=10) as writer:
        for _ in range(30):
            number = int(_line(writer))
            page = await engine.search(SearchQuery(f'"bread {number}"'))
            assert [hit.id for hit in page.hits] == [number]
    await engine.close()


async def test_the_swap_of_another_engine_is_seen_by_the_next_search(tmp_path: Path) -> None:
    engine, other = await _an_index(tmp_path), open_engine(f"whoosh:{tmp_path}")
    for number in range(10, 20):
        async with other.rebuild() as fresh:
            await fresh.write([a_document(number, "Bread")], [])
        assert await search_ids(engine, "bread") == [number]
    await engine.close()
    await other.close()


async def test_a_swap_may_remove_the_generation_that_a_search_saw_last(tmp_path: Path) -> None:
    engine, other = await _an_index(tmp_path), open_engine(f"whoosh:{tmp_path}")
    await anyio.sleep(2 * generations.RACY_NANOSECONDS / 1e9)
    await search_ids(engine, "bread")  # from now on two stat calls tell that nothing has changed
    async with other.rebuild() as fresh:
        await fresh.write([a_document(10, "Bread")], [])
    assert await search_ids(engine, "bread") == [10]
    await engine.close()
    await other.close()


async def test_the_lock_dies_with_its_process(tmp_path: Path) -> None:
    engine = await _an_index(tmp_path)
    with start(tmp_path, "hold") as holder:
        assert _line(holder) == "True"
        async with engine.lock() as acquired:
            assert acquired is False
    async with engine.lock() as acquired:
        assert acquired is True
    await engine.close()


@pytest.mark.parametrize("commits", [0, 1, 2, 5, 9])
async def test_a_writer_killed_at_any_time_loses_no_commit(tmp_path: Path, commits: int) -> None:
    engine = await _an_index(tmp_path)
    with start(tmp_path, "write", first=10) as writer:
        committed = [int(_line(writer)) for _ in range(commits)]
        writer.kill()
        assert writer.stdout is not None
        committed += map(int, writer.stdout.read().split())
    stamps = await engine.stamps()
    assert {1, 3, *committed} <= set(stamps)
    assert len(stamps) <= 2 + len(committed) + 1  # one may have been on its way

    async with engine.lock() as acquired:
        assert acquired
        await engine.write([a_document(4, "Bread")], [])
    assert 4 in await engine.stamps()
    await engine.close()


async def test_a_rebuild_that_was_killed_leaves_only_junk(tmp_path: Path) -> None:
    engine = await _an_index(tmp_path)
    before = _names(tmp_path)
    with start(tmp_path, "rebuild", first=10) as builder:
        assert _line(builder) == "10"
    assert sorted(await engine.stamps()) == [1, 3]
    assert _names(tmp_path) > before

    async with engine.lock() as acquired:
        assert acquired
    assert _names(tmp_path) == before | {"indexer.lock"}
    await engine.close()


async def test_files_that_nothing_refers_to_are_swept_by_the_indexer(tmp_path: Path) -> None:
    engine = await _an_index(tmp_path)
    before = _names(tmp_path)
    (tmp_path / "gen-7").mkdir()
    for name in (
        "gen-7/_MAIN_1.toc",
        "gen-1/MAIN_zzz.arr",
        "gen-1/_MAIN_9.toc.17",
        "CURRENT.3.new",
    ):
        (tmp_path / name).write_bytes(b"junk")
    (tmp_path / "gen-1" / "MAIN.tmp").mkdir()
    async with engine.lock():
        pass

    assert _names(tmp_path) == before | {"indexer.lock"}
    assert await search_ids(engine, "bread") == [3, 1]
    await engine.close()


@pytest.mark.skipif(not DESCRIPTORS.is_dir(), reason="this system does not list open files")
async def test_open_files_and_segments_stay_bounded(tmp_path: Path) -> None:
    engine = await _an_index(tmp_path)
    await engine.search(SearchQuery("bread"))
    for stamp in range(60):
        await engine.write([a_document(3 + stamp % 5, "Bread", stamp=stamp)], [])
        await engine.search(SearchQuery("bread", fragments=1))

    segments = sum(name.endswith(".arr") for name in _names(tmp_path))
    assert segments <= 2 * policy.MERGE_FACTOR
    assert _open_files(tmp_path) == 2 * segments
    await engine.close()
    assert _open_files(tmp_path) == 0
