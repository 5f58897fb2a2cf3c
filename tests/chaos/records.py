"""What clients have saved: which states of each article are possible after the storm."""

from __future__ import annotations

import threading
import time
from dataclasses import dataclass, field
from typing import NamedTuple


class State(NamedTuple):
    """An article as it may be stored: its title, and whether everybody finds it."""

    title: str
    is_public: bool


@dataclass(slots=True)
class Saved:
    """An article with an acknowledged save, when that was sent and acknowledged, and its states.

    More than one state is possible after a save that was not acknowledged: no client touches the
    article again, since that save may still be under way in a process that is paused.
    """

    id: str
    sent: float
    acknowledged: float
    states: list[State]

    @property
    def is_settled(self) -> bool:
        """Whether its state is known."""
        return len(self.states) == 1


@dataclass
class Records:
    """What all clients have saved. Safe for many threads."""

    articles: dict[str, Saved] = field(default_factory=dict)
    """Articles whose creation was acknowledged, by id."""

    unacknowledged: set[str] = field(default_factory=set)
    """Titles of creations that may or may not be stored."""

    scheduled: set[str] = field(default_factory=set)
    """Ids of the articles that were scheduled, each to be published once."""

    saves: int = 0
    failures: int = 0
    faults: list[str] = field(default_factory=list)
    """What broke a promise, seen while the storm went on."""

    lock: threading.Lock = field(default_factory=threading.Lock)

    def create(self, id_: str, state: State, sent: float) -> None:
        """Take note of a creation that was acknowledged just now."""
        with self.lock:
            if id_ in self.articles:
                self.faults.append(f"{id_} was created twice")
            self.articles[id_] = Saved(id_, sent, time.monotonic(), [state])
            self.saves += 1

    def change(self, saved: Saved, state: State, *, is_acknowledged: bool) -> None:
        """Take note of a change of an article that is acknowledged, or may be under way."""
        with self.lock:
            saved.states = [state] if is_acknowledged else [*saved.states, state]
            self.saves += is_acknowledged
            self.failures += not is_acknowledged

    def lose(self, title: str) -> None:
        """Take note of a creation that was not acknowledged."""
        with self.lock:
            self.unacknowledged.add(title)
            self.failures += 1

    def blame(self, fault: str) -> None:
        """Take note of a broken promise."""
        with self.lock:
            self.faults.append(fault)
