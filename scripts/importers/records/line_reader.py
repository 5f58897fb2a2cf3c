"""Reading of lines from files of any length, with a limit for each line."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from scripts.importers.content.decoding import DECODE_ERRORS, detect_file_encoding
from scripts.importers.source import SourceError

MAX_LINE = 32_000_000
"""Characters of the longest line; an article may have 8 million characters of text."""


def read_lines(path: Path) -> Iterator[tuple[int, str | None]]:
    """Yield the number (from 1) and text of each line; None for one that is too long.

    Raises:
        SourceError: the file cannot be opened.
    """
    try:
        with path.open(
            encoding=detect_file_encoding(path), errors=DECODE_ERRORS, newline="\n"
        ) as file:
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
