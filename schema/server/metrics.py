"""What a process has done, in the text format of Prometheus.

Figures of this process alone; with several, each is asked for its own. Nothing of who asked or
what for is in them but the names of operations, of which the first hundred are told apart.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import AbstractAsyncContextManager, contextmanager
from itertools import accumulate, chain
from time import perf_counter
from typing import Any, NamedTuple

from prometheus_client import CollectorRegistry, generate_latest
from prometheus_client.core import (
    CounterMetricFamily,
    GaugeMetricFamily,
    HistogramMetricFamily,
    Metric,
)
from prometheus_client.registry import Collector
from prometheus_client.utils import floatToGoString
from typing_extensions import override

from hub.db.database import Reader
from schema.change_feed import Feed
from schema.server.response_cache import Answers
from search_index.engine import SearchEngine
from search_index.query import EngineError, Page, SearchQuery, Suggestion, SuggestQuery

CONTENT_TYPE = "text/plain; version=0.0.4; charset=utf-8"
MAX_NAMES = 100
_SECONDS = (0.001, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1.0, 2.0, 5.0)


class Timings:
    """How often something took how long; counting costs less than a microsecond."""

    def __init__(self) -> None:
        self._slower_than = [0] * (len(_SECONDS) + 1)
        self._seconds = 0.0

    def took(self, seconds: float) -> None:
        """Count it once."""
        self._slower_than[bisect_left(_SECONDS, seconds)] += 1
        self._seconds += seconds

    def family(self, name: str, told: str) -> Metric:
        """What was counted, as a histogram."""
        bounds = (*map(floatToGoString, _SECONDS), "+Inf")
        return HistogramMetricFamily(
            name,
            told,
            buckets=list(zip(bounds, accumulate(self._slower_than), strict=True)),
            sum_value=self._seconds,
        )


class CountedEngine:
    """An engine whose searches and suggestions are counted; those that fail apart."""

    def __init__(self, engine: SearchEngine) -> None:
        self._engine = engine
        self.searches, self.suggestions, self.failures = Timings(), Timings(), 0

    async def search(self, query: SearchQuery) -> Page:
        """See `SearchEngine.search`."""
        with self._counted(self.searches):
            return await self._engine.search(query)

    async def suggest(self, query: SuggestQuery) -> tuple[Suggestion, ...]:
        """See `SearchEngine.suggest`."""
        with self._counted(self.suggestions):
            return await self._engine.suggest(query)

    def rebuild(self) -> AbstractAsyncContextManager[SearchEngine]:
        """See `SearchEngine.rebuild`."""
        return self._engine.rebuild()

    def __getattr__(self, name: str) -> Any:
        """Everything else is the engine's own."""
        return getattr(self._engine, name)

    @contextmanager
    def _counted(self, timings: Timings) -> Iterator[None]:
        began = perf_counter()
        try:
            yield
        except EngineError:
            self.failures += 1
            raise
        timings.took(perf_counter() - began)

    def families(self) -> Iterator[Metric]:
        """What was counted."""
        yield self.searches.family("hub_search_seconds", "Time that searches took in the index.")
        yield self.suggestions.family("hub_suggest_seconds", "Time that suggestions took there.")
        yield CounterMetricFamily(
            "hub_search_failures",
            "Searches and suggestions that it could not answer.",
            self.failures,
        )


class Standing(NamedTuple):
    """How the index and those who are told by webhook stand, for all processes together.

    `lag_seconds` is the age of the oldest save that the index does not hold. `documents` is None
    while there is no index. `waiting` counts what is to be told yet, by target.
    """

    outbox: int
    parked: int
    lag_seconds: float
    documents: int | None
    waiting: Mapping[str, int]

    def families(self) -> Iterator[Metric]:
        """It in Prometheus's words."""
        yield GaugeMetricFamily(
            "hub_outbox_events", "Saves that the index does not hold yet.", self.outbox
        )
        yield GaugeMetricFamily(
            "hub_outbox_parked", "Saves that could not be indexed and were set aside.", self.parked
        )
        yield GaugeMetricFamily(
            "hub_index_lag_seconds",
            "Age of the oldest save that the index does not hold; 0 for none.",
            self.lag_seconds,
        )
        if self.documents is not None:
            yield GaugeMetricFamily("hub_index_documents", "Articles in the index.", self.documents)
        waiting = GaugeMetricFamily(
            "hub_webhook_waiting", "Changes and messages to be told yet.", labels=("target",)
        )
        for target, number in self.waiting.items():
            waiting.add_metric((target,), number)
        yield waiting


