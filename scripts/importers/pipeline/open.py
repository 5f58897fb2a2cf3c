"""Opening of the command line's paths: readers for urls, archives, folders and files."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass, replace
from pathlib import Path, PurePosixPath

from scripts.importers import registry
from scripts.importers.options import Options
from scripts.importers.pipeline.archives import find_root, is_archive, unpack
from scripts.importers.pipeline.containers import Container, find_container, holds_container
from scripts.importers.pipeline.download import download, is_url
from scripts.importers.source import Refusal, Skipped, SourceError, SourceReader, source_name

MAX_DEPTH = 3
"""Nesting of archives; deeper ones are refused."""

_EXPORTS = frozenset({".xml", ".json", ".jsonl", ".ndjson", ".csv", ".tsv", ".rss", ".atom"})
_ARCHIVES = frozenset({".zip", ".gz", ".tgz", ".tar", ".bz2", ".xz"})
_DOCUMENTS = frozenset({".doc", ".docx", ".odt", ".pdf", ".rtf", ".epub", ".sql"})


@dataclass(frozen=True, slots=True)
class OpenedSource:
    """A reader, or the problem that prevents one; `prefix` goes before the places of its records.

    `nested`: it is a file within a folder; if it cannot be read, the others still are. `root` is
    the folder, or the unpacked archive, in which its pictures may be.
    """

    prefix: str
    reader: SourceReader | None = None
    problem: Refusal | Skipped | None = None
    title: str = ""
    nested: bool = False
    root: Path | None = None


class SourceOpener:
    """Opens paths; downloaded and unpacked files are deleted when it is closed."""

    def __init__(self, options: Options) -> None:
        self._options = options
        self._stack = ExitStack()

    def __enter__(self) -> SourceOpener:
        return self

    def __exit__(self, *_: object) -> None:
        self._stack.close()

    def open(self, path: str, *, prefix: str = "") -> Iterator[OpenedSource]:
        """Yield the readers for a path, in the order of their file names.

        Raises:
            SourceError: nothing at all can be read there.
        """
        source = download(path, self._temporary_folder()) if is_url(path) else Path(path)
        title = path.rstrip("/").rpartition("/")[2] or path
        yield from self._open(source, prefix, title, 0)

    def _temporary_folder(self) -> Path:
        return Path(self._stack.enter_context(tempfile.TemporaryDirectory(prefix="hub-import-")))

    def _open(self, path: Path, prefix: str, title: str, depth: int) -> Iterator[OpenedSource]:
        if path.is_dir() and self._options.kind in (None, *registry.FOLDER_KINDS):
            for opened in self._open_folder(path, prefix, title, depth):
                yield replace(opened, root=opened.root or path)
        elif path.is_file() and is_archive(path):
            yield from self._open_archive(path, prefix, title, depth)
        else:
            yield OpenedSource(prefix, registry.open_reader(path, self._options), title=title)

    def _open_archive(
        self, path: Path, prefix: str, title: str, depth: int
    ) -> Iterator[OpenedSource]:
        if depth >= MAX_DEPTH:
            raise SourceError(path, f"it is an archive in {MAX_DEPTH} others; unpack it yourself")
        # Articles get the folder's name as their source, so the folder is named as the archive.
        folder = self._temporary_folder() / path.name.split(".")[0]
        folder.mkdir()
        for refusal in unpack(path, folder):
            yield OpenedSource(f"{prefix}{title}: ", problem=refusal)
        root = find_root(folder)
        entries = sorted(root.iterdir())
        if not entries:
            raise SourceError(path, "there is nothing in the archive")
        file = entries[0] if len(entries) == 1 and entries[0].is_file() else None
        for opened in self._open(
            file or root, f"{prefix}{title}: ", (file or path).name, depth + 1
        ):
            yield replace(opened, root=opened.root or root)

    def _open_container(
        self, container: Container, path: Path, prefix: str, title: str, depth: int
    ) -> Iterator[OpenedSource]:
        """Yield the readers of a container's posts, and a Skipped for each of its other files."""
        posts: list[tuple[Path, PurePosixPath]] = []
        for file, place in _container_files(path):
            if container.is_post(place):
                posts.append((file, place))
            else:
                reason = f"files of an export of {container.name} that hold no posts"
                yield OpenedSource(prefix, problem=Skipped(str(place), reason))
        if container.reader is None:
            for file, place in posts:
                for opened in self._open(file, f"{prefix}{place}: ", str(place), depth):
                    yield replace(opened, nested=True)
        elif posts:
            reader = container.reader(
                path,
                source=self._options.source or source_name(path),
                language=self._options.language,
            )
            yield OpenedSource(prefix, reader, title=title)
        if not posts:
            raise SourceError(path, f"it is an export of {container.name} without posts")

    def _open_folder(
        self, path: Path, prefix: str, title: str, depth: int
    ) -> Iterator[OpenedSource]:
        """Yield the readers of a folder: one for each kind of page in it, one for each export."""
        container = find_container(path) if self._options.kind is None else None
        if container is not None:
            yield from self._open_container(container, path, prefix, title, depth)
            return
        if self._options.kind is None and holds_container(path):
            yield from self._open_entries(path, prefix, depth)
            return
        kinds = registry.detect_folder_kinds(path, self._options.kind)
        for kind in kinds:
            reader = registry.open_reader(
                path, replace(self._options, kind=kind, other_kinds=tuple(kinds))
            )
            yield OpenedSource(prefix, reader, title=title)
        count = len(kinds)
        for file in _other_files(path) if self._options.kind is None else ():
            place = file.relative_to(path).as_posix()
            try:
                # Places of nested files start with the file's path.
                for opened in self._open(file, f"{prefix}{place}: ", place, depth):
                    count += opened.reader is not None
                    yield replace(opened, nested=True)
            except SourceError as error:
                yield OpenedSource(prefix, problem=_unreadable_file(file, place, error))
        if not count:
            raise SourceError(path, registry.NOTHING_SUPPORTED)

    def _open_entries(self, path: Path, prefix: str, depth: int) -> Iterator[OpenedSource]:
        """Yield the readers of each entry of a folder by itself: a container is among them."""
        for entry in sorted(path.iterdir()):
            if entry.name.startswith((".", "__MACOSX")):
                continue
            try:
                for opened in self._open(entry, f"{prefix}{entry.name}: ", entry.name, depth):
                    yield replace(opened, nested=True)
            except SourceError as error:
                yield OpenedSource(prefix, problem=_unreadable_file(entry, entry.name, error))


def _container_files(root: Path) -> Iterator[tuple[Path, PurePosixPath]]:
    """Yield the files of a container with their paths in it, without hidden ones."""
    for path in sorted(root.rglob("*")):
        place = path.relative_to(root)
        if path.is_file() and not any(part.startswith((".", "__MACOSX")) for part in place.parts):
            yield path, PurePosixPath(place.as_posix())


def _other_files(root: Path) -> Iterator[Path]:
    """Yield the files of a folder that may hold articles, but that no reader of folders takes."""
    for base, folders, files in os.walk(root):
        folders[:] = sorted(folder for folder in folders if registry.may_hold_content(folder))
        for name in sorted(files):
            path = Path(base, name)
            is_other = path.suffix.lower() in _EXPORTS | _ARCHIVES | _DOCUMENTS
            if name[0] not in "._" and (is_other or registry.is_text_export(path)):
                yield path


def _unreadable_file(path: Path, place: str, error: SourceError) -> Refusal | Skipped:
    """Return the record for an unreadable file of a folder, where some files hold no articles."""
    if path.suffix.lower() in _EXPORTS | _DOCUMENTS:
        return Skipped(place, f"{path.suffix.lower()} files that hold no articles the hub reads")
    return Refusal(place, error.reason)
