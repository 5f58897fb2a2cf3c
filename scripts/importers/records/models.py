"""Articles, topics and authors as plain records, the format of JSONL, CSV and `hub export`.

The models below are the schema: `hub export --schema` prints it as JSON Schema. Names are written
in snake_case; camelCase is accepted as well.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Annotated, Any, Literal, NamedTuple, get_type_hints

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
    LinkDraft,
    NameDraft,
    RelationDraft,
    TopicDraft,
)
from hub.models import CommentKind, CommentStatus, Kind, RelationKind, Status
from hub.text.bodies import Body, Markup
from hub.text.slugs import digest, headline_key, shorten_key, slug_of
from scripts.importers.content import dates
from scripts.importers.content.publication import (
    decides_publication,
    read_publication,
    settle_schedule,
)
from scripts.importers.records import field_names
from scripts.importers.source import first_words

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


def _field_alias(name: str) -> AliasChoices:
    return AliasChoices(name, to_camel(name))


def _parse_moment(value: object) -> object:
    """Parse a date in any format; an invalid one is returned unchanged, for the error message."""
    if isinstance(value, str) and not value.strip():
        return None
    return (dates.parse_date(value) or value) if isinstance(value, str | int) else value or None


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


class NameRecord(_Record):
    """The name of a topic or author in a language."""

    language: Text
    name: Text


def _to_names(records: list[NameRecord]) -> tuple[NameDraft, ...]:
    return tuple(NameDraft(record.language, record.name) for record in records)


class TopicRecord(_Record):
    """A topic. `parent` is the slug of the topic above it."""

    type: Literal["topic"] = "topic"
    name: Text
    slug: MaybeText = None
    parent: MaybeText = None
    description: str | None = None
    taxonomy: MaybeText = None
    translations: list[NameRecord] = []

    def to_draft(self) -> TopicDraft:
        """Convert to a draft."""
        return TopicDraft(
            self.name,
            self.slug,
            self.parent,
            self.description,
            taxonomy=self.taxonomy,
            translations=_to_names(self.translations),
        )


class LinkRecord(_Record):
    """A link of an author: to a site of theirs, or a profile elsewhere."""

    name: Text
    url: Text


class AuthorRecord(_Record):
    """An author."""

    type: Literal["author"] = "author"
    name: Text
    slug: MaybeText = None
    bio: str | None = None
    image_url: MaybeText = None
    image_alt: MaybeText = None
    links: list[LinkRecord] = []
    translations: list[NameRecord] = []

    def to_draft(self) -> AuthorDraft:
        """Convert to a draft."""
        links = tuple(LinkDraft(link.name, link.url) for link in self.links)
        return AuthorDraft(
            self.name,
            self.slug,
            self.bio,
            self.image_url,
            self.image_alt,
            links,
            _to_names(self.translations),
        )


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
            language_is_own=bool(self.language),
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
    return field_names.has_article(row)


class ParsedRecord(NamedTuple):
    """A record with the names of its unknown fields, why it is not public, and notes on its values.

    The reason is empty for public articles, and for statuses in the words of the hub's exports.
    """

    record: AnyRecord
    unknown: list[str]
    hidden_reason: str
    notes: list[str]


def parse_record(row: dict[str, Any]) -> ParsedRecord:
    """Parse a record.

    Raises:
        ValueError: a field is invalid; the message names it.
    """
    type_ = _TYPES.get(str(row.get("type", "article")).lower())
    if type_ is None or (type_ is not _ARTICLE_RECORD and "name" not in row):
        type_, row = _ARTICLE_RECORD, {name: value for name, value in row.items() if name != "type"}
    fields = {**row, "type": type_.model_fields["type"].default}
    unknown: list[str] = []
    reason = ""
    notes: list[str] = []
    if type_ is _ARTICLE_RECORD:
        fields = field_names.unwrap(fields)
        publication = read_publication(_publication_fields(row))
        is_own_word = publication.is_explicit and row.get("status") == publication.status.value
        if not is_own_word:
            publication = settle_schedule(publication, _published_at(fields))
        reason = "" if is_own_word else publication.reason
        fields = _to_schema(_without_flags(fields))
        unknown = [name for name in fields if name not in _ARTICLE_FIELDS]
        fields["status"] = publication.status.value
        notes = list(_drop_unread_dates(fields))
    try:
        return ParsedRecord(type_.model_validate(fields), unknown, reason, notes)
    except ValidationError as error:
        raise ValueError("; ".join(map(_format_error, error.errors()[:3]))) from error


def _drop_unread_dates(fields: dict[str, Any]) -> Iterator[str]:
    """Drop dates that cannot be read, and yield a note for each."""
    for field in ("published_at", "updated_at", "created_at"):
        for name in (field, to_camel(field)):
            value = fields.get(name)
            if value and dates.parse_date(value) is None:
                yield f"its {name} {str(value)[:60]!r} cannot be read as a date"
                fields[name] = dates.UNKNOWN if field == "published_at" else None


def _publication_fields(row: dict[str, Any]) -> dict[str, Any]:
    """Return the fields that may decide publication; the metadata of the hub's exports do not."""
    is_own = row.get("type") == "article" and "source" in row
    return {
        name: value
        for name, value in field_names.unwrap(row).items()
        if not (is_own and name == "metadata")
    }


def _published_at(fields: dict[str, Any]) -> datetime | None:
    return dates.parse_date(_to_schema(_without_flags(fields)).get("published_at"))


def _without_flags(row: dict[str, Any]) -> dict[str, Any]:
    """Drop the fields that only decide publication."""
    return {name: value for name, value in row.items() if not decides_publication(name, value)}


def _to_schema(row: dict[str, Any]) -> dict[str, Any]:
    """Return a row with the names of the schema, lists as lists, and a web address as the image."""
    fields = field_names.rename_synonyms(row)
    for field in field_names.LISTS:
        value = fields.get(field)
        if isinstance(value, str) and field in ("authors", "topics"):
            fields[field] = _split_byline(value) if field == "authors" else _split_topics(value)
        elif isinstance(value, str | dict):
            fields[field] = [value]
    for name in ("image_url", "canonical_url"):
        fields[name] = _first_address(fields.get(name))
    return {name: value for name, value in fields.items() if value is not None}


def _split_byline(text: str) -> list[str]:
    """Split `Ada Byron, Max Born and Bo Lee` into people; `Byron, Ada` is one."""
    parts = [part.strip() for part in re.split(r"\s*[;|]\s*|,\s*and\s+|,\s*|\s+and\s+", text)]
    parts = [part for part in parts if part]
    return parts if len(parts) > 1 and all(" " in part for part in parts) else [text]


def _split_topics(text: str) -> list[str]:
    """Split `a; b` and `a, b`: no topic has a comma in its name, unless it is a sentence."""
    return field_names.split_names(text) if len(text) < 1000 else [text]


def _first_address(value: Any) -> Any:
    """Return the address in a value: the first of a list, the `url` of an object."""
    while isinstance(value, list | dict):
        inner = value[0] if isinstance(value, list) and value else None
        value = value.get("url") or value.get("src") if isinstance(value, dict) else inner
    return value


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
