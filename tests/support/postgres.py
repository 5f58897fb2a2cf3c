"""A PostgreSQL cluster for the tests, in a temporary folder, removed when they end."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import tempfile
from pathlib import Path
from typing import Self

import anyio
import asyncpg

from hub.db.database import migrate
from hub.settings import Settings

DEBIAN = Path("/usr/lib/postgresql")
USER = "hub"
_QUICK = "-c fsync=off -c full_page_writes=off -c synchronous_commit=off -c max_connections=200"
_ICU = ("--locale-provider=icu", "--icu-locale=en")
_EMPTY = """
SET session_replication_role = replica;
SET lock_timeout = '10s';
DO $$ DECLARE found record; BEGIN
    FOR found IN SELECT tablename AS name FROM pg_tables
        WHERE schemaname = 'public' AND tablename <> 'tortoise_migrations'
    LOOP EXECUTE format('DELETE FROM %I', found.name); END LOOP;
    FOR found IN SELECT sequencename AS name FROM pg_sequences
    LOOP PERFORM setval(found.name::regclass, 1, false); END LOOP;
END $$;
"""


def find_programs() -> Path | None:
    """Return the folder of the newest PostgreSQL's programs; None if it is not installed."""
    initdb = shutil.which("initdb")
    if initdb is not None:
        return Path(initdb).resolve().parent
    candidates = sorted(DEBIAN.glob("*/bin/initdb"), key=lambda path: int(path.parts[-3]))
    return candidates[-1].parent if candidates else None


class Cluster:
    """A running cluster without durable writes. Use it as a context.

    Text sorts by dictionaries (from PostgreSQL 15 on), as in most databases, and unlike SQLite.
    """

    def __init__(self, programs: Path) -> None:
        self._programs = programs
        version = subprocess.run(
            [programs / "initdb", "--version"], capture_output=True, check=True
        )
        self.has_icu = int(re.findall(rb"\d+", version.stdout)[0]) >= 15
        # A short path, as it holds a socket; owned by a user, as PostgreSQL refuses to run as root.
        self._folder = Path(tempfile.mkdtemp(prefix="hub-pg-"))
        self._user = "postgres" if os.getuid() == 0 else None
        if self._user is not None:
            shutil.chown(self._folder, self._user)

    def __enter__(self) -> Self:
        self._end_with_this_process()
        locale = ["--locale=C", *(_ICU if self.has_icu else [])]
        self._run(
            "initdb", "-D", "data", "-U", USER, "-A", "trust", "--no-sync", "-E", "UTF8", *locale
        )
        self.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._keeper.communicate(timeout=60)

    def _end_with_this_process(self) -> None:
        """Stop and delete the cluster once this process closes a pipe, or is killed."""
        end = f'read _; "{self._programs}/pg_ctl" stop -D "$0/data" -m immediate; rm -rf "$0"'
        self._keeper = subprocess.Popen(
            ["sh", "-c", end, str(self._folder)],
            cwd="/",
            user=self._user,
            stdin=subprocess.PIPE,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            start_new_session=True,  # signals to the tests must not reach it
        )

    def start(self) -> None:
        """Start it, and wait until it accepts connections."""
        options = f"{_QUICK} -c listen_addresses='' -k {self._folder}"
        self._run("pg_ctl", "start", "-w", "-D", "data", "-l", "log", "-o", options)
        self.is_stopped = False

    def stop(self, mode: str = "fast") -> None:
        """Stop it with `pg_ctl`, in spite of open connections."""
        self._run("pg_ctl", "stop", "-w", "-D", "data", "-m", mode)
        self.is_stopped = True

    def url(self, name: str) -> str:
        """Return the `HUB_DATABASE_URL` of a database of this cluster."""
        return f"postgres://{USER}@/{name}?host={self._folder}"

    async def run(self, sql: str, database: str = "postgres") -> None:
        """Run statements in a database."""
        connection = await asyncpg.connect(self.url(database))
        try:
            await connection.execute(sql)
        finally:
            await connection.close()

    def dump(self, name: str) -> str:
        """Return the schema and rows of a database as the SQL that pg_dump writes."""
        return self._run(
            "pg_dump", "--inserts", "--no-owner", "--no-privileges", "--dbname", self.url(name)
        )

    def _run(self, program: str, *arguments: str) -> str:
        completed = subprocess.run(
            [self._programs / program, *arguments],
            cwd=self._folder,
            user=self._user,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            timeout=120,
            check=False,
        )
        if completed.returncode:
            raise RuntimeError(f"{program}: {completed.stdout}")
        return completed.stdout


class Database:
    """A migrated database of a cluster, which is emptied for each test."""

    def __init__(self, cluster: Cluster) -> None:
        self.cluster = cluster
        self.name = "hub"
        self.url = cluster.url(self.name)
        anyio.run(cluster.run, f"CREATE DATABASE {self.name}")
        anyio.run(migrate, Settings(database_url=self.url))

    async def empty(self) -> None:
        """Delete all rows, and restart the sequences at 1."""
        await self.cluster.run(_EMPTY, self.name)
