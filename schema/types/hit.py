"""Explanations of hits: the parts of their scores."""

from __future__ import annotations

import strawberry

from schema.types.enums import ScoreKind
from schema.types.fields import field
from search_index.fields import TextField

_FIELD_NAMES = [f"`{field.key}`" for field in TextField]


@strawberry.type(description="How often words stand in a part of an article.")
class FieldCount:
    """Resolved from a `search_index.explanations.FieldCount`."""

    field: str = strawberry.field(
        description=f"The part: {', '.join(_FIELD_NAMES[:-1])} or {_FIELD_NAMES[-1]}."
    )
    count: int = strawberry.field(description="How often.")
    boost: float = strawberry.field(description="How much each time counts, beside 1 in the body.")


@strawberry.type(description="A part of a hit's score. All parts of a hit sum up to it.")
class ScorePart:
    """Resolved from a `search_index.explanations.ScorePart`."""

    kind: ScoreKind = field("What it was given for.")
    score: float = field("How much was given.")
    text: str = field("The words that matched, as they stand in the index.")
    fields: list[FieldCount] = field("Where these words stand.")
    idf: float = field("How rare they are: the logarithm of the inverse document frequency.")
    tf: float = field("How often they stand there, weighted by where.")
    weight: float = field("How good this way to match is, beside 1 for what was typed.")
