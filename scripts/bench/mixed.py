"""Benchmark of writing beside reading: clients that read pages while others save articles."""

from __future__ import annotations

import asyncio
import random
import shutil
import time
from collections.abc import AsyncIterator, Callable, Iterator, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field
from itertools import count, cycle
from pathlib import Path
from typing import NamedTuple

import orjson

from hub import tokens
from hub.auth import SYSTEM
from hub.db.database import open_database
from hub.models import Role
from hub.settings import Settings
from scripts.bench.api import HUB, wait_until_ready
from scripts.bench.client import RESPONSE_SECONDS, Connection, connections, post
from scripts.bench.corpus import Corpus
from scripts.bench.databases import scratch_database
from scripts.bench.fill import ExpectedArticle, fill
from scripts.bench.process import ROOT, BenchError, ServerProcess, start_server
from scripts.bench.questions import article_lists, article_pages

CLIENTS = 64
SHARES = (0.0, 0.05, 0.2)
"""Shares of the requests that are saves."""

PAGES = 100
"""Number of different pages of each kind that are read."""

CPU_SAVES = 20
FOUND_POLL_SECONDS = 0.02
FOUND_SECONDS = 30.0
CREATE_ARTICLE = """
mutation Save($input: CreateArticleInput!) {
  createArticle(input: $input) {
    __typename
    ... on CreateArticlePayload { articleId searchable article { slug title } }
  }
}
"""
SEARCH = "query Found($query: String!) { search(query: $query, first: 1) { totalCount } }"


@dataclass(frozen=True, slots=True)
class MixedBenchOptions:
    """Options of the benchmark: articles, seconds of each measurement, server processes.

    `database` is the url of a PostgreSQL server, on which scratch databases are created; empty:
    SQLite. `against` is a checkout of other code, measured in turn with this one.
    """

    articles: int = 2_000
    seconds: float = 8.0
    workers: tuple[int, ...] = (1, 2)
    database: str = ""
    against: Path | None = None


@dataclass(frozen=True, slots=True)
class Percentiles:
    """The number of some requests, and their latencies in milliseconds; 0 if there were none."""

    number: int
    p50_ms: float
    p99_ms: float


@dataclass(frozen=True, slots=True)
class MixedMetrics:
    """Results of one measurement.

    `found` is of one save after the other, from its response until a search finds it.
    """

    name: str
    per_second: float
    reads: Percentiles
    saves: Percentiles
    found: Percentiles


@dataclass(frozen=True, slots=True)
class HubReport:
    """Results of one code with so many server processes.

    `save_cpu_ms` is the CPU of a save until it is searchable, of all processes, nothing else going
    on.
    """

    code: str
    workers: int
    save_cpu_ms: float
    idle: MixedMetrics
    beside_readers: MixedMetrics
    mixed: tuple[MixedMetrics, ...]


class Goal(NamedTuple):
    """A goal, the value that was reached, and its bound: at most, or with `at_least` at least."""

    name: str
    reached: float
    bound: float
    at_least: bool = False

    @property
    def is_met(self) -> bool:
        """Whether the goal is met."""
        return self.reached >= self.bound if self.at_least else self.reached <= self.bound


@dataclass(frozen=True, slots=True)
class MixedBenchReport:
    """Results of this code, and of the other one if there is one."""

    articles: int
    hubs: list[HubReport]


def goals(report: HubReport) -> list[Goal]:
    """Return the goals with what was reached: multiples within the same run, and CPU."""
    idle, beside, reading = report.idle.saves, report.beside_readers.saves, report.mixed[0]
    writing = report.mixed[1]
    return [
        Goal("p50 of a save beside 64 readers ÷ idle", beside.p50_ms / idle.p50_ms, 4),
        Goal("p99 of a save beside 64 readers ÷ idle", beside.p99_ms / idle.p99_ms, 15),
        Goal(
            "p99 of reads with 5 % writes ÷ without",
            writing.reads.p99_ms / reading.reads.p99_ms,
            3,
        ),
        Goal(
            "requests/s with 5 % writes ÷ without",
            writing.per_second / reading.per_second,
            0.8,
            at_least=True,
        ),
        Goal("CPU ms of a save with its index part", report.save_cpu_ms, 20),
    ]


