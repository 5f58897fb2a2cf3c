"""Copies of an SQLite database by its online backup API, which sees one moment of a running hub."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager, suppress
from pathlib import Path

from hub.backup.people import BLANKED, EMPTIED
from hub.db.sqlite import BUSY_SECONDS, translate_errors
from hub.errors import BackupError

MEMBER = "database.sqlite3"
"""The name of the database in an archive."""


def dump(path: Path, folder: Path, *, without_people: bool) -> dict[str, Path]:
    """Copy the database at `path` into `folder`; return the files of the archive. Blocks.

    Writers go on meanwhile. Raises DatabaseError.
    """
    copy = folder / MEMBER
    with (
        translate_errors(path),
        closing(sqlite3.connect(f"{path.as_uri()}?mode=ro", uri=True)) as source,
        closing(sqlite3.connect(copy, isolation_level=None)) as target,
    ):
        source.backup(target)
        target.execute("PRAGMA journal_mode = DELETE")
        target.execute("DELETE FROM lease")  # of processes that do not run where it is restored
        if without_people:
            _remove_people(target)
    return {MEMBER: copy}


def describe(folder: Path) -> tuple[str, dict[str, int], int]:
    """Return the last migration, the numbers of rows by table, and SQLite's major version."""
    with closing(sqlite3.connect(folder / MEMBER)) as database:
        names = database.execute(
            "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite_%'"
        )
        rows = {
            name: int(database.execute(f'SELECT count(*) FROM "{name}"').fetchone()[0])
            for (name,) in sorted(names)
        }
        [migration] = database.execute("SELECT max(name) FROM tortoise_migrations").fetchone()
    return migration, rows, sqlite3.sqlite_version_info[0]


def check(folder: Path) -> None:
    """Read all of a copy, its indexes and references. Raises BackupError if it is damaged."""
    with _errors(folder / MEMBER), closing(sqlite3.connect(folder / MEMBER)) as database:
        problems = [text for (text,) in database.execute("PRAGMA integrity_check(5)")]
        problems = [text for text in problems if text != "ok"]
        problems += [
            f"a row of {table} names no row of {parent}"
            for table, _, parent, _ in database.execute("PRAGMA foreign_key_check").fetchmany(5)
        ]
    if problems:
        raise BackupError(f"The database of the backup is damaged: {problems[0]}.")


def load(folder: Path, path: Path) -> None:
    """Replace the database at `path` by the copy, in one transaction of SQLite. Blocks.

    A process that is killed meanwhile leaves the database as it was. A file that is damaged is
    moved aside before. Raises DatabaseError.
    """
    _move_damaged(path)
    with (
        translate_errors(path),
        closing(sqlite3.connect(folder / MEMBER)) as source,
        closing(sqlite3.connect(path, timeout=BUSY_SECONDS)) as target,
    ):
        target.execute("PRAGMA journal_mode = WAL")
        target.execute("PRAGMA synchronous = FULL")
        source.backup(target)
        target.execute("PRAGMA wal_checkpoint(TRUNCATE)")


def _move_damaged(path: Path) -> None:
    """Rename the files of a database that SQLite cannot read, to `….damaged`."""
    try:
        with closing(sqlite3.connect(path, timeout=BUSY_SECONDS)) as database:
            if database.execute("PRAGMA quick_check(1)").fetchone() == ("ok",):
                return
    except sqlite3.DatabaseError as error:
        code = getattr(error, "sqlite_errorcode", 0) & 0xFF
        if code not in (sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB):
            return  # to be told by what follows
    for ending in ("", "-wal", "-shm"):
        with suppress(FileNotFoundError):
            path.with_name(path.name + ending).rename(
                path.with_name(f"{path.name}{ending}.damaged")
            )


def _remove_people(database: sqlite3.Connection) -> None:
    database.execute("BEGIN")
    for table in EMPTIED:
        database.execute(f"DELETE FROM {table}")
    for table, columns in BLANKED.items():
        values = ", ".join(f"{name} = {value}" for name, value in columns.items())
        database.execute(f"UPDATE {table} SET {values}")
    database.execute("COMMIT")
    database.execute("VACUUM")  # deleted rows would stay in unused pages


@contextmanager
def _errors(path: Path) -> Iterator[None]:
    try:
        yield
    except sqlite3.Error as error:
        raise BackupError(f"{path} cannot be copied: {error}.") from error
