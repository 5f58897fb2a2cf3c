"""Connections to PostgreSQL as the hub wants them, and what is said when there are none."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import datetime
from typing import Any
from urllib.parse import urlsplit

import asyncpg
import psycopg

from hub.errors import DatabaseError

SCHEMES = ("postgres://", "postgresql://")
CONNECT_SECONDS = 5.0
STATEMENT_SECONDS = 60.0
LOST: tuple[type[Exception], ...] = (
    asyncpg.InterfaceError,  # "connection is closed"
    asyncpg.PostgresConnectionError,
    asyncpg.OperatorInterventionError,  # the server is being stopped
    asyncpg.InternalClientError,  # "another operation is in progress", on one that is being lost
    ConnectionError,
)
"""The connection at hand is of no use any more; another one may be."""

AWAY: tuple[type[Exception], ...] = (*LOST, OSError, TimeoutError)

SESSION = {
    "application_name": "content-hub",
    # The hub's statements are short and come again: planning them each time costs more than
    # running them, and compiling them never pays.
    "plan_cache_mode": "force_generic_plan",
    "jit": "off",
    "timezone": "UTC",
    "datestyle": "ISO",
    "lock_timeout": "30s",
    # A process that hangs or is cut off in the middle of a save must not stop all others.
    "idle_in_transaction_session_timeout": "60s",
}
READ_ONLY = {"default_transaction_read_only": "on"}


async def connect(url: str, seconds: float | None = None, **session: str) -> Any:
    """A connection of one's own, whose statements may take `seconds` each (None: any time).

    Raises:
        DatabaseError: there is none to be had.
    """
    async with refusals_told(url):
        connection = await asyncpg.connect(url, **_options(seconds, session))
        await _times_as_text(connection)
        return connection


async def pool(url: str, most: int, seconds: float | None) -> Any:
    """A pool of such connections, opened as they are needed. Raises DatabaseError likewise.

    A connection is given back as it is, without the round trip that would clear its session:
    nobody in here changes one.
    """
    async with refusals_told(url):
        return await asyncpg.create_pool(
            url,
            init_size=1,  # so that trouble is told at once
            min_size=0,
            max_size=most,
            init=_times_as_text,
            reset=_left_alone,
            **_options(seconds, {}),
        )


def _options(seconds: float | None, session: dict[str, str]) -> dict[str, Any]:
    return {
        "timeout": CONNECT_SECONDS,
        "command_timeout": seconds,
        "statement_cache_size": 512,
        "max_cached_statement_lifetime": 0,
        "server_settings": SESSION | session,
    }


def place(url: str) -> str:
    """Where `url` leads to, without what is secret in it."""
    try:
        parts = urlsplit(url)
        where = parts.netloc.rpartition("@")[2] or "the local socket"
    except ValueError:
        return "HUB_DATABASE_URL"
    return f"{where}{parts.path}"


@asynccontextmanager
async def refusals_told(url: str) -> AsyncIterator[None]:
    """Lets what PostgreSQL refuses be told in a line. Raises DatabaseError."""
    try:
        yield
    except (*AWAY, asyncpg.PostgresError, psycopg.Error, ValueError) as error:
        reason = " ".join(str(error).split()) or "it does not answer"
        raise DatabaseError(
            f"PostgreSQL cannot be used at {place(url)}: {reason}. Is it running, and does"
            " HUB_DATABASE_URL read postgres://user:password@host:port/name?"
        ) from error


async def _times_as_text(connection: Any) -> None:
    """Let times come and go as ISO 8601, as SQLite holds them: the one place where they differ."""
    await connection.set_type_codec(
        "timestamptz", schema="pg_catalog", encoder=_written, decoder=str, format="text"
    )


def _written(moment: datetime | str) -> str:
    return moment if isinstance(moment, str) else moment.isoformat(sep=" ")


async def _left_alone(_: Any) -> None:
    """Nothing is reset."""
