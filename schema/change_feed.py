"""The change feed of the database, broadcast to the listeners of this process.

Changes are read from the database, so that listeners receive the writes of every process.
The database is not polled while there are no listeners.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncIterator, Hashable
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field

from hub import outbox
from hub.comments import events
from hub.comments.events import EventRow
from hub.db.database import Reader
from hub.errors import DatabaseError, HubError
from hub.models import Status
from schema.client_pool import ClientPool
from search_index.engine import SearchEngine

log = logging.getLogger(__name__)
POLL_SECONDS = 0.2
"""Interval of polling; a poll of an unchanged database takes some 10 µs."""
MAX_QUEUED = 200
"""Events queued for one listener; a listener that is further behind is dropped."""
MAX_LINES = 1_000
"""Lines read with one statement."""

MAX_RETRY_SECONDS = 5.0
"""The longest interval of polling after errors."""


class SlowConsumer(HubError):
    """The listener takes events more slowly than they occur."""

    def __init__(self) -> None:
        super().__init__("You are too far behind; subscribe again.")


class TooManySubscriptions(HubError):
    """The maximum number of listeners is reached, or that of one client."""

    def __init__(self) -> None:
        super().__init__("Too many subscriptions are open now; try again later.")


@dataclass(frozen=True, slots=True)
class ArticleTransition:
    """An article that was saved or deleted, with its visibility before and after."""

    id: int
    was_public: bool
    is_public: bool


@dataclass(frozen=True, slots=True)
class Event:
    """The changes since the previous event.

    `commented_ids` are the ids of articles whose comments may have changed; `indexed` tells that
    the index has a new commit. `comment_events` are for moderators alone.
    """

    articles: tuple[ArticleTransition, ...] = ()
    commented_ids: frozenset[int] = frozenset()
    indexed: bool = False
    comment_events: tuple[EventRow, ...] = ()


@dataclass(slots=True)
class FeedMetrics:
    """Metrics of the feed since the process started."""

    listeners: int = 0
    events: int = 0
    dropped: int = 0


@dataclass(slots=True, eq=False)
class Listener:
    """The queue of one subscription's events, from its start on."""

    _queue: asyncio.Queue[Event | None] = field(
        default_factory=lambda: asyncio.Queue(MAX_QUEUED + 1)
    )
    _is_behind: bool = False

    def put(self, event: Event) -> bool:
        """Enqueue an event; return False if the listener is too far behind."""
        if self._is_behind or self._queue.qsize() >= MAX_QUEUED:
            self._is_behind = True
            return False
        self._queue.put_nowait(event)
        return True

    def close(self) -> None:
        """End the events."""
        with suppress(asyncio.QueueFull):
            self._queue.put_nowait(None)

    def drain(self) -> None:
        """Discard the queued events."""
        while self._queue.qsize():
            if self._queue.get_nowait() is None:
                self.close()
                return

    async def events(self) -> AsyncIterator[Event]:
        """Yield the events in their order, until the feed is closed. Raises SlowConsumer."""
        while True:
            if self._is_behind:
                raise SlowConsumer
            event = await self._queue.get()
            if event is None:
                return
            yield event