@dataclass(slots=True)
class Hub:
    """The server processes of one code, and what is sent to them."""

    code: str
    servers: list[ServerProcess]
    token: str
    reads: Iterator[bytes]
    numbers: Iterator[int] = field(default_factory=lambda: count(1))

    def save(self, *, wait: bool = False) -> tuple[bytes, str]:
        """Build a request that creates an article, and return the word that only it contains."""
        word = f"zq{next(self.numbers)}{self.code.replace(' ', '')}"
        variables = {
            "title": f"A ferry at dawn {word}",
            "summary": "The first boat of the day leaves without passengers.",
            "body": {"markdown": _BODY},
            "topics": ["Harbour", "Ferries"],
            "authors": ["Ada Moore"],
            "status": "PUBLISHED",
            "waitForIndex": wait,
        }
        return post(CREATE_ARTICLE, {"input": variables}, token=self.token), word


_BODY = "\n\n".join(
    f"## Pier {number}\n\nThe boat at pier {number} waits for the tide, and *nobody* is in a hurry"
    " to load the boxes with fish, ice and letters that have to reach the islands by noon."
    for number in range(12)
)


async def run(
    options: MixedBenchOptions, folder: Path, print_step: Callable[[str], None]
) -> MixedBenchReport:
    """Fill hubs in `folder`, which should be empty, and measure them; `print_step` gets the steps.

    Raises:
        BenchError: a server does not run, or a response is wrong.
    """
    codes = {"this code": ROOT}
    if options.against is not None:
        codes["other code"] = options.against.absolute()
    reports = []
    for workers in options.workers:
        async with AsyncExitStack() as stack:
            hubs = [
                await stack.enter_async_context(
                    _start_hub(options, code, root, workers, folder / f"{number}-{workers}")
                )
                for number, (code, root) in enumerate(codes.items())
            ]
            reports += await _measure_hubs(options, hubs, workers, print_step)
    return MixedBenchReport(options.articles, reports)


@asynccontextmanager
async def _start_hub(
    options: MixedBenchOptions, code: str, root: Path, workers: int, folder: Path
) -> AsyncIterator[Hub]:
    """Fill a hub, and start its server processes; yields it when it is ready."""
    async with AsyncExitStack() as stack:
        url = await stack.enter_async_context(scratch_database(options.database))
        settings = Settings(
            data_dir=folder / "data", database_url=url, search_url="", cache_bytes=0
        )
        await asyncio.to_thread(folder.mkdir)
        filled = await fill(settings, Corpus(options.articles))
        async with open_database(settings):
            token = await tokens.create("bench", Role.EDITOR, by=SYSTEM)
        servers = []
        for number in range(workers):
            log = folder / f"hub-{number}.log"
            server = await stack.enter_async_context(start_server(HUB, settings, log, root))
            async with connections(server.port, 1) as [connection]:
                await wait_until_ready(connection, options.articles)
                requests = await _read_requests(connection, filled.articles)
            servers.append(server)
        hub = Hub(code, servers, token, cycle(requests))
        await _measure(hub, "", 4, 0.5, 1, 0.5)  # opens the index, prepares documents
        yield hub
    await asyncio.to_thread(shutil.rmtree, folder, ignore_errors=True)


