"""`hub check`: the settings, and a test of database and index."""

from __future__ import annotations

import os
from typing import Annotated

import anyio
import typer

from hub import health, outbox
from hub.db import files
from hub.db.database import check_pages, display_url, open_database
from hub.settings import Settings, misspelt
from scripts.commands.output import echo
from search_index.engines import open_engine
from search_index.query import EngineError


def check(
    deep: Annotated[
        bool, typer.Option("--deep", help="Read the whole database, and look for damaged pages.")
    ] = False,
) -> None:
    """Show every setting, and whether database and index can be used. Exit status 1 if not."""
    settings = Settings()
    for name, field in Settings.model_fields.items():
        value = display_url(settings) if name == "database_url" else getattr(settings, name)
        echo(f"HUB_{name.upper():22} {value!s:32} {field.description}")
    for name, similar in misspelt(os.environ).items():
        echo(f"\n{name} is no setting" + (f"; is {similar} meant?" if similar else ""))

    async def work() -> bool:
        async with open_database(settings) as db:
            exposed = files.exposed(settings)
            for file in exposed:
                echo(
                    f"\nfiles     {file.path} has mode {file.mode:04o} instead of"
                    f" {file.expected:04o}: chmod it as its owner, or set HUB_DATA_MODE"
                )
            [[articles]] = await db.rows("SELECT count(*) FROM article")
            waiting = await outbox.depth(db)
            echo(f"\ndatabase  {display_url(settings)}: {articles} articles")
            engine = open_engine(settings.search)
            try:
                status = await engine.status()
            except EngineError as error:
                echo(f"index     {settings.search}: {error}")
                return False
            finally:
                await engine.close()
            echo(f"index     {settings.search}: {status.documents} documents, {waiting} wait")
            emptied = await health.is_emptied(db, status.documents)
            if emptied:
                echo("database  it is empty, the index is not: is HUB_DATABASE_URL the right one?")
            damages = await check_pages(settings) if deep else []
            for damage in damages:
                echo(f"database  damaged: {damage}; restore it from a backup")
            if deep and not damages:
                sound = settings.database.startswith("sqlite:")
                echo(f"pages     {'sound' if sound else 'not checked: use pg_amcheck'}")
            return not (exposed or emptied or damages)

    if not anyio.run(work):
        raise typer.Exit(1)
