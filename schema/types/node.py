"""Relay's Node: whatever can be fetched again by its global id."""

from __future__ import annotations

import strawberry

from schema.types.fields import shown


@strawberry.interface(description="Whatever can be fetched again by its id.")
class Node:
    """An object with a global id."""

    id: strawberry.ID = shown("Global and opaque; the same for as long as the object exists.")
