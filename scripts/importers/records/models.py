"""Articles, topics and authors as plain records: what JSONL and CSV hold, and `hub export` writes.

The models below are the schema: `hub export --schema` prints it as JSON Schema. Names are written
in snake_case and read in camelCase as well.
"""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Annotated, Any, Literal

from pydantic import (
    AliasChoices,
    AliasGenerator,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    TypeAdapter,
    ValidationError,
)
from pydantic.alias_generators import to_camel

from hub.drafts import (
    ArticleDraft,
    AuthorDraft,
    Body,
    CommentDraft,
    Markup,
    RelationDraft,
    TopicDraft,
)
from hub.models import CommentKind, CommentStatus, Kind, RelationKind, Status
from hub.text.slugs import bounded, digest, headline_key, slug_of
from scripts.importers import dates
from scripts.importers.source import opening_words

_ALSO = {
    "key": ("id", "guid", "uuid"),
    "body": ("content", "html", "markdown", "text", "body_html"),
    "summary": ("description", "excerpt"),
    "published_at": ("date", "published", "pub_date"),
    "updated_at": ("modified", "updated"),
    "created_at": ("created",),
    "canonical_url": ("url", "link"),
    "image_url": ("image",),
    "authors": ("author", "byline"),
    "topics": ("tags", "categories", "topic", "category"),
    "language": ("lang", "locale"),
}
"""Other names under which a field is found, where its own is not there."""

_MARKUP_OF = {"html": Markup.HTML, "body_html": Markup.HTML}
_MARKUP_OF |= {"markdown": Markup.MARKDOWN, "text": Markup.TEXT}

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


def _named(name: str) -> AliasChoices:
    return AliasChoices(name, to_camel(name))


def _moment(value: object) -> object:
    """A date as people write it; what is none stays as it is, for the message."""
    return (dates.moment(value) or value) if isinstance(value, str) and value else value or None


def _upper(value: object) -> object:
    return value.strip().upper().replace("-", "_") if isinstance(value, str) else value


def _words(value: object) -> object:
    """A number where a string is meant, as ids often are."""
    return str(value) if isinstance(value, int | float) and not isinstance(value, bool) else value


Moment = Annotated[datetime | None, BeforeValidator(_moment)]
Text = Annotated[str, BeforeValidator(_words)]
MaybeText = Annotated[str | None, BeforeValidator(_words)]


class _Record(BaseModel):
    model_config = ConfigDict(
        alias_generator=AliasGenerator(validation_alias=_named),
        extra="ignore",
        populate_by_name=True,
        str_strip_whitespace=False,
    )


def _as_label(value: object) -> object:
    return {"name": value} if isinstance(value, str | int) else value


class TopicRecord(_Record):
    """A topic. `parent` is the slug of the topic above it."""

    type: Literal["topic"] = "topic"
    name: Text
    slug: MaybeText = None
    parent: MaybeText = None
    description: str | None = None

    def draft(self) -> TopicDraft:
        """What is stored of it."""
        return TopicDraft(self.name, self.slug, self.parent, self.description)


class AuthorRecord(_Record):
    """An author."""

    type: Literal["author"] = "author"
    name: Text
    slug: MaybeText = None
    bio: str | None = None

    def draft(self) -> AuthorDraft:
        """What is stored of it."""
        return AuthorDraft(self.name, self.slug, self.bio)


class RelationRecord(_Record):
    """An edge, led to its target by `url`, `slug`, or the headline in `anchor`."""

    kind: Annotated[RelationKind, BeforeValidator(_upper)] = RelationKind.INLINE
    anchor: str = ""
    url: str | None = None
    slug: MaybeText = None
    by_headline: bool = False
    position: Annotated[int | None, Field(ge=0)] = None

    def draft(self) -> RelationDraft:
        """What is stored of it."""
        anchor = self.anchor or self.slug or self.url or ""
        return RelationDraft(
            self.kind, anchor, self.url, self.slug, self.by_headline, self.position
        )


class CommentRecord(_Record):
    """A comment. `key` is unique within its article; without one, its place in the list."""

    key: Text = ""
    author_name: str = "Anonymous"
    author_email: str | None = None
    body: str
    body_format: Annotated[Markup | None, BeforeValidator(_upper)] = None
    created_at: Moment = None
    status: Annotated[CommentStatus, BeforeValidator(_upper)] = CommentStatus.PENDING
    kind: Annotated[CommentKind, BeforeValidator(_upper)] = CommentKind.COMMENT
    parent_key: MaybeText = None

    def draft(self, number: int, written: datetime) -> CommentDraft:
        """What is stored of it; `number` is its place among the article's."""
        return CommentDraft(
            key=self.key or str(number),
            author_name=self.author_name,
            body=_body(self.body, self.body_format),
            created_at=_utc(self.created_at) or written,
            status=self.status,
            kind=self.kind,
            parent_key=self.parent_key,
            author_email=self.author_email,
        )


