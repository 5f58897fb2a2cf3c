"""`hub bench`: the cost of the hub's responses, relative to the minimum cost of a response."""

from __future__ import annotations

import signal
import sys
import tempfile
from collections.abc import Callable, Coroutine, Mapping
from dataclasses import asdict, replace
from functools import partial
from pathlib import Path
from typing import Annotated, Any, TypeVar

import anyio
import orjson
import typer

from scripts.bench import graph as graph_bench
from scripts.bench import imports, keystrokes
from scripts.bench import mixed as mixed_bench
from scripts.bench import saves as saves_bench
from scripts.bench import search as search_bench
from scripts.bench import worst as worst_bench
from scripts.bench.api import ApiBenchOptions, ApiBenchReport, run
from scripts.bench.process import BenchError
from scripts.commands.output import Table, echo, print_table
from scripts.spam import submissions as comments_bench

P = TypeVar("P")
R = TypeVar("R")

app = typer.Typer(help="Measure the hub on this machine; no hub of yours is touched.")
_DEFAULTS = ApiBenchOptions()


def _run_bench(
    run: Callable[[P, Path, Callable[[str], None]], Coroutine[Any, Any, R]], options: P
) -> R:
    """Run a benchmark in a temporary folder; if it fails, exit with the reason."""
    print_step = partial(echo, err=True)
    # SIGINT and SIGTERM must also remove the files and the scratch database. A script's
    # background jobs start with SIGINT ignored, and asyncio would not change that.
    signal.signal(signal.SIGINT, signal.default_int_handler)
    signal.signal(signal.SIGTERM, lambda *_: signal.raise_signal(signal.SIGINT))
    try:
        with tempfile.TemporaryDirectory(
            prefix="hub-bench-",
            ignore_cleanup_errors=True,  # tantivy may still be merging
        ) as folder:
            return anyio.run(
                run, options, Path(folder), print_step, backend_options={"use_uvloop": True}
            )
    except BenchError as error:
        echo(f"hub: {error}", err=True)
        sys.exit(1)


@app.command()
def api(
    articles: Annotated[
        int, typer.Option(min=20, max=1_000_000, help="Articles in the hub.")
    ] = _DEFAULTS.articles,
    rounds: Annotated[
        int, typer.Option(min=1, max=100, help="Rounds, whose medians are shown.")
    ] = _DEFAULTS.rounds,
    seconds: Annotated[
        float, typer.Option(min=0.01, max=60, help="Length of each measurement.")
    ] = _DEFAULTS.seconds,
    clients: Annotated[
        int, typer.Option(min=1, max=256, help="Clients at once, for the p99 and requests/s.")
    ] = _DEFAULTS.clients,
    database: Annotated[
        str,
        typer.Option(
            metavar="URL",
            help="A PostgreSQL server instead of SQLite; a database is made there for the bench.",
        ),
    ] = "",
    cache_bytes: Annotated[
        int, typer.Option(min=10_000, help="Room for answers, where they are kept.")
    ] = _DEFAULTS.cache_bytes,
    grown_from: Annotated[
        int,
        typer.Option(
            min=0, max=1_000_000, help="Measure a hub with so many articles first, and compare."
        ),
    ] = 0,
    json: Annotated[
        bool, typer.Option("--json", help="Print the figures as JSON too, on the last line.")
    ] = False,
) -> None:
    """Measure article pages, lists and searches over GraphQL, in multiples of plain text.

    Fills a hub in a temporary folder with made-up articles, and serves it in a process of its
    own beside one that answers with a few words; both are asked in turn.
    """
    options = ApiBenchOptions(articles, rounds, seconds, clients, database, cache_bytes)
    smaller = _run_bench(run, replace(options, articles=grown_from)) if grown_from else None
    report = _run_bench(run, options)
    growth = {} if smaller is None else _compute_growth(smaller, report)
    _print_table(report, options, growth)
    if json:
        echo(orjson.dumps({**asdict(report), "growth": growth}).decode())


def _compute_growth(smaller: ApiBenchReport, larger: ApiBenchReport) -> dict[str, float]:
    """Return each page's cost in the larger hub relative to the smaller, in multiples of floors."""
    return {
        first.name: second.times_floor / first.times_floor
        for first, second in zip(smaller.pages, larger.pages, strict=True)
    }


