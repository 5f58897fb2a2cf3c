"""Reader of CSV: a record a row, with column names from the first row or from an option."""

from __future__ import annotations

import csv
import json
import re
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, TextIO

from scripts.importers.content.decoding import DECODE_ERRORS, detect_file_encoding
from scripts.importers.content.publication import needs_value
from scripts.importers.records import field_names, models
from scripts.importers.records.jsonl import DraftBuilder
from scripts.importers.records.line_reader import MAX_LINE
from scripts.importers.source import Record, Refusal, SourceError, catch_errors, source_name

HEAD_CHARACTERS = 65_536
DELIMITERS = ",;\t|^~\x1f\x01"
_LISTS = frozenset({"aliases", "addresses", "authors", *field_names.SYNONYMS["authors"]})
_LISTS = frozenset(map(field_names.plain_name, _LISTS))
_TOPICS = frozenset(map(field_names.plain_name, ("topics", *field_names.SYNONYMS["topics"])))
_STRUCTURED = frozenset({"relations", "comments", "metadata"})
_FLAGS = {"true": True, "yes": True, "1": True, "false": False, "no": False, "0": False}

csv.field_size_limit(MAX_LINE)


class CsvReader:
    """One table. `columns` names its columns where its first row does not."""

    kind = "csv"

    def __init__(
        self,
        path: Path,
        *,
        source: str | None = None,
        language: str = "en",
        columns: Sequence[str] | None = None,
        mapping: Mapping[str, str] | None = None,
    ) -> None:
        self._mapping = mapping or {}
        self._path = path
        self._source = source or source_name(path.with_suffix(""))
        self._language = language
        self._columns = columns

    @property
    def source(self) -> str:
        """The file's name, for rows that name no source."""
        return self._source

    def check(self) -> None:
        """Raise SourceError where no column can be an article's title or body."""
        self._rows()

    def total(self) -> int:
        """The number of rows. Reads the file."""
        return sum(1 for _ in self._rows()[1])

    def read(self) -> Iterator[Record]:
        """See `SourceReader.read`."""
        names, rows = self._rows()
        drafting = DraftBuilder(self._source, self._language)
        for place, cells in rows:
            if isinstance(cells, Refusal):
                yield cells
            elif len(cells) > len(names):
                reason = f"it has {len(cells)} columns, where {len(names)} have names"
                yield Refusal(place, reason)
            elif any(cell.strip() for cell in cells):
                yield from catch_errors(place, self._read(names, cells, place, drafting))
        yield from drafting.notes()

    def _read(
        self, names: list[str], cells: list[str], place: str, drafting: DraftBuilder
    ) -> Iterator[Record]:
        row: dict[str, Any] = {}
        for name, cell in zip(names, cells, strict=False):
            if name and cell.strip():
                try:
                    row[name] = _parse_cell(name, cell)
                except ValueError as error:
                    yield Refusal(place, f"{name}: {error}")
                    return
            elif needs_value(name):
                row[name] = None
        yield from drafting.build(row, place)

    def _rows(self) -> tuple[list[str], Iterator[tuple[str, list[str] | Refusal]]]:
        """Return the column names, and the rows below them."""
        rows = _read_rows(self._path)
        if self._columns:
            return [name.strip() for name in self._columns], rows
        _, first = next(rows, ("", []))
        names = [] if isinstance(first, Refusal) else [name.strip() for name in first]
        row = field_names.apply_map(dict.fromkeys(names, "x"), self._mapping)
        if not models.is_article({_to_snake_case(name): "x" for name in row}):
            reason = (
                f"its first row names no column `title` or `body`, but {', '.join(names)[:100]};"
                " say what the columns are: --map title=…,body=…, or --columns title,body,… for a"
                " table without a first row of names"
            )
            raise SourceError(self._path, reason)
        sources = {source: name for name, source in self._mapping.items()}
        return [_to_snake_case(sources.get(name, name)) for name in names], rows


def _to_snake_case(name: str) -> str:
    """Convert `Published At` to `published_at`; camelCase stays."""
    words = name.split()
    camel = len(words) == 1 and words[0][:1].islower()
    return words[0] if camel else "_".join(words).lower()


def _read_rows(path: Path) -> Iterator[tuple[str, list[str] | Refusal]]:
    """Yield the place of each row (the line where it ends) and its cells. Raises SourceError."""
    encoding, delimiter = _detect_dialect(path)
    try:
        with path.open(encoding=encoding, errors=DECODE_ERRORS, newline="") as file:
            rows = csv.reader(_bounded_lines(path, file), delimiter=delimiter)
            while True:
                try:
                    cells = next(rows)
                except StopIteration:
                    return
                except csv.Error as error:
                    yield f"line {rows.line_num}", Refusal(f"line {rows.line_num}", str(error))
                else:
                    yield f"line {rows.line_num}", cells
    except OSError as error:
        raise SourceError(path, f"it cannot be opened ({error.strerror})") from error


def _bounded_lines(path: Path, file: TextIO) -> Iterator[str]:
    """Yield the lines of a table. Raises SourceError at one of MAX_LINE characters or more."""
    while line := file.readline(MAX_LINE):
        if len(line) == MAX_LINE:
            raise SourceError(path, f"a line in it has more than {MAX_LINE:,} characters")
        yield line


def _detect_dialect(path: Path) -> tuple[str, str]:
    """Detect the encoding and the delimiter of a table."""
    try:
        encoding = detect_file_encoding(path)
        with path.open(encoding=encoding, errors=DECODE_ERRORS) as file:
            head = file.read(HEAD_CHARACTERS)
    except OSError as error:
        raise SourceError(path, f"it cannot be opened ({error.strerror})") from error
    first = re.sub(r'"[^"]*"', "", head.partition("\n")[0])
    return encoding, max(DELIMITERS, key=first.count)


def _parse_cell(name: str, cell: str) -> Any:
    """Parse a cell: lists and objects in JSON, names separated by `|` or `;`, or text."""
    plain = field_names.plain_name(name)
    if cell.lstrip()[:1] in "[{" and (plain in _LISTS | _TOPICS or name in _STRUCTURED):
        try:
            return json.loads(cell)
        except (ValueError, RecursionError) as error:
            raise ValueError(f"it is no JSON: {error}") from error
    if plain in _LISTS | _TOPICS:
        separators = "|;," if plain in _TOPICS else "|;"
        delimiter = next((separator for separator in separators if separator in cell), "|")
        return [part.strip() for part in cell.split(delimiter) if part.strip()]
    if plain == "commentsopen":
        return _FLAGS.get(cell.strip().lower(), cell)
    return cell
