"""The inputs that hold an article: to create, to revise, to import.

Each declares the fields of `hub.drafts.ARTICLE_FIELDS` with a type and a description; a test
compares the lists.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import fields
from datetime import UTC, datetime
from typing import Any

import strawberry
from pydantic.alias_generators import to_camel

from hub.drafts import (
    ARTICLE_FIELDS,
    ArticleChanges,
    ArticleDraft,
    AuthorDraft,
    CommentDraft,
    LinkDraft,
    NameDraft,
    NewArticle,
    RelationDraft,
    TopicDraft,
)
from hub.errors import Invalid
from hub.models import CommentKind, CommentStatus
from hub.text.bodies import Body, Markup
from schema.mutations.inputs import optional
from schema.mutations.seo_input import SeoInput
from schema.types.enums import ArticleKind, ArticleStatus, CommentModeration, RelatedKind
from schema.types.enums import CommentKind as CommentKindEnum
from schema.types.enums import CommentStatus as CommentStatusEnum
from schema.types.fields import field

TOPICS = "Names or slugs, the main one first; missing topics are made."
AUTHORS = "Names or slugs, in the order of the byline; missing authors are made."
SEO = "What search engines and social networks are told of it."
WAIT = "Answer only once search finds the article as it is now (see `searchable`)."
ID = "The article's global id."
SEEN_VERSION = "The `version` that you have read: a later save is a `Conflict`. Any, if left out."


@strawberry.input(one_of=True, description="An article's text; exactly one of the three.")
class BodyInput:
    """See `hub.text.bodies.Body`."""

    html: str | None = optional("As HTML; it is sanitised.", strawberry.UNSET)
    markdown: str | None = optional(
        "As CommonMark with tables and footnotes; HTML in it is sanitised.", strawberry.UNSET
    )
    text: str | None = optional(
        "As plain text whose paragraphs are separated by empty lines.", strawberry.UNSET
    )

    def body(self) -> Body:
        """Return the body in the format that is set. Raises Invalid."""
        for markup in Markup:
            content = getattr(self, markup.value.lower())
            if isinstance(content, str):
                return Body(content, markup)
        raise Invalid("body", "must be given as html, markdown or text")


@strawberry.input(description="A new article.")
class CreateArticleInput:
    """See `hub.NewArticle`."""

    title: str = field("The headline, as plain text, at most 500 characters.")
    body: BodyInput = field("The text.")
    slug: str | None = optional("Unique within its language; made from the title if left out.")
    subtitle: str = optional("The line below the headline, at most 500 characters.", "")
    summary: str = optional("What it is about, as plain text, at most 5,000 characters.", "")
    language: str | None = optional("A language tag; the site's language if left out.")
    kind: ArticleKind = optional("What sort of writing it is.", ArticleKind.ARTICLE)
    status: ArticleStatus = optional(
        "Where it begins its life; all but `DRAFT` need the permission `publish`.",
        ArticleStatus.DRAFT,
    )
    published_at: datetime | None = optional(
        "When a scheduled article will be, or a published one was published; now if left out."
    )
    comments_open: bool = optional("Whether readers may comment on it.", True)
    comment_moderation: CommentModeration | None = optional(
        "Which comments of readers wait for a moderator; those that `HUB_COMMENT_MODERATION` names "
        "if left out."
    )
    image_url: str | None = optional("The address of a picture.")
    image_alt: str | None = optional("What the picture shows, in words.")
    canonical_url: str | None = optional("Where it was first published.")
    translation_key: str | None = optional("Articles that share it are each other's translations.")
    topics: list[str] = strawberry.field(
        default_factory=list,
        description=TOPICS,
    )
    authors: list[str] = strawberry.field(
        default_factory=list,
        description=AUTHORS,
    )
    seo: SeoInput | None = optional(SEO)
    wait_for_index: bool = optional(WAIT, False)

    def new_article(self, default_language: str) -> NewArticle:
        """Convert to the input of `hub.articles.create`. Raises Invalid."""
        values = {
            attribute.name: getattr(self, attribute.name)
            for attribute in fields(NewArticle)
            if attribute.name != "body"
        }
        values |= {name: tuple(values[name]) for name in ("topics", "authors")}
        values["language"] = self.language or default_language
        values["seo"] = None if self.seo is None else self.seo.seo()
        return NewArticle(**values, body=self.body.body())


@strawberry.input
class EditedArticle:
    """Fields of the inputs that change an article: see `hub.ArticleChanges`."""

    id: strawberry.ID = field(ID)
    title: strawberry.Maybe[str | None] = optional("The headline, as plain text.")
    body: strawberry.Maybe[BodyInput | None] = optional("The text.")
    slug: strawberry.Maybe[str | None] = optional("The old slug goes on finding the article.")
    subtitle: strawberry.Maybe[str | None] = optional("The line below the headline.")
    summary: strawberry.Maybe[str | None] = optional("What it is about, as plain text.")
    language: strawberry.Maybe[str | None] = optional("A language tag.")
    kind: strawberry.Maybe[ArticleKind | None] = optional("What sort of writing it is.")
    comments_open: strawberry.Maybe[bool | None] = optional("Whether readers may comment on it.")
    comment_moderation: strawberry.Maybe[CommentModeration | None] = optional(
        "Which comments of readers wait for a moderator; null for those that "
        "`HUB_COMMENT_MODERATION` names."
    )
    image_url: strawberry.Maybe[str | None] = optional("The address of a picture; null for none.")
    image_alt: strawberry.Maybe[str | None] = optional("What the picture shows, in words.")
    canonical_url: strawberry.Maybe[str | None] = optional("Where it was first published.")
    translation_key: strawberry.Maybe[str | None] = optional(
        "Articles that share it are each other's translations."
    )
    topics: strawberry.Maybe[list[str] | None] = optional(TOPICS)
    authors: strawberry.Maybe[list[str] | None] = optional(AUTHORS)
    seo: strawberry.Maybe[SeoInput | None] = optional(f"{SEO} Null takes all of it away.")

    def changes(self) -> ArticleChanges:
        """Return the fields that are set. Raises Invalid for a null that no column takes."""
        nullable = {"seo", *(plain.name for plain in ARTICLE_FIELDS if plain.nullable)}
        values: dict[str, Any] = {}
        for attribute in fields(ArticleChanges):
            name = attribute.name
            maybe: strawberry.Some[Any] | None = getattr(self, name)
            if maybe is None:
                continue
            if maybe.value is None and name not in nullable:
                raise Invalid(
                    to_camel(name), "must not be null; leave it out to keep what is there"
                )
            values[name] = tuple(maybe.value) if isinstance(maybe.value, list) else maybe.value
        if "body" in values:
            values["body"] = values["body"].body()
        if values.get("seo") is not None:
            values["seo"] = values["seo"].seo()
        return ArticleChanges(**values)


@strawberry.input(description="What changes of an article; what is left out stays as it is.")
class ReviseArticleInput(EditedArticle):
    """See `hub.articles.revise`."""

    seen_version: int = field("The `version` that you have read; a later save is a `Conflict`.")
    wait_for_index: bool = optional(WAIT, False)


@strawberry.input(
    description="Edits that readers will not see until the article is published; what is left out "
    "stays as it is."
)
class SaveWorkingVersionInput(EditedArticle):
    """See `hub.articles.working_versions.save`."""

    seen_version: int | None = optional(
        "The `version` of the working version that you have read, 0 if there was none: a later "
        "save is a `Conflict`. Any, if left out."
    )


def _list_field() -> Any:
    return strawberry.field(default_factory=list, description="In their order.")


@strawberry.input(description="The name of a topic or author in a language.")
class LabelNameInput:
    """See `hub.drafts.NameDraft`."""

    language: str = field("A language tag, as in `en` or `pt-br`.")
    name: str = field("The name in it, at most 200 characters.")


def names_of(names: Sequence[LabelNameInput]) -> tuple[NameDraft, ...]:
    """Return names by language as drafts."""
    return tuple(NameDraft(item.language, item.name) for item in names)


@strawberry.input(description="A topic, found by its slug, or else by its name.")
class ImportedTopicInput:
    """See `hub.drafts.TopicDraft`."""

    name: str = field("Its name.")
    slug: str | None = optional("Its slug; made from the name if left out.")
    parent: str | None = optional("The slug of the topic above it.")
    description: str | None = optional("What it is about.")
    above: list[ImportedTopicInput] = strawberry.field(
        default_factory=list,
        description="The topics above it, the topmost first, where they may not be stored yet.",
    )
    taxonomy: str | None = optional(
        "How its source classifies it: `category`, `tag`, `series`, or a name of its own."
    )
    translations: list[LabelNameInput] = strawberry.field(
        default_factory=list, description="Its names in other languages; none keeps what is stored."
    )

    def draft(self) -> TopicDraft:
        """Return it as a draft."""
        return TopicDraft(
            self.name,
            self.slug,
            self.parent,
            self.description,
            tuple(topic.draft() for topic in self.above),
            self.taxonomy,
            names_of(self.translations),
        )


@strawberry.input(description="A link of an author: to a site of theirs, or a profile elsewhere.")
class AuthorLinkInput:
    """See `hub.drafts.LinkDraft`."""

    name: str = field("Its words, at most 200 characters.")
    url: str = field("Its address.")


def links_of(links: Sequence[AuthorLinkInput]) -> tuple[LinkDraft, ...]:
    """Return links as drafts."""
    return tuple(LinkDraft(link.name, link.url) for link in links)


@strawberry.input(description="An author, found by slug, or else by name.")
class ImportedAuthorInput:
    """See `hub.drafts.AuthorDraft`."""

    name: str = field("The name.")
    slug: str | None = optional("The slug; made from the name if left out.")
    bio: str | None = optional("Who this is.")
    image_url: str | None = optional("The address of a picture.")
    image_alt: str | None = optional("What the picture shows, in words.")
    links: list[AuthorLinkInput] = _list_field()
    translations: list[LabelNameInput] = strawberry.field(
        default_factory=list,
        description="The name in other languages; none keeps what is stored.",
    )

    def draft(self) -> AuthorDraft:
        """Return it as a draft."""
        return AuthorDraft(
            self.name,
            self.slug,
            self.bio,
            self.image_url,
            self.image_alt,
            links_of(self.links),
            names_of(self.translations),
        )


@strawberry.input(description="An edge to an article that may not be there yet.")
class ImportedRelationInput:
    """See `hub.drafts.RelationDraft`."""

    kind: RelatedKind = field("Why the two are related; one of the first four kinds.")
    anchor: str = field("The words of the link: the headline itself, if `byHeadline`.")
    url: str | None = optional("The address of the article that it leads to.")
    slug: str | None = optional("The slug of the article that it leads to.")
    by_headline: bool = optional("Whether `anchor` is the headline of that article.", False)
    position: int | None = optional("The paragraph (from 0) that holds the link.")
    chosen: bool = optional(
        "Whether an editor made it to the article itself: readers see it with its target alone.",
        False,
    )

    def draft(self) -> RelationDraft:
        """Return it as a draft."""
        return RelationDraft(
            self.kind,
            self.anchor,
            self.url,
            self.slug,
            self.by_headline,
            self.position,
            self.chosen,
        )


@strawberry.input(description="A comment, found again by its key within its article.")
class ImportedCommentInput:
    """See `hub.drafts.CommentDraft`."""

    key: str = field("Unique within its article.")
    author_name: str = field("Who wrote it.")
    body: BodyInput = field("What it says.")
    created_at: datetime = field("When it was written.")
    status: CommentStatusEnum = optional("Its moderation.", CommentStatus.PENDING)
    kind: CommentKindEnum = optional("What sort of comment it is.", CommentKind.COMMENT)
    parent_key: str | None = optional("The key of the comment that it answers.")
    author_email: str | None = optional("For moderators alone.")

    def draft(self) -> CommentDraft:
        """Return it as a draft."""
        return CommentDraft(
            key=self.key,
            author_name=self.author_name,
            body=self.body.body(),
            created_at=_utc(self.created_at) or datetime.now(UTC),
            status=self.status,
            kind=self.kind,
            parent_key=self.parent_key,
            author_email=self.author_email,
        )


@strawberry.input(description="A custom field of an article.")
class ImportedFieldInput:
    """An entry of `ArticleDraft.metadata`."""

    name: str = field("Its name.")
    value: str = field("Its value.")


@strawberry.input(description="An article of an import, found again by its source and key.")
class ImportedArticleInput:
    """See `hub.drafts.ArticleDraft`."""

    source: str = field("Where it comes from: a site's address, a folder's name.")
    key: str = field("What it is called there.")
    title: str = field("The headline, as plain text.")
    body: BodyInput = field("The text.")
    slug: str | None = optional("Made from the title if left out.")
    subtitle: str = optional("The line below the headline.", "")
    summary: str = optional("What it is about, as plain text.", "")
    language: str = optional("A language tag.", "en")
    detected_language: str | None = optional(
        "Another language, if the text is plainly written in that: an article that the hub does not"
        " have yet is stored with it."
    )
    kind: ArticleKind = optional("What sort of writing it is.", ArticleKind.ARTICLE)
    status: ArticleStatus = optional("Where it is in its life.", ArticleStatus.DRAFT)
    published_at: datetime | None = optional("When it was published.")
    created_at: datetime | None = optional("When it was written.")
    updated_at: datetime | None = optional("When it was changed last.")
    comments_open: bool = optional("Whether readers may comment on it.", True)
    comment_moderation: CommentModeration | None = optional(
        "Which comments of readers wait for a moderator; those that `HUB_COMMENT_MODERATION` names "
        "if left out."
    )
    image_url: str | None = optional("The address of a picture.")
    image_alt: str | None = optional("What the picture shows, in words.")
    canonical_url: str | None = optional("Where it was first published.")
    translation_key: str | None = optional("Articles that share it are each other's translations.")
    authors: list[ImportedAuthorInput] = _list_field()
    topics: list[ImportedTopicInput] = _list_field()
    relations: list[ImportedRelationInput] = _list_field()
    comments: list[ImportedCommentInput] = _list_field()
    addresses: list[str] = strawberry.field(
        default_factory=list, description="Addresses under which other articles may link to it."
    )
    aliases: list[str] = strawberry.field(
        default_factory=list, description="Slugs that it had before."
    )

    metadata: list[ImportedFieldInput] = strawberry.field(
        default_factory=list,
        description="What its source keeps about it besides, for staff only; but `seo_title`, "
        "`seo_description`, `og_image` and `seo_noindex` (`1`) are public, as `Article.seo`.",
    )

    def draft(self) -> ArticleDraft:
        """Return it as a draft."""
        values = {
            attribute.name: getattr(self, attribute.name)
            for attribute in fields(ArticleDraft)
            if attribute.name not in ("place", "body", "language_is_own")
        }
        lists = ("authors", "topics", "relations", "comments")
        values |= {name: tuple(item.draft() for item in values[name]) for name in lists}
        moments = ("published_at", "created_at", "updated_at")
        values |= {name: _utc(values[name]) for name in moments}
        values |= {name: tuple(values[name]) for name in ("addresses", "aliases")}
        values["metadata"] = tuple((entry.name, entry.value) for entry in self.metadata)
        return ArticleDraft(**values, body=self.body.body())


def _utc(moment: datetime | None) -> datetime | None:
    if moment is None:
        return None
    return moment.astimezone(UTC) if moment.tzinfo else moment.replace(tzinfo=UTC)