def _print_table(
    report: ApiBenchReport, options: ApiBenchOptions, growth: Mapping[str, float]
) -> None:
    table = Table("page", "CPU µs", "× floor", "p50 ms", "req/s", "p99 ms", "× floor", "statements")
    if growth:
        table.add_column("growth")
    for column in table.columns[1:]:
        column.justify = "right"
    for page in report.pages:
        grown = [f"{growth[page.name]:.2f}"] if growth else []
        table.add_row(
            page.name,
            f"{page.cpu_us:,.0f}",
            f"{page.times_floor:.1f}",
            f"{page.p50_ms:.2f}",
            f"{page.per_second:,.0f}",
            f"{page.p99_ms:.1f}",
            f"{page.p99_times_floor:.1f}",
            str(page.statements),
            *grown,
        )
    print_table(table)
    echo(
        f"CPU and p50 with one client; requests/s and p99 with {options.clients} at once. "
        f"The floor takes {report.floor_cpu_us:.0f} µs.\n"
        f"Within a search, the engine takes {report.engine_cpu_us:,.0f} µs "
        f"({report.engine_times_floor:.1f} × the floor).\n"
        f"To read a document that was never sent before takes {report.document_cpu_us:,.0f} µs "
        f"({report.document_times_floor:.1f} × the floor).\n"
        f"With full caches ({options.cache_bytes / 1e6:,.0f} MB of answers) a server takes "
        f"{report.memory_bytes / 1e6:,.0f} MB.\n"
        f"{report.articles} articles: {report.stored_per_second:,.0f} stored a second; "
        f"indexed and ready after {report.ready_seconds:.1f} s."
    )


@app.command()
def search(
    articles: Annotated[
        int, typer.Option(min=100, max=1_000_000, help="Articles in the index.")
    ] = search_bench.SearchBenchOptions().articles,
    queries: Annotated[
        int, typer.Option(min=10, max=10_000, help="Questions of each kind.")
    ] = search_bench.SearchBenchOptions().queries,
    json: Annotated[
        bool, typer.Option("--json", help="Print the figures as JSON too, on the last line.")
    ] = False,
) -> None:
    """Measure searches, suggestions and saves beside plain Whoosh, and tantivy where installed.

    All in this process and one thread at a time, in milliseconds of CPU; answers that were given
    before are not given again.
    """
    options = search_bench.SearchBenchOptions(articles, queries)
    report = _run_bench(search_bench.run, options)
    names = list(next(iter(report.tasks.values())))
    table = Table("CPU ms, p50 / p99", *names, "hub ÷ plain, p50", "p99")
    for column in table.columns[1:]:
        column.justify = "right"
    for name, times, p50, p99 in search_bench.ratios(report):
        cells = [
            f"{times[engine].p50_ms:,.2f} / {times[engine].p99_ms:,.2f}" if engine in times else ""
            for engine in names
        ]
        table.add_row(name, *cells, f"{p50:.2f}", f"{p99:.2f}")
    print_table(table)
    echo(
        f"{report.articles} articles; a process that only reads takes "
        f"{report.memory_mb:,.0f} MB at most."
    )
    if json:
        echo(orjson.dumps(asdict(report)).decode())


@app.command()
def typing(
    articles: Annotated[
        int, typer.Option(min=20, max=1_000_000, help="Articles in the hub.")
    ] = keystrokes.TypingBenchOptions().articles,
    users: Annotated[
        int, typer.Option(min=1, max=1_000, help="People who type at once.")
    ] = keystrokes.TypingBenchOptions().users,
    seconds: Annotated[
        float, typer.Option(min=0.5, max=600, help="For how long they type.")
    ] = keystrokes.TypingBenchOptions().seconds,
    workers: Annotated[
        int, typer.Option(min=1, max=64, help="Server processes, over which people are spread.")
    ] = keystrokes.TypingBenchOptions().workers,
    json: Annotated[
        bool, typer.Option("--json", help="Print the figures as JSON too, on the last line.")
    ] = False,
) -> None:
    """Measure how soon the search box is answered while many people type.

    Each key asks for suggestions, results, facets and related articles in the box's own request.
    What people look for follows Zipf's law, so that some of the answers may have been kept.
    """
    options = keystrokes.TypingBenchOptions(articles, users, seconds, workers)
    report = _run_bench(keystrokes.run, options)
    soon = f"within {keystrokes.SOON_MS:.0f} ms"
    columns = ("people", "keys", "keys/s", "p50 ms", "p95 ms", "p99 ms", soon, "CPU ms", "kept")
    table = Table(*columns, title=f"Server processes: {report.workers}")
    for metrics in (report.alone, report.crowd, report.kept):
        table.add_row(
            str(metrics.users),
            f"{metrics.keys:,}",
            f"{metrics.per_second:,.0f}",
            *(f"{value:.1f}" for value in (metrics.p50_ms, metrics.p95_ms, metrics.p99_ms)),
            f"{metrics.soon:.1%}",
            f"{metrics.cpu_ms:.1f}",
            f"{metrics.kept:.0%}",
        )
    for column in table.columns:
        column.justify = "right"
    print_table(table)
    if json:
        echo(orjson.dumps(asdict(report)).decode())


