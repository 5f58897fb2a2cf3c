"""Events of comments: for moderators by subscription, and for the targets of webhooks."""

from __future__ import annotations

from datetime import timedelta
from typing import NamedTuple

from hub.db.database import Reader, run, transaction
from hub.db.timestamps import now
from hub.models import CommentEvent, CommentEventType, WebhookEvent

RETENTION = timedelta(days=1)
"""How long events for moderators are kept; their followers are only seconds behind."""


async def notify(event: CommentEventType, comment_id: int, article_id: int) -> None:
    """Add an event of a comment for moderators, and for each webhook target, in a transaction.

    They hold ids alone. Two statements without targets.
    """
    tags, moment = f"comment.{event.value.lower()}:{comment_id} article:{article_id}", now()
    await CommentEvent.create(type=event, comment_id=comment_id, at=moment)
    await WebhookEvent.bulk_create(
        WebhookEvent(target=row["name"], tags=tags, places="[]", created_at=moment)
        for row in await run("SELECT name FROM webhook_target")
    )


@transaction
async def trim(limit: int = 10_000) -> bool:
    """Delete up to `limit` expired events; return whether there may be more."""
    old = CommentEvent.filter(at__lt=now() - RETENTION).order_by("seq").limit(limit)
    numbers = await old.values_list("seq", flat=True)
    if numbers:
        await CommentEvent.filter(seq__in=numbers).delete()
    return len(numbers) == limit


class EventRow(NamedTuple):
    """Something that happened to a comment: see `CommentEventType`."""

    seq: int
    type: str
    comment_id: int


async def latest(db: Reader) -> int:
    """Return the number of the last event of a comment; 0 if there is none. One statement."""
    [[seq]] = await db.rows("SELECT COALESCE(max(seq), 0) FROM comment_event")
    return int(seq)


async def events_after(db: Reader, after: int, limit: int) -> list[EventRow]:
    """Return the next events of comments after `after`. One statement."""
    rows = await db.rows(
        "SELECT seq, type, comment_id FROM comment_event WHERE seq > ? ORDER BY seq LIMIT ?",
        [after, limit],
    )
    return [EventRow(*row) for row in rows]
