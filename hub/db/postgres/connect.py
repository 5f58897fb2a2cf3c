"""Connections to PostgreSQL: session settings, timeouts, and readable errors."""

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
CONNECT_SECONDS = 3.0
STATEMENT_SECONDS = 60.0
CONNECTION_LOST: tuple[type[Exception], ...] = (
    asyncpg.InterfaceError,  # "connection is closed"
    asyncpg.PostgresConnectionError,
    asyncpg.OperatorInterventionError,  # the server is being stopped
    asyncpg.InternalClientError,  # "another operation is in progress", while it is being closed
    ConnectionError,
)
"""Errors after which the connection is unusable; a new one may work."""

UNAVAILABLE: tuple[type[Exception], ...] = (*CONNECTION_LOST, OSError, TimeoutError)

FAULTS: tuple[type[Exception], ...] = (
    *UNAVAILABLE,
    asyncpg.InsufficientResourcesError,  # disk full, out of memory, too many connections
    asyncpg.LockNotAvailableError,
)
"""Errors that are no fault of a statement: any other would fail too."""

SESSION = {
    "application_name": "content-hub",
    # The hub's statements are short and repeated: planning them each time costs more than running
    # them, and JIT compilation never pays off.
    "plan_cache_mode": "force_generic_plan",
    "jit": "off",
    "timezone": "UTC",
    "datestyle": "ISO",
    "lock_timeout": "30s",
    # A process that hangs or is disconnected in the middle of a save must not block all others.
    "idle_in_transaction_session_timeout": "60s",
}
READ_ONLY = {"default_transaction_read_only": "on"}


async def connect(url: str, seconds: float | None = None, **session: str) -> Any:
    """Open a connection outside the pool, with a timeout per statement (None: no timeout).

    Raises:
        DatabaseError: it cannot be opened.
    """
    async with translate_errors(url):
        connection = await asyncpg.connect(url, **_options(seconds, session))
        await _read_times_as_text(connection)
        return connection


async def open_pool(url: str, max_size: int, seconds: float | None) -> Any:
    """Open a pool of such connections, opened on demand. Raises DatabaseError like `connect`.

    A connection is returned without the round trip that would reset its session: no code here
    changes session settings.
    """
    async with translate_errors(url):
        return await asyncpg.create_pool(
            url,
            init_size=1,  # so that errors are raised at once
            min_size=0,
            max_size=max_size,
            init=_read_times_as_text,
            reset=_no_reset,
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


def host_and_path(url: str) -> str:
    """Return the host and path of `url`, without user and password."""
    try:
        parts = urlsplit(url)
        host = parts.netloc.rpartition("@")[2] or "the local socket"
    except ValueError:
        return "HUB_DATABASE_URL"
    return f"{host}{parts.path}"


@asynccontextmanager
async def translate_errors(url: str) -> AsyncIterator[None]:
    """Turn the errors of both drivers into a DatabaseError with a message of one line."""
    try:
        yield
    except (*UNAVAILABLE, asyncpg.PostgresError, psycopg.Error, ValueError) as error:
        reason = " ".join(str(error).split()) or "it does not answer"
        raise DatabaseError(
            f"PostgreSQL cannot be used at {host_and_path(url)}: {reason}. Is it running, and does"
            " HUB_DATABASE_URL read postgres://user:password@host:port/name?"
        ) from error


def describe_fault(url: str, error: BaseException | None) -> str | None:
    """Describe the fault of PostgreSQL that caused `error`; None if a statement is at fault."""
    while error is not None:
        if isinstance(error, FAULTS):
            reason = " ".join(str(error).split()) or "it does not answer"
            return f"PostgreSQL cannot be used at {host_and_path(url)}: {reason}."
        error = error.__cause__ or error.__context__
    return None


async def _read_times_as_text(connection: Any) -> None:
    """Exchange timestamps as ISO 8601 text, as with SQLite."""
    await connection.set_type_codec(
        "timestamptz", schema="pg_catalog", encoder=_to_iso, decoder=str, format="text"
    )


def _to_iso(moment: datetime | str) -> str:
    return moment if isinstance(moment, str) else moment.isoformat(sep=" ")


async def _no_reset(_: Any) -> None:
    """Do nothing: the pool's `reset` callback."""
