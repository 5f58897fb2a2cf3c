"""Recovery of lists of records from damaged JSON: an invalid byte costs a single record."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from scripts.importers.content.decoding import decode
from scripts.importers.source import SourceError

MAX_UNREADABLE = 1_000
"""Unreadable records after which the rest of a list is ignored."""

# Strings of real files contain characters that JSON requires to be escaped, mostly line breaks.
_DECODER = json.JSONDecoder(strict=False)
_SPACE = re.compile(r"[\s,]*")
_NEXT = re.compile(r"\}\s*,\s*(?=\{)")
_LIST_END = re.compile(r"\s*\]")


@dataclass(frozen=True, slots=True)
class UnreadableRecord:
    """A record that is no valid JSON, in its place in the list."""

    reason: str


def load(path: Path, max_bytes: int) -> tuple[Any, str, str | None]:
    """Load a JSON file; return its data, its text, and None or the fault: then the data is None.

    Raises:
        SourceError: it cannot be opened, or has more than `max_bytes`.
    """
    try:
        if path.stat().st_size > max_bytes:
            raise SourceError(path, f"it has more than {max_bytes:,} bytes")
        text = decode(path.read_bytes()).lstrip("\ufeff")
    except OSError as error:
        raise SourceError(path, f"it cannot be opened ({error.strerror})") from error
    try:
        return _DECODER.decode(text), text, None
    except RecursionError:
        return None, text, "its JSON nests too deep to be read"
    except ValueError as error:
        return None, text, f"it is no JSON that can be read ({error})"[:300]


def recover_rows(text: str, name: str | None = None) -> list[Any]:
    """Parse a list in damaged JSON record by record; an UnreadableRecord for each invalid one.

    `name` is the member that holds the list, the first of this name; None means that the text
    is a list itself. Linear in the length of the text.
    """
    opening = re.compile(rf'"{name}"\s*:\s*\[' if name else r"\s*\[").search(text)
    return list(_iter_rows(text, opening.end())) if opening else []


def _iter_rows(text: str, at: int) -> Iterator[Any]:
    unreadable = 0
    while unreadable < MAX_UNREADABLE:
        at = _end(_SPACE.match(text, at), at)
        if _LIST_END.match(text, at):
            return
        if at >= len(text):
            yield UnreadableRecord("the list has no end: the file has been cut off")
            return
        try:
            row, at = _DECODER.raw_decode(text, at)
            yield row
        except (ValueError, RecursionError) as error:
            unreadable += 1
            is_deep = isinstance(error, RecursionError)
            yield UnreadableRecord(
                "it nests too deep" if is_deep else f"it is no JSON: {error}"[:300]
            )
            # Resume at the error: the text before it was parsed, and contains no record's end.
            error_at = error.pos if isinstance(error, json.JSONDecodeError) else at
            following = _NEXT.search(text, max(at + 1, error_at - 1))
            if following is None:
                return
            at = following.end()


def find_member(text: str, name: str) -> str:
    """Return the first string member of this name that is on one line; empty without any."""
    match = re.search(rf'"{name}"\s*:\s*"([^"\\\n]{{1,2000}})"', text)
    return match[1] if match else ""


def _end(match: re.Match[str] | None, default: int) -> int:
    return match.end() if match else default
