"""Copies of a PostgreSQL database by its own programs, in one snapshot of a running hub."""

from __future__ import annotations

import os
import re
import subprocess
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlsplit, urlunsplit

import anyio
from anyio import to_thread

from hub.backup.people import BLANKED, EMPTIED
from hub.db.postgres.connect import connect, translate_errors
from hub.errors import BackupError

MEMBER = "database.pgdump"
"""The name of the database in an archive; tables without people are beside it, in COPY's format."""

_COPY = "{table}.copy"


async def dump(
    url: str, tables: list[str], folder: Path, *, without_people: bool
) -> tuple[dict[str, Path], str, dict[str, int], int]:
    """Copy these tables into `folder`, as they are at one moment.

    Returns the files of the archive, the last migration, the numbers of rows by table, and the
    major version of pg_dump.

    Raises:
        BackupError: pg_dump is missing, older than the server, or fails.
        DatabaseError: PostgreSQL refuses the connection.
    """
    connection = await connect(url, idle_in_transaction_session_timeout="0")
    try:
        version = _version("pg_dump")
        server = int(await connection.fetchval("SHOW server_version_num")) // 10_000
        if version < server:
            raise BackupError(
                f"pg_dump is of version {version}, and the server of version {server}: install "
                f"pg_dump {server} or newer (postgresql-client-{server}), and let PATH find it."
            )
        async with (
            translate_errors(url),
            connection.transaction(isolation="repeatable_read", readonly=True),
        ):
            return await _dump(connection, url, tables, folder, without_people, version)
    finally:
        await connection.close()


async def _dump(
    connection: Any, url: str, tables: list[str], folder: Path, without_people: bool, version: int
) -> tuple[dict[str, Path], str, dict[str, int], int]:
    snapshot = await connection.fetchval("SELECT pg_export_snapshot()")
    existing = {
        row["name"]
        for row in await connection.fetch(
            "SELECT tablename AS name FROM pg_tables WHERE schemaname = current_schema()"
        )
    }
    tables = [table for table in tables if table in existing]
    empty = {*EMPTIED, *BLANKED} if without_people else set[str]()
    empty.add("lease")
    members = {MEMBER: folder / MEMBER}
    rows = {}
    for table in tables:
        rows[table] = 0
        if table not in empty or table in BLANKED:
            rows[table] = int(await connection.fetchval(f'SELECT count(*) FROM "{table}"'))
    if without_people:
        for table in BLANKED:
            name = _COPY.format(table=table)
            members[name] = folder / name
            await connection.copy_from_query(
                await _blanked(connection, table), output=members[name]
            )
    migration = await connection.fetchval("SELECT max(name) FROM tortoise_migrations")
    options = [f"--table={table}" for table in tables]
    options += [f"--exclude-table-data={table}" for table in sorted(empty)]
    await _run(
        url,
        *("pg_dump", "--format=custom", "--no-owner", "--no-privileges", "--compress=0"),
        *(f"--snapshot={snapshot}", f"--file={members[MEMBER]}", *options),
    )
    return members, migration, rows, version


async def _blanked(connection: Any, table: str) -> str:
    """Return a query for the rows of a table without the values of people."""
    names = [
        row["name"]
        for row in await connection.fetch(
            "SELECT attname AS name FROM pg_attribute WHERE attrelid = $1::regclass AND attnum > 0"
            " AND NOT attisdropped ORDER BY attnum",
            table,
        )
    ]
    values = [BLANKED[table].get(name, f'"{name}"') for name in names]
    return f'SELECT {", ".join(values)} FROM "{table}"'


async def check(folder: Path, version: int) -> None:
    """Read all of a dump. Raises BackupError if it is damaged, or pg_restore too old."""
    own = _version("pg_restore")
    if own < version:
        raise BackupError(
            f"pg_restore is of version {own}, and the backup was made by pg_dump {version}: install"
            f" pg_restore {version} or newer (postgresql-client-{version})."
        )
    await _run("", "pg_restore", f"--file={os.devnull}", str(folder / MEMBER))


async def check_unused(url: str) -> None:
    """Raise BackupError if a hub is using the database, or psql is missing; also DatabaseError."""
    _version("psql")
    connection = await connect(url)
    try:
        others = await connection.fetchval(
            "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database()"
            " AND application_name = 'content-hub' AND pid <> pg_backend_pid()"
        )
    finally:
        await connection.close()
    if others:
        raise BackupError(f"A hub is using the database ({others} connections): stop it first.")


async def load(url: str, tables: list[str], folder: Path, more: str) -> None:
    """Replace the hub's tables by those of the copy, in one transaction with statements of `more`.

    A process that is killed meanwhile leaves the database as it was.

    Raises:
        BackupError: a program fails, or the server refuses the copy.
    """
    schema, script = folder / "schema.sql", folder / "restore.sql"
    await _run(
        "", "pg_restore", "--no-owner", "--no-privileges", f"--file={schema}", str(folder / MEMBER)
    )
    await to_thread.run_sync(_write_script, script, tables, schema, folder, more)
    await _run(
        url, "psql", "-X", "-q", "-1", "-v", "ON_ERROR_STOP=1", "-o", os.devnull, "-f", str(script)
    )


def _write_script(script: Path, tables: list[str], schema: Path, folder: Path, more: str) -> None:
    """Write the statements that drop the hub's tables and create those of the copy."""
    names = ", ".join(f'"{table}"' for table in tables)
    with script.open("wb") as file:
        file.write(f"SET lock_timeout = '30s';\nDROP TABLE IF EXISTS {names} CASCADE;\n".encode())
        _append(file, schema)
        for table in BLANKED:
            rows = folder / _COPY.format(table=table)
            if rows.exists():
                file.write(f'\nCOPY public."{table}" FROM stdin;\n'.encode())
                _append(file, rows)
                file.write(b"\\.\n")
        file.write(more.encode())


def _append(file: Any, path: Path) -> None:
    with path.open("rb") as content:
        while chunk := content.read(1 << 20):
            file.write(chunk)


def _version(program: str) -> int:
    """Return the major version of a program of PostgreSQL. Raises BackupError if it is missing."""
    try:
        output = subprocess.run([program, "--version"], capture_output=True, check=True).stdout
        return int(re.findall(rb"\d+", output)[0])
    except (OSError, subprocess.CalledProcessError, IndexError) as error:
        raise BackupError(
            f"{program} cannot be run, and backups of PostgreSQL need it: install PostgreSQL's "
            "client programs (postgresql-client), and let PATH find them."
        ) from error


async def _run(url: str, program: str, *arguments: str) -> None:
    """Run a program on a database; the password is passed in its environment, which is private."""
    options, env = list(arguments), dict(os.environ)
    if url:
        parts = urlsplit(url)
        if parts.password is not None:
            env["PGPASSWORD"] = unquote(parts.password)
            user, _, host = parts.netloc.rpartition("@")
            parts = parts._replace(netloc=f"{user.partition(':')[0]}@{host}")
        options = [f"--dbname={urlunsplit(parts)}", *options]
    process = await anyio.run_process([program, *options], env=env, check=False)
    if process.returncode:
        lines = process.stderr.decode(errors="replace").strip().splitlines() or ["no message"]
        first = next((line for line in lines if "error" in line.lower()), lines[-1])
        raise BackupError(f"{program} failed: {first}")
