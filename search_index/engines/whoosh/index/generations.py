"""Generations on disk: the live one, building the next, swapping, removing unused files.

    <folder>/CURRENT        JSON: the number of the live generation, its fingerprint; a checksum
    <folder>/gen-<n>/       one Whoosh index
    <folder>/write.lock     held by a process that writes, rebuilds or sweeps
    <folder>/merge.lock     held by a process that merges segments beside the writes
    <folder>/indexer.lock   held by the indexer process

All functions block, briefly.
"""

from __future__ import annotations

import json
import os
import re
import secrets
import shutil
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from whoosh.index import TOC

from search_index.engines.whoosh.index import directory, schema, writer
from search_index.query import EngineError, NoIndex

LOCK_SECONDS = 1.0
"""Time that a writer waits for another one before it fails."""

RACY_NANOSECONDS = 50_000_000
"""Changes within this time may leave a folder with one modification time (as in git's index)."""

_CURRENT = "CURRENT"
_WRITE_LOCK = "write.lock"
_INDEXER_LOCK = "indexer.lock"
_MERGE_LOCK = "merge.lock"
MERGE_PREFIX = "merge-"
"""Prefix of the folder of a merge, in that of its generation."""

_GENERATION = re.compile(r"gen-([0-9]{1,9})")
_TOC = re.compile(rf"_{writer.NAME}_([0-9]{{1,18}})\.toc")
_RETRIES = 10


class LockHeld(EngineError):
    """Another process, or thread, holds the write lock."""


@dataclass(frozen=True, slots=True)
class Commit:
    """The state that a search reads: a generation and the number of its latest commit.

    `token` distinguishes generations of equal number, if the folder was emptied in between.
    """

    generation: int
    token: str
    number: int


