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
from hub.db.database import Reader
from schema.context import Counts
from schema.execution.cache_tags import Read, bounded, tags_of
from schema.server.requests import Request
from search_index.engine import SearchEngine

_OVERHEAD = 2_000  # bytes of an entry beside its texts, about: mostly what it was read from
_OVERHEAD_ASKED = 500
_MOST_ASKED = 8
"""Ways to ask for one answer, as bytes, that are remembered."""

Key = tuple[str, str | None, bytes, str]
Asked = tuple[str, str, bytes, str | None]
"""A request of which nothing has been read: method, form of its answer, bytes, coding."""


@dataclass(slots=True)
class Answer:
    """An answer on its way out. Only one of which `is_whole` holds is ever kept.

    `seconds` bounds how long it may be kept, where it depends on more than content and index;
    `searches` are what readers looked for with it, to be counted each time it is given; `reads`
    is what it was read from, and `searched` says whether the index was asked. `operation` is its
    name. `key` is what it is kept by, while it is.
    """

    status: int
    body: bytes
    is_whole: bool = False
    seconds: float | None = None
    searches: list[tuple[str, int]] = field(default_factory=list)
    reads: list[Read] = field(default_factory=list)
    searched: bool = True
    operation: str | None = None
    key: Key | None = None
    _etag: str = ""
    _cache_tag: str | None = None

    @property
    def etag(self) -> str:
        """A strong entity tag, quoted: equal bodies have equal ones. Computed once."""
        if not self._etag:
            digest = hashlib.blake2b(self.body, digest_size=12).hexdigest()
            self._etag = f'"{digest}"'
        return self._etag

    def etag_in(self, coding: str | None) -> str:
        """The tag of its body in a coding: another one, since its bytes are others."""
        return f'{self.etag[:-1]}-{coding}"' if coding else self.etag

    def cache_tag(self, longest: int) -> str:
        """Its tags in a line, see `schema.execution.cache_tags.bounded`. Computed once."""
        if self._cache_tag is None:
            self._cache_tag, self.reads = bounded(tags_of(self.reads), longest), []
        return self._cache_tag


@dataclass(frozen=True, slots=True)
class Reply:
    """An answer as HTTP gives it, but for what tells one request from another.

    `unchanged` is given to who has it already, by its `etag`; "" where it has none.
    """

    status: int
    headers: list[tuple[bytes, bytes]]
    body: bytes
    etag: str = ""
    unchanged: Reply | None = None


@dataclass(slots=True)
class _Kept:
    """An answer that is kept, until when, and how it has been asked for."""

    answer: Answer
    until: float
    asked: dict[Asked, Reply] = field(default_factory=dict)


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
    return request.query, request.operation_name, _compact(canonical), form


def _compact(written: bytes) -> bytes:
    """The same bytes without the room that orjson leaves behind them: 4 kB behind a few words."""
    return bytes(memoryview(written))


