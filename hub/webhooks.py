"""Webhooks: targets, pending events, messages, and their delivery log.

`outbox.announce` stores an event for each target in the transaction of the change itself. Events
are combined into messages, and messages are settled one by one: there is no high-water mark, so no
event is skipped if a transaction commits late.
"""

from __future__ import annotations

import secrets
from collections.abc import Callable, Collection, Iterable
from datetime import datetime
from time import time
from typing import NamedTuple

import orjson

from hub import articles, audit
from hub.auth import Permission, Viewer
from hub.db.database import Reader, run, transaction
from hub.db.postgres.sql import CLOCK
from hub.db.timestamps import now
from hub.models import MessageStatus, WebhookEvent, WebhookMessage, WebhookTarget
from hub.outbox import CONTENT_CHANGED, ArticleLocation

MAX_EVENTS = 100
"""Maximum number of events in a message."""

MAX_TAGS = 2_000
"""Number of tags after which a message takes no further event."""

MAX_WAITING = 20
"""Maximum number of waiting messages of a target; further events are collected meanwhile."""

FORGET_SECONDS = 3_600.0
"""Seconds after which a target that no host names is removed, where hosts share the database."""

RENEW_SECONDS = 300.0
"""Seconds between the times that each host names its targets."""

LOG_SIZE = 1_000
"""Number of settled messages in the log."""


class Message(NamedTuple):
    """A message to be sent: its id for the receiver, its body, and the number of failures."""

    id: int
    key: str
    body: str
    tries: int


class LogRow(NamedTuple):
    """A message of the log, including its body."""

    id: int
    key: str
    target: str
    status: MessageStatus
    created_at: datetime
    tries: int
    answer: int | None
    error: str | None
    settled_at: datetime | None
    body: str


BodyRenderer = Callable[[frozenset[str], Collection[ArticleLocation], datetime], str]
"""Renders the body of a message from tags, and from current and former locations of articles."""


@transaction
async def register(names: Iterable[str], *, has_other_hosts: bool = False) -> None:
    """Make these the webhook targets, with those that other hosts have named for an hour.

    So a host with other settings, as while they are changed on one after the other, removes
    nothing that others still deliver. Waiting events and messages of removed targets are deleted.
    """
    [[moment]] = [tuple(row) for row in await run(f"SELECT {CLOCK} AS seconds")]
    for name in sorted(set(names)):
        await run(
            "INSERT INTO webhook_target (name, named_at) VALUES (?, ?)"
            " ON CONFLICT (name) DO UPDATE SET named_at = excluded.named_at",
            [name, moment],
        )
    await WebhookTarget.filter(named_at=0.0).update(named_at=moment - 1)
    oldest = moment - FORGET_SECONDS if has_other_hosts else moment
    removed = [target.name for target in await WebhookTarget.filter(named_at__lt=oldest)]
    if removed:
        await WebhookTarget.filter(name__in=removed).delete()
        await WebhookEvent.filter(target__in=removed).delete()
        await WebhookMessage.filter(target__in=removed, status=MessageStatus.WAITING).delete()


@transaction
async def create_message(
    target: str, render: BodyRenderer, types: Collection[str] = (CONTENT_CHANGED,)
) -> bool:
    """Combine a target's events, in order, into a message; return whether there were any.

    A message has events of one type. Those of other types than `types` are deleted. The message is
    never changed afterwards, however often it is sent.
    """
    if await WebhookMessage.filter(target=target, status=MessageStatus.WAITING).count() >= (
        MAX_WAITING
    ):
        return False
    tags, locations, ids = set[str](), set[ArticleLocation](), list[int]()
    message_type, unwanted = "", list[int]()
    for event in await WebhookEvent.filter(target=target).order_by("id").limit(MAX_EVENTS):
        type_ = type_of(event.tags)
        if type_ not in types:
            unwanted.append(event.id)
            continue
        message_type = message_type or type_
        if type_ != message_type:
            break
        ids.append(event.id)
        tags.update(event.tags.split())
        locations.update(ArticleLocation(*location) for location in orjson.loads(event.places))
        if len(tags) > MAX_TAGS:
            break
    if unwanted:
        await WebhookEvent.filter(id__in=unwanted).delete()
    if not ids:
        return False
    article_ids = {int(tag.removeprefix("article:")) for tag in tags if tag.startswith("article:")}
    locations.update(await articles.locations(article_ids))
    moment = now()
    await WebhookMessage.create(
        key=f"msg_{secrets.token_hex(12)}",
        target=target,
        articles=" ".join(map(str, sorted(article_ids))),
        body=render(frozenset(tags), locations, moment),
        status=MessageStatus.WAITING,
        created_at=moment,
        due=time(),
    )
    await WebhookEvent.filter(id__in=ids).delete()
    return True


