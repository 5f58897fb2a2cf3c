"""Stable error codes, and errors in GraphQL's response format. Problem types: `types.problems`."""

from __future__ import annotations

import logging
from typing import Any

from graphql import GraphQLError

from hub import errors
from hub.logs import LimitedLog
from schema.budget import BudgetExceeded
from schema.change_feed import SlowConsumer, TooManySubscriptions
from search_index.query import EngineError, InvalidQuery

log = logging.getLogger(__name__)

BAD_USER_INPUT = "BAD_USER_INPUT"
SEARCH_UNAVAILABLE = "SEARCH_UNAVAILABLE"
INTERNAL_ERROR = "INTERNAL_ERROR"
DATABASE_UNAVAILABLE = "DATABASE_UNAVAILABLE"
STORAGE_FULL = "STORAGE_FULL"
RETRY_SECONDS = 5
"""Seconds after which clients may try again while the database cannot be used, as Retry-After."""

_UNAVAILABLE_MESSAGES = {
    DATABASE_UNAVAILABLE: "The database is unavailable now; try again.",
    STORAGE_FULL: "The storage is full: nothing can be saved now.",
}
_unavailable_log = LimitedLog(log)

_CODES: dict[type[Exception], str] = {
    errors.Invalid: BAD_USER_INPUT,
    errors.NotFound: "NOT_FOUND",
    errors.NotAllowed: "FORBIDDEN",
    errors.Conflict: "CONFLICT",
    errors.RateLimited: "RATE_LIMITED",
    SlowConsumer: "TOO_FAR_BEHIND",
    TooManySubscriptions: "TOO_MANY_SUBSCRIPTIONS",
    InvalidQuery: BAD_USER_INPUT,
    EngineError: SEARCH_UNAVAILABLE,
    errors.StorageFull: STORAGE_FULL,
    errors.DatabaseError: DATABASE_UNAVAILABLE,
}


def code_of(error: BaseException | None) -> str | None:
    """Return the stable code of an expected error; None for an unexpected one."""
    if isinstance(error, BudgetExceeded):
        return error.code
    return next((code for kind, code in _CODES.items() if isinstance(error, kind)), None)


def report_unavailable(error: errors.DatabaseError) -> dict[str, Any]:
    """Log that the database cannot be used, a line a second at most; return the client's error."""
    _unavailable_log.warning("%s", error)
    code = code_of(error) or DATABASE_UNAVAILABLE
    return {"message": _UNAVAILABLE_MESSAGES[code], "extensions": {"code": code}}


def is_unavailable(formatted: list[dict[str, Any]]) -> bool:
    """Tell whether one of these formatted errors says that the database cannot be used."""
    return any(error["extensions"]["code"] in _UNAVAILABLE_MESSAGES for error in formatted)


def format_error(error: GraphQLError, request_id: str) -> dict[str, Any]:
    """Format an execution error for the client; an unexpected one is masked and logged.

    Neither variables nor messages of unexpected errors leave the process or reach clients: only
    the log's traceback has them.
    """
    original = error.original_error
    while isinstance(original, GraphQLError) and original.original_error is not None:
        original = original.original_error
    if isinstance(original, EngineError):
        log.warning("Search is unavailable (request %s): %s", request_id, original)
        return _format(error, "Search is unavailable now; try again.", SEARCH_UNAVAILABLE)
    if isinstance(original, errors.DatabaseError):
        unavailable = report_unavailable(original)
        return _format(error, unavailable["message"], unavailable["extensions"]["code"])
    if (code := code_of(original)) is not None:
        path = {"path": original.path.split(".")} if isinstance(original, errors.Invalid) else {}
        return _format(error, str(original), code, **path)
    if original is None and error.message.startswith(_ARGUMENT_PREFIXES):
        return _format(error, error.message, BAD_USER_INPUT)
    log.error(
        "An unexpected error at %s (request %s)",
        ".".join(map(str, error.path or ())) or "the root",
        request_id,
        exc_info=original or error,
        extra={"request_id": request_id},
    )
    return _format(error, "Internal error", INTERNAL_ERROR, requestId=request_id)


# graphql-core's messages of arguments that fail during execution: mostly a variable that is null.
_ARGUMENT_PREFIXES = ("Argument '", 'Argument "')


def _format(error: GraphQLError, message: str, code: str, **extensions: Any) -> dict[str, Any]:
    formatted: dict[str, Any] = {"message": message, "extensions": {"code": code, **extensions}}
    if error.locations:
        formatted["locations"] = [location.formatted for location in error.locations]
    if error.path is not None:
        formatted["path"] = error.path
    return formatted


def request_errors(failures: list[GraphQLError], code: str) -> list[dict[str, Any]]:
    """Format errors of the request itself (its syntax, its validity).

    Errors of one message are one error, with the locations of all.
    """
    formatted: dict[str, dict[str, Any]] = {}
    for error in failures:
        previous = formatted.get(error.message)
        if previous is None:
            extensions = {"code": code, **(error.extensions or {})}
            formatted[error.message] = {**error.formatted, "extensions": extensions}
        elif error.locations:
            locations = [location.formatted for location in error.locations]
            previous["locations"] = [*previous.get("locations", []), *locations]
    return list(formatted.values())
