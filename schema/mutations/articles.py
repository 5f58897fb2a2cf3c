"""The mutations of articles."""

from __future__ import annotations

from datetime import datetime
from typing import Any, TypeVar

import strawberry

from hub import articles
from hub.articles import KEEP, Changes, NewArticle
from hub.drafts import Body, Markup
from hub.errors import Invalid as InvalidError
from schema import ids
from schema.context import HubContext, Info
from schema.loaders import Loaders
from schema.mutations.inputs import Input, optional
from schema.types.article import Article
from schema.types.enums import ArticleKind, ArticleStatus
from schema.types.fields import field

P = TypeVar("P", bound="SavedArticle")
TOPICS = "Names or slugs, the main one first; missing topics are made."
AUTHORS = "Names or slugs, in the order of the byline; missing authors are made."
WAIT = "Answer only once search finds the article as it is now (see `searchable`)."
ID = "The article's global id."


@strawberry.input(one_of=True, description="An article's text; exactly one of the three.")
class BodyInput:
    """See `hub.drafts.Body`."""

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
        raise InvalidError("body", "must be given as html, markdown or text")


@strawberry.input(description="A new article.")
class CreateArticleInput:
    """See `hub.articles.NewArticle`."""

    title: str = field("The headline, as plain text, at most 500 characters.")
    body: BodyInput = field("The text.")
    slug: str | None = optional("Unique within its language; made from the title if left out.")
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
    wait_for_index: bool = optional(WAIT, False)


@strawberry.input(description="What changes of an article; what is left out stays as it is.")
class ReviseArticleInput:
    """See `hub.articles.Changes`."""

    id: strawberry.ID = field(ID)
    seen_version: int = field("The `version` that you have read; a later save is a `Conflict`.")
    title: strawberry.Maybe[str | None] = optional("The headline, as plain text.")
    body: strawberry.Maybe[BodyInput | None] = optional("The text.")
    slug: strawberry.Maybe[str | None] = optional("The old slug goes on finding the article.")
    summary: strawberry.Maybe[str | None] = optional("What it is about, as plain text.")
    language: strawberry.Maybe[str | None] = optional("A language tag.")
    kind: strawberry.Maybe[ArticleKind | None] = optional("What sort of writing it is.")
    comments_open: strawberry.Maybe[bool | None] = optional("Whether readers may comment on it.")
    image_url: strawberry.Maybe[str | None] = optional("The address of a picture; null for none.")
    image_alt: strawberry.Maybe[str | None] = optional("What the picture shows, in words.")
    canonical_url: strawberry.Maybe[str | None] = optional("Where it was first published.")
    translation_key: strawberry.Maybe[str | None] = optional(
        "Articles that share it are each other's translations."
    )
    topics: strawberry.Maybe[list[str] | None] = optional(TOPICS)
    authors: strawberry.Maybe[list[str] | None] = optional(AUTHORS)
    wait_for_index: bool = optional(WAIT, False)

    def changes(self) -> Changes:
        """Return the fields that are set. Raises Invalid."""
        body = _required_value(self.body, "body")
        topics, authors = (
            _required_value(self.topics, "topics"),
            _required_value(self.authors, "authors"),
        )
        return Changes(
            title=_required_value(self.title, "title"),
            body=body if body is KEEP else body.body(),
            slug=_required_value(self.slug, "slug"),
            summary=_required_value(self.summary, "summary"),
            language=_required_value(self.language, "language"),
            kind=_required_value(self.kind, "kind"),
            comments_open=_required_value(self.comments_open, "commentsOpen"),
            image_url=_value_or_keep(self.image_url),
            image_alt=_value_or_keep(self.image_alt),
            canonical_url=_value_or_keep(self.canonical_url),
            translation_key=_value_or_keep(self.translation_key),
            topics=topics if topics is KEEP else tuple(topics),
            authors=authors if authors is KEEP else tuple(authors),
        )


def _value_or_keep(value: strawberry.Some[Any] | None) -> Any:
    return KEEP if value is None else value.value


def _required_value(value: strawberry.Some[Any] | None, path: str) -> Any:
    """Return the value of a field that is not nullable, or KEEP. Raises Invalid."""
    required = _value_or_keep(value)
    if required is None:
        raise InvalidError(path, "must not be null; leave it out to keep what is there")
    return required


@strawberry.input(description="An article to publish.")
class PublishArticleInput:
    """See `hub.articles.publish`."""

    id: strawberry.ID = field(ID)
    at: datetime | None = optional(
        "When; a moment to come schedules it. If left out, an article that was public before "
        "keeps its date, and any other gets this moment."
    )
    wait_for_index: bool = optional(WAIT, False)


