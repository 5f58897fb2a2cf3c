"""Health of the database, for `/readyz` and `hub check`: damaged pages, lost content."""

from __future__ import annotations

import logging

import anyio

from hub.db.database import Reader, check_pages
from hub.settings import Settings

log = logging.getLogger(__name__)
CHECK_SECONDS = 900
"""Seconds between checks of all pages by a server process; a check reads the whole file."""


class PageMonitor:
    """Checks the pages of the database, at the start of a server process and while it runs."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self.problems: list[str] = []
        """Problems of the last check; empty if there are none."""

    async def run(self) -> None:
        """Check until cancelled; problems are logged when they appear."""
        while True:
            try:
                problems = await check_pages(self._settings)
            except Exception as error:
                problems = [str(error)]
            if problems and not self.problems:
                log.error("The database is damaged: %s. Restore it from a backup.", problems[0])
            self.problems = problems
            await anyio.sleep(CHECK_SECONDS)


async def is_emptied(db: Reader, documents: int) -> bool:
    """Return whether there is no article although the index holds `documents`. One statement.

    Unless pending events explain it, the database is another one, or its content is lost.
    """
    if not documents:
        return False
    [[explained]] = await db.rows(
        "SELECT CASE WHEN EXISTS (SELECT 1 FROM article) OR EXISTS (SELECT 1 FROM outbox_event)"
        " THEN 1 ELSE 0 END"
    )
    return not explained
