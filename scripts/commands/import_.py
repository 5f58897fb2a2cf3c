"""`hub import`: articles, related links and comments in from files, and a report of it."""

from __future__ import annotations

import json
import sys
import time
from collections.abc import AsyncIterator, Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from enum import Enum
from pathlib import Path
from typing import Annotated

import anyio
import typer
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn
from rich.table import Table

from hub import intake
from hub.auth import SYSTEM
from hub.database import connected
from hub.drafts import ArticleDraft
from hub.intake import Action, Outcome
from hub.settings import Settings
from scripts.importers.recognise import recognise
from scripts.importers.report import CONFLICT_ADVICE, Report
from scripts.importers.source import Note, Reader, Record, Refusal, Skipped, SourceError

BATCH = 100
SHOWN = 20
PLAIN_EVERY = 500

Step = Callable[[int], None]


class Kind(str, Enum):
    """What a path may be taken for."""

    WORDPRESS = "wordpress"
    GHOST = "ghost"
    FEED = "feed"
    MARKDOWN = "markdown"
    TEXT = "text"


def import_(
    paths: Annotated[list[Path], typer.Argument(help="Export files, folders, pages as text.")],
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Write nothing; show what would happen.")
    ] = False,
    as_: Annotated[
        Kind | None, typer.Option("--as", help="Take the paths for this, whatever they look like.")
    ] = None,
    source: Annotated[
        str | None,
        typer.Option(help="Name of the source, under which a later import finds its articles."),
    ] = None,
    language: Annotated[
        str | None, typer.Option(help="Language of articles that name none, as in en or pt-br.")
    ] = None,
    theirs: Annotated[
        bool, typer.Option("--theirs", help="Let the import win over edits made in the hub.")
    ] = False,
    as_json: Annotated[
        bool, typer.Option("--json", help="Print the report as JSON, on the last line.")
    ] = False,
) -> None:
    """Bring articles, related links and comments in from PATHS. Running it again changes nothing.

    Understood are WordPress exports (WXR), folders of Markdown with front matter, and scraped
    pages as text. A record that cannot be read is told with its place and stops nothing.
    The exit status is 0 when all is in, 1 when records were refused, 2 when nothing could be read.
    """
    settings = Settings()
    kind = as_.value if as_ else None

    async def work() -> Report:
        return await import_paths(
            paths,
            settings,
            kind=kind,
            source=source,
            language=language,
            theirs=theirs,
            dry_run=dry_run,
            shown=True,
        )

    report = anyio.run(work)
    _print(report)
    if as_json:
        typer.echo(json.dumps(report.as_dict(), ensure_ascii=False))
    if report.exit_status:
        raise typer.Exit(report.exit_status)


async def import_paths(
    paths: Sequence[Path],
    settings: Settings,
    *,
    kind: str | None = None,
    source: str | None = None,
    language: str | None = None,
    theirs: bool = False,
    dry_run: bool = False,
    shown: bool = False,
) -> Report:
    """Import `paths` one after the other, and tell what happened. `shown` lets progress be seen."""
    report = Report(dry_run=dry_run)
    started = time.monotonic()
    async with connected(settings):
        for path in paths:
            try:
                reader = recognise(
                    path, kind=kind, source=source, language=language or settings.language
                )
                records = _checked(reader)
                with _progress(path, reader, shown=shown) as step:
                    prefix = f"{path}: " if len(paths) > 1 else ""
                    async for outcome in _taken_in(records, report, prefix, theirs, step):
                        report.add(outcome)
                report.sources.append(reader.source)
            except SourceError as error:
                report.unreadable.append(str(error))
        if not dry_run:
            report.dangling = await intake.dangling(dict.fromkeys(report.sources))
    report.seconds = time.monotonic() - started
    return report


def _checked(reader: Reader) -> Iterator[Record]:
    """The records of a reader, its first one fetched already, so that a bad source fails here."""
    records = reader.read()
    first = next(records, None)

    def chained() -> Iterator[Record]:
        if first is not None:
            yield first
            yield from records

    return chained()


