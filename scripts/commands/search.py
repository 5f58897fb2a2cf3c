"""`hub search`: statistics of readers' searches, and words that are never suggested."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Annotated, Literal, NamedTuple

import anyio
import typer

from hub.auth import SYSTEM
from hub.db.database import open_database
from hub.reads import query_statistics
from hub.reads.query_statistics import (
    Days,
    HiddenRow,
    MissingRow,
    PeriodRow,
    QueryRow,
    RisingRow,
    last_days,
)
from hub.search import statistics
from hub.settings import Settings
from hub.text.plurals import count_of
from scripts.commands.output import Json, Table, echo, print_json_lines, print_table

app = typer.Typer(help="Look at what readers search for, and block suggestions.")
Words = Annotated[str, typer.Argument(help='The words, in quotes if several: "Jane Doe".')]


class Statistics(NamedTuple):
    """What `hub search stats` shows."""

    queries: dict[str, list[QueryRow]]
    missing: list[MissingRow]
    rising: list[RisingRow]
    periods: list[PeriodRow]
    languages: list[PeriodRow]
    hidden: HiddenRow


@app.command()
def stats(
    days: Annotated[int, typer.Option(min=1, max=3_650, help="Of how many days.")] = 30,
    limit: Annotated[int, typer.Option(min=1, max=1_000, help="How many rows of each kind.")] = 20,
    first: Annotated[
        datetime | None,
        typer.Option("--from", formats=["%Y-%m-%d"], help="The first day, in place of --days."),
    ] = None,
    last: Annotated[
        datetime | None,
        typer.Option("--to", formats=["%Y-%m-%d"], help="The last day, in place of today."),
    ] = None,
    language: Annotated[str, typer.Option(help="Only searches in this language.")] = "",
    by: Annotated[Literal["day", "week"], typer.Option(help="What to sum up by.")] = "week",
    json: Json = False,
) -> None:
    """Show what readers searched for most, what found nothing, and which articles they missed.

    Missing is what no article has every word of. Sums of days are all that is kept: nothing tells
    who asked, and a text is shown once three readers searched for it on one day.
    """
    span = last_days(days)
    if last is not None:
        span = Days(last.date() - timedelta(days=days - 1), last.date())
    if first is not None:
        span = span._replace(first=first.date())
    if span.first > span.last:
        raise typer.BadParameter(f"must not be after {span.last}", param_hint="--from")
    shown = anyio.run(_read, span._replace(language=language), limit, by)
    if json:
        print_json_lines(_lines(shown, by))
        return
    tables = [table for table in _tables(shown, by) if table.row_count]
    for table in tables:
        print_table(table)
    if shown.hidden.texts:
        searches = count_of(shown.hidden.searches, "search", "searches")
        echo(f"Not shown: {searches} for {count_of(shown.hidden.texts, 'text')}.")
    if not tables:
        echo("Nothing is told yet: a text is, once three readers searched for it on one day.")


def _tables(shown: Statistics, by: str) -> Iterator[Table]:
    """Yield a table for each kind of rows."""
    titles = {"TOP": "searched for most", "NO_HITS": "found nothing", "NO_CLICKS": "never chosen"}
    for kind, rows in shown.queries.items():
        table = Table(titles[kind], "times", "hits", "clicks", "mean place")
        for row in rows:
            place = "" if row.mean_position is None else f"{row.mean_position:.1f}"
            table.add_row(row.text, str(row.searches), str(row.hits), str(row.clicks), place)
        yield table
    table = Table("missing", "times", "perhaps this article, which others link to")
    for article in shown.missing:
        table.add_row(article.text, str(article.searches), article.headline)
    yield table
    table = Table("rising", "times", "before")
    for text in shown.rising:
        table.add_row(text.text, str(text.searches), str(text.before))
    yield table
    for title, periods in ((by, shown.periods), ("language", shown.languages)):
        table = Table(title, "searches", "found nothing", "clicks")
        for name, *sums in periods:
            table.add_row(name or "unknown", *map(str, sums))
        yield table


async def _read(days: Days, limit: int, by: str) -> Statistics:
    async with open_database(Settings()) as db:
        reads = query_statistics.by_week if by == "week" else query_statistics.by_day
        return Statistics(
            {
                "TOP": await query_statistics.top(db, days, limit),
                "NO_HITS": await query_statistics.without_hits(db, days, limit),
                "NO_CLICKS": await query_statistics.without_clicks(db, days, limit),
            },
            await query_statistics.missing(db, days, limit, SYSTEM),
            await query_statistics.rising(db, days, limit),
            await reads(db, days),
            await query_statistics.by_language(db, days),
            await query_statistics.hidden(db, days),
        )


def _lines(shown: Statistics, by: str) -> Iterator[dict[str, object]]:
    """Yield an object for each row, with its kind."""
    for kind, rows in shown.queries.items():
        for row in rows:
            fields = row._asdict()
            del fields["positions"]
            share = round(row.click_through, 3)
            yield {
                **{"kind": kind, **fields},
                **{"click_through": share, "mean_position": row.mean_position},
            }
    for article in shown.missing:
        yield {"kind": "MISSING", **article._asdict()}
    for text in shown.rising:
        yield {"kind": "RISING", **text._asdict()}
    for kind, periods in ((by.upper(), shown.periods), ("LANGUAGE", shown.languages)):
        for period in periods:
            yield {"kind": kind, **period._asdict()}
    yield {"kind": "HIDDEN", **shown.hidden._asdict()}


@app.command()
def block(text: Words) -> None:
    """Never suggest searches that contain these words to readers, from now on."""

    async def work() -> str:
        async with open_database(Settings()):
            return await statistics.block(text, by=SYSTEM)

    echo(f"Searches with {anyio.run(work)!r} are not suggested.")


@app.command()
def unblock(text: Words) -> None:
    """Let searches that contain these words be suggested again."""

    async def work() -> str:
        async with open_database(Settings()):
            return await statistics.unblock(text, by=SYSTEM)

    echo(f"Searches with {anyio.run(work)!r} may be suggested.")


@app.command()
def blocked(json: Json = False) -> None:
    """List the words that no suggested search contains."""

    async def work() -> list[str]:
        async with open_database(Settings()) as db:
            return await query_statistics.blocked(db)

    texts = anyio.run(work)
    if json:
        print_json_lines({"text": text} for text in texts)
        return
    for text in texts:
        echo(text)
