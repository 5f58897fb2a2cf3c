"""schema.execution.scalars: moments are written alike, however a database holds them."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone

import pytest

from schema.execution.scalars import written


@pytest.mark.parametrize(
    ("moment", "told"),
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
def test_a_moment_reads_the_same_from_each_database(moment: datetime | str, told: str) -> None:
    assert written(moment) == told
