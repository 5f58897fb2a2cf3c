"""Hubs with index folders of their own on one PostgreSQL, as on several hosts."""

from __future__ import annotations

import json
import os
import random
import signal
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, suppress
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path

import anyio
import httpx
import pytest

from tests.process.test_server import CREATE, titles
from tests.support.postgres import Database
from tests.support.server_process import Server, hub

SOON_SECONDS = 60.0  # a busy machine takes longer than the hub
SCHEDULE = """
mutation ($title: String!, $at: DateTime!) {
  createArticle(
    input: {title: $title, body: {text: "Words."}, status: SCHEDULED, publishedAt: $at}
  ) { ... on CreateArticlePayload { article { id } } ... on Problem { message } }
}
"""
REVISIONS = """
query ($id: ID!) {
  node(id: $id) { ... on Article { status version revisions(first: 9) { nodes { version } } } }
}
"""
COUNT = 'query { search(query: "", first: 1) { totalCount } }'


@pytest.fixture
def url(postgres: Database) -> str:
    anyio.run(postgres.empty)
    return postgres.url


def data_folder(tmp_path: Path, number: int) -> Path:
    folder = tmp_path / f"host-{number}" / "data"
    folder.mkdir(parents=True, exist_ok=True)
    return folder


@pytest.fixture
def hosts(tmp_path: Path, url: str, request: pytest.FixtureRequest) -> Iterator[list[Server]]:
    result = hub(
        *("token", "create", "--role", "editor", "--name", "test"),
        data=data_folder(tmp_path, 0),
        HUB_DATABASE_URL=url,
    )
    assert result.returncode == 0, result.stderr
    env = {"HUB_DATABASE_URL": url, "HUB_MUTATIONS_PER_MINUTE": "0", "HUB_SEARCHES_PER_MINUTE": "0"}
    with ExitStack() as stack:
        yield [
            stack.enter_context(
                Server(data_folder(tmp_path, number), token=result.stdout.strip(), **env)
            )
            for number in range(request.param)
        ]


def until(holds: Callable[[], bool], servers: list[Server]) -> None:
    deadline = time.monotonic() + SOON_SECONDS
    while True:
        with suppress(httpx.TransportError):
            if holds():
                return
        assert time.monotonic() < deadline, "\n".join(server.output() for server in servers)
        time.sleep(0.05)


def count(server: Server) -> int:
    """Return the number of articles that everybody finds on a host."""
    answer = httpx.post(f"{server.url}/graphql", json={"query": COUNT})
    return int(answer.json()["data"]["search"]["totalCount"])


def wait_for_count(hosts: list[Server], expected: int) -> None:
    """Wait until the index of each host holds so many articles, and nothing more waits for it."""
    for server in hosts:
        until(partial(_is_at, server, expected), hosts)


def _is_at(server: Server, expected: int) -> bool:
    return count(server) == expected and ready(server)["outbox"] == 0


def ready(server: Server) -> dict[str, object]:
    answer: dict[str, object] = server.client.get("/readyz").json()
    return answer


