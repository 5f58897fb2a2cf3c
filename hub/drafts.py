"""Input of services: articles, relations and comments that are not stored yet.

Importers and mutations create them; nothing in them has been validated. `derive_columns` validates
the fields of an article, and returns its columns.

`hub.imports` detects changes by a digest of an ArticleDraft's `repr`, which contains the names of
these classes and their fields: renaming one makes every imported article appear changed.
"""

from __future__ import annotations

import asyncio
import hashlib
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, fields, is_dataclass, replace
from datetime import datetime
from enum import Enum
from operator import is_
from typing import Any, Final, TypeVar

from pydantic.alias_generators import to_camel

from hub.errors import Invalid
from hub.models import CommentKind, CommentModeration, CommentStatus, Kind, RelationKind, Status
from hub.text import markup, seo, validation
from hub.text.bodies import Body
from hub.text.seo import Seo
from hub.text.slugs import headline_key

INLINE_CHARACTERS = 20_000
"""Characters of a body that is sanitised on the event loop: in some milliseconds."""

D = TypeVar("D")
T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class NameDraft:
    """The name of a topic or author in a language."""

    language: str
    name: str


@dataclass(frozen=True, slots=True)
class TopicDraft:
    """A topic by name, identified by its slug (derived from the name if None).

    `parent` is the slug of another topic. None keeps the stored value. `above` are its ancestors,
    the topmost first, for those of them that are not stored yet. `taxonomy` is how its source
    classifies it: `category`, `tag`, `series` or a name of its own. `translations`, if there are
    any, replace the stored ones.
    """

    name: str
    slug: str | None = None
    parent: str | None = None
    description: str | None = None
    above: tuple[TopicDraft, ...] = ()
    taxonomy: str | None = None
    translations: tuple[NameDraft, ...] = ()


@dataclass(frozen=True, slots=True)
class LinkDraft:
    """A link of an author: to a site of theirs, or a profile elsewhere."""

    name: str
    url: str


@dataclass(frozen=True, slots=True)
class AuthorDraft:
    """An author by name, identified by its slug (derived from the name if None).

    The values that are None, or empty, keep the stored ones.
    """

    name: str
    slug: str | None = None
    bio: str | None = None
    image_url: str | None = None
    image_alt: str | None = None
    links: tuple[LinkDraft, ...] = ()
    translations: tuple[NameDraft, ...] = ()


@dataclass(frozen=True, slots=True)
class RelationDraft:
    """An edge to an article that may not exist yet, identified by url, slug or headline.

    `anchor` is the text of the link: the headline itself when `by_headline`. `position` is the
    paragraph (from 0) that contains the link, or after which the link is a line of its own. It is
    `chosen` if an editor made it to the article itself, and named no target in public.
    """

    kind: RelationKind
    anchor: str
    url: str | None = None
    slug: str | None = None
    by_headline: bool = False
    position: int | None = None
    chosen: bool = False


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


@dataclass(frozen=True, slots=True, kw_only=True)
class ArticleContent:
    """The fields that authors fill in, of new articles and of imported ones.

    `slug` None: derived from the title. `published_at` is the date on which a SCHEDULED article
    will be, or a PUBLISHED one was published; None with these means now.
    """

    title: str
    body: Body
    slug: str | None = None
    subtitle: str = ""
    summary: str = ""
    language: str = "en"
    kind: Kind = Kind.ARTICLE
    status: Status = Status.DRAFT
    published_at: datetime | None = None
    comments_open: bool = True
    comment_moderation: CommentModeration | None = None
    image_url: str | None = None
    image_alt: str | None = None
    canonical_url: str | None = None
    translation_key: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class NewArticle(ArticleContent):
    """An article to create. Topics and authors are names or slugs; missing ones are created."""

    topics: tuple[str, ...] = ()
    authors: tuple[str, ...] = ()
    seo: Seo | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ArticleDraft(ArticleContent):
    """An article of an import, identified by (`source`, `key`).

    `source` names its origin (a site's address, a folder's name), `key` its id there. `addresses`
    are urls under which other articles may link to it; `aliases` are former slugs. `place` is its
    position in the input, for the report (`line 120`, `posts/x.md`). The order of authors, topics
    and relations is kept. `metadata` are further names and values of the source; readers never
    see them. `language_is_own`: its author named the language of this article. `detected_language`
    is another one than `language`, if the text is plainly written in that: an article that the hub
    does not have yet is stored with it.
    """

    source: str
    key: str
    place: str = ""
    created_at: datetime | None = None
    updated_at: datetime | None = None
    authors: tuple[AuthorDraft, ...] = ()
    topics: tuple[TopicDraft, ...] = ()
    relations: tuple[RelationDraft, ...] = ()
    comments: tuple[CommentDraft, ...] = ()
    addresses: tuple[str, ...] = ()
    aliases: tuple[str, ...] = ()
    metadata: tuple[tuple[str, str], ...] = ()
    language_is_own: bool = False
    detected_language: str | None = None


