"""Reader of JSONL: a record a line, as in `hub export`; also of files that are one JSON list."""

from __future__ import annotations

import hashlib
import json
import re
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

from hub.drafts import ArticleDraft
from hub.models import Status
from hub.text.slugs import shorten_key
from scripts.importers.records import drupal, field_names, json_recovery, models
from scripts.importers.records.json_recovery import UnreadableRecord
from scripts.importers.records.line_reader import MAX_LINE, read_lines
from scripts.importers.records.models import ArticleRecord
from scripts.importers.source import (
    HeldBack,
    Note,
    Record,
    Refusal,
    Skipped,
    SourceError,
    catch_errors,
    source_name,
)

MAX_LIST_BYTES = 200_000_000
"""A JSON list is read into memory; longer ones have to be JSONL."""


_LIST_MEMBER = re.compile(
    rb"\{\s*\"(?:data|articles|items|records|results|entries|posts|docs|nodes)\"\s*:\s*\[\s*\{"
)
"""The beginning of an object that wraps a list of records, as APIs return it."""


_JSON_API = re.compile(rb"\{\s*\"(?:jsonapi\"\s*:\s*\{|data\"\s*:\s*[\[{]\s*\{?\s*\"type\")")


def is_wrapped(head: bytes) -> bool:
    """Tell whether a file begins with an object that wraps records, in a list or by JSON:API."""
    return bool(_LIST_MEMBER.match(head) or _JSON_API.match(head))


class JsonlReader:
    """One file of records."""

    kind = "jsonl"

    def __init__(
        self,
        path: Path,
        *,
        source: str | None = None,
        language: str = "en",
        mapping: Mapping[str, str] | None = None,
    ) -> None:
        self._path = path
        self._mapping = mapping or {}
        self._source = source or source_name(path.with_suffix(""))
        self._language = language

    @property
    def source(self) -> str:
        """The file's name, for records that name no source."""
        return self._source

    def total(self) -> int:
        """The number of lines. Reads the file."""
        return sum(1 for _ in read_lines(self._path))

    def read(self) -> Iterator[Record]:
        """See `SourceReader.read`."""
        drafting = DraftBuilder(self._source, self._language)
        for place, row in self._rows():
            if not isinstance(row, dict):
                yield row
            else:
                row = field_names.apply_map(field_names.unwrap(row), self._mapping)
                yield from catch_errors(place, drafting.build(row, place))
        yield from drafting.notes()

    def _rows(self) -> Iterator[tuple[str, dict[str, Any] | Refusal | Skipped | Note]]:
        records = self._read_list()
        if records is not None:
            for number, record in enumerate(records, 1):
                if isinstance(record, Skipped | Note):
                    yield record.place, record
                else:
                    yield _check_row(f"record {number}", record)
            return
        for number, line in read_lines(self._path):
            place = f"line {number}"
            if line is None:
                yield place, Refusal(place, f"it has more than {MAX_LINE:,} characters")
            elif line.strip():
                try:
                    yield _check_row(place, json.loads(line))
                except (ValueError, RecursionError) as error:
                    yield place, Refusal(place, f"it is no JSON: {error}")

    def _read_list(self) -> list[Any] | None:
        """Read the records of a file that is one JSON list; None for JSONL."""
        try:
            with self._path.open("rb") as file:
                head = file.read(4096).lstrip(b"\xef\xbb\xbf\xff\xfe\x00 \t\r\n")
                if head[:1] != b"[" and not is_wrapped(head):
                    return None
        except OSError as error:
            raise SourceError(self._path, f"it cannot be opened ({error.strerror})") from error
        records, text, fault = json_recovery.load(self._path, MAX_LIST_BYTES)
        if fault:
            records = json_recovery.recover_rows(text)
            if not any(isinstance(record, dict) for record in records):
                raise SourceError(self._path, fault)
        if drupal.is_document(records):
            return list(drupal.read_rows(records))
        if isinstance(records, dict):
            lists = (value for value in records.values() if isinstance(value, list))
            records = next(
                (rows for rows in lists if rows and isinstance(rows[0], dict)), [records]
            )
        return records if isinstance(records, list) else [records]


def _check_row(place: str, row: Any) -> tuple[str, dict[str, Any] | Refusal]:
    if isinstance(row, dict):
        return place, row
    return place, Refusal(
        place, row.reason if isinstance(row, UnreadableRecord) else "it is no JSON object"
    )


class DraftBuilder:
    """Converts the records of one file to drafts, and detects duplicates and unknown fields."""

    def __init__(self, source: str, language: str) -> None:
        self._source = source
        self._language = language
        self._places: dict[tuple[str, str], str] = {}
        self._duplicates: Counter[tuple[str, str]] = Counter()
        self._digests: set[bytes] = set()
        self._unknown_fields: dict[str, None] = {}

    def build(self, row: dict[str, Any], place: str) -> Iterator[Record]:
        """Yield the draft of a record, or a Refusal."""
        try:
            record, unknown, reason, notes = models.parse_record(row)
            for name in unknown:
                self._unknown_fields[name] = None
            if isinstance(record, ArticleRecord):
                draft = record.to_draft(place, self._source, self._language)
                yield from (Note(place, text) for text in notes)
                if reason:
                    noun = "archived" if draft.status is Status.ARCHIVED else "a draft"
                    yield HeldBack(place, f"{reason}, and it is {noun} here")
                yield self._deduplicate(record, draft)
            else:
                yield record.to_draft()
        except ValueError as error:
            yield Refusal(place, str(error))

    def notes(self) -> Iterator[Note]:
        """Yield a note for each unknown field: about the source, and not about one article."""
        for name in self._unknown_fields:
            yield Note("fields", f"{name[:80]!r} is no field of a record, and was left out of all")

    def _deduplicate(
        self, record: ArticleRecord, draft: ArticleDraft
    ) -> ArticleDraft | Refusal | Skipped:
        """Return the draft under a unique key; without an own key, equal records are skipped."""
        if not record.own_key:
            text = f"{draft.title}\n{draft.body.content}\n{draft.published_at}"
            digest = hashlib.blake2b(text.encode("utf-8", "replace"), digest_size=16).digest()
            if digest in self._digests:
                return Skipped(draft.place, "duplicate records")
            self._digests.add(digest)
            self._duplicates[draft.source, draft.key] += 1
            number = self._duplicates[draft.source, draft.key]
            if number > 1:
                draft = replace(draft, key=shorten_key(f"{draft.key} #{number}"))
        first = self._places.setdefault((draft.source, draft.key), draft.place)
        if first != draft.place:
            reason = f"key: {draft.key} occurs twice in this import, first at {first}"
            return Refusal(draft.place, reason)
        return draft
