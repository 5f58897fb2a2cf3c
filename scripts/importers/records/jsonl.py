"""JSONL: a record a line, as `hub export` writes it; also a file that is one JSON list."""

from __future__ import annotations

import hashlib
import json
from collections import Counter
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

from hub.drafts import ArticleDraft
from hub.text.slugs import bounded
from scripts.importers.records import json_recovery, models
from scripts.importers.records.json_recovery import Unread
from scripts.importers.records.line_reader import MAX_LINE, lines_of
from scripts.importers.records.models import ArticleRecord
from scripts.importers.source import (
    Note,
    Record,
    Refusal,
    Skipped,
    SourceError,
    guarded,
    name_of,
)

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
        drafting = Drafting(self._source, self._language)
        for place, row in self._rows():
            if isinstance(row, Refusal):
                yield row
            else:
                yield from guarded(place, drafting.of(row, place))
        yield from drafting.notes()

    def _rows(self) -> Iterator[tuple[str, dict[str, Any] | Refusal]]:
        listed = self._listed()
        if listed is not None:
            for number, one in enumerate(listed, 1):
                yield _checked(f"record {number}", one)
            return
        for number, line in lines_of(self._path):
            place = f"line {number}"
            if line is None:
                yield place, Refusal(place, f"it has more than {MAX_LINE:,} characters")
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
        found, text, fault = json_recovery.loaded(self._path, MAX_LIST_BYTES)
        if fault:
            found = json_recovery.rows(text)
            if not any(isinstance(one, dict) for one in found):
                raise SourceError(self._path, fault)
        return found if isinstance(found, list) else [found]


def _checked(place: str, row: Any) -> tuple[str, dict[str, Any] | Refusal]:
    if isinstance(row, dict):
        return place, row
    return place, Refusal(place, row.reason if isinstance(row, Unread) else "it is no JSON object")


class Drafting:
    """The records of one file as drafts; knows what they have in common."""

    def __init__(self, source: str, language: str) -> None:
        self._source = source
        self._language = language
        self._places: dict[tuple[str, str], str] = {}
        self._twins: Counter[tuple[str, str]] = Counter()
        self._texts: set[bytes] = set()
        self._unknown: dict[str, str] = {}

    def of(self, row: dict[str, Any], place: str) -> Iterator[Record]:
        """What a record brings, or why it is refused."""
        try:
            record, others = models.read(row)
            for name in others:
                self._unknown.setdefault(name, place)
            if isinstance(record, ArticleRecord):
                yield self._own(record, record.draft(place, self._source, self._language))
            else:
                yield record.draft()
        except ValueError as error:
            yield Refusal(place, str(error))

    def notes(self) -> Iterator[Note]:
        """A note for each name that means nothing here, at the first place where it stands."""
        for name, place in self._unknown.items():
            yield Note(place, f"{name[:80]!r} is no field of a record, and was left out of all")

    def _own(self, record: ArticleRecord, draft: ArticleDraft) -> ArticleDraft | Refusal | Skipped:
        """A draft under a key that is no other record's: only keys may not stand there twice."""
        if not record.own_key:
            text = f"{draft.title}\n{draft.body.content}\n{draft.published_at}"
            digest = hashlib.blake2b(text.encode("utf-8", "replace"), digest_size=16).digest()
            if digest in self._texts:
                return Skipped(draft.place, "records that stand there twice")
            self._texts.add(digest)
            self._twins[draft.source, draft.key] += 1
            number = self._twins[draft.source, draft.key]
            if number > 1:
                draft = replace(draft, key=bounded(f"{draft.key} #{number}"))
        first = self._places.setdefault((draft.source, draft.key), draft.place)
        if first != draft.place:
            reason = f"key: {draft.key} stands in this import twice, first at {first}"
            return Refusal(draft.place, reason)
        return draft
