"""`hub bench saves`: the time from a save until a search finds it, whatever else the index does.

The index is written as the indexer writes it: one batch after another, each before the next. During
an import, batches of imported articles follow each other without a pause, and a save takes its turn
between two of them.
"""

from __future__ import annotations

import statistics
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from itertools import count, cycle, islice
from pathlib import Path

import anyio
import anyio.lowlevel

from scripts.bench.corpus import Corpus
from scripts.bench.search import make_document
from search_index.engine import NO_TIME_LIMIT
from search_index.engines.whoosh import WhooshEngine
from search_index.fields import TextField
from search_index.indexer import ROUND
from search_index.query import Document, SearchQuery

GOAL = 5.0
"""Longest time until found, as a multiple of the idle median of the same run."""

REBUILT, IDLE = "after a rebuild", "idle"
IMPORT, MERGE = "during an import", "during a merge"


@dataclass(frozen=True, slots=True)
class SavesBenchOptions:
    """Options of the benchmark: articles in the index, saves when idle, seconds of the import."""

    articles: int = 10_000
    saves: int = 60
    seconds: float = 45.0


@dataclass(frozen=True, slots=True)
class FoundTimes:
    """Milliseconds from a number of saves until each is found; ratios to the idle median."""

    number: int
    p50_ms: float
    p99_ms: float
    max_ms: float
    p50_ratio: float
    max_ratio: float


@dataclass(slots=True)
class SavesBenchReport:
    """The times by situation; a situation that did not occur is missing."""

    articles: int
    batches: int = 0
    times: dict[str, FoundTimes] = field(default_factory=dict)


async def run(
    options: SavesBenchOptions, folder: Path, print_step: Callable[[str], None]
) -> SavesBenchReport:
    """Build an index of `options.articles`, and save articles in each situation."""
    print_step(f"Making and indexing {options.articles} articles.")
    drafts = Corpus(options.articles).drafts()
    documents = [make_document(number, draft) for number, draft in enumerate(drafts, 1)]
    engine = WhooshEngine(folder / "index", NO_TIME_LIMIT)
    async with engine.rebuild() as building:
        for start in range(0, len(documents), 500):
            await building.write(documents[start : start + 500], [])
    await engine.search(SearchQuery("word"))  # a server has searched before
    saver, times = _Saver(engine, documents), dict[str, list[float]]()
    print_step("Saving.")
    times[REBUILT] = [await saver.save()]
    times[IDLE] = []
    for _ in range(options.saves):
        while engine.is_merging:
            await anyio.sleep(0.01)
        times[IDLE].append(await saver.save())
    print_step("Saving during an import, and its merges.")
    times[IMPORT], times[MERGE] = [], []
    report = SavesBenchReport(options.articles)
    async with anyio.create_task_group() as tasks:
        tasks.start_soon(saver.import_for, options.seconds)
        until = time.monotonic() + options.seconds
        while time.monotonic() < until:
            is_merging = engine.is_merging
            took = await saver.save()
            times[MERGE if is_merging and engine.is_merging else IMPORT].append(took)
            await anyio.sleep(0.1)
    report.batches = saver.batches
    await engine.close()
    idle = statistics.median(times[IDLE])
    report.times = {name: _summarise(values, idle) for name, values in times.items() if values}
    return report


class _Saver:
    """Saves and imports articles, one batch at a time."""

    def __init__(self, engine: WhooshEngine, documents: Sequence[Document]) -> None:
        self._engine = engine
        self._documents = cycle(documents)
        self._stamps = count(len(documents) + 1)
        self._turn = anyio.Lock()  # first come, first served
        self.batches = 0

    async def save(self) -> float:
        """Save one article; return the milliseconds until a search for its title finds it."""
        stamp = next(self._stamps)
        word = f"saved{stamp}"
        [document] = islice(self._documents, 1)
        texts = {**document.texts, TextField.TITLE: f"{document.texts[TextField.TITLE]} {word}"}
        started = time.perf_counter()
        async with self._turn:
            await self._engine.write([replace(document, stamp=stamp, texts=texts)], [])
        while not (await self._engine.search(SearchQuery(word))).total:
            await anyio.lowlevel.checkpoint()
        return (time.perf_counter() - started) * 1000

    async def import_for(self, seconds: float) -> None:
        """Write batches of articles for some seconds."""
        until = time.monotonic() + seconds
        while time.monotonic() < until:
            batch = [
                replace(document, stamp=next(self._stamps))
                for document in islice(self._documents, ROUND)
            ]
            async with self._turn:
                await self._engine.write(batch, [])
            self.batches += 1


def _summarise(values: Sequence[float], idle: float) -> FoundTimes:
    ordered = sorted(values)
    p50, last = statistics.median(ordered), ordered[-1]
    p99 = ordered[min(len(ordered) - 1, int(len(ordered) * 0.99))]
    return FoundTimes(len(ordered), p50, p99, last, p50 / idle, last / idle)