@strawberry.input(description="An article to take out of public sight.")
class ArchiveArticleInput:
    """See `hub.articles.archive`."""

    id: strawberry.ID = field(ID)
    wait_for_index: bool = optional(WAIT, False)


@strawberry.input(description="An article to delete.")
class DeleteArticleInput:
    """See `hub.articles.delete`."""

    id: strawberry.ID = field(ID)
    wait_for_index: bool = optional(
        "Answer only once search has forgotten the article (see `searchable`).", False
    )


@strawberry.type
class SavedArticle:
    """Fields of all payloads of a save."""

    article_id: strawberry.ID = field("The article's global id.")
    article: Article | None = field("The article; null where your token may not read it.")
    searchable: bool | None = field(
        "With `waitForIndex`: whether search knows this save; false where that took too long, and "
        "it will a little later. Null where it was not asked for."
    )


@strawberry.type(description="The article has been created.")
class CreateArticlePayload(SavedArticle):
    """Payload of `createArticle`."""


@strawberry.type(description="The article has been revised.")
class ReviseArticlePayload(SavedArticle):
    """Payload of `reviseArticle`."""


@strawberry.type(description="The article is public, or will be when its moment comes.")
class PublishArticlePayload(SavedArticle):
    """Payload of `publishArticle`."""


@strawberry.type(description="The article is out of public sight.")
class ArchiveArticlePayload(SavedArticle):
    """Payload of `archiveArticle`."""


@strawberry.type(description="The article is gone, with its comments and revisions.")
class DeleteArticlePayload:
    """Payload of `deleteArticle`."""

    deleted_article_id: strawberry.ID = field("The global id that it had.")
    searchable: bool | None = field(
        "With `waitForIndex`: false once search has forgotten it, true where that took too long. "
        "Null where it was not asked for."
    )


async def create_article(info: Info, input: Input[CreateArticleInput]) -> CreateArticlePayload:
    """Call `hub.articles.create`."""
    id_ = await articles.create(
        NewArticle(
            title=input.title,
            body=input.body.body(),
            slug=input.slug,
            summary=input.summary,
            language=input.language or info.context.settings.language,
            kind=input.kind,
            status=input.status,
            published_at=input.published_at,
            comments_open=input.comments_open,
            image_url=input.image_url,
            image_alt=input.image_alt,
            canonical_url=input.canonical_url,
            translation_key=input.translation_key,
            topics=tuple(input.topics),
            authors=tuple(input.authors),
        ),
        by=info.context.viewer,
    )
    return await _saved(CreateArticlePayload, info.context, id_, wait=input.wait_for_index)


async def revise_article(info: Info, input: Input[ReviseArticleInput]) -> ReviseArticlePayload:
    """Call `hub.articles.revise`."""
    id_ = ids.local_id(input.id, ids.ARTICLE, "id")
    await articles.revise(
        id_, input.changes(), seen_version=input.seen_version, by=info.context.viewer
    )
    return await _saved(ReviseArticlePayload, info.context, id_, wait=input.wait_for_index)


async def publish_article(info: Info, input: Input[PublishArticleInput]) -> PublishArticlePayload:
    """Call `hub.articles.publish`."""
    id_ = ids.local_id(input.id, ids.ARTICLE, "id")
    await articles.publish(id_, by=info.context.viewer, at=input.at)
    return await _saved(PublishArticlePayload, info.context, id_, wait=input.wait_for_index)


async def archive_article(info: Info, input: Input[ArchiveArticleInput]) -> ArchiveArticlePayload:
    """Call `hub.articles.archive`."""
    id_ = ids.local_id(input.id, ids.ARTICLE, "id")
    await articles.archive(id_, by=info.context.viewer)
    return await _saved(ArchiveArticlePayload, info.context, id_, wait=input.wait_for_index)


async def delete_article(info: Info, input: Input[DeleteArticleInput]) -> DeleteArticlePayload:
    """Call `hub.articles.delete`."""
    id_ = ids.local_id(input.id, ids.ARTICLE, "id")
    await articles.delete(id_, by=info.context.viewer)
    removed = await info.context.wait_for_index(id_) if input.wait_for_index else None
    return DeleteArticlePayload(
        deleted_article_id=input.id, searchable=None if removed is None else not removed
    )


async def _saved(payload: type[P], context: HubContext, id_: int, *, wait: bool) -> P:
    """Build the payload of a save, with the current article."""
    searchable = await context.wait_for_index(id_) if wait else None
    context.loaders = Loaders(context.db, context.viewer)  # drops rows cached before the change
    return payload(
        article_id=strawberry.ID(ids.global_id(ids.ARTICLE, id_)),
        article=await context.loaders.article.load(id_),  # type: ignore[arg-type]
        searchable=searchable,
    )
