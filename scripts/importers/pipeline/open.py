"""What a path of the command line leads to: readers, through addresses, archives and folders."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass, replace
from pathlib import Path

from scripts.importers import registry
from scripts.importers.options import Options
from scripts.importers.pipeline.archives import is_archive, root_of, unpacked
from scripts.importers.pipeline.download import fetched, is_address
from scripts.importers.source import Reader, Refusal, Skipped, SourceError

MAX_DEPTH = 3
"""Archives in archives in archives; deeper ones are refused."""

_EXPORTS = frozenset({".xml", ".json", ".jsonl", ".ndjson", ".csv", ".tsv", ".rss", ".atom"})
_ARCHIVES = frozenset({".zip", ".gz", ".tgz", ".tar", ".bz2", ".xz"})
_DOCUMENTS = frozenset({".doc", ".docx", ".odt", ".pdf", ".rtf", ".rst", ".epub", ".sql"})


@dataclass(frozen=True, slots=True)
class Opened:
    """A reader, and the words before the places of its records; or why there is none.

    `nested`: it is a file among others, which cost nothing but itself when it cannot be read.
    """

    prefix: str
    reader: Reader | None = None
    said: Refusal | Skipped | None = None
    title: str = ""
    nested: bool = False


class Opener:
    """Opens paths; what it has downloaded or unpacked is gone when it is closed."""

    def __init__(self, options: Options) -> None:
        self._options = options
        self._stack = ExitStack()

    def __enter__(self) -> Opener:
        return self

    def __exit__(self, *_: object) -> None:
        self._stack.close()

    def open(self, path: str, *, prefix: str = "") -> Iterator[Opened]:
        """The readers for a path, in the order of their names.

        Raises:
            SourceError: nothing at all can be read there.
        """
        found = fetched(path, self._folder()) if is_address(path) else Path(path)
        shown = path.rstrip("/").rpartition("/")[2] or path
        yield from self._open(found, prefix, shown, 0)

    def _folder(self) -> Path:
        return Path(self._stack.enter_context(tempfile.TemporaryDirectory(prefix="hub-import-")))

    def _open(self, path: Path, prefix: str, shown: str, depth: int) -> Iterator[Opened]:
        if path.is_dir() and self._options.kind in (None, *registry.FOLDERS):
            yield from self._folder_of(path, prefix, shown, depth)
        elif path.is_file() and is_archive(path):
            yield from self._archive(path, prefix, shown, depth)
        else:
            yield Opened(prefix, registry.recognise(path, self._options), title=shown)

    def _archive(self, path: Path, prefix: str, shown: str, depth: int) -> Iterator[Opened]:
        if depth >= MAX_DEPTH:
            raise SourceError(path, f"it is an archive in {MAX_DEPTH} others; unpack it yourself")
        # The folder has the archive's name, so that its articles have that for their source.
        folder = self._folder() / path.name.split(".")[0]
        folder.mkdir()
        for refusal in unpacked(path, folder):
            yield Opened(f"{prefix}{shown}: ", said=refusal)
        root = root_of(folder)
        inside = sorted(root.iterdir())
        if not inside:
            raise SourceError(path, "there is nothing in the archive")
        only = inside[0] if len(inside) == 1 and inside[0].is_file() else None
        yield from self._open(only or root, f"{prefix}{shown}: ", (only or path).name, depth + 1)

    def _folder_of(self, path: Path, prefix: str, shown: str, depth: int) -> Iterator[Opened]:
        """The readers of a folder: one for each kind of page in it, one for each export."""
        kinds = registry.kinds_of_folder(path, self._options.kind)
        for kind in kinds:
            reader = registry.recognise(
                path, replace(self._options, kind=kind, beside=tuple(kinds))
            )
            yield Opened(prefix, reader, title=shown)
        count = len(kinds)
        for file in _others(path) if self._options.kind is None else ():
            place = file.relative_to(path).as_posix()
            try:
                # Only what is asked for one by one has its places told without its name.
                for opened in self._open(file, f"{prefix}{place}: ", place, depth):
                    count += opened.reader is not None
                    yield replace(opened, nested=True)
            except SourceError as error:
                yield Opened(prefix, said=_left_out(file, place, error))
        if not count:
            raise SourceError(path, registry.NOTHING_UNDERSTOOD)


def _others(root: Path) -> Iterator[Path]:
    """The files of a folder that may hold articles, but that no reader of folders takes."""
    for base, folders, files in os.walk(root):
        folders[:] = sorted(one for one in folders if registry.holds_content(one))
        for name in sorted(files):
            path = Path(base, name)
            if path.suffix.lower() in _EXPORTS | _ARCHIVES | _DOCUMENTS and name[0] not in "._":
                yield path


def _left_out(path: Path, place: str, error: SourceError) -> Refusal | Skipped:
    """Why a file among others is not read: in a folder, not every file has to hold articles."""
    if path.suffix.lower() in _EXPORTS | _DOCUMENTS:
        return Skipped(place, f"{path.suffix.lower()} files that hold no articles the hub reads")
    return Refusal(place, error.reason)
