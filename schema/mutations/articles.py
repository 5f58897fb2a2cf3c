"""The mutations of articles."""

from __future__ import annotations

from datetime import datetime
from typing import TypeVar

import strawberry

from hub import articles
from schema import ids
from schema.context import HubContext, Info
from schema.loaders import Loaders
from schema.mutations.article_inputs import (
    ID,
    SEEN_VERSION,
    WAIT,
    CreateArticleInput,
    ReviseArticleInput,
)
from schema.mutations.inputs import Input, optional
from schema.types.article import Article
from schema.types.fields import field

P = TypeVar("P", bound="SavedArticle")


@strawberry.input(description="An article to publish.")
class PublishArticleInput:
    """See `hub.articles.publish`."""

    id: strawberry.ID = field(ID)
    at: datetime | None = optional(
        "When; a moment to come schedules it, or the working version of an article that is public. "
        "If left out, an article that was public before keeps its date, and any other gets this "
        "moment."
    )
    seen_version: int | None = optional(SEEN_VERSION)
    unpublish_at: datetime | None = optional("When it becomes a draft again; never, if left out.")
    wait_for_index: bool = optional(WAIT, False)


@strawberry.input(description="An article to take out of public sight.")
class ArchiveArticleInput:
    """See `hub.articles.archive`."""

    id: strawberry.ID = field(ID)
    seen_version: int | None = optional(SEEN_VERSION)
    wait_for_index: bool = optional(WAIT, False)


@strawberry.input(description="An article to delete.")
class DeleteArticleInput:
    """See `hub.articles.delete`."""

    id: strawberry.ID = field(ID)
    seen_version: int | None = optional(SEEN_VERSION)
    permanently: bool = optional("Whether it is deleted at once, past the trash.", False)
    wait_for_index: bool = optional(
        "Answer only once search has forgotten the article (see `searchable`).", False
    )


@strawberry.type
class SavedArticle:
    """Fields of all payloads of a save."""

    article_id: strawberry.ID = field("The article's global id.")
    article: Article | None = field("The article; null where your token may not read it.")
    searchable: bool | None = field(
        "With `waitForIndex`: whether the search of this host knows this save; false where that "
        "took too long (it will a little later), or it cannot be indexed. Null where it was not "
        "asked for."
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


@strawberry.type(description="The article is gone, or in the trash, with all that belongs to it.")
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
        input.new_article(info.context.settings.language),
        by=info.context.viewer,
    )
    return await saved(CreateArticlePayload, info.context, id_, wait=input.wait_for_index)


async def revise_article(info: Info, input: Input[ReviseArticleInput]) -> ReviseArticlePayload:
    """Call `hub.articles.revise`."""
    id_ = ids.local_id(input.id, ids.ARTICLE, "id")
    await articles.revise(
        id_, input.changes(), seen_version=input.seen_version, by=info.context.viewer
    )
    return await saved(ReviseArticlePayload, info.context, id_, wait=input.wait_for_index)


async def publish_article(info: Info, input: Input[PublishArticleInput]) -> PublishArticlePayload:
    """Call `hub.articles.publish`."""
    id_ = ids.local_id(input.id, ids.ARTICLE, "id")
    await articles.publish(
        id_,
        by=info.context.viewer,
        at=input.at,
        seen_version=input.seen_version,
        unpublish_at=input.unpublish_at,
    )
    return await saved(PublishArticlePayload, info.context, id_, wait=input.wait_for_index)


async def archive_article(info: Info, input: Input[ArchiveArticleInput]) -> ArchiveArticlePayload:
    """Call `hub.articles.archive`."""
    id_ = ids.local_id(input.id, ids.ARTICLE, "id")
    await articles.archive(id_, by=info.context.viewer, seen_version=input.seen_version)
    return await saved(ArchiveArticlePayload, info.context, id_, wait=input.wait_for_index)


async def delete_article(info: Info, input: Input[DeleteArticleInput]) -> DeleteArticlePayload:
    """Call `hub.articles.delete`."""
    id_ = ids.local_id(input.id, ids.ARTICLE, "id")
    await articles.delete(
        id_,
        by=info.context.viewer,
        seen_version=input.seen_version,
        permanently=input.permanently or not info.context.settings.trash_days,
    )
    removed = await info.context.wait_for_index(id_) if input.wait_for_index else None
    return DeleteArticlePayload(
        deleted_article_id=input.id, searchable=None if removed is None else not removed
    )


async def saved(payload: type[P], context: HubContext, id_: int, *, wait: bool) -> P:
    """Build the payload of a save, with the current article."""
    searchable = await context.wait_for_index(id_) if wait else None
    context.loaders = Loaders(
        context.db, context.viewer, context.budget
    )  # drops rows cached before the change
    return payload(
        article_id=strawberry.ID(ids.global_id(ids.ARTICLE, id_)),
        article=await context.loaders.article.load(id_),  # type: ignore[arg-type]
        searchable=searchable,
    )