def save(servers: list[Server], number: int, clients: int, word: str = "Saved") -> set[str]:
    """Save by several clients through all servers; return the titles that were acknowledged."""
    acknowledged, lock = set[str](), threading.Lock()

    def run(client: int) -> None:
        for turn in range(number // clients):
            title, server = f"{word} {client} {turn}", servers[(client + turn) % len(servers)]
            with suppress(httpx.TransportError, AssertionError, KeyError):
                answer = server.ask(CREATE, title=title, wait=False)["createArticle"]
                if answer["__typename"] == "CreateArticlePayload":
                    with lock:
                        acknowledged.add(title)

    threads = [threading.Thread(target=run, args=(client,)) for client in range(clients)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return acknowledged


@pytest.mark.parametrize("hosts", [2, 3], indirect=True)
def test_every_index_finds_what_any_host_saved(hosts: list[Server]) -> None:
    acknowledged = save(hosts, 200, 4)
    assert len(acknowledged) == 200
    wait_for_count(hosts, 200)
    for server in hosts:
        for title in random.Random(1).sample(sorted(acknowledged), 10):
            assert title in titles(server, f'"{title}"')
    rows = ready(hosts[0])["followers"]
    assert isinstance(rows, list)
    assert [row["complete"] for row in rows] == [True] * len(hosts)
    assert [row["own"] for row in rows].count(True) == 1


@pytest.mark.parametrize("hosts", [3], indirect=True)
def test_hosts_that_are_killed_and_paused_lose_nothing(hosts: list[Server]) -> None:
    """One is killed while it takes saves, another pauses; both come back."""
    doomed, paused, _ = hosts
    acknowledged = set[str]()
    writing = threading.Thread(target=lambda: acknowledged.update(save(hosts, 160, 4)))
    writing.start()
    time.sleep(1)
    os.killpg(paused.process.pid, signal.SIGSTOP)
    doomed.kill()
    time.sleep(2)
    os.killpg(paused.process.pid, signal.SIGCONT)
    doomed.start()
    writing.join()
    assert len(acknowledged) > 40
    stored = doomed.ask("{ articles(first: 1) { totalCount } }")["articles"]["totalCount"]
    assert stored >= len(acknowledged)
    wait_for_count(hosts, stored)
    for server in hosts:
        for title in random.Random(2).sample(sorted(acknowledged), 5):
            assert title in titles(server, f'"{title}"')


@pytest.mark.parametrize("hosts", [2], indirect=True)
def test_a_host_that_was_away_catches_up_and_the_others_tell_its_lag(hosts: list[Server]) -> None:
    here, away = hosts
    assert away.stop() in (0, -signal.SIGTERM)
    payload = here.ask(CREATE, title="While you were away", wait=True)["createArticle"]
    assert payload["article"]["title"] == "While you were away"
    state = ready(here)
    assert state["outbox"] == 0
    assert isinstance(state["followers"], list)
    assert sorted((row["own"], row["outbox"]) for row in state["followers"]) == [
        (False, 1),
        (True, 0),
    ]
    shown = hub(*("index", "status", "--json"), data=here.data, HUB_DATABASE_URL=here_url(here))
    report = json.loads(shown.stdout)
    assert (report["waiting"], report["error"]) == (0, None)
    assert sorted(row["outbox"] for row in report["followers"]) == [0, 1]
    away.start()
    until(lambda: titles(away, "while") == ["While you were away"], hosts)
    assert ready(here)["outbox"] == ready(away)["outbox"] == 0


def here_url(server: Server) -> str:
    return server._env["HUB_DATABASE_URL"]


@pytest.mark.parametrize("hosts", [2], indirect=True)
def test_a_save_that_waits_is_found_by_the_host_that_was_asked(hosts: list[Server]) -> None:
    for number in range(20):
        server = hosts[number % 2]
        server.ask(CREATE, title=f"Waited {number}", wait=True)
        assert titles(server, f'"Waited {number}"') == [f"Waited {number}"]


@pytest.mark.parametrize("hosts", [2], indirect=True)
def test_a_scheduled_article_is_published_once_and_a_reindex_serves_all(
    hosts: list[Server],
) -> None:
    at = (datetime.now(UTC) + timedelta(seconds=2)).isoformat()
    ids = [
        hosts[0].ask(SCHEDULE, title=f"Scheduled {number}", at=at)["createArticle"]["article"]["id"]
        for number in range(5)
    ]
    wait_for_count(hosts, 5)
    for id_ in ids:
        node = hosts[1].ask(REVISIONS, id=id_)["node"]
        versions = [revision["version"] for revision in node["revisions"]["nodes"]]
        assert (node["status"], node["version"], versions) == ("PUBLISHED", 2, [2, 1])
    done = hub("reindex", data=hosts[0].data, HUB_DATABASE_URL=here_url(hosts[0]))
    assert "The server has rebuilt the index." in done.stdout
    wait_for_count(hosts, 5)
