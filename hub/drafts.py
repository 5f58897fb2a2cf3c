"""What goes into a service: articles, relations and comments that are not stored yet.

Importers make them, mutations make them; nothing in here has been checked.
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
    """How a body is written."""

    HTML = "HTML"
    MARKDOWN = "MARKDOWN"
    TEXT = "TEXT"


@dataclass(frozen=True, slots=True)
class Body:
    """An article's words as they came in. TEXT has its paragraphs separated by empty lines."""

    content: str
    markup: Markup = Markup.HTML


@dataclass(frozen=True, slots=True)
class TopicDraft:
    """A topic by name, found by its slug (made from the name where none is given).

    `parent` is the slug of another topic. None leaves what is stored as it is. `above` are the
    topics above it, the topmost first, for those of them that are not stored yet.
    """

    name: str
    slug: str | None = None
    parent: str | None = None
    description: str | None = None
    above: tuple[TopicDraft, ...] = ()


@dataclass(frozen=True, slots=True)
class AuthorDraft:
    """A byline by name, found by its slug (made from the name where none is given)."""

    name: str
    slug: str | None = None
    bio: str | None = None


@dataclass(frozen=True, slots=True)
class RelationDraft:
    """An edge to an article that may not be there yet, named by url, slug or headline.

    `anchor` is the words of the link: the headline itself when `by_headline`. `position` is the
    paragraph (from 0) that holds the link, or after which a line of its own stands.
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

    A parent may come later in the list, or be missing: then the comment stands at the top level.
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
    """One article of an import, found again by (`source`, `key`).

    `source` names where it came from (a site's address, a folder's name), `key` what it is
    called there. `slug` None means: made from the title. `addresses` are urls under which other
    articles may link to it; `aliases` slugs that it had before. `place` says where in the input
    it stands, for the report (`line 120`, `posts/x.md`). Order of authors, topics and relations
    is kept. `published_at` None with status PUBLISHED means now. `metadata` are names and values
    that the source keeps besides; readers never see them.
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
    """`draft` without NUL characters, which not every database can hold; itself if it has none."""
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
