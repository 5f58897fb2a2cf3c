"""Many documents at once: a rebuild in as many processes as there are cores.

Each worker writes an index of its own, in a folder below the one that is built, whose segments are
then moved up: a segment says nothing of where it lies. Whoosh takes most of a build for itself,
in Python, so threads would not help.
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
"""Documents from which on a build takes more than one process, which cost half a second each."""

MAX_WORKERS = 8
_READY = b"."
_PROGRAM = "from search_index.engines.whoosh.index.bulk_writer import work; work()"


def cores() -> int:
    """How many cores this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


class Bulk:
    """What `index_writer.Batch` is to a few documents. Blocks; belongs to one thread at a time."""

    def __init__(
        self, folder: Path, *, workers: int | None = None, parallel_from: int = PARALLEL_FROM
    ) -> None:
        self._folder = folder
        self._workers = min(MAX_WORKERS, cores()) if workers is None else workers
        self._parallel_from = parallel_from
        self._batch = index_writer.Batch(folder)
        self._crew: list[_Worker] = []
        self._seen: set[int] = set()

    def apply(self, upserts: Collection[Document], deletes: Collection[int]) -> None:
        """Take in upserts (the last of an id counts) and deletes, without committing them.

        Documents that have come before are replaced one after the other, as a Batch does it.
        """
        documents = {document.id: document for document in upserts}
        are_new = self._seen.isdisjoint(documents) and self._seen.isdisjoint(deletes)
        if are_new and self._workers > 1 and len(self._seen) >= self._parallel_from:
            if not self._crew:
                self._crew = [
                    _Worker(self._folder / f"worker-{number}") for number in range(self._workers)
                ]
            _free(self._crew).take(list(documents.values()))
        else:
            self._gather()
            self._batch.apply(upserts, deletes)
        self._seen.update(documents)

    def commit(self) -> None:
        """Have everything applied so far on disk and found by searches."""
        self._gather()
        self._batch.commit()

    def drop(self) -> None:
        """Forget what has been applied since the last commit; never raises."""
        crew, self._crew = self._crew, []
        for worker in crew:
            worker.drop()
        self._batch.drop()

    def _gather(self) -> None:
        """Let the workers finish, and make their segments our own."""
        if self._crew:
            self._batch.commit()
            for worker in self._crew:
                worker.ask_to_finish()
            for worker in self._crew:
                worker.finish()
            _adopt(self._folder, [worker.folder for worker in self._crew])
            self._crew = []


class _Worker:
    """A process that writes an index in `folder`; it ends with this one, however that ends."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        index_writer.create(folder)
        self._process = subprocess.Popen(
            [sys.executable, "-c", _PROGRAM, str(folder)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            env={**os.environ, "PYTHONPATH": os.pathsep.join(filter(None, sys.path))},
            start_new_session=True,  # an interrupt from the terminal is for the parent to handle
        )

    def fileno(self) -> int:
        """What can be read once it has done its work, or has died."""
        return self._output.fileno()

    def take(self, documents: list[Document]) -> None:
        """Hand documents over to a worker that is free."""
        if self._output.read(1) != _READY:
            raise EngineError("a process that builds the index has failed")
        self._send(documents)

    def ask_to_finish(self) -> None:
        """Tell it that no more will come."""
        self._send(None)

    def finish(self) -> None:
        """Wait until all it was given is on disk in its folder."""
        with self._process:
            self._output.read()
        if self._process.returncode:
            raise EngineError("a process that builds the index has failed")

    def drop(self) -> None:
        """Stop it, and remove what it has written; never raises."""
        self._process.kill()
        try:
            with self._process:
                pass
        except OSError:  # what it was to be sent is no longer wanted
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


def _free(crew: Sequence[_Worker]) -> _Worker:
    """The first worker that waits for documents, or has died."""
    ready, _, _ = select.select(crew, [], [])
    worker: _Worker = ready[0]
    return worker


def _adopt(folder: Path, others: Sequence[Path]) -> None:
    """Move the segments of other indexes into the one in `folder`, and commit them there."""
    writer: SegmentWriter = index_writer.BatchWriter(folder)
    try:
        for other in others:
            for segment in index_writer.segments(other):
                for path in other.glob(f"{segment.segment_id()}.*"):
                    path.rename(folder / path.name)
                writer.segments.append(segment)
    except BaseException:
        writer.cancel()
        raise
    writer.commit(mergetype=NO_MERGE)
    for other in others:
        shutil.rmtree(other, ignore_errors=True)


def work() -> None:
    """What a worker does: documents in as pickles, a sign out for each that it can take."""
    batch = index_writer.Batch(Path(sys.argv[1]))
    given, done = sys.stdin.buffer, sys.stdout.buffer
    while True:
        done.write(_READY)
        done.flush()
        try:
            documents: list[Document] | None = pickle.load(given)
        except EOFError:  # the parent has died
            return
        if documents is None:
            batch.commit()
            return
        batch.apply(documents, [])
