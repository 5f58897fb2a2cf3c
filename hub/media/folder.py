"""The media folder: originals and their resized versions, a folder for each picture.

`ab/ab12…/original.jpg`, and beside it `640.webp` and so on, which can be made again. A file is
written whole or not at all: under another name first, flushed to the disk, then renamed.
"""

from __future__ import annotations

import os
import secrets
import shutil
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

from hub.settings import Settings

ORIGINAL = "original"


class MediaFolder:
    """The folder of HUB_MEDIA_URL; it is created with the first picture."""

    def __init__(self, settings: Settings) -> None:
        self.root = settings.media_folder
        self._mode = int(settings.data_mode, 8)

    def original(self, hash_: str, extension: str) -> Path:
        """Return the path of an original."""
        return self._folder(hash_) / f"{ORIGINAL}.{extension}"

    def resized(self, hash_: str, width: int, format_: str) -> Path:
        """Return the path of a resized picture."""
        return self._folder(hash_) / f"{width}.{format_}"

    def write(self, path: Path, content: bytes) -> None:
        """Write a file durably; one that is there already is replaced. Raises OSError."""
        for folder in (self.root, path.parent.parent, path.parent):
            self._create(folder)
        temporary = path.with_name(f".{path.name}.{secrets.token_hex(4)}.new")
        descriptor = os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_EXCL, self._mode & 0o666)
        try:
            with os.fdopen(descriptor, "wb") as file:
                file.write(content)
                file.flush()
                os.fsync(descriptor)
            os.replace(temporary, path)
        except BaseException:
            with suppress(OSError):
                temporary.unlink()
            raise
        _flush(path.parent)

    def delete(self, hash_: str) -> None:
        """Delete a picture with its resized versions."""
        shutil.rmtree(self._folder(hash_), ignore_errors=True)

    def older_than(self, seconds: float) -> list[str]:
        """Return the hashes of the pictures whose folder was not changed since, in seconds of 1970.

        A resized version that is added changes it.
        """
        hashes = []
        for hash_ in self.hashes():
            with suppress(FileNotFoundError):
                if self._folder(hash_).stat().st_mtime < seconds:
                    hashes.append(hash_)
        return hashes

    def originals(self) -> Iterator[Path]:
        """Yield the files of all originals."""
        for hash_ in self.hashes():
            yield from self._folder(hash_).glob(f"{ORIGINAL}.*")

    def hashes(self) -> Iterator[str]:
        """Yield the hashes of the pictures that have a folder."""
        with suppress(FileNotFoundError):
            for group in sorted(os.scandir(self.root), key=lambda entry: entry.name):
                if group.is_dir() and len(group.name) == 2:
                    yield from sorted(os.listdir(group.path))

    def _folder(self, hash_: str) -> Path:
        return self.root / hash_[:2] / hash_

    def _create(self, folder: Path) -> None:
        try:
            folder.mkdir(mode=self._mode, parents=folder == self.root)
        except FileExistsError:
            return
        _flush(folder.parent)


def _flush(folder: Path) -> None:
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
