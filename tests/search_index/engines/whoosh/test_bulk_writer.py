"""Bulk writer: several processes build the same index as one."""

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

from search_index.engine import DEFAULT_OPTIONS
from search_index.engines.whoosh.index import writer
from search_index.engines.whoosh.index.bulk_writer import BulkWriter
from search_index.engines.whoosh.index.searcher import Searcher
from search_index.engines.whoosh.query import execute
from search_index.query import CommentText, Document, EngineError, SearchQuery
from tests.support.documents import DAY, a_document


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    writer.create_index(tmp_path / "gen-1")
    return tmp_path / "gen-1"


@pytest.fixture
def bulk(folder: Path) -> Iterator[BulkWriter]:
    writer_ = BulkWriter(folder, workers=2, parallel_from=5)
    yield writer_
    writer_.rollback()


def batch(first: int, last: int, word: str = "bread") -> list[Document]:
    return [
        a_document(number, f"{word} {number}", comments=(CommentText(number, "yeast", DAY),))
        for number in range(first, last)
    ]


def open_searcher(folder: Path) -> Searcher:
    return Searcher(folder, writer.read_segments(folder), {})


def hit_ids(folder: Path, text: str) -> set[int]:
    page = execute.search(open_searcher(folder), SearchQuery(text, limit=100), DEFAULT_OPTIONS)
    return {hit.id for hit in page.hits}


def children(bulk: BulkWriter) -> list[int]:
    return [worker._process.pid for worker in bulk._workers]


def test_workers_write_what_one_process_writes(
    folder: Path, bulk: BulkWriter, tmp_path: Path
) -> None:
    writer.create_index(tmp_path / "alone")
    alone = BulkWriter(tmp_path / "alone", workers=1)
    for first in range(1, 60, 10):
        bulk.apply(batch(first, first + 10), [])
        alone.apply(batch(first, first + 10), [])
    assert len(children(bulk)) == 2
    bulk.commit()
    alone.commit()

    assert open_searcher(folder).stamps() == open_searcher(tmp_path / "alone").stamps()
    assert hit_ids(folder, "bread") == hit_ids(tmp_path / "alone", "bread") == set(range(1, 61))
    assert not [path for path in folder.iterdir() if path.is_dir()]
    bulk.apply(batch(100, 110), [])
    bulk.commit()
    assert hit_ids(folder, "109") == {109}


def test_what_comes_again_replaces_what_came_before(folder: Path, bulk: BulkWriter) -> None:
    for first in (1, 11, 21):
        bulk.apply(batch(first, first + 10), [])
    bulk.apply(batch(15, 25, "cheese"), [3, 4])
    bulk.apply(batch(31, 41), [])
    bulk.commit()

    assert hit_ids(folder, "cheese") == set(range(15, 25))
    assert hit_ids(folder, "bread") == {1, 2, *range(5, 15), *range(25, 41)}


def test_a_worker_that_dies_is_an_error_and_leaves_nothing(folder: Path, bulk: BulkWriter) -> None:
    bulk.apply(batch(1, 10), [])
    bulk.apply(batch(10, 20), [])
    for pid in children(bulk):
        os.kill(pid, signal.SIGKILL)
    with pytest.raises(EngineError, match="builds the index"):
        bulk.apply(batch(20, 30), [])
    bulk.rollback()

    assert not [path for path in folder.iterdir() if path.is_dir()]
    assert hit_ids(folder, "bread") <= set(range(1, 10))


def test_few_documents_take_no_other_process(bulk: BulkWriter) -> None:
    bulk.apply(batch(1, 4), [])
    assert children(bulk) == []


def test_workers_do_not_outlive_their_parent(folder: Path) -> None:
    program = f"""
import sys
from pathlib import Path
from search_index.engines.whoosh.index.bulk_writer import BulkWriter
from tests.search_index.engines.whoosh.test_bulk_writer import batch, children
bulk = BulkWriter(Path({str(folder)!r}), workers=2, parallel_from=5)
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
