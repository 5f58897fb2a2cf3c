"""The DateTime scalar."""

from __future__ import annotations

from datetime import UTC, datetime

import strawberry

_POSTGRES_LENGTHS = (len("2026-03-01 12:00:00+00"), len("2026-03-01 12:00:00.123456+00"))
"""Lengths of PostgreSQL's timestamps that can be converted by slicing."""


def serialize_datetime(moment: datetime | str) -> str:
    """Format a datetime, or a timestamp as the database stores it, for responses."""
    if isinstance(moment, str):
        if moment.endswith("+00:00"):  # SQLite
            return f"{moment[:10]}T{moment[11:-6]}Z"
        if moment.endswith("+00") and len(moment) in _POSTGRES_LENGTHS:  # PostgreSQL
            return f"{moment[:10]}T{moment[11:-3]}Z"
        moment = datetime.fromisoformat(moment)
    return moment.isoformat().replace("+00:00", "Z")


def _parse_datetime(value: object) -> datetime:
    """Parse an input value; return the datetime in UTC. Raises ValueError."""
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
    serialize=serialize_datetime,
    parse_value=_parse_datetime,
)
