"""The outbox: events for the indexer, and lines of the change feed.

`record` and `announce` are helpers for services, to be called inside their transaction.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import NamedTuple

import orjson

from hub.db.database import Reader, marks, run, run_many, transaction
from hub.db.timestamps import now
from hub.models import (
    Change,
    CommentStatus,
    DueNeighbours,
    OutboxEvent,
    Status,
    WebhookEvent,
)

MAX_ERROR_LENGTH = 500
SEARCH_TAG = "search"
MAX_AGED = 1_000
"""Pending events whose articles are looked at for the lag of public ones."""
"""The change feed's tag of all search results, and of synonyms and pins."""

MAX_URGENT = 5
"""Events recorded together, at most, that come before those of larger batches."""

CHANGE_RETENTION = timedelta(days=1)
"""Retention of the change feed's lines; its followers are only seconds behind."""


class Event(NamedTuple):
    """A pending outbox event: its article, and the number of failures."""

    id: int
    article_id: int
    tries: int


class ArticleLocation(NamedTuple):
    """The values of which an article's current or former url is built."""

    id: int
    slug: str
    language: str
    canonical_url: str | None


class ParkedEvent(NamedTuple):
    """An outbox event that is skipped after repeated failures, and its last error."""

    id: int
    article_id: int
    tries: int
    error: str


async def record(article_ids: Iterable[int]) -> None:
    """Add events to reindex these articles, or to remove them from the index if deleted."""
    moment = now()
    await OutboxEvent.bulk_create(
        [OutboxEvent(article_id=id_, created_at=moment) for id_ in dict.fromkeys(article_ids)]
    )


async def announce(tags: Iterable[str], old_locations: Iterable[ArticleLocation] = ()) -> None:
    """Append each tag once to the change feed, and add an event for each webhook target.

    `old_locations` are former locations of articles, whose urls may have become invalid.
    """
    moment, unique_tags = now(), list(dict.fromkeys(tags))
    await Change.bulk_create([Change(tag=tag, at=moment) for tag in unique_tags])
    if unique_tags and (targets := await run("SELECT name FROM webhook_target")):
        locations = orjson.dumps([list(location) for location in old_locations]).decode()
        await WebhookEvent.bulk_create(
            WebhookEvent(
                target=row["name"], tags=" ".join(unique_tags), places=locations, created_at=moment
            )
            for row in targets
        )


@transaction
async def trim(limit: int = 10_000) -> bool:
    """Delete up to `limit` of the feed's expired lines; return whether there may be more.

    The last line that is not of search alone stays, and those after it: caches use their numbers.
    So does the last one of public content: pages tell its time.
    """
    last = await Change.exclude(tag=SEARCH_TAG).order_by("-seq").first()
    if last is None:
        return False
    public = await run(
        f"SELECT seq FROM change c WHERE {_IS_PUBLIC} ORDER BY seq DESC LIMIT 1", [SEARCH_TAG]
    )
    old = (
        Change.filter(at__lt=now() - CHANGE_RETENTION, seq__lt=last.seq)
        .exclude(seq__in=[row["seq"] for row in public] or [0])
        .order_by("seq")
        .limit(limit)
    )
    if numbers := await old.values_list("seq", flat=True):
        await Change.filter(seq__in=numbers).delete()
    return len(numbers) == limit


async def latest_change(db: Reader) -> int:
    """Return the number of the feed's last line; 0 for an empty feed. One statement."""
    [[seq]] = await db.rows("SELECT COALESCE(max(seq), 0) FROM change")
    return int(seq)


async def latest_changes(db: Reader) -> tuple[int, int]:
    """Return the numbers of the feed's last line, and of its last one that is not of search alone.

    0 for none. One statement.
    """
    [[seq, content]] = await db.rows(
        "SELECT COALESCE((SELECT max(seq) FROM change), 0), COALESCE("
        "(SELECT seq FROM change WHERE tag <> ? ORDER BY seq DESC LIMIT 1), 0)",
        [SEARCH_TAG],
    )
    return int(seq), int(content)


_IS_PUBLIC = (
    "c.tag <> ? AND (c.tag NOT LIKE 'article:%' OR EXISTS (SELECT 1 FROM article a"
    " WHERE a.id = CASE WHEN c.tag LIKE 'article:%' THEN CAST(substr(c.tag, 9) AS BIGINT) END"
    " AND CAST(a.status AS TEXT) = 'PUBLISHED'))"
)
"""True for lines of the change feed that tell of public content."""


