"""The lines of a file of any length, none of them longer in memory than is reasonable."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from scripts.importers.source import SourceError

MAX_LINE = 32_000_000
"""Bytes of the longest line that is read: an article may have 8 million characters of text."""


def lines_of(path: Path) -> Iterator[tuple[int, str | None]]:
    """The number (from 1) and text of each line; None for one that is too long to be read.

    Bytes that are no UTF-8 become U+FFFD.

    Raises:
        SourceError: the file cannot be opened.
    """
    try:
        with path.open("rb") as file:
            number = 0
            while line := file.readline(MAX_LINE):
                number += 1
                if len(line) < MAX_LINE or line.endswith(b"\n"):
                    encoding = "utf-8-sig" if number == 1 else "utf-8"
                    yield number, line.decode(encoding, "replace")
                    continue
                yield number, None
                while line and not line.endswith(b"\n"):
                    line = file.readline(MAX_LINE)
    except OSError as error:
        raise SourceError(path, f"it cannot be opened ({error.strerror})") from error