def type_of(tags: str) -> str:
    """Return the type of an event, or of a message, by its tags."""
    first = min((tag for tag in tags.split() if tag.startswith("comment.")), default="")
    return first.partition(":")[0] or CONTENT_CHANGED


async def has_events(db: Reader, target: str) -> bool:
    """Return whether a target has events that are not in a message yet. One statement."""
    return bool(await db.rows("SELECT 1 FROM webhook_event WHERE target = ? LIMIT 1", [target]))


async def due_messages(target: str) -> list[Message]:
    """Return the messages to send now, in order: none before an earlier one of the same article."""
    blocked, messages, moment = set[str](), [], time()
    waiting = WebhookMessage.filter(target=target, status=MessageStatus.WAITING).order_by("id")
    for message in await waiting:
        article_ids = set(message.articles.split())
        if message.due <= moment and not article_ids & blocked:
            messages.append(Message(message.id, message.key, message.body, message.tries))
        blocked |= article_ids
    return messages


async def has_messages(target: str) -> bool:
    """Return whether any message is waiting, for its first or next attempt."""
    return await WebhookMessage.filter(target=target, status=MessageStatus.WAITING).exists()


@transaction
async def mark_delivered(message: Message, answer: int) -> None:
    """Mark a message as accepted by the receiver, and delete the oldest messages of the log."""
    await WebhookMessage.filter(id=message.id).update(
        status=MessageStatus.DELIVERED,
        tries=message.tries + 1,
        answer=answer,
        error=None,
        settled_at=now(),
    )
    await run(
        "DELETE FROM webhook_message WHERE status <> ? AND id <= (SELECT id FROM webhook_message"
        f" WHERE status <> ? ORDER BY id DESC LIMIT 1 OFFSET {LOG_SIZE})",
        [MessageStatus.WAITING.value, MessageStatus.WAITING.value],
    )


@transaction
async def mark_failed(message: Message, error: str, answer: int | None, wait: float | None) -> None:
    """Record a failed attempt; the next one is in `wait` seconds, with None there is none."""
    is_final = wait is None
    await WebhookMessage.filter(id=message.id).update(
        status=MessageStatus.GIVEN_UP if is_final else MessageStatus.WAITING,
        tries=message.tries + 1,
        answer=answer,
        error=error[:200],
        due=time() + (wait or 0),
        settled_at=now() if is_final else None,
    )


async def list_messages(limit: int, *, by: Viewer) -> list[LogRow]:
    """Return the last messages, the newest first; `limit` is 0 to 1,000. Raises NotAllowed."""
    by.require(Permission.TOKENS)
    return [
        LogRow(
            *(message.id, message.key, message.target, message.status, message.created_at),
            *(message.tries, message.answer, message.error, message.settled_at, message.body),
        )
        for message in await WebhookMessage.all().order_by("-id").limit(limit)
    ]


@transaction
async def retry_failed(*, by: Viewer) -> int:
    """Send all GIVEN_UP messages again at once; return their number. Raises NotAllowed."""
    by.require(Permission.TOKENS)
    number = await WebhookMessage.filter(status=MessageStatus.GIVEN_UP).update(
        status=MessageStatus.WAITING, tries=0, due=time(), settled_at=None
    )
    if number:
        await audit.record("webhooks.retry", "Webhook", by=by, changes={"messages": (None, number)})
    return number


async def waiting_counts() -> dict[str, int]:
    """Count the waiting events and messages by target."""
    rows = await run(
        "SELECT target, count(*) AS number FROM ("
        "SELECT target FROM webhook_event UNION ALL"
        " SELECT target FROM webhook_message WHERE status = ?) w GROUP BY target",
        [MessageStatus.WAITING.value],
    )
    return {row["target"]: int(row["number"]) for row in rows}
