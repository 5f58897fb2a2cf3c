"""The database of a benchmark: an SQLite file, or a scratch database on a PostgreSQL server."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from secrets import token_hex
from urllib.parse import urlsplit, urlunsplit

import asyncpg

from hub.db.postgres.connect import connect
from hub.errors import DatabaseError
from scripts.bench.process import BenchError


@asynccontextmanager
async def scratch_database(url: str) -> AsyncIterator[str]:
    """Create an empty database on the server of `url`, yield its url, and drop it; "" for "".

    No existing database is changed; `url` names one to connect to.

    Raises:
        BenchError: the connection, or CREATE DATABASE, is refused.
    """
    if not url:
        yield ""
        return
    name = f"hub_bench_{token_hex(6)}"
    try:
        connection = await connect(url)
    except DatabaseError as error:
        raise BenchError(str(error)) from error
    try:
        try:
            await connection.execute(f"CREATE DATABASE {name} TEMPLATE template0 ENCODING 'UTF8'")
        except asyncpg.PostgresError as error:
            raise BenchError(f"No database can be made for the bench: {error}") from error
        finally:
            await connection.close()
        yield urlunsplit(urlsplit(url)._replace(path=f"/{name}"))
    finally:  # also if the connection broke after CREATE DATABASE
        connection = await connect(url)
        try:
            await connection.execute(f"DROP DATABASE IF EXISTS {name} WITH (FORCE)")
        finally:
            await connection.close()
