"""The outbox: events for the indexers, and lines of the change feed.

`record` and `announce` are helpers for services, to be called inside their transaction.

There is an index for each host, and each follows the outbox (see `hub.search.followers`). An event
is for all of them. The first that takes it puts a copy for each other one in its place, in the same
transaction, so no index misses an event that another one took, and none waits for another. There is
no position in the outbox: events commit in any order.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from datetime import datetime, timedelta
from typing import Final, NamedTuple

import orjson
from tortoise.expressions import Q

from hub.db.database import Reader, marks, run, run_many, transaction
from hub.db.timestamps import now
from hub.models import (
    Change,
    DueNeighbours,
    OutboxEvent,
    Status,
    WebhookEvent,
)

MAX_ERROR_LENGTH = 500
REBUILD_EVENT: Final = 0
"""The `article_id` of an event that requests a rebuild of the indexes: no article has it."""

SEARCH_TAG = "search"
"""The change feed's tag of all search results, and of synonyms and pins."""

CONTENT_CHANGED = "content.changed"

MAX_AGED = 1_000
"""Pending events whose articles are looked at for the lag of public ones."""

MAX_URGENT = 5
"""Events recorded together, at most, that come before those of larger batches."""

CHANGE_RETENTION = timedelta(days=1)
"""Retention of the change feed's lines; its followers are only seconds behind."""


class Event(NamedTuple):
    """A pending outbox event: its article, and the number of failures."""

    id: int
    article_id: int
    tries: int


class Follower(NamedTuple):
    """An index that follows the outbox, and the process that leads it (anew at each election)."""

    name: str
    holder: str


class NotLeading(Exception):
    """Another process leads this index now, or it was away for so long that events went on."""


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


FOR_INDEX = "(e.follower IS NULL OR e.follower = ?)"
"""True for events of the index of this name; for "", for those of every index."""

_PENDING = f"e.parked = FALSE AND {FOR_INDEX}"


async def pending(db: Reader, limit: int, follower: Follower | None = None) -> list[Event]:
    """Return up to `limit` events that wait for an index, oldest first. One statement.

    Those of saves come before those that an import's batch, or another, has recorded together: a
    save is found at once, however many articles were imported before it.

    Raises:
        NotLeading: `follower` is not the leader of its index any more.
    """
    name, holder = follower or ("", "")
    rows = await db.rows(
        "SELECT id, article_id, tries FROM (SELECT e.id, e.article_id, e.tries, CASE WHEN count(*)"
        f" OVER (PARTITION BY e.created_at) > {MAX_URGENT} THEN 1 ELSE 0 END AS turn"
        f" FROM outbox_event e WHERE {_PENDING} UNION ALL SELECT 0, 0, 0, -1 WHERE ? <> ''"
        " AND NOT EXISTS (SELECT 1 FROM index_follower WHERE name = ? AND holder = ?)) AS events"
        " ORDER BY turn, id LIMIT ?",
        [name, name, name, holder, limit],
    )
    events = [Event(*row) for row in rows]
    if events and not events[0].id:
        raise NotLeading
    return events


async def is_pending(db: Reader, article_id: int, name: str = "") -> bool:
    """Return whether an event of this article waits for an index. One statement."""
    return bool(
        await db.rows(
            f"SELECT 1 FROM outbox_event e WHERE e.article_id = ? AND {_PENDING} LIMIT 1",
            [article_id, name],
        )
    )


async def depth(db: Reader, name: str = "") -> int:
    """Return the number of events that wait for an index. One statement."""
    [[total]] = await db.rows(f"SELECT count(*) FROM outbox_event e WHERE {_PENDING}", [name])
    return int(total)


async def lag_seconds(db: Reader, name: str = "", *, public: bool = False) -> float:
    """Return the age of the oldest event that waits for an index; 0 for none. One statement.

    With `public`, of those of public articles among the first MAX_AGED.
    """
    sql = f"SELECT min(e.created_at) FROM outbox_event e WHERE {_PENDING}"
    if public:
        sql = (
            "SELECT min(o.created_at) FROM (SELECT e.created_at, e.article_id FROM outbox_event e"
            f" WHERE {_PENDING} ORDER BY e.id LIMIT {MAX_AGED}) o"
            " JOIN article a ON a.id = o.article_id WHERE a.status = 'PUBLISHED'"
        )
    [[oldest]] = await db.rows(sql, [name])
    return age_seconds(oldest)


def age_seconds(moment: str | None) -> float:
    """Return the seconds since a moment as a reader returns it; 0 for None."""
    if moment is None:
        return 0.0
    return max(0.0, (now() - datetime.fromisoformat(moment)).total_seconds())


