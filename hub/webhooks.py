"""Webhooks: who is to be told of changes, what waits to be told, and what became of it.

`outbox.announce` notes an event for each target in the transaction of the change itself. Events are
put into messages, and messages are settled one by one: no number is a high-water mark, so that
nothing is stepped over, whichever transaction commits late.
"""

from __future__ import annotations

import secrets
from collections.abc import Callable, Collection, Iterable
from datetime import datetime
from time import time
from typing import NamedTuple

import orjson

from hub import articles
from hub.auth import Permission, Viewer
from hub.db.database import Reader, run, transaction
from hub.db.timestamps import now
from hub.models import MessageStatus, WebhookEvent, WebhookMessage, WebhookTarget
from hub.outbox import Place

MAX_EVENTS = 100
"""Events of one message."""

MAX_TAGS = 2_000
"""Tags after which a message takes no further event."""

MAX_WAITING = 20
"""Messages that wait for one target; its events are put together while there are as many."""

KEPT_MESSAGES = 1_000
"""Messages that the log holds when they are settled."""


class Message(NamedTuple):
    """A message to be sent: its id for the receiver, its body, and how often it has failed."""

    id: int
    key: str
    body: str
    tries: int


class LogRow(NamedTuple):
    """A message as the log tells of it, the body included."""

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


Writer = Callable[[frozenset[str], Collection[Place], datetime], str]
"""Writes the body of a message: from tags, and where articles are or were read."""


@transaction
async def register(names: Iterable[str]) -> None:
    """Let these targets, and no others, be told of changes from now on.

    What waits for a target that is no longer one is forgotten.
    """
    wanted = set(names)
    known = {target.name for target in await WebhookTarget.all()}
    await WebhookTarget.bulk_create([WebhookTarget(name=name) for name in sorted(wanted - known)])
    gone = known - wanted
    if gone:
        await WebhookTarget.filter(name__in=gone).delete()
        await WebhookEvent.filter(target__in=gone).delete()
        await WebhookMessage.filter(target__in=gone, status=MessageStatus.WAITING).delete()


@transaction
async def form(target: str, write: Writer) -> bool:
    """Put the events that wait for a target into a message, in their order; whether there were any.

    A message stays as it is from then on, however often it is sent.
    """
    if await WebhookMessage.filter(target=target, status=MessageStatus.WAITING).count() >= (
        MAX_WAITING
    ):
        return False
    tags, places, ids = set[str](), set[Place](), list[int]()
    for event in await WebhookEvent.filter(target=target).order_by("id").limit(MAX_EVENTS):
        ids.append(event.id)
        tags.update(event.tags.split())
        places.update(Place(*place) for place in orjson.loads(event.places))
        if len(tags) > MAX_TAGS:
            break
    if not ids:
        return False
    about = {int(tag.removeprefix("article:")) for tag in tags if tag.startswith("article:")}
    places.update(await articles.places(about))
    moment = now()
    await WebhookMessage.create(
        key=f"msg_{secrets.token_hex(12)}",
        target=target,
        articles=" ".join(map(str, sorted(about))),
        body=write(frozenset(tags), places, moment),
        status=MessageStatus.WAITING,
        created_at=moment,
        due=time(),
    )
    await WebhookEvent.filter(id__in=ids).delete()
    return True


async def has_events(db: Reader, target: str) -> bool:
    """Whether any event waits to be put into a message. One statement."""
    return bool(await db.rows("SELECT 1 FROM webhook_event WHERE target = ? LIMIT 1", [target]))


async def due(target: str) -> list[Message]:
    """The messages to send now, in their order: none before an earlier one on the same article."""
    held, found, moment = set[str](), [], time()
    waiting = WebhookMessage.filter(target=target, status=MessageStatus.WAITING).order_by("id")
    for message in await waiting:
        about = set(message.articles.split())
        if message.due <= moment and not about & held:
            found.append(Message(message.id, message.key, message.body, message.tries))
        held |= about
    return found


async def is_waiting(target: str) -> bool:
    """Whether any message waits, now or for its next try."""
    return await WebhookMessage.filter(target=target, status=MessageStatus.WAITING).exists()


@transaction
async def delivered(message: Message, answer: int) -> None:
    """Note that the receiver has taken a message, and forget the oldest of the log."""
    await WebhookMessage.filter(id=message.id).update(
        status=MessageStatus.DELIVERED,
        tries=message.tries + 1,
        answer=answer,
        error=None,
        settled_at=now(),
    )
    await run(
        "DELETE FROM webhook_message WHERE status <> ? AND id <= (SELECT id FROM webhook_message"
        f" WHERE status <> ? ORDER BY id DESC LIMIT 1 OFFSET {KEPT_MESSAGES})",
        [MessageStatus.WAITING.value, MessageStatus.WAITING.value],
    )


@transaction
async def failed(message: Message, error: str, answer: int | None, wait: float | None) -> None:
    """Note that a message was not taken; it is tried again in `wait` seconds, with None never."""
    given_up = wait is None
    await WebhookMessage.filter(id=message.id).update(
        status=MessageStatus.GIVEN_UP if given_up else MessageStatus.WAITING,
        tries=message.tries + 1,
        answer=answer,
        error=error[:200],
        due=time() + (wait or 0),
        settled_at=now() if given_up else None,
    )


async def log(limit: int, *, by: Viewer) -> list[LogRow]:
    """The last messages, the newest first; 0 to 1,000. Raises NotAllowed."""
    by.require(Permission.TOKENS)
    return [
        LogRow(
            *(one.id, one.key, one.target, one.status, one.created_at),
            *(one.tries, one.answer, one.error, one.settled_at, one.body),
        )
        for one in await WebhookMessage.all().order_by("-id").limit(limit)
    ]


@transaction
async def retry(*, by: Viewer) -> int:
    """Let the messages that were given up be sent again, at once; how many. Raises NotAllowed."""
    by.require(Permission.TOKENS)
    return await WebhookMessage.filter(status=MessageStatus.GIVEN_UP).update(
        status=MessageStatus.WAITING, tries=0, due=time(), settled_at=None
    )


async def waiting() -> dict[str, int]:
    """How many events and messages wait, by target."""
    rows = await run(
        "SELECT target, count(*) AS number FROM ("
        "SELECT target FROM webhook_event UNION ALL"
        " SELECT target FROM webhook_message WHERE status = ?) w GROUP BY target",
        [MessageStatus.WAITING.value],
    )
    return {row["target"]: int(row["number"]) for row in rows}
