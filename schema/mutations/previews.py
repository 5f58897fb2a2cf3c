"""The mutations of previews."""

from __future__ import annotations

from datetime import datetime

import strawberry

from hub.articles import previews
from schema import ids
from schema.context import HubContext, Info
from schema.loaders import Loaders
from schema.mutations.inputs import Input, optional
from schema.types.fields import field
from schema.types.preview import Preview


@strawberry.input(description="What is to be previewed: an article or a release.")
class CreatePreviewInput:
    """See `hub.articles.previews.create`."""

    article_id: strawberry.ID | None = optional("The article's global id.")
    release_id: strawberry.ID | None = optional("The release's id.")
    expires_at: datetime | None = optional("When it ends, within 90 days; in a day, if left out.")


@strawberry.input(description="A preview to end.")
class RevokePreviewInput:
    """See `hub.articles.previews.revoke`."""

    id: strawberry.ID = field("The preview's id.")


@strawberry.type(description="The preview has been created.")
class CreatePreviewPayload:
    """Payload of `createPreview`."""

    preview: Preview | None = field("The preview; null where your token may not read it.")
    token: str = field(
        "What the header `Hub-Preview` has to hold. It is shown once, and opens this preview alone."
    )
    url: str | None = field("`HUB_PREVIEW_URL` with this token; null if that is not set.")


@strawberry.type(description="The preview has ended.")
class RevokePreviewPayload:
    """Payload of `revokePreview`."""

    preview: Preview | None = field("The preview, as it is now.")


async def create_preview(info: Info, input: Input[CreatePreviewInput]) -> CreatePreviewPayload:
    """Call `hub.articles.previews.create`."""
    created = await previews.create(
        by=info.context.viewer,
        article_id=_optional_id(input.article_id, ids.ARTICLE, "articleId"),
        release_id=_optional_id(input.release_id, ids.RELEASE, "releaseId"),
        expires_at=input.expires_at,
    )
    return CreatePreviewPayload(
        preview=await _load(info.context, created.id),
        token=created.secret,
        url=previews.url(info.context.settings.preview_url, created),
    )


async def revoke_preview(info: Info, input: Input[RevokePreviewInput]) -> RevokePreviewPayload:
    """Call `hub.articles.previews.revoke`."""
    id_ = ids.local_id(input.id, ids.PREVIEW, "id")
    await previews.revoke(id_, by=info.context.viewer)
    return RevokePreviewPayload(preview=await _load(info.context, id_))


def _optional_id(id_: str | None, kind: str, path: str) -> int | None:
    return None if id_ is None else ids.local_id(id_, kind, path)


async def _load(context: HubContext, id_: int) -> Preview | None:
    """Load a preview as it is now; None where the token may not read it."""
    context.loaders = Loaders(context.db, context.viewer, context.budget)
    row: Preview | None = await context.loaders.preview.load(id_)  # type: ignore[assignment]
    return row
