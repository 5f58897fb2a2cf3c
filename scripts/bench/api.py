"""The bench of the GraphQL API: pages of a site, measured beside an answer of plain text."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from itertools import cycle, islice, repeat
from pathlib import Path
from statistics import median

import anyio
import orjson

from hub.settings import Settings
from scripts.bench.client import Connection, connections, get
from scripts.bench.corpus import Corpus
from scripts.bench.databases import scratch
from scripts.bench.fill import Fact, fill
from scripts.bench.measure import Figures, Series, Subject, engine_cpu_us, most_statements, pair
from scripts.bench.memory import memory_when_full, new_documents
from scripts.bench.process import BenchError, ServerProcess, serving
from scripts.bench.questions import (
    COMMENTS,
    HITS,
    RELATED,
    Question,
    article_lists,
    article_pages,
    kept_pages,
    search_pages,
)
from search_index.engines import open_engine

HUB = "hub.app:from_environment"
FLOOR = "scripts.bench.floor:create_app"
NEW_DOCUMENT = "article page, new document"
INSTANCES = 100
"""Different articles, pages of the list, and searches that are asked for."""

NEW_TEXTS = 1_500
"""Searches until one comes again, when an engine has long forgotten its answer."""

ENGINE_SEARCHES = 200
"""Searches of the engine alone, in each round."""

INDEXED_PER_SECOND = 20
"""Slower than this, and the index is taken to have got stuck."""


@dataclass(frozen=True, slots=True)
class Plan:
    """How much is measured: articles, clients at once, rounds, and seconds of each measurement.

    `database` is the url of a PostgreSQL server, on which a database is made for the bench; empty:
    SQLite. `cache_bytes` is the room for answers, where they are kept.
    """

    articles: int = 10_000
    rounds: int = 5
    seconds: float = 0.5
    clients: int = 16
    database: str = ""
    cache_bytes: int = Settings.model_fields["cache_bytes"].default


@dataclass(frozen=True, slots=True)
class Report:
    """What a run found.

    `ready_seconds` is from the server's start until every article can be found. The engine's
    CPU is that of its call alone, for new words; it is a part of the search page's. The document's
    is what the article page takes more when its document was never sent before: parsing it,
    measuring and validating it. `memory_bytes` is what a server takes whose caches are full.
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
    pages: list[Figures]


async def run(plan: Plan, folder: Path, tell: Callable[[str], None]) -> Report:
    """Fill a hub in `folder`, which should be empty, and measure it; `tell` is told the steps.

    Raises:
        BenchError: a server does not run, or an answer is not right.
    """
    async with scratch(plan.database) as url:
        return await _run(plan, folder, url, tell)


async def _run(plan: Plan, folder: Path, url: str, tell: Callable[[str], None]) -> Report:
    settings = Settings(data_dir=folder / "data", database_url=url, search_url="", cache_bytes=0)
    keeping = settings.model_copy(update={"cache_bytes": plan.cache_bytes})
    corpus = Corpus(plan.articles)
    tell(f"Storing {plan.articles} articles.")
    filled = await fill(settings, corpus)
    tell("Starting the servers; the hub indexes what is stored.")
    started = time.perf_counter()
    async with (
        serving(HUB, settings, folder / "hub.log") as hub,
        serving(HUB, keeping, folder / "keeper.log") as keeper,
        serving(FLOOR, settings, folder / "floor.log") as floor,
        connections(hub.port, 1) as [connection],
        connections(keeper.port, 1) as [keeper_connection],
    ):
        await until_ready(connection, plan.articles)
        ready_seconds = time.perf_counter() - started
        tell("Checking the answers.")
        asked = await _questions(connection, corpus, filled.facts)
        series = [await _series(one, hub, connection) for one in asked]
        kept = await kept_pages(keeper_connection, list(asked[1].requests))
        series += [await _series(one, keeper, keeper_connection) for one in kept]
        slugs = list(asked[0].requests)
        unseen = Subject(NEW_DOCUMENT, hub, new_documents(slugs), series[0].subject.statements)
        series.append(Series(unseen))
        plain = Subject("floor", floor, repeat(get("/")))
        texts = cycle(asked[-1].requests)
        engine = await _measure(plan, series, plain, settings, texts, tell)
        tell("Filling the cache.")
        everything = [fact.slug for fact in filled.facts]
        async with connections(keeper.port, 1) as [fresh]:  # the other has been idle for too long
            memory = await memory_when_full(keeper, fresh, everything)
    pages = [one.figures() for one in series]
    floor_cpu_us = median(sample.cpu_us for one in series for sample in one.floors())
    return Report(
        articles=plan.articles,
        stored_per_second=plan.articles / filled.seconds,
        ready_seconds=ready_seconds,
        floor_cpu_us=floor_cpu_us,
        engine_cpu_us=engine,
        engine_times_floor=engine / floor_cpu_us,
        document_cpu_us=pages[-1].cpu_us - pages[0].cpu_us,
        document_times_floor=pages[-1].times_floor - pages[0].times_floor,
        memory_bytes=memory,
        pages=pages,
    )


async def until_ready(connection: Connection, articles: int) -> None:
    """Wait until all articles can be found by search."""
    with anyio.move_on_after(60 + articles / INDEXED_PER_SECOND):
        while True:
            answer = await connection.ask(get("/readyz"))
            told = orjson.loads(answer.body) if answer.status == 200 else {}
            if told.get("documents") == articles and told.get("outbox") == 0:
                return
            await anyio.sleep(0.1)
    raise BenchError("The hub does not get ready.")


async def _questions(connection: Connection, corpus: Corpus, facts: list[Fact]) -> list[Question]:
    """What is asked; the searches come last."""
    full = sorted(facts, key=_fullness, reverse=True)[:INSTANCES]
    usual = facts[:: max(1, len(facts) // INSTANCES)][:INSTANCES]
    return [
        await article_pages(connection, "article page, 20 comments", full, facts),
        await article_pages(connection, "article page, few comments", usual, facts),
        await article_lists(connection, "list of 20", facts, INSTANCES),
        await search_pages(connection, "search page, asked before", corpus.queries(INSTANCES)),
        await search_pages(connection, "search page, new words", corpus.queries(NEW_TEXTS)),
    ]


def _fullness(fact: Fact) -> tuple[int, int]:
    return min(fact.threads, COMMENTS), min(fact.related, RELATED)


async def _series(question: Question, hub: ServerProcess, connection: Connection) -> Series:
    requests = list(question.requests.values())
    most = await most_statements(hub, connection, requests[:INSTANCES])
    return Series(Subject(question.name, hub, cycle(requests), most))


async def _measure(
    plan: Plan,
    series: Sequence[Series],
    floor: Subject,
    settings: Settings,
    texts: Iterator[str],
    tell: Callable[[str], None],
) -> float:
    """Measure every series in every round; answers with the engine's CPU a search, in µs."""
    engine, found = open_engine(settings.search), list[float]()
    try:
        await engine_cpu_us(engine, islice(texts, 1), HITS)  # opens the index
        for number in range(plan.rounds):
            tell(f"Measuring, round {number + 1} of {plan.rounds}.")
            for one in series:
                one.alone.append(await pair(one.subject, floor, 1, plan.seconds))
                one.crowded.append(await pair(one.subject, floor, plan.clients, plan.seconds))
            found.append(await engine_cpu_us(engine, islice(texts, ENGINE_SEARCHES), HITS))
    finally:
        await engine.close()
    return median(found)