async def parked(db: Reader) -> list[ParkedEvent]:
    """Return the parked events, oldest first. One statement."""
    rows = await db.rows(
        "SELECT id, article_id, tries, error FROM outbox_event WHERE parked = TRUE ORDER BY id"
    )
    return [ParkedEvent(*row) for row in rows]


@transaction
async def settle(
    events: Collection[Event], follower: Follower | None = None, *, neighbours: bool = False
) -> None:
    """Settle events for an index, after it has written their articles durably to disk.

    Each other follower gets copies of those that it has not taken yet. Announces the tag of
    search. With `neighbours`, the derived edges of the articles become due, and later those of
    their neighbours. `follower`: None for an index that is the only one, and has no leader.

    Raises:
        NotLeading: `follower` is not the leader of its index any more; nothing is settled.
    """
    name = follower.name if follower else ""
    has_others = await _has_other_followers(follower)
    ids = [event.id for event in events]
    if neighbours:  # copies have been due since their event was taken
        await run(
            "INSERT INTO due_neighbours (article_id, spread) SELECT DISTINCT article_id, TRUE"
            f" FROM outbox_event WHERE id IN ({marks(ids)}) AND follower IS NULL"
            " AND article_id > 0 ON CONFLICT (article_id) DO UPDATE SET spread = TRUE",
            ids,
        )
    if has_others:
        await _copy(ids, name)
    # A later save that is indexed settles earlier ones that were parked.
    is_parked = Q(parked=True, article_id__in=[event.article_id for event in events])
    is_own = Q(follower=name) | Q(follower__isnull=True)
    settled = Q(id__in=ids) | Q(follower=name, origin__in=ids) | (is_parked & is_own)
    if await OutboxEvent.filter(settled).delete():
        await announce([SEARCH_TAG])


async def _has_other_followers(follower: Follower | None) -> bool:
    """Return whether there are followers beside this one. One statement.

    Raises:
        NotLeading: `follower` is not the leader of its index.
    """
    rows = await run("SELECT name, holder FROM index_follower")
    if follower is None:
        return False
    if follower not in {(row["name"], row["holder"]) for row in rows}:
        raise NotLeading
    return len(rows) > 1


async def _copy(ids: Sequence[int], name: str) -> None:
    """Copy those of these events that are for every index, for each follower but `name`."""
    await run(
        "INSERT INTO outbox_event (article_id, created_at, tries, parked, follower, origin)"
        " SELECT e.article_id, e.created_at, 0, FALSE, f.name, e.id FROM outbox_event e"
        f" CROSS JOIN index_follower f WHERE e.id IN ({marks(ids)}) AND e.follower IS NULL"
        " AND f.name <> ? ORDER BY e.id",
        [*ids, name],
    )


@transaction
async def announce_search() -> None:
    """Announce, in a transaction of its own, that the index was rebuilt."""
    await announce([SEARCH_TAG])


@transaction
async def fail(
    event: Event, error: str, follower: Follower | None = None, *, max_tries: int
) -> None:
    """Count an index's failure of this event; at the last of `max_tries` it is parked.

    Parked for this index: each other follower gets a copy, if it has not taken the event yet.

    Raises:
        NotLeading: `follower` is not the leader of its index any more; nothing is counted.
    """
    values: dict[str, object] = {"tries": event.tries + 1, "error": error[:MAX_ERROR_LENGTH]}
    if await _has_other_followers(follower) and follower is not None:
        await _copy([event.id], follower.name)
        values |= {"follower": follower.name, "origin": event.id}
    values["parked"] = event.tries + 1 >= max_tries
    await OutboxEvent.filter(id=event.id).update(**values)


@transaction
async def retry_parked() -> int:
    """Make the parked events pending again, without failures; return their number."""
    return await OutboxEvent.filter(parked=True).update(parked=False, tries=0, error=None)


@transaction
async def record_all(article_ids: Iterable[int], follower: Follower | None = None) -> None:
    """Add events to reindex these articles, in a transaction of its own.

    For every index, or for one alone. Raises NotLeading.
    """
    moment = now()
    name = follower.name if follower and await _has_other_followers(follower) else None
    await OutboxEvent.bulk_create(
        OutboxEvent(article_id=id_, created_at=moment, follower=name)
        for id_ in dict.fromkeys(article_ids)
    )


async def due_neighbours(db: Reader, limit: int, name: str = "") -> list[int]:
    """Return the ids of up to `limit` articles whose derived edges are due. One statement.

    Those whose last save the index of this name does not hold yet are left out.
    """
    rows = await db.rows(
        "SELECT d.article_id FROM due_neighbours d WHERE NOT EXISTS (SELECT 1 FROM outbox_event e"
        f" WHERE e.article_id = d.article_id AND {_PENDING}) LIMIT ?",
        [name, limit],
    )
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