async def last_change_at(db: Reader) -> datetime | None:
    """Return the time of the last change of public content; None if none is known. One statement.

    A line of a hidden article is no change to readers; when it is withdrawn, other lines say so.
    """
    rows = await db.rows(
        f"SELECT at FROM change c WHERE {_IS_PUBLIC} ORDER BY seq DESC LIMIT 1", [SEARCH_TAG]
    )
    return datetime.fromisoformat(rows[0][0]) if rows else None


class ChangeRow(NamedTuple):
    """A line of the change feed: responses tagged with `tag` have changed."""

    seq: int
    tag: str


async def changes(db: Reader, after: int, limit: int) -> list[ChangeRow]:
    """Return the next lines of the change feed after `after`. One statement."""
    rows = await db.rows(
        "SELECT seq, tag FROM change WHERE seq > ? ORDER BY seq LIMIT ?", [after, limit]
    )
    return [ChangeRow(*row) for row in rows]


async def public_ids(db: Reader, ids: Iterable[int]) -> set[int]:
    """Return the ids of those articles that are public now. One statement."""
    ids = list(ids)
    rows = await db.rows(
        f"SELECT id FROM article WHERE id IN ({marks(ids)}) AND CAST(status AS TEXT) = ?",
        [*ids, Status.PUBLISHED.value],
    )
    return {row[0] for row in rows}


async def public_among(ids: Iterable[int]) -> set[int]:
    """Return the ids of those articles that are public now, within a transaction."""
    numbers = sorted(set(ids))
    public = set[int]()
    for start in range(0, len(numbers), 500):
        batch = numbers[start : start + 500]
        rows = await run(
            f"SELECT id FROM article WHERE id IN ({marks(batch)}) AND CAST(status AS TEXT) = ?",
            [*batch, Status.PUBLISHED.value],
        )
        public |= {row["id"] for row in rows}
    return public


async def pending(db: Reader, limit: int) -> list[Event]:
    """Return up to `limit` pending events, oldest first. One statement.

    Those of saves come before those that an import's batch, or another, has recorded together: a
    save is found at once, however many articles were imported before it.
    """
    rows = await db.rows(
        "SELECT id, article_id, tries FROM (SELECT id, article_id, tries, count(*) OVER"
        " (PARTITION BY created_at) AS together FROM outbox_event WHERE parked = FALSE) AS events"
        f" ORDER BY CASE WHEN together > {MAX_URGENT} THEN 1 ELSE 0 END, id LIMIT ?",
        [limit],
    )
    return [Event(*row) for row in rows]


async def hidden_ids(db: Reader, limit: int) -> tuple[frozenset[int], frozenset[int]]:
    """Return what the index may still hold as public: ids of articles and of comments.

    Those of hidden and deleted articles, and of comments on others that are not approved, with
    events that are not settled yet; at most `limit` of each. One statement.
    """
    rows = await db.rows(
        "SELECT * FROM (SELECT DISTINCT e.article_id, 0 AS comment_id FROM outbox_event e"
        " WHERE e.article_id > 0 AND NOT EXISTS (SELECT 1 FROM article a WHERE a.id = e.article_id"
        " AND CAST(a.status AS TEXT) = ?) LIMIT ?) AS articles"
        " UNION ALL SELECT * FROM (SELECT DISTINCT e.article_id, c.id FROM outbox_event e"
        " CROSS JOIN comment c WHERE c.article_id = e.article_id AND CAST(c.status AS TEXT) <> ?"
        " LIMIT ?) AS comments",
        [Status.PUBLISHED.value, limit, CommentStatus.APPROVED.value, limit],
    )
    return (
        frozenset(article for article, comment in rows if not comment),
        frozenset(comment for _, comment in rows if comment),
    )


async def is_pending(db: Reader, article_id: int) -> bool:
    """Return whether an article's last save is not in the index yet. One statement."""
    return bool(
        await db.rows(
            "SELECT 1 FROM outbox_event WHERE article_id = ? AND parked = FALSE LIMIT 1",
            [article_id],
        )
    )


