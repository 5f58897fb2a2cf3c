"""Bulk writer: builds an index in as many processes as there are cores.

Each worker writes an index of its own, in a subfolder of the index, whose segments are then moved
up: a segment does not contain its path. Most of the time is spent in Whoosh's Python code, so
threads would not help.
"""

from __future__ import annotations

import os
import pickle
import select
import shutil
import subprocess
import sys
from collections.abc import Collection, Sequence
from pathlib import Path
from typing import IO

from whoosh.writing import NO_MERGE, SegmentWriter

from search_index.engines.whoosh.index import writer as index_writer
from search_index.query import Document, EngineError

PARALLEL_FROM = 2_000
"""Documents from which on workers are used, because each takes half a second to start."""

MAX_WORKERS = 8
_READY = b"."
_PROGRAM = "from search_index.engines.whoosh.index.bulk_writer import work; work()"


def cpu_count() -> int:
    """Return the number of cores available to this process."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


class BulkWriter:
    """As `index_writer.Batch`, for many documents. Blocks; used by one thread at a time."""

    def __init__(
        self, folder: Path, *, workers: int | None = None, parallel_from: int = PARALLEL_FROM
    ) -> None:
        self._folder = folder
        self._worker_count = min(MAX_WORKERS, cpu_count()) if workers is None else workers
        self._parallel_from = parallel_from
        self._batch = index_writer.Batch(folder)
        self._workers: list[_Worker] = []
        self._applied_ids: set[int] = set()

    def apply(self, upserts: Collection[Document], deletes: Collection[int]) -> None:
        """Add upserts (of an id, the last one) and deletes, without committing them.

        A batch with ids that were applied before is applied by a Batch in this process.
        """
        documents = {document.id: document for document in upserts}
        is_new = self._applied_ids.isdisjoint(documents) and self._applied_ids.isdisjoint(deletes)
        if is_new and self._worker_count > 1 and len(self._applied_ids) >= self._parallel_from:
            if not self._workers:
                self._workers = [
                    _Worker(self._folder / f"worker-{number}")
                    for number in range(self._worker_count)
                ]
            _wait_for_worker(self._workers).send(list(documents.values()))
        else:
            self._collect_workers()
            self._batch.apply(upserts, deletes)
        self._applied_ids.update(documents)

    def commit(self) -> None:
        """Write everything applied so far to disk, visible to searches."""
        self._collect_workers()
        self._batch.commit()

    def rollback(self) -> None:
        """Discard what has been applied since the last commit; never raises."""
        workers, self._workers = self._workers, []
        for worker in workers:
            worker.kill()
        self._batch.rollback()

    def _collect_workers(self) -> None:
        """Wait for the workers to finish, and add their segments to the index."""
        if self._workers:
            self._batch.commit()
            for worker in self._workers:
                worker.end_input()
            for worker in self._workers:
                worker.finish()
            _move_segments(self._folder, [worker.folder for worker in self._workers])
            self._workers = []


class _Worker:
    """A process that writes an index in `folder`; it ends when the parent ends or is killed."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        index_writer.create_index(folder)
        self._process = subprocess.Popen(
            [sys.executable, "-c", _PROGRAM, str(folder)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            env={**os.environ, "PYTHONPATH": os.pathsep.join(filter(None, sys.path))},
            start_new_session=True,  # only the parent handles an interrupt from the terminal
        )

    def fileno(self) -> int:
        """Return the descriptor that is readable when the worker is ready or has died."""
        return self._output.fileno()

    def send(self, documents: list[Document]) -> None:
        """Send documents to the worker, which has to be ready."""
        if self._output.read(1) != _READY:
            raise EngineError("a process that builds the index has failed")
        self._send(documents)

    def end_input(self) -> None:
        """Signal the end of the input."""
        self._send(None)

    def finish(self) -> None:
        """Wait until all documents sent are on disk in its folder."""
        with self._process:
            self._output.read()
        if self._process.returncode:
            raise EngineError("a process that builds the index has failed")

    def kill(self) -> None:
        """Kill the process, and remove its folder; never raises."""
        self._process.kill()
        try:
            with self._process:
                pass
        except OSError:  # closing its pipe fails with unsent data
            pass
        shutil.rmtree(self.folder, ignore_errors=True)

    def _send(self, documents: list[Document] | None) -> None:
        input_ = self._process.stdin
        assert input_ is not None  # it is a pipe
        try:
            pickle.dump(documents, input_, pickle.HIGHEST_PROTOCOL)
            input_.flush()
        except OSError as error:
            raise EngineError("a process that builds the index has died") from error

    @property
    def _output(self) -> IO[bytes]:
        output = self._process.stdout
        assert output is not None  # it is a pipe
        return output


def _wait_for_worker(workers: Sequence[_Worker]) -> _Worker:
    """Wait for a worker that is ready for documents, or has died."""
    readable, _, _ = select.select(workers, [], [])
    worker: _Worker = readable[0]
    return worker


def _move_segments(folder: Path, folders: Sequence[Path]) -> None:
    """Move the segments of other indexes into the one in `folder`, and commit them there."""
    writer: SegmentWriter = index_writer.BatchWriter(folder)
    try:
        for source in folders:
            segments = index_writer.read_segments(source)
            index_writer.move_segments(folder, source, segments)
            writer.segments += segments
    except BaseException:
        writer.cancel()
        raise
    writer.commit(mergetype=NO_MERGE)
    for source in folders:
        shutil.rmtree(source, ignore_errors=True)


def work() -> None:
    """Run a worker: read pickled documents from stdin, write a byte to stdout when ready."""
    batch = index_writer.Batch(Path(sys.argv[1]))
    input_, output = sys.stdin.buffer, sys.stdout.buffer
    while True:
        output.write(_READY)
        output.flush()
        try:
            documents: list[Document] | None = pickle.load(input_)
        except EOFError:  # the parent has died
            return
        if documents is None:
            batch.commit()
            return
        batch.apply(documents, [])
