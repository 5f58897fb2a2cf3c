"""JSON that holds lists of records, as far as it can be read: one bad byte costs one record."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from scripts.importers.decoding import text_of
from scripts.importers.source import SourceError

MAX_UNREAD = 1_000
"""Records that cannot be read before the rest of a list is given up."""

# Strings of real files hold what JSON would have escaped: line breaks, above all.
_DECODER = json.JSONDecoder(strict=False)
_SPACE = re.compile(r"[\s,]*")
_NEXT = re.compile(r"\}\s*,\s*(?=\{)")
_LIST_END = re.compile(r"\s*\]")


@dataclass(frozen=True, slots=True)
class Unread:
    """A record in its place that is no JSON, and what is wrong with it."""

    reason: str


def loaded(path: Path, most: int) -> tuple[Any, str, str | None]:
    """What a JSON file holds, its text, and what is wrong with it: then it holds None.

    Raises:
        SourceError: it cannot be opened, or has more than `most` bytes.
    """
    try:
        if path.stat().st_size > most:
            raise SourceError(path, f"it has more than {most:,} bytes")
        text = text_of(path.read_bytes()).lstrip("\ufeff")
    except OSError as error:
        raise SourceError(path, f"it cannot be opened ({error.strerror})") from error
    try:
        return _DECODER.decode(text), text, None
    except RecursionError:
        return None, text, "its JSON nests too deep to be read"
    except ValueError as error:
        return None, text, f"it is no JSON that can be read ({error})"[:300]


def rows(text: str, name: str | None = None) -> list[Any]:
    """The records of a list in JSON that as a whole cannot be read; Unread in place of some.

    `name` is the member that holds the list, the first of this name; None means that the text
    is a list itself. Takes time in proportion to the text.
    """
    opening = re.compile(rf'"{name}"\s*:\s*\[' if name else r"\s*\[").search(text)
    return list(_rows(text, opening.end())) if opening else []


def _rows(text: str, at: int) -> Iterator[Any]:
    unread = 0
    while unread < MAX_UNREAD:
        at = _end(_SPACE.match(text, at), at)
        if _LIST_END.match(text, at):
            return
        if at >= len(text):
            yield Unread("the list has no end: the file has been cut off")
            return
        try:
            row, at = _DECODER.raw_decode(text, at)
            yield row
        except (ValueError, RecursionError) as error:
            unread += 1
            deep = isinstance(error, RecursionError)
            yield Unread("it nests too deep" if deep else f"it is no JSON: {error}"[:300])
            # From where it goes wrong: what stands before has been read, and is no record's end.
            wrong = error.pos if isinstance(error, json.JSONDecodeError) else at
            following = _NEXT.search(text, max(at + 1, wrong - 1))
            if following is None:
                return
            at = following.end()


def member(text: str, name: str) -> str:
    """The first member of a name whose value is a string on one line; empty when there is none."""
    found = re.search(rf'"{name}"\s*:\s*"([^"\\\n]{{1,2000}})"', text)
    return found[1] if found else ""


def _end(found: re.Match[str] | None, at: int) -> int:
    return found.end() if found else at
