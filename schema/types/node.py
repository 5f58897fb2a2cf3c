"""Relay's Node interface: objects that can be refetched by their global id."""

from __future__ import annotations

from collections.abc import Awaitable
from typing import Annotated

import strawberry

from hub.errors import Invalid
from schema import ids as global_ids
from schema.context import HubContext, Info
from schema.types.fields import field

MAX_NODES = 100
"""Maximum of ids of a request for `nodes`."""


@strawberry.interface(description="Whatever can be fetched again by its id.")
class Node:
    """An object with a global id."""

    id: strawberry.ID = field("Global and opaque; the same for as long as the object exists.")


def node(
    info: Info,
    id: Annotated[strawberry.ID, strawberry.argument(description="A global id.")],
) -> Awaitable[object] | None:
    """Resolve to the row of a global id, as far as the viewer may see it."""
    return _load(info.context, id)


async def nodes(
    info: Info,
    ids: Annotated[
        list[strawberry.ID], strawberry.argument(description="Global ids, at most 100.")
    ],
) -> list[object]:
    """Resolve to the rows of global ids, in their order, null where there is none to see.

    Raises:
        Invalid: too many ids.
    """
    if len(ids) > MAX_NODES:
        raise Invalid("ids", f"must be at most {MAX_NODES}")
    awaitables = [_load(info.context, id_) for id_ in ids]
    return [await row if row is not None else None for row in awaitables]


def _load(context: HubContext, id_: str) -> Awaitable[object] | None:
    """Load the row of a global id, as far as the viewer may see it."""
    kind, number = global_ids.parse(id_) or ("", 0)
    name = _LOADERS.get(kind)
    if name is None:
        return None
    loading: Awaitable[object] = getattr(context.loaders, name).load(number)
    return loading


_LOADERS = {
    global_ids.ARTICLE: "article",
    global_ids.AUDIT_ENTRY: "audit_entry",
    global_ids.AUTHOR: "author",
    global_ids.COMMENT: "comment",
    global_ids.MODERATED: "moderated",
    global_ids.OUTSIDE_LINK: "outside_link",
    global_ids.PREVIEW: "preview",
    global_ids.RELEASE: "release",
    global_ids.REPORTED_LINK: "reported_link",
    global_ids.REVISION: "revision",
    global_ids.TOPIC: "topic",
    global_ids.TRASHED: "trashed",
}
"""The loaders of the kinds of nodes."""
