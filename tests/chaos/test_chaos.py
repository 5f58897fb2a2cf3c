"""Nothing acknowledged is lost or doubled, and no search says that it is whole when it is not."""

from __future__ import annotations

import os
import random
import sys
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from functools import partial
from pathlib import Path
from typing import Any

import httpx
import pytest

from tests.chaos.clients import FIXED, Readiness, Searcher, Subscriber, Writer
from tests.chaos.fleet import Fleet, Nodes
from tests.chaos.records import Records
from tests.chaos.storm import Storm
from tests.process.test_hosts import data_folder, ready, save, until, url, wait_for_count
from tests.support.opensearch import need_java
from tests.support.server_process import Server, hub

__all__ = ["url"]

SECONDS = float(os.environ.get("CHAOS_SECONDS", "20"))
IS_TIMED = "CHAOS_SECONDS" in os.environ
"""Whether being late is a fault; not beside other tests, which take time from all processes."""

SEED = os.environ.get("CHAOS_SEED") or (
    str(random.SystemRandom().randrange(10**6)) if IS_TIMED else "1"
)
WRITERS, SEARCHERS = 8, 2
FOUND_SECONDS = 5.0
"""Time after an outage within which what was saved in it has to be found."""

STORED = """query ($after: String) {
  articles(first: 100, after: $after) {
    pageInfo { hasNextPage endCursor } nodes { id title status version }
  }
}"""
FOUND = """query ($after: String, $q: String! = "") {
  search(query: $q, first: 100, after: $after) {
    totalCount totalIsExact pageInfo { hasNextPage endCursor } nodes { id title }
  }
}"""


@pytest.fixture
def nodes(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Nodes | None]:
    if request.param == "whoosh":
        yield None
        return
    need_java()
    with Nodes(tmp_path / "nodes") as cluster:
        yield cluster


@pytest.fixture
def hubs(nodes: Nodes | None, tmp_path: Path, url: str) -> Iterator[list[Server]]:
    """Three hubs on a cluster; two, which have indexes of their own, without one."""
    env = {
        "HUB_DATABASE_URL": url,
        "HUB_MUTATIONS_PER_MINUTE": "0",
        "HUB_SEARCHES_PER_MINUTE": "0",
    }
    if nodes is not None:
        env["HUB_SEARCH_URL"] = f"opensearch://{nodes.hosts}/chaos?shards=3&replicas=1"
    words = ("token", "create", "--role", "editor", "--name", "test")
    token = hub(*words, data=data_folder(tmp_path, 9), **env)
    assert token.returncode == 0, token.stderr
    with ExitStack() as stack:
        yield [
            stack.enter_context(
                Server(data_folder(tmp_path, number), token=token.stdout.strip(), **env)
            )
            for number in range(2 if nodes is None else 3)
        ]


@pytest.mark.slow
@pytest.mark.parametrize("nodes", ["opensearch", "whoosh"], indirect=True)
def test_nothing_is_lost_while_processes_die(
    hubs: list[Server], nodes: Nodes | None, capsys: pytest.CaptureFixture[str]
) -> None:
    assert len(save(hubs, FIXED, 1, "Granite")) == FIXED
    wait_for_count(hubs, FIXED)
    records = Records()
    writers = [Writer(number, hubs, records, SEED) for number in range(WRITERS)]
    searchers = [Searcher(number, hubs, records, SEED) for number in range(SEARCHERS)]
    subscribers = [Subscriber(number, hub_, records, SEED) for number, hub_ in enumerate(hubs)]
    readiness = Readiness(hubs, records, SEED)
    clients = [*subscribers, *writers, *searchers, readiness]
    for client in clients:
        client.start()
    storm = Storm(Fleet(hubs), nodes, records, random.Random(SEED))
    storm.run(SECONDS)
    for writer in writers:
        writer.stop()
    for writer in writers:
        writer.join()
    calm = time.monotonic()
    until(lambda: all(ready(server)["outbox"] == 0 for server in hubs), hubs)
    caught_up = time.monotonic() - calm
    time.sleep(1)  # the feed tells what was saved last
    for client in clients:
        client.stop()
    save(hubs, len(hubs), 1, "Last")  # ends the subscriptions, which wait for an event
    for client in clients:
        client.join()
    until(lambda: all(ready(server)["outbox"] == 0 for server in hubs), hubs)
    faults = list(records.faults)
    expected = 0
    for subscriber in subscribers:
        number, untold = subscriber.check()
        expected += number
        faults += untold
    stored = list(_nodes(lambda **variables: hubs[0].ask(STORED, **variables)["articles"]))
    faults += _check_database(records, stored)
    for server in hubs:
        faults += _check_index(server, stored)
    faults += _check_outages(storm, readiness)
    searches = sum((searcher.outcomes for searcher in searchers), Counter[str]())
    subscriptions = sum(len(subscriber.told) for subscriber in subscribers)
    report = [
        f"seed {SEED}, {SECONDS:.0f} s, {len(hubs)} hubs: {dict(storm.counts)}",
        f"{records.saves} saves acknowledged, {records.failures} not; {len(stored)} articles,"
        f" {len(records.scheduled)} of them scheduled",
        f"searches: {dict(searches)}; /readyz: {dict(readiness.states)}",
        f"{expected} publications to be told, in {subscriptions} subscriptions",
        f"all indexed {caught_up:.1f} s after the last save",
        *map(str, storm.outages),
        f"faults: {len(faults)}",
    ]
    with capsys.disabled():
        sys.stdout.write("\n" + "\n".join(report + faults[:20]) + "\n")
    assert faults == []


