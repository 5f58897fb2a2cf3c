"""The mutation that counts clicks on results of a search."""

from __future__ import annotations

import strawberry

from hub.auth import Permission
from hub.errors import Invalid, NotFound
from hub.reads import articles
from schema import ids
from schema.context import Info
from schema.mutations.inputs import Input
from schema.types.fields import field
from search_index.query import MAX_DEPTH


@strawberry.input(description="A result of a search that a reader chose.")
class TrackClickInput:
    """See `hub.search.statistics.QueryCounter.click`."""

    query: str = field("What was searched for.")
    article_id: strawberry.ID = field("The global id of the article. It is not stored.")
    position: int = field("Its place among all results, 1 for the first one.")


@strawberry.type(description="The click was noted.")
class TrackClickPayload:
    """Payload of `trackClick`."""

    counted: bool = field(
        "Whether it counts: not unless `HUB_TRACK_CLICKS` is on, and not for editors."
    )


async def track_click(info: Info, input: Input[TrackClickInput]) -> TrackClickPayload:
    """Call `hub.search.statistics.QueryCounter.click`. One statement.

    Raises:
        Invalid: there is no such place.
        NotFound: no such article that the viewer may see.
    """
    context = info.context
    if not 1 <= input.position <= MAX_DEPTH:
        raise Invalid("position", f"must be from 1 to {MAX_DEPTH}, not {input.position}")
    article_id = ids.local_id(input.article_id, ids.ARTICLE, "articleId")
    if not await articles.by_ids(context.db, [article_id], context.viewer):
        raise NotFound("article", article_id)
    is_counted = context.settings.track_clicks and not context.viewer.may(Permission.READ)
    if is_counted:
        context.search_counter.click(input.query, input.position, context.client_key)
    return TrackClickPayload(counted=is_counted)
