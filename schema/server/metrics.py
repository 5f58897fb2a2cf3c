"""Metrics of a process in the text format of Prometheus.

They count this process alone; with several processes, each has to be scraped. They hold no data of
clients or queries but the names of operations, of which the first hundred have a label of their
own.
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
from schema.change_feed import ChangeFeed
from schema.server.response_cache import ResponseCache
from search_index.engine import SearchEngine
from search_index.query import EngineError, Page, SearchQuery, Suggestion, SuggestQuery

CONTENT_TYPE = "text/plain; version=0.0.4; charset=utf-8"
MAX_NAMES = 100
_SECONDS = (0.001, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1.0, 2.0, 5.0)


class Timings:
    """Histogram of durations; an observation costs less than a microsecond."""

    def __init__(self) -> None:
        self._bucket_counts = [0] * (len(_SECONDS) + 1)
        self._seconds = 0.0

    def observe(self, seconds: float) -> None:
        """Count one duration."""
        self._bucket_counts[bisect_left(_SECONDS, seconds)] += 1
        self._seconds += seconds

    def family(self, name: str, documentation: str) -> Metric:
        """Return the histogram as a metric family."""
        bounds = (*map(floatToGoString, _SECONDS), "+Inf")
        return HistogramMetricFamily(
            name,
            documentation,
            buckets=list(zip(bounds, accumulate(self._bucket_counts), strict=True)),
            sum_value=self._seconds,
        )


class CountedEngine:
    """Wrapper of an engine that times searches and suggestions, and counts failures."""

    def __init__(self, engine: SearchEngine) -> None:
        self._engine = engine
        self.searches, self.suggestions, self.failures = Timings(), Timings(), 0

    async def search(self, query: SearchQuery) -> Page:
        """See `SearchEngine.search`."""
        with self._observed(self.searches):
            return await self._engine.search(query)

    async def suggest(self, query: SuggestQuery) -> tuple[Suggestion, ...]:
        """See `SearchEngine.suggest`."""
        with self._observed(self.suggestions):
            return await self._engine.suggest(query)

    def rebuild(self) -> AbstractAsyncContextManager[SearchEngine]:
        """See `SearchEngine.rebuild`."""
        return self._engine.rebuild()

    def __getattr__(self, name: str) -> Any:
        """Delegate all other attributes to the engine."""
        return getattr(self._engine, name)

    @contextmanager
    def _observed(self, timings: Timings) -> Iterator[None]:
        started = perf_counter()
        try:
            yield
        except EngineError:
            self.failures += 1
            raise
        timings.observe(perf_counter() - started)

    def families(self) -> Iterator[Metric]:
        """Yield the metric families."""
        yield self.searches.family("hub_search_seconds", "Time that searches took in the index.")
        yield self.suggestions.family(
            "hub_suggest_seconds", "Time that suggestions took in the index."
        )
        yield CounterMetricFamily(
            "hub_search_failures",
            "Searches and suggestions that failed.",
            self.failures,
        )
        if counts := self._engine.request_counts():
            requests = CounterMetricFamily(
                "hub_index_requests", "Requests to OpenSearch, by outcome.", labels=("outcome",)
            )
            for outcome in ("sent", "retried", "timed_out", "rejected"):
                requests.add_metric((outcome,), counts.get(outcome, 0))
            yield requests


class SharedMetrics(NamedTuple):
    """Gauges of the index and of webhook deliveries, shared by all processes.

    `lag_seconds` is the age of the oldest save that the index does not hold. `documents` is None
    while there is no index. `waiting` counts the pending deliveries by target. `is_leader`: this
    process leads the index.
    """

    outbox: int
    parked: int
    lag_seconds: float
    documents: int | None
    waiting: Mapping[str, int]
    is_leader: bool

    def families(self) -> Iterator[Metric]:
        """Yield the metric families."""
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
        yield GaugeMetricFamily(
            "hub_index_leader", "1 if this process leads its index, else 0.", int(self.is_leader)
        )
        if self.documents is not None:
            yield GaugeMetricFamily(
                "hub_index_documents", "Public articles in the index.", self.documents
            )
        waiting = GaugeMetricFamily(
            "hub_webhook_waiting",
            "Changes and messages that are not yet delivered.",
            labels=("target",),
        )
        for target, number in self.waiting.items():
            waiting.add_metric((target,), number)
        yield waiting


class Metrics:
    """Counters of the requests of one process, and the page for Prometheus.

    Requests are counted in plain numbers, and converted when Prometheus scrapes: 1 µs a request.
    """

    def __init__(self, db: Reader, response_cache: ResponseCache, change_feed: ChangeFeed) -> None:
        self._registry = CollectorRegistry()
        self._operations = dict[str, int]()
        self._batches = dict[str, int]()
        self._responses = dict[int, int]()
        self._refused_tokens = 0
        self._durations = Timings()
        self._registry.register(_FamilyCollector(self._families))
        self._registry.register(_ComponentCollector(db, response_cache, change_feed))

    def count_operation(self, name: str | None) -> None:
        """Count an operation, cached or executed."""
        label = self._label(name)
        self._operations[label] = self._operations.get(label, 0) + 1

    def count_statements(self, name: str | None, batches: int) -> None:
        """Count the SQL statements of an operation's loaders."""
        label = self._label(name)
        self._batches[label] = self._batches.get(label, 0) + batches

    def _label(self, name: str | None) -> str:
        label = name or "anonymous"
        if label not in self._operations and len(self._operations) >= MAX_NAMES:
            return "others"
        return label

    def count_response(self, status: int, seconds: float) -> None:
        """Count a response and its duration."""
        self._responses[status] = self._responses.get(status, 0) + 1
        self._durations.observe(seconds)

    def count_refused_token(self) -> None:
        """Count a token that is unknown, expired or revoked."""
        self._refused_tokens += 1

    def _families(self) -> Iterator[Metric]:
        yield CounterMetricFamily(
            "hub_refused_tokens",
            "Tokens that were unknown, expired or revoked.",
            self._refused_tokens,
        )
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
        responses = CounterMetricFamily(
            "hub_answers", "Responses of /graphql, by status.", labels=("status",)
        )
        for status, count in self._responses.items():
            responses.add_metric((str(status),), count)
        yield responses
        yield self._durations.family(
            "hub_answer_seconds", "Time until a response of /graphql was ready."
        )

    def render(self, *families: Iterable[Metric]) -> bytes:
        """Render all metrics in Prometheus's text format, and `families` of other components."""
        rendered = generate_latest(self._registry)
        registry = CollectorRegistry()
        registry.register(_FamilyCollector(lambda: chain(*families)))
        return rendered + generate_latest(registry)


