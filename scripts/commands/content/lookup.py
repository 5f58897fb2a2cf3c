"""The database of a command, and the articles that its arguments name."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import TypeVar

import anyio

from hub.auth import SYSTEM
from hub.db.database import Reader, open_database
from hub.errors import NotFound
from hub.reads import articles as reads
from hub.reads import lifecycle
from hub.reads.articles import ArticleRow
from hub.settings import Settings

T = TypeVar("T")


def run(work: Callable[[Reader], Awaitable[T]]) -> T:
    """Run `work` with the database of the hub, and return its result."""

    async def connected() -> T:
        async with open_database(Settings()) as db:
            return await work(db)

    return anyio.run(connected)


async def find_article(db: Reader, name: str) -> ArticleRow:
    """Return an article by its number or slug. Raises NotFound, which tells of the trash."""
    row = await reads.by_slug(db, name, None, SYSTEM)
    number = int(name) if name.isdecimal() and len(name) < 19 else None
    if row is None and number is not None:
        row = (await reads.by_ids(db, [number], SYSTEM)).get(number)
    if row is not None:
        return row
    trashed = await lifecycle.trashed_by_name(db, name, number, SYSTEM)
    if trashed is None:
        raise NotFound("article", name)
    raise NotFound(
        f"article, except in the trash (`hub articles restore {trashed.id}` brings it back),", name
    )
