"""Benchmark of the dearest requests that the hub accepts from anybody: CPU a unit of cost."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from itertools import count
from pathlib import Path
from statistics import median
from typing import Any

import httpx
from typing_extensions import override

from hub.drafts import ArticleDraft
from hub.settings import Settings
from hub.text.bodies import Body
from scripts.bench.api import HUB, wait_until_ready
from scripts.bench.client import connections
from scripts.bench.corpus import Corpus
from scripts.bench.fill import fill
from scripts.bench.process import BenchError, ServerProcess, start_server
from scripts.bench.questions import ARTICLE_PAGE
from scripts.bench.shapes import SHAPES, WEB_SHAPES, Shape, WebShape

LONG_BODY = 100_000
"""Characters of a long body."""

SIZES = (100, 80, 64, 50, 40, 32, 25, 20, 16, 12, 9, 7, 5, 4, 3, 2, 1)
"""Page sizes that are tried, the largest first, until a document is accepted."""

PAGES = 50
"""Article pages that are measured."""

SECONDS = 120.0
_REFUSALS = ("QUERY_TOO_EXPENSIVE", "RESPONSE_TOO_LARGE")


@dataclass(frozen=True, slots=True)
class WorstBenchOptions:
    """Options of the benchmark: articles, those of them with long bodies, and tries of a shape."""

    articles: int = 2_000
    long: int = 120
    tries: int = 2


@dataclass(frozen=True, slots=True)
class ShapeMetrics:
    """Metrics of a shape at its largest accepted size: the most CPU that one try took.

    `cost` is None for other endpoints than GraphQL.
    """

    name: str
    size: int
    cost: int | None
    cpu_ms: float
    bytes: int

    @property
    def us_a_unit(self) -> float | None:
        """CPU microseconds a unit of cost."""
        return None if self.cost is None else self.cpu_ms * 1e3 / max(self.cost, 1)


@dataclass(frozen=True, slots=True)
class WorstBenchReport:
    """Results of the benchmark; `page_ms` is the CPU of an article page."""

    articles: int
    page_ms: float
    shapes: list[ShapeMetrics]

    @property
    def median_us(self) -> float:
        """The median CPU microseconds a unit of cost."""
        return median(shape.us_a_unit for shape in self.shapes if shape.us_a_unit is not None)

    @property
    def worst_us(self) -> float:
        """The highest CPU microseconds a unit of cost."""
        return max(shape.us_a_unit for shape in self.shapes if shape.us_a_unit is not None)

    @property
    def worst_times_page(self) -> float:
        """The CPU of the dearest request in article pages."""
        return max(shape.cpu_ms for shape in self.shapes) / self.page_ms


class LongCorpus(Corpus):
    """The corpus, whose newest articles have bodies of `LONG_BODY` characters."""

    def __init__(self, size: int, long: int) -> None:
        super().__init__(size)
        self._long = min(long, size)

    @override
    def draft(self, place: int) -> ArticleDraft:
        draft = super().draft(place)
        if place < self.size - self._long:
            return draft
        parts, length = [draft.body.content], len(draft.body.content)
        for other in count(place + 1):
            if length >= LONG_BODY:
                break
            parts.append(super().draft(other % self.size).body.content)
            length += len(parts[-1])
        return replace(draft, body=Body("\n".join(parts)[:LONG_BODY], draft.body.markup))


async def run(
    options: WorstBenchOptions, folder: Path, print_step: Callable[[str], None]
) -> WorstBenchReport:
    """Fill a hub in `folder`, which should be empty, and send it each shape.

    Raises:
        BenchError: the server does not run, or refuses a shape of any size.
    """
    settings = Settings(data_dir=folder / "data", database_url="", search_url="", cache_bytes=0)
    print_step(f"Storing {options.articles} articles, {options.long} of them long.")
    stored = await fill(settings, LongCorpus(options.articles, options.long))
    print_step("Starting the hub, which indexes what is stored.")
    async with (
        start_server(HUB, settings, folder / "hub.log") as hub,
        connections(hub.port, 1) as [connection],
        httpx.AsyncClient(base_url=f"http://127.0.0.1:{hub.port}", timeout=SECONDS) as http,
    ):
        await wait_until_ready(connection, options.articles)
        tester = _Tester(hub, http, options.tries)
        full = sorted(stored.articles, key=lambda article: article.threads, reverse=True)
        page_ms = await tester.page_ms([article.slug for article in full[:PAGES]])
        shapes = list[ShapeMetrics]()
        for shape in (*SHAPES, *WEB_SHAPES):
            if isinstance(shape, Shape):
                shapes.append(await tester.measure(shape))
            else:
                shapes.append(await tester.measure_web(shape))
            print_step(f"{shape.name}: {shapes[-1].cpu_ms:.0f} ms of CPU.")
    return WorstBenchReport(options.articles, page_ms, shapes)


class _Tester:
    """Sends requests to a server, and measures what they take of its CPU."""

    def __init__(self, server: ServerProcess, http: httpx.AsyncClient, tries: int) -> None:
        self._server = server
        self._http = http
        self._tries = tries
        self._numbers: Iterator[int] = count()

    async def page_ms(self, slugs: list[str]) -> float:
        """Return the CPU milliseconds of an article page: the mean of many."""
        for slug in slugs:  # so that caches are filled
            await self._post(ARTICLE_PAGE, slug=slug)
        before = await self._server.usage()
        for slug in slugs:
            await self._post(ARTICLE_PAGE, slug=slug)
        after = await self._server.usage()
        return (after.cpu_seconds - before.cpu_seconds) * 1e3 / len(slugs)

    async def measure(self, shape: Shape) -> ShapeMetrics:
        """Measure a document of the largest size that is accepted."""
        for size in SIZES:
            cost, cpu_ms, length = 0, 0.0, 0
            for _ in range(self._tries):
                document = f"{shape.document(size)} # {next(self._numbers)}"
                before = await self._server.usage()
                response = await self._post(document)
                after = await self._server.usage()
                answer = response.json()
                if any(
                    error["extensions"]["code"] in _REFUSALS for error in answer.get("errors", ())
                ):
                    break
                if "errors" in answer:
                    raise BenchError(f"{shape.name}: {answer['errors'][0]['message']}")
                cost = answer["extensions"]["cost"]["requested"]
                cpu_ms = max(cpu_ms, (after.cpu_seconds - before.cpu_seconds) * 1e3)
                length = len(response.content)
            else:
                return ShapeMetrics(shape.name, size, cost, cpu_ms, length)
        raise BenchError(f"{shape.name} is refused, however small.")

    async def measure_web(self, shape: WebShape) -> ShapeMetrics:
        """Measure a request of another endpoint, of the largest size that is accepted."""
        if shape.body is None:
            return await self._measure_web(shape, "GET", 0)
        for size in SIZES:
            response = await self._http.post(shape.path, json=shape.body(size))
            if response.status_code == 200:
                return await self._measure_web(shape, "POST", size)
        raise BenchError(f"{shape.name} is refused, however small.")

    async def _measure_web(self, shape: WebShape, method: str, size: int) -> ShapeMetrics:
        cpu_ms, length = 0.0, 0
        body = None if shape.body is None else shape.body(size)
        for number in range(self._tries):
            headers = {"accept-encoding": ("br", "gzip")[number % 2]}  # other bytes: not cached
            before = await self._server.usage()
            response = await self._http.request(method, shape.path, json=body, headers=headers)
            after = await self._server.usage()
            if response.status_code != 200:
                raise BenchError(f"{shape.name}: HTTP {response.status_code}")
            cpu_ms = max(cpu_ms, (after.cpu_seconds - before.cpu_seconds) * 1e3)
            length = len(response.content)
        return ShapeMetrics(shape.name, size, None, cpu_ms, length)

    async def _post(self, query: str, **variables: Any) -> httpx.Response:
        return await self._http.post("/graphql", json={"query": query, "variables": variables})