class _FamilyCollector(Collector):
    """Collector of metric families from a function."""

    def __init__(self, families: Callable[[], Iterator[Metric]]) -> None:
        self._families = families

    @override
    def collect(self) -> Iterator[Metric]:
        yield from self._families()


class _ComponentCollector(Collector):
    """Collector of the counters of the reader, the response cache and the change feed."""

    def __init__(self, db: Reader, response_cache: ResponseCache, change_feed: ChangeFeed) -> None:
        self._db = db
        self._response_cache = response_cache
        self._change_feed = change_feed

    @override
    def collect(self) -> Iterator[Metric]:
        cache = self._response_cache.statistics
        yield CounterMetricFamily(
            "hub_statements", "Statements of the reading connection.", self._db.statements
        )
        for name, documentation, value in (
            ("hits", "Responses from the cache.", cache.hits),
            ("misses", "Responses that were computed.", cache.misses),
            ("purges", "Times that a change purged entries.", cache.purges),
            ("evictions", "Responses evicted for lack of space.", cache.evictions),
        ):
            yield CounterMetricFamily(f"hub_cache_{name}", documentation, value)
        subscriptions = self._change_feed.metrics
        yield GaugeMetricFamily(
            "hub_subscriptions", "Subscriptions that are open.", subscriptions.listeners
        )
        yield CounterMetricFamily(
            "hub_events", "Events sent to subscriptions.", subscriptions.events
        )
        yield CounterMetricFamily(
            "hub_events_lost", "Events that a subscription was too slow for.", subscriptions.dropped
        )
        yield GaugeMetricFamily("hub_cache_entries", "Responses in the cache.", cache.entries)
        yield GaugeMetricFamily(
            "hub_cache_bytes", "Bytes of the responses in the cache.", cache.bytes
        )
