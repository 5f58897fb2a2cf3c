"""Indexes that follow the outbox: who leads each, what each has missed, and how far it is.

There is one for each folder, on any number of hosts. What `hub.outbox` settles for one of them is
copied for the others; one that was not seen for an hour misses what went on, and is rebuilt.
Private: names of hosts are shown to operators only.
"""

from __future__ import annotations

from collections.abc import Iterable
from enum import Enum, auto
from typing import NamedTuple

from hub import outbox
from hub.db.database import Reader, marks, run, transaction
from hub.db.postgres.sql import CLOCK
from hub.models import CommentStatus, IndexFollower, OutboxEvent, Status
from hub.outbox import FOR_INDEX, Follower, NotLeading

AWAY_SECONDS = 3_600.0
"""Seconds without a sign of life after which events are not kept for a follower any more."""

RENEW_SECONDS = 300.0
"""Seconds between signs of life."""


class FollowerRow(NamedTuple):
    """A follower as operators see it.

    `is_complete`: it has missed no event. `idle_seconds` ago its leader gave the last sign of life;
    `waiting` events wait for it, the oldest since `lag_seconds`.
    """

    name: str
    host: str
    is_complete: bool
    idle_seconds: float
    waiting: int
    lag_seconds: float


class SaveStatus(Enum):
    """Whether an index holds the last save of an article; PARKED: it could not be indexed."""

    PENDING = auto()
    INDEXED = auto()
    PARKED = auto()


async def last_holder(db: Reader, name: str) -> str | None:
    """Return the last leader of the index of this name; None if it is no follower."""
    rows = await db.rows("SELECT holder FROM index_follower WHERE name = ?", [name])
    return str(rows[0][0]) if rows else None


@transaction
async def lead(follower: Follower, previous: Iterable[str], host: str) -> bool:
    """Become the leader of an index after one of the `previous` ones, or its first.

    Returns whether the index has received every event: False for a new follower beside others,
    and for one whose rebuild did not end.

    Raises:
        NotLeading: the last leader was another one, so the index may be a copy, or an old one.
    """
    rows = {row["name"]: row for row in await run("SELECT * FROM index_follower")}
    last = rows.get(follower.name)
    if last is not None and last["holder"] not in set(previous):
        raise NotLeading
    complete = bool(last["complete"]) if last is not None else not rows
    await run(
        "INSERT INTO index_follower (name, holder, host, complete, renewed_at)"
        f" VALUES (?, ?, ?, {'TRUE' if complete else 'FALSE'}, {CLOCK}) ON CONFLICT (name)"
        " DO UPDATE SET holder = excluded.holder, host = excluded.host,"
        " renewed_at = excluded.renewed_at",
        [follower.name, follower.holder, host],
    )
    return complete


@transaction
async def mark_complete(follower: Follower) -> None:
    """Record that an index was rebuilt, so that it has missed nothing. Raises NotLeading."""
    rows = IndexFollower.filter(name=follower.name, holder=follower.holder)
    if not await rows.update(complete=True):
        raise NotLeading


@transaction
async def renew(follower: Follower) -> None:
    """Give a sign of life, and let go those who were away for too long and have missed events.

    Raises:
        NotLeading: another process leads this index, or it was away for too long itself.
    """
    [[seconds]] = [tuple(row) for row in await run(f"SELECT {CLOCK} AS seconds")]
    own = IndexFollower.filter(name=follower.name, holder=follower.holder)
    if not await own.update(renewed_at=seconds):
        raise NotLeading
    away = await IndexFollower.filter(renewed_at__lt=seconds - AWAY_SECONDS)
    behind = [row.name for row in away if await OutboxEvent.filter(follower=row.name).exists()]
    if behind:
        await OutboxEvent.filter(follower__in=behind).delete()
        await IndexFollower.filter(name__in=behind).delete()


