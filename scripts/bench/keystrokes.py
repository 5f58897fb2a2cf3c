"""The bench of the search box: each key that people type is a question; how soon is its answer."""

from __future__ import annotations

import hashlib
import random
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from statistics import quantiles
from urllib.parse import urlencode

import anyio
import orjson

from hub.settings import Settings
from schema.web.documents import documents_in
from scripts.bench.api import HUB, until_ready
from scripts.bench.client import Connection, connections, get
from scripts.bench.corpus import Corpus
from scripts.bench.filling import fill
from scripts.bench.process import BenchError, ServerProcess, serving

KEY_SECONDS = (0.12, 0.28)
"""Between two keys: some sixty words a minute."""

READING_SECONDS = (2.0, 4.0)
"""Before the next search."""

SEARCHES = 1_000
SOON_MS = 15.0
TALK = 3
"""Letters from which on the search box looks through the discussion too."""


@dataclass(frozen=True, slots=True)
class Plan:
    """How much is measured: articles, people who type at once, and for how long."""

    articles: int = 10_000
    users: int = 50
    seconds: float = 20.0


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


@dataclass(frozen=True, slots=True)
class Report:
    """One person alone, and all at once."""

    articles: int
    alone: Typed
    crowd: Typed


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
    texts = corpus.queries(SEARCHES)
    async with serving(HUB, settings, folder / "hub.log") as hub:
        async with connections(hub.port, 1) as [connection]:
            await until_ready(connection, plan.articles)
            for text in texts[-20:]:  # opens the index
                await _ask(connection, text)
        tell("One person types.")
        alone = await _measure(hub, 1, plan.seconds / 2, texts[: SEARCHES // 2])
        tell(f"{plan.users} people type.")
        crowd = await _measure(hub, plan.users, plan.seconds, texts[SEARCHES // 2 :])
    return Report(plan.articles, alone, crowd)


async def _measure(hub: ServerProcess, users: int, seconds: float, texts: Sequence[str]) -> Typed:
    waits = list[float]()
    before = await hub.usage()
    started = time.perf_counter()
    async with connections(hub.port, users) as lines, anyio.create_task_group() as people:
        for number, connection in enumerate(lines):
            chance = random.Random(number)
            people.start_soon(_type, connection, chance, texts, started + seconds, waits)
    took = time.perf_counter() - started
    after = await hub.usage()
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
        cpu_ms=(after.cpu_seconds - before.cpu_seconds) * 1000 / len(waits),
    )


async def _type(
    connection: Connection,
    chance: random.Random,
    texts: Sequence[str],
    until: float,
    waits: list[float],
) -> None:
    """One person: key after key, a pause to read, the next search."""
    await anyio.sleep(chance.uniform(0, min(3.0, until - time.perf_counter())))
    while time.perf_counter() < until:
        text = chance.choice(texts)
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
