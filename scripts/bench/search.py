"""Benchmark of search against plain Whoosh and tantivy: same documents, same queries."""

from __future__ import annotations

import gc
import json
import random
import statistics
import subprocess
import sys
import time
from collections.abc import Awaitable, Callable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from functools import partial
from pathlib import Path
from typing import Any, NamedTuple

from hub.drafts import ArticleDraft
from hub.text import markup
from scripts.bench.corpus import Corpus
from scripts.bench.process import BenchError
from scripts.bench.rivals import PlainWhoosh, Tantivy
from search_index.engine import NO_TIME_LIMIT, SearchEngine
from search_index.engines import open_engine
from search_index.fields import TextField
from search_index.query import (
    CommentText,
    Document,
    FacetField,
    Label,
    SearchQuery,
    SuggestQuery,
    Tuning,
)

BUILD = "build, by the clock (s)"
UPSERTS = 20
FACETS = (FacetField.TOPIC,)
BATCH = 1_000


@dataclass(frozen=True, slots=True)
class SearchBenchOptions:
    """Options of the benchmark: articles, and queries of each kind."""

    articles: int = 10_000
    queries: int = 200


@dataclass(frozen=True, slots=True)
class CpuTimes:
    """CPU milliseconds of a task by an engine: the median and the 99th percentile."""

    p50_ms: float
    p99_ms: float


@dataclass(slots=True)
class SearchBenchReport:
    """Times by task, then by engine (`hub` first); a build has the same seconds in both fields.

    `memory_mb` is the peak of a process that only reads the hub's index.
    """

    articles: int
    tasks: dict[str, dict[str, CpuTimes]] = field(default_factory=dict)
    memory_mb: float = 0.0


async def run(
    options: SearchBenchOptions, folder: Path, print_step: Callable[[str], None]
) -> SearchBenchReport:
    """Fill the engines and query them in turn, without the hub's cache of results.

    Raises:
        BenchError: the hub finds nothing, so that the times mean nothing.
    """
    corpus = Corpus(options.articles)
    print_step(f"Making {options.articles} articles.")
    documents = [make_document(number, draft) for number, draft in enumerate(corpus.drafts(), 1)]
    report = SearchBenchReport(options.articles)
    hub = open_engine(f"whoosh:{folder / 'hub'}", NO_TIME_LIMIT)
    rivals: list[PlainWhoosh | Tantivy] = [PlainWhoosh(folder / "plain")]
    try:
        rivals.append(Tantivy(folder / "tantivy"))
    except ImportError:
        print_step("tantivy is not installed, and left out.")
    print_step("Indexing them with each engine.")
    report.tasks[BUILD] = {"hub": _constant(await _build_index(hub, documents))}
    for rival in rivals:
        started = time.perf_counter()
        rival.build(documents)
        report.tasks[BUILD][rival.name] = _constant(time.perf_counter() - started)
    texts = corpus.queries(options.queries)
    chance = random.Random("typos")
    typos = [_swap_letters(text, chance) for text in texts]
    titles = [
        _take_prefix(document.texts[TextField.TITLE], chance)
        for document in chance.choices(documents, k=options.queries)
    ]
    changed = [
        replace(
            document,
            stamp=document.stamp + 1,
            texts={**document.texts, TextField.TITLE: f"{document.texts[TextField.TITLE]} again"},
        )
        for document in chance.sample(documents, UPSERTS)
    ]
    gc.collect()
    gc.freeze()  # keeps the benchmark's own documents out of garbage collections
    for task in _tasks(hub, texts, typos, titles, changed):
        print_step(f"Measuring: {task.name}.")
        report.tasks[task.name] = {
            "hub": await _measure(task.ask, task.questions, require_hits=True)
        }
        for rival in rivals:
            call = getattr(rival, task.method)
            report.tasks[task.name][rival.name] = await _measure(_make_async(call), task.questions)
    report.memory_mb = _measure_reader_memory(folder / "hub", texts)
    gc.unfreeze()
    await hub.close()
    return report


class Task(NamedTuple):
    """A task to measure: the hub's function, and the name of its rivals' method."""

    name: str
    method: str
    questions: Sequence[Any]
    ask: Callable[[Any], Awaitable[int]]


def _tasks(
    hub: SearchEngine,
    texts: list[str],
    typos: list[str],
    titles: list[str],
    changed: list[Document],
) -> list[Task]:
    return [
        Task("search, highlights, facets", "search", texts, partial(_search, hub)),
        Task("words with a mistake", "fuzzy_search", typos, partial(_fuzzy_search, hub)),
        Task("suggestions", "suggest", titles, partial(_suggest, hub)),
        Task("upsert until found", "upsert", changed, partial(_upsert, hub)),
    ]


