"""`hub audit`: the audit trail on the command line."""

from __future__ import annotations

import json
import os
from collections.abc import AsyncIterator, Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated

import anyio
import typer

from hub import audit
from hub.auth import SYSTEM
from hub.db.database import Reader, open_database
from hub.db.keyset import MAX_PAGE, PageArgs
from hub.errors import Invalid
from hub.models import Door
from hub.reads import audit as reads
from hub.settings import Settings
from hub.text.plurals import count_of
from scripts.commands.confirm import Yes, confirm
from scripts.commands.output import Table, echo, print_table

app = typer.Typer(help="Tell who changed what, when, and by which door.")


def _parse_moment(text: str) -> datetime:
    try:
        moment = datetime.fromisoformat(text)
    except ValueError as error:
        raise typer.BadParameter(
            f"{text!r} is no date as 2026-03-01 or 2026-03-01T12:00"
        ) from error
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)


Action = Annotated[
    str | None, typer.Option(help="An action as article.publish, or all of a kind as article.")
]
Subject = Annotated[
    str | None, typer.Option(help="The record that was changed, as Article:12, or Article for all.")
]
Actor = Annotated[str | None, typer.Option(help="The name of a token, or system, or anonymous.")]
TokenId = Annotated[int | None, typer.Option(help="The number of a token in `hub token list`.")]
By = Annotated[Door | None, typer.Option(help="How the change came in.", case_sensitive=False)]
Since = Annotated[
    datetime | None,
    typer.Option(parser=_parse_moment, metavar="DATE", help="Not before this moment, in UTC."),
]
Until = Annotated[
    datetime | None,
    typer.Option(parser=_parse_moment, metavar="DATE", help="Before this moment, in UTC."),
]


@app.command("list")
def list_(
    action: Action = None,
    subject: Subject = None,
    actor: Actor = None,
    token: TokenId = None,
    door: By = None,
    since: Since = None,
    until: Until = None,
    limit: Annotated[int, typer.Option(min=1, max=10_000, help="How many at most.")] = 20,
    as_json: Annotated[bool, typer.Option("--json", help="Print a line of JSON for each.")] = False,
) -> None:
    """Show the entries of the audit trail, the newest first."""
    conditions = _filter(action, subject, actor, token, door, since, until)

    async def work() -> list[reads.AuditRow]:
        async with open_database(Settings()) as db:
            return [row async for row in _entries(db, conditions, limit)]

    rows = anyio.run(work)
    if as_json:
        for row in rows:
            echo(_to_json(row))
        return
    table = Table("when", "who", "door", "action", "of", "changes")
    for row in rows:
        number = "" if row.subject_id is None else f":{row.subject_id}"
        table.add_row(
            row.at[:19],
            row.actor if row.token_id is None else f"{row.actor} ({row.token_id})",
            row.door,
            row.action,
            f"{row.subject}{number}",
            _summarise(row),
        )
    print_table(table)


@app.command()
def export(
    file: Annotated[
        Path, typer.Argument(help="Where to write; `-` for standard output.", allow_dash=True)
    ],
    action: Action = None,
    subject: Subject = None,
    actor: Actor = None,
    token: TokenId = None,
    door: By = None,
    since: Since = None,
    until: Until = None,
) -> None:
    """Write the entries to FILE, the newest first, a line of JSON for each.

    The file can be read by its owner alone. An existing one is replaced once all is written.
    """
    conditions = _filter(action, subject, actor, token, door, since, until)
    if str(file) == "-":
        anyio.run(_write, conditions, echo)
        return
    temporary = file.with_name(f"{file.name}.new")
    try:
        descriptor = os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        with os.fdopen(descriptor, "w", encoding="utf-8") as stream:
            number = anyio.run(_write, conditions, lambda line: stream.write(f"{line}\n"))
        os.replace(temporary, file)
    except OSError as error:
        raise Invalid("file", f"{file} cannot be written ({error.strerror})") from error
    echo(f"Wrote {count_of(number, 'entry', 'entries')} to {file}.")


@app.command()
def erase(
    subject: Annotated[str, typer.Argument(help="The record, as Comment:12.")],
    yes: Yes = False,
) -> None:
    """Blank the values in all entries on a record. Who changed it, and when, stays."""
    kind, number = _parse_subject(subject)
    if kind is None or number is None:
        raise Invalid("subject", "is a kind and a number, as Comment:12")
    confirm(f"The values of all entries on {subject} will be gone for good.", yes)

    async def work() -> int:
        async with open_database(Settings()):
            return await audit.erase(kind, number, by=SYSTEM)

    echo(f"Erased the values of {count_of(anyio.run(work), 'entry', 'entries')} on {subject}.")


def _filter(
    action: str | None,
    subject: str | None,
    actor: str | None,
    token: int | None,
    door: Door | None,
    since: datetime | None,
    until: datetime | None,
) -> reads.AuditFilter:
    kind, number = _parse_subject(subject)
    return reads.AuditFilter(action, kind, number, actor, token, door, since, until)


def _parse_subject(text: str | None) -> tuple[str | None, int | None]:
    """Return the kind and number of `Article:12` or `Article`. Raises Invalid."""
    kind, _, number = (text or "").partition(":")
    if text is not None and kind not in audit.SUBJECTS:
        raise Invalid("subject", f"{kind!r} is none of {', '.join(audit.SUBJECTS)}")
    if number and not (number.isdecimal() and len(number) < 19):
        raise Invalid("subject", f"{number!r} is no number of a record")
    return kind or None, int(number) if number else None


async def _entries(
    db: Reader, conditions: reads.AuditFilter, limit: int | None = None
) -> AsyncIterator[reads.AuditRow]:
    """Yield the entries, the newest first, a page of them at a time."""
    after, number = None, 0
    while limit is None or number < limit:
        size = MAX_PAGE if limit is None else min(MAX_PAGE, limit - number)
        page = await reads.page(db, PageArgs(size, after=after), conditions, SYSTEM)
        for row in page.rows:
            yield row
        if not page.has_next:
            return
        number += len(page.rows)
        after = (datetime.fromisoformat(page.rows[-1].at).isoformat(), page.rows[-1].id)


async def _write(conditions: reads.AuditFilter, write: Callable[[str], object]) -> int:
    """Pass each entry to `write` as a line of JSON, and return their number."""
    number = 0
    async with open_database(Settings()) as db:
        async for row in _entries(db, conditions):
            write(_to_json(row))
            number += 1
    return number


def _to_json(row: reads.AuditRow) -> str:
    values = row._asdict()
    values["changes"] = {change.field: [change.before, change.after] for change in row.changes}
    for name in ("at", "erased_at"):
        if values[name] is not None:
            values[name] = datetime.fromisoformat(values[name]).isoformat()
    return json.dumps(values, ensure_ascii=False)


def _summarise(row: reads.AuditRow) -> str:
    if row.erased_at is not None:
        return "erased"
    texts = [
        f"{change.field}: {_short(change.before)} → {_short(change.after)}"
        for change in row.changes
    ]
    return "; ".join(texts)


def _short(value: str | None) -> str:
    text = "–" if value is None else value
    return text if len(text) <= 40 else f"{text[:39]}…"
