"""The looks of refusals: as problems in a mutation's union, as coded errors in a query."""

from __future__ import annotations

import logging
from dataclasses import dataclass
from typing import Any

import strawberry
from graphql import GraphQLError

from hub import errors
from schema.feed import Behind, Full
from schema.types.fields import shown
from search_index.query import BadQuery, EngineError

log = logging.getLogger(__name__)

BAD_USER_INPUT = "BAD_USER_INPUT"
SEARCH_UNAVAILABLE = "SEARCH_UNAVAILABLE"
INTERNAL_ERROR = "INTERNAL_ERROR"


@strawberry.interface(description="Why a mutation was refused; nothing has been changed.")
class Problem:
    """What all problems tell."""

    code: str = shown("Stable, for programs.")
    message: str = shown("In English, for people.")


@strawberry.type(description="A value is out of bounds.")
class Invalid(Problem):
    """`hub.errors.Invalid`."""

    path: list[str] = shown("Which part of the mutation's arguments it is, as in `input`, `title`.")


@strawberry.type(description="There is no such thing, or you may not see it.")
class NotFound(Problem):
    """`hub.errors.NotFound`."""


@strawberry.type(description="You lack a permission.")
class NotAllowed(Problem):
    """`hub.errors.NotAllowed`."""


@strawberry.type(description="Somebody else saved it since the version that you had seen.")
class Conflict(Problem):
    """`hub.errors.Conflict`."""

    current_version: int = shown("The version that it is at now.")


@strawberry.type(description="Too much was asked for in a short time.")
class RateLimited(Problem):
    """`hub.errors.RateLimited`."""

    retry_after_seconds: int = shown("After how many seconds to try again.")


def problem(error: errors.HubError) -> Problem:
    """A refusal as clients of mutations see it."""
    code, message = code_of(error) or INTERNAL_ERROR, str(error)
    match error:
        case errors.Invalid():
            return Invalid(code=code, message=message, path=["input", *error.path.split(".")])
        case errors.NotFound():
            return NotFound(code=code, message=message)
        case errors.Conflict():
            return Conflict(code=code, message=message, current_version=error.current_version)
        case errors.RateLimited():
            seconds = error.retry_after_seconds
            return RateLimited(code=code, message=message, retry_after_seconds=seconds)
        case _:
            return NotAllowed(code=code, message=message)


_CODES: dict[type[Exception], str] = {
    errors.Invalid: BAD_USER_INPUT,
    errors.NotFound: "NOT_FOUND",
    errors.NotAllowed: "FORBIDDEN",
    errors.Conflict: "CONFLICT",
    errors.RateLimited: "RATE_LIMITED",
    Behind: "TOO_FAR_BEHIND",
    Full: "TOO_MANY_SUBSCRIPTIONS",
    BadQuery: BAD_USER_INPUT,
    EngineError: SEARCH_UNAVAILABLE,
}


def code_of(error: BaseException | None) -> str | None:
    """The stable code of a refusal; None for what nobody expected."""
    return next((code for kind, code in _CODES.items() if isinstance(error, kind)), None)


@dataclass(frozen=True, slots=True)
class Face:
    """Turns one kind of refusal into its problem, in every field whose union has that type."""

    exception_type: type[errors.HubError]
    error_type: type[Problem]

    def handle(self, exception: errors.HubError, *, field: object, info: object) -> Problem:
        """The refusal as a problem."""
        return problem(exception)


FACES = (
    Face(errors.Invalid, Invalid),
    Face(errors.NotFound, NotFound),
    Face(errors.NotAllowed, NotAllowed),
    Face(errors.Conflict, Conflict),
    Face(errors.RateLimited, RateLimited),
)


def told(error: GraphQLError, request_id: str) -> dict[str, Any]:
    """An execution error as it is told to the client; what nobody expected is masked and logged.

    Neither variables nor messages of unexpected errors leave the process or reach clients: only
    the log's traceback has them.
    """
    original = error.original_error
    while isinstance(original, GraphQLError) and original.original_error is not None:
        original = original.original_error
    if isinstance(original, EngineError):
        log.warning("Search is unavailable (request %s): %s", request_id, original)
        return _told(error, "Search is unavailable now; try again.", SEARCH_UNAVAILABLE)
    if (code := code_of(original)) is not None:
        path = {"path": original.path.split(".")} if isinstance(original, errors.Invalid) else {}
        return _told(error, str(original), code, **path)
    if original is None and error.message.startswith(_OF_ARGUMENTS):
        return _told(error, error.message, BAD_USER_INPUT)
    log.error(
        "An unexpected error at %s (request %s)",
        ".".join(map(str, error.path or ())) or "the root",
        request_id,
        exc_info=original or error,
        extra={"request_id": request_id},
    )
    return _told(error, "Internal error", INTERNAL_ERROR, requestId=request_id)


# What graphql-core says of arguments that fail while executing: a variable that is null, mostly.
_OF_ARGUMENTS = ("Argument '", 'Argument "')


def _told(error: GraphQLError, message: str, code: str, **more: Any) -> dict[str, Any]:
    formatted: dict[str, Any] = {"message": message, "extensions": {"code": code, **more}}
    if error.locations:
        formatted["locations"] = [location.formatted for location in error.locations]
    if error.path is not None:
        formatted["path"] = error.path
    return formatted


def request_errors(found: list[GraphQLError], code: str) -> list[dict[str, Any]]:
    """Errors of the request itself (its syntax, its validity), in GraphQL's form."""
    return [
        {**error.formatted, "extensions": {"code": code, **(error.extensions or {})}}
        for error in found
    ]
