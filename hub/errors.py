"""Exceptions of services.

HubError
├─ NotAllowed   the viewer lacks a permission
├─ NotFound     the record does not exist, or the viewer may not see it
├─ Invalid      a value is out of bounds; `path` names the input
├─ Conflict     the record was saved by another client in between
└─ RateLimited  too many actions in a short time

DatabaseError   the database cannot be opened, or used at the moment
├─ StorageFull  there is no space for a save
└─ BackupError  a backup cannot be made, read or restored

ManifestError   the trusted documents of a front end cannot be read
"""

from __future__ import annotations

from datetime import datetime


class DatabaseError(Exception):
    """The database cannot be opened as configured, or not be used at the moment.

    Not a HubError: the message is for the operator, not for clients.
    """


class StorageFull(DatabaseError):
    """The disk is full: what is stored can be read, and nothing be saved."""


class BackupError(DatabaseError):
    """A backup cannot be made, read or restored; what was there before is as it was."""


class ManifestError(Exception):
    """The manifest of trusted documents cannot be used; the message says why."""


class HubError(Exception):
    """An error whose message may be sent to the client; nothing has been changed."""


class NotAllowed(HubError):
    """The viewer lacks a permission."""

    def __init__(self, action: str) -> None:
        super().__init__(f"You are not allowed to {action}.")
        self.action = action


class NotFound(HubError):
    """No such record, or none that the viewer may see: deliberately not distinguished."""

    def __init__(self, resource: str, key: object) -> None:
        super().__init__(f"There is no {resource} {key!r}.")
        self.resource = resource
        self.key = key


class Invalid(HubError):
    """A value is out of bounds. `path` is the dotted name of the input, as in `body.html`."""

    def __init__(self, path: str, problem: str) -> None:
        super().__init__(f"{path}: {problem}")
        self.path = path
        self.problem = problem


class Conflict(HubError):
    """The record has been saved after the version that the client last read."""

    def __init__(self, current_version: int, saved_at: datetime | None = None) -> None:
        super().__init__(
            f"It has been saved since: it is at version {current_version} now. "
            "Read it again and apply your change to what you find."
        )
        self.current_version = current_version
        self.saved_at = saved_at


class RateLimited(HubError):
    """The client exceeded a limit per minute."""

    def __init__(self, actions: str, retry_after_seconds: int) -> None:
        super().__init__(f"Too many {actions}; try again in {retry_after_seconds} s.")
        self.retry_after_seconds = retry_after_seconds
