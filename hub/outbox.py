"""What a save leaves behind: events for the indexer, and lines of the change feed.

`record` and `announce` are helpers for services, to be called inside their transaction.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import NamedTuple

import orjson

from hub.db.database import Reader, marks, run, run_many, transaction
from hub.db.timestamps import now
from hub.models import Change, DueNeighbours, OutboxEvent, Status, WebhookEvent

MAX_ERROR_LENGTH = 500
SEARCH_TAG = "search"
"""The change feed's tag of everything that the index answers, and what editors set for it."""


KEPT_LINES = timedelta(days=1)
"""For how long the change feed holds its lines; those who follow it are seconds behind."""


class Event(NamedTuple):
    """An outbox event that waits: the article it is about, and how often it has failed."""

    id: int
    article_id: int
    tries: int


class Place(NamedTuple):
    """Where an article is or was read, as far as an address is made of it."""

    id: int
    slug: str
    language: str
    canonical_url: str | None


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


async def announce(tags: Iterable[str], places: Iterable[Place] = ()) -> None:
    """Append to the change feed, each tag once; and note it for those who are told by webhook.

    `places` are where articles were read that may be gone from there.
    """
    moment, told = now(), list(dict.fromkeys(tags))
    await Change.bulk_create([Change(tag=tag, at=moment) for tag in told])
    if told and (targets := await run("SELECT name FROM webhook_target")):
        gone = orjson.dumps([list(place) for place in places]).decode()
        await WebhookEvent.bulk_create(
            WebhookEvent(target=row["name"], tags=" ".join(told), places=gone, created_at=moment)
            for row in targets
        )


@transaction
async def shorten(most: int = 10_000) -> bool:
    """Remove the change feed's oldest lines, at most `most`; whether there may be more to remove.

    The last line of content stays, and whatever follows it: caches go by their numbers.
    """
    last = await Change.exclude(tag=SEARCH_TAG).order_by("-seq").first()
    if last is None:
        return False
    old = Change.filter(at__lt=now() - KEPT_LINES, seq__lt=last.seq).order_by("seq").limit(most)
    if found := await old.values_list("seq", flat=True):
        await Change.filter(seq__in=found).delete()
    return len(found) == most


async def latest_change(db: Reader) -> int:
    """The number of the feed's last line; 0 for an empty feed. One statement."""
    [[seq]] = await db.rows("SELECT COALESCE(max(seq), 0) FROM change")
    return int(seq)


async def latest_changes(db: Reader) -> tuple[int, int]:
    """The numbers of the feed's last line, and of its last that is not of search alone; 0 for none.

    One statement.
    """
    [[seq, content]] = await db.rows(
        "SELECT COALESCE((SELECT max(seq) FROM change), 0), COALESCE("
        "(SELECT seq FROM change WHERE tag <> ? ORDER BY seq DESC LIMIT 1), 0)",
        [SEARCH_TAG],
    )
    return int(seq), int(content)


async def last_changed(db: Reader) -> datetime | None:
    """When anything public changed for the last time; None for an empty feed. One statement."""
    rows = await db.rows(
        "SELECT at FROM change WHERE tag <> ? ORDER BY seq DESC LIMIT 1", [SEARCH_TAG]
    )
    return datetime.fromisoformat(rows[0][0]) if rows else None


class Line(NamedTuple):
    """A line of the change feed: something carrying `tag` is different."""

    seq: int
    tag: str


async def changes(db: Reader, after: int, most: int) -> list[Line]:
    """The next lines of the change feed behind `after`. One statement."""
    rows = await db.rows(
        "SELECT seq, tag FROM change WHERE seq > ? ORDER BY seq LIMIT ?", [after, most]
    )
    return [Line(*row) for row in rows]


async def public_among(db: Reader, ids: Iterable[int]) -> set[int]:
    """Those of these articles that are public now. One statement."""
    ids = list(ids)
    rows = await db.rows(
        f"SELECT id FROM article WHERE id IN ({marks(ids)}) AND CAST(status AS TEXT) = ?",
        [*ids, Status.PUBLISHED.value],
    )
    return {row[0] for row in rows}


async def pending(db: Reader, limit: int) -> list[Event]:
    """Up to `limit` events that nobody has settled, oldest first. One statement."""
    found = await db.rows(
        "SELECT id, article_id, tries FROM outbox_event WHERE parked = FALSE ORDER BY id LIMIT ?",
        [limit],
    )
    return [Event(*row) for row in found]


async def is_pending(db: Reader, article_id: int) -> bool:
    """Whether the index does not know the last save of an article yet. One statement."""
    return bool(
        await db.rows(
            "SELECT 1 FROM outbox_event WHERE article_id = ? AND parked = FALSE LIMIT 1",
            [article_id],
        )
    )


async def depth(db: Reader) -> int:
    """How many events wait. One statement."""
    [[total]] = await db.rows("SELECT count(*) FROM outbox_event WHERE parked = FALSE")
    return int(total)


async def lag_seconds(db: Reader) -> float:
    """The age of the oldest event that waits; 0 for none. One statement."""
    found = await db.rows(
        "SELECT created_at FROM outbox_event WHERE NOT parked ORDER BY id LIMIT 1"
    )
    if not found:
        return 0.0
    return max(0.0, (now() - datetime.fromisoformat(found[0][0])).total_seconds())


async def parked(db: Reader) -> list[ParkedEvent]:
    """The events that have been set aside, oldest first. One statement."""
    found = await db.rows(
        "SELECT id, article_id, tries, error FROM outbox_event WHERE parked = TRUE ORDER BY id"
    )
    return [ParkedEvent(*row) for row in found]


@transaction
async def settle(event_ids: Iterable[int], *, neighbours: bool = False) -> None:
    """Forget these events: the index holds what they told of, safely on disk.

    Followers are told that searches may answer differently. With `neighbours`, the derived edges
    of their articles become due, and so will those of the articles around them.
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
    """Tell the change feed, in a transaction of its own, that the index was made anew."""
    await announce([SEARCH_TAG])


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


async def with_due_neighbours(db: Reader, limit: int) -> list[int]:
    """Up to `limit` articles whose derived edges are due. One statement."""
    found = await db.rows("SELECT article_id FROM due_neighbours LIMIT ?", [limit])
    return [id_ for (id_,) in found]


@transaction
async def all_neighbours_due() -> None:
    """Note that the derived edges of every public article are to be drawn anew."""
    await run(
        "INSERT INTO due_neighbours (article_id, spread) SELECT id, FALSE FROM article"
        " WHERE status = 'PUBLISHED' ON CONFLICT DO NOTHING"
    )


async def neighbours_due(article_ids: Iterable[int]) -> None:
    """Within a transaction: note that these articles' derived edges are due, and no others'."""
    await run_many(
        "INSERT INTO due_neighbours (article_id, spread) VALUES (?, FALSE) ON CONFLICT DO NOTHING",
        [(id_,) for id_ in sorted(article_ids)],
    )


async def neighbours_done(article_ids: Iterable[int]) -> set[int]:
    """Within a transaction: these are due no more; answers with those that were to spread."""
    ids = list(article_ids)
    rows = await run(
        "SELECT article_id FROM due_neighbours WHERE spread = TRUE"
        f" AND article_id IN ({marks(ids)})",
        ids,
    )
    await DueNeighbours.filter(article_id__in=ids).delete()
    return {row["article_id"] for row in rows}
