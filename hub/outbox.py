"""What a save leaves behind: events for the indexer, and lines of the change feed.

`record` and `announce` are helpers for services, to be called inside their transaction.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple

from hub.clock import now
from hub.database import Reader, transaction
from hub.models import Change, OutboxEvent

MAX_ERROR_LENGTH = 500


class Event(NamedTuple):
    """An outbox event that waits: the article it is about, and how often it has failed."""

    id: int
    article_id: int
    tries: int


class ParkedEvent(NamedTuple):
    """An outbox event that has been set aside, and why."""

    id: int
    article_id: int
    tries: int
    error: str


async def record(article_ids: Iterable[int]) -> None:
    """Note that these articles have to be indexed anew, or taken out of the index if gone."""
    moment = now()
    await OutboxEvent.bulk_create(
        [OutboxEvent(article_id=id_, created_at=moment) for id_ in dict.fromkeys(article_ids)]
    )


async def announce(tags: Iterable[str]) -> None:
    """Append to the change feed; each tag once."""
    moment = now()
    await Change.bulk_create([Change(tag=tag, at=moment) for tag in dict.fromkeys(tags)])


async def latest_change(db: Reader) -> int:
    """The number of the feed's last line; 0 for an empty feed. One statement."""
    [[seq]] = await db.rows("SELECT COALESCE(max(seq), 0) FROM change")
    return int(seq)


async def pending(db: Reader, limit: int) -> list[Event]:
    """Up to `limit` events that nobody has settled, oldest first. One statement."""
    found = await db.rows(
        "SELECT id, article_id, tries FROM outbox_event WHERE parked = 0 ORDER BY id LIMIT ?",
        [limit],
    )
    return [Event(*row) for row in found]


async def is_pending(db: Reader, article_id: int) -> bool:
    """Whether the index does not know the last save of an article yet. One statement."""
    return bool(
        await db.rows(
            "SELECT 1 FROM outbox_event WHERE article_id = ? AND parked = 0 LIMIT 1", [article_id]
        )
    )


async def depth(db: Reader) -> int:
    """How many events wait. One statement."""
    [[total]] = await db.rows("SELECT count(*) FROM outbox_event WHERE parked = 0")
    return int(total)


async def parked(db: Reader) -> list[ParkedEvent]:
    """The events that have been set aside, oldest first. One statement."""
    found = await db.rows(
        "SELECT id, article_id, tries, error FROM outbox_event WHERE parked = 1 ORDER BY id"
    )
    return [ParkedEvent(*row) for row in found]


@transaction
async def settle(event_ids: Iterable[int]) -> None:
    """Forget these events: the index holds what they told of, safely on disk."""
    await OutboxEvent.filter(id__in=list(event_ids)).delete()


@transaction
async def fail(event: Event, error: str, *, max_tries: int) -> None:
    """Count a failure of this event; the last of `max_tries` sets it aside."""
    await OutboxEvent.filter(id=event.id).update(
        tries=event.tries + 1, parked=event.tries + 1 >= max_tries, error=error[:MAX_ERROR_LENGTH]
    )


@transaction
async def retry_parked() -> int:
    """Let the events that were set aside wait again, as if they had never failed; how many."""
    return await OutboxEvent.filter(parked=True).update(parked=False, tries=0, error=None)


@transaction
async def record_all(article_ids: Iterable[int]) -> None:
    """Note, in a transaction of its own, that these articles have to be indexed anew."""
    await record(article_ids)
