"""Viewers, their permissions, and the visibility rule.

Every read filters by `article_statuses` and `comment_statuses`; nothing else decides what is
public.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum

from hub.errors import NotAllowed
from hub.models import CommentStatus, Role, Status


class Permission(str, Enum):
    """A permission of a token; the value is the name in a token's scopes."""

    READ = "read"
    WRITE = "write"
    PUBLISH = "publish"
    DELETE = "delete"
    MODERATE = "moderate"
    TUNE = "tune"
    TOKENS = "tokens"


_ROLE_PERMISSIONS = {
    Role.WRITER: {Permission.READ, Permission.WRITE},
    Role.EDITOR: set(Permission) - {Permission.TOKENS},
    Role.ADMIN: set(Permission),
}

_ACTION_TEXT = {
    Permission.READ: "read what is not published",
    Permission.WRITE: "write articles",
    Permission.PUBLISH: "publish or archive articles",
    Permission.DELETE: "delete articles",
    Permission.MODERATE: "moderate comments",
    Permission.TUNE: "tune search",
    Permission.TOKENS: "manage tokens",
}

PUBLIC_ARTICLES = (Status.PUBLISHED.value,)
ALL_ARTICLES = tuple(status.value for status in Status)
PUBLIC_COMMENTS = (CommentStatus.APPROVED.value,)
ALL_COMMENTS = tuple(status.value for status in CommentStatus)


@dataclass(frozen=True, slots=True)
class Viewer:
    """The client of a request. `name` is written into revisions; ANONYMOUS has no permissions.

    Names of tokens are not unique: `token_id` tells them apart.
    """

    name: str
    role: Role | None = None
    permissions: frozenset[Permission] = frozenset()
    token_id: int | None = None

    def may(self, permission: Permission) -> bool:
        """Return whether the viewer has `permission`."""
        return permission in self.permissions

    def require(self, permission: Permission) -> None:
        """Raise NotAllowed unless the viewer has `permission`."""
        if permission not in self.permissions:
            raise NotAllowed(_ACTION_TEXT[permission])


ANONYMOUS = Viewer("anonymous")
SYSTEM = Viewer("system", Role.ADMIN, frozenset(Permission))
"""The viewer of commands: a user who may run them can read the database file anyway."""


def viewer_of(name: str, role: Role, scopes: str, token_id: int | None = None) -> Viewer:
    """Build the viewer of a token; `scopes` (space-separated) narrow the role, unless empty."""
    allowed = _ROLE_PERMISSIONS[role]
    if scopes:
        allowed = {permission for permission in allowed if permission.value in scopes.split()}
    return Viewer(name, role, frozenset(allowed), token_id)


def article_statuses(viewer: Viewer) -> tuple[str, ...]:
    """Return the statuses of the articles that `viewer` may see."""
    return ALL_ARTICLES if viewer.may(Permission.READ) else PUBLIC_ARTICLES


def comment_statuses(viewer: Viewer) -> tuple[str, ...]:
    """Return the statuses of the comments that `viewer` may see."""
    return ALL_COMMENTS if viewer.may(Permission.MODERATE) else PUBLIC_COMMENTS
