"""The bench of the search box: each key that people type is a question; how soon is its answer."""

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
from scripts.bench.api import HUB, until_ready
from scripts.bench.client import Connection, connections, get
from scripts.bench.corpus import Corpus
from scripts.bench.fill import fill
from scripts.bench.process import BenchError, ServerProcess, serving

KEY_SECONDS = (0.12, 0.28)
"""Between two keys: some sixty words a minute."""

READING_SECONDS = (2.0, 4.0)
"""Before the next search."""

SEARCHES = 1_000
"""Different searches that people choose from."""

POPULARITY = 0.83
"""The searches' frequencies fall with their rank to the power of this (Zipf's law), as those of a
web search engine do: Baeza-Yates et al. 2007, "The impact of caching on search engines"."""

SOON_MS = 15.0
TALK = 5
"""Letters from which on the search box asks for the discussion and related articles too."""


@dataclass(frozen=True, slots=True)
class Plan:
    """How much is measured: articles, people who type at once, for how long, server processes.

    People are spread evenly over the processes.
    """

    articles: int = 10_000
    users: int = 50
    seconds: float = 20.0
    workers: int = 1


@dataclass(frozen=True, slots=True)
class Typed:
    """How keys were answered; milliseconds from asking to the whole answer."""

    users: int
    keys: int
    per_second: float
    p50_ms: float
    p95_ms: float
    p99_ms: float
    soon: float
    """The share that was answered within `SOON_MS`."""

    cpu_ms: float
    """Of all server processes, for each key."""

    kept: float
    """The share that was answered with what had been computed for another key."""


@dataclass(frozen=True, slots=True)
class Report:
    """One person alone, and all at once: without the cache of answers, and with it (`kept`).

    Before `kept` was measured, as many people had typed for as long.
    """

    articles: int
    workers: int
    alone: Typed
    crowd: Typed
    kept: Typed


class Searches:
    """What people look for: a few searches often, most of them seldom."""

    def __init__(self, texts: Sequence[str]) -> None:
        self._texts = texts
        weights = (1 / rank**POPULARITY for rank in range(1, len(texts) + 1))
        self._shares = list(accumulate(weights))

    def one(self, chance: random.Random) -> str:
        """A search, more likely a popular one."""
        return chance.choices(self._texts, cum_weights=self._shares)[0]


async def run(plan: Plan, folder: Path, tell: Callable[[str], None]) -> Report:
    """Fill a hub in `folder`, which should be empty, and type into its search box.

    Raises:
        BenchError: the server does not run, or an answer is not right.
    """
    settings = Settings(data_dir=folder / "data", database_url="", search_url="")
    corpus = Corpus(plan.articles)
    tell(f"Storing {plan.articles} articles.")
    await fill(settings, corpus)
    tell("Starting the server; the hub indexes what is stored.")
    texts = corpus.queries(2 * SEARCHES)
    alone, crowd, warming = (
        Searches(texts[:100]),
        Searches(texts[100 : 100 + SEARCHES]),
        texts[-20:],
    )
    forgetful = settings.model_copy(update={"cache_bytes": 0})
    async with _hubs(plan, forgetful, folder, warming) as hubs:
        tell("One person types.")
        first = await _measure(hubs[:1], 1, plan.seconds / 2, alone)
        tell(f"{plan.users} people type.")
        without = await _measure(hubs, plan.users, plan.seconds, crowd)
    async with _hubs(plan, settings, folder, warming) as hubs:
        tell(f"{plan.users} people type; answers are kept.")
        await _measure(hubs, plan.users, plan.seconds, crowd, first=plan.users)
        kept = await _measure(hubs, plan.users, plan.seconds, crowd)
    return Report(plan.articles, plan.workers, first, without, kept)


@asynccontextmanager
async def _hubs(
    plan: Plan, settings: Settings, folder: Path, warming: Sequence[str]
) -> AsyncIterator[list[ServerProcess]]:
    """The server processes, ready, with the index open."""
    async with AsyncExitStack() as stack:
        hubs = []
        for number in range(plan.workers):
            log = folder / f"hub-{number}.log"
            hub = await stack.enter_async_context(serving(HUB, settings, log))
            async with connections(hub.port, 1) as [connection]:
                await until_ready(connection, plan.articles)
                for text in warming:
                    await _ask(connection, text)
            hubs.append(hub)
        yield hubs


async def _measure(
    hubs: Sequence[ServerProcess],
    users: int,
    seconds: float,
    searches: Searches,
    *,
    first: int = 0,
) -> Typed:
    """What so many people find; `first` is the number of the first of them, who are no others."""
    waits = list[float]()
    before, kept_before = await _used(hubs)
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
    after, kept_after = await _used(hubs)
    if len(waits) < 2:
        raise BenchError("Nobody has typed: measure for longer.")
    cuts = quantiles(waits, n=100, method="inclusive")
    return Typed(
        users=users,
        keys=len(waits),
        per_second=len(waits) / took,
        p50_ms=cuts[49],
        p95_ms=cuts[94],
        p99_ms=cuts[98],
        soon=sum(wait <= SOON_MS for wait in waits) / len(waits),
        cpu_ms=(after - before) * 1000 / len(waits),
        kept=(kept_after - kept_before) / len(waits),
    )


async def _used(hubs: Sequence[ServerProcess]) -> tuple[float, int]:
    """The CPU seconds that all processes have used, and the answers that had been kept."""
    seconds, kept = 0.0, 0
    for hub in hubs:
        async with connections(hub.port, 1) as [connection]:
            told = (await connection.ask(get("/metrics"))).body.decode()
        kept += int(float(told.partition("\nhub_cache_hits_total ")[2].split("\n")[0]))
        seconds += (await hub.usage()).cpu_seconds
    return seconds, kept


async def _type(
    connection: Connection,
    chance: random.Random,
    searches: Searches,
    until: float,
    waits: list[float],
) -> None:
    """One person: key after key, a pause to read, the next search."""
    await anyio.sleep(chance.uniform(0, min(3.0, until - time.perf_counter())))
    while time.perf_counter() < until:
        text = searches.one(chance)
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
    answer = await connection.ask(question(text))
    if answer.status != 200 or b'"errors"' in answer.body[:20]:
        raise BenchError(f"An answer is wrong ({answer.status}): {answer.body[:500]!r}")


def question(text: str) -> bytes:
    """What the search box sends once `text` has been typed, to the letter."""
    [document] = documents_in("hub-search.js")
    asked = {
        "documentId": hashlib.sha256(document.encode()).hexdigest(),
        "operationName": "Talk" if len(text.strip()) >= TALK else "Type",
        "variables": orjson.dumps({"q": " ".join(text.split(" ")).lstrip()}).decode(),
    }
    return get(f"/graphql?{urlencode(asked)}")
