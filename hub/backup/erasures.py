"""Hashes of erased people, which a restore takes from the database that it replaces."""

from __future__ import annotations

import sqlite3
from collections.abc import Sequence
from contextlib import closing
from pathlib import Path
from typing import NamedTuple

from hub.db.postgres.connect import connect
from hub.people import CARRIED

_SOURCES = ("erased_person", CARRIED)
_COLUMNS = "digest, key, erased_at"
_CREATE = f"CREATE TABLE {CARRIED} (digest TEXT, key TEXT, erased_at TEXT)"


class CarriedErasure(NamedTuple):
    """An erasure as it is stored; see `hub.models.ErasedPerson`."""

    digest: str
    key: str
    erased_at: str


def read_sqlite(path: Path) -> list[CarriedErasure]:
    """Return the erasures of a database; none if it cannot be read. Blocks."""
    rows: list[CarriedErasure] = []
    if path.is_file():
        with closing(sqlite3.connect(f"{path.as_uri()}?mode=ro", uri=True)) as database:
            for table in _SOURCES:
                try:
                    records = database.execute(f"SELECT {_COLUMNS} FROM {table}").fetchall()
                except sqlite3.Error:  # no such table, or a damaged file
                    continue
                rows += [CarriedErasure(*row) for row in records]
    return rows


def add_to_sqlite(path: Path, rows: Sequence[CarriedErasure]) -> None:
    """Add erasures to the copy of a database that is about to be restored. Blocks."""
    with closing(sqlite3.connect(path)) as database, database:
        database.execute(f"DROP TABLE IF EXISTS {CARRIED}")
        if rows:
            database.execute(_CREATE)
            database.executemany(f"INSERT INTO {CARRIED} VALUES (?, ?, ?)", rows)


async def read_postgres(url: str) -> list[CarriedErasure]:
    """Return the erasures of a database. Raises DatabaseError."""
    connection = await connect(url)
    try:
        rows: list[CarriedErasure] = []
        for table in _SOURCES:
            if await connection.fetchval("SELECT to_regclass($1)", table) is not None:
                records = await connection.fetch(f"SELECT {_COLUMNS} FROM {table}")
                rows += [CarriedErasure(*map(str, row)) for row in records]
        return rows
    finally:
        await connection.close()


def to_script(rows: Sequence[CarriedErasure]) -> str:
    """Return the statements that add erasures to a database of PostgreSQL."""
    lines = [f"DROP TABLE IF EXISTS public.{CARRIED};"]
    if rows:
        lines.append(f"{_CREATE.replace(CARRIED, f'public.{CARRIED}')};")
    for row in rows:
        values = ", ".join("'{}'".format(value.replace("'", "''")) for value in row)
        lines.append(f"INSERT INTO public.{CARRIED} VALUES ({values});")
    return "\n".join(["", *lines, ""])
