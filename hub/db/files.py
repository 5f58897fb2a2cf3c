"""Access to the files of the hub: only its user, or its group where HUB_DATA_MODE says so.

The database, the index and the locks hold drafts, e-mail addresses and digests of tokens.
"""

from __future__ import annotations

import logging
import os
import re
import stat
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import NamedTuple
from urllib.parse import unquote

from hub.settings import Settings

log = logging.getLogger(__name__)
_SQLITE = "sqlite://"
_OF_THE_INDEX = re.compile(r"CURRENT(\..*\.new)?|(write|merge|indexer)\.lock|gen-[0-9]{1,9}")
_BESIDE = ("", "-wal", "-shm", "-journal", ".lock")
_FILE_BITS, _ALL_BITS = 0o666, 0o777


class OpenFile(NamedTuple):
    """A file or folder of the hub with another mode than the setting's, `expected`."""

    path: Path
    mode: int
    expected: int


def protect(settings: Settings) -> None:
    """Let only those of HUB_DATA_MODE access the hub's files, present and future, and log changes.

    Sets the umask of this process. What belongs to another user stays as it is: see `exposed`.
    """
    os.umask(_ALL_BITS & ~int(settings.data_mode, 8))
    changed = []
    for file in exposed(settings):
        # Its sticky bit says that the folder is shared, as /tmp is.
        if not file.mode & stat.S_ISVTX:
            with suppress(PermissionError, FileNotFoundError):
                file.path.chmod(file.expected)
                changed.append(file.path)
    if changed:
        log.warning(
            "Access to files and folders of the hub was set to %s (HUB_DATA_MODE): %s%s",
            *(settings.data_mode, changed[0], f" and {len(changed) - 1} more" * (len(changed) > 1)),
        )


def exposed(settings: Settings) -> list[OpenFile]:
    """Return the files and folders of the hub whose mode differs from HUB_DATA_MODE.

    Their owner's own access is not extended: a file may be read-only on purpose. Who may execute a
    file does not matter: Whoosh makes its locks executable.
    """
    mode = int(settings.data_mode, 8)
    differing = []
    for path in _paths(settings):
        with suppress(OSError):
            current = path.lstat().st_mode
            if stat.S_ISDIR(current):
                expected = mode | current & (stat.S_ISGID | stat.S_ISVTX)
            elif stat.S_ISREG(current):
                current &= ~_ALL_BITS | _FILE_BITS
                expected = mode & _FILE_BITS
            else:
                continue
            expected &= current | ~stat.S_IRWXU
            if stat.S_IMODE(current) != expected:
                differing.append(OpenFile(path, stat.S_IMODE(current), expected))
    return differing


def _paths(settings: Settings) -> Iterator[Path]:
    """Yield the data folder, that of pictures, and the files of database and index.

    Other files in these folders are not the hub's, nor is a folder that holds an index beside them.
    """
    yield settings.data_dir.resolve()
    if settings.media_folder.is_dir():
        yield settings.media_folder  # nobody reaches what is in it but through it
    if settings.database.startswith(_SQLITE):
        database = Path(settings.database.removeprefix(_SQLITE)).absolute()
        yield from (database.with_name(database.name + ending) for ending in _BESIDE)
    if (index := index_folder(settings.search)) is not None and index.is_dir():
        names = os.listdir(index)
        own = [name for name in names if _OF_THE_INDEX.fullmatch(name)]
        if own == names:
            yield index
        for name in own:
            yield index / name
            for folder, folders, files in os.walk(index / name):
                yield from (Path(folder, inside) for inside in (*folders, *files))


def index_folder(url: str) -> Path | None:
    """Return the folder that a URL of Whoosh names; None for other engines, and in memory.

    See `search_index.engines`.
    """
    scheme, _, location = url.partition(":")
    if scheme.lower() != "whoosh" or location in ("", ":memory:") or "\0" in location:
        return None
    return Path(unquote(location[2:] if location.startswith("///") else location)).absolute()