async def save_status(db: Reader, article_id: int, name: str, holders: Iterable[str]) -> SaveStatus:
    """Return whether the index of this name, led by one of `holders`, holds an article's last save.

    One statement.
    """
    names = list(holders)
    own = f"e.article_id = ? AND {FOR_INDEX}"
    [[pending, parked]] = await db.rows(
        "SELECT CASE WHEN EXISTS (SELECT 1 FROM index_follower WHERE name = ? AND complete = TRUE"
        f" AND holder IN ({marks(names)})) AND NOT EXISTS (SELECT 1 FROM outbox_event e"
        f" WHERE {own} AND e.parked = FALSE) THEN 0 ELSE 1 END,"
        f" CASE WHEN EXISTS (SELECT 1 FROM outbox_event e WHERE {own} AND e.parked = TRUE)"
        " THEN 1 ELSE 0 END",
        [name, *names, article_id, name, article_id, name],
    )
    if pending:
        return SaveStatus.PENDING
    return SaveStatus.PARKED if parked else SaveStatus.INDEXED


class Hidden(NamedTuple):
    """What an index may still hold as public: ids of articles and of comments.

    `is_unknown`: the index has missed events, so it may hold anything.
    """

    articles: frozenset[int]
    comments: frozenset[int]
    is_unknown: bool


async def hidden(db: Reader, limit: int, name: str = "") -> Hidden:
    """Return what the index of this name may still hold as public.

    Hidden and deleted articles, and comments on others that are not approved, with events that
    are not settled yet; at most `limit` of each. One statement.
    """
    rows = await db.rows(
        "SELECT * FROM (SELECT DISTINCT e.article_id, 0 AS comment_id FROM outbox_event e"
        f" WHERE {FOR_INDEX} AND e.article_id > 0 AND NOT EXISTS"
        " (SELECT 1 FROM article a WHERE a.id = e.article_id AND CAST(a.status AS TEXT) = ?)"
        " LIMIT ?) AS articles"
        " UNION ALL SELECT * FROM (SELECT DISTINCT e.article_id, c.id FROM outbox_event e"
        f" CROSS JOIN comment c WHERE {FOR_INDEX} AND c.article_id = e.article_id"
        " AND CAST(c.status AS TEXT) <> ? LIMIT ?) AS comments"
        " UNION ALL SELECT 0, 0 WHERE EXISTS (SELECT 1 FROM index_follower) AND NOT EXISTS"
        " (SELECT 1 FROM index_follower WHERE name = ? AND complete = TRUE)",
        [
            *(name, Status.PUBLISHED.value, limit),
            *(name, CommentStatus.APPROVED.value, limit),
            name,
        ],
    )
    return Hidden(
        frozenset(article for article, comment in rows if article and not comment),
        frozenset(comment for _, comment in rows if comment),
        any(not article for article, _ in rows),
    )


async def has_missed(db: Reader, name: str) -> bool:
    """Return whether the index of this name has missed events, so that it has to be rebuilt.

    One statement. The first index of a database has missed none before it is a follower.
    """
    rows = await db.rows("SELECT name, complete FROM index_follower")
    return bool(rows) and (name, True) not in {(row[0], bool(row[1])) for row in rows}


async def list_followers(db: Reader) -> list[FollowerRow]:
    """Return all followers, by host and name. One statement."""
    rows = await db.rows(
        f"SELECT f.name, f.host, f.complete, {CLOCK} - f.renewed_at, count(e.id), min(e.created_at)"
        " FROM index_follower f LEFT JOIN outbox_event e ON e.parked = FALSE"
        " AND (e.follower IS NULL OR e.follower = f.name)"
        " GROUP BY f.name, f.host, f.complete, f.renewed_at ORDER BY f.host, f.name"
    )
    return [
        FollowerRow(name, host, bool(complete), max(0.0, idle), waiting, outbox.age_seconds(oldest))
        for name, host, complete, idle, waiting, oldest in rows
    ]


def to_json(row: FollowerRow, name: str) -> dict[str, object]:
    """Return what anybody may know of a follower; `own`: it is the index of this name."""
    return {
        "name": row.name,
        "own": row.name == name,
        "complete": row.is_complete,
        "outbox": row.waiting,
        "lag_seconds": round(row.lag_seconds, 3),
    }
