"""`hub synonyms` and `hub pins`: the search tuning on the command line."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Annotated

import anyio
import typer

from hub.auth import SYSTEM
from hub.db.database import open_database
from hub.errors import Invalid, NotFound
from hub.reads import articles
from hub.reads import search_tuning as reads
from hub.search import tuning
from hub.settings import Settings
from scripts.commands.output import Json, Table, echo, print_json_lines, print_table

synonyms = typer.Typer(help="Words that stand for each other in searches.")
pins = typer.Typer(help="Articles that come first for a text.")
SetName = Annotated[str, typer.Argument(help="The number that `list` shows, or a word of the set.")]
PinName = Annotated[str, typer.Argument(help="The number that `list` shows, or the text.")]


def _choose(name: str, kind: str, by_number: Iterable[int], by_text: Sequence[int]) -> int:
    """Return the id that a number or a text names. Raises NotFound, or Invalid for several."""
    if name.isdecimal() and int(name) in set(by_number):
        return int(name)
    if not by_text:
        raise NotFound(kind, name)
    if len(by_text) > 1:
        numbers = ", ".join(map(str, by_text))
        raise Invalid("name", f"stands for several; give one of the numbers {numbers}")
    return by_text[0]


@synonyms.command("list")
def list_synonyms(json: Json = False) -> None:
    """Show all sets of synonyms."""

    async def work() -> list[reads.SynonymRow]:
        async with open_database(Settings()) as db:
            return await reads.synonyms(db)

    rows = anyio.run(work)
    if json:
        print_json_lines(row._asdict() for row in rows)
        return
    table = Table("id", "typed", "finds")
    for row in rows:
        words = ", ".join(row.words)
        table.add_row(str(row.id), row.typed or words, words)
    print_table(table)


@synonyms.command("add")
def add_synonyms(
    words: Annotated[list[str], typer.Argument(help='Words, or several in quotes: "New York".')],
    typed: Annotated[
        str | None, typer.Option(help="One way only: who types this finds the words too.")
    ] = None,
) -> None:
    """Let words stand for each other, from the next search on."""

    async def work() -> int:
        async with open_database(Settings()):
            return await tuning.add_synonyms(words, typed=typed, by=SYSTEM)

    echo(f"Set {anyio.run(work)} was added.")


@synonyms.command("remove")
def remove_synonyms(name: SetName) -> None:
    """Let words no longer stand for each other."""

    async def work() -> int:
        async with open_database(Settings()) as db:
            rows = await reads.synonyms(db)
            word = name.casefold()
            named = [
                row.id
                for row in rows
                if word in {text.casefold() for text in (*row.words, row.typed or "")}
            ]
            number = _choose(name, "set of synonyms", (row.id for row in rows), named)
            await tuning.remove_synonyms(number, by=SYSTEM)
            return number

    echo(f"Set {anyio.run(work)} was removed.")


@pins.command("list")
def list_pins(json: Json = False) -> None:
    """Show all pins."""

    async def work() -> list[tuple[reads.PinRow, str]]:
        async with open_database(Settings()) as db:
            pin_rows = await reads.pins(db)
            rows = await articles.by_ids(db, [pin.article_id for pin in pin_rows], SYSTEM)
            return [(pin, rows[pin.article_id].title) for pin in pin_rows]

    rows = anyio.run(work)
    if json:
        print_json_lines({**pin._asdict(), "title": title} for pin, title in rows)
        return
    table = Table("id", "typed", "rank", "article")
    for pin, title in rows:
        table.add_row(str(pin.id), pin.text, str(pin.rank), title)
    print_table(table)


@pins.command("add")
def add_pin(
    text: Annotated[str, typer.Argument(help="All that has to be typed.")],
    slug: Annotated[str, typer.Argument(help="The article's slug.")],
    rank: Annotated[
        int | None,
        typer.Option(help="Its place among the pins of this text."),
    ] = None,
) -> None:
    """Let an article come first for a text, from the next search on."""

    async def work() -> int:
        async with open_database(Settings()) as db:
            article = await articles.by_slug(db, slug, None, SYSTEM)
            if article is None:
                raise NotFound("article", slug)
            return await tuning.pin(text, article.id, by=SYSTEM, rank=rank)

    echo(f"Pin {anyio.run(work)} is set.")


@pins.command("remove")
def remove_pin(name: PinName) -> None:
    """Let an article no longer come first."""

    async def work() -> int:
        async with open_database(Settings()) as db:
            rows = await reads.pins(db)
            named = [row.id for row in rows if row.text == name.lower()]
            number = _choose(name, "pin", (row.id for row in rows), named)
            await tuning.unpin(number, by=SYSTEM)
            return number

    echo(f"Pin {anyio.run(work)} was removed.")
