"""Unpacking of archives with limits: no path traversal, no decompression bombs."""

from __future__ import annotations

import gzip
import re
import tarfile
import zipfile
import zlib
from collections.abc import Iterator
from pathlib import Path, PurePosixPath
from typing import IO

from scripts.importers.source import Refusal, SourceError

MAX_BYTES = 4_000_000_000
"""Unpacked size of an archive; or its packed size times MAX_RATIO, where that is less."""
MAX_RATIO = 200
MIN_BUDGET = 100_000_000
"""Unpacked bytes that even the smallest archive may have: text compresses well."""
MAX_FILES = 200_000
CHUNK = 1 << 20
_DRIVE = re.compile(r"^[A-Za-z]:")


def is_archive(path: Path) -> bool:
    """Tell whether a file is a zip, a tar (compressed or not), or a gzip, by its first bytes."""
    try:
        with path.open("rb") as file:
            head = file.read(512)
    except OSError:
        return False
    is_compressed = head.startswith(
        (b"PK\x03\x04", b"PK\x05\x06", b"\x1f\x8b", b"BZh", b"\xfd7zXZ\x00")
    )
    return is_compressed or head[257:262] == b"ustar"


def unpack(path: Path, folder: Path) -> Iterator[Refusal]:
    """Unpack the archive at `path` into `folder`; yield a Refusal for each member left out.

    Links, devices, and members with a path outside `folder` are left out.

    Raises:
        SourceError: it is damaged, encrypted, or exceeds the limits.
    """
    budget = _Budget(path)
    try:
        if zipfile.is_zipfile(path):
            yield from _zip(path, folder, budget)
        elif tarfile.is_tarfile(path):
            yield from _tar(path, folder, budget)
        else:
            with gzip.open(path) as source:
                _copy(source, folder / (path.stem or "file"), budget)
    except (zipfile.BadZipFile, tarfile.TarError, zlib.error, EOFError) as error:
        raise SourceError(path, f"the archive is damaged ({error})"[:300]) from error
    except OSError as error:
        raise SourceError(path, f"it cannot be unpacked ({error.strerror or error})") from error


class _Budget:
    """The bytes and files that may still be unpacked from an archive."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._bytes = min(MAX_BYTES, max(MIN_BUDGET, path.stat().st_size * MAX_RATIO))
        self._most = self._bytes
        self._files = MAX_FILES

    def spend(self, count: int) -> None:
        """Subtract `count` bytes. Raises SourceError when the budget is exceeded."""
        self._bytes -= count
        if self._bytes < 0:
            raise SourceError(
                self._path,
                f"unpacked it has more than {self._most:,} bytes; unpack it yourself, and"
                " import the folder, if it is not a bomb",
            )

    def count_file(self) -> None:
        """Count a file. Raises SourceError when there are too many."""
        self._files -= 1
        if self._files < 0:
            raise SourceError(self._path, f"there are more than {MAX_FILES:,} files in it")


def _zip(path: Path, folder: Path, budget: _Budget) -> Iterator[Refusal]:
    with zipfile.ZipFile(path) as archive:
        for member in archive.infolist():
            target = _target_path(member.filename, folder)
            if member.is_dir():
                continue
            budget.count_file()
            if target is None:
                yield Refusal(member.filename[:300], "it would land outside the archive's folder")
            elif (member.external_attr >> 16) & 0o170000 == 0o120000:
                yield Refusal(member.filename[:300], "it is a link")
            elif member.flag_bits & 1:
                yield Refusal(member.filename[:300], "it is encrypted")
            else:
                try:
                    with archive.open(member) as source:
                        _copy(source, target, budget)
                except (zipfile.BadZipFile, zlib.error, NotImplementedError, EOFError) as error:
                    target.unlink(missing_ok=True)
                    yield Refusal(member.filename[:300], f"it is damaged ({error})")


def _tar(path: Path, folder: Path, budget: _Budget) -> Iterator[Refusal]:
    with tarfile.open(path) as archive:
        for member in archive:
            if member.isdir():
                continue
            budget.count_file()
            target = _target_path(member.name, folder)
            source = archive.extractfile(member) if member.isreg() and target else None
            if target is None:
                yield Refusal(member.name[:300], "it would land outside the archive's folder")
            elif source is None:
                yield Refusal(member.name[:300], "it is a link or a device")
            else:
                with source:
                    _copy(source, target, budget)


def _target_path(name: str, folder: Path) -> Path | None:
    """Return the path of a member in `folder`; None when its name leads out of it."""
    posix_name = name.replace("\\", "/")
    parts = PurePosixPath(posix_name).parts
    is_outside = (
        posix_name.startswith("/")
        or _DRIVE.match(posix_name)
        or ".." in parts
        or "\x00" in posix_name
    )
    return None if is_outside or not parts else folder.joinpath(*parts)


def _copy(source: IO[bytes] | gzip.GzipFile, target: Path, budget: _Budget) -> None:
    target.parent.mkdir(parents=True, exist_ok=True)
    with target.open("wb") as file:
        while part := source.read(CHUNK):
            budget.spend(len(part))
            file.write(part)


def find_root(folder: Path) -> Path:
    """Return the content root of an unpacked archive: its only top folder, else `folder`."""
    entries = [entry for entry in folder.iterdir() if entry.name not in ("__MACOSX", ".DS_Store")]
    return entries[0] if len(entries) == 1 and entries[0].is_dir() else folder
