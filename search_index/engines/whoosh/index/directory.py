"""Durable files: flushed to disk before they are renamed into place, with checksums.

Whoosh itself flushes nothing. A commit here costs a flush for each new file of its segment (three),
one for its table of contents, and two for the folder.
"""

from __future__ import annotations

import fcntl
import json
import os
import zlib
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from time import monotonic, sleep
from typing import Any

from typing_extensions import override
from whoosh.filedb.filestore import FileStorage

from search_index.query import EngineError, SearchError

SUMS = ".sum"
"""Extension of the file that holds size and CRC-32 of a segment's other files."""

_CHUNK = 1 << 20
_TOC = ".toc"


def flush(path: Path) -> None:
    """Flush the content of a file, or the entries of a folder, to disk."""
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def write_atomic(path: Path, content: bytes) -> None:
    """Write a file atomically, and flush it to disk."""
    temporary = path.with_name(f"{path.name}.{os.getpid()}.new")
    with temporary.open("wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
    os.replace(temporary, path)
    flush(path.parent)


def write_checked(path: Path, content: bytes) -> None:
    """As `write_atomic`, with a checksum of the content in the last line."""
    write_atomic(path, content + f"\n{zlib.crc32(content):08x}\n".encode())


def read_checked(path: Path) -> bytes:
    """Read a file of `write_checked`; ValueError if its checksum is wrong."""
    content, _, crc = path.read_bytes().removesuffix(b"\n").rpartition(b"\n")
    if crc != f"{zlib.crc32(content):08x}".encode():
        raise ValueError(f"{path.name} is damaged")
    return content


def checksum(descriptor: int) -> tuple[int, int]:
    """Return the size in bytes and CRC-32 of an open file; about 1 ms for 2 MB."""
    size = crc = 0
    while chunk := os.pread(descriptor, _CHUNK, size):
        crc = zlib.crc32(chunk, crc)
        size += len(chunk)
    return size, crc


class DurableStorage(FileStorage):
    """Whoosh's storage in a folder, with tables of contents that have checksums and are flushed."""

    def __init__(self, folder: Path) -> None:
        FileStorage.__init__(self, str(folder))

    @override
    def rename_file(self, oldname: str, newname: str, safe: bool = False) -> None:
        folder = Path(self.folder)
        if newname.endswith(_TOC):
            with (folder / oldname).open("r+b") as file:
                crc = zlib.crc32(file.read())
                file.write(crc.to_bytes(4, "little"))  # ignored by Whoosh
                file.flush()
                os.fsync(file.fileno())
        FileStorage.rename_file(self, oldname, newname, safe)
        flush(folder)

    def check_toc(self, name: str) -> None:
        """Raise ValueError if the checksum of a table of contents is wrong."""
        content = (Path(self.folder) / name).read_bytes()
        if len(content) < 4 or zlib.crc32(content[:-4]).to_bytes(4, "little") != content[-4:]:
            raise ValueError(f"{name} is damaged")


def seal_segment(storage: DurableStorage, segment: Any) -> None:
    """Write the checksums of a new segment's files, and flush all of them to disk."""
    folder = Path(storage.folder)
    sums = {}
    for name in sorted(segment.list_files(storage)):
        descriptor = os.open(folder / name, os.O_RDONLY)
        try:
            os.fsync(descriptor)
            sums[name] = checksum(descriptor)
        finally:
            os.close(descriptor)
    write_checked(folder / segment.make_filename(SUMS), json.dumps(sums).encode())


def read_sums(folder: Path, segment_id: str) -> dict[str, tuple[int, int]]:
    """Return the name, size and CRC-32 of each file of a sealed segment."""
    content = json.loads(read_checked(folder / f"{segment_id}{SUMS}"))
    return {name: (size, crc) for name, (size, crc) in content.items()}


def verify_checksums(folder: Path, segment_id: str) -> None:
    """Raise ValueError if a file of a segment is damaged; reads all of them, 1 ms for 2 MB."""
    for name, expected in read_sums(folder, segment_id).items():
        descriptor = os.open(folder / name, os.O_RDONLY | os.O_CLOEXEC)
        try:
            if checksum(descriptor) != expected:
                raise ValueError(f"{name} is damaged")
        finally:
            os.close(descriptor)


def verify_sizes(folder: Path, segment_id: str) -> int:
    """Return the bytes of a segment's files; ValueError if the size of one has changed."""
    total = 0
    for name, (size, _) in read_sums(folder, segment_id).items():
        if (folder / name).stat().st_size != size:
            raise ValueError(f"{name} is damaged")
        total += size
    return total


@contextmanager
def lock_file(path: Path, timeout_seconds: float) -> Iterator[bool]:
    """Hold an exclusive lock on a file; yields whether it was acquired in time.

    The lock is released when the process ends, even if it is killed. The file remains.
    """
    descriptor = os.open(path, os.O_CREAT | os.O_RDWR | os.O_CLOEXEC, 0o666)
    try:
        yield _try_lock(descriptor, timeout_seconds)
    finally:
        os.close(descriptor)


def _try_lock(descriptor: int, timeout_seconds: float) -> bool:
    until = monotonic() + timeout_seconds
    while True:
        with suppress(BlockingIOError):
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
            return True
        if monotonic() >= until:
            return False
        sleep(0.02)


@contextmanager
def engine_errors(message: str) -> Iterator[None]:
    """Convert exceptions of files, Whoosh or unpickling to EngineError."""
    try:
        yield
    except (SearchError, MemoryError, RecursionError):
        raise
    except Exception as error:
        raise EngineError(f"{message}: {str(error) or type(error).__name__}") from error
