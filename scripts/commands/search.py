"""`hub search`: statistics of readers' searches, and words that are never suggested."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Annotated

import anyio
import typer

from hub.auth import SYSTEM
from hub.db.database import open_database
from hub.reads import query_statistics
from hub.search import statistics
from hub.settings import Settings
from scripts.commands.output import Json, Table, echo, print_json_lines, print_table

app = typer.Typer(help="Look at what readers search for, and block suggestions.")
Words = Annotated[str, typer.Argument(help='The words, in quotes if several: "Jane Doe".')]


@app.command()
def stats(
    days: Annotated[int, typer.Option(min=1, max=3_650, help="Of how many days.")] = 30,
    limit: Annotated[int, typer.Option(min=1, max=1_000, help="How many rows of each kind.")] = 20,
    json: Json = False,
) -> None:
    """Show what readers searched for most, what found nothing, and which articles they missed.

    Missing is what no article has every word of. Sums of days are all that is kept: nothing tells
    who asked, and a text is shown once three readers searched for it on one day.
    """

    async def work() -> tuple[list[query_statistics.QueryRow], ...]:
        async with open_database(Settings()) as db:
            top = await query_statistics.top(db, days, limit)
            nothing = await query_statistics.without_hits(db, days, limit)
            missing.extend(await query_statistics.missing(db, days, limit, SYSTEM))
            return top, nothing

    missing: list[query_statistics.MissingRow] = []
    top, nothing = anyio.run(work)
    if json:
        kinds: dict[str, Sequence[query_statistics.QueryRow | query_statistics.MissingRow]]
        kinds = {"TOP": top, "NO_HITS": nothing, "MISSING": missing}
        print_json_lines(
            {"kind": kind, **_to_json(row)} for kind, rows in kinds.items() for row in rows
        )
        return
    for title, rows in (("searched for most", top), ("found nothing", nothing)):
        table = Table(title, "times", "hits", "clicks", "mean place")
        for row in rows:
            place = "" if row.mean_position is None else f"{row.mean_position:.1f}"
            table.add_row(row.text, str(row.searches), str(row.hits), str(row.clicks), place)
        print_table(table)
    table = Table("missing", "times", "perhaps this article, which others link to")
    for article in missing:
        table.add_row(article.text, str(article.searches), article.headline)
    print_table(table)


def _to_json(row: query_statistics.QueryRow | query_statistics.MissingRow) -> dict[str, object]:
    if isinstance(row, query_statistics.MissingRow):
        return row._asdict()
    fields = row._asdict()
    del fields["positions"]
    return {
        **fields,
        "click_through": round(row.click_through, 3),
        "mean_position": row.mean_position,
    }


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
