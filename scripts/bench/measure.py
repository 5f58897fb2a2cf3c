"""Measurements: what a request costs its server, beside what the floor costs at the same time."""

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
    """One measurement: the server's CPU microseconds a request, and how the requests went."""

    cpu_us: float
    load: Load

    @property
    def per_second(self) -> float:
        """Requests a second."""
        return len(self.load.latencies) / self.load.seconds

    def latency_ms(self, share: float) -> float:
        """The time within which this share of the requests was answered."""
        latencies = self.load.latencies
        return latencies[min(int(len(latencies) * share), len(latencies) - 1)] * 1e3


@dataclass(frozen=True, slots=True)
class Subject:
    """Endless requests to one server, whose answers are known to be right.

    `statements` is the most that any of them makes.
    """

    name: str
    server: ServerProcess
    requests: Iterator[bytes]
    statements: int = 0


@dataclass(frozen=True, slots=True)
class Pair:
    """A subject and the floor, measured one right after the other."""

    subject: Sample
    floor: Sample


@dataclass(slots=True)
class Series:
    """All that was measured of a subject: by one client alone, and by many at once."""

    subject: Subject
    alone: list[Pair] = field(default_factory=list)
    crowded: list[Pair] = field(default_factory=list)

    def figures(self) -> Figures:
        """The medians of all rounds."""
        return Figures(
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
        """The floor as one client found it, in every round."""
        return [pair.floor for pair in self.alone]


@dataclass(frozen=True, slots=True)
class Figures:
    """A subject's figures.

    CPU and p50 are of one client that asks one request after another; requests a second and p99
    of many clients at once. Multiples are of the floor, measured the same way at the same time.
    Statements are the most that a request makes.
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
    """Measure a subject for so many seconds."""
    before = await subject.server.usage()
    load = await drive(subject.server.port, subject.requests, clients, seconds)
    after = await subject.server.usage()
    cpu_us = (after.cpu_seconds - before.cpu_seconds) / len(load.latencies) * 1e6
    return Sample(cpu_us, load)


async def pair(subject: Subject, floor: Subject, clients: int, seconds: float) -> Pair:
    """Measure a subject with the floor: half of the floor before it, and half behind it."""
    before = await sample(floor, clients, seconds / 2)
    measured = await sample(subject, clients, seconds)
    return Pair(measured, _joined(before, await sample(floor, clients, seconds / 2)))


def _joined(one: Sample, other: Sample) -> Sample:
    first, second = one.load, other.load
    latencies = sorted(first.latencies + second.latencies)
    cpu_us = one.cpu_us * len(first.latencies) + other.cpu_us * len(second.latencies)
    return Sample(cpu_us / len(latencies), Load(latencies, first.seconds + second.seconds))


async def most_statements(
    server: ServerProcess, connection: Connection, requests: Iterable[bytes]
) -> int:
    """The most statements that any of the requests makes."""
    most = 0
    for request in requests:
        made = list[int]()
        for _ in range(2):  # now and then the server reads on its own account in between
            before = await server.usage()
            await connection.ask(request)
            made.append((await server.usage()).statements - before.statements)
        most = max(most, min(made))
    return most


async def engine_cpu_us(engine: SearchEngine, texts: Iterable[str], limit: int) -> float:
    """The CPU microseconds of the engine's own part in a search, in this process."""
    queries = [SearchQuery(text=text, limit=limit, fragments=3) for text in texts]
    before = time.process_time()
    for query in queries:
        await engine.search(query)
    return (time.process_time() - before) / len(queries) * 1e6
