"""Measurements: the cost of a request, and that of the floor at the same time."""

from __future__ import annotations

import time
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from statistics import median
from typing import NamedTuple

from scripts.bench.client import Connection, Load, drive
from scripts.bench.process import ServerProcess
from search_index.engine import SearchEngine
from search_index.query import SearchQuery


class Sample(NamedTuple):
    """A measurement: the server's CPU microseconds per request, and the load's result."""

    cpu_us: float
    load: Load

    @property
    def per_second(self) -> float:
        """Requests per second."""
        return len(self.load.latencies) / self.load.seconds

    def latency_ms(self, share: float) -> float:
        """Return the latency quantile for this share of the requests, in milliseconds."""
        latencies = self.load.latencies
        return latencies[min(int(len(latencies) * share), len(latencies) - 1)] * 1e3


@dataclass(frozen=True, slots=True)
class Subject:
    """Endless requests to one server, whose responses were checked before.

    `statements` is the maximum number of SQL statements of any of them.
    """

    name: str
    server: ServerProcess
    requests: Iterator[bytes]
    statements: int = 0


@dataclass(frozen=True, slots=True)
class Pair:
    """A subject and the floor, measured directly after each other."""

    subject: Sample
    floor: Sample


@dataclass(slots=True)
class Series:
    """All measurements of a subject: with one client, and with many at once."""

    subject: Subject
    alone: list[Pair] = field(default_factory=list)
    crowded: list[Pair] = field(default_factory=list)

    def metrics(self) -> PageMetrics:
        """Return the medians of all rounds."""
        return PageMetrics(
            name=self.subject.name,
            cpu_us=median(pair.subject.cpu_us for pair in self.alone),
            times_floor=median(pair.subject.cpu_us / pair.floor.cpu_us for pair in self.alone),
            p50_ms=median(pair.subject.latency_ms(0.5) for pair in self.alone),
            per_second=median(pair.subject.per_second for pair in self.crowded),
            p99_ms=median(pair.subject.latency_ms(0.99) for pair in self.crowded),
            p99_times_floor=median(
                pair.subject.latency_ms(0.99) / pair.floor.latency_ms(0.99) for pair in self.crowded
            ),
            statements=self.subject.statements,
        )

    def floors(self) -> list[Sample]:
        """Return the floor's samples with one client, of every round."""
        return [pair.floor for pair in self.alone]


@dataclass(frozen=True, slots=True)
class PageMetrics:
    """Metrics of a subject.

    CPU and p50 are of one client with one request after another; requests per second and p99 are
    of many clients at once. Multiples are of the floor, measured the same way at the same time.
    `statements` is the maximum of a request.
    """

    name: str
    cpu_us: float
    times_floor: float
    p50_ms: float
    per_second: float
    p99_ms: float
    p99_times_floor: float
    statements: int


async def sample(subject: Subject, clients: int, seconds: float) -> Sample:
    """Measure a subject for `seconds`."""
    before = await subject.server.usage()
    load = await drive(subject.server.port, subject.requests, clients, seconds)
    after = await subject.server.usage()
    cpu_us = (after.cpu_seconds - before.cpu_seconds) / len(load.latencies) * 1e6
    return Sample(cpu_us, load)


async def pair(subject: Subject, floor: Subject, clients: int, seconds: float) -> Pair:
    """Measure a subject and the floor: half of the floor before it, and half after it."""
    before = await sample(floor, clients, seconds / 2)
    measured = await sample(subject, clients, seconds)
    return Pair(measured, _merge(before, await sample(floor, clients, seconds / 2)))


def _merge(first_sample: Sample, second_sample: Sample) -> Sample:
    first, second = first_sample.load, second_sample.load
    latencies = sorted(first.latencies + second.latencies)
    cpu_us = first_sample.cpu_us * len(first.latencies) + second_sample.cpu_us * len(
        second.latencies
    )
    return Sample(cpu_us / len(latencies), Load(latencies, first.seconds + second.seconds))


async def max_statements(
    server: ServerProcess, connection: Connection, requests: Iterable[bytes]
) -> int:
    """Return the maximum number of SQL statements of any of the requests."""
    maximum = 0
    for request in requests:
        counts = list[int]()
        for _ in range(2):  # background tasks of the server may read in between
            before = await server.usage()
            await connection.send(request)
            counts.append((await server.usage()).statements - before.statements)
        maximum = max(maximum, min(counts))
    return maximum


async def engine_cpu_us(engine: SearchEngine, texts: Iterable[str], limit: int) -> float:
    """Return the CPU microseconds of a search by the engine, in this process."""
    queries = [SearchQuery(text=text, limit=limit, fragments=3) for text in texts]
    before = time.process_time()
    for query in queries:
        await engine.search(query)
    return (time.process_time() - before) / len(queries) * 1e6
