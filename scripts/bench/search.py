"""What search costs beside plain Whoosh and tantivy: the same documents, the same questions."""

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
from search_index.engine import UNHURRIED, SearchEngine
from search_index.engines import open_engine
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
class Plan:
    """How many articles, and how many questions of each kind."""

    articles: int = 10_000
    queries: int = 200


@dataclass(frozen=True, slots=True)
class Figure:
    """CPU milliseconds of one task by one engine: the median and the 99th percentile."""

    p50_ms: float
    p99_ms: float


@dataclass(slots=True)
class Report:
    """Figures by task, then by engine (`hub` first); a build has seconds in both places.

    `memory_mb` is what a process takes at most that only reads the hub's index.
    """

    articles: int
    tasks: dict[str, dict[str, Figure]] = field(default_factory=dict)
    memory_mb: float = 0.0


async def run(plan: Plan, folder: Path, tell: Callable[[str], None]) -> Report:
    """Fill the engines and ask them in turn. The cache of answers is passed by.

    Raises:
        BenchError: the hub finds nothing, so that there is nothing to measure.
    """
    corpus = Corpus(plan.articles)
    tell(f"Making {plan.articles} articles.")
    documents = [_document(number, draft) for number, draft in enumerate(corpus.drafts(), 1)]
    report = Report(plan.articles)
    hub = open_engine(f"whoosh:{folder / 'hub'}", UNHURRIED)
    rivals: list[PlainWhoosh | Tantivy] = [PlainWhoosh(folder / "plain")]
    try:
        rivals.append(Tantivy(folder / "tantivy"))
    except ImportError:
        tell("tantivy is not installed, and left out.")
    tell("Indexing them with each engine.")
    report.tasks[BUILD] = {"hub": _same(await _built(hub, documents))}
    for rival in rivals:
        started = time.perf_counter()
        rival.build(documents)
        report.tasks[BUILD][rival.name] = _same(time.perf_counter() - started)
    texts = corpus.queries(plan.queries)
    changing = random.Random("typos")
    typos = [_mistyped(text, changing) for text in texts]
    titles = [
        _beginning(one.title, changing) for one in changing.choices(documents, k=plan.queries)
    ]
    changed = [
        replace(one, stamp=one.stamp + 1, title=f"{one.title} again")
        for one in changing.sample(documents, UPSERTS)
    ]
    gc.collect()
    gc.freeze()  # the articles held here are the bench's, and no engine's to go through
    for task in _tasks(hub, texts, typos, titles, changed):
        tell(f"Measuring: {task.name}.")
        report.tasks[task.name] = {"hub": await _figure(task.ask, task.questions, sure=True)}
        for rival in rivals:
            call = getattr(rival, task.method)
            report.tasks[task.name][rival.name] = await _figure(_awaitable(call), task.questions)
    report.memory_mb = _reader_memory(folder / "hub", texts)
    gc.unfreeze()
    await hub.close()
    return report


class Task(NamedTuple):
    """Something to measure: how the hub does it, and by which method of theirs its rivals do."""

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
        Task("words with a mistake", "forgiving", typos, partial(_forgiving, hub)),
        Task("suggestions", "suggest", titles, partial(_suggest, hub)),
        Task("upsert until found", "upsert", changed, partial(_upsert, hub)),
    ]


async def _built(engine: SearchEngine, documents: Sequence[Document]) -> float:
    started = time.perf_counter()  # some of it is other processes' time
    async with engine.rebuild() as building:
        for start in range(0, len(documents), BATCH):
            await building.write(documents[start : start + BATCH], [])
    return time.perf_counter() - started


def _reader_memory(folder: Path, texts: Sequence[str]) -> float:
    """The most MB that a process takes which only reads the hub's index."""
    reader = [sys.executable, "-m", "scripts.bench.reader", str(folder)]
    done = subprocess.run(
        reader, input=json.dumps(texts), capture_output=True, text=True, check=False
    )
    if done.returncode:
        raise BenchError(f"The reader failed: {done.stderr[-500:]}")
    return float(done.stdout)


async def _figure(
    ask: Callable[[Any], Awaitable[int]], questions: Sequence[Any], *, sure: bool = False
) -> Figure:
    spent, found = [], 0
    for question in questions:
        started = time.process_time()
        found += await ask(question) > 0
        spent.append((time.process_time() - started) * 1000)
    if sure and not found:
        raise BenchError(f"None of {len(questions)} questions found anything.")
    spent.sort()
    return Figure(statistics.median(spent), spent[min(len(spent) - 1, int(len(spent) * 0.99))])


def _awaitable(call: Callable[[Any], int]) -> Callable[[Any], Awaitable[int]]:
    async def ask(question: Any) -> int:
        return call(question)

    return ask


async def _search(engine: SearchEngine, text: str) -> int:
    query = SearchQuery(text, facets=FACETS, fragments=3, tuning=Tuning())  # no answer is known
    return (await engine.search(query)).total


async def _forgiving(engine: SearchEngine, text: str) -> int:
    return (await engine.search(SearchQuery(text, tuning=Tuning()))).total


async def _suggest(engine: SearchEngine, text: str) -> int:
    return len(await engine.suggest(SuggestQuery(text)))


async def _upsert(engine: SearchEngine, document: Document) -> int:
    await engine.write([document], [])
    return (await engine.search(SearchQuery(f'"{document.title}"'))).total


def _document(number: int, draft: ArticleDraft) -> Document:
    topics = tuple(Label(topic.slug or topic.name, topic.name) for topic in draft.topics)
    return Document(
        id=number,
        stamp=number,
        title=draft.title,
        summary=draft.summary or "",
        body=markup.to_text(markup.to_html(draft.body)),
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


def _mistyped(text: str, changing: random.Random) -> str:
    """The text with two letters swapped in one of its longest words."""
    words = text.split()
    place = max(range(len(words)), key=lambda one: len(words[one]))
    word = words[place]
    at = changing.randrange(1, max(2, len(word) - 1))
    words[place] = word[:at] + word[at + 1 : at + 2] + word[at] + word[at + 2 :]
    return " ".join(words)


def _beginning(title: str, changing: random.Random) -> str:
    """What has been typed of a title at some moment: from one letter to the whole of it."""
    return title[: changing.randint(1, len(title))].rstrip() or title


def _same(value: float) -> Figure:
    return Figure(value, value)


def ratios(report: Report) -> Iterator[tuple[str, dict[str, Figure], float, float]]:
    """Each task with its figures, and how much of plain Whoosh's p50 and p99 the hub takes."""
    for name, figures in report.tasks.items():
        hub, plain = figures["hub"], figures[PlainWhoosh.name]
        yield name, figures, hub.p50_ms / plain.p50_ms, hub.p99_ms / plain.p99_ms