@dataclass(frozen=True, slots=True)
class ArticleField:
    """A field of an article that holds one plain value, in a column of the same name.

    `validate` takes the value and the path of the input, and returns the value to store, or raises
    Invalid. `nullable`: a revision may clear the field by null. `aliases` are other names under
    which records of imports hold it.
    """

    name: str
    validate: Callable[[Any, str], Any]
    nullable: bool = False
    aliases: tuple[str, ...] = ()


def _any_value(value: T, _path: str) -> T:
    """Accept a value of an enum or a boolean, which its type has checked already."""
    return value


SUBTITLE_ALIASES = ("subheading", "subheadline", "standfirst", "deck", "dek")

ARTICLE_FIELDS = (
    ArticleField("title", validation.line),
    ArticleField("subtitle", validation.line_or_empty, aliases=SUBTITLE_ALIASES),
    ArticleField("summary", validation.text, aliases=("description", "excerpt")),
    ArticleField("language", validation.language, aliases=("lang", "locale")),
    ArticleField("kind", _any_value),
    ArticleField("comments_open", _any_value),
    ArticleField("comment_moderation", _any_value, nullable=True),
    ArticleField("image_url", validation.url, nullable=True, aliases=("image",)),
    ArticleField("image_alt", validation.optional_line, nullable=True),
    ArticleField("canonical_url", validation.url, nullable=True, aliases=("url", "link")),
    ArticleField("translation_key", validation.optional_line, nullable=True),
)
"""The plain fields of an article, in the order in which reports list them.

Services, imports, exports, records and the inputs of mutations take the list of fields, and how
they are validated, from here. `ArticleContent` and `ArticleChanges` give them types.
"""


class Keep(Enum):
    """The type of `KEEP`, the sentinel for a value that a revision does not change."""

    KEEP = "KEEP"


KEEP: Final = Keep.KEEP


@dataclass(frozen=True, slots=True, kw_only=True)
class ArticleChanges:
    """The fields that a revision changes; those that are KEEP stay as they are."""

    title: str | Keep = KEEP
    body: Body | Keep = KEEP
    slug: str | Keep = KEEP
    subtitle: str | Keep = KEEP
    summary: str | Keep = KEEP
    language: str | Keep = KEEP
    kind: Kind | Keep = KEEP
    comments_open: bool | Keep = KEEP
    comment_moderation: CommentModeration | Keep | None = KEEP
    image_url: str | Keep | None = KEEP
    image_alt: str | Keep | None = KEEP
    canonical_url: str | Keep | None = KEEP
    translation_key: str | Keep | None = KEEP
    topics: tuple[str, ...] | Keep = KEEP
    authors: tuple[str, ...] | Keep = KEEP
    seo: Seo | Keep | None = KEEP


async def derive_columns(inputs: Mapping[str, Any]) -> dict[str, Any]:
    """Return the columns of `to_columns`, before a transaction. Raises Invalid.

    A long body is sanitised in a thread: that takes some microseconds a character.
    """
    body = inputs.get("body")
    if body is None or len(body.content) <= INLINE_CHARACTERS:
        return to_columns(inputs)
    return await asyncio.to_thread(to_columns, inputs)


