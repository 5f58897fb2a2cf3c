"""Articles, topics and authors as plain records, the format of JSONL, CSV and `hub export`.

The models below are the schema: `hub export --schema` prints it as JSON Schema. Names are written
in snake_case; camelCase is accepted as well.
"""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Annotated, Any, Literal, get_type_hints

from pydantic import (
    AliasChoices,
    AliasGenerator,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    TypeAdapter,
    ValidationError,
    create_model,
)
from pydantic.alias_generators import to_camel

from hub.drafts import (
    ARTICLE_FIELDS,
    ArticleContent,
    ArticleDraft,
    AuthorDraft,
    CommentDraft,
    RelationDraft,
    TopicDraft,
)
from hub.models import CommentKind, CommentStatus, Kind, RelationKind, Status
from hub.text.bodies import Body, Markup
from hub.text.slugs import digest, headline_key, shorten_key, slug_of
from scripts.importers.content import dates
from scripts.importers.content.publication import decides_publication, read_publication
from scripts.importers.source import first_words

_FIELD_ALIASES = {
    "key": ("id", "guid", "uuid"),
    "body": ("content", "html", "markdown", "text", "body_html"),
    "published_at": ("date", "published", "pub_date"),
    "updated_at": ("modified", "updated"),
    "created_at": ("created",),
    "authors": ("author", "byline"),
    "topics": ("tags", "categories", "topic", "category"),
    **{field.name: field.aliases for field in ARTICLE_FIELDS if field.aliases},
}
"""Alternative names of a field, used where its own is missing; see also `ARTICLE_FIELDS`."""

_MARKUP_BY_FIELD = {"html": Markup.HTML, "body_html": Markup.HTML}
_MARKUP_BY_FIELD |= {"markdown": Markup.MARKDOWN, "text": Markup.TEXT}

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


def _field_alias(name: str) -> AliasChoices:
    return AliasChoices(name, to_camel(name))


def _parse_moment(value: object) -> object:
    """Parse a date in any format; an invalid one is returned unchanged, for the error message."""
    return (dates.parse_date(value) or value) if isinstance(value, str) and value else value or None


def _to_enum_name(value: object) -> object:
    return value.strip().upper().replace("-", "_") if isinstance(value, str) else value


def _to_text(value: object) -> object:
    """Convert a number to a string; ids often are numbers."""
    return str(value) if isinstance(value, int | float) and not isinstance(value, bool) else value


Moment = Annotated[datetime | None, BeforeValidator(_parse_moment)]
Text = Annotated[str, BeforeValidator(_to_text)]
MaybeText = Annotated[str | None, BeforeValidator(_to_text)]