def _check_outages(storm: Storm, readiness: Readiness) -> Iterator[str]:
    """Yield which saves were found late, and where `/readyz` told no lag; completes the outages."""
    for outage in storm.outages:
        told = (lag for at, lag in readiness.lag_seconds if outage.began < at < outage.ended)
        outage.lag_seconds = max(told, default=0.0)
        caught_up = (at for at, lag in readiness.lag_seconds if at > outage.ended and lag < 1)
        outage.lagging_seconds = next(caught_up, outage.ended) - outage.ended
        if IS_TIMED and outage.found_seconds > FOUND_SECONDS:
            yield f"found after {outage.found_seconds:.1f} s what was saved in an outage"
        if outage.saved and not outage.lag_seconds:
            yield "/readyz told no lag in an outage"


def _nodes(ask: Callable[..., Any]) -> Iterator[dict[str, Any]]:
    after = None
    while True:
        page = ask(after=after)
        yield from page["nodes"]
        if not page["pageInfo"]["hasNextPage"]:
            return
        after = page["pageInfo"]["endCursor"]


def _check_database(records: Records, stored: list[dict[str, Any]]) -> Iterator[str]:
    """Yield what the database holds other than what was acknowledged, or twice."""
    articles = {node["id"]: node for node in stored}
    for id_, saved in records.articles.items():
        node = articles.get(id_)
        state = node and (node["title"], node["status"] == "PUBLISHED")
        if state not in saved.states:
            yield f"{id_} should be one of {saved.states}, is {node}"
        elif id_ in records.scheduled and node and node["version"] > 2:  # 1: it was due by then
            yield f"scheduled {id_} was published {node['version'] - 1} times"
    for title, times in Counter(node["title"] for node in stored).items():
        if times > 1:
            yield f"{title!r} is stored {times} times"
    known = {title for saved in records.articles.values() for title, _ in saved.states}
    known |= records.unacknowledged
    for node in stored:
        if node["title"] not in known and not node["title"].startswith(("Granite", "Last")):
            yield f"nobody has saved {node}"


def _find(server: Server, **variables: object) -> Any:
    """Return what everybody finds."""
    body = {"query": FOUND, "variables": variables}
    answer = httpx.post(f"{server.url}/graphql", json=body, timeout=30).json()
    assert "errors" not in answer, answer
    return answer["data"]["search"]


def _check_index(server: Server, stored: list[dict[str, Any]]) -> Iterator[str]:
    """Yield what this hub finds other than the published articles, each once."""
    published = Counter(
        (node["id"], node["title"]) for node in stored if node["status"] == "PUBLISHED"
    )
    total = _find(server)
    if (total["totalCount"], total["totalIsExact"]) != (published.total(), True):
        yield f"{server.port} counts {total['totalCount']}, not {published.total()}"
    found = Counter((node["id"], node["title"]) for node in _nodes(partial(_find, server)))
    if found != published:
        yield f"{server.port} lacks {published - found}, and has {found - published} too much"
    for node in random.Random(SEED).sample(stored, min(30, len(stored))):
        hits = _find(server, q=f'"{node["title"]}"')["nodes"]
        titles = [hit["title"] for hit in hits]
        if titles != [node["title"]] * (node["status"] == "PUBLISHED"):
            yield f"{server.port} finds {titles} for {node}"
