"""Merge scheduler: merges segments beside the writes, in a process of low priority.

A merge reads segments that never change, without the write lock, and writes into a folder of its
own, `merge-<id>`, in that of the index. Only then, in a commit of a few milliseconds, the merged
segment replaces its sources. A thread would need the interpreter that searches need: beside one,
one search in ten took twice as long (ADR 15).
"""

from __future__ import annotations

import logging
import os
import pickle
import shutil
import subprocess
import sys
import threading
from collections.abc import Callable, Sequence
from contextlib import ExitStack
from pathlib import Path
from time import monotonic
from typing import Any

from search_index.engines.whoosh.index import directory, merger, policy, writer
from search_index.engines.whoosh.index.generations import MERGE_PREFIX, Generations, LockHeld
from search_index.query import EngineError

log = logging.getLogger(__name__)

PAUSE_SECONDS = 30.0
"""Time after a failed merge in which no other is tried."""

_NICENESS = 19
_PROGRAM = "from search_index.engines.whoosh.index.scheduler import work; work()"


class MergeScheduler:
    """Merges the segments of an index, one group at a time, after the writes of one engine.

    Thread-safe. `prepare` is called with folder and segment of each merge before its commit.
    """

    def __init__(
        self, generations: Generations, prepare: Callable[[Path, Any], None] | None = None
    ) -> None:
        self._generations = generations
        self._prepare = prepare
        self._lock = threading.Lock()
        self._thread: threading.Thread | None = None
        self._process = _MergeProcess()
        self._stopped = threading.Event()
        self._not_before = 0.0
        self.busy: frozenset[str] = frozenset()
        """Ids of the segments that are being merged: a write must not remove them."""

    @property
    def is_running(self) -> bool:
        """Whether a merge is running."""
        return self._thread is not None

    def start(self, folder: Path, segments: Sequence[Any]) -> None:
        """Start merging what the policy selects of these segments, unless a merge is running.

        The caller holds the write lock, and has just committed the segments in `folder`.
        """
        with self._lock:
            if self._stopped.is_set() or self._thread or monotonic() < self._not_before:
                return
            if group := self._select(folder, segments):
                self._thread = threading.Thread(
                    target=self._run, args=(folder, group), name="merge", daemon=True
                )
                self._thread.start()

    def stop(self) -> None:
        """Stop a running merge; its files are removed. Blocks until that is done."""
        self._stopped.set()
        self._process.kill()
        if thread := self._thread:
            thread.join()

    def resume(self) -> None:
        """Allow merges again after `stop`."""
        self._process.revive()
        self._stopped.clear()

    def join(self) -> None:
        """Wait until no merge is running or due; for measurements and tests."""
        while thread := self._thread:
            thread.join()

    def _select(self, folder: Path, segments: Sequence[Any]) -> list[Any]:
        """Return the smallest group that is due and not left to the next write; mark it as busy."""
        groups = policy.select_merges(folder, segments)
        limit = writer.MAX_ROWS_MERGED_AT_ONCE
        group = next((group for group in groups if policy.count_documents(group) > limit), [])
        self.busy = frozenset(segment.segment_id() for segment in group)
        return group

    def _run(self, folder: Path, group: list[Any]) -> None:
        try:
            with self._generations.merging(folder) as acquired:
                while acquired and group and not self._stopped.is_set():
                    group = self._merge(folder, group)
        except Exception as error:
            if not self._stopped.is_set():
                self._not_before = monotonic() + PAUSE_SECONDS
                log.warning("Segments cannot be merged; trying again later: %s", error)
        finally:
            with self._lock:
                self.busy, self._thread = frozenset(), None

    def _merge(self, folder: Path, group: list[Any]) -> list[Any]:
        """Merge a group, and return the next one; none if the index has been replaced."""
        merged = merger.new_segment(group)
        origin = folder / f"{MERGE_PREFIX}{merged.segment_id()}"
        origin.mkdir()
        try:
            self._process.run(folder, group, merged, origin)
            if self._prepare is not None:
                self._prepare(origin, merged)
            return self._commit(folder, group, merged, origin)
        finally:
            shutil.rmtree(origin, ignore_errors=True)

    def _commit(self, folder: Path, group: list[Any], merged: Any, origin: Path) -> list[Any]:
        with ExitStack() as stack:
            while True:
                try:
                    live = stack.enter_context(self._generations.writing())
                    break
                except LockHeld:  # by a long batch, or a rebuild
                    if self._stopped.is_set():
                        return []
            if live != folder:
                return []
            with directory.engine_errors("the merged segment cannot be committed"):
                writer.replace_segments(folder, group, merged, origin)
                with self._lock:
                    return self._select(folder, writer.read_segments(folder))


def merge_all(folder: Path) -> None:
    """Merge the segments of an index that nothing else writes, to as few as possible."""
    for group in policy.select_all(folder, writer.read_segments(folder)):
        merged = merger.new_segment(group)
        if policy.count_documents(group) <= writer.MAX_ROWS_MERGED_AT_ONCE:
            merger.merge_segments(folder, group, merged, folder)
        else:
            _MergeProcess().run(folder, group, merged, folder)
        writer.replace_segments(folder, group, merged, folder)


class _MergeProcess:
    """A process that merges one group of segments; it ends when its parent ends or is killed."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._process: subprocess.Popen[bytes] | None = None
        self._is_killed = False

    def run(self, folder: Path, group: Sequence[Any], merged: Any, target: Path) -> None:
        """Run a merge to its end. Raises EngineError if it fails or is killed."""
        with self._lock:
            if self._is_killed:
                raise EngineError("the merge was stopped")
            process = self._process = subprocess.Popen(
                [sys.executable, "-c", _PROGRAM],
                stdin=subprocess.PIPE,
                stderr=subprocess.PIPE,
                env={**os.environ, "PYTHONPATH": os.pathsep.join(filter(None, sys.path))},
                start_new_session=True,  # only the parent handles an interrupt from the terminal
            )
        with process:
            assert process.stdin is not None  # they are pipes
            assert process.stderr is not None
            try:
                pickle.dump((folder, group, merged, target), process.stdin)
                process.stdin.flush()
            except OSError:  # it has died: its return code says so
                pass
            errors = process.stderr.read()
        if process.returncode:
            lines = errors.decode(errors="replace").strip().splitlines()
            reason = lines[-1] if lines else f"exit code {process.returncode}"
            raise EngineError(f"the process that merges segments has failed: {reason}")

    def kill(self) -> None:
        """Kill the process, and start no other until `revive`."""
        with self._lock:
            self._is_killed = True
            if self._process is not None:
                self._process.kill()

    def revive(self) -> None:
        """Allow processes again."""
        with self._lock:
            self._is_killed = False


def work() -> None:
    """Run a merge that is described by a pickle on stdin; exit when stdin is closed."""
    os.nice(_NICENESS)
    folder, group, merged, target = pickle.load(sys.stdin.buffer)
    threading.Thread(target=_exit_with_parent, daemon=True).start()
    merger.merge_segments(folder, group, merged, target)


def _exit_with_parent() -> None:
    os.read(sys.stdin.fileno(), 1)  # unbuffered: a thread with a buffer's lock would block the exit
    os._exit(1)
