"""Tests that need real server processes: contexts, signals, two processes, crashes."""

from __future__ import annotations

import contextlib
import os
import random
import shutil
import signal
import socket
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import httpx
import pytest

from scripts.server import GRACE_SECONDS
from tests.support.server_process import Server, hub

CREATE = """
mutation ($title: String!, $wait: Boolean!) {
  createArticle(
    input: {title: $title, body: {text: "Words."}, status: PUBLISHED, waitForIndex: $wait}
  ) {
    __typename
    ... on CreateArticlePayload { article { id title } }
    ... on Problem { message }
  }
}
"""
SEARCH = "query ($q: String!) { search(query: $q, first: 100) { totalCount nodes { title } } }"


@pytest.fixture
def data(tmp_path: Path) -> Path:
    folder = tmp_path / "a folder" / "data"
    folder.mkdir(parents=True)
    return folder


@pytest.fixture
def token(data: Path) -> str:
    result = hub("token", "create", "--role", "editor", "--name", "test", data=data)
    assert result.returncode == 0, result.stderr
    return result.stdout.strip()


def titles(server: Server, text: str) -> list[str]:
    return [node["title"] for node in server.ask(SEARCH, q=text)["search"]["nodes"]]


def wait_for_hits(server: Server, text: str, expected: list[str], seconds: float = 10) -> None:
    deadline = time.monotonic() + seconds
    while titles(server, text) != expected:
        assert time.monotonic() < deadline, (titles(server, text), server.output())
        time.sleep(0.02)


def test_a_save_is_found_on_return_with_wait_for_index(data: Path, token: str) -> None:
    with Server(data, token=token) as server:
        for i in range(10):
            payload = server.ask(CREATE, title=f"Harbour {i}", wait=True)["createArticle"]
            assert payload["article"]["title"] == f"Harbour {i}"
            assert f"Harbour {i}" in titles(server, f"harbour {i}")
        assert server.client.get("/healthz").status_code == 200
        assert server.stop() in (0, -signal.SIGTERM)
        assert token not in server.output()


def test_a_save_is_found_soon_without_waiting(data: Path, token: str) -> None:
    with Server(data, token=token) as server:
        server.ask(CREATE, title="Soon there", wait=False)
        wait_for_hits(server, "soon there", ["Soon there"])


def test_two_processes_on_one_folder_have_one_indexer_and_see_each_others_saves(
    data: Path, token: str
) -> None:
    with Server(data, token=token) as first, Server(data, token=token) as second:
        first.ask(CREATE, title="Written by one", wait=True)
        second.ask(CREATE, title="Written by two", wait=True)
        for server in (first, second):
            assert sorted(titles(server, "written by")) == ["Written by one", "Written by two"]
        first.kill()
        second.ask(CREATE, title="After the death", wait=True)
        assert titles(second, "death") == ["After the death"]


def test_several_workers_serve_one_hub(data: Path, token: str) -> None:
    with Server(data, "--workers", "2", token=token) as server:
        for i in range(6):
            server.client.close()  # a new connection may meet the other worker
            server.client = httpx.Client(
                base_url=server.url, headers={"authorization": f"Bearer {token}"}, timeout=30
            )
            server.ask(CREATE, title=f"Ferry {i}", wait=True)
            assert len(titles(server, "ferry")) == i + 1
        assert server.stop() in (0, -signal.SIGTERM)


