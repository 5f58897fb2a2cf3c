"""Relevance of the order of hits, by judged documents."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from search_index.engine import SearchEngine
from search_index.query import MAX_PAGE, UNTUNED, SearchQuery, Tuning


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