async def _read_requests(
    connection: Connection, articles: Sequence[ExpectedArticle]
) -> list[bytes]:
    """Return the requests of article pages and lists, in random order."""
    some = list(articles)[:: max(1, len(articles) // PAGES)][:PAGES]
    pages = await article_pages(connection, "article page", some, articles)
    lists = await article_lists(connection, "list of 20", articles, PAGES)
    requests = [*pages.requests.values(), *lists.requests.values()]
    random.Random(1).shuffle(requests)
    return requests


async def _measure_hubs(
    options: MixedBenchOptions,
    hubs: Sequence[Hub],
    workers: int,
    print_step: Callable[[str], None],
) -> list[HubReport]:
    """Measure the hubs in turn, so that each measurement is beside the same of the other hub."""
    results: dict[str, list[MixedMetrics]] = {hub.code: [] for hub in hubs}
    cpu = {}
    for name, readers, savers, share in (
        ("one client saves", 0, 1, 0.0),
        (f"{CLIENTS} read, one saves", CLIENTS, 1, 0.0),
        *((f"{CLIENTS} clients, {share:.0%} writes", CLIENTS, 0, share) for share in SHARES),
    ):
        print_step(f"{name}, server processes: {workers}")
        for hub in hubs:
            results[hub.code].append(
                await _measure(hub, name, readers, share, savers, options.seconds)
            )
            await _wait_until_indexed(hub)
    for hub in hubs:
        cpu[hub.code] = await _save_cpu_ms(hub)
    return [
        HubReport(code, workers, cpu[code], idle, beside, tuple(mixed))
        for code, (idle, beside, *mixed) in results.items()
    ]


class _Log:
    """Latencies in seconds, as they come in."""

    def __init__(self) -> None:
        self.reads = list[float]()
        self.saves = list[float]()
        self.found = list[float]()


async def _measure(
    hub: Hub, name: str, clients: int, share: float, savers: int, seconds: float
) -> MixedMetrics:
    """Measure `clients`, a share of whose requests are saves, and `savers`, who only save.

    One more client looks for the last save until it is found, again and again.
    """
    log, chance, saved = _Log(), random.Random(clients), list[str]()
    async with AsyncExitStack() as stack:
        lines = list[Connection]()
        for number, server in enumerate(hub.servers):
            share_of = len(range(number, clients + savers + 1, len(hub.servers)))
            lines += await stack.enter_async_context(connections(server.port, share_of))
        started = time.perf_counter()
        deadline = started + seconds
        async with asyncio.timeout(seconds + 2 * RESPONSE_SECONDS):
            await asyncio.gather(
                _watch(lines[-1], saved, log, deadline),
                *(_ask(hub, line, 1.0, chance, log, saved, deadline) for line in lines[:savers]),
                *(
                    _ask(hub, line, share, chance, log, saved, deadline)
                    for line in lines[savers:-1]
                ),
            )
    return MixedMetrics(
        name,
        (len(log.reads) + len(log.saves)) / seconds,
        *map(_percentiles, (log.reads, log.saves, log.found)),
    )


async def _ask(
    hub: Hub,
    connection: Connection,
    share: float,
    chance: random.Random,
    log: _Log,
    saved: list[str],
    deadline: float,
) -> None:
    """Send one request after the other until the deadline."""
    while time.perf_counter() < deadline:
        is_save = chance.random() < share
        request, word = hub.save() if is_save else (next(hub.reads), "")
        started = time.perf_counter()
        await _send(connection, request)
        (log.saves if is_save else log.reads).append(time.perf_counter() - started)
        if is_save:
            saved.append(word)


async def _watch(connection: Connection, saved: list[str], log: _Log, deadline: float) -> None:
    """Measure the time until the last save is found, again and again."""
    while time.perf_counter() < deadline:
        saved.clear()
        while not saved and time.perf_counter() < deadline:
            await asyncio.sleep(0.001)
        if saved:
            started = time.perf_counter()
            while not await _is_found(connection, saved[0]):
                if time.perf_counter() > started + FOUND_SECONDS:
                    raise BenchError(f"A save was not found within {FOUND_SECONDS:.0f} s.")
                await asyncio.sleep(FOUND_POLL_SECONDS)
            log.found.append(time.perf_counter() - started)


async def _is_found(connection: Connection, word: str) -> bool:
    body = await _send(connection, post(SEARCH, {"query": word}))
    return bool(orjson.loads(body)["data"]["search"]["totalCount"])


async def _send(connection: Connection, request: bytes) -> bytes:
    answer = await connection.send(request)
    if answer.status != 200 or b'"errors":' in answer.body:
        raise BenchError(f"An answer went wrong: {answer.body[:500]!r}")
    return answer.body


async def _wait_until_indexed(hub: Hub) -> None:
    """Save once more, and wait until that is searchable: everything before it is then."""
    async with connections(hub.servers[0].port, 1) as [connection]:
        await _send(connection, hub.save(wait=True)[0])


async def _save_cpu_ms(hub: Hub) -> float:
    """Return the CPU of a save until it is searchable, less that of the processes while idle."""
    async with connections(hub.servers[0].port, 1) as [connection]:
        started, before = time.perf_counter(), await _cpu_seconds(hub)
        await asyncio.sleep(1.0)
        idle_share = (await _cpu_seconds(hub) - before) / (time.perf_counter() - started)
        started, before = time.perf_counter(), await _cpu_seconds(hub)
        for _ in range(CPU_SAVES):
            await _send(connection, hub.save(wait=True)[0])
        took = time.perf_counter() - started
        cpu = await _cpu_seconds(hub) - before
    return (cpu - idle_share * took) * 1e3 / CPU_SAVES


async def _cpu_seconds(hub: Hub) -> float:
    return sum([(await server.usage()).cpu_seconds for server in hub.servers])


def _percentiles(latencies: list[float]) -> Percentiles:
    values = sorted(latencies)
    if not values:
        return Percentiles(0, 0.0, 0.0)
    p50, p99 = (values[min(int(len(values) * q), len(values) - 1)] * 1e3 for q in (0.5, 0.99))
    return Percentiles(len(values), p50, p99)