def test_whatever_happens_to_the_index_while_the_hub_is_down_everything_is_found(
    data: Path, token: str
) -> None:
    index = data / "index"
    with Server(data, token=token) as server:
        for title in ("Ice one", "Ice two"):
            server.ask(CREATE, title=title, wait=True)
        server.stop()

        def delete_files() -> None:
            for file in [file for file in index.rglob("*") if file.is_file()][::2]:
                file.unlink()

        def truncate() -> None:
            for file in index.rglob("*"):
                if file.is_file():
                    file.write_bytes(file.read_bytes()[: file.stat().st_size // 2])

        def delete_all() -> None:
            shutil.rmtree(index)

        for damage in (delete_all, delete_files, truncate):
            damage()
            server.start()
            assert sorted(titles(server, "ice")) == ["Ice one", "Ice two"]
            server.stop()


KILLS = int(os.environ.get("HUB_TEST_KILLS", "10"))
"""More of them take longer; a release is tried with 50."""


@pytest.mark.slow
def test_kills_lose_no_acknowledged_save_and_double_none(data: Path, token: str) -> None:
    chance = random.Random(20260101)
    acknowledged: list[str] = []
    server = Server(data, token=token)
    try:
        for attempt in range(KILLS):
            server.start()
            killer = threading.Timer(chance.uniform(0, 0.25), server.kill)
            try:
                for i in range(1000):
                    title = f"Save{attempt}x{i} of the storm"
                    payload = server.ask(CREATE, title=title, wait=bool(i % 2))["createArticle"]
                    assert payload["article"]["title"] == title
                    acknowledged.append(title)
                    if i == 0:  # so that a slow machine has something to lose
                        killer.start()
            except (httpx.TransportError, httpx.DecodingError):
                pass
            killer.join()
        server.start()
        stored = [node["title"] for node in every(server, "articles(first: 100%s)")]
        indexed = [node["title"] for node in every(server, 'search(query: "storm", first: 100%s)')]
    finally:
        server.kill()
        server.client.close()
    assert len(acknowledged) >= KILLS
    assert len(stored) == len(set(stored))
    assert set(acknowledged) <= set(stored)
    assert sorted(indexed) == sorted(stored)


@pytest.mark.slow
def test_kills_while_many_save_at_once_lose_no_acknowledged_save(data: Path, token: str) -> None:
    """Saves that wait together are committed together, and acknowledged after that."""
    chance = random.Random(20260102)
    acknowledged: list[str] = []
    server = Server(data, token=token)

    def save_on(attempt: int, number: int) -> None:
        with contextlib.suppress(httpx.TransportError, httpx.DecodingError):
            for i in range(1_000):
                title = f"Save {attempt} {number} {i} of the storm"
                assert server.ask(CREATE, title=title, wait=False)["createArticle"]["article"]
                acknowledged.append(title)

    try:
        for attempt in range(8):
            server.start()
            with ThreadPoolExecutor(16) as pool:
                killer = threading.Timer(chance.uniform(0.2, 1.0), server.kill)
                killer.start()
                list(pool.map(save_on, [attempt] * 16, range(16)))
                killer.join()
        server.start()
        stored = [node["title"] for node in every(server, "articles(first: 100%s)")]
    finally:
        server.kill()
        server.client.close()
    assert len(acknowledged) >= 30
    assert len(stored) == len(set(stored))
    assert set(acknowledged) <= set(stored)


def every(server: Server, field: str) -> list[dict[str, str]]:
    """The nodes of a whole connection, page by page; `%s` is where the cursor goes."""
    nodes, after = [], ""
    while True:
        selection = "{ nodes { title } pageInfo { endCursor hasNextPage } }"
        page = server.ask(f"{{ page: {field % after} {selection} }}")["page"]
        nodes += page["nodes"]
        if not page["pageInfo"]["hasNextPage"]:
            return nodes
        after = f', after: "{page["pageInfo"]["endCursor"]}"'


@pytest.mark.parametrize("workers", ["1", "2"])
def test_streams_are_completed_at_a_stop(data: Path, workers: str) -> None:
    query = "subscription { articleChanged { change } }"
    stream = {"accept": "text/event-stream"}
    with (
        Server(data, "--workers", workers) as server,
        server.client.stream("POST", "/graphql", json={"query": query}, headers=stream) as events,
    ):
        lines = events.iter_lines()
        assert next(lines) == ":"  # a keep-alive: it has begun
        time.sleep(0.5)
        began = time.monotonic()
        server.process.terminate()
        assert "event: complete" in list(lines)
        assert server.process.wait(20) in (0, -signal.SIGTERM)
        assert time.monotonic() - began < GRACE_SECONDS
        assert "Traceback" not in server.output()
        assert "Cancel" not in server.output()


def test_a_taken_port_is_told_with_what_to_do(data: Path) -> None:
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        listener.listen()
        port = listener.getsockname()[1]
        refused = hub("serve", "--port", str(port), data=data)
    assert refused.returncode == 1
    assert f"cannot listen on 127.0.0.1:{port}" in refused.stderr
    assert "--port" in refused.stderr
    assert "Traceback" not in refused.stderr


def test_a_folder_that_cannot_be_written_is_told_with_what_to_do(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    refused = hub("migrate", data=tmp_path / "file" / "data")
    assert refused.returncode == 1
    assert "HUB_DATA_DIR" in refused.stderr
    assert "Traceback" not in refused.stderr


def test_a_server_prints_its_addresses_once_its_index_holds_every_article(data: Path) -> None:
    with Server(data, "--demo") as server:
        deadline = time.monotonic() + 20
        while "The hub is ready." not in server.output():
            assert time.monotonic() < deadline, server.output()
            time.sleep(0.05)
        assert f"Start page  {server.url}/\n" in server.output()
        assert "not ready" not in server.output()
        assert server.ask(SEARCH, q="harbour")["search"]["totalCount"] > 0