@app.command()
def worst(
    articles: Annotated[
        int, typer.Option(min=20, max=1_000_000, help="Articles in the hub.")
    ] = worst_bench.WorstBenchOptions().articles,
    long: Annotated[
        int, typer.Option(min=1, max=100_000, help="Articles of them with 100 kB of text.")
    ] = worst_bench.WorstBenchOptions().long,
    json: Annotated[
        bool, typer.Option("--json", help="Print the figures as JSON too, on the last line.")
    ] = False,
) -> None:
    """Measure the dearest requests that the hub accepts from anybody.

    Sends generated documents, as large as they are accepted, feeds, sitemaps and batches of
    InstantSearch to a hub with long articles, and compares their CPU with their cost, and with
    the CPU of an article page.
    """
    options = worst_bench.WorstBenchOptions(articles, long)
    report = _run_bench(worst_bench.run, options)
    table = Table("request", "size", "cost", "CPU ms", "µs a unit", "× page", "kB")
    for column in table.columns[1:]:
        column.justify = "right"
    for shape in sorted(report.shapes, key=lambda shape: -shape.cpu_ms):
        table.add_row(
            shape.name,
            str(shape.size or ""),
            "" if shape.cost is None else f"{shape.cost:,}",
            f"{shape.cpu_ms:,.1f}",
            "" if shape.us_a_unit is None else f"{shape.us_a_unit:.1f}",
            f"{shape.cpu_ms / report.page_ms:,.0f}",
            f"{shape.bytes / 1e3:,.0f}",
        )
    print_table(table)
    echo(
        f"An article page takes {report.page_ms:.2f} ms of CPU; the dearest request "
        f"{report.worst_times_page:,.0f} times as much.\n"
        f"A unit of cost takes {report.median_us:.1f} µs (median), and "
        f"{report.worst_us / report.median_us:.1f} times as much at worst."
    )
    if json:
        echo(orjson.dumps(asdict(report)).decode())


@app.command()
def mixed(
    articles: Annotated[
        int, typer.Option(min=20, max=1_000_000, help="Articles in the hub.")
    ] = mixed_bench.MixedBenchOptions().articles,
    seconds: Annotated[
        float, typer.Option(min=0.1, max=600, help="Length of each measurement.")
    ] = mixed_bench.MixedBenchOptions().seconds,
    workers: Annotated[
        list[int] | None,
        typer.Option(min=1, max=64, help="Server processes; may be repeated. [default: 1, 2]"),
    ] = None,
    database: Annotated[
        str,
        typer.Option(
            metavar="URL",
            help="A PostgreSQL server instead of SQLite; databases are made there for the bench.",
        ),
    ] = "",
    against: Annotated[
        Path | None,
        typer.Option(exists=True, file_okay=False, help="Another checkout, measured in turn."),
    ] = None,
    json: Annotated[
        bool, typer.Option("--json", help="Print the figures as JSON too, on the last line.")
    ] = False,
) -> None:
    """Measure saves beside reads: how long each takes while 64 clients do both.

    Article pages and lists are read, uncached; articles are created. Goals are multiples of what
    the same hub did in the same run: alone, and without writes.
    """
    chosen = tuple(workers or mixed_bench.MixedBenchOptions().workers)
    options = mixed_bench.MixedBenchOptions(articles, seconds, chosen, database, against)
    report = _run_bench(mixed_bench.run, options)
    for hub in report.hubs:
        print_table(_mixed_table(hub))
    table = Table("goal", *(f"{hub.code}, {hub.workers}" for hub in report.hubs))
    for first, *others in zip(*map(mixed_bench.goals, report.hubs), strict=True):
        sign = "≥" if first.at_least else "≤"
        cells = [
            f"{goal.reached:.1f}{'' if goal.is_met else ' (missed)'}" for goal in (first, *others)
        ]
        table.add_row(f"{first.name} {sign} {first.bound:g}", *cells)
    print_table(table)
    if json:
        echo(orjson.dumps(asdict(report)).decode())


def _mixed_table(hub: mixed_bench.HubReport) -> Table:
    columns = ("requests", "requests/s", "read p50 / p99 ms", "save p50 / p99 ms", "saves")
    table = Table(
        *columns,
        "found after ms",
        title=f"{hub.code}, server processes: {hub.workers}",
    )
    for column in table.columns[1:]:
        column.justify = "right"
    for row in (hub.idle, hub.beside_readers, *hub.mixed):
        reads, saves, found = (
            f"{values.p50_ms:,.1f} / {values.p99_ms:,.1f}" if values.number else ""
            for values in (row.reads, row.saves, row.found)
        )
        table.add_row(
            row.name, f"{row.per_second:,.0f}", reads, saves, f"{row.saves.number:,}", found
        )
    return table


