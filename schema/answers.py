"""The response cache: whole answers to anonymous queries, exact at any moment.

An answer is kept together with the state it was computed in: the last line of the change feed,
which every change of public content appends to in its own transaction, and the last commit of the
index. When either has moved on, by any process, everything kept is dropped. So no answer is ever
stale, not even for a moment, and nobody has to be told of a change.
"""

from __future__ import annotations

import asyncio
import hashlib
from collections import OrderedDict
from collections.abc import Awaitable, Callable, Hashable
from dataclasses import dataclass, field
from time import monotonic
from typing import Any

import orjson

from hub import outbox
from hub.database import Reader
from schema.context import Counts
from schema.notes import Read, bounded, tags_of
from schema.requests import Request
from search_index.engine import SearchEngine

_OVERHEAD = 500  # bytes of an entry beside its texts, about
Key = tuple[str, str | None, bytes, str]


@dataclass(slots=True)
class Answer:
    """An answer on its way out. Only one of which `is_whole` holds is ever kept.

    `seconds` bounds how long it may be kept, where it depends on more than content and index;
    `searches` are what readers looked for with it, to be counted each time it is given; `reads`
    is what it was read from.
    """

    status: int
    body: bytes
    is_whole: bool = False
    seconds: float | None = None
    searches: list[tuple[str, int]] = field(default_factory=list)
    reads: list[Read] = field(default_factory=list)
    _etag: str = ""
    _cache_tag: str | None = None

    @property
    def etag(self) -> str:
        """A strong entity tag, quoted: equal bodies have equal ones. Computed once."""
        if not self._etag:
            digest = hashlib.blake2b(self.body, digest_size=12).hexdigest()
            self._etag = f'"{digest}"'
        return self._etag

    def cache_tag(self, longest: int) -> str:
        """Its tags in a line, see `schema.notes.bounded`. Computed once."""
        if self._cache_tag is None:
            self._cache_tag, self.reads = bounded(tags_of(self.reads), longest), []
        return self._cache_tag


@dataclass(slots=True)
class Figures:
    """What the cache has done since the process started, and what it holds now."""

    hits: int = 0
    misses: int = 0
    purges: int = 0
    evictions: int = 0
    entries: int = 0
    bytes: int = 0


def key_of(request: Request, form: str) -> Key:
    """Equal for requests that have the same answer in the same form."""
    variables: dict[str, Any] = request.variables
    canonical = orjson.dumps(variables, option=orjson.OPT_SORT_KEYS) if variables else b""
    return request.query, request.operation_name, canonical, form


class Answers:
    """The answers kept by one process: those given last, within a number of bytes."""

    def __init__(self, db: Reader, engine: SearchEngine, counts: Counts, room: int) -> None:
        """`room` in bytes; 0 keeps nothing."""
        self._db = db
        self._engine = engine
        self._counts = counts
        self._room = room
        self._stamp = -1
        self._seq = 0
        self._state: Hashable = None
        self._kept: OrderedDict[Key, tuple[Answer, float]] = OrderedDict()
        self._computing: dict[tuple[Hashable, Key], asyncio.Task[Answer]] = {}
        self.figures = Figures()

    async def get(self, key: Key, compute: Callable[[], Awaitable[Answer]]) -> Answer:
        """The answer to `key`: kept, or computed once for all who wait for it.

        What has been kept costs some 15 µs. A caller that is cancelled cancels nobody else.
        """
        if not self._room:
            return await compute()
        state = await self._look()
        if state != self._state:
            self._forget(state)
        kept = self._kept.get(key)
        if kept is not None and monotonic() < kept[1]:
            self._kept.move_to_end(key)
            self.figures.hits += 1
            for text, hits in kept[0].searches:
                self._counts.count(text, hits)
            return kept[0]
        self.figures.misses += 1
        place = (state, key)
        task = self._computing.get(place)
        if task is None:
            task = asyncio.ensure_future(self._computed(place, compute))
            self._computing[place] = task
            task.add_done_callback(lambda _: self._computing.pop(place, None))
        return await asyncio.shield(task)

    async def _computed(
        self, place: tuple[Hashable, Key], compute: Callable[[], Awaitable[Answer]]
    ) -> Answer:
        answer = await compute()
        # Content that changed meanwhile may be in the answer, in part.
        if answer.is_whole and await self._look() == place[0] == self._state:
            self._keep(place[1], answer)
        return answer

    async def _look(self) -> Hashable:
        """What answers depend on: the change feed's last line, and the index's last commit."""
        stamp = self._db.stamp()
        if stamp != self._stamp:
            self._seq = await outbox.latest_change(self._db)
            self._stamp = stamp
        return self._seq, self._engine.commit()

    def _forget(self, state: Hashable) -> None:
        self._state = state
        self.figures.purges += bool(self._kept)
        self._kept.clear()
        self.figures.entries = self.figures.bytes = 0

    def _keep(self, key: Key, answer: Answer) -> None:
        self._drop(key)
        until = float("inf") if answer.seconds is None else monotonic() + answer.seconds
        self._kept[key] = answer, until
        self.figures.entries += 1
        self.figures.bytes += _size(key, answer)
        while self.figures.bytes > self._room:
            self._drop(next(iter(self._kept)))
            self.figures.evictions += 1

    def _drop(self, key: Key) -> None:
        kept = self._kept.pop(key, None)
        if kept is not None:
            self.figures.entries -= 1
            self.figures.bytes -= _size(key, kept[0])


def _size(key: Key, answer: Answer) -> int:
    return len(key[0]) + len(key[2]) + len(answer.body) + _OVERHEAD