class Metrics:
    """Counts the requests of one process, and shows them with what others count.

    Counted with plain numbers, which are put into Prometheus's words when it asks: 1 µs a request.
    """

    def __init__(self, db: Reader, answers: Answers, feed: Feed) -> None:
        self._registry = CollectorRegistry()
        self._operations = dict[str, int]()
        self._batches = dict[str, int]()
        self._answers = dict[int, int]()
        self._took = Timings()
        self._registry.register(_Given(self._counted))
        self._registry.register(_Figures(db, answers, feed))

    def operation(self, name: str | None) -> None:
        """Count an operation that is about to be answered."""
        known = self._known(name)
        self._operations[known] = self._operations.get(known, 0) + 1

    def executed(self, name: str | None, batches: int) -> None:
        """Count the statements that loaders made for an operation."""
        known = self._known(name)
        self._batches[known] = self._batches.get(known, 0) + batches

    def _known(self, name: str | None) -> str:
        known = name or "anonymous"
        if known not in self._operations and len(self._operations) >= MAX_NAMES:
            return "others"
        return known

    def answered(self, status: int, seconds: float) -> None:
        """Count an answer, and how long it took."""
        self._answers[status] = self._answers.get(status, 0) + 1
        self._took.took(seconds)

    def _counted(self) -> Iterator[Metric]:
        operations = CounterMetricFamily(
            "hub_operations", "GraphQL operations, by name.", labels=("operation",)
        )
        for name, count in self._operations.items():
            operations.add_metric((name,), count)
        yield operations
        batches = CounterMetricFamily(
            "hub_loader_statements",
            "Statements that loaders made, one a batch, by the operation's name.",
            labels=("operation",),
        )
        for name, count in self._batches.items():
            batches.add_metric((name,), count)
        yield batches
        answers = CounterMetricFamily(
            "hub_answers", "Answers of /graphql, by status.", labels=("status",)
        )
        for status, count in self._answers.items():
            answers.add_metric((str(status),), count)
        yield answers
        yield self._took.family("hub_answer_seconds", "Time until an answer of /graphql was ready.")

    def page(self, *others: Iterable[Metric]) -> bytes:
        """All of it in Prometheus's text format, with what others have counted."""
        found = generate_latest(self._registry)
        registry = CollectorRegistry()
        registry.register(_Given(lambda: chain(*others)))
        return found + generate_latest(registry)


class _Given(Collector):
    """Metrics that somebody else makes."""

    def __init__(self, families: Callable[[], Iterator[Metric]]) -> None:
        self._families = families

    @override
    def collect(self) -> Iterator[Metric]:
        yield from self._families()


class _Figures(Collector):
    """What the reader and the cache of answers count themselves."""

    def __init__(self, db: Reader, answers: Answers, feed: Feed) -> None:
        self._db = db
        self._answers = answers
        self._feed = feed

    @override
    def collect(self) -> Iterator[Metric]:
        figures = self._answers.figures
        yield CounterMetricFamily(
            "hub_statements", "Statements of the reading connection.", self._db.statements
        )
        for name, told, value in (
            ("hits", "Answers that had been kept.", figures.hits),
            ("misses", "Answers that had to be computed.", figures.misses),
            ("purges", "Times that a change dropped everything kept.", figures.purges),
            ("evictions", "Answers dropped for want of room.", figures.evictions),
        ):
            yield CounterMetricFamily(f"hub_cache_{name}", told, value)
        live = self._feed.figures
        yield GaugeMetricFamily("hub_subscriptions", "Subscriptions that are open.", live.listening)
        yield CounterMetricFamily("hub_events", "Events told to subscriptions.", live.events)
        yield CounterMetricFamily(
            "hub_events_lost", "Events that a subscription was too slow for.", live.let_go
        )
        yield GaugeMetricFamily("hub_cache_entries", "Answers that are kept.", figures.entries)
        yield GaugeMetricFamily("hub_cache_bytes", "Room that they take.", figures.bytes)