class ArticleRecord(_Record):
    """An article with its relations and comments. All but `title` or `body` may be left out."""

    type: Literal["article"] = "article"
    source: str | None = None
    key: Text = ""
    title: str = ""
    slug: MaybeText = None
    language: str | None = None
    kind: Annotated[Kind, BeforeValidator(_upper)] = Kind.ARTICLE
    status: Annotated[Status, BeforeValidator(_upper)] = Status.PUBLISHED
    published_at: Moment = None
    created_at: Moment = None
    updated_at: Moment = None
    summary: str = ""
    body: str = ""
    body_format: Annotated[Markup | None, BeforeValidator(_upper)] = None
    image_url: str | None = None
    image_alt: str | None = None
    canonical_url: str | None = None
    translation_key: MaybeText = None
    comments_open: bool = True
    authors: list[Annotated[AuthorRecord, BeforeValidator(_as_label)]] = []
    topics: list[Annotated[TopicRecord, BeforeValidator(_as_label)]] = []
    metadata: dict[str, Text] = {}
    aliases: list[str] = []
    addresses: list[str] = []
    relations: list[RelationRecord] = []
    comments: list[CommentRecord] = []

    @property
    def own_key(self) -> str:
        """What tells it from all others of its source; empty when nothing does."""
        return self.key or self.slug or self.canonical_url or ""

    def draft(self, place: str, source: str, language: str) -> ArticleDraft:
        """What is stored of it. Raises ValueError where there is nothing to store."""
        if not self.title.strip() and not self.body.strip():
            raise ValueError("title: there is neither a title nor a body")
        title = " ".join(self.title.split()) or opening_words(self.body)
        own = [url for url in (self.canonical_url,) if url]
        key = self.own_key or headline_key(title) or digest(title + self.body)
        written = _utc(self.published_at) or _utc(self.created_at) or _EPOCH
        return ArticleDraft(
            source=self.source or source,
            key=bounded(key),
            place=place,
            title=title,
            body=_body(self.body, self.body_format),
            slug=self.slug or None,
            summary=self.summary,
            language=self.language or language,
            kind=self.kind,
            status=self.status,
            published_at=_utc(self.published_at),
            created_at=_utc(self.created_at),
            updated_at=_utc(self.updated_at),
            comments_open=self.comments_open,
            image_url=self.image_url or None,
            image_alt=self.image_alt or None,
            canonical_url=self.canonical_url or None,
            translation_key=self.translation_key or None,
            authors=tuple(dict.fromkeys(one.draft() for one in self.authors if one.name.strip())),
            topics=tuple(dict.fromkeys(one.draft() for one in self.topics if slug_of(one.name))),
            relations=tuple(one.draft() for one in self.relations),
            comments=tuple(one.draft(at, written) for at, one in enumerate(self.comments, 1)),
            addresses=tuple(dict.fromkeys([*own, *self.addresses])),
            aliases=tuple(self.aliases),
            metadata=tuple(self.metadata.items()),
        )


AnyRecord = ArticleRecord | TopicRecord | AuthorRecord
_TYPES: dict[str, type[AnyRecord]] = {
    "article": ArticleRecord,
    "topic": TopicRecord,
    "author": AuthorRecord,
}
_ARTICLE_FIELDS = frozenset(
    name for field in ArticleRecord.model_fields for name in (field, to_camel(field))
)


def schema() -> dict[str, Any]:
    """The JSON Schema of a record, as `hub export` writes it."""
    return TypeAdapter(AnyRecord).json_schema(mode="serialization")


def is_article(row: dict[str, Any]) -> bool:
    """Whether a record has a title or a body under any of their names."""
    return any(row.get(name) for name in ("title", "body", *_ALSO["body"]))


def read(row: dict[str, Any]) -> tuple[AnyRecord, list[str]]:
    """The record in `row`, and the names in it that mean nothing here.

    Raises:
        ValueError: a field is not what it should be; the message names it.
    """
    type_ = _TYPES.get(str(row.get("type", "article")).lower())
    if type_ is None or (type_ is not ArticleRecord and "name" not in row):
        type_, row = ArticleRecord, {name: value for name, value in row.items() if name != "type"}
    given = {**row, "type": type_.model_fields["type"].default}
    unknown: list[str] = []
    if type_ is ArticleRecord:
        given = _renamed(given)
        unknown = [name for name in given if name not in _ARTICLE_FIELDS]
    try:
        return type_.model_validate(given), unknown
    except ValidationError as error:
        raise ValueError("; ".join(map(_told, error.errors()[:3]))) from error


def _renamed(row: dict[str, Any]) -> dict[str, Any]:
    """A row with the names that the schema has; what is null counts as left out."""
    given = {name.strip(): value for name, value in row.items() if value is not None}
    for field, others in _ALSO.items():
        other = next((name for name in others if name in given), None)
        if field in given or to_camel(field) in given or other is None:
            continue
        if field == "body" and other in _MARKUP_OF:
            given.setdefault("body_format", _MARKUP_OF[other])
        given[field] = given.pop(other)
    for field in ("authors", "topics", "aliases", "addresses"):
        if isinstance(given.get(field), str | dict):
            given[field] = [given[field]]
    return given


def _told(error: Any) -> str:
    place = ".".join(str(part) for part in error["loc"]) or "record"
    message = str(error["msg"]).removeprefix("Value error, ")
    shown = repr(error.get("input"))
    return f"{place}: {message[:1].lower()}{message[1:]}, not {shown[:60]}"


def _utc(moment: datetime | None) -> datetime | None:
    if moment is None:
        return None
    return moment.astimezone(UTC) if moment.tzinfo else moment.replace(tzinfo=UTC)


def _body(text: str, markup: Markup | None) -> Body:
    """A body that says of itself what it is, or else looks like it."""
    if markup is None:
        markup = Markup.HTML if "</" in text or "<p>" in text or "<br" in text else Markup.TEXT
    return Body(text, markup)
