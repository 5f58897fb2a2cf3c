"""Relay's Node interface: objects that can be refetched by their global id."""

from __future__ import annotations

import strawberry

from schema.types.fields import field


@strawberry.interface(description="Whatever can be fetched again by its id.")
class Node:
    """An object with a global id."""

    id: strawberry.ID = field("Global and opaque; the same for as long as the object exists.")
