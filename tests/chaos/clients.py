"""Clients during the storm: writers, searchers, subscribers, and one that looks at `/readyz`."""

from __future__ import annotations

import json
import random
import threading
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from typing import Any, NamedTuple

import httpx
from typing_extensions import override

from tests.chaos.records import Records, Saved, State
from tests.support.server_process import Server

REQUEST_SECONDS = 10.0
MARGIN_SECONDS = 3.0
"""Time in which a subscription begins, or has told what was saved before it broke off."""

FIXED = 20
"""Articles that are indexed before the storm, and never change."""

CREATE = """
mutation ($title: String!, $status: ArticleStatus!, $at: DateTime, $wait: Boolean!) {
  createArticle(input: {
    title: $title, body: {text: "Words."}, status: $status, publishedAt: $at, waitForIndex: $wait
  }) { ... on CreateArticlePayload { article { id } searchable } ... on Problem { message } }
}
"""
REVISE = """
mutation ($id: ID!, $title: String!) {
  reviseArticle(input: {id: $id, title: $title}) { __typename ... on Problem { message } }
}
"""
UNPUBLISH = """
mutation ($id: ID!) {
  unpublishArticle(input: {id: $id}) { __typename ... on Problem { message } }
}
"""
SEARCH = """
query ($q: String!) {
  search(query: $q, first: 50) { totalCount totalIsExact nodes { title } }
}
"""
CHANGED = "subscription { articleChanged { change articleId } }"


class Client:
    """A thread that goes from hub to hub until it is told to stop."""

    def __init__(self, name: str, hubs: list[Server], records: Records, seed: str) -> None:
        self.records = records
        self._hubs = hubs
        self._rng = random.Random(f"{seed} {name}")
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._run, name=name, daemon=True)

    def start(self) -> None:
        """Start it."""
        self._thread.start()

    def stop(self) -> None:
        """Tell it to stop."""
        self._stop.set()

    def join(self) -> None:
        """Wait until it has stopped."""
        self._thread.join(60)
        assert not self._thread.is_alive(), self._thread.name

    def _run(self) -> None:
        while not self._stop.is_set():
            self._turn(self._rng.choice(self._hubs))

    def _turn(self, server: Server) -> None:
        raise NotImplementedError

    def _ask(self, server: Server, query: str, **variables: object) -> Any:
        """Return the data of a response; None if there was none, or it has errors."""
        with suppress(httpx.TransportError, ValueError):
            headers = {"authorization": server.client.headers["authorization"]}
            body = {"query": query, "variables": variables}
            response = httpx.post(
                f"{server.url}/graphql", json=body, headers=headers, timeout=REQUEST_SECONDS
            )
            answer = response.json()
            if not answer.get("errors"):
                return answer["data"]
            self._stop.wait(0.05)
        return None


class Writer(Client):
    """Creates articles, renames and hides its own, and schedules some."""

    def __init__(self, number: int, hubs: list[Server], records: Records, seed: str) -> None:
        super().__init__(f"writer {number}", hubs, records, seed)
        self._number = number
        self._turns = 0
        self._own: list[Saved] = []

    @override
    def _turn(self, server: Server) -> None:
        self._turns += 1
        share = self._rng.random()
        settled = [saved for saved in self._own[-50:] if saved.is_settled]
        if share < 0.75 or not settled:
            self._create(server, at=None, wait=share < 0.05)
        elif share < 0.78:
            self._create(server, at=datetime.now(UTC) + timedelta(seconds=self._rng.random() * 4))
        elif share < 0.92:
            saved = self._rng.choice(settled)
            title = self._title("Renamed")
            data = self._ask(server, REVISE, id=saved.id, title=title)
            self._changed(saved, data, State(title, saved.states[0].is_public))
        else:
            saved = self._rng.choice(settled)
            data = self._ask(server, UNPUBLISH, id=saved.id)
            self._changed(saved, data, State(saved.states[0].title, is_public=False))

    def _title(self, word: str) -> str:
        return f"{word} c{self._number}t{self._turns}"

    def _create(self, server: Server, at: datetime | None, *, wait: bool = False) -> None:
        title = self._title("Created")
        status = "SCHEDULED" if at else "PUBLISHED"
        moment = at.isoformat() if at else None
        sent = time.monotonic()
        data = self._ask(server, CREATE, title=title, status=status, at=moment, wait=wait)
        if data is None or "article" not in data["createArticle"]:
            self.records.lose(title)
            return
        payload = data["createArticle"]
        id_ = payload["article"]["id"]
        self.records.create(id_, State(title, is_public=True), sent)
        saved = self.records.articles[id_]
        if at:
            self.records.scheduled.add(id_)
        else:
            self._own.append(saved)
        if payload["searchable"]:
            self._expect_to_be_found(server, title)

    def _expect_to_be_found(self, server: Server, title: str) -> None:
        data = self._ask(server, SEARCH, q=f'"{title}"')
        if data is not None and data["search"]["totalIsExact"]:
            titles = [node["title"] for node in data["search"]["nodes"]]
            if titles != [title]:
                self.records.blame(f"{server.port} waited for {title!r}, and found {titles}")

    def _changed(self, saved: Saved, data: Any, state: State) -> None:
        results = list(data.values()) if data else [{"__typename": ""}]
        self.records.change(
            saved, state, is_acknowledged=results[0]["__typename"].endswith("Payload")
        )


