"""Benchmark of the GraphQL API: pages of a site, compared with a plain-text response."""

from __future__ import annotations

import re
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from itertools import cycle, islice, repeat
from pathlib import Path
from statistics import median

import anyio

from hub.settings import Settings
from scripts.bench.client import Connection, connections, get
from scripts.bench.corpus import Corpus
from scripts.bench.databases import scratch_database
from scripts.bench.fill import ExpectedArticle, fill
from scripts.bench.measure import PageMetrics, Series, Subject, engine_cpu_us, max_statements, pair
from scripts.bench.memory import measure_full_memory, new_documents
from scripts.bench.process import BenchError, ServerProcess, start_server
from scripts.bench.questions import (
    COMMENTS,
    HITS,
    RELATED,
    Question,
    article_lists,
    article_pages,
    cached_pages,
    search_pages,
)
from search_index.engines import open_engine

HUB = "hub.app:from_environment"
FLOOR = "scripts.bench.server:create_floor"
NEW_DOCUMENT = "article page, new document"
INSTANCES = 100
"""Number of different articles, list pages and searches that are requested."""

NEW_TEXTS = 1_500
"""Number of searches before one repeats: then it is no longer in an engine's cache."""

ENGINE_SEARCHES = 200
"""Number of searches by the engine without the server, in each round."""

INDEXED_PER_SECOND = 20
"""Minimum indexing rate; below it, waiting for the index times out."""


@dataclass(frozen=True, slots=True)
class ApiBenchOptions:
    """Options of the benchmark: articles, rounds, seconds per measurement, concurrent clients.

    `database` is the url of a PostgreSQL server, on which a scratch database is created; empty:
    SQLite. `cache_bytes` is the size of the response cache, where it is enabled.
    """

    articles: int = 10_000
    rounds: int = 5
    seconds: float = 0.5
    clients: int = 16
    database: str = ""
    cache_bytes: int = Settings.model_fields["cache_bytes"].default


@dataclass(frozen=True, slots=True)
class ApiBenchReport:
    """Results of the benchmark.

    `ready_seconds` is from the server's start until every article is searchable. `engine_cpu_us` is
    of the engine's call alone, for new words; it is a part of the search page's. `document_cpu_us`
    is the additional cost of the article page if its document was never sent before: parsing,
    cost analysis and validation. `memory_bytes` is that of a server whose caches are full.
    """

    articles: int
    stored_per_second: float
    ready_seconds: float
    floor_cpu_us: float
    engine_cpu_us: float
    engine_times_floor: float
    document_cpu_us: float
    document_times_floor: float
    memory_bytes: int
    pages: list[PageMetrics]


async def run(
    options: ApiBenchOptions, folder: Path, print_step: Callable[[str], None]
) -> ApiBenchReport:
    """Fill a hub in `folder`, which should be empty, and measure it; `print_step` gets the steps.

    Raises:
        BenchError: a server does not run, or a response is wrong.
    """
    async with scratch_database(options.database) as url:
        return await _run(options, folder, url, print_step)