def to_columns(inputs: Mapping[str, Any]) -> dict[str, Any]:
    """Validate inputs, and return the columns that they fill and those derived from them.

    Slug, status, topics and authors are left to the caller, and so is what an article has of other
    metadata (`hub.text.seo.merge`). Raises Invalid.
    """
    values = {
        field.name: field.validate(inputs[field.name], to_camel(field.name))
        for field in ARTICLE_FIELDS
        if field.name in inputs
    }
    if "title" in inputs:
        values["headline_key"] = headline_key(values["title"])
    if "body" in inputs:
        body = replace(inputs["body"], content=validation.body(inputs["body"].content))
        values["body_html"] = markup.to_html(body)
        values["body_text"] = markup.to_text(values["body_html"])
    if "metadata" in inputs:
        values["metadata"] = validation.metadata(inputs["metadata"])
    if "seo" in inputs:
        values["metadata"] = seo.merge(None, inputs["seo"])
    return values


def resolve_status(
    status: Status, published_at: datetime | None, moment: datetime
) -> tuple[Status, datetime | None]:
    """Return the status and date that agree: PUBLISHED in the past, SCHEDULED in the future.

    Raises Invalid for a SCHEDULED article without a date.
    """
    if status is Status.SCHEDULED and published_at is None:
        raise Invalid("publishedAt", "says when a scheduled article will be published")
    if status is Status.PUBLISHED and published_at is None:
        published_at = moment
    if status in (Status.PUBLISHED, Status.SCHEDULED) and published_at is not None:
        status = Status.SCHEDULED if published_at > moment else Status.PUBLISHED
    return status, published_at


def digest(draft: ArticleDraft) -> str:
    """Compute a digest of a draft, to detect changes of what its source says.

    It covers neither comments nor place, nor what was found out about the language.

    It hashes the representation that `repr` gave to the drafts of version 0.1. A field that came
    later is left out at its default, so that digests stored before it existed stay valid.
    """
    items = ", ".join(
        f"({name!r}, {_represent(value)})"
        for name, value in sorted(_digested(draft).items())
        if name not in ("place", "comments", "language_is_own", "detected_language")
    )
    return hashlib.blake2b(f"[{items}]".encode("utf-8", "replace"), digest_size=32).hexdigest()


def _represent(value: Any) -> str:
    if type(value) is tuple:
        items = ", ".join(map(_represent, value))
        return f"({items},)" if len(value) == 1 else f"({items})"
    if not is_dataclass(value):
        return repr(value)
    items = ", ".join(f"{name}={_represent(item)}" for name, item in _digested(value).items())
    return f"{type(value).__qualname__}({items})"


def _digested(draft: Any) -> dict[str, Any]:
    """Return the fields of a draft that its digest covers, in the order of their declaration."""
    required = _FIELDS_OF_0_1[type(draft)]
    values = {field: getattr(draft, field.name) for field in fields(draft)}
    return {
        field.name: value
        for field, value in values.items()
        if field.name in required or (value != field.default and field.name not in _UNDIGESTED)
    }


_UNDIGESTED = frozenset({"taxonomy", "image_url", "image_alt", "links", "translations"})
"""Later fields of labels, which tell nothing of the article that carries them."""


_FIELDS_OF_0_1: dict[type, frozenset[str]] = {
    ArticleDraft: frozenset(
        (
            *("source", "key", "title", "body", "slug", "summary", "language", "kind", "status"),
            *("published_at", "created_at", "updated_at", "comments_open", "image_url"),
            *("image_alt", "canonical_url", "translation_key", "authors", "topics", "relations"),
            *("addresses", "aliases"),
        )
    ),
    AuthorDraft: frozenset(("name", "slug", "bio")),
    Body: frozenset(("content", "markup")),
    RelationDraft: frozenset(("kind", "anchor", "url", "slug", "by_headline", "position")),
    TopicDraft: frozenset(("name", "slug", "parent", "description", "above")),
}
"""The fields that digests of version 0.1 covered whatever their value. Never add to these."""


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


def cyclic_keys(drafts: Iterable[CommentDraft]) -> set[str]:
    """Return the keys of comments whose chain of parents contains a cycle."""
    parent_of = {draft.key: draft.parent_key for draft in drafts}
    rooted, cyclic = set[str](), set[str]()
    for start in parent_of:
        path, key = list[str](), start
        while key in parent_of and key not in rooted and key not in cyclic and key not in path:
            path.append(key)
            key = parent_of[key] or ""
        (cyclic if key in path or key in cyclic else rooted).update(path)
    return cyclic
