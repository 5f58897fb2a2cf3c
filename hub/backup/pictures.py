"""Pictures in a backup: the originals, under their hashes. Resized ones are made again."""

from __future__ import annotations

import re
from collections.abc import Iterable
from pathlib import Path

from hub.errors import BackupError
from hub.media.folder import ORIGINAL, MediaFolder

_MEMBER = re.compile(r"media-([0-9a-f]{64})\.([a-z]{3,4})")


def members(folder: MediaFolder) -> dict[str, Path]:
    """Return the originals in the media folder by their names in an archive. Blocks."""
    return {
        f"media-{path.parent.name}{path.suffix}": path
        for path in folder.originals()
        if _MEMBER.fullmatch(f"media-{path.parent.name}{path.suffix}")
    }


def list_pictures(names: Iterable[str]) -> list[str]:
    """Return those names of an archive's files that are pictures."""
    return [name for name in names if _MEMBER.fullmatch(name)]


def load(source: Path, folder: MediaFolder) -> None:
    """Add the pictures of an unpacked archive to the media folder. Blocks.

    Before the database is replaced: what is there already stays, and what is not used is swept
    later. Raises BackupError if they cannot be written.
    """
    for path in sorted(source.iterdir()):
        match = _MEMBER.fullmatch(path.name)
        if match is None:
            continue
        target = folder.original(match[1], match[2])
        try:
            if not target.is_file() or target.stat().st_size != path.stat().st_size:
                folder.write(target, path.read_bytes())
        except OSError as error:
            raise BackupError(
                f"{target.parent.name}/{ORIGINAL} cannot be written ({error.strerror})."
            ) from error
