"""`hub eval`: the quality of search and extraction, on collections with known answers."""

from __future__ import annotations

import json
import math
import tempfile
from collections import Counter
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Annotated, Any

import anyio
import typer

from hub.settings import Settings
from scripts.commands import judgements
from scripts.commands.output import echo
from scripts.importers.fidelity import comparison, headlines
from scripts.importers.html import extraction_quality
from scripts.importers.registry import open_reader
from scripts.importers.source import SourceError
from scripts.spam import evaluation
from search_index.configured import read_password
from search_index.engine import EngineOptions, SearchEngine
from search_index.engines import open_engine
from search_index.evaluation.collection import Collection, load
from search_index.evaluation.metrics import RelevanceMetrics, measure
from search_index.query import NoIndex, UnknownEngine

app = typer.Typer(help="Measure how good search and imports are; no hub of yours is changed.")
app.command()(judgements.site)
app.command()(judgements.judge)
NAMES = {"ndcg10": "nDCG@10", "map": "MAP", "recall100": "recall@100"}
LISTED_QUERIES = 5
LISTED_WORDS = 8


@app.command()
def relevance(
    folder: Annotated[
        Path,
        typer.Argument(
            metavar="DIR", help="Holds docs.jsonl, queries.jsonl and qrels.tsv.", file_okay=False
        ),
    ],
    save: Annotated[
        Path | None, typer.Option(help="Keep this run's figures here, to compare with later.")
    ] = None,
    against: Annotated[
        Path | None, typer.Option(help="Compare with the run that was saved here.")
    ] = None,
    engine: Annotated[
        str,
        typer.Option(
            metavar="URL",
            help="The engine to measure, as HUB_SEARCH_URL names it: an index that does not exist"
            " yet, and is deleted afterwards. Whoosh without it.",
        ),
    ] = "",
    as_json: Annotated[
        bool, typer.Option("--json", help="Print the figures as JSON too, on the last line.")
    ] = False,
) -> None:
    """Index a collection, ask all its queries, and tell how well the hits are ordered.

    docs.jsonl holds objects with id, title, text and perhaps author; queries.jsonl objects with id
    and text; qrels.tsv lines of query, document and grade, where a grade above 0 is relevant.
    """
    try:
        collection = load(folder)
        before = _load_saved(against) if against else None
    except (OSError, ValueError) as error:
        echo(f"hub: {error}", err=True)
        raise typer.Exit(1) from error
    figures = anyio.run(_measure, collection, engine)
    echo(
        f"{collection.name}: {len(collection.documents)} documents,"
        f" {figures.queries} queries with a relevant one"
    )
    for key, name in NAMES.items():
        value = getattr(figures, key)
        change = f"  {value - before[key]:+.4f}" if before else ""
        echo(f"{name:12}{value:.4f}{change}")
    if before:
        _print_changes(collection, figures, before["of_query"])
    rounded = {key: round(getattr(figures, key), 6) for key in NAMES}
    if save:
        save.write_text(json.dumps(rounded | {"of_query": dict(figures.ndcg10_by_query)}) + "\n")
    if as_json:
        echo(json.dumps(rounded))


@app.command()
def html(
    folder: Annotated[
        Path,
        typer.Argument(
            metavar="DIR", help="Holds folders with source.html and expected.html.", file_okay=False
        ),
    ],
    as_json: Annotated[
        bool, typer.Option("--json", help="Print the figures as JSON too, on the last line.")
    ] = False,
) -> None:
    """Import saved pages, and tell how much of the expected words is in them and nothing else.

    A page's F1 is the harmonic mean of precision and recall over its words, each as often as it
    stands there, upper and lower case alike (as extractors are compared by, e.g. Bevendorff et
    al., "An Empirical Comparison of Web Content Extraction Algorithms", SIGIR 2023). Then the tags
    of each page are stripped, and the headline is looked for in its text.
    """
    figures = extraction_quality.measure_f1(folder)
    if not figures:
        echo(f"hub: {folder}: there is no folder with source.html and expected.html", err=True)
        raise typer.Exit(1)
    mean = sum(figures.values()) / len(figures)
    for name, value in sorted(figures.items(), key=lambda entry: entry[1])[:LISTED_QUERIES]:
        echo(f"{value:.3f}  {name}")
    echo(f"mean F1 {mean:.4f} over {len(figures)} pages; above are the worst")
    results = headlines.measure_headlines(folder)
    for name, result in results.items():
        if not result.is_right:
            echo(f"without tags, {name} is called: {result.headline or '(nothing)'}")
    right = sum(result.is_right for result in results.values())
    echo(f"without tags, {right} of {len(results)} pages have their headline")
    if as_json:
        echo(json.dumps({"f1": round(mean, 6), "of_page": figures, "headlines": right}))


