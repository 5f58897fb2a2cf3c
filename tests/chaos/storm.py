"""The storm: faults at random, by a seed, for some time; then every process runs again."""

from __future__ import annotations

import random
import signal
import threading
import time
from collections import Counter
from collections.abc import Callable, Hashable
from dataclasses import dataclass, field
from functools import partial

import httpx
from typing_extensions import override

from tests.chaos.clients import SEARCH
from tests.chaos.fleet import NODES, Fleet, Nodes
from tests.chaos.records import Records, State
from tests.support.server_process import Server

LEASE_SECONDS = 15.0
OUTAGES = (0.3, 0.7)
"""When all nodes are away, as shares of the time."""

MAX_CHECKED = 5
SOON_SECONDS = 90.0
_CLUSTER = "cluster"


@dataclass
class Outage:
    """A time in which no node answered.

    `saved` articles of that time were looked for: all of them were found `found_seconds` after
    the nodes answered and a hub led the index. `/readyz` told a lag of `lag_seconds` meanwhile.
    """

    began: float
    ended: float
    saved: int = 0
    found_seconds: float = 0.0
    lag_seconds: float = 0.0
    lagging_seconds: float = 0.0
    """Time after the end until `/readyz` of a hub told a lag of less than a second."""

    @override
    def __str__(self) -> str:
        return (
            f"outage of {self.ended - self.began:.1f} s, /readyz told a lag of"
            f" {self.lag_seconds:.1f} s, and none {self.lagging_seconds:.1f} s after it:"
            f" {self.saved} of its saves looked for,"
            f" found {self.found_seconds:.1f} s after nodes answered and a hub led"
        )


@dataclass
class Storm:
    """Kills, pauses and restarts hubs and nodes, one of each at a time, and lets them go on."""

    fleet: Fleet
    nodes: Nodes | None
    records: Records
    rng: random.Random
    counts: Counter[str] = field(default_factory=Counter)
    outages: list[Outage] = field(default_factory=list)
    _down: set[Hashable] = field(default_factory=set)
    _threads: list[threading.Thread] = field(default_factory=list)

    def run(self, seconds: float) -> None:
        """Go on for so long, and wait until every process runs again."""
        began = time.monotonic()
        outages_at = [began + share * seconds for share in OUTAGES if self.nodes is not None]
        while time.monotonic() < began + seconds:
            time.sleep(self.rng.uniform(0.3, 1.5))
            if outages_at and time.monotonic() > outages_at[0]:
                if self._begin("outage", _CLUSTER, self._pause_all_nodes):
                    outages_at.pop(0)
                continue
            self._begin_any()
        for thread in self._threads:
            thread.join(240)
            assert not thread.is_alive(), thread.name

    def _begin_any(self) -> None:
        kinds: dict[str, float] = {"kill hub": 2, "pause hub": 3, "restart hub": 1}
        if self.nodes is not None:
            kinds |= {"kill leader": 2, "pause leader": 2, "kill node": 1, "pause node": 3}
        [kind] = self.rng.choices(list(kinds), list(kinds.values()))
        seconds = self.rng.uniform(0.5, 5.0)
        what, _, whom = kind.partition(" ")
        if whom == "node":
            number = self.rng.randint(1, NODES)
            self._begin(kind, _CLUSTER, partial(self._trouble_node, what, number, seconds))
            return
        server = self.rng.choice(self.fleet.hubs)
        if whom == "leader":
            leader = self.fleet.leader()
            if leader is None:
                return
            server = leader
            if what == "pause" and self.rng.random() < 0.5:
                seconds += LEASE_SECONDS  # it wakes up when another one leads
        self._begin(kind, "hubs", partial(self._trouble_hub, what, server, seconds))

    def _begin(self, kind: str, of: Hashable, action: Callable[[], None]) -> bool:
        """Start a fault beside others; False if there is one of its kind now."""
        if of in self._down:
            return False
        self._down.add(of)
        self.counts[kind] += 1

        def run() -> None:
            try:
                action()
            except AssertionError as error:
                self.records.blame(f"{kind}: {error}")
            finally:
                self._down.discard(of)

        thread = threading.Thread(target=run, name=kind, daemon=True)
        self._threads.append(thread)
        thread.start()
        return True

    def _trouble_hub(self, what: str, server: Server, seconds: float) -> None:
        if what == "pause":
            self.fleet.signal(server, signal.SIGSTOP)
            time.sleep(seconds)
            self.fleet.signal(server, signal.SIGCONT)
            return
        if what == "kill":
            server.kill()
            time.sleep(seconds)
        else:
            server.stop()
        server.launch()
        server.wait_until_it_answers()

    def _trouble_node(self, what: str, number: int, seconds: float) -> None:
        assert self.nodes is not None
        if what == "pause":
            self.nodes.signal(number, signal.SIGSTOP)
            time.sleep(seconds)
            self.nodes.signal(number, signal.SIGCONT)
            return
        self.nodes.signal(number, signal.SIGKILL)
        time.sleep(seconds)
        self.nodes.start()

    def _pause_all_nodes(self) -> None:
        """Pause all nodes; then measure how long what was saved meanwhile is not found."""
        assert self.nodes is not None
        outage = Outage(time.monotonic(), 0.0)
        for number in range(1, NODES + 1):
            self.nodes.signal(number, signal.SIGSTOP)
        time.sleep(self.rng.uniform(5, 10))
        outage.ended = time.monotonic()
        for number in range(1, NODES + 1):
            self.nodes.signal(number, signal.SIGCONT)
        titles = self._titles_saved_in(outage)
        outage.saved = len(titles)
        self.outages.append(outage)
        ready: float | None = None
        deadline = outage.ended + SOON_SECONDS
        while not all(map(self._is_found, titles)) or ready is None:
            assert time.monotonic() < deadline, f"not found within {SOON_SECONDS:.0f} s"
            if not self.nodes.answer() or self.fleet.leader() is None:
                ready = None  # again, as after another fault
            elif ready is None:
                ready = time.monotonic()
            time.sleep(0.1)
        outage.found_seconds = time.monotonic() - ready

    def _titles_saved_in(self, outage: Outage) -> list[str]:
        with self.records.lock:
            titles = [
                saved.states[0].title
                for saved in self.records.articles.values()
                if outage.began < saved.sent and saved.acknowledged < outage.ended
                if saved.id not in self.records.scheduled
                if saved.is_settled and saved.states[0].is_public
            ]
        return titles[-MAX_CHECKED:]

    def _is_found(self, title: str) -> bool:
        """Return whether a hub finds an article of this title, unless it was changed since."""
        with self.records.lock:
            if State(title, is_public=True) not in {
                saved.states[0] for saved in self.records.articles.values() if saved.is_settled
            }:
                return True
        variables = {"q": f'"{title}"'}
        for server in self.fleet.hubs:
            try:
                body = {"query": SEARCH, "variables": variables}
                answer = httpx.post(f"{server.url}/graphql", json=body, timeout=2).json()
                if answer["data"]["search"]["totalCount"]:
                    return True
            except (httpx.TransportError, ValueError, TypeError, KeyError):
                continue
        return False
