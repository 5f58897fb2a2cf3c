"""The change feed: its lines and their retention."""

from __future__ import annotations

from datetime import timedelta

import pytest

from hub import outbox
from hub.db.database import Reader
from hub.db.timestamps import now
from hub.models import Change
from hub.outbox import CHANGE_RETENTION

pytestmark = [pytest.mark.anyio, pytest.mark.databases]


async def lines(*ages_by_tag: tuple[str, timedelta]) -> None:
    """Store lines of the feed by tag and age."""
    await Change.bulk_create([Change(tag=tag, at=now() - age) for tag, age in ages_by_tag])


async def test_old_lines_of_the_feed_go_and_its_last_stay(db: Reader) -> None:
    assert not await outbox.trim()
    old, young = CHANGE_RETENTION + timedelta(minutes=1), timedelta(minutes=1)
    await lines(("a", old), ("search", old), ("b", old), ("c", old), ("search", old))
    before = await outbox.latest_changes(db)
    assert await outbox.trim(2)
    assert not await outbox.trim(2)
    assert [line.tag for line in await outbox.changes(db, 0, 9)] == ["c", "search"]
    assert await outbox.latest_changes(db) == before
    await lines(("d", young), ("e", young))
    assert not await outbox.trim()
    assert [line.tag for line in await outbox.changes(db, 0, 9)] == ["d", "e"]
