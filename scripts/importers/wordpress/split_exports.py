"""Exports as they are looked at before they are read, each once, with what their parts share.

A big site is exported in parts: the images that a post names by number may stand in another file.
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
    Unreadable,
    declares_entities,
    is_attachment,
    is_export,
    pieces,
)

_SUFFIXES = frozenset({".xml", ".wxr", ".rss"})
BEGINNING = 65_536
NO_CHANNEL = "there is no <channel> in it"


@dataclass(frozen=True, slots=True)
class Look:
    """What an export says once for all of its posts, and the number of its items."""

    export: Export
    total: int


class Parts:
    """The exports of one run; none is looked at twice."""

    def __init__(self) -> None:
        self._looks: dict[Path, Look] = {}
        self._no_parts: set[tuple[Path, tuple[str, ...]]] = set()

    def look(self, path: Path, source: str | None, language: str) -> Look:
        """Look at an export, and at the other parts of it in its folder.

        Raises:
            SourceError: it is none, or cannot be read.
        """
        own = self._looks.get(path) or _look(path, language)
        self._looks[path] = own
        if source:
            own.export.source = source
        for other in self._others(path, own.export.site.roots, language):
            own.export.share(other.export)
        return own

    def _others(self, path: Path, roots: tuple[str, ...], language: str) -> Iterator[Look]:
        for entry in sorted(os.scandir(path.parent), key=lambda one: one.name):
            other = Path(entry.path)
            if other == path or other.suffix.lower() not in _SUFFIXES or not entry.is_file():
                continue
            if other not in self._looks and (other, roots) not in self._no_parts:
                if _is_part(other, roots, language):
                    self._looks[other] = _look(other, language)
                else:
                    self._no_parts.add((other, roots))
            look = self._looks.get(other)
            if look is not None and set(look.export.site.roots) & set(roots):
                yield look


def _is_part(path: Path, roots: tuple[str, ...], language: str) -> bool:
    """Whether a file beside an export is an export of the same site. Reads its head."""
    try:
        with path.open("rb") as file:
            if not is_export(file.read(BEGINNING)):
                return False
        export, _ = _opened(path, language)
    except (OSError, SourceError):
        return False
    return bool(set(export.site.roots) & set(roots))


def _opened(path: Path, language: str) -> tuple[Export, Iterator[Piece]]:
    """The head of an export, and what stands behind it. Raises SourceError."""
    stream = pieces(path)
    head = next(stream)
    if declares_entities(head.text):
        raise SourceError(path, "it declares a document type or entities; exports do not")
    parser = Parser(head.text)
    channel: Element | None = None
    fault: str | None = NO_CHANNEL
    if parser.has_channel(head.text):
        try:
            channel, fault = parser.head(head.text)
        except Unreadable as error:
            fault = str(error)
    export = Export.of(channel, parser, path, language)
    export.fault = fault if channel is None else None
    if parser.holds_item(head.text):
        export.fault = "before the first item stands another, whose beginning is damaged"
    return export, stream


def _look(path: Path, language: str) -> Look:
    """Read the head, and the addresses of the files that posts name by number."""
    export, stream = _opened(path, language)
    total = 0
    for piece in stream:
        if piece.kind == "item":
            total += 1
            if is_attachment(piece):
                export.add_file(piece)
    if export.fault == NO_CHANNEL and not total:
        raise SourceError(path, f"it is no WordPress export: {export.fault}")
    return Look(export, total)
