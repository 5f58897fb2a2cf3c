"""Output of `hub import`: progress while it runs, and its report."""

from __future__ import annotations

import difflib
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager

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
from rich.text import Text
from typing_extensions import override

from hub.curation.dangling import DanglingLink
from hub.import_plan import Action, Difference, Outcome
from hub.logs import escape
from hub.text.plurals import count_of
from scripts.commands.output import Table, echo, print_table
from scripts.importers.pipeline.report import (
    CONFLICT_ADVICE,
    MAX_TITLES,
    NoteGroup,
    Report,
    group_notes,
)
from scripts.importers.source import Note, SourceReader

MAX_LISTED = 20
PLAIN_EVERY = 500
DIFF_LINES = 12

Step = Callable[[int], None]


class _Rate(ProgressColumn):
    """Column of the recent rate, in records per second."""

    @override
    def render(self, task: Task) -> Text:
        """Format the rate, as in `412/s`."""
        return Text(f"{task.speed:.0f}/s" if task.speed else "")


@contextmanager
def progress(name: str, reader: SourceReader) -> Iterator[Step]:
    """Show a reader's progress: a bar on a terminal, elsewhere a line every 500 records."""
    title = f"{name} ({reader.kind}, as {reader.source})"
    if sys.stderr.isatty():
        columns = (
            TextColumn("{task.description}", markup=False),
            BarColumn(),
            MofNCompleteColumn(),
        )
        times = (_Rate(), TimeElapsedColumn(), TextColumn("left"), TimeRemainingColumn())
        with Progress(*columns, *times, console=Console(stderr=True)) as bar:
            task = bar.add_task(escape(title), total=reader.total())
            yield lambda done: bar.advance(task, done)
    else:
        echo(f"reading {title}", err=True)
        count = 0

        def advance(done: int) -> None:
            nonlocal count
            count += done
            if done and count % PLAIN_EVERY == 0:
                echo(f"  {count} records", err=True)

        yield advance


def print_report(report: Report) -> None:
    """Print the report of an import: counts first, then details for an editor."""
    for outcome in report.outcomes if report.dry_run else ():
        echo(_describe_outcome(outcome))
    if report.sources or not report.unreadable:
        _print_counts(report)
    if report.run_id is not None:
        echo(f"Import {report.run_id}: `hub imports undo {report.run_id}` takes it back.")
    _print_list(
        "Skipped", [f"{count:>6}  {reason}" for reason, count in report.skipped.most_common()]
    )
    _print_list(
        "Withdrawn",
        [f"{outcome.place}: {outcome.title}: {outcome.reason}" for outcome in report.withdrawn],
        limit=None,
    )
    _print_list(
        "Conflicts",
        [f"{outcome.place}: {outcome.title}: {CONFLICT_ADVICE}" for outcome in report.conflicts],
    )
    _print_list("Held back, not public", _describe_notes(report.held_back))
    _print_list("Notes", _describe_notes(report.notes))
    _print_list(
        "Dangling links",
        [_describe_link(link) for link in report.dangling],
    )
    _print_list(
        "Pictures that stay on other hosts (--media copies them)",
        [f"{count:>6}  {host}" for host, count in report.pictures_elsewhere.most_common()],
    )
    _print_list(
        "Refused", [f"{refusal.place}: {refusal.reason}" for refusal in report.refused], limit=None
    )
    for reason in report.unreadable:
        echo(f"hub: {reason}", err=True)


def _describe_notes(notes: Sequence[Note]) -> list[str]:
    """Format notes in a line for each kind; one that is alone by its place."""
    return [_describe_group(group) for group in group_notes(notes)]


def _describe_group(group: NoteGroup) -> str:
    if len(group.notes) == 1:
        [note] = group.notes
        title = f"{note.title}: " if note.title else ""
        return f"{note.place}: {title}{note.text}"
    titles = group.titles
    if len(titles) == 1:  # notes about one article
        return f"{titles[0]}: {'; '.join(dict.fromkeys(note.text for note in group.notes))}"
    noun = "articles" if group.notes[0].title else "places"
    return f"{len(titles)} {noun}: {group.text}: {_list_titles(titles)}"


def _describe_link(link: DanglingLink) -> str:
    text = f"{link.anchor or '(an image)'}  {link.url or ''}".rstrip()
    return f"{text}, in {_list_titles(link.titles)}" if link.titles else text


def _list_titles(titles: Sequence[str]) -> str:
    return ", ".join(titles[:MAX_TITLES]) + (", …" if len(titles) > MAX_TITLES else "")


def _describe_outcome(outcome: Outcome) -> str:
    verb = {
        Action.CREATED: "would create",
        Action.UPDATED: "would update",
        Action.UNCHANGED: "is unchanged",
        Action.CONFLICT: "is in conflict",
        Action.REFUSED: "would refuse",
    }[outcome.action]
    changed = f" ({', '.join(outcome.fields)})" if outcome.fields else ""
    comments = f", {count_of(outcome.comments_added, 'comment')}" if outcome.comments_added else ""
    reason = f": {outcome.reason}" if outcome.action is Action.REFUSED else ""
    lines = [f"{outcome.place}: {verb}: {outcome.title}{changed}{comments}{reason}"]
    return "\n".join([*lines, *(line for change in outcome.differences for line in _diff(change))])


def _diff(change: Difference) -> list[str]:
    """Format a field's change; for a text, the lines that differ."""
    before, after = change.before.splitlines(), change.after.splitlines()
    if len(before) < 2 and len(after) < 2:
        return [f"    {change.field}: {_short(change.before)} → {_short(change.after)}"]
    lines = [
        line
        for line in difflib.unified_diff(before, after, lineterm="", n=0)
        if not line.startswith(("---", "+++", "@@")) and line.strip("+- ")
    ]
    more = [f"      … and {len(lines) - DIFF_LINES} more lines"] if len(lines) > DIFF_LINES else []
    return [
        f"    {change.field}:",
        *(f"      {_short(line)}" for line in lines[:DIFF_LINES]),
        *more,
    ]


def _short(text: str) -> str:
    return (text if len(text) <= 160 else text[:159] + "…") or "(nothing)"


def _print_counts(report: Report) -> None:
    heading = "What would happen" if report.dry_run else "Imported"
    rows = [(name, count) for name, count in report.counts() if count or name == "created"]
    if not sys.stdout.isatty():
        echo(f"{heading}: " + ", ".join(f"{count} {name}" for name, count in rows))
        _print_statuses(report)
        return
    table = Table(title=f"{heading} in {report.seconds:.1f} s", title_justify="left")
    table.add_column("what")
    table.add_column("count", justify="right")
    for name, count in rows:
        table.add_row(name, str(count))
    print_table(table)
    _print_statuses(report)


def _print_statuses(report: Report) -> None:
    """Print how many of the created and updated articles are public, or would be."""
    verb = "would be" if report.dry_run else "are"
    if counts := [f"{count} {name}" for name, count in report.status_counts() if count]:
        echo(f"Of the created and updated {verb}: " + ", ".join(counts))


def _print_list(title: str, lines: list[str], limit: int | None = MAX_LISTED) -> None:
    if not lines:
        return
    echo(f"\n{title}:")
    for line in lines[:limit]:
        echo(f"  {line}")
    if limit is not None and len(lines) > limit:
        echo(f"  … and {len(lines) - limit} more; --json lists all of them")
