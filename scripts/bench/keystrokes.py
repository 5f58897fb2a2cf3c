"""Benchmark of the search box: the response time of the request which each key stroke sends."""

from __future__ import annotations

import hashlib
import random
import time
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from itertools import accumulate
from pathlib import Path
from statistics import quantiles
from urllib.parse import urlencode

import anyio
import orjson

from hub.settings import Settings
from schema.web.search.box_documents import documents_in
from scripts.bench.api import HUB, wait_until_ready
from scripts.bench.client import Connection, connections, get
from scripts.bench.corpus import Corpus
from scripts.bench.fill import fill
from scripts.bench.process import BenchError, ServerProcess, start_server

KEY_SECONDS = (0.12, 0.28)
"""Pause between two keys: about sixty words a minute."""

READING_SECONDS = (2.0, 4.0)
"""Pause before the next search."""

SEARCHES = 1_000
"""Number of different searches that users choose from."""

POPULARITY = 0.83
"""The searches' frequencies fall with their rank to the power of this (Zipf's law), as those of a
web search engine do: Baeza-Yates et al. 2007, "The impact of caching on search engines"."""

SOON_MS = 15.0
TALK = 5
"""Minimum letters for which the search box also requests discussion and related articles."""


@dataclass(frozen=True, slots=True)
class TypingBenchOptions:
    """Options of the benchmark: articles, users who type at once, seconds, server processes.

    Users are distributed evenly over the processes.
    """

    articles: int = 10_000
    users: int = 50
    seconds: float = 20.0
    workers: int = 1


@dataclass(frozen=True, slots=True)
class TypingMetrics:
    """Response times of keys, in milliseconds until the response is complete."""

    users: int
    keys: int
    per_second: float
    p50_ms: float
    p95_ms: float
    p99_ms: float
    soon: float
    """Share of the responses within `SOON_MS`."""

    cpu_ms: float
    """CPU of all server processes, per key."""

    kept: float
    """Share of the responses that came from the response cache."""


@dataclass(frozen=True, slots=True)
class TypingBenchReport:
    """Results of one user, and of all at once: without the response cache, and with it (`kept`).

    Before `kept` was measured, as many users had typed for as long, to fill the cache.
    """

    articles: int
    workers: int
    alone: TypingMetrics
    crowd: TypingMetrics
    kept: TypingMetrics


class SearchSampler:
    """Sampler of searches by Zipf's law: a few are frequent, most are rare."""

    def __init__(self, texts: Sequence[str]) -> None:
        self._texts = texts
        weights = (1 / rank**POPULARITY for rank in range(1, len(texts) + 1))
        self._shares = list(accumulate(weights))

    def sample(self, chance: random.Random) -> str:
        """Return a random search, weighted by its popularity."""
        return chance.choices(self._texts, cum_weights=self._shares)[0]


async def run(
    options: TypingBenchOptions, folder: Path, print_step: Callable[[str], None]
) -> TypingBenchReport:
    """Fill a hub in `folder`, which should be empty, and type into its search box.

    Raises:
        BenchError: the server does not run, or a response is wrong.
    """
    settings = Settings(data_dir=folder / "data", database_url="", search_url="")
    corpus = Corpus(options.articles)
    print_step(f"Storing {options.articles} articles.")
    await fill(settings, corpus)
    print_step("Starting the server; the hub indexes what is stored.")
    texts = corpus.queries(2 * SEARCHES)
    alone, crowd, warming = (
        SearchSampler(texts[:100]),
        SearchSampler(texts[100 : 100 + SEARCHES]),
        texts[-20:],
    )
    uncached_settings = settings.model_copy(update={"cache_bytes": 0})
    async with _start_hubs(options, uncached_settings, folder, warming) as hubs:
        print_step("One person types.")
        first = await _measure(hubs[:1], 1, options.seconds / 2, alone)
        print_step(f"{options.users} people type.")
        uncached = await _measure(hubs, options.users, options.seconds, crowd)
    async with _start_hubs(options, settings, folder, warming) as hubs:
        print_step(f"{options.users} people type, with the response cache.")
        await _measure(hubs, options.users, options.seconds, crowd, first=options.users)
        cached = await _measure(hubs, options.users, options.seconds, crowd)
    return TypingBenchReport(options.articles, options.workers, first, uncached, cached)