class ChangeFeed:
    """The changes of one hub, for at most `max_listeners` at once."""

    def __init__(self, db: Reader, engine: SearchEngine, max_listeners: int) -> None:
        self._db = db
        self._engine = engine
        self._pool = ClientPool(max_listeners)
        self._listeners: set[Listener] = set()
        self._watcher: asyncio.Task[None] | None = None
        self._started = asyncio.Event()
        self._public: set[int] = set()
        self._seq = self._comment_seq = 0
        self._commit: Hashable = None
        self.metrics = FeedMetrics()

    @asynccontextmanager
    async def subscribe(self, client: str) -> AsyncIterator[Listener]:
        """Yield a listener for a client, which receives everything committed from then on.

        Raises TooManySubscriptions.
        """
        if not self._pool.acquire(client):
            raise TooManySubscriptions
        listener = Listener()
        self._listeners.add(listener)
        self.metrics.listeners = len(self._listeners)
        if self._watcher is None:
            self._started = asyncio.Event()
            self._watcher = asyncio.create_task(self._watch(self._started))
        try:
            await self._started.wait()
            yield listener
        finally:
            self._pool.release(client)
            self._listeners.discard(listener)
            self.metrics.listeners = len(self._listeners)
            if not self._listeners and self._watcher is not None:
                self._watcher.cancel()
                self._watcher = None

    def close(self) -> None:
        """End the events of all listeners."""
        for listener in self._listeners:
            listener.close()

    async def _watch(self, started: asyncio.Event) -> None:
        """Publish every change from now on; errors of the database are logged and retried."""
        stamp, pause = -1, POLL_SECONDS
        while True:
            try:
                now = self._db.stamp()
                if not started.is_set():
                    await self._start()
                    started.set()
                event = await self._poll(now != stamp)
                stamp, pause = now, POLL_SECONDS
                if event is not None:
                    self._publish(event)
            except DatabaseError as error:
                pause = min(pause * 2, MAX_RETRY_SECONDS)
                log.warning("No changes can be read; trying again in %.1f s: %s", pause, error)
            except Exception:
                pause = min(pause * 2, MAX_RETRY_SECONDS)
                log.exception("The change feed cannot be read; trying again in %.1f s", pause)
            await asyncio.sleep(pause)

    async def _start(self) -> None:
        self._seq = await outbox.latest_change(self._db)
        self._comment_seq = await events.latest(self._db)
        self._commit = self._engine.latest_commit()
        rows = await self._db.rows(
            "SELECT id FROM article WHERE status = ?", [Status.PUBLISHED.value]
        )
        self._public = {row[0] for row in rows}

    async def _poll(self, is_new: bool) -> Event | None:
        """Return the changes since the last poll; None if there are none.

        If reading fails midway, the next poll starts from the same position.
        """
        commit, seq = self._engine.latest_commit(), self._seq
        indexed = commit != self._commit
        lines: list[outbox.ChangeRow] = []
        more = is_new or indexed
        while more:
            page = await outbox.changes(self._db, seq, MAX_LINES)
            lines += page
            more, seq = len(page) == MAX_LINES, page[-1].seq if page else seq
        if commit is None:  # the index of several hosts: the database tells its commits
            indexed = any(line.tag == outbox.SEARCH_TAG for line in lines)
        articles, commented = _ids(lines, "article"), _ids(lines, "comments")
        rows = await self._read_comment_events() if is_new else []
        transitions = await self._transitions(articles)
        self._commit, self._seq = commit, seq
        self._comment_seq = rows[-1].seq if rows else self._comment_seq
        if not (articles or commented or indexed or rows):
            return None
        return Event(transitions, frozenset(commented | articles), indexed, tuple(rows))

    async def _read_comment_events(self) -> list[EventRow]:
        rows: list[EventRow] = []
        while True:
            after = rows[-1].seq if rows else self._comment_seq
            page = await events.events_after(self._db, after, MAX_LINES)
            rows += page
            if len(page) < MAX_LINES:
                return rows

    async def _transitions(self, ids: set[int]) -> tuple[ArticleTransition, ...]:
        if not ids:
            return ()
        public = await outbox.public_ids(self._db, ids)
        transitions = tuple(
            ArticleTransition(id_, id_ in self._public, id_ in public) for id_ in sorted(ids)
        )
        self._public = (self._public - ids) | public
        return transitions

    def _publish(self, event: Event) -> None:
        for listener in list(self._listeners):
            if listener.put(event):
                self.metrics.events += 1
            else:
                self.metrics.dropped += 1


def _ids(lines: list[outbox.ChangeRow], kind: str) -> set[int]:
    """Return the ids in the tags of one kind, as in `article:12`."""
    tags = (line.tag.partition(":") for line in lines)
    return {int(id_) for name, _, id_ in tags if name == kind and id_.isdigit()}
