"""schema.execution.scalars: timestamps of every database have one format in responses."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone

import pytest

from schema.execution.scalars import serialize_datetime


@pytest.mark.parametrize(
    ("moment", "expected"),
    [
        ("2026-03-01 12:00:00+00:00", "2026-03-01T12:00:00Z"),  # SQLite
        ("2026-03-01 12:00:00.123400+00:00", "2026-03-01T12:00:00.123400Z"),
        ("2026-03-01 12:00:00+00", "2026-03-01T12:00:00Z"),  # PostgreSQL
        ("2026-03-01 12:00:00.123456+00", "2026-03-01T12:00:00.123456Z"),
        ("2026-03-01 12:00:00.1234+00", "2026-03-01T12:00:00.123400Z"),
        (datetime(2026, 3, 1, 12, tzinfo=UTC), "2026-03-01T12:00:00Z"),
        (
            datetime(2026, 3, 1, 12, tzinfo=timezone(timedelta(hours=2))),
            "2026-03-01T12:00:00+02:00",
        ),
    ],
)
def test_a_moment_reads_the_same_from_each_database(moment: datetime | str, expected: str) -> None:
    assert serialize_datetime(moment) == expected