class Generations:
    """The generations in one folder, which need not exist yet."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._cached: tuple[tuple[int, ...], Commit] | None = None
        self._current_file = str(folder / _CURRENT)
        self._prefix = str(folder / "gen-")

    def path(self, generation: int) -> Path:
        """Return the folder of a generation."""
        return self.folder / f"gen-{generation}"

    def latest(self) -> Commit:
        """Return the live generation and its latest commit.

        Two `stat` calls, about 3 µs, unless something has changed.

        Raises:
            EngineError: there is no index, or its fingerprint differs.
        """
        with directory.engine_errors("there is no readable index"):
            cached = self._cached
            with suppress(FileNotFoundError):  # a swap has removed the cached generation
                if cached is not None and cached[0] == self._stamp(cached[1].generation):
                    return cached[1]
            generation, token = self._current()
            for _ in range(_RETRIES):
                try:
                    stamp = self._stamp(generation)
                    number = _latest_toc(self.path(generation))
                except FileNotFoundError:
                    previous, (generation, token) = generation, self._current()
                    if generation == previous:
                        raise
                else:
                    if number is not None:
                        break
                    time.sleep(0.002)  # a commit replaced it while the folder was listed
            else:
                raise EngineError(f"generation {generation} has no commit")
            commit = Commit(generation, token, number)
            settled = time.time_ns() - max(stamp[:2]) > RACY_NANOSECONDS
            self._cached = (stamp, commit) if settled else None
            return commit

    def discard(self) -> None:
        """Let there be no live generation; `sweep` removes the files. Blocks."""
        with suppress(FileNotFoundError):
            (self.folder / _CURRENT).unlink()
            directory.flush(self.folder)
        self._cached = None

    def segments(self, commit: Commit) -> list[Any]:
        """Return the segments of a commit. Raises FileNotFoundError if a later one replaced it."""
        storage = directory.DurableStorage(self.path(commit.generation))
        name = f"_{writer.NAME}_{commit.number}.toc"
        storage.check_toc(name)
        toc = TOC.read(storage, writer.NAME, commit.number, schema=schema.build_schema())
        segments: list[Any] = toc.segments
        return segments

    def _current(self) -> tuple[int, str]:
        """Return the live generation's number and token."""
        try:
            content = directory.read_checked(self.folder / _CURRENT)
        except FileNotFoundError as error:
            raise NoIndex("there is no index yet") from error
        current = json.loads(content)
        if current["fingerprint"] != schema.fingerprint():
            raise EngineError("the index was written by another version")
        generation, token = current["generation"], current["token"]
        if not isinstance(generation, int):
            raise ValueError("CURRENT names no generation")
        return generation, str(token)

    def _stamp(self, generation: int) -> tuple[int, ...]:
        # Runs for every search, also for cached pages: joining paths would take most of the time.
        current = os.stat(self._current_file)
        folder = os.stat(f"{self._prefix}{generation}")
        return current.st_mtime_ns, folder.st_mtime_ns, current.st_ino

    @contextmanager
    def writing(self) -> Iterator[Path]:
        """Hold the write lock; yields the live generation's folder. Raises EngineError.

        Files of a failed batch are removed, because the disk may be full.
        """
        with self._write_locked():
            path = self.path(self.latest().generation)
            try:
                yield path
            except BaseException:
                self._sweep()
                raise

    @contextmanager
    def building(self) -> Iterator[Path]:
        """Hold the write lock and build a new generation in the folder it yields.

        It goes live when the context exits without error, otherwise it is removed. Unused files of
        earlier processes are removed first. Raises EngineError.
        """
        with directory.engine_errors("the index folder cannot be written"):
            self.folder.mkdir(parents=True, exist_ok=True)
        with self._write_locked():
            self._sweep()
            number = self._next_number()
            path = self.path(number)
            try:
                with directory.engine_errors("a generation cannot be made"):
                    writer.create_index(path)
                yield path
                with directory.engine_errors("a generation cannot go live"):
                    self._go_live(number)
            except BaseException:
                shutil.rmtree(path, ignore_errors=True)
                raise
            self._sweep()

    def _next_number(self) -> int:
        """Return a number above all generations, and above the live one if that is missing."""
        numbers = self._numbers()
        with suppress(EngineError, ValueError, OSError):
            numbers.append(self._current()[0])
        return max(numbers, default=0) + 1

    def _go_live(self, number: int) -> None:
        directory.flush(self.folder)
        content = {
            "generation": number,
            "token": secrets.token_hex(8),
            "fingerprint": schema.fingerprint(),
        }
        directory.write_checked(self.folder / _CURRENT, json.dumps(content).encode())

    @contextmanager
    def indexing(self) -> Iterator[bool]:
        """Try to become the indexer; never waits. Removes unused files of killed processes."""
        with directory.engine_errors("the index folder cannot be written"):
            self.folder.mkdir(parents=True, exist_ok=True)
        with _lock_in_folder(self.folder / _INDEXER_LOCK, 0.0) as acquired:
            if acquired:
                self.sweep()
            yield acquired

    @contextmanager
    def merging(self, generation: Path) -> Iterator[bool]:
        """Try to become the only process that merges; never waits.

        Removes files that a killed process has left in the folder of this generation.
        """
        with _lock_in_folder(self.folder / _MERGE_LOCK, 0.0) as acquired:
            if acquired:
                for path in generation.glob(f"{MERGE_PREFIX}*"):
                    shutil.rmtree(path, ignore_errors=True)
            yield acquired

    def sweep(self) -> None:
        """Remove unreferenced generations and files, unless another process is writing."""
        with (
            suppress(OSError, EngineError),
            directory.lock_file(self.folder / _WRITE_LOCK, 0.0) as acquired,
        ):
            if acquired:
                self._sweep()

    def _sweep(self) -> None:
        """As `sweep`, with the write lock held. Errors are ignored."""
        with suppress(EngineError, OSError):
            commit = self.latest()
            with directory.engine_errors("the index cannot be read"):
                segments = self.segments(commit)
            self._remove_unreferenced(commit, {segment.segment_id() for segment in segments})

    def _remove_unreferenced(self, commit: Commit, segment_ids: set[str]) -> None:
        for number in self._numbers():
            if number != commit.generation:
                shutil.rmtree(self.path(number), ignore_errors=True)
        for path in self.path(commit.generation).iterdir():
            name = path.name
            if name == f"{writer.NAME}_WRITELOCK" or name.split(".")[0] in segment_ids:
                continue
            if name == f"_{writer.NAME}_{commit.number}.toc":
                continue
            if name.startswith(MERGE_PREFIX):
                with self.merging(path.parent):  # removes it, unless the merge is running
                    pass
            elif path.is_dir():
                shutil.rmtree(path, ignore_errors=True)
            else:
                path.unlink(missing_ok=True)
        for path in self.folder.glob(f"{_CURRENT}.*.new"):
            path.unlink(missing_ok=True)

    def _numbers(self) -> list[int]:
        with suppress(FileNotFoundError):
            matches = map(_GENERATION.fullmatch, os.listdir(self.folder))
            return [int(match[1]) for match in matches if match]
        return []

    @contextmanager
    def _write_locked(self) -> Iterator[None]:
        with _lock_in_folder(self.folder / _WRITE_LOCK, LOCK_SECONDS) as acquired:
            if not acquired:
                raise LockHeld("another process is writing the index")
            yield


@contextmanager
def _lock_in_folder(path: Path, timeout_seconds: float) -> Iterator[bool]:
    """As `directory.lock_file`, with EngineError for a missing or read-only folder."""
    lock = directory.lock_file(path, timeout_seconds)
    with directory.engine_errors("the index folder cannot be written"):
        acquired = lock.__enter__()
    try:
        yield acquired
    finally:
        lock.__exit__(None, None, None)


def _latest_toc(path: Path) -> int | None:
    matches = map(_TOC.fullmatch, os.listdir(path))
    return max((int(match[1]) for match in matches if match), default=None)
