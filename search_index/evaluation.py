"""How good the order of hits is, measured on collections with known relevant documents.

A collection is a folder of `docs.jsonl` (`id`, `title`, `text`, optionally `author`),
`queries.jsonl` (`id`, `text`) and `qrels.tsv` (query, document, grade), as the classic test
collections of information retrieval come.
"""

from __future__ import annotations

import json
import math
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from search_index.engine import SearchEngine
from search_index.query import MAX_PAGE, Document, Label, SearchQuery


@dataclass(frozen=True, slots=True)
class Collection:
    """Documents, queries, and for each query the grades (above 0) of its relevant documents."""

    name: str
    documents: tuple[Document, ...]
    queries: Mapping[str, str]
    relevant: Mapping[str, Mapping[int, int]]


@dataclass(frozen=True, slots=True)
class Figures:
    """Means over the queries that have a relevant document, each in 0 to 1.

    `ndcg10` uses the gain 2**grade - 1 and the discount log2(rank + 1) (Jarvelin and Kekalainen
    2002); `map` and `recall100` take any grade above 0 as relevant. `of_query` holds each query's
    nDCG@10.
    """

    queries: int
    ndcg10: float
    map: float
    recall100: float
    of_query: Mapping[str, float] = field(default_factory=dict, compare=False)


def load(folder: Path) -> Collection:
    """Read a collection. Documents are numbered from 1 in their order; all are public.

    Lines of `qrels.tsv` may also have the four columns of TREC (query, iteration, document,
    grade). Judgements of documents that are not there are left out.

    Raises:
        OSError: a file is missing.
        ValueError: a line is not as described above; the message names it.
    """
    numbers: dict[str, int] = {}
    documents = []
    for number, row in enumerate(_rows(folder / "docs.jsonl", "id"), start=1):
        numbers[row["id"]] = number
        documents.append(_document(number, row))
    queries = {row["id"]: row["text"] for row in _rows(folder / "queries.jsonl", "id", "text")}
    relevant: dict[str, dict[int, int]] = {}
    for place, line in _lines(folder / "qrels.tsv"):
        columns = line.split()
        try:
            query, document, grade = columns[0], columns[-2], int(columns[-1])
            if len(columns) not in (3, 4):
                raise ValueError
        except (ValueError, IndexError):
            raise ValueError(f"{place}: expected a query, a document and a grade") from None
        if grade > 0 and document in numbers:
            relevant.setdefault(query, {})[numbers[document]] = grade
    return Collection(folder.name, tuple(documents), queries, relevant)


def _lines(path: Path) -> Iterator[tuple[str, str]]:
    """The lines that are not empty, each with its place."""
    with path.open(encoding="utf-8") as lines:
        for number, line in enumerate(lines, start=1):
            if line.strip():
                yield f"{path.name}:{number}", line


def _rows(path: Path, *required: str) -> Iterator[dict[str, str]]:
    for place, line in _lines(path):
        try:
            row: Any = json.loads(line)
        except ValueError as error:
            raise ValueError(f"{place}: not JSON ({error})") from None
        if not isinstance(row, dict) or not all(name in row for name in required):
            raise ValueError(f"{place}: expected an object with {' and '.join(required)}")
        yield {key: str(value) for key, value in row.items() if value is not None}


def _document(number: int, row: Mapping[str, str]) -> Document:
    author = row.get("author", "").strip()
    return Document(
        id=number,
        stamp=0,
        title=row.get("title", ""),
        summary="",
        body=row.get("text", ""),
        language="en",
        kind="ARTICLE",
        status="PUBLISHED",
        published_at=None,
        authors=(Label(author, author),) if author else (),
    )


async def measure(engine: SearchEngine, collection: Collection) -> Figures:
    """Ask every query that has a relevant document; the engine holds the collection's documents.

    Raises:
        EngineError: the engine cannot answer.
    """
    asked = [query for query in collection.queries if collection.relevant.get(query)]
    rankings = {}
    for query in asked:
        page = await engine.search(SearchQuery(collection.queries[query], limit=MAX_PAGE))
        rankings[query] = [hit.id for hit in page.hits]
    of_query = {query: ndcg(rankings[query], collection.relevant[query], 10) for query in asked}
    return Figures(
        queries=len(asked),
        ndcg10=_mean(of_query.values()),
        map=_mean(
            average_precision(rankings[query], collection.relevant[query]) for query in asked
        ),
        recall100=_mean(recall(rankings[query], collection.relevant[query]) for query in asked),
        of_query=of_query,
    )


def ndcg(ranking: Sequence[int], grades: Mapping[int, int], depth: int) -> float:
    """The gain of the first `depth` hits, as a share of the best possible order's."""
    ideal = _gain(sorted(grades.values(), reverse=True)[:depth])
    return _gain([grades.get(hit, 0) for hit in ranking[:depth]]) / ideal if ideal else 0.0


def _gain(grades: Sequence[int]) -> float:
    return math.fsum((2**grade - 1) / math.log2(rank + 2) for rank, grade in enumerate(grades))


def average_precision(ranking: Sequence[int], grades: Mapping[int, int]) -> float:
    """The mean, over all relevant documents, of the precision where each is found; 0 if not."""
    found = 0
    total = 0.0
    for rank, hit in enumerate(ranking, start=1):
        if grades.get(hit, 0) > 0:
            found += 1
            total += found / rank
    return total / len(grades) if grades else 0.0


def recall(ranking: Sequence[int], grades: Mapping[int, int]) -> float:
    """The share of the relevant documents that is in the ranking."""
    return sum(hit in grades for hit in ranking) / len(grades) if grades else 0.0


def _mean(values: Iterable[float]) -> float:
    found = list(values)
    return math.fsum(found) / len(found) if found else 0.0
