"""A build in several processes is the index that one process builds."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import pytest

from search_index.engine import USUAL
from search_index.engines.whoosh.index import writer
from search_index.engines.whoosh.index.bulk_writer import Bulk
from search_index.engines.whoosh.index.searcher import Snapshot
from search_index.engines.whoosh.query import execute
from search_index.query import CommentText, Document, EngineError, SearchQuery
from tests.support.documents import DAY, a_document


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    writer.create(tmp_path / "gen-1")
    return tmp_path / "gen-1"


@pytest.fixture
def bulk(folder: Path) -> Iterator[Bulk]:
    made = Bulk(folder, workers=2, parallel_from=5)
    yield made
    made.drop()


def batch(first: int, last: int, word: str = "bread") -> list[Document]:
    return [
        a_document(number, f"{word} {number}", comments=(CommentText(number, "yeast", DAY),))
        for number in range(first, last)
    ]


def opened(folder: Path) -> Snapshot:
    return Snapshot(folder, writer.segments(folder), {})


def found(folder: Path, text: str) -> set[int]:
    page = execute.search(opened(folder), SearchQuery(text, limit=100), USUAL)
    return {hit.id for hit in page.hits}


def children(bulk: Bulk) -> list[int]:
    return [worker._process.pid for worker in bulk._crew]


def test_workers_write_what_one_process_writes(folder: Path, bulk: Bulk, tmp_path: Path) -> None:
    writer.create(tmp_path / "alone")
    alone = Bulk(tmp_path / "alone", workers=1)
    for first in range(1, 60, 10):
        bulk.apply(batch(first, first + 10), [])
        alone.apply(batch(first, first + 10), [])
    assert len(children(bulk)) == 2
    bulk.commit()
    alone.commit()

    assert opened(folder).stamps() == opened(tmp_path / "alone").stamps()
    assert found(folder, "bread") == found(tmp_path / "alone", "bread") == set(range(1, 61))
    assert not [path for path in folder.iterdir() if path.is_dir()]
    bulk.apply(batch(100, 110), [])
    bulk.commit()
    assert found(folder, "109") == {109}


def test_what_comes_again_replaces_what_came_before(folder: Path, bulk: Bulk) -> None:
    for first in (1, 11, 21):
        bulk.apply(batch(first, first + 10), [])
    bulk.apply(batch(15, 25, "cheese"), [3, 4])
    bulk.apply(batch(31, 41), [])
    bulk.commit()

    assert found(folder, "cheese") == set(range(15, 25))
    assert found(folder, "bread") == {1, 2, *range(5, 15), *range(25, 41)}


def test_a_worker_that_dies_is_an_error_and_leaves_nothing(folder: Path, bulk: Bulk) -> None:
    bulk.apply(batch(1, 10), [])
    bulk.apply(batch(10, 20), [])
    for pid in children(bulk):
        os.kill(pid, signal.SIGKILL)
    with pytest.raises(EngineError, match="builds the index"):
        bulk.apply(batch(20, 30), [])
    bulk.drop()

    assert not [path for path in folder.iterdir() if path.is_dir()]
    assert found(folder, "bread") <= set(range(1, 10))


def test_few_documents_take_no_other_process(bulk: Bulk) -> None:
    bulk.apply(batch(1, 4), [])
    assert children(bulk) == []


def test_workers_do_not_outlive_their_parent(folder: Path) -> None:
    program = f"""
import sys
from pathlib import Path
from search_index.engines.whoosh.index.bulk_writer import Bulk
from tests.search_index.engines.whoosh.test_bulk_writer import batch, children
bulk = Bulk(Path({str(folder)!r}), workers=2, parallel_from=5)
bulk.apply(batch(1, 10), [])
bulk.apply(batch(10, 20), [])
print(*children(bulk), flush=True)
sys.stdin.read()
"""
    parent = subprocess.Popen(
        [sys.executable, "-c", program],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        env={**os.environ, "PYTHONPATH": os.pathsep.join(filter(None, sys.path))},
    )
    with parent:
        assert parent.stdout is not None
        pids = list(map(int, parent.stdout.readline().split()))
        assert len(pids) == 2
        parent.kill()
    until = time.monotonic() + 20
    while any(map(_lives, pids)):
        assert time.monotonic() < until
        time.sleep(0.02)


def _lives(pid: int) -> bool:
    with suppress(OSError):
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    return False
