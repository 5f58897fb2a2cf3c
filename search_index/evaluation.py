"""Relevance of the order of hits, measured on collections with judged documents.

A collection is a folder of `docs.jsonl` (`id`, `title`, `text`, optionally `author`),
`queries.jsonl` (`id`, `text`) and `qrels.tsv` (query, document, grade), the format of the classic
test collections of information retrieval.
"""

from __future__ import annotations

import json
import math
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from search_index.engine import SearchEngine
from search_index.fields import TextField
from search_index.query import MAX_PAGE, UNTUNED, Document, Label, SearchQuery, Tuning


@dataclass(frozen=True, slots=True)
class Collection:
    """Documents, queries, and for each query the grades (above 0) of its relevant documents."""

    name: str
    documents: tuple[Document, ...]
    queries: Mapping[str, str]
    relevant: Mapping[str, Mapping[int, int]]


@dataclass(frozen=True, slots=True)
class RelevanceMetrics:
    """Means over the queries that have a relevant document, each in 0 to 1.

    `ndcg10` uses the gain 2**grade - 1 and the discount log2(rank + 1) (Jarvelin and Kekalainen
    2002); `map` and `recall100` take any grade above 0 as relevant. `ndcg10_by_query` holds each
    query's nDCG@10, `rankings` its first 100 hits.
    """

    queries: int
    ndcg10: float
    map: float
    recall100: float
    ndcg10_by_query: Mapping[str, float] = field(default_factory=dict, compare=False)
    rankings: Mapping[str, Sequence[int]] = field(default_factory=dict, compare=False)


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


async def measure(
    engine: SearchEngine,
    queries: Mapping[str, str],
    relevant: Mapping[str, Mapping[int, int]],
    tuning: Tuning = UNTUNED,
) -> RelevanceMetrics:
    """Search for every query with a relevant document; the engine holds the documents.

    `queries` holds the texts, `relevant` the grades of the documents, both by the query's name.

    Raises:
        EngineError: the engine cannot answer.
    """
    names = [query for query in queries if relevant.get(query)]
    rankings = {}
    for query in names:
        page = await engine.search(SearchQuery(queries[query], limit=MAX_PAGE, tuning=tuning))
        rankings[query] = [hit.id for hit in page.hits]
    of_query = {query: ndcg(rankings[query], relevant[query], 10) for query in names}
    return RelevanceMetrics(
        queries=len(names),
        ndcg10=_mean(of_query.values()),
        map=_mean(average_precision(rankings[query], relevant[query]) for query in names),
        recall100=_mean(recall(rankings[query], relevant[query]) for query in names),
        ndcg10_by_query=of_query,
        rankings=rankings,
    )


def ndcg(ranking: Sequence[int], grades: Mapping[int, int], depth: int) -> float:
    """Return the gain of the first `depth` hits, as a share of that of the best order."""
    ideal = _gain(sorted(grades.values(), reverse=True)[:depth])
    return _gain([grades.get(hit, 0) for hit in ranking[:depth]]) / ideal if ideal else 0.0


def _gain(grades: Sequence[int]) -> float:
    return math.fsum((2**grade - 1) / math.log2(rank + 2) for rank, grade in enumerate(grades))


def average_precision(ranking: Sequence[int], grades: Mapping[int, int]) -> float:
    """Return the mean precision at the ranks of the relevant documents; 0 for unranked ones."""
    relevant_hits = 0
    total = 0.0
    for rank, hit in enumerate(ranking, start=1):
        if grades.get(hit, 0) > 0:
            relevant_hits += 1
            total += relevant_hits / rank
    return total / len(grades) if grades else 0.0


def recall(ranking: Sequence[int], grades: Mapping[int, int]) -> float:
    """Return the share of the relevant documents that is in the ranking."""
    return sum(hit in grades for hit in ranking) / len(grades) if grades else 0.0


def _mean(values: Iterable[float]) -> float:
    numbers = list(values)
    return math.fsum(numbers) / len(numbers) if numbers else 0.0