async def _build_index(engine: SearchEngine, documents: Sequence[Document]) -> float:
    started = time.perf_counter()  # not CPU time: other processes do a part
    async with engine.rebuild() as building:
        for start in range(0, len(documents), BATCH):
            await building.write(documents[start : start + BATCH], [])
    return time.perf_counter() - started


def _measure_reader_memory(folder: Path, texts: Sequence[str]) -> float:
    """Return the peak memory in MB of a process that only reads the hub's index."""
    reader = [sys.executable, "-m", "scripts.bench.reader", str(folder)]
    done = subprocess.run(
        reader, input=json.dumps(texts), capture_output=True, text=True, check=False
    )
    if done.returncode:
        raise BenchError(f"The reader failed: {done.stderr[-500:]}")
    return float(done.stdout)


async def _measure(
    ask: Callable[[Any], Awaitable[int]], questions: Sequence[Any], *, require_hits: bool = False
) -> CpuTimes:
    spent, answered = [], 0
    for question in questions:
        started = time.process_time()
        answered += await ask(question) > 0
        spent.append((time.process_time() - started) * 1000)
    if require_hits and not answered:
        raise BenchError(f"None of {len(questions)} questions found anything.")
    spent.sort()
    return CpuTimes(statistics.median(spent), spent[min(len(spent) - 1, int(len(spent) * 0.99))])


def _make_async(call: Callable[[Any], int]) -> Callable[[Any], Awaitable[int]]:
    async def ask(question: Any) -> int:
        return call(question)

    return ask


async def _search(engine: SearchEngine, text: str) -> int:
    # A new Tuning() is never in the engine's cache.
    query = SearchQuery(text, facets=FACETS, fragments=3, tuning=Tuning())
    return (await engine.search(query)).total


async def _fuzzy_search(engine: SearchEngine, text: str) -> int:
    return (await engine.search(SearchQuery(text, tuning=Tuning()))).total


async def _suggest(engine: SearchEngine, text: str) -> int:
    return len(await engine.suggest(SuggestQuery(text)))


async def _upsert(engine: SearchEngine, document: Document) -> int:
    await engine.write([document], [])
    return (await engine.search(SearchQuery(f'"{document.texts[TextField.TITLE]}"'))).total


def make_document(number: int, draft: ArticleDraft) -> Document:
    """Convert a draft of the corpus to the document that the indexer would make of it."""
    topics = tuple(Label(topic.slug or topic.name, topic.name) for topic in draft.topics)
    return Document(
        id=number,
        stamp=number,
        texts={
            TextField.TITLE: draft.title,
            TextField.SUMMARY: draft.summary or "",
            TextField.BODY: markup.to_text(markup.to_html(draft.body)),
        },
        language="en",
        kind=draft.kind.value,
        status=draft.status.value,
        published_at=draft.published_at,
        topics=topics,
        authors=tuple(Label(author.slug or author.name, author.name) for author in draft.authors),
        comment_count=len(draft.comments),
        comments=tuple(
            CommentText(
                number * 1_000 + place,
                markup.to_text(markup.comment_html(comment.body)),
                comment.created_at,
            )
            for place, comment in enumerate(draft.comments)
        ),
    )


def _comments(number: int, draft: ArticleDraft) -> Iterator[CommentText]:
    for place, comment in enumerate(draft.comments):
        text = markup.to_text(markup.comment_html(comment.body))
        yield CommentText(number * 1_000 + place, text, comment.created_at)


def _swap_letters(text: str, chance: random.Random) -> str:
    """Swap two letters in one of the text's longest words."""
    words = text.split()
    place = max(range(len(words)), key=lambda index: len(words[index]))
    word = words[place]
    at = chance.randrange(1, max(2, len(word) - 1))
    words[place] = word[:at] + word[at + 1 : at + 2] + word[at] + word[at + 2 :]
    return " ".join(words)


def _take_prefix(title: str, chance: random.Random) -> str:
    """Return a random prefix of the title, from one letter to all of it."""
    return title[: chance.randint(1, len(title))].rstrip() or title


def _constant(value: float) -> CpuTimes:
    return CpuTimes(value, value)


def ratios(report: SearchBenchReport) -> Iterator[tuple[str, dict[str, CpuTimes], float, float]]:
    """Yield each task with its times, and the hub's p50 and p99 relative to plain Whoosh."""
    for name, figures in report.tasks.items():
        hub, plain = figures["hub"], figures[PlainWhoosh.name]
        yield name, figures, hub.p50_ms / plain.p50_ms, hub.p99_ms / plain.p99_ms