class Searcher(Client):
    """Searches what never changes: all of it is found, or the response says that some may lack."""

    def __init__(self, number: int, hubs: list[Server], records: Records, seed: str) -> None:
        super().__init__(f"searcher {number}", hubs, records, seed)
        self.outcomes = Counter[str]()

    @override
    def _turn(self, server: Server) -> None:
        # A text that no cache knows.
        data = self._ask(server, SEARCH, q=f"granite -{self._rng.randrange(10**9)}")
        if data is None:
            self.outcomes["refused"] += 1
        elif not data["search"]["totalIsExact"]:
            self.outcomes["not exact"] += 1
        else:
            self.outcomes["whole"] += 1
            total, hits = data["search"]["totalCount"], len(data["search"]["nodes"])
            if (total, hits) != (FIXED, FIXED):
                self.records.blame(f"{server.port} found {hits} of {total}, not {FIXED}, as whole")
        self._stop.wait(0.1)


class Told(NamedTuple):
    """What one subscription was told while it was open: publications by article."""

    started: float
    ended: float
    published: Counter[str]


class Subscriber(Client):
    """Subscribes to one hub, and again each time that it is told to, or the connection ends."""

    def __init__(self, number: int, hub: Server, records: Records, seed: str) -> None:
        super().__init__(f"subscriber {number}", [hub], records, seed)
        self.told: list[Told] = []

    @override
    def _turn(self, server: Server) -> None:
        started, published = 0.0, Counter[str]()
        with suppress(httpx.TransportError):
            for event in self._events(server):
                started = started or time.monotonic()
                change = event["articleChanged"] if event else {}
                if change.get("change") == "PUBLISHED":
                    published[change["articleId"]] += 1
        if started:
            self.told.append(Told(started, time.monotonic(), published))
        self._stop.wait(0.3)

    def _events(self, server: Server) -> Iterator[Any]:
        """Yield the data of each event, None for a sign of life, until the stream ends."""
        timeout = httpx.Timeout(5, read=40)
        headers = {"accept": "text/event-stream"}
        with httpx.stream(
            "POST",
            f"{server.url}/graphql",
            json={"query": CHANGED},
            headers=headers,
            timeout=timeout,
        ) as response:
            for line in response.iter_lines():
                if line == ":":
                    yield None
                elif line.startswith("data: "):
                    answer = json.loads(line.removeprefix("data: "))
                    if answer.get("errors"):
                        return  # told to subscribe again
                    yield answer["data"]
                if self._stop.is_set():
                    return

    def check(self) -> tuple[int, list[str]]:
        """Return how many publications had to be told, and which were not told exactly once."""
        expected, faults = 0, []
        for told in self.told:
            for id_, times in told.published.items():
                if times > 1:
                    faults.append(f"{self._thread.name} was told {times} times of {id_}")
            for id_, saved in self.records.articles.items():
                began = saved.sent > told.started + MARGIN_SECONDS
                if began and saved.acknowledged < told.ended - MARGIN_SECONDS:
                    hidden = any(not state.is_public for state in saved.states)
                    if hidden or id_ in self.records.scheduled:
                        continue  # may have been hidden again before the feed was read
                    expected += 1
                    if id_ not in told.published:
                        faults.append(f"{self._thread.name} was not told of {id_} {saved}")
        return expected, faults


class Readiness(Client):
    """Looks at `/readyz` of all hubs."""

    def __init__(self, hubs: list[Server], records: Records, seed: str) -> None:
        super().__init__("readiness", hubs, records, seed)
        self.states = Counter[str]()
        self.lag_seconds: list[tuple[float, float]] = []
        """The greatest lag that any hub told, and when."""

    @override
    def _turn(self, server: Server) -> None:
        with suppress(httpx.TransportError, ValueError):
            headers = {"authorization": server.client.headers["authorization"]}
            state = httpx.get(f"{server.url}/readyz", headers=headers, timeout=5).json()
            self.states[state.get("index", "unknown")] += 1
            if "lag_seconds" in state:
                self.lag_seconds.append((time.monotonic(), state["lag_seconds"]))
        self._stop.wait(0.2)
