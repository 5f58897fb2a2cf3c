"""What is seen of `hub import`: progress while it runs, and its report."""

from __future__ import annotations

import difflib
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import typer
from rich.console import Console
from rich.progress import (
    BarColumn,
    MofNCompleteColumn,
    Progress,
    ProgressColumn,
    Task,
    TextColumn,
    TimeElapsedColumn,
    TimeRemainingColumn,
)
from rich.table import Table
from rich.text import Text
from typing_extensions import override

from hub.imports import Action, Difference, Outcome
from scripts.importers.pipeline.report import CONFLICT_ADVICE, Report
from scripts.importers.source import Reader

SHOWN = 20
PLAIN_EVERY = 500
DIFF_LINES = 12

Step = Callable[[int], None]


class _Rate(ProgressColumn):
    """Records a second, over the last while."""

    @override
    def render(self, task: Task) -> Text:
        """As in `412/s`."""
        return Text(f"{task.speed:.0f}/s" if task.speed else "")


@contextmanager
def progress(name: str, reader: Reader) -> Iterator[Step]:
    """Shows how far a reader has got: a bar on a terminal, now and then a line elsewhere."""
    title = f"{name} ({reader.kind}, as {reader.source})"
    if sys.stderr.isatty():
        columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn())
        times = (_Rate(), TimeElapsedColumn(), TextColumn("left"), TimeRemainingColumn())
        with Progress(*columns, *times, console=Console(stderr=True)) as bar:
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


def print_report(report: Report) -> None:
    """Print what an import has done: counts first, then what an editor may want to look at."""
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
    reason = f": {outcome.reason}" if outcome.action is Action.REFUSED else ""
    lines = [f"{outcome.place}: {verb}: {outcome.title}{changed}{comments}{reason}"]
    return "\n".join([*lines, *(line for one in outcome.differences for line in _diff(one))])


def _diff(one: Difference) -> list[str]:
    """A field's change; of a text, the lines that differ."""
    before, after = one.before.splitlines(), one.after.splitlines()
    if len(before) < 2 and len(after) < 2:
        return [f"    {one.field}: {_short(one.before)} → {_short(one.after)}"]
    lines = [
        line
        for line in difflib.unified_diff(before, after, lineterm="", n=0)
        if not line.startswith(("---", "+++", "@@")) and line.strip("+- ")
    ]
    more = [f"      … and {len(lines) - DIFF_LINES} more lines"] if len(lines) > DIFF_LINES else []
    return [f"    {one.field}:", *(f"      {_short(line)}" for line in lines[:DIFF_LINES]), *more]


def _short(text: str) -> str:
    return (text if len(text) <= 160 else text[:159] + "…") or "(nothing)"


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
