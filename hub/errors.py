"""What a service may refuse, and why.

HubError
├─ NotAllowed   the viewer may not do this
├─ NotFound     there is no such thing, or the viewer may not see it
├─ Invalid      a value is out of bounds; `path` says which
├─ Conflict     somebody else saved it since
└─ RateLimited  too much in a short time
"""

from __future__ import annotations

from datetime import datetime


class DatabaseError(Exception):
    """The database cannot be opened as it is set up; the message says what to do.

    No HubError: it is told to whoever runs the hub, not to who asks it.
    """


class HubError(Exception):
    """A refusal that may be shown to who asked, word for word; nothing has been changed."""


class NotAllowed(HubError):
    """The viewer lacks a permission."""

    def __init__(self, action: str) -> None:
        super().__init__(f"You are not allowed to {action}.")
        self.action = action


class NotFound(HubError):
    """No such record, or none that the viewer may see: the two look the same on purpose."""

    def __init__(self, what: str, key: object) -> None:
        super().__init__(f"There is no {what} {key!r}.")
        self.what = what
        self.key = key


class Invalid(HubError):
    """A value is out of bounds. `path` is the dotted name of the input, as in `body.html`."""

    def __init__(self, path: str, problem: str) -> None:
        super().__init__(f"{path}: {problem}")
        self.path = path
        self.problem = problem


class Conflict(HubError):
    """The record has been saved since the version that the caller had seen."""

    def __init__(self, current_version: int, saved_at: datetime | None = None) -> None:
        super().__init__(
            f"It has been saved since: it is at version {current_version} now. "
            "Read it again and apply your change to what you find."
        )
        self.current_version = current_version
        self.saved_at = saved_at


class RateLimited(HubError):
    """Too much was asked for in a short time."""

    def __init__(self, what: str, retry_after_seconds: int) -> None:
        super().__init__(f"Too many {what}; try again in {retry_after_seconds} s.")
        self.retry_after_seconds = retry_after_seconds