class _Record(BaseModel):
    model_config = ConfigDict(
        alias_generator=AliasGenerator(validation_alias=_field_alias),
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

    def to_draft(self) -> TopicDraft:
        """Convert to a draft."""
        return TopicDraft(self.name, self.slug, self.parent, self.description)


class AuthorRecord(_Record):
    """An author."""

    type: Literal["author"] = "author"
    name: Text
    slug: MaybeText = None
    bio: str | None = None

    def to_draft(self) -> AuthorDraft:
        """Convert to a draft."""
        return AuthorDraft(self.name, self.slug, self.bio)


class RelationRecord(_Record):
    """An edge, led to its target by `url`, `slug`, or the headline in `anchor`."""

    kind: Annotated[RelationKind, BeforeValidator(_to_enum_name)] = RelationKind.INLINE
    anchor: str = ""
    url: str | None = None
    slug: MaybeText = None
    by_headline: bool = False
    position: Annotated[int | None, Field(ge=0)] = None
    chosen: bool = False

    def to_draft(self) -> RelationDraft:
        """Convert to a draft; without words, the title of a chosen target stands for them."""
        anchor = self.anchor if self.chosen else self.anchor or self.slug or self.url or ""
        return RelationDraft(
            self.kind, anchor, self.url, self.slug, self.by_headline, self.position, self.chosen
        )


class CommentRecord(_Record):
    """A comment. `key` is unique within its article; without one, its place in the list."""

    key: Text = ""
    author_name: str = "Anonymous"
    author_email: str | None = None
    body: str
    body_format: Annotated[Markup | None, BeforeValidator(_to_enum_name)] = None
    created_at: Moment = None
    status: Annotated[CommentStatus, BeforeValidator(_to_enum_name)] = CommentStatus.PENDING
    kind: Annotated[CommentKind, BeforeValidator(_to_enum_name)] = CommentKind.COMMENT
    parent_key: MaybeText = None

    def to_draft(self, number: int, default_date: datetime) -> CommentDraft:
        """Convert to a draft; `number` is its position among the article's comments."""
        return CommentDraft(
            key=self.key or str(number),
            author_name=self.author_name,
            body=_body(self.body, self.body_format),
            created_at=_to_utc(self.created_at) or default_date,
            status=self.status,
            kind=self.kind,
            parent_key=self.parent_key,
            author_email=self.author_email,
        )


class ArticleRecord(_Record):
    """An article with its relations and comments. All but `title` or `body` may be left out.

    The other plain fields are those of `ARTICLE_FIELDS`: see `_with_plain_fields`.
    """

    type: Literal["article"] = "article"
    source: str | None = None
    key: Text = ""
    title: str = ""
    slug: MaybeText = None
    language: str | None = None
    status: Annotated[Status, BeforeValidator(_to_enum_name)] = Status.PUBLISHED
    published_at: Moment = None
    created_at: Moment = None
    updated_at: Moment = None
    body: str = ""
    body_format: Annotated[Markup | None, BeforeValidator(_to_enum_name)] = None
    canonical_url: str | None = None
    authors: list[Annotated[AuthorRecord, BeforeValidator(_as_label)]] = []
    topics: list[Annotated[TopicRecord, BeforeValidator(_as_label)]] = []
    metadata: dict[str, Text] = {}
    aliases: list[str] = []
    addresses: list[str] = []
    relations: list[RelationRecord] = []
    comments: list[CommentRecord] = []

    @property
    def own_key(self) -> str:
        """The field that identifies the record within its source; empty without any."""
        return self.key or self.slug or self.canonical_url or ""

    def to_draft(self, place: str, source: str, language: str) -> ArticleDraft:
        """Convert to a draft. Raises ValueError without a title or a body."""
        if not self.title.strip() and not self.body.strip():
            raise ValueError("title: there is neither a title nor a body")
        title = " ".join(self.title.split()) or first_words(self.body)
        own_urls = [url for url in (self.canonical_url,) if url]
        key = self.own_key or headline_key(title) or digest(title + self.body)
        date = _to_utc(self.published_at) or _to_utc(self.created_at) or _EPOCH
        plain: dict[str, Any] = {
            field.name: (value or None) if field.nullable else value
            for field in ARTICLE_FIELDS
            for value in [getattr(self, field.name)]
        }
        plain |= {"title": title, "language": self.language or language}
        return ArticleDraft(
            **plain,
            source=self.source or source,
            key=shorten_key(key),
            place=place,
            body=_body(self.body, self.body_format),
            slug=self.slug or None,
            status=self.status,
            published_at=_to_utc(self.published_at),
            created_at=_to_utc(self.created_at),
            updated_at=_to_utc(self.updated_at),
            authors=tuple(
                dict.fromkeys(author.to_draft() for author in self.authors if author.name.strip())
            ),
            topics=tuple(
                dict.fromkeys(topic.to_draft() for topic in self.topics if slug_of(topic.name))
            ),
            relations=tuple(relation.to_draft() for relation in self.relations),
            comments=tuple(
                comment.to_draft(number, date) for number, comment in enumerate(self.comments, 1)
            ),
            addresses=tuple(dict.fromkeys([*own_urls, *self.addresses])),
            aliases=tuple(self.aliases),
            metadata=tuple(self.metadata.items()),
        )


def _with_plain_fields(record: type[ArticleRecord]) -> type[ArticleRecord]:
    """Add the plain fields of articles that `record` does not declare itself, from their drafts."""
    types, defaults = get_type_hints(ArticleContent), ArticleContent.__dataclass_fields__
    plain: dict[str, Any] = {
        field.name: (_RECORD_TYPES.get(types[field.name], types[field.name]), default)
        for field in ARTICLE_FIELDS
        if field.name not in record.model_fields
        for default in [defaults[field.name].default]
    }
    return create_model(record.__name__, __base__=record, __doc__=record.__doc__, **plain)


_RECORD_TYPES: dict[Any, Any] = {
    str: Text,
    str | None: MaybeText,
    Kind: Annotated[Kind, BeforeValidator(_to_enum_name)],
}
"""Types that accept the looser values of records: numbers as texts, enums in any case."""

AnyRecord = ArticleRecord | TopicRecord | AuthorRecord
_ARTICLE_RECORD = _with_plain_fields(ArticleRecord)
_TYPES: dict[str, type[AnyRecord]] = {
    "article": _ARTICLE_RECORD,
    "topic": TopicRecord,
    "author": AuthorRecord,
}
_ARTICLE_FIELDS = frozenset(
    name for field in _ARTICLE_RECORD.model_fields for name in (field, to_camel(field))
)


def schema() -> dict[str, Any]:
    """The JSON Schema of a record, as `hub export` writes it."""
    types: Any = _ARTICLE_RECORD | TopicRecord | AuthorRecord
    return TypeAdapter(types).json_schema(mode="serialization")


def is_article(row: dict[str, Any]) -> bool:
    """Tell whether a record has a title or a body under any of their names."""
    return any(row.get(name) for name in ("title", "body", *_FIELD_ALIASES["body"]))


def parse_record(row: dict[str, Any]) -> tuple[AnyRecord, list[str], str]:
    """Parse a record; return it, the names of its unknown fields, and why it is not public.

    The reason is empty for public articles, and for statuses in the words of the hub's exports.

    Raises:
        ValueError: a field is invalid; the message names it.
    """
    type_ = _TYPES.get(str(row.get("type", "article")).lower())
    if type_ is None or (type_ is not _ARTICLE_RECORD and "name" not in row):
        type_, row = _ARTICLE_RECORD, {name: value for name, value in row.items() if name != "type"}
    fields = {**row, "type": type_.model_fields["type"].default}
    unknown: list[str] = []
    reason = ""
    if type_ is _ARTICLE_RECORD:
        publication = read_publication(fields)
        is_own_word = publication.is_explicit and row.get("status") == publication.status.value
        reason = "" if is_own_word else publication.reason
        fields = _resolve_aliases(_without_flags(fields))
        unknown = [name for name in fields if name not in _ARTICLE_FIELDS]
        fields["status"] = publication.status.value
    try:
        return type_.model_validate(fields), unknown, reason
    except ValidationError as error:
        raise ValueError("; ".join(map(_format_error, error.errors()[:3]))) from error


def _without_flags(row: dict[str, Any]) -> dict[str, Any]:
    """Drop the fields that only decide publication."""
    return {name: value for name, value in row.items() if not decides_publication(name, value)}


def _resolve_aliases(row: dict[str, Any]) -> dict[str, Any]:
    """Rename aliases to the field names of the schema, and drop null values."""
    fields = {name.strip(): value for name, value in row.items() if value is not None}
    for field, aliases in _FIELD_ALIASES.items():
        alias = next((name for name in aliases if name in fields), None)
        if field in fields or to_camel(field) in fields or alias is None:
            continue
        if field == "body" and alias in _MARKUP_BY_FIELD:
            fields.setdefault("body_format", _MARKUP_BY_FIELD[alias])
        fields[field] = fields.pop(alias)
    for field in ("authors", "topics", "aliases", "addresses"):
        if isinstance(fields.get(field), str | dict):
            fields[field] = [fields[field]]
    return fields


def _format_error(error: Any) -> str:
    place = ".".join(str(part) for part in error["loc"]) or "record"
    message = str(error["msg"]).removeprefix("Value error, ")
    value = repr(error.get("input"))
    return f"{place}: {message[:1].lower()}{message[1:]}, not {value[:60]}"


def _to_utc(moment: datetime | None) -> datetime | None:
    if moment is None:
        return None
    return moment.astimezone(UTC) if moment.tzinfo else moment.replace(tzinfo=UTC)


def _body(text: str, markup: Markup | None) -> Body:
    """Return a body in the declared markup, or else in HTML if it contains tags."""
    if markup is None:
        markup = Markup.HTML if "</" in text or "<p>" in text or "<br" in text else Markup.TEXT
    return Body(text, markup)
