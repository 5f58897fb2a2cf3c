"""First pass over exports, once for each file, with the attachments that their parts share.

A big site is exported in parts: an attachment that a post refers to by id may be in another file.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from scripts.importers.source import SourceError
from scripts.importers.wordpress.site import Export
from scripts.importers.wordpress.wxr import (
    Element,
    Parser,
    Piece,
    UnreadablePiece,
    declares_entities,
    is_attachment,
    is_export,
    is_pattern,
    iter_pieces,
)

_SUFFIXES = frozenset({".xml", ".wxr", ".rss"})
HEAD_BYTES = 65_536
NO_CHANNEL = "there is no <channel> in it"


@dataclass(frozen=True, slots=True)
class ScannedExport:
    """Data of an export that its posts share, and the number of its items."""

    export: Export
    total: int


class ScanCache:
    """Cache of the exports scanned in one run; each file is scanned once."""

    def __init__(self) -> None:
        self._scans: dict[Path, ScannedExport] = {}
        self._unrelated: set[tuple[Path, tuple[str, ...]]] = set()

    def scan(self, path: Path, source: str | None, language: str) -> ScannedExport:
        """Scan an export, and its other parts in the same folder.

        Raises:
            SourceError: it is no export, or cannot be read.
        """
        own = self._scans.get(path) or _scan(path, language)
        self._scans[path] = own
        if source:
            own.export.source = source
        for other in self._other_parts(path, own.export.site.roots, language):
            own.export.merge_files(other.export)
        return own

    def _other_parts(
        self, path: Path, roots: tuple[str, ...], language: str
    ) -> Iterator[ScannedExport]:
        for entry in sorted(os.scandir(path.parent), key=lambda entry: entry.name):
            other = Path(entry.path)
            if other == path or other.suffix.lower() not in _SUFFIXES or not entry.is_file():
                continue
            if other not in self._scans and (other, roots) not in self._unrelated:
                if _is_part(other, roots, language):
                    self._scans[other] = _scan(other, language)
                else:
                    self._unrelated.add((other, roots))
            scanned = self._scans.get(other)
            if scanned is not None and set(scanned.export.site.roots) & set(roots):
                yield scanned


def _is_part(path: Path, roots: tuple[str, ...], language: str) -> bool:
    """Tell whether a file is an export of the same site. Reads its head."""
    try:
        with path.open("rb") as file:
            if not is_export(file.read(HEAD_BYTES)):
                return False
        export, _ = _read_head(path, language)
    except (OSError, SourceError):
        return False
    return bool(set(export.site.roots) & set(roots))


def _read_head(path: Path, language: str) -> tuple[Export, Iterator[Piece]]:
    """Parse the head of an export; return it and the pieces after it. Raises SourceError."""
    stream = iter_pieces(path)
    head = next(stream)
    if declares_entities(head.text):
        raise SourceError(path, "it declares a document type or entities; exports do not")
    parser = Parser(head.text)
    channel: Element | None = None
    fault: str | None = NO_CHANNEL
    if parser.has_channel(head.text):
        try:
            channel, fault = parser.head(head.text)
        except UnreadablePiece as error:
            fault = str(error)
    export = Export.from_channel(channel, parser, path, language)
    export.fault = fault if channel is None else None
    if parser.contains_item(head.text):
        export.fault = "before the first item stands another, whose beginning is damaged"
    return export, stream


def _scan(path: Path, language: str) -> ScannedExport:
    """Read the head and index the attachments, which posts refer to by id."""
    export, stream = _read_head(path, language)
    total = 0
    for piece in stream:
        if piece.kind == "item":
            total += 1
            if is_attachment(piece):
                export.add_attachment(piece)
            elif is_pattern(piece):
                export.add_pattern(piece)
    if export.fault == NO_CHANNEL and not total:
        raise SourceError(path, f"it is no WordPress export: {export.fault}")
    return ScannedExport(export, total)
