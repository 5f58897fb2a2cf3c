"""`hub migrate`: create or migrate the database."""

from __future__ import annotations

import anyio

from hub.db import database
from hub.settings import Settings
from scripts.commands.output import echo


def migrate() -> None:
    """Create the database, or bring it to the newest schema. Running it again changes nothing."""
    settings = Settings()
    anyio.run(database.migrate, settings)
    echo(f"{database.display_url(settings)} is at the newest schema.")
