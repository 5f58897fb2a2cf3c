"""`hub people`: what a reader left, exported or erased."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Annotated

import anyio
import typer

from hub import people
from hub.auth import SYSTEM
from hub.db.database import Reader, open_database
from hub.db.keyset import MAX_PAGE
from hub.settings import Settings
from hub.text.plurals import count_of
from scripts.commands.confirm import Yes, confirm
from scripts.commands.output import echo, print_json_lines
from search_index.configured import open_configured
from search_index.indexer import rebuild_or_wait

app = typer.Typer(help="Export or erase what a reader left in comments, by e-mail address.")
Email = Annotated[str, typer.Argument(help="The address; case does not matter.")]


@app.command()
def export(email: Email) -> None:
    """Print the comments of a person, also those in the trash: a line of JSON for each."""

    async def work() -> list[people.PersonalComment]:
        async with open_database(Settings()) as db:
            return [row async for row in _comments(db, email)]

    rows = anyio.run(work)
    print_json_lines(row._asdict() for row in rows)
    if not rows:
        echo(f"There are no comments with the address {email}.", err=True)


async def _comments(db: Reader, email: str) -> AsyncIterator[people.PersonalComment]:
    after, has_next = 0, True
    while has_next:
        rows, has_next = await people.export(db, email, by=SYSTEM, after=after, limit=MAX_PAGE)
        for row in rows:
            yield row
        after = rows[-1].id if rows else 0


@app.command()
def erase(email: Email, yes: Yes = False) -> None:
    """Erase the comments of a person for good, also those in the trash; the hub may run meanwhile.

    A comment with replies stays, empty. A keyed hash of the address stays, so that a restore or an
    import does not bring the person back. If this is interrupted, run it again.
    """

    async def count() -> int:
        async with open_database(Settings()) as db:
            return await people.count(db, email, by=SYSTEM)

    async def work() -> people.Erasure:
        settings = Settings()
        async with open_database(settings) as db:
            erasure = await people.erase(db, email, by=SYSTEM)
            if erasure.comments:
                engine = open_configured(settings)
                try:
                    await rebuild_or_wait(db, engine)
                finally:
                    await engine.close()
            return erasure

    confirm(f"{count_of(anyio.run(count), 'comment')} of {email} will be erased for good.", yes)
    erasure = anyio.run(work)
    if erasure.comments:
        echo(
            f"{count_of(erasure.comments, 'comment')} erased, of which {erasure.placeholders:,}"
            " with replies: empty, in their places."
        )
    else:
        echo(
            f"No comments with the address {email} were found, so none is erased. "
            "A restore or an import leaves them out from now on."
        )
    if not erasure.is_finished:
        echo("The database was read all the time, and may still hold traces: run this again.")
    if erasure.mentioned_in:
        numbers = ", ".join(map(str, erasure.mentioned_in))
        echo(f"The address also stands in the text of the articles {numbers}: edit them.")
