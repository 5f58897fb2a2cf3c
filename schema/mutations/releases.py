"""The mutations of releases."""

from __future__ import annotations

from datetime import datetime

import strawberry

from hub.articles import releases
from hub.models import LifeAction
from schema import ids
from schema.context import HubContext, Info
from schema.loaders import Loaders
from schema.mutations.inputs import Input, optional
from schema.types.enums import LifeAction as LifeActionEnum
from schema.types.fields import field
from schema.types.release import Release

ID = "The release's id."
ARTICLE = "The article's global id."


@strawberry.input(description="A new release.")
class CreateReleaseInput:
    """See `hub.articles.releases.create`."""

    name: str = field("Its name, at most 200 characters.")


@strawberry.input(description="An article for a release.")
class AddToReleaseInput:
    """See `hub.articles.releases.add`."""

    id: strawberry.ID = field(ID)
    article_id: strawberry.ID = field(ARTICLE)
    action: LifeActionEnum = optional("What the release does with it.", LifeAction.PUBLISH)


@strawberry.input(description="An article to take out of a release.")
class RemoveFromReleaseInput:
    """See `hub.articles.releases.remove`."""

    id: strawberry.ID = field(ID)
    article_id: strawberry.ID = field(ARTICLE)


@strawberry.input(description="A release to publish.")
class PublishReleaseInput:
    """See `hub.articles.releases.publish`."""

    id: strawberry.ID = field(ID)
    at: datetime | None = optional("When; now, if left out or past.")


@strawberry.input(description="A scheduled release that shall wait again.")
class CancelReleaseInput:
    """See `hub.articles.releases.cancel`."""

    id: strawberry.ID = field(ID)


@strawberry.input(description="A release to delete.")
class DeleteReleaseInput:
    """See `hub.articles.releases.delete`."""

    id: strawberry.ID = field(ID)


@strawberry.type
class SavedRelease:
    """Fields of all payloads of a release."""

    release: Release | None = field("The release, as it is now.")


@strawberry.type(description="The release has been created; it is empty.")
class CreateReleasePayload(SavedRelease):
    """Payload of `createRelease`."""


@strawberry.type(description="The article is part of the release.")
class AddToReleasePayload(SavedRelease):
    """Payload of `addToRelease`."""


@strawberry.type(description="The article is no part of the release.")
class RemoveFromReleasePayload(SavedRelease):
    """Payload of `removeFromRelease`."""


@strawberry.type(description="All of it is public, or will be when its moment comes.")
class PublishReleasePayload(SavedRelease):
    """Payload of `publishRelease`."""


@strawberry.type(description="The release waits for somebody to publish it.")
class CancelReleasePayload(SavedRelease):
    """Payload of `cancelRelease`."""


@strawberry.type(description="The release is gone; its articles are as they were.")
class DeleteReleasePayload:
    """Payload of `deleteRelease`."""

    deleted_release_id: strawberry.ID = field("The id that it had.")


async def create_release(info: Info, input: Input[CreateReleaseInput]) -> CreateReleasePayload:
    """Call `hub.articles.releases.create`."""
    id_ = await releases.create(input.name, by=info.context.viewer)
    return CreateReleasePayload(release=await _load(info.context, id_))


async def add_to_release(info: Info, input: Input[AddToReleaseInput]) -> AddToReleasePayload:
    """Call `hub.articles.releases.add`."""
    id_ = ids.local_id(input.id, ids.RELEASE, "id")
    article_id = ids.local_id(input.article_id, ids.ARTICLE, "articleId")
    await releases.add(id_, article_id, input.action, by=info.context.viewer)
    return AddToReleasePayload(release=await _load(info.context, id_))


async def remove_from_release(
    info: Info, input: Input[RemoveFromReleaseInput]
) -> RemoveFromReleasePayload:
    """Call `hub.articles.releases.remove`."""
    id_ = ids.local_id(input.id, ids.RELEASE, "id")
    article_id = ids.local_id(input.article_id, ids.ARTICLE, "articleId")
    await releases.remove(id_, article_id, by=info.context.viewer)
    return RemoveFromReleasePayload(release=await _load(info.context, id_))


async def publish_release(info: Info, input: Input[PublishReleaseInput]) -> PublishReleasePayload:
    """Call `hub.articles.releases.publish`."""
    id_ = ids.local_id(input.id, ids.RELEASE, "id")
    await releases.publish(id_, by=info.context.viewer, at=input.at)
    return PublishReleasePayload(release=await _load(info.context, id_))


async def cancel_release(info: Info, input: Input[CancelReleaseInput]) -> CancelReleasePayload:
    """Call `hub.articles.releases.cancel`."""
    id_ = ids.local_id(input.id, ids.RELEASE, "id")
    await releases.cancel(id_, by=info.context.viewer)
    return CancelReleasePayload(release=await _load(info.context, id_))


async def delete_release(info: Info, input: Input[DeleteReleaseInput]) -> DeleteReleasePayload:
    """Call `hub.articles.releases.delete`."""
    await releases.delete(ids.local_id(input.id, ids.RELEASE, "id"), by=info.context.viewer)
    return DeleteReleasePayload(deleted_release_id=input.id)


async def _load(context: HubContext, id_: int) -> Release | None:
    """Load a release as it is now; None where the token may not read it."""
    context.loaders = Loaders(context.db, context.viewer, context.budget)
    row: Release | None = await context.loaders.release.load(id_)  # type: ignore[assignment]
    return row
