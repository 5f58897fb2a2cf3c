"""`hub redirects`: from the former addresses of articles to their present ones."""

from __future__ import annotations

from typing import Annotated

import typer

from hub.db.database import Reader
from hub.errors import Invalid
from hub.settings import Settings
from scripts.commands.content.lookup import run
from scripts.commands.output import Json, echo, print_rows
from scripts.redirects import Format, Redirect, redirects, render

app = typer.Typer(help="Lead readers from former addresses of articles to their present ones.")


@app.command("list")
def list_(
    limit: Annotated[int, typer.Option(min=1, max=100_000, help="How many at most.")] = 100,
    json: Json = False,
) -> None:
    """Show former paths of public articles and where they lead now, by article."""
    pattern = _pattern()

    async def work(db: Reader) -> list[Redirect]:
        rows = []
        async for row in redirects(db, pattern):
            rows.append(row)
            if len(rows) == limit:
                break
        return rows

    print_rows(json, ("path", "destination"), run(work))


@app.command()
def export(
    format_: Annotated[
        Format, typer.Option("--format", help="Of which server, or csv for all others.")
    ] = Format.CSV,
) -> None:
    """Print the redirects as a map that a server reads; each leads to its end in one hop."""
    pattern = _pattern()

    async def work(db: Reader) -> None:
        async for line in render(redirects(db, pattern), format_):
            echo(line)

    run(work)


def _pattern() -> str:
    """Return the pattern of the articles' addresses. Raises Invalid if it is not set."""
    pattern = Settings().article_url
    if not pattern:
        raise Invalid(
            "HUB_ARTICLE_URL",
            "set it to where articles are read now, such as https://example.org/{slug}",
        )
    return pattern
