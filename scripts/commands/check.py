"""`hub check`: whether everything is set up, and with which settings."""

from __future__ import annotations

import anyio
import typer

from hub import outbox
from hub.db.database import connected, where
from hub.settings import Settings
from search_index.engines import open_engine
from search_index.query import EngineError


def check() -> None:
    """Show every setting, and whether database and index can be used. Exit status 1 if not."""
    settings = Settings()
    for name, field in Settings.model_fields.items():
        value = where(settings) if name == "database_url" else getattr(settings, name)
        typer.echo(f"HUB_{name.upper():22} {value!s:32} {field.description}")

    async def work() -> bool:
        async with connected(settings) as db:
            [[articles]] = await db.rows("SELECT count(*) FROM article")
            waiting = await outbox.depth(db)
            typer.echo(f"\ndatabase  {where(settings)}: {articles} articles")
            engine = open_engine(settings.search)
            try:
                found = await engine.status()
            except EngineError as error:
                typer.echo(f"index     {settings.search}: {error}")
                return False
            finally:
                await engine.close()
            typer.echo(f"index     {settings.search}: {found.documents} documents, {waiting} wait")
            return True

    if not anyio.run(work):
        raise typer.Exit(1)
