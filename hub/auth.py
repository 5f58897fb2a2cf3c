"""Viewers, their permissions, and the visibility rule.

Every read filters by `article_statuses` and `comment_statuses`, or by the conditions made of them:
a comment is visible with its article, a label (a topic or author) with an article that carries it.
Nothing else decides what is public.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from enum import Enum
from typing import NamedTuple

from hub.db.database import marks, run
from hub.errors import NotAllowed
from hub.models import (
    Article,
    CommentStatus,
    Door,
    RelationKind,
    RelationOrigin,
    Revision,
    Role,
    Status,
)


class Permission(str, Enum):
    """A permission of a token; the value is the name in a token's scopes."""

    READ = "read"
    WRITE = "write"
    PUBLISH = "publish"
    DELETE = "delete"
    MODERATE = "moderate"
    TUNE = "tune"
    TOKENS = "tokens"
    AUDIT = "audit"
    PEOPLE = "people"


_ROLE_PERMISSIONS = {
    Role.WRITER: {Permission.READ, Permission.WRITE},
    Role.EDITOR: set(Permission) - {Permission.TOKENS, Permission.AUDIT, Permission.PEOPLE},
    Role.ADMIN: set(Permission),
}

_ACTION_TEXT = {
    Permission.READ: "read what is not published",
    Permission.WRITE: "write articles",
    Permission.PUBLISH: "publish or archive articles, or change topics and authors",
    Permission.DELETE: "delete articles, topics and authors",
    Permission.MODERATE: "moderate comments",
    Permission.TUNE: "tune search",
    Permission.TOKENS: "manage tokens",
    Permission.AUDIT: "read the audit trail",
    Permission.PEOPLE: "export or erase what readers left",
}

PUBLIC_ARTICLES = (Status.PUBLISHED.value,)
ALL_ARTICLES = tuple(status.value for status in Status)
PUBLIC_COMMENTS = (CommentStatus.APPROVED.value,)
ALL_COMMENTS = tuple(status.value for status in CommentStatus)


class PreviewOf(NamedTuple):
    """What a preview makes public: one article, or the articles of one release."""

    id: int
    article_id: int | None
    release_id: int | None


@dataclass(frozen=True, slots=True)
class Viewer:
    """The client of a request. `name` is written into revisions; ANONYMOUS has no permissions.

    Names of tokens are not unique: `token_id` tells them apart. `own_drafts`: of what is not
    published, it may write only what a token of its name has created. `door` is the way by which
    its changes come in. `preview` is what it may see besides, as if that were public.
    """

    name: str
    role: Role | None = None
    permissions: frozenset[Permission] = frozenset()
    token_id: int | None = None
    own_drafts: bool = False
    door: Door = Door.GRAPHQL
    preview: PreviewOf | None = None

    def may(self, permission: Permission) -> bool:
        """Return whether the viewer has `permission`."""
        return permission in self.permissions

    def require(self, permission: Permission) -> None:
        """Raise NotAllowed unless the viewer has `permission`."""
        if permission not in self.permissions:
            raise NotAllowed(_ACTION_TEXT[permission])


ANONYMOUS = Viewer("anonymous")
SYSTEM = Viewer("system", Role.ADMIN, frozenset(Permission), door=Door.COMMAND)
"""The viewer of commands: a user who may run them can read the database file anyway."""

SCHEDULER = replace(SYSTEM, door=Door.SCHEDULER)
"""The viewer of what the hub itself does when its moment has come."""


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


async def require_revision(article: Article, viewer: Viewer) -> None:
    """Raise NotAllowed unless the viewer, a writer, may revise the article and its links.

    A draft needs no more, unless it is another's and drafts are not shared, or will be published by
    a plan or a release; others need publish.
    """
    if article.status is not Status.DRAFT or await _will_be_published(article, viewer):
        viewer.require(Permission.PUBLISH)
    elif viewer.own_drafts and not await Revision.exists(
        article_id=article.id, version=1, editor=viewer.name
    ):
        raise NotAllowed("write what others have drafted")


async def require_working_version(article: Article, viewer: Viewer) -> None:
    """Raise NotAllowed unless the viewer, a writer, may edit the article's working version.

    That publishes nothing, unless the article is about to be published: then it needs publish.
    """
    if article.status is Status.DRAFT:
        await require_revision(article, viewer)
    elif article.status is Status.SCHEDULED or await _will_be_published(article, viewer):
        viewer.require(Permission.PUBLISH)


