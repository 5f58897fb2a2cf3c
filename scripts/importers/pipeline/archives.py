"""Archives, unpacked into a folder within limits: no member lands outside it, no bomb goes off."""

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
"""What one archive may hold, unpacked; its own size times MAX_RATIO, where that is less."""
MAX_RATIO = 200
ALWAYS_ALLOWED = 100_000_000
"""Bytes that an archive may hold however small it is: text packs well."""
MAX_FILES = 200_000
CHUNK = 1 << 20
_DRIVE = re.compile(r"^[A-Za-z]:")


def is_archive(path: Path) -> bool:
    """Whether a file is a zip, a tar (packed or not), or a gzip, by its first bytes."""
    try:
        with path.open("rb") as file:
            head = file.read(512)
    except OSError:
        return False
    packed = head.startswith((b"PK\x03\x04", b"PK\x05\x06", b"\x1f\x8b", b"BZh", b"\xfd7zXZ\x00"))
    return packed or head[257:262] == b"ustar"


def unpacked(path: Path, folder: Path) -> Iterator[Refusal]:
    """Unpack the archive at `path` into `folder`; yields a Refusal for each member left out.

    Links and devices are left out, as is what would land outside `folder`.

    Raises:
        SourceError: it is damaged, encrypted, or holds more than the limits allow.
    """
    budget = _Budget(path)
    try:
        if zipfile.is_zipfile(path):
            yield from _zip(path, folder, budget)
        elif tarfile.is_tarfile(path):
            yield from _tar(path, folder, budget)
        else:
            with gzip.open(path) as source:
                _copied(source, folder / (path.stem or "file"), budget)
    except (zipfile.BadZipFile, tarfile.TarError, zlib.error, EOFError) as error:
        raise SourceError(path, f"the archive is damaged ({error})"[:300]) from error
    except OSError as error:
        raise SourceError(path, f"it cannot be unpacked ({error.strerror or error})") from error


class _Budget:
    """How many bytes and files an archive may still bring."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._bytes = min(MAX_BYTES, max(ALWAYS_ALLOWED, path.stat().st_size * MAX_RATIO))
        self._most = self._bytes
        self._files = MAX_FILES

    def take(self, count: int) -> None:
        """Take `count` bytes. Raises SourceError when there are not as many left."""
        self._bytes -= count
        if self._bytes < 0:
            raise SourceError(
                self._path,
                f"unpacked it has more than {self._most:,} bytes; unpack it yourself, and"
                " import the folder, if it is not a bomb",
            )

    def take_file(self) -> None:
        """Take a file. Raises SourceError when there were too many."""
        self._files -= 1
        if self._files < 0:
            raise SourceError(self._path, f"there are more than {MAX_FILES:,} files in it")


def _zip(path: Path, folder: Path, budget: _Budget) -> Iterator[Refusal]:
    with zipfile.ZipFile(path) as archive:
        for member in archive.infolist():
            target = _inside(member.filename, folder)
            if member.is_dir():
                continue
            budget.take_file()
            if target is None:
                yield Refusal(member.filename[:300], "it would land outside the archive's folder")
            elif (member.external_attr >> 16) & 0o170000 == 0o120000:
                yield Refusal(member.filename[:300], "it is a link")
            elif member.flag_bits & 1:
                yield Refusal(member.filename[:300], "it is encrypted")
            else:
                try:
                    with archive.open(member) as source:
                        _copied(source, target, budget)
                except (zipfile.BadZipFile, zlib.error, NotImplementedError, EOFError) as error:
                    target.unlink(missing_ok=True)
                    yield Refusal(member.filename[:300], f"it is damaged ({error})")


def _tar(path: Path, folder: Path, budget: _Budget) -> Iterator[Refusal]:
    with tarfile.open(path) as archive:
        for member in archive:
            if member.isdir():
                continue
            budget.take_file()
            target = _inside(member.name, folder)
            source = archive.extractfile(member) if member.isreg() and target else None
            if target is None:
                yield Refusal(member.name[:300], "it would land outside the archive's folder")
            elif source is None:
                yield Refusal(member.name[:300], "it is a link or a device")
            else:
                with source:
                    _copied(source, target, budget)


def _inside(name: str, folder: Path) -> Path | None:
    """Where a member lands in `folder`; None when its name leads out of it."""
    plain = name.replace("\\", "/")
    parts = PurePosixPath(plain).parts
    outside = plain.startswith("/") or _DRIVE.match(plain) or ".." in parts or "\x00" in plain
    return None if outside or not parts else folder.joinpath(*parts)


def _copied(source: IO[bytes] | gzip.GzipFile, target: Path, budget: _Budget) -> None:
    target.parent.mkdir(parents=True, exist_ok=True)
    with target.open("wb") as file:
        while part := source.read(CHUNK):
            budget.take(len(part))
            file.write(part)


def root_of(folder: Path) -> Path:
    """The folder that an archive is of: the only one at its top, else `folder` itself."""
    inside = [one for one in folder.iterdir() if one.name not in ("__MACOSX", ".DS_Store")]
    return inside[0] if len(inside) == 1 and inside[0].is_dir() else folder
