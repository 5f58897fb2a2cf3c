"""Files that survive a power cut: flushed to disk before they are named, with their checksums.

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
    """Have the content of a file, or the names in a folder, on disk."""
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def replace(path: Path, content: bytes) -> None:
    """Write a file whole or not at all, and have it on disk."""
    beside = path.with_name(f"{path.name}.{os.getpid()}.new")
    with beside.open("wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
    os.replace(beside, path)
    flush(path.parent)


def replace_checked(path: Path, content: bytes) -> None:
    """As `replace`, with a checksum of the content in its last line."""
    replace(path, content + f"\n{zlib.crc32(content):08x}\n".encode())


def read_checked(path: Path) -> bytes:
    """What `replace_checked` wrote; ValueError if the file holds anything else."""
    content, _, crc = path.read_bytes().removesuffix(b"\n").rpartition(b"\n")
    if crc != f"{zlib.crc32(content):08x}".encode():
        raise ValueError(f"{path.name} is damaged")
    return content


def checksum(descriptor: int) -> tuple[int, int]:
    """Size in bytes and CRC-32 of an open file; about 1 ms for 2 MB."""
    size = crc = 0
    while chunk := os.pread(descriptor, _CHUNK, size):
        crc = zlib.crc32(chunk, crc)
        size += len(chunk)
    return size, crc


class DurableStorage(FileStorage):
    """Whoosh's storage in a folder, whose tables of contents are checked and on disk once named."""

    def __init__(self, folder: Path) -> None:
        FileStorage.__init__(self, str(folder))

    @override
    def rename_file(self, oldname: str, newname: str, safe: bool = False) -> None:
        folder = Path(self.folder)
        if newname.endswith(_TOC):
            with (folder / oldname).open("r+b") as file:
                crc = zlib.crc32(file.read())
                file.write(crc.to_bytes(4, "little"))  # Whoosh does not read as far
                file.flush()
                os.fsync(file.fileno())
        FileStorage.rename_file(self, oldname, newname, safe)
        flush(folder)

    def check_toc(self, name: str) -> None:
        """Raise ValueError unless the table of contents is as it was written."""
        content = (Path(self.folder) / name).read_bytes()
        if len(content) < 4 or zlib.crc32(content[:-4]).to_bytes(4, "little") != content[-4:]:
            raise ValueError(f"{name} is damaged")


def seal(storage: DurableStorage, segment: Any) -> None:
    """Write the checksums of a new segment's files, and have all of it on disk."""
    folder = Path(storage.folder)
    sums = {}
    for name in sorted(segment.list_files(storage)):
        descriptor = os.open(folder / name, os.O_RDONLY)
        try:
            os.fsync(descriptor)
            sums[name] = checksum(descriptor)
        finally:
            os.close(descriptor)
    replace_checked(folder / segment.make_filename(SUMS), json.dumps(sums).encode())


def sums_of(folder: Path, segment_id: str) -> dict[str, tuple[int, int]]:
    """Name, size and CRC-32 of each file of a segment, as they were sealed."""
    content = json.loads(read_checked(folder / f"{segment_id}{SUMS}"))
    return {name: (size, crc) for name, (size, crc) in content.items()}


def verify_sizes(folder: Path, segment_id: str) -> int:
    """The bytes of a segment's files; ValueError where one has another size than was sealed."""
    total = 0
    for name, (size, _) in sums_of(folder, segment_id).items():
        if (folder / name).stat().st_size != size:
            raise ValueError(f"{name} is damaged")
        total += size
    return total


@contextmanager
def locked(path: Path, timeout_seconds: float) -> Iterator[bool]:
    """Hold an exclusive lock on a file; yields whether it was had in time.

    The lock dies with the process, however that ends. The file stays, and means nothing.
    """
    descriptor = os.open(path, os.O_CREAT | os.O_RDWR | os.O_CLOEXEC, 0o644)
    try:
        yield _acquired(descriptor, timeout_seconds)
    finally:
        os.close(descriptor)


def _acquired(descriptor: int, timeout_seconds: float) -> bool:
    until = monotonic() + timeout_seconds
    while True:
        with suppress(BlockingIOError):
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
            return True
        if monotonic() >= until:
            return False
        sleep(0.02)


@contextmanager
def failures(doing: str) -> Iterator[None]:
    """Turn whatever the index's files, Whoosh or unpickling raise into EngineError."""
    try:
        yield
    except (SearchError, MemoryError, RecursionError):
        raise
    except Exception as error:
        raise EngineError(f"{doing}: {str(error) or type(error).__name__}") from error
