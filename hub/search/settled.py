"""Searches while typing: of a text that grows letter by letter, the one that stays is a search."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from time import monotonic
from typing import NamedTuple

SETTLE_SECONDS = 5.0
"""Seconds after which a text that did not change is a search."""

REMEMBER_SECONDS = 60.0
"""Seconds for which a settled text is remembered: sent by Enter as well, it is the same search."""

TELL_SECONDS = 12.0
"""Seconds for which a settled text waits in addition, until all processes have told what they know;
more than the interval at which counts are stored."""

MIN_BYTES = 3
"""Bytes of the shortest settled text: three Latin letters, or one Chinese sign."""

MAX_CLIENTS = 5_000
"""Clients whose typing is followed at once; that of further ones is not counted."""

MAX_TEXTS = 8
"""Texts of one client that are followed at once: several readers may share an address."""


class Search(NamedTuple):
    """A search of a reader, and what it found.

    `is_filtered`: a filter narrowed it, so that it does not tell what the text finds.
    `has_every_word`: some article has all of its words. `is_typing`: the text may go on.
    `language` is the one that it was filtered by, or that of the first article found; else "".
    """

    text: str
    hits: int
    has_every_word: bool = True
    is_filtered: bool = False
    is_typing: bool = False
    language: str = ""


@dataclass(slots=True)
class _Typed:
    text: str
    search: Search
    moment: float
    is_settled: bool = False


class Settled(NamedTuple):
    """A text that has settled, who typed it, and when."""

    text: str
    search: Search
    client: str
    moment: float


class SettledTexts:
    """Follows what clients type, in memory; nothing of it is stored but the texts that settle.

    A text that begins with an earlier one of the same client, or is a beginning of it, takes its
    place. Texts are normalised.
    """

    def __init__(
        self, clock: Callable[[], float] = monotonic, seconds: float = SETTLE_SECONDS
    ) -> None:
        """A text settles after so many `seconds` without a change."""
        self._clock = clock
        self._seconds = seconds
        self._by_client: dict[str, list[_Typed]] = {}

    def add(self, text: str, search: Search, client: str) -> None:
        """Follow a text that a client has typed so far. O(1)."""
        moment = self._clock()
        if client not in self._by_client and len(self._by_client) >= MAX_CLIENTS:
            return
        followed = self._by_client.setdefault(client, [])
        for typed in followed:
            if typed.is_settled:
                if typed.text == text:
                    return
            elif _continues(typed.text, text) or _continues(text, typed.text):
                typed.text, typed.search, typed.moment = text, search, moment
                return
        if len(followed) < MAX_TEXTS:
            followed.append(_Typed(text, search, moment))

    def take(self, text: str, client: str) -> bool:
        """Follow a text no longer that is searched for now, nor what was typed on the way to it.

        Return whether it has settled before, and so was counted.
        """
        followed = self._by_client.get(client, [])
        was_settled = any(typed.is_settled and typed.text == text for typed in followed)
        followed[:] = [
            typed
            for typed in followed
            if typed.text != text and (typed.is_settled or not _continues(typed.text, text))
        ]
        return was_settled

    def settle_now(self, text: str, client: str) -> Search | None:
        """Settle a text of which a result was chosen; return its search unless it was counted."""
        for typed in self._by_client.get(client, ()):
            if typed.text == text and not typed.is_settled:
                typed.is_settled = True
                return typed.search
        return None

    def followed(self, since: float) -> Iterator[tuple[str, str, float]]:
        """Yield the (text, client, moment) of all that was typed since a moment."""
        for client, followed in self._by_client.items():
            for typed in followed:
                if typed.moment >= since:
                    yield typed.text, client, typed.moment

    def settle(self, *, at_once: bool = False) -> Iterator[Settled]:
        """Yield what has settled; `at_once`: all that was typed."""
        moment = self._clock()
        for client, followed in list(self._by_client.items()):
            for typed in followed:
                if typed.is_settled or not (at_once or moment - typed.moment >= self._seconds):
                    continue
                typed.is_settled = True
                if len(typed.text.encode("utf-8", "surrogatepass")) >= MIN_BYTES:
                    yield Settled(typed.text, typed.search, client, typed.moment)
            followed[:] = [
                typed
                for typed in followed
                if not typed.is_settled or moment - typed.moment < REMEMBER_SECONDS
            ]
            if not followed:
                del self._by_client[client]


def _continues(start: str, text: str) -> bool:
    return text.startswith(start)