@app.command("import")
def import_(
    path: Annotated[Path, typer.Argument(metavar="SOURCE", help="A file or folder to import.")],
    as_json: Annotated[
        bool, typer.Option("--json", help="Print the figures as JSON too, on the last line.")
    ] = False,
) -> None:
    """Tell how much of each article in a source an import would store.

    The words, images, links, tables and code blocks of every record are read without the importer
    and compared with the body that the hub would store. Articles that keep less than 99 % of their
    words are named with the missing words; what is left out by rule is counted apart. Compared are
    WordPress and Ghost exports, Markdown, feeds, JSONL and CSV. No hub is touched.
    """
    try:
        results = list(comparison.compare(path, open_reader(path)))
    except (SourceError, ValueError, LookupError, OSError) as error:
        echo(f"hub: {error}", err=True)
        raise typer.Exit(1) from error
    complete = sum(result.share >= comparison.MIN_SHARE for result in results)
    for result in sorted(results, key=lambda result: result.share):
        missing = ", ".join(list(result.missing)[:LISTED_WORDS])
        if result.share < comparison.MIN_SHARE:
            echo(f"{result.share:7.2%}  {result.place}: {result.title}: without {missing}")
        elif result.lost:
            lost = ", ".join(f"{count} {name}" for name, count in result.lost.items())
            echo(f"{result.share:7.2%}  {result.place}: {result.title}: without {lost}")
    share = complete / len(results) if results else 1.0
    echo(f"{complete} of {len(results)} articles ({share:.2%}) keep 99 % of their words")
    by_rule = sum((result.by_rule for result in results), Counter[str]())
    for name, count in by_rule.items():
        if count:
            echo(f"left out by rule: {count} words in {name}")
    if as_json:
        shares = {result.place: round(result.share, 6) for result in results}
        rules = {name: count for name, count in by_rule.items() if count}
        figures = {"complete": complete, "articles": len(results), "by_rule": rules}
        echo(json.dumps(figures | {"share_of": shares}))


async def _measure(collection: Collection, url: str) -> RelevanceMetrics:
    with tempfile.TemporaryDirectory(prefix="hub-eval-") as folder:
        credentials = EngineOptions(time_limit_seconds=math.inf)
        if url:
            settings = Settings()
            credentials = replace(
                credentials, user=settings.search_user, password=read_password(settings)
            )
        engine = open_engine(url or f"whoosh:{folder}", credentials)
        try:
            return await _measure_engine(engine, collection)
        finally:
            await engine.close()


async def _measure_engine(engine: SearchEngine, collection: Collection) -> RelevanceMetrics:
    try:
        await engine.status()
    except NoIndex:
        pass
    else:
        raise UnknownEngine("--engine must name an index that does not exist yet")
    async with engine.rebuild() as building:
        await building.write(collection.documents, [])
    try:
        return await measure(engine, collection.queries, collection.relevant)
    finally:
        await engine.discard()


def _load_saved(path: Path) -> dict[str, Any]:
    saved = json.loads(path.read_text())
    if not isinstance(saved, dict) or not {*NAMES, "of_query"} <= saved.keys():
        raise ValueError(f"{path} was not written by hub eval relevance --save")
    return saved


def _print_changes(
    collection: Collection, now: RelevanceMetrics, before: Mapping[str, float]
) -> None:
    """Print the queries that changed most, in nDCG@10, losses first."""
    changes = sorted(
        (value - before[query], query)
        for query, value in now.ndcg10_by_query.items()
        if query in before and abs(value - before[query]) > 1e-9
    )
    for title, part in (
        ("worse", [item for item in changes if item[0] < 0][:LISTED_QUERIES]),
        ("better", [item for item in reversed(changes) if item[0] > 0][:LISTED_QUERIES]),
    ):
        for change, query in part:
            echo(f"{title:8}{change:+.3f}  {query}: {collection.queries[query][:80]}")


@app.command()
def spam(
    paths: Annotated[list[Path], typer.Argument(help="Exports with comments, or folders of them.")],
    as_json: Annotated[
        bool, typer.Option("--json", help="Print the figures as JSON too, on the last line.")
    ] = False,
) -> None:
    """Tell how much spam the filter of comments holds, and how many approved comments.

    The approved comments are those of exports. The spam is written by rules: half of its kinds is
    learned, the other half measures, and so do kinds in other languages. No hub is touched.
    """
    files = [
        file for path in paths for file in (sorted(path.rglob("*.*")) if path.is_dir() else [path])
    ]
    try:
        approved = evaluation.read_approved(file for file in files if file.is_file())
    except (SourceError, ValueError, OSError) as error:
        echo(f"hub: {error}", err=True)
        raise typer.Exit(1) from error
    if len(approved) < evaluation.LEARNED_OF_EACH:
        echo(f"hub: {len(approved)} approved comments are too few to measure anything", err=True)
        raise typer.Exit(1)
    table = evaluation.measure(approved)
    totals = [
        table.approved,
        evaluation.sum_up("spam of other kinds than learned", table.kinds),
        evaluation.sum_up("spam in other languages", table.foreign),
    ]
    echo(f"{len(approved)} approved comments, in {evaluation.SPLITS} divisions")
    for line in (*table.kinds, *table.foreign, *totals):
        echo(f"{line.name:34}{line.held:7} of{line.judged:6} held  {line.share:8.2%}")
    if as_json:
        echo(json.dumps({line.name: round(line.share, 4) for line in totals}))
