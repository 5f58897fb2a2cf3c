"""Who asks, what they may do, and what they may see: the one visibility rule.

Every read narrows itself by `article_statuses` and `comment_statuses`; nothing else decides what
is public.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum

from hub.errors import NotAllowed
from hub.models import CommentStatus, Role, Status


class Permission(str, Enum):
    """What a token may be allowed; the value is the name in a token's scopes."""

    READ = "read"
    WRITE = "write"
    PUBLISH = "publish"
    DELETE = "delete"
    MODERATE = "moderate"
    TUNE = "tune"
    TOKENS = "tokens"


_OF_ROLE = {
    Role.WRITER: {Permission.READ, Permission.WRITE},
    Role.EDITOR: set(Permission) - {Permission.TOKENS},
    Role.ADMIN: set(Permission),
}

_ACTION = {
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
    """Who asks. `name` is written into revisions; an anonymous viewer has no permissions."""

    name: str
    role: Role | None = None
    permissions: frozenset[Permission] = frozenset()

    def may(self, permission: Permission) -> bool:
        """Whether `permission` is given."""
        return permission in self.permissions

    def require(self, permission: Permission) -> None:
        """Raises NotAllowed unless `permission` is given."""
        if permission not in self.permissions:
            raise NotAllowed(_ACTION[permission])


ANONYMOUS = Viewer("anonymous")
SYSTEM = Viewer("system", Role.ADMIN, frozenset(Permission))
"""The viewer of commands: whoever may run them may read the database file anyway."""


def viewer_of(name: str, role: Role, scopes: str) -> Viewer:
    """The viewer that holds a token; `scopes` (space-separated) narrow the role, unless empty."""
    allowed = _OF_ROLE[role]
    if scopes:
        allowed = {permission for permission in allowed if permission.value in scopes.split()}
    return Viewer(name, role, frozenset(allowed))


def article_statuses(viewer: Viewer) -> tuple[str, ...]:
    """The statuses of the articles that `viewer` may see."""
    return ALL_ARTICLES if viewer.may(Permission.READ) else PUBLIC_ARTICLES


def comment_statuses(viewer: Viewer) -> tuple[str, ...]:
    """The statuses of the comments that `viewer` may see."""
    return ALL_COMMENTS if viewer.may(Permission.MODERATE) else PUBLIC_COMMENTS
