"""The mutations of an article's life: versions, working versions, planned changes, the trash."""

from __future__ import annotations

from datetime import datetime

import strawberry

from hub import articles
from hub.articles import publishing, revisions, trash, working_versions
from hub.auth import Permission
from hub.errors import NotFound
from schema import ids
from schema.context import Info
from schema.mutations.article_inputs import ID, SEEN_VERSION, WAIT, SaveWorkingVersionInput
from schema.mutations.articles import SavedArticle, saved
from schema.mutations.inputs import Input, optional
from schema.types.fields import field


@strawberry.input(description="A version of an article to bring back.")
class RestoreRevisionInput:
    """See `hub.articles.revisions.restore`."""

    id: strawberry.ID = field("The revision's global id.")
    seen_version: int | None = optional(SEEN_VERSION)
    with_status: bool = optional(
        "Whether its status and its date come back as well; needs the permission `publish`.", False
    )
    wait_for_index: bool = optional(WAIT, False)


@strawberry.input(description="A working version to throw away.")
class DiscardWorkingVersionInput:
    """See `hub.articles.working_versions.discard`."""

    id: strawberry.ID = field(ID)
    seen_version: int | None = optional(
        "The `version` of the working version that you have read. Any, if left out."
    )


@strawberry.input(description="An article to take back to a draft.")
class UnpublishArticleInput:
    """See `hub.articles.publishing.unpublish`."""

    id: strawberry.ID = field(ID)
    at: datetime | None = optional("When; now, if left out or past.")
    seen_version: int | None = optional(SEEN_VERSION)
    wait_for_index: bool = optional(WAIT, False)


@strawberry.input(description="An article whose planned changes are cancelled.")
class CancelPlannedChangesInput:
    """See `hub.articles.publishing.cancel_plans`."""

    id: strawberry.ID = field(ID)


@strawberry.input(description="A deleted article to bring back.")
class RestoreArticleInput:
    """See `hub.articles.trash.restore`."""

    id: strawberry.ID = field(ID)
    wait_for_index: bool = optional(WAIT, False)


@strawberry.input(description="A deleted article to delete for good.")
class PurgeArticleInput:
    """See `hub.articles.trash.purge`."""

    id: strawberry.ID = field(ID)


@strawberry.type(description="The article is again what that version was.")
class RestoreRevisionPayload(SavedArticle):
    """Payload of `restoreRevision`."""


@strawberry.type(description="The edits are kept; readers see what they saw.")
class SaveWorkingVersionPayload(SavedArticle):
    """Payload of `saveWorkingVersion`."""


@strawberry.type(description="There is no working version any more.")
class DiscardWorkingVersionPayload(SavedArticle):
    """Payload of `discardWorkingVersion`."""


@strawberry.type(description="The article is a draft, or will be when its moment comes.")
class UnpublishArticlePayload(SavedArticle):
    """Payload of `unpublishArticle`."""


@strawberry.type(description="Nothing is planned for the article.")
class CancelPlannedChangesPayload(SavedArticle):
    """Payload of `cancelPlannedChanges`."""


@strawberry.type(description="The article is back, with everything that it had.")
class RestoreArticlePayload(SavedArticle):
    """Payload of `restoreArticle`."""


@strawberry.type(description="The article is gone for good.")
class PurgeArticlePayload:
    """Payload of `purgeArticle`."""

    purged_article_id: strawberry.ID = field("The global id that it had.")


async def restore_revision(
    info: Info, input: Input[RestoreRevisionInput]
) -> RestoreRevisionPayload:
    """Call `hub.articles.revisions.restore`."""
    info.context.viewer.require(Permission.READ)
    id_ = ids.local_id(input.id, ids.REVISION, "id")
    row = await info.context.loaders.revision.load(id_)
    if row is None:
        raise NotFound("revision", id_)
    await revisions.restore(
        row.article_id,
        row.version,
        by=info.context.viewer,
        seen_version=input.seen_version,
        with_status=input.with_status,
    )
    payload = RestoreRevisionPayload
    return await saved(payload, info.context, row.article_id, wait=input.wait_for_index)


async def save_working_version(
    info: Info, input: Input[SaveWorkingVersionInput]
) -> SaveWorkingVersionPayload:
    """Call `hub.articles.working_versions.save`."""
    id_ = ids.local_id(input.id, ids.ARTICLE, "id")
    await working_versions.save(
        id_, input.changes(), by=info.context.viewer, seen_version=input.seen_version
    )
    return await saved(SaveWorkingVersionPayload, info.context, id_, wait=False)


async def discard_working_version(
    info: Info, input: Input[DiscardWorkingVersionInput]
) -> DiscardWorkingVersionPayload:
    """Call `hub.articles.working_versions.discard`."""
    id_ = ids.local_id(input.id, ids.ARTICLE, "id")
    await working_versions.discard(id_, by=info.context.viewer, seen_version=input.seen_version)
    return await saved(DiscardWorkingVersionPayload, info.context, id_, wait=False)


async def unpublish_article(
    info: Info, input: Input[UnpublishArticleInput]
) -> UnpublishArticlePayload:
    """Call `hub.articles.publishing.unpublish`."""
    id_ = ids.local_id(input.id, ids.ARTICLE, "id")
    by = info.context.viewer
    await articles.unpublish(id_, by=by, at=input.at, seen_version=input.seen_version)
    return await saved(UnpublishArticlePayload, info.context, id_, wait=input.wait_for_index)


async def cancel_planned_changes(
    info: Info, input: Input[CancelPlannedChangesInput]
) -> CancelPlannedChangesPayload:
    """Call `hub.articles.publishing.cancel_plans`."""
    id_ = ids.local_id(input.id, ids.ARTICLE, "id")
    await publishing.cancel_plans(id_, by=info.context.viewer)
    return await saved(CancelPlannedChangesPayload, info.context, id_, wait=False)


async def restore_article(info: Info, input: Input[RestoreArticleInput]) -> RestoreArticlePayload:
    """Call `hub.articles.trash.restore`."""
    id_ = ids.local_id(input.id, ids.ARTICLE, "id")
    await trash.restore(id_, by=info.context.viewer)
    return await saved(RestoreArticlePayload, info.context, id_, wait=input.wait_for_index)


async def purge_article(info: Info, input: Input[PurgeArticleInput]) -> PurgeArticlePayload:
    """Call `hub.articles.trash.purge`."""
    await trash.purge(ids.local_id(input.id, ids.ARTICLE, "id"), by=info.context.viewer)
    return PurgeArticlePayload(purged_article_id=input.id)