async def depth(db: Reader) -> int:
    """Return the number of pending events. One statement."""
    [[total]] = await db.rows("SELECT count(*) FROM outbox_event WHERE parked = FALSE")
    return int(total)


async def lag_seconds(db: Reader, *, public: bool = False) -> float:
    """Return the age of the oldest pending event; 0 for none. One statement.

    With `public`, of those of public articles among the first MAX_AGED.
    """
    oldest = "SELECT created_at, article_id FROM outbox_event WHERE NOT parked ORDER BY id LIMIT"
    sql = f"{oldest} 1"
    if public:
        sql = (
            f"SELECT o.created_at FROM ({oldest} {MAX_AGED}) o"
            " JOIN article a ON a.id = o.article_id"
            " WHERE a.status = 'PUBLISHED' ORDER BY o.created_at LIMIT 1"
        )
    rows = await db.rows(sql)
    if not rows:
        return 0.0
    return max(0.0, (now() - datetime.fromisoformat(rows[0][0])).total_seconds())


async def parked(db: Reader) -> list[ParkedEvent]:
    """Return the parked events, oldest first. One statement."""
    rows = await db.rows(
        "SELECT id, article_id, tries, error FROM outbox_event WHERE parked = TRUE ORDER BY id"
    )
    return [ParkedEvent(*row) for row in rows]


@transaction
async def settle(event_ids: Iterable[int], *, neighbours: bool = False) -> None:
    """Delete these events, after the index has written their articles durably to disk.

    Announces the tag of search. With `neighbours`, the derived edges of their articles become due,
    and later those of their neighbours.
    """
    ids = list(event_ids)
    if neighbours:
        await run(
            "INSERT INTO due_neighbours (article_id, spread) SELECT DISTINCT article_id, TRUE"
            f" FROM outbox_event WHERE id IN ({marks(ids)}) AND article_id > 0"
            " ON CONFLICT (article_id) DO UPDATE SET spread = TRUE",
            ids,
        )
    if await OutboxEvent.filter(id__in=ids).delete():
        await announce([SEARCH_TAG])


@transaction
async def announce_search() -> None:
    """Announce, in a transaction of its own, that the index was rebuilt."""
    await announce([SEARCH_TAG])


@transaction
async def fail(event: Event, error: str, *, max_tries: int) -> None:
    """Count a failure of this event; at the last of `max_tries` it is parked."""
    await OutboxEvent.filter(id=event.id).update(
        tries=event.tries + 1, parked=event.tries + 1 >= max_tries, error=error[:MAX_ERROR_LENGTH]
    )


@transaction
async def retry_parked() -> int:
    """Make the parked events pending again, without failures; return their number."""
    return await OutboxEvent.filter(parked=True).update(parked=False, tries=0, error=None)


@transaction
async def record_all(article_ids: Iterable[int]) -> None:
    """Add events to reindex these articles, in a transaction of its own."""
    await record(article_ids)


async def due_neighbours(db: Reader, limit: int) -> list[int]:
    """Return the ids of up to `limit` articles whose derived edges are due. One statement."""
    rows = await db.rows("SELECT article_id FROM due_neighbours LIMIT ?", [limit])
    return [id_ for (id_,) in rows]


@transaction
async def mark_all_neighbours_due() -> None:
    """Mark the derived edges of every public article as due."""
    await run(
        "INSERT INTO due_neighbours (article_id, spread) SELECT id, FALSE FROM article"
        " WHERE status = 'PUBLISHED' ON CONFLICT DO NOTHING"
    )


async def mark_neighbours_due(article_ids: Iterable[int]) -> None:
    """Mark these articles' derived edges as due, without spreading. Within a transaction."""
    await run_many(
        "INSERT INTO due_neighbours (article_id, spread) VALUES (?, FALSE) ON CONFLICT DO NOTHING",
        [(id_,) for id_ in sorted(article_ids)],
    )


async def clear_neighbours_due(article_ids: Iterable[int]) -> set[int]:
    """Clear these articles' due marks, and return those set to spread. Within a transaction."""
    ids = list(article_ids)
    rows = await run(
        "SELECT article_id FROM due_neighbours WHERE spread = TRUE"
        f" AND article_id IN ({marks(ids)})",
        ids,
    )
    await DueNeighbours.filter(article_id__in=ids).delete()
    return {row["article_id"] for row in rows}
