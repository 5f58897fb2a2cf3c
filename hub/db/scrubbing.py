"""Removal of deleted rows from the files of a database, which hold their bytes for a while."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path
from time import sleep
from typing import Any

from anyio import to_thread
from tortoise import Tortoise

from hub.db.sqlite import BUSY_SECONDS, translate_errors

_TRIES = 50
_PAUSE_SECONDS = 0.1


async def scrub() -> bool:
    """Rewrite an SQLite database without deleted rows, and empty its log; return if that is done.

    Saves wait meanwhile: a second for some 200 MB. It needs as much free space again. False if
    somebody read an earlier state all the time: then it has to be tried again. PostgreSQL's VACUUM
    is left to its operators, so nothing is done there.

    Raises:
        DatabaseError: the disk is full, or another process writes.
    """
    connection: Any = Tortoise.get_connection("default")
    if connection.capabilities.dialect == "postgres":
        return True
    return await to_thread.run_sync(_scrub, Path(connection.filename))


def _scrub(path: Path) -> bool:
    with (
        translate_errors(path),
        closing(sqlite3.connect(path, timeout=BUSY_SECONDS, isolation_level=None)) as database,
    ):
        database.execute("VACUUM")
        for _ in range(_TRIES):
            [is_busy, *_pages] = database.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()
            if not is_busy:
                return True
            sleep(_PAUSE_SECONDS)
    return False
