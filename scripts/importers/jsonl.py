"""JSONL: a record a line, as `hub export` writes it; also a file that is one JSON list."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from scripts.importers import json_rows, records
from scripts.importers.json_rows import Unread
from scripts.importers.lines import MAX_LINE, lines_of
from scripts.importers.records import ArticleRecord
from scripts.importers.source import Note, Record, Refusal, SourceError, guarded, name_of

MAX_LIST_BYTES = 200_000_000
"""A JSON list is read whole; longer ones have to be JSONL."""


class JsonlReader:
    """One file of records."""

    kind = "jsonl"

    def __init__(self, path: Path, *, source: str | None = None, language: str = "en") -> None:
        self._path = path
        self._source = source or name_of(path.with_suffix(""))
        self._language = language

    @property
    def source(self) -> str:
        """The file's name, for records that name no source."""
        return self._source

    def total(self) -> int:
        """About the number of records: that of the lines. Reads the file."""
        return sum(1 for _ in lines_of(self._path))

    def read(self) -> Iterator[Record]:
        """See `Reader.read`."""
        unknown: dict[str, str] = {}
        for place, row in self._rows():
            if isinstance(row, Refusal):
                yield row
            else:
                yield from guarded(
                    place, drafted(row, place, self._source, self._language, unknown)
                )
        yield from unknown_fields(unknown)

    def _rows(self) -> Iterator[tuple[str, dict[str, Any] | Refusal]]:
        listed = self._listed()
        if listed is not None:
            for number, one in enumerate(listed, 1):
                yield _checked(f"record {number}", one)
            return
        for number, line in lines_of(self._path):
            place = f"line {number}"
            if line is None:
                yield place, Refusal(place, f"it has more than {MAX_LINE:,} bytes")
            elif line.strip():
                try:
                    yield _checked(place, json.loads(line))
                except (ValueError, RecursionError) as error:
                    yield place, Refusal(place, f"it is no JSON: {error}")

    def _listed(self) -> list[Any] | None:
        """The records of a file that is one JSON list; None for JSONL."""
        try:
            with self._path.open("rb") as file:
                if file.read(64).lstrip(b"\xef\xbb\xbf\xff\xfe\x00 \t\r\n")[:1] != b"[":
                    return None
        except OSError as error:
            raise SourceError(self._path, f"it cannot be opened ({error.strerror})") from error
        found, text, fault = json_rows.loaded(self._path, MAX_LIST_BYTES)
        if fault:
            found = json_rows.rows(text)
            if not any(isinstance(one, dict) for one in found):
                raise SourceError(self._path, fault)
        return found if isinstance(found, list) else [found]


def _checked(place: str, row: Any) -> tuple[str, dict[str, Any] | Refusal]:
    if isinstance(row, dict):
        return place, row
    return place, Refusal(place, row.reason if isinstance(row, Unread) else "it is no JSON object")


def drafted(
    row: dict[str, Any], place: str, source: str, language: str, unknown: dict[str, str]
) -> Iterator[Record]:
    """What a record brings, or why it is refused. `unknown` collects names that mean nothing."""
    try:
        record, others = records.read(row)
        for name in others:
            unknown.setdefault(name, place)
        yield (
            record.draft(place, source, language)
            if isinstance(record, ArticleRecord)
            else record.draft()
        )
    except ValueError as error:
        yield Refusal(place, str(error))


def unknown_fields(unknown: dict[str, str]) -> Iterator[Note]:
    """A note for each name that means nothing here, at the first place where it stands."""
    for name, place in unknown.items():
        yield Note(place, f"{name[:80]!r} is no field of a record, and was left out of all")
