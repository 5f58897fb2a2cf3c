"""Server processes on one PostgreSQL: what each hears of the others, and what a kill leaves."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import anyio
import httpx
import pytest

from tests.process.test_server import CREATE, titles, wait_for_hits
from tests.support.postgres import Database
from tests.support.server_process import Server, hub

LIST = "{ articles(first: 50) { totalCount nodes { title } } }"
SOON_SECONDS = 10.0  # a busy machine takes longer than the hub


@pytest.fixture
def url(postgres: Database) -> str:
    anyio.run(postgres.empty)
    return postgres.url


@pytest.fixture
def data(tmp_path: Path) -> Path:
    folder = tmp_path / "data"
    folder.mkdir()
    return folder


@pytest.fixture
def servers(data: Path, url: str) -> Iterator[tuple[Server, Server]]:
    result = hub(
        *("token", "create", "--role", "editor", "--name", "test"), data=data, HUB_DATABASE_URL=url
    )
    assert result.returncode == 0, result.stderr
    token, env = result.stdout.strip(), {"HUB_DATABASE_URL": url}
    with Server(data, token=token, **env) as first, Server(data, token=token, **env) as second:
        yield first, second


def listed(server: Server) -> tuple[int, list[str]]:
    """Return the public articles, from cached responses where there are any."""
    answer = httpx.post(f"{server.url}/graphql", json={"query": LIST})
    articles = answer.json()["data"]["articles"]
    return articles["totalCount"], [node["title"] for node in articles["nodes"]]


def test_kept_answers_are_exact_here_at_once_and_soon_elsewhere(
    servers: tuple[Server, Server],
) -> None:
    expected: list[str] = []
    for number in range(12):
        here, there = servers if number % 2 else servers[::-1]
        assert listed(here) == listed(there) == (len(expected), expected)  # kept from now on
        here.ask(CREATE, title=f"Number {number}", wait=False)
        expected.insert(0, f"Number {number}")
        start = time.monotonic()
        assert listed(here) == (len(expected), expected)
        while listed(there) != (len(expected), expected):
            assert time.monotonic() < start + SOON_SECONDS
    for server in servers:
        wait_for_hits(server, "number 7", ["Number 7"])


def test_a_killed_writer_holds_up_nobody_and_loses_nothing_that_it_had_acknowledged(
    servers: tuple[Server, Server],
) -> None:
    doomed, other = servers
    acknowledged = list[str]()

    def write() -> None:
        with suppress(httpx.TransportError):
            for number in range(10_000):
                doomed.ask(CREATE, title=f"Doomed {number}", wait=False)
                acknowledged.append(f"Doomed {number}")

    writing = threading.Thread(target=write)
    writing.start()
    while len(acknowledged) < 20:
        time.sleep(0.01)
    doomed.kill()
    writing.join()
    other.ask(CREATE, title="Survivor", wait=True)
    assert titles(other, "survivor") == ["Survivor"]
    total, _ = listed(other)
    assert total - 1 in (len(acknowledged), len(acknowledged) + 1)


def test_a_database_that_is_away_ends_every_command_with_a_line(data: Path) -> None:
    url = "postgres://hub:hush@127.0.0.1:1/hub"
    for command in ("serve", "migrate", "check"):
        done = hub(command, data=data, HUB_DATABASE_URL=url)
        assert done.returncode == 1
        assert "hub: PostgreSQL cannot be used at 127.0.0.1:1/hub: " in done.stderr
        assert "Traceback" not in done.stderr
        assert "hush" not in done.stderr + done.stdout


def test_check_tells_where_records_are_kept(data: Path, url: str) -> None:
    output = hub("check", data=data, HUB_DATABASE_URL=url).stdout
    assert "/hub: 0 articles" in output