async def _will_be_published(article: Article, viewer: Viewer) -> bool:
    """Return whether a plan or a scheduled release publishes it; not read for who may publish."""
    if viewer.may(Permission.PUBLISH):
        return False
    rows = await run(
        "SELECT 1 FROM planned_change WHERE article_id = ? AND action = 'PUBLISH'"
        " UNION ALL SELECT 1 FROM release_item i JOIN content_release r ON r.id = i.release_id"
        " WHERE i.article_id = ? AND i.action = 'PUBLISH' AND r.status = 'SCHEDULED' LIMIT 1",
        [article.id, article.id],
    )
    return bool(rows)


class Condition(NamedTuple):
    """A condition of a statement, and its arguments."""

    sql: str
    args: tuple[object, ...] = ()


_ANY = Condition("TRUE")


def article_condition(viewer: Viewer, id_: str) -> Condition:
    """Return the condition that the viewer may see the article with this id, an expression.

    The cast keeps SQLite from looking the status up in an index of all published articles.
    """
    statuses = article_statuses(viewer)
    return Condition(
        f"EXISTS (SELECT 1 FROM article seen WHERE seen.id = {id_}"
        f" AND CAST(seen.status AS TEXT) IN ({marks(statuses)}))",
        statuses,
    )


def comment_condition(viewer: Viewer, comment: str) -> Condition:
    """Return the condition that the viewer may see a row of `comment`: its article as well."""
    statuses = comment_statuses(viewer)
    own = Condition(f"{comment}.status IN ({marks(statuses)})", statuses)
    if viewer.may(Permission.READ):
        return own
    article = article_condition(viewer, f"{comment}.article_id")
    return Condition(f"{own.sql} AND {article.sql}", (*own.args, *article.args))


def topic_condition(viewer: Viewer, topic: str) -> Condition:
    """Return the condition that the viewer may see a row of `topic`.

    They may if a visible article carries it or a topic below it. The joins run in the order in
    which they are written, from the topic to its articles, and end at the first visible one.
    """
    if viewer.may(Permission.READ):
        return _ANY
    statuses = article_statuses(viewer)
    return Condition(
        f"EXISTS (WITH RECURSIVE below(id) AS (SELECT {topic}.id UNION"
        " SELECT child.id FROM below CROSS JOIN topic child WHERE child.parent_id = below.id)"
        " SELECT 1 FROM below CROSS JOIN article_topic x CROSS JOIN article seen"
        " WHERE x.topic_id = below.id AND seen.id = x.article_id"
        f" AND CAST(seen.status AS TEXT) IN ({marks(statuses)}))",
        statuses,
    )


def author_condition(viewer: Viewer, author: str) -> Condition:
    """Return the condition that the viewer may see a row of `author`: a visible article has it."""
    if viewer.may(Permission.READ):
        return _ANY
    statuses = article_statuses(viewer)
    return Condition(
        "EXISTS (SELECT 1 FROM article_author x CROSS JOIN article seen"
        f" WHERE x.author_id = {author}.id AND seen.id = x.article_id"
        f" AND CAST(seen.status AS TEXT) IN ({marks(statuses)}))",
        statuses,
    )


def ids_of_slugs(label: str, slugs: Sequence[str], viewer: Viewer) -> Condition:
    """Return a statement of the ids of those topics or authors that have or had these slugs.

    A former slug under which readers never saw the label finds it for staff alone. The rows still
    have to be visible themselves.
    """
    former = "" if viewer.may(Permission.READ) else " AND f.was_public = TRUE"
    return Condition(
        f"SELECT id FROM {label} WHERE slug IN ({marks(slugs)}) UNION ALL"
        f" SELECT f.{label}_id FROM former_{label} f WHERE f.slug IN ({marks(slugs)}){former}",
        (*slugs, *slugs),
    )


def dangling_condition(viewer: Viewer, end: str) -> str:
    """Return the condition on an edge `r` that it dangles if the viewer sees no article at `end`.

    To readers, an edge does whose source names the target in public, by a headline or an address,
    as if the hidden target were not in the hub. What an editor has selected or plans to pin is for
    staff. In the terms of rows, `hub.related.names_target`.
    """
    if viewer.may(Permission.READ):
        return f"r.{end} IS NULL"
    return (
        f"r.chosen = FALSE AND r.origin <> '{RelationOrigin.DERIVED.value}'"
        f" AND r.kind <> '{RelationKind.PINNED.value}'"
    )