class Answers:
    """The answers kept by one process: those given last, within a number of bytes."""

    def __init__(self, db: Reader, engine: SearchEngine, counts: Counts, room: int) -> None:
        """`room` in bytes; 0 keeps nothing."""
        self._db = db
        self._engine = engine
        self._counts = counts
        self._room = room
        self._stamp: Hashable = None
        self._content = -1
        self._seq = -1
        self._commit: Hashable = None
        self._kept: OrderedDict[Key, _Kept] = OrderedDict()
        self._asked: dict[Asked, _Kept] = {}
        self._computing: dict[tuple[Hashable, Key], asyncio.Task[Answer]] = {}
        self.figures = Figures()

    def at_once(self, asked: Asked) -> tuple[Answer, Reply] | None:
        """What was `given` to the same bytes, if it is still kept and right; some 5 µs."""
        kept = self._asked.get(asked)
        if (
            kept is None
            or self._db.stamp() != self._stamp
            or (kept.answer.searched and self._engine.commit() != self._commit)
            or monotonic() >= kept.until
        ):
            return None
        return self._again(kept), kept.asked[asked]

    def given(self, asked: Asked, answer: Answer, reply: Reply) -> None:
        """Remember how an answer was given, for as long as it is kept."""
        kept = self._kept.get(answer.key) if answer.key else None
        if kept is not None and kept.answer is answer and len(kept.asked) < _MOST_ASKED:
            kept.asked[asked] = reply
            self._asked[asked] = kept
            self.figures.bytes += _size_of(asked, reply, answer)
            self._make_room()

    async def get(self, key: Key, compute: Callable[[], Awaitable[Answer]]) -> Answer:
        """The answer to `key`: kept, or computed once for all who wait for it.

        What has been kept costs some 10 µs. A caller that is cancelled cancels nobody else.
        """
        if not self._room:
            return await compute()
        await self._look()
        kept = self._kept.get(key)
        if kept is not None and monotonic() < kept.until:
            return self._again(kept)
        self.figures.misses += 1
        place = ((self._content, self._seq, self._commit), key)
        task = self._computing.get(place)
        if task is None:
            task = asyncio.ensure_future(self._computed(place, compute))
            self._computing[place] = task
            task.add_done_callback(lambda _: self._computing.pop(place, None))
        return await asyncio.shield(task)

    def _again(self, kept: _Kept) -> Answer:
        answer = kept.answer
        if answer.key is not None:
            self._kept.move_to_end(answer.key)
        self.figures.hits += 1
        for text, hits in answer.searches:
            self._counts.count(text, hits)
        return answer

    async def _computed(
        self, place: tuple[tuple[int, int, Hashable], Key], compute: Callable[[], Awaitable[Answer]]
    ) -> Answer:
        (content, seq, commit), key = place
        answer = await compute()
        if answer.is_whole:
            await self._look()
            # Content that changed meanwhile may be in the answer, in part.
            same = (seq, commit) == (self._seq, self._commit) or not answer.searched
            if content == self._content and same:
                self._keep(key, answer)
        return answer

    async def _look(self) -> None:
        """Forget what no longer holds: by the feed's last lines, and the index's last commit.

        What did not ask the index holds while the feed tells of search alone.
        """
        stamp = self._db.stamp()
        if stamp != self._stamp:
            seq, content = await outbox.latest_changes(self._db)
            self._stamp = stamp
            searched_anew, self._seq = seq != self._seq, seq
            if content != self._content:
                self._content = content
                self._forget(list(self._kept))
        else:
            searched_anew = False
        commit = self._engine.commit()
        if searched_anew or commit != self._commit:
            self._commit = commit
            self._forget([key for key, kept in self._kept.items() if kept.answer.searched])

    def _forget(self, keys: list[Key]) -> None:
        self.figures.purges += bool(keys)
        for key in keys:
            self._drop(key)

    def _keep(self, key: Key, answer: Answer) -> None:
        self._drop(key)
        until = float("inf") if answer.seconds is None else monotonic() + answer.seconds
        self._kept[key] = _Kept(answer, until)
        answer.key, answer.body = key, _compact(answer.body)
        self.figures.entries += 1
        self.figures.bytes += _size(key, answer)
        self._make_room()

    def _make_room(self) -> None:
        while self.figures.bytes > self._room:
            self._drop(next(iter(self._kept)))
            self.figures.evictions += 1

    def _drop(self, key: Key) -> None:
        kept = self._kept.pop(key, None)
        if kept is not None:
            self.figures.entries -= 1
            self.figures.bytes -= _size(key, kept.answer)
            for asked, reply in kept.asked.items():
                self.figures.bytes -= _size_of(asked, reply, kept.answer)
                del self._asked[asked]


def _size(key: Key, answer: Answer) -> int:
    return len(key[0]) + len(key[2]) + len(answer.body) + _OVERHEAD


def _size_of(asked: Asked, reply: Reply, answer: Answer) -> int:
    own = 0 if reply.body is answer.body else len(reply.body)  # what was compressed is kept so
    return len(asked[2]) + own + _OVERHEAD_ASKED
