"""The mutations of an article's life: bring a version back."""

from __future__ import annotations

import strawberry

from hub.auth import Permission
from hub.errors import NotFound
from hub.lifecycle import revisions
from schema import ids
from schema.context import Info
from schema.mutations.article_inputs import WAIT
from schema.mutations.articles import SavedArticle, saved
from schema.mutations.inputs import Input, optional
from schema.types.fields import field

SEEN_VERSION = "The `version` that you have read: a later save is a `Conflict`. Any, if left out."


@strawberry.input(description="A version of an article to bring back.")
class RestoreRevisionInput:
    """See `hub.lifecycle.revisions.restore`."""

    id: strawberry.ID = field("The revision's global id.")
    seen_version: int | None = optional(SEEN_VERSION)
    with_status: bool = optional(
        "Whether its status and its date come back as well; needs the permission `publish`.", False
    )
    wait_for_index: bool = optional(WAIT, False)


@strawberry.type(description="The article is again what that version was.")
class RestoreRevisionPayload(SavedArticle):
    """Payload of `restoreRevision`."""


async def restore_revision(
    info: Info, input: Input[RestoreRevisionInput]
) -> RestoreRevisionPayload:
    """Call `hub.lifecycle.revisions.restore`."""
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
