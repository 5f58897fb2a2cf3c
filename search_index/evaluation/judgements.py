"""Judgements of a hub's own search: which article answers a text, and how well.

They stand in a CSV file with the columns text, slug and grade, so that they can be written by hand,
in a spreadsheet, or by `hub eval judge`.
"""

from __future__ import annotations

import csv
import os
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

MAX_GRADE = 3
COLUMNS = ("text", "slug", "grade")
_DELIMITERS = ",;\t"


class Judgement(NamedTuple):
    """An article, by its slug, answers a text: 3 best, 2 well, 1 in part, 0 not at all."""

    text: str
    slug: str
    grade: int


def read(path: Path) -> dict[str, dict[str, int]]:
    """Return the grades of the articles for each text, in the order of the file.

    The first line may name the columns. They are separated by commas, semicolons or tabs. Of
    several judgements of the same article for the same text, the last one counts.

    Raises:
        OSError: the file cannot be read.
        ValueError: it is not UTF-8, or a line has another form; the message names it.
    """
    grades: dict[str, dict[str, int]] = {}
    for text, slug, grade in _judgements(path):
        grades.setdefault(text, {})[slug] = grade
    return grades


def _judgements(path: Path) -> Iterator[Judgement]:
    try:
        lines = path.read_text(encoding="utf-8").removeprefix("\ufeff").splitlines(keepends=True)
        rows = csv.reader(lines, delimiter=_delimiter(lines[0] if lines else ""), strict=True)
        for row in rows:
            cells = [cell.strip() for cell in row]
            is_heading = rows.line_num == 1 and tuple(map(str.lower, cells)) == COLUMNS
            if any(cells) and not is_heading:
                yield _judgement(cells, f"{path}:{rows.line_num}")
    except (csv.Error, UnicodeDecodeError) as error:
        raise ValueError(f"{path}: not CSV in UTF-8 ({error})") from None


def _delimiter(line: str) -> str:
    """Return the delimiter that a line of a file uses."""
    return max(_DELIMITERS, key=line.count)


def _judgement(cells: list[str], location: str) -> Judgement:
    if len(cells) != len(COLUMNS) or not all(cells):
        raise ValueError(f"{location}: expected a text, a slug and a grade")
    text, slug, grade = cells
    if grade not in {str(number) for number in range(MAX_GRADE + 1)}:
        raise ValueError(f"{location}: the grade must be a number from 0 to {MAX_GRADE}")
    return Judgement(text, slug, int(grade))


def append(path: Path, judgement: Judgement) -> None:
    """Add a judgement to a file, which is made with its heading, or keeps its delimiter.

    Raises:
        OSError: the file cannot be written.
    """
    with path.open("a+", encoding="utf-8", newline="") as lines:
        lines.seek(0)
        beginning = lines.readline()
        lines.seek(0, os.SEEK_END)
        writer = csv.writer(lines, delimiter=_delimiter(beginning), lineterminator="\n")
        if not beginning:
            writer.writerow(COLUMNS)
        writer.writerow(judgement)
