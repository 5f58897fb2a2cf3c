"""The scalar for moments."""

from __future__ import annotations

from datetime import UTC, datetime

import strawberry

_WHOLE = (len("2026-03-01 12:00:00+00"), len("2026-03-01 12:00:00.123456+00"))
"""Lengths of moments that are written in answers as PostgreSQL writes them."""


def written(moment: datetime | str) -> str:
    """A moment, or what the database holds of one, for answers."""
    if isinstance(moment, str):
        if moment.endswith("+00:00"):  # SQLite's way
            return f"{moment[:10]}T{moment[11:-6]}Z"
        if moment.endswith("+00") and len(moment) in _WHOLE:  # PostgreSQL's
            return f"{moment[:10]}T{moment[11:-3]}Z"
        moment = datetime.fromisoformat(moment)
    return moment.isoformat().replace("+00:00", "Z")


def _read(value: object) -> datetime:
    """The moment that an input names, in UTC. Raises ValueError."""
    if not isinstance(value, str):
        raise ValueError("DateTime is written as a string.")
    try:
        moment = datetime.fromisoformat(value)
        if moment.tzinfo is None:
            raise ValueError
        return moment.astimezone(UTC)
    except (ValueError, OverflowError):
        raise ValueError(
            "DateTime is written in ISO 8601 with a time zone, as in 2026-03-01T12:00:00Z."
        ) from None


DATE_TIME = strawberry.scalar(
    name="DateTime",
    description="A moment in ISO 8601 with its time zone, as in `2026-03-01T12:00:00Z`. "
    "Answers are in UTC.",
    specified_by_url="https://scalars.graphql.org/andimarek/date-time.html",
    serialize=written,
    parse_value=_read,
)
