"""Collections: documents, queries, and which documents answer them.

A collection is a folder of `docs.jsonl` (`id`, `title`, `text`, optionally `author`),
`queries.jsonl` (`id`, `text`) and `qrels.tsv` (query, document, grade), the format of the classic
test collections of information retrieval.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from search_index.fields import TextField
from search_index.query import Document, Label


@dataclass(frozen=True, slots=True)
class Collection:
    """Documents, queries, and for each query the grades (above 0) of its relevant documents."""

    name: str
    documents: tuple[Document, ...]
    queries: Mapping[str, str]
    relevant: Mapping[str, Mapping[int, int]]


def load(folder: Path) -> Collection:
    """Read a collection. Documents are numbered from 1 in their order; all are public.

    Lines of `qrels.tsv` may also have the four columns of TREC (query, iteration, document,
    grade). Judgements of missing documents are ignored.

    Raises:
        OSError: a file is missing.
        ValueError: a line has another format; the message names it.
    """
    numbers: dict[str, int] = {}
    documents = []
    for number, row in enumerate(_rows(folder / "docs.jsonl", "id"), start=1):
        numbers[row["id"]] = number
        documents.append(_document(number, row))
    queries = {row["id"]: row["text"] for row in _rows(folder / "queries.jsonl", "id", "text")}
    relevant: dict[str, dict[int, int]] = {}
    for location, line in _lines(folder / "qrels.tsv"):
        columns = line.split()
        try:
            query, document, grade = columns[0], columns[-2], int(columns[-1])
            if len(columns) not in (3, 4):
                raise ValueError
        except (ValueError, IndexError):
            raise ValueError(f"{location}: expected a query, a document and a grade") from None
        if grade > 0 and document in numbers:
            relevant.setdefault(query, {})[numbers[document]] = grade
    return Collection(folder.name, tuple(documents), queries, relevant)


def _lines(path: Path) -> Iterator[tuple[str, str]]:
    """Yield the lines that are not empty, each with its location."""
    with path.open(encoding="utf-8") as lines:
        for number, line in enumerate(lines, start=1):
            if line.strip():
                yield f"{path.name}:{number}", line


def _rows(path: Path, *required: str) -> Iterator[dict[str, str]]:
    for location, line in _lines(path):
        try:
            row: Any = json.loads(line)
        except ValueError as error:
            raise ValueError(f"{location}: not JSON ({error})") from None
        if not isinstance(row, dict) or not all(name in row for name in required):
            raise ValueError(f"{location}: expected an object with {' and '.join(required)}")
        yield {key: str(value) for key, value in row.items() if value is not None}


def _document(number: int, row: Mapping[str, str]) -> Document:
    author = row.get("author", "").strip()
    return Document(
        id=number,
        stamp=0,
        texts={TextField.TITLE: row.get("title", ""), TextField.BODY: row.get("text", "")},
        language="en",
        kind="ARTICLE",
        status="PUBLISHED",
        published_at=None,
        authors=(Label(author, author),) if author else (),
    )
