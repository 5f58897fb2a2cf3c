"""The problem types of mutation unions, and the exception handlers that return them."""

from __future__ import annotations

from dataclasses import dataclass

import strawberry

from hub import errors
from schema.errors import INTERNAL_ERROR, code_of
from schema.types.fields import field


@strawberry.interface(description="Why a mutation was refused; nothing has been changed.")
class Problem:
    """Fields of all problems."""

    code: str = field("Stable, for programs.")
    message: str = field("In English, for people.")


@strawberry.type(description="A value is out of bounds.")
class Invalid(Problem):
    """`hub.errors.Invalid`."""

    path: list[str] = field("Which part of the mutation's arguments it is, as in `input`, `title`.")


@strawberry.type(description="There is no such thing, or you may not see it.")
class NotFound(Problem):
    """`hub.errors.NotFound`."""


@strawberry.type(description="You lack a permission.")
class NotAllowed(Problem):
    """`hub.errors.NotAllowed`."""


@strawberry.type(description="Somebody else saved it since the version that you had seen.")
class Conflict(Problem):
    """`hub.errors.Conflict`."""

    current_version: int = field("The version that it is at now.")


@strawberry.type(description="Too much was asked for in a short time.")
class RateLimited(Problem):
    """`hub.errors.RateLimited`."""

    retry_after_seconds: int = field("After how many seconds to try again.")


def to_problem(error: errors.HubError) -> Problem:
    """Convert an error to its problem type; raise it if it has none."""
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
        case errors.NotAllowed():
            return NotAllowed(code=code, message=message)
        case _:
            raise error


@dataclass(frozen=True, slots=True)
class ExceptionHandler:
    """Converts one error class to its problem, in each field whose union has that type."""

    exception_type: type[errors.HubError]
    error_type: type[Problem]

    def handle(self, exception: errors.HubError, *, field: object, info: object) -> Problem:
        """Convert the error to a problem."""
        return to_problem(exception)


EXCEPTION_HANDLERS = (
    ExceptionHandler(errors.Invalid, Invalid),
    ExceptionHandler(errors.NotFound, NotFound),
    ExceptionHandler(errors.NotAllowed, NotAllowed),
    ExceptionHandler(errors.Conflict, Conflict),
    ExceptionHandler(errors.RateLimited, RateLimited),
)
