"""What a process has done, in the text format of Prometheus.

Figures of this process alone; with several, each is asked for its own. Nothing of who asked or
what for is in them but the names of operations, of which the first hundred are told apart.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Callable, Iterator
from itertools import accumulate

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

from hub.database import Reader
from schema.answers import Answers
from schema.feed import Feed

CONTENT_TYPE = "text/plain; version=0.0.4; charset=utf-8"
MAX_NAMES = 100
_SECONDS = (0.001, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1.0, 2.0, 5.0)


class Metrics:
    """Counts the requests of one process, and shows them with what others count.

    Counted with plain numbers, which are put into Prometheus's words when it asks: 1 µs a request.
    """

    def __init__(self, db: Reader, answers: Answers, feed: Feed) -> None:
        self._registry = CollectorRegistry()
        self._operations = dict[str, int]()
        self._answers = dict[int, int]()
        self._slower_than = [0] * (len(_SECONDS) + 1)
        self._seconds = 0.0
        self._registry.register(_Given(self._counted))
        self._registry.register(_Figures(db, answers, feed))

    def operation(self, name: str | None) -> None:
        """Count an operation that is about to be answered."""
        known = name or "anonymous"
        counted = self._operations
        if known not in counted and len(counted) >= MAX_NAMES:
            known = "others"
        counted[known] = counted.get(known, 0) + 1

    def answered(self, status: int, seconds: float) -> None:
        """Count an answer, and how long it took."""
        self._answers[status] = self._answers.get(status, 0) + 1
        self._slower_than[bisect_left(_SECONDS, seconds)] += 1
        self._seconds += seconds

    def _counted(self) -> Iterator[Metric]:
        operations = CounterMetricFamily(
            "hub_operations", "GraphQL operations, by name.", labels=("operation",)
        )
        for name, count in self._operations.items():
            operations.add_metric((name,), count)
        yield operations
        answers = CounterMetricFamily(
            "hub_answers", "Answers of /graphql, by status.", labels=("status",)
        )
        for status, count in self._answers.items():
            answers.add_metric((str(status),), count)
        yield answers
        bounds = (*map(floatToGoString, _SECONDS), "+Inf")
        yield HistogramMetricFamily(
            "hub_answer_seconds",
            "Time until an answer of /graphql was ready.",
            buckets=list(zip(bounds, accumulate(self._slower_than), strict=True)),
            sum_value=self._seconds,
        )

    def page(self, outbox: int, documents: int | None) -> bytes:
        """All of it in Prometheus's text format; `documents` None while there is no index."""
        found = generate_latest(self._registry)
        lag = GaugeMetricFamily(
            "hub_outbox_events", "Saves that the index does not hold yet.", outbox
        )
        families: list[Metric] = [lag]
        if documents is not None:
            families.append(
                GaugeMetricFamily("hub_index_documents", "Articles in the index.", documents)
            )
        registry = CollectorRegistry()
        registry.register(_Given(lambda: iter(families)))
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
