"""The time, as records hold it."""

from __future__ import annotations

from datetime import UTC, datetime


def now() -> datetime:
    """This moment in UTC, aware."""
    return datetime.now(UTC)


def stored(moment: datetime) -> str:
    """A moment as the database holds it, to compare with a column: ISO 8601 in UTC."""
    return moment.astimezone(UTC).isoformat(sep=" ")
