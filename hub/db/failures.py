"""Failures of the database that are not the statement's fault, of either driver, as one exception.

Everything else that a driver raises is an error of the hub.
"""

from __future__ import annotations

import errno
import sqlite3

import asyncpg
import psycopg
from tortoise.exceptions import BaseORMException

from hub.errors import DatabaseError, StorageFull

_SQLITE_CODES = {
    sqlite3.SQLITE_PERM,
    sqlite3.SQLITE_BUSY,
    sqlite3.SQLITE_LOCKED,
    sqlite3.SQLITE_READONLY,
    sqlite3.SQLITE_IOERR,
    sqlite3.SQLITE_CORRUPT,
    sqlite3.SQLITE_CANTOPEN,
    sqlite3.SQLITE_PROTOCOL,
    sqlite3.SQLITE_NOTADB,
}
_DISK_FULL = "53100"
_SQLSTATE_CLASSES = ("08", "53", "57", "58")
"""Connection, resources, intervention of an operator, and system errors."""

_SQLSTATES = ("55P03", "25006")
"""Lock not available, and read-only, as after a fail-over."""

_LOST = (asyncpg.InterfaceError, asyncpg.InternalClientError, psycopg.OperationalError, OSError)
_NO_SPACE = (errno.ENOSPC, errno.EDQUOT)


def raise_unavailable(error: Exception) -> None:
    """Raise DatabaseError or StorageFull if that is the cause of an error of driver or ORM."""
    failure = find_failure(error)
    if failure is not None and failure is not error:
        raise failure from error


def find_failure(error: Exception, description: str | None = None) -> DatabaseError | None:
    """Return the failure of the database that caused an error; None if it has no part in it.

    `description` is its message, for operators, instead of the driver's words.
    """
    if isinstance(error, DatabaseError):
        return error
    cause: BaseException | None = error
    while cause is not None:
        kind = _kind(cause)
        if kind is not None:
            reason = " ".join(str(cause).split()) or type(cause).__name__
            return kind(description or f"The database cannot be used: {reason}.")
        # The ORM raises its own errors while it handles those of the driver, without a cause.
        is_wrapper = isinstance(cause, BaseORMException)
        cause = cause.__cause__ or (cause.__context__ if is_wrapper else None)
    return None if description is None else DatabaseError(description)


def _kind(error: BaseException) -> type[DatabaseError] | None:
    state = getattr(error, "sqlstate", None)
    if isinstance(error, sqlite3.Error):
        code = getattr(error, "sqlite_errorcode", 0) & 0xFF  # without the extended code
        if code == sqlite3.SQLITE_FULL:
            return StorageFull
        is_unavailable = code in _SQLITE_CODES
    elif isinstance(state, str):
        if state == _DISK_FULL:
            return StorageFull
        is_unavailable = state[:2] in _SQLSTATE_CLASSES or state in _SQLSTATES
    else:
        if isinstance(error, OSError) and error.errno in _NO_SPACE:
            return StorageFull
        is_unavailable = isinstance(error, _LOST)
    return DatabaseError if is_unavailable else None
