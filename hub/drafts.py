"""Input of services: articles, relations and comments that are not stored yet.

Importers and mutations create them; nothing in them has been validated.

`hub.imports` detects changes by a digest of an ArticleDraft's `repr`, which contains the names of
these classes and their fields: renaming one makes every imported article appear changed.
"""

from __future__ import annotations

from dataclasses import dataclass, fields, is_dataclass, replace
from datetime import datetime
from enum import Enum
from operator import is_
from typing import Any, TypeVar

from hub.models import CommentKind, CommentStatus, Kind, RelationKind, Status

D = TypeVar("D")


class Markup(str, Enum):
    """The markup language of a body."""

    HTML = "HTML"
    MARKDOWN = "MARKDOWN"
    TEXT = "TEXT"


@dataclass(frozen=True, slots=True)
class Body:
    """The body of an article or comment as received; TEXT separates paragraphs by empty lines."""

    content: str
    markup: Markup = Markup.HTML


@dataclass(frozen=True, slots=True)
class TopicDraft:
    """A topic by name, identified by its slug (derived from the name if None).

    `parent` is the slug of another topic. None keeps the stored value. `above` are its ancestors,
    the topmost first, for those of them that are not stored yet.
    """

    name: str
    slug: str | None = None
    parent: str | None = None
    description: str | None = None
    above: tuple[TopicDraft, ...] = ()


@dataclass(frozen=True, slots=True)
class AuthorDraft:
    """An author by name, identified by its slug (derived from the name if None)."""

    name: str
    slug: str | None = None
    bio: str | None = None


@dataclass(frozen=True, slots=True)
class RelationDraft:
    """An edge to an article that may not exist yet, identified by url, slug or headline.

    `anchor` is the text of the link: the headline itself when `by_headline`. `position` is the
    paragraph (from 0) that contains the link, or after which the link is a line of its own.
    """

    kind: RelationKind
    anchor: str
    url: str | None = None
    slug: str | None = None
    by_headline: bool = False
    position: int | None = None


@dataclass(frozen=True, slots=True)
class CommentDraft:
    """A comment of an import. `key` is unique within its article, `parent_key` another's key.

    A parent may come later in the list; if it is missing, the comment is a top-level one.
    """

    key: str
    author_name: str
    body: Body
    created_at: datetime
    status: CommentStatus = CommentStatus.PENDING
    kind: CommentKind = CommentKind.COMMENT
    parent_key: str | None = None
    author_email: str | None = None


@dataclass(frozen=True, slots=True)
class ArticleDraft:
    """An article of an import, identified by (`source`, `key`).

    `source` names its origin (a site's address, a folder's name), `key` its id there. `slug` None:
    derived from the title. `addresses` are urls under which other articles may link to it;
    `aliases` are former slugs. `place` is its position in the input, for the report (`line 120`,
    `posts/x.md`). The order of authors, topics and relations is kept. `published_at` None with
    status PUBLISHED means now. `metadata` are further names and values of the source; readers
    never see them.
    """

    source: str
    key: str
    title: str
    body: Body
    place: str = ""
    slug: str | None = None
    summary: str = ""
    language: str = "en"
    kind: Kind = Kind.ARTICLE
    status: Status = Status.DRAFT
    published_at: datetime | None = None
    created_at: datetime | None = None
    updated_at: datetime | None = None
    comments_open: bool = True
    image_url: str | None = None
    image_alt: str | None = None
    canonical_url: str | None = None
    translation_key: str | None = None
    authors: tuple[AuthorDraft, ...] = ()
    topics: tuple[TopicDraft, ...] = ()
    relations: tuple[RelationDraft, ...] = ()
    comments: tuple[CommentDraft, ...] = ()
    addresses: tuple[str, ...] = ()
    aliases: tuple[str, ...] = ()
    metadata: tuple[tuple[str, str], ...] = ()


def without_nul(draft: D) -> D:
    """Remove NUL characters, which PostgreSQL cannot store; `draft` itself if it has none."""
    cleaned: D = _without_nul(draft)
    return cleaned


def _without_nul(value: Any) -> Any:
    if type(value) is str:
        return value.replace("\0", "") if "\0" in value else value
    if type(value) is tuple:
        parts = tuple(map(_without_nul, value))
        return value if all(map(is_, parts, value)) else parts
    if not is_dataclass(value) or isinstance(value, type):
        return value
    different = {
        f.name: new
        for f in fields(value)
        if (new := _without_nul(old := getattr(value, f.name))) is not old
    }
    return replace(value, **different) if different else value
