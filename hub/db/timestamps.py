"""Timestamps as the database stores them."""

from __future__ import annotations

from datetime import UTC, datetime


def now() -> datetime:
    """Return the current time in UTC, aware."""
    return datetime.now(UTC)


def to_iso(moment: datetime) -> str:
    """Format a time as the database stores it, to compare with a column: ISO 8601 in UTC."""
    return moment.astimezone(UTC).isoformat(sep=" ")
