"""The change feed of the database, told to everybody in this process who listens.

Changes are read from the database, so that whoever listens here hears of the writes of any process.
Nothing is looked at while nobody listens.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncIterator, Hashable
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field

from hub import outbox
from hub.db.database import Reader
from hub.errors import HubError
from hub.models import Status
from search_index.engine import SearchEngine

log = logging.getLogger(__name__)
SECONDS = 0.2
"""How often the feed is looked at; a look at an unchanged database takes some 10 µs."""
MAX_WAITING = 200
"""Events that wait for one listener; one who is further behind is let go."""
MAX_LINES = 1_000
"""Lines that are read with one statement."""

LONGEST_PAUSE_SECONDS = 5.0


class Behind(HubError):
    """The listener takes events more slowly than they happen."""

    def __init__(self) -> None:
        super().__init__("You are too far behind; subscribe again.")


class Full(HubError):
    """As many listen as may."""

    def __init__(self) -> None:
        super().__init__("Too many subscriptions are open now; try again later.")


@dataclass(frozen=True, slots=True)
class Moved:
    """An article that was saved or deleted: whether it was public before, and is now."""

    id: int
    was_public: bool
    is_public: bool


@dataclass(frozen=True, slots=True)
class Event:
    """What has happened since the last one."""

    articles: tuple[Moved, ...] = ()
    commented: frozenset[int] = frozenset()
    indexed: bool = False


@dataclass(slots=True)
class Figures:
    """What the feed has done since the process started."""

    listening: int = 0
    events: int = 0
    let_go: int = 0


@dataclass(slots=True, eq=False)
class Listener:
    """Somebody's events, from when they began to listen."""

    _queue: asyncio.Queue[Event | None] = field(
        default_factory=lambda: asyncio.Queue(MAX_WAITING + 1)
    )
    _is_behind: bool = False

    def tell(self, event: Event) -> bool:
        """Hand an event over; False where the listener is too far behind to get it."""
        if self._is_behind or self._queue.qsize() >= MAX_WAITING:
            self._is_behind = True
            return False
        self._queue.put_nowait(event)
        return True

    def end(self) -> None:
        """Tell no more."""
        with suppress(asyncio.QueueFull):
            self._queue.put_nowait(None)

    def drain(self) -> None:
        """Leave out what has happened until now."""
        while self._queue.qsize():
            if self._queue.get_nowait() is None:
                self.end()
                return

    async def events(self) -> AsyncIterator[Event]:
        """The events in their order, until the feed ends. Raises Behind."""
        while True:
            if self._is_behind:
                raise Behind
            event = await self._queue.get()
            if event is None:
                return
            yield event


class Feed:
    """The changes of one hub; at most `most` listen at once."""

    def __init__(self, db: Reader, engine: SearchEngine, most: int) -> None:
        self._db = db
        self._engine = engine
        self._most = most
        self._listeners: set[Listener] = set()
        self._watching: asyncio.Task[None] | None = None
        self._started = asyncio.Event()
        self._public: set[int] = set()
        self._seq = 0
        self._commit: Hashable = None
        self.figures = Figures()

    @asynccontextmanager
    async def listening(self) -> AsyncIterator[Listener]:
        """Listen for a while; whatever is committed once this has begun is heard. Raises Full."""
        if len(self._listeners) >= self._most:
            raise Full
        listener = Listener()
        self._listeners.add(listener)
        self.figures.listening = len(self._listeners)
        if self._watching is None:
            self._started = asyncio.Event()
            self._watching = asyncio.create_task(self._watch(self._started))
        try:
            await self._started.wait()
            yield listener
        finally:
            self._listeners.discard(listener)
            self.figures.listening = len(self._listeners)
            if not self._listeners and self._watching is not None:
                self._watching.cancel()
                self._watching = None

    def close(self) -> None:
        """End what everybody hears."""
        for listener in self._listeners:
            listener.end()

    async def _watch(self, started: asyncio.Event) -> None:
        """Tell every change from now on; a database that does not answer is asked again."""
        stamp, pause = -1, SECONDS
        while True:
            try:
                now = self._db.stamp()
                if not started.is_set():
                    await self._start()
                    started.set()
                event = await self._changes(now != stamp)
                stamp, pause = now, SECONDS
                if event is not None:
                    self._tell(event)
            except Exception:
                pause = min(pause * 2, LONGEST_PAUSE_SECONDS)
                log.exception("The change feed cannot be read; trying again in %.1f s", pause)
            await asyncio.sleep(pause)

    async def _start(self) -> None:
        self._seq = await outbox.latest_change(self._db)
        self._commit = self._engine.commit()
        rows = await self._db.rows(
            "SELECT id FROM article WHERE status = ?", [Status.PUBLISHED.value]
        )
        self._public = {row[0] for row in rows}

    async def _changes(self, is_new: bool) -> Event | None:
        """What has happened since the last look; None for nothing.

        Where it cannot be read whole, the next look begins where this one did.
        """
        commit, seq = self._engine.commit(), self._seq
        indexed = commit != self._commit
        lines: list[outbox.Line] = []
        more = is_new or indexed
        while more:
            part = await outbox.changes(self._db, seq, MAX_LINES)
            lines += part
            more, seq = len(part) == MAX_LINES, part[-1].seq if part else seq
        articles, commented = _ids(lines, "article"), _ids(lines, "comments")
        moved = await self._moved(articles)
        self._commit, self._seq = commit, seq
        if not (articles or commented or indexed):
            return None
        return Event(moved, frozenset(commented | articles), indexed)

    async def _moved(self, ids: set[int]) -> tuple[Moved, ...]:
        if not ids:
            return ()
        public = await outbox.public_among(self._db, ids)
        moved = tuple(Moved(id_, id_ in self._public, id_ in public) for id_ in sorted(ids))
        self._public = (self._public - ids) | public
        return moved

    def _tell(self, event: Event) -> None:
        for listener in list(self._listeners):
            if listener.tell(event):
                self.figures.events += 1
            else:
                self.figures.let_go += 1


def _ids(lines: list[outbox.Line], kind: str) -> set[int]:
    """The numbers behind the tags of one kind, as in `article:12`."""
    tags = (line.tag.partition(":") for line in lines)
    return {int(id_) for name, _, id_ in tags if name == kind and id_.isdigit()}
