"""`hub search`: statistics of readers' searches."""

from __future__ import annotations

from typing import Annotated

import anyio
import typer

from hub.db.database import open_database
from hub.reads import query_statistics
from hub.settings import Settings
from scripts.commands.output import Table, print_table

app = typer.Typer(help="Look at what readers search for.")


@app.callback()
def _group() -> None:
    """Make `stats` a subcommand, although it is the only one."""


@app.command()
def stats(
    days: Annotated[int, typer.Option(min=1, max=3_650, help="Of how many days.")] = 30,
    limit: Annotated[int, typer.Option(min=1, max=1_000, help="How many rows of each kind.")] = 20,
) -> None:
    """Show what readers searched for most, what found nothing, and which articles they missed.

    Sums of days are all that is kept: nothing tells who asked.
    """

    async def work() -> tuple[list[query_statistics.QueryRow], ...]:
        async with open_database(Settings()) as db:
            top = await query_statistics.top(db, days, limit)
            nothing = await query_statistics.without_hits(db, days, limit)
            missing.extend(await query_statistics.missing(db, days, limit))
            return top, nothing

    missing: list[query_statistics.MissingRow] = []
    top, nothing = anyio.run(work)
    for title, rows in (("searched for most", top), ("found nothing", nothing)):
        table = Table(title, "times", "hits")
        for row in rows:
            table.add_row(row.text, str(row.searches), str(row.hits))
        print_table(table)
    table = Table("found nothing", "times", "perhaps this article, which others link to")
    for article in missing:
        table.add_row(article.text, str(article.searches), article.headline)
    print_table(table)