@asynccontextmanager
async def _start_hubs(
    options: TypingBenchOptions, settings: Settings, folder: Path, warming: Sequence[str]
) -> AsyncIterator[list[ServerProcess]]:
    """Start the server processes; yields them when they are ready, with the index open."""
    async with AsyncExitStack() as stack:
        hubs = []
        for number in range(options.workers):
            log = folder / f"hub-{number}.log"
            hub = await stack.enter_async_context(start_server(HUB, settings, log))
            async with connections(hub.port, 1) as [connection]:
                await wait_until_ready(connection, options.articles)
                for text in warming:
                    await _ask(connection, text)
            hubs.append(hub)
        yield hubs


async def _measure(
    hubs: Sequence[ServerProcess],
    users: int,
    seconds: float,
    searches: SearchSampler,
    *,
    first: int = 0,
) -> TypingMetrics:
    """Measure concurrent users, numbered from `first`: other numbers search for other things."""
    waits = list[float]()
    before, hits_before = await _read_usage(hubs)
    started = time.perf_counter()
    async with AsyncExitStack() as stack:
        lines = list[Connection]()
        for number, hub in enumerate(hubs):
            share = len(range(number, users, len(hubs)))
            lines += await stack.enter_async_context(connections(hub.port, share))
        async with anyio.create_task_group() as people:
            for number, connection in enumerate(lines):
                chance = random.Random(first + number)
                people.start_soon(_type, connection, chance, searches, started + seconds, waits)
        took = time.perf_counter() - started
    after, hits_after = await _read_usage(hubs)
    if len(waits) < 2:
        raise BenchError("Nobody has typed: measure for longer.")
    cuts = quantiles(waits, n=100, method="inclusive")
    return TypingMetrics(
        users=users,
        keys=len(waits),
        per_second=len(waits) / took,
        p50_ms=cuts[49],
        p95_ms=cuts[94],
        p99_ms=cuts[98],
        soon=sum(wait <= SOON_MS for wait in waits) / len(waits),
        cpu_ms=(after - before) * 1000 / len(waits),
        kept=(hits_after - hits_before) / len(waits),
    )


async def _read_usage(hubs: Sequence[ServerProcess]) -> tuple[float, int]:
    """Return the CPU seconds of all processes, and their hits in the response cache."""
    seconds, cache_hits = 0.0, 0
    for hub in hubs:
        async with connections(hub.port, 1) as [connection]:
            metrics = (await connection.send(get("/metrics"))).body.decode()
        cache_hits += int(float(metrics.partition("\nhub_cache_hits_total ")[2].split("\n")[0]))
        seconds += (await hub.usage()).cpu_seconds
    return seconds, cache_hits


async def _type(
    connection: Connection,
    chance: random.Random,
    searches: SearchSampler,
    until: float,
    waits: list[float],
) -> None:
    """Simulate one user: key after key, a pause to read, the next search."""
    await anyio.sleep(chance.uniform(0, min(3.0, until - time.perf_counter())))
    while time.perf_counter() < until:
        text = searches.sample(chance)
        for length in range(1, len(text) + 1):
            pressed = time.perf_counter()
            if pressed >= until:
                return
            await _ask(connection, text[:length])
            answered = time.perf_counter()
            waits.append((answered - pressed) * 1000)
            await anyio.sleep(max(0.0, chance.uniform(*KEY_SECONDS) - (answered - pressed)))
        await anyio.sleep(min(chance.uniform(*READING_SECONDS), max(0.0, until - answered)))


async def _ask(connection: Connection, text: str) -> None:
    answer = await connection.send(build_request(text))
    if answer.status != 200 or b'"errors"' in answer.body[:20]:
        raise BenchError(f"An answer is wrong ({answer.status}): {answer.body[:500]!r}")


def build_request(text: str) -> bytes:
    """Build the exact request that the search box sends once `text` has been typed."""
    [document] = documents_in("hub-search.js")
    parameters = {
        "documentId": hashlib.sha256(document.encode()).hexdigest(),
        "operationName": "Talk" if len(text.strip()) >= TALK else "Type",
        "variables": orjson.dumps({"q": " ".join(text.split(" ")).lstrip()}).decode(),
    }
    return get(f"/graphql?{urlencode(parameters)}")