async def _taken_in(
    records: Iterable[Record], report: Report, prefix: str, theirs: bool, step: Step
) -> AsyncIterator[Outcome]:
    """What became of each draft; they are stored in batches, and what is no draft is noted."""
    batch: list[ArticleDraft] = []
    for record in records:
        if isinstance(record, ArticleDraft):
            batch.append(record)
            if len(batch) == BATCH:
                for outcome in await _stored(batch, report.dry_run, theirs):
                    yield _placed(outcome, prefix)
                batch = []
        else:
            report.note(_placed_record(record, prefix))
        step(0 if isinstance(record, Note) else 1)
    for outcome in await _stored(batch, report.dry_run, theirs):
        yield _placed(outcome, prefix)


async def _stored(batch: list[ArticleDraft], dry_run: bool, theirs: bool) -> list[Outcome]:
    return await intake.take_in(batch, by=SYSTEM, theirs=theirs, dry_run=dry_run)


def _placed(outcome: Outcome, prefix: str) -> Outcome:
    return Outcome(
        f"{prefix}{outcome.place}",
        outcome.title,
        outcome.action,
        outcome.article_id,
        outcome.reason,
        outcome.comments_added,
        outcome.fields,
    )


def _placed_record(record: Refusal | Skipped | Note, prefix: str) -> Refusal | Skipped | Note:
    if isinstance(record, Note):
        return Note(prefix + record.place, record.text)
    return type(record)(prefix + record.place, record.reason)


# ── what is seen of it ────────────────────────────────────────────────────────────────────────


@contextmanager
def _progress(path: Path, reader: Reader, *, shown: bool) -> Iterator[Step]:
    """Shows how far a reader has got: a bar on a terminal, now and then a line elsewhere."""
    title = f"{path.name or path} ({reader.kind}, as {reader.source})"
    if not shown:
        yield lambda _: None
    elif sys.stderr.isatty():
        columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn())
        with Progress(*columns, TimeElapsedColumn(), console=Console(stderr=True)) as bar:
            task = bar.add_task(title, total=reader.total())
            yield lambda done: bar.advance(task, done)
    else:
        typer.echo(f"reading {title}", err=True)
        count = 0

        def tell(done: int) -> None:
            nonlocal count
            count += done
            if done and count % PLAIN_EVERY == 0:
                typer.echo(f"  {count} records", err=True)

        yield tell


def _print(report: Report) -> None:
    for outcome in report.outcomes if report.dry_run else ():
        typer.echo(_plan(outcome))
    _print_counts(report)
    _list("Skipped", [f"{count:>6}  {reason}" for reason, count in report.skipped.most_common()])
    _list("Conflicts", [f"{one.place}: {one.title}: {CONFLICT_ADVICE}" for one in report.conflicts])
    _list("Notes", [f"{one.place}: {one.text}" for one in report.notes])
    _list(
        "Dangling links",
        [f"{a or '(an image)'}  {url or ''}".rstrip() for a, url in report.dangling],
    )
    _list("Refused", [f"{one.place}: {one.reason}" for one in report.refused], most=None)
    for reason in report.unreadable:
        typer.echo(f"hub: {reason}", err=True)


def _plan(outcome: Outcome) -> str:
    verb = {
        Action.CREATED: "would create",
        Action.UPDATED: "would update",
        Action.UNCHANGED: "is unchanged",
        Action.CONFLICT: "is in conflict",
        Action.REFUSED: "would refuse",
    }[outcome.action]
    changed = f" ({', '.join(outcome.fields)})" if outcome.fields else ""
    comments = f", {outcome.comments_added} comments" if outcome.comments_added else ""
    return f"{outcome.place}: {verb}: {outcome.title}{changed}{comments}"


def _print_counts(report: Report) -> None:
    heading = "What would happen" if report.dry_run else "Imported"
    rows = [(name, count) for name, count in report.counts() if count or name == "created"]
    if not sys.stdout.isatty():
        typer.echo(f"{heading}: " + ", ".join(f"{count} {name}" for name, count in rows))
        return
    table = Table(title=f"{heading} in {report.seconds:.1f} s", title_justify="left")
    table.add_column("what")
    table.add_column("count", justify="right")
    for name, count in rows:
        table.add_row(name, str(count))
    Console().print(table)


def _list(title: str, lines: list[str], most: int | None = SHOWN) -> None:
    if not lines:
        return
    typer.echo(f"\n{title}:")
    for line in lines[:most]:
        typer.echo(f"  {line}")
    if most is not None and len(lines) > most:
        typer.echo(f"  … and {len(lines) - most} more; --json lists all of them")
