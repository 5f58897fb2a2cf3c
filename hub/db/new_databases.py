"""New SQLite databases, made at once with the newest schema.

To run the migrations one by one takes 4 s of CPU, since Tortoise renders all models again after
each operation; the script takes 30 ms. It names the migrations that it stands for, so that later
ones are run as ever.
"""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path

import hub.migrations

SCRIPT = Path(hub.migrations.__path__[0]) / "newest.sql"
"""SQL for an empty database, in one transaction; `tests.support.newest` writes it."""


def fill_if_empty(path: Path) -> None:
    """Create the tables of the hub in an SQLite file that has none, or that does not exist yet.

    All of them or, if it fails or is killed, none.

    Raises:
        sqlite3.Error: the file cannot be created, opened or written.
    """
    with closing(sqlite3.connect(path, isolation_level=None)) as database:
        if not database.execute("SELECT 1 FROM sqlite_master LIMIT 1").fetchone():
            database.executescript(SCRIPT.read_text(encoding="utf-8"))
