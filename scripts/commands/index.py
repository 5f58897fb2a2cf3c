"""`hub reindex` and `hub index`: rebuild and inspect the full-text index."""

from __future__ import annotations

import anyio
import typer

from hub import outbox
from hub.db.database import open_database
from hub.settings import Settings
from scripts.commands.output import echo
from search_index.engines import open_engine
from search_index.indexer import reindex as rebuild
from search_index.query import EngineError

app = typer.Typer(help="Look at the full-text index, and let events that failed be tried again.")


def reindex() -> None:
    """Rebuild the full-text index from the database; searches go on meanwhile.

    Where a server is running, it does the work, and this command waits for it.
    """

    async def work() -> int | None:
        settings = Settings()
        async with open_database(settings) as db:
            engine = open_engine(settings.search)
            try:
                return await rebuild(db, engine)
            finally:
                await engine.close()

    total = anyio.run(work)
    echo("The server has rebuilt the index." if total is None else f"{total} documents.")


@app.command()
def status() -> None:
    """Show the index's size and generation, what waits for it, and what was set aside and why."""

    async def work() -> bool:
        settings = Settings()
        async with open_database(settings) as db:
            engine = open_engine(settings.search)
            try:
                index = await engine.status()
            except EngineError as error:
                echo(f"index       not usable: {error}")
                echo("            A running server rebuilds it by itself; or: hub reindex")
                healthy = False
            else:
                echo(f"index       {settings.search}")
                echo(f"documents   {index.documents}")
                echo(f"generation  {index.generation}  (schema {index.fingerprint})")
                echo(f"on disk     {index.bytes / 1e6:.1f} MB")
                healthy = True
            finally:
                await engine.close()
            echo(f"waiting     {await outbox.depth(db)} events")
            parked = await outbox.parked(db)
            echo(f"set aside   {len(parked)} events")
            for event in parked:
                echo(f"  article {event.article_id}, {event.tries} tries: {event.error}")
            return healthy

    if not anyio.run(work):
        raise typer.Exit(1)


@app.command()
def retry() -> None:
    """Let the events that were set aside be tried again."""

    async def work() -> int:
        async with open_database(Settings()):
            return await outbox.retry_parked()

    echo(f"{anyio.run(work)} events wait again.")