async def _run(
    options: ApiBenchOptions, folder: Path, url: str, print_step: Callable[[str], None]
) -> ApiBenchReport:
    settings = Settings(data_dir=folder / "data", database_url=url, search_url="", cache_bytes=0)
    cached_settings = settings.model_copy(update={"cache_bytes": options.cache_bytes})
    corpus = Corpus(options.articles)
    print_step(f"Storing {options.articles} articles.")
    filled = await fill(settings, corpus)
    print_step("Starting the servers; the hub indexes what is stored.")
    started = time.perf_counter()
    async with (
        start_server(HUB, settings, folder / "hub.log") as hub,
        start_server(HUB, cached_settings, folder / "cached.log") as cached_hub,
        start_server(FLOOR, settings, folder / "floor.log") as floor,
        connections(hub.port, 1) as [connection],
    ):
        await wait_until_ready(connection, options.articles)
        ready_seconds = time.perf_counter() - started
        print_step("Checking the answers.")
        questions = await _ask_questions(connection, corpus, filled.articles)
        series = [await _create_series(question, hub, connection) for question in questions]
        async with connections(cached_hub.port, 1) as [cached_connection]:
            cached = await cached_pages(cached_connection, list(questions[1].requests))
            series += [
                await _create_series(question, cached_hub, cached_connection) for question in cached
            ]
        slugs = list(questions[0].requests)
        new_document = Subject(
            NEW_DOCUMENT, hub, new_documents(slugs), series[0].subject.statements
        )
        series.append(Series(new_document))
        floor_subject = Subject("floor", floor, repeat(get("/")))
        texts = cycle(questions[-1].requests)
        engine = await _measure(options, series, floor_subject, settings, texts, print_step)
        print_step("Filling the cache.")
        all_slugs = [article.slug for article in filled.articles]
        # The first connection has been idle for too long.
        async with connections(cached_hub.port, 1) as [new_connection]:
            memory = await measure_full_memory(cached_hub, new_connection, all_slugs)
    pages = [page.metrics() for page in series]
    floor_cpu_us = median(sample.cpu_us for page in series for sample in page.floors())
    return ApiBenchReport(
        articles=options.articles,
        stored_per_second=options.articles / filled.seconds,
        ready_seconds=ready_seconds,
        floor_cpu_us=floor_cpu_us,
        engine_cpu_us=engine,
        engine_times_floor=engine / floor_cpu_us,
        document_cpu_us=pages[-1].cpu_us - pages[0].cpu_us,
        document_times_floor=pages[-1].times_floor - pages[0].times_floor,
        memory_bytes=memory,
        pages=pages,
    )


async def wait_until_ready(connection: Connection, articles: int) -> None:
    """Wait until all articles are searchable."""
    with anyio.move_on_after(60 + articles / INDEXED_PER_SECOND):
        while True:
            metrics = (await connection.send(get("/metrics"))).body.decode()
            values = [_gauge(metrics, name) for name in ("index_documents", "outbox_events")]
            if values == [articles, 0]:
                return
            await anyio.sleep(0.1)
    raise BenchError("The hub does not get ready.")


def _gauge(metrics: str, name: str) -> float:
    """Return the value of a gauge in Prometheus's text; -1 while there is none."""
    found = re.search(rf"^hub_{name} (\S+)$", metrics, re.MULTILINE)
    return float(found[1]) if found else -1.0


async def _ask_questions(
    connection: Connection, corpus: Corpus, articles: list[ExpectedArticle]
) -> list[Question]:
    """Return the questions with checked responses; the searches come last."""
    full = sorted(articles, key=_fullness, reverse=True)[:INSTANCES]
    typical = articles[:: max(1, len(articles) // INSTANCES)][:INSTANCES]
    return [
        await article_pages(connection, "article page, 20 comments", full, articles),
        await article_pages(connection, "article page, few comments", typical, articles),
        await article_lists(connection, "list of 20", articles, INSTANCES),
        await search_pages(connection, "search page, asked before", corpus.queries(INSTANCES)),
        await search_pages(connection, "search page, new words", corpus.queries(NEW_TEXTS)),
    ]


def _fullness(article: ExpectedArticle) -> tuple[int, int]:
    return min(article.threads, COMMENTS), min(article.related, RELATED)


async def _create_series(question: Question, hub: ServerProcess, connection: Connection) -> Series:
    requests = list(question.requests.values())
    statements = await max_statements(hub, connection, requests[:INSTANCES])
    return Series(Subject(question.name, hub, cycle(requests), statements))


async def _measure(
    options: ApiBenchOptions,
    series: Sequence[Series],
    floor: Subject,
    settings: Settings,
    texts: Iterator[str],
    print_step: Callable[[str], None],
) -> float:
    """Measure every series in every round; return the engine's CPU per search, in µs."""
    engine, engine_cpu = open_engine(settings.search), list[float]()
    try:
        await engine_cpu_us(engine, islice(texts, 1), HITS)  # opens the index
        for number in range(options.rounds):
            print_step(f"Measuring, round {number + 1} of {options.rounds}.")
            for page in series:
                page.alone.append(await pair(page.subject, floor, 1, options.seconds))
                page.crowded.append(
                    await pair(page.subject, floor, options.clients, options.seconds)
                )
            engine_cpu.append(await engine_cpu_us(engine, islice(texts, ENGINE_SEARCHES), HITS))
    finally:
        await engine.close()
    return median(engine_cpu)
