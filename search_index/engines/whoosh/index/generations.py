"""Generations on disk: which one is live, building the next beside it, swapping, sweeping.

    <folder>/CURRENT        JSON: the number of the live generation, its fingerprint; a checksum
    <folder>/gen-<n>/       one Whoosh index
    <folder>/write.lock     held while anybody writes, rebuilds or sweeps
    <folder>/indexer.lock   held by the one process that is the indexer

Everything here blocks, briefly.
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
"""How long a writer waits for another one before it gives up."""

RACY_NANOSECONDS = 50_000_000
"""Changes within this time may leave a folder with one modification time (as in git's index)."""

_CURRENT = "CURRENT"
_WRITE_LOCK = "write.lock"
_INDEXER_LOCK = "indexer.lock"
_GENERATION = re.compile(r"gen-([0-9]{1,9})")
_TOC = re.compile(rf"_{writer.NAME}_([0-9]{{1,18}})\.toc")
_RETRIES = 10


@dataclass(frozen=True, slots=True)
class Commit:
    """What a search reads: a generation and the number of its latest commit.

    `token` tells generations apart that have one number, in a folder that was emptied between.
    """

    generation: int
    token: str
    number: int


class Generations:
    """The generations in one folder, which need not exist yet."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._seen: tuple[tuple[int, ...], Commit] | None = None
        self._current_file = str(folder / _CURRENT)
        self._prefix = str(folder / "gen-")

    def path(self, generation: int) -> Path:
        """The folder of a generation."""
        return self.folder / f"gen-{generation}"

    def latest(self) -> Commit:
        """The live generation and its latest commit, as the files have it now.

        Two `stat` calls, about 3 µs, unless something has changed.

        Raises:
            EngineError: there is no index, or its fingerprint is another.
        """
        with directory.failures("there is no readable index"):
            seen = self._seen
            with suppress(FileNotFoundError):  # a swap has removed the generation seen last
                if seen is not None and seen[0] == self._stamp(seen[1].generation):
                    return seen[1]
            generation, token = self._current()
            for _ in range(_RETRIES):
                try:
                    stamp = self._stamp(generation)
                    number = _latest_toc(self.path(generation))
                except FileNotFoundError:
                    before, (generation, token) = generation, self._current()
                    if generation == before:
                        raise
                else:
                    if number is not None:
                        break
                    time.sleep(0.002)  # a commit replaced it while the folder was listed
            else:
                raise EngineError(f"generation {generation} has no commit")
            commit = Commit(generation, token, number)
            settled = time.time_ns() - max(stamp[:2]) > RACY_NANOSECONDS
            self._seen = (stamp, commit) if settled else None
            return commit

    def segments(self, commit: Commit) -> list[Any]:
        """Whoosh's segments of a commit. Raises FileNotFoundError where a later one replaced it."""
        storage = directory.DurableStorage(self.path(commit.generation))
        name = f"_{writer.NAME}_{commit.number}.toc"
        storage.check_toc(name)
        toc = TOC.read(storage, writer.NAME, commit.number, schema=schema.build())
        segments: list[Any] = toc.segments
        return segments

    def _current(self) -> tuple[int, str]:
        """The live generation's number and token."""
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
        # Asked for with every search and every kept answer: joining paths would take most of it.
        current = os.stat(self._current_file)
        folder = os.stat(f"{self._prefix}{generation}")
        return current.st_mtime_ns, folder.st_mtime_ns, current.st_ino

    @contextmanager
    def writing(self) -> Iterator[Path]:
        """Hold the write lock; yields the live generation's folder. Raises EngineError.

        What a failed batch leaves behind is removed, for the disk may be full.
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

        It goes live when left without error, otherwise it is removed. What an earlier process
        left behind is removed first. Raises EngineError.
        """
        with directory.failures("the index folder cannot be written"):
            self.folder.mkdir(parents=True, exist_ok=True)
        with self._write_locked():
            self._sweep()
            number = self._unused()
            path = self.path(number)
            try:
                with directory.failures("a generation cannot be made"):
                    writer.create(path)
                yield path
                with directory.failures("a generation cannot go live"):
                    self._go_live(number)
            except BaseException:
                shutil.rmtree(path, ignore_errors=True)
                raise
            self._sweep()

    def _unused(self) -> int:
        """A number that no generation has, nor the one called live, should that be missing."""
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
        directory.replace_checked(self.folder / _CURRENT, json.dumps(content).encode())

    @contextmanager
    def indexing(self) -> Iterator[bool]:
        """Try to become the indexer; never waits. Sweeps what dead processes left behind."""
        with directory.failures("the index folder cannot be written"):
            self.folder.mkdir(parents=True, exist_ok=True)
        with _opened_lock(self.folder / _INDEXER_LOCK, 0.0) as had:
            if had:
                self.sweep()
            yield had

    def sweep(self) -> None:
        """Remove generations and files that nothing refers to, unless somebody is writing."""
        with (
            suppress(OSError, EngineError),
            directory.locked(self.folder / _WRITE_LOCK, 0.0) as had,
        ):
            if had:
                self._sweep()

    def _sweep(self) -> None:
        """As `sweep`; the write lock is held. What cannot be read or removed stays."""
        with suppress(EngineError, OSError):
            commit = self.latest()
            with directory.failures("the index cannot be read"):
                segments = self.segments(commit)
            self._remove_all_but(commit, {segment.segment_id() for segment in segments})

    def _remove_all_but(self, commit: Commit, known: set[str]) -> None:
        for number in self._numbers():
            if number != commit.generation:
                shutil.rmtree(self.path(number), ignore_errors=True)
        for path in self.path(commit.generation).iterdir():
            name = path.name
            if name == f"{writer.NAME}_WRITELOCK" or name.split(".")[0] in known:
                continue
            if name == f"_{writer.NAME}_{commit.number}.toc":
                continue
            if path.is_dir():
                shutil.rmtree(path, ignore_errors=True)
            else:
                path.unlink(missing_ok=True)
        for path in self.folder.glob(f"{_CURRENT}.*.new"):
            path.unlink(missing_ok=True)

    def _numbers(self) -> list[int]:
        with suppress(FileNotFoundError):
            found = map(_GENERATION.fullmatch, os.listdir(self.folder))
            return [int(match[1]) for match in found if match]
        return []

    @contextmanager
    def _write_locked(self) -> Iterator[None]:
        with _opened_lock(self.folder / _WRITE_LOCK, LOCK_SECONDS) as had:
            if not had:
                raise EngineError("somebody else is writing the index")
            yield


@contextmanager
def _opened_lock(path: Path, timeout_seconds: float) -> Iterator[bool]:
    """`files.locked`, with EngineError where there is no such folder or no right to write."""
    lock = directory.locked(path, timeout_seconds)
    with directory.failures("the index folder cannot be written"):
        had = lock.__enter__()
    try:
        yield had
    finally:
        lock.__exit__(None, None, None)


def _latest_toc(path: Path) -> int | None:
    matches = map(_TOC.fullmatch, os.listdir(path))
    return max((int(match[1]) for match in matches if match), default=None)
