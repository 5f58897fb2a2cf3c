"""`hub bench graph`: the CPU of reads of the related graph, over many articles and edges.

The articles are copies of one, the edges lead at random: half of them anywhere, and half to the
thousandth of the articles that all know. SQLite alone, in this process.
"""

from __future__ import annotations

import random
import sqlite3
import statistics
import time
from collections.abc import Awaitable, Callable, Iterator
from contextlib import closing
from dataclasses import dataclass, field
from pathlib import Path

from hub import articles
from hub.auth import ANONYMOUS, SYSTEM
from hub.db.database import Reader, open_database
from hub.db.keyset import PageArgs
from hub.drafts import NewArticle
from hub.models import Status
from hub.reads import graph, links
from hub.settings import Settings
from hub.text.bodies import Body

KINDS = ("INLINE", "MORE_TO_READ", "SIMILAR", "SIMILAR")
GOALS = {"relatedGraph, depth 3, 24 edges": 50.0, "path": 100.0}
"""Milliseconds of CPU that a read may take at most."""


@dataclass(frozen=True, slots=True)
class GraphBenchOptions:
    """Options of the benchmark: articles, edges that leave each, and reads of each kind."""

    articles: int = 100_000
    edges: int = 20
    reads: int = 40


@dataclass(frozen=True, slots=True)
class GraphTimes:
    """CPU of a kind of read in milliseconds, and how many articles or rows it returned."""

    p50_ms: float
    max_ms: float
    rows: int


@dataclass(slots=True)
class GraphBenchReport:
    """The times by kind of read."""

    articles: int
    edges: int
    times: dict[str, GraphTimes] = field(default_factory=dict)


async def run(
    options: GraphBenchOptions, folder: Path, print_step: Callable[[str], None]
) -> GraphBenchReport:
    """Fill a hub in the folder, and measure the reads."""
    settings = Settings(data_dir=folder)
    async with open_database(settings):
        new = NewArticle(title="Ferry", body=Body("It sails."), status=Status.PUBLISHED)
        await articles.create(new, by=SYSTEM)
    print_step(f"Storing {options.articles:,} articles and {options.edges} edges of each …")
    _fill(folder, options)
    report = GraphBenchReport(options.articles, options.articles * options.edges)
    async with open_database(settings) as db:
        for name, read in _reads(db, options):
            print_step(f"Reading: {name} …")
            report.times[name] = await _measure(read, options.reads)
    return report


def _fill(folder: Path, options: GraphBenchOptions) -> None:
    [path] = folder.glob("*.sqlite3")
    numbers = random.Random(1)

    def edges() -> Iterator[tuple[int, int, str, str, int]]:
        for source in range(1, options.articles + 1):
            for rank in range(options.edges):
                far = options.articles if numbers.random() < 0.5 else options.articles // 1_000 + 1
                kind = KINDS[rank % len(KINDS)]
                origin = "DERIVED" if kind == "SIMILAR" else "IMPORT"
                yield source, numbers.randint(1, far), kind, origin, rank

    with closing(sqlite3.connect(path)) as connection, connection:
        columns = [row[1] for row in connection.execute("PRAGMA table_info(article)")]
        changed = {"id": "n", "slug": "'ferry-' || n", "headline_key": "'ferry ' || n"}
        copied = ", ".join(changed.get(name, name) for name in columns)
        connection.execute(
            f"WITH RECURSIVE numbers(n) AS (SELECT 2 UNION ALL SELECT n + 1 FROM numbers"
            f" WHERE n < ?) INSERT INTO article ({', '.join(columns)}) SELECT {copied}"
            " FROM numbers JOIN article ON article.id = 1",
            [options.articles],
        )
        connection.executemany(
            "INSERT INTO relation (source_id, target_id, kind, origin, rank, anchor, weight,"
            " chosen) SELECT ?1, ?2, ?3, ?4, ?5, 'ferry', 1.0, 0 WHERE ?1 <> ?2",
            edges(),
        )
        _add_addresses(connection)


def _add_addresses(connection: sqlite3.Connection) -> None:
    """Give every article an address, and a fifth of them a former one each way.

    Links in texts go by the present ones; of those to a renamed article, one in eight does not.
    """
    connection.execute("UPDATE article SET canonical_url = 'https://site.test/' || slug")
    for url, part in (("", "TRUE"), ("old/", "id % 5 = 0")):
        connection.execute(
            f"INSERT INTO address (article_id, url, url_key) SELECT id, 'https://site.test/{url}'"
            f" || slug, 'site.test/{url}' || slug FROM article WHERE {part}"
        )
    connection.execute(
        "INSERT INTO slug_history (article_id, slug, language)"
        " SELECT id, 'old-' || slug, language FROM article WHERE id % 5 = 1"
    )
    connection.execute(
        "UPDATE relation SET wanted_url = 'site.test/' || CASE WHEN target_id % 5 = 0"
        " AND id % 8 = 0 THEN 'old/' ELSE '' END || 'ferry-' || target_id WHERE kind = 'INLINE'"
    )


def _reads(
    db: Reader, options: GraphBenchOptions
) -> Iterator[tuple[str, Callable[[], Awaitable[int]]]]:
    numbers = random.Random(2)
    page = PageArgs(20)

    def pick() -> int:
        return numbers.randint(1, options.articles)

    async def around() -> int:
        return len((await graph.neighbourhood(db, pick(), ANONYMOUS, depth=3, first=24)).nodes)

    async def path() -> int:
        return len(await graph.path(db, pick(), pick(), ANONYMOUS) or ())

    yield from zip(GOALS, (around, path), strict=True)
    for name, read in (
        ("linkReport.dangling", links.dangling),
        ("linkReport.orphans", links.orphans),
        ("linkReport.oneSided", links.one_sided),
        ("linkReport.repeated", links.repeated),
        ("linkReport.formerAddresses", links.former_addresses),
    ):

        async def read_page(read: Callable[..., Awaitable[object]] = read) -> int:
            return len((await read(db, page, SYSTEM)).rows)  # type: ignore[attr-defined]

        yield name, read_page


async def _measure(read: Callable[[], Awaitable[int]], reads: int) -> GraphTimes:
    milliseconds, rows = list[float](), 0
    await read()
    for _ in range(reads):
        start = time.process_time()
        rows = await read()
        milliseconds.append((time.process_time() - start) * 1_000)
    return GraphTimes(statistics.median(milliseconds), max(milliseconds), rows)
