"""`hub eval`: the quality of search and extraction, on collections with known answers."""

from __future__ import annotations

import json
import tempfile
from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Any

import anyio
import typer

from scripts.commands.output import echo
from scripts.importers.html import extraction_quality
from search_index.engine import NO_TIME_LIMIT
from search_index.engines import open_engine
from search_index.evaluation import Collection, RelevanceMetrics, load, measure

app = typer.Typer(help="Measure how good search and imports are; no hub of yours is touched.")
NAMES = {"ndcg10": "nDCG@10", "map": "MAP", "recall100": "recall@100"}
LISTED_QUERIES = 5


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
    figures = anyio.run(_measure, collection)
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
    al., "An Empirical Comparison of Web Content Extraction Algorithms", SIGIR 2023).
    """
    figures = extraction_quality.measure_f1(folder)
    if not figures:
        echo(f"hub: {folder}: there is no folder with source.html and expected.html", err=True)
        raise typer.Exit(1)
    mean = sum(figures.values()) / len(figures)
    for name, value in sorted(figures.items(), key=lambda entry: entry[1])[:LISTED_QUERIES]:
        echo(f"{value:.3f}  {name}")
    echo(f"mean F1 {mean:.4f} over {len(figures)} pages; above are the worst")
    if as_json:
        echo(json.dumps({"f1": round(mean, 6), "of_page": figures}))


async def _measure(collection: Collection) -> RelevanceMetrics:
    with tempfile.TemporaryDirectory(prefix="hub-eval-") as folder:
        engine = open_engine(f"whoosh:{folder}", NO_TIME_LIMIT)
        async with engine.rebuild() as building:
            await building.write(collection.documents, [])
        figures = await measure(engine, collection)
        await engine.close()
    return figures


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
