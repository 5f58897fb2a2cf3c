"""The lines of a file of any length, none of them longer in memory than is reasonable."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from scripts.importers.decoding import STRAY, encoding_of_file
from scripts.importers.source import SourceError

MAX_LINE = 32_000_000
"""Characters of the longest line that is read: an article may have 8 million characters of text."""


def lines_of(path: Path) -> Iterator[tuple[int, str | None]]:
    """The number (from 1) and text of each line; None for one that is too long to be read.

    Raises:
        SourceError: the file cannot be opened.
    """
    try:
        with path.open(encoding=encoding_of_file(path), errors=STRAY, newline="\n") as file:
            number = 0
            while line := file.readline(MAX_LINE):
                number += 1
                if len(line) < MAX_LINE or line.endswith("\n"):
                    yield number, line
                    continue
                yield number, None
                while line and not line.endswith("\n"):
                    line = file.readline(MAX_LINE)
    except OSError as error:
        raise SourceError(path, f"it cannot be opened ({error.strerror})") from error