@app.command("import")
def import_(
    articles: Annotated[
        int, typer.Option(min=100, max=1_000_000, help="Articles in the export.")
    ] = imports.ImportBenchOptions().articles,
) -> None:
    """Import a WordPress export, and tell how long reading and storing took, in CPU time.

    The floor is SQLite alone, storing the same rows in transactions of as many articles.
    """
    report = _run_bench(imports.run, imports.ImportBenchOptions(articles=articles))
    ms_per_article = 1_000 / report.articles
    table = Table(
        title=f"{report.articles:,} articles of {report.words:.0f} words with {imports.COMMENTS}"
        f" comments, {report.megabytes:.1f} MB"
    )
    for name in ("part", "CPU ms an article", "articles/s of CPU", "÷ floor"):
        table.add_column(name, justify="left" if name == "part" else "right")
    for name, seconds in (
        ("reading", report.reading),
        ("storing", report.storing),
        ("all of it again, unchanged", report.reimport),
        ("SQLite alone", report.floor),
    ):
        rate = f"{report.articles / seconds:,.0f}"
        table.add_row(
            name, f"{seconds * ms_per_article:.2f}", rate, f"{seconds / report.floor:.1f}"
        )
    print_table(table)
    echo(f"memory grew by {report.peak_megabytes:.0f} MB at most while it was read")


@app.command()
def graph(
    articles: Annotated[
        int, typer.Option(min=1_000, max=1_000_000, help="Articles in the hub, with 20 edges each.")
    ] = graph_bench.GraphBenchOptions().articles,
) -> None:
    """Measure reads of the related graph and of the link report, in CPU time."""
    report = _run_bench(graph_bench.run, graph_bench.GraphBenchOptions(articles))
    table = Table("read", "CPU ms, p50", "max", "goal", "rows")
    for name, times in report.times.items():
        goal = f"{graph_bench.GOALS[name]:.0f}" if name in graph_bench.GOALS else ""
        table.add_row(name, f"{times.p50_ms:.1f}", f"{times.max_ms:.1f}", goal, str(times.rows))
    print_table(table)
    echo(f"{report.articles:,} articles with {report.edges:,} edges.")


@app.command()
def saves(
    articles: Annotated[
        int, typer.Option(min=20, max=1_000_000, help="Articles in the index.")
    ] = saves_bench.SavesBenchOptions().articles,
    saves: Annotated[
        int, typer.Option(min=1, max=10_000, help="Saves while nothing else happens.")
    ] = saves_bench.SavesBenchOptions().saves,
    seconds: Annotated[
        float, typer.Option(min=0.1, max=3_600, help="Length of the import.")
    ] = saves_bench.SavesBenchOptions().seconds,
    json: Annotated[
        bool, typer.Option("--json", help="Print the figures as JSON too, on the last line.")
    ] = False,
) -> None:
    """Measure the time from a save until it is found: idle, after a rebuild, during an import.

    The index alone, in this process; the goal is relative to the idle median of the same run.
    """
    options = saves_bench.SavesBenchOptions(articles, saves, seconds)
    report = _run_bench(saves_bench.run, options)
    table = Table("until found", "saves", "p50 ms", "p99 ms", "max ms", "p50 × idle", "max × idle")
    for column in table.columns[1:]:
        column.justify = "right"
    for name, times in report.times.items():
        milliseconds = (times.p50_ms, times.p99_ms, times.max_ms)
        ratios = (times.p50_ratio, times.max_ratio)
        table.add_row(
            name,
            f"{times.number:,}",
            *(f"{value:,.0f}" for value in milliseconds),
            *(f"{value:.1f}" for value in ratios),
        )
    print_table(table)
    echo(
        f"{report.articles} articles; {report.batches} batches were imported. "
        f"Goal: {saves_bench.GOAL:.0f} × the idle median."
    )
    if json:
        echo(orjson.dumps(asdict(report)).decode())


@app.command()
def comments(
    stored: Annotated[int, typer.Option(min=0, help="Comments that were judged before.")] = 500,
    submissions: Annotated[int, typer.Option(min=1, help="Comments that are measured.")] = 200,
) -> None:
    """Measure the processor time of a comment that is submitted with all checks."""
    options = comments_bench.CommentsBenchOptions(stored, submissions)
    report = _run_bench(comments_bench.run, options)
    echo(
        f"{report.submissions} comments of {options.words} words: {report.cpu_ms:.2f} ms of CPU "
        f"each (goal: {comments_bench.GOAL_MS:.0f}), {report.elapsed_ms:.2f} ms elapsed"
    )
