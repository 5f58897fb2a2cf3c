"""`hub links`: the links between articles."""

from __future__ import annotations

from typing import Annotated

import typer

from hub import links
from hub.db.database import Reader
from scripts.commands.content.lookup import run
from scripts.commands.output import Json, echo, print_json_lines

app = typer.Typer(help="Store where the links of texts lead.")


@app.callback()
def links_() -> None:
    """Take the options before the subcommand."""


@app.command()
def rewrite(
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Show what would be stored; store nothing.")
    ] = False,
    json: Json = False,
) -> None:
    """Store where the links of all texts lead, as a save does since version 0.3.

    Texts stay as they are; their links to articles of the hub become relations, and are served as
    present addresses. An interrupted run is simply run again.
    """

    async def work(_: Reader) -> list[links.Linked]:
        linked, after = list[links.Linked](), 0
        while True:
            last, batch = await links.rewrite(after, dry_run=dry_run)
            linked += batch
            if last is None:
                return linked
            after = last

    linked = run(work)
    if json:
        print_json_lines(row._asdict() for row in linked)
        return
    for row in linked:
        echo(f"{row.edges} in {row.title} ({row.id})")
    total = sum(row.edges for row in linked)
    echo(f"{total} links of {len(linked)} articles {'would be' if dry_run else 'are'} stored")
