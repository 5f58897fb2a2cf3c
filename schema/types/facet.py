"""Facets of a search: counts of the hits by their values."""

from __future__ import annotations

import strawberry

from schema.types.fields import field
from search_index.query import FacetField


@strawberry.type(description="How many hits carry a value.")
class Bucket:
    """Resolved from a `search_index.query.Bucket`."""

    value: str = field("The value as filters take it.")
    label: str = field("The value as readers see it.")
    count: int = field("How many hits carry it.")
    selected: bool = field("Whether the filter names it.")


@strawberry.type(
    description="The counts of one field, counted as if this field's own filter were not set."
)
class Facet:
    """Resolved from a `search_index.query.Facet`."""

    field: FacetField = strawberry.field(description="What is counted by.")
    buckets: list[Bucket] = strawberry.field(description="The values, the most frequent first.")
