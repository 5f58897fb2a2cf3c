"""A database that goes away while the hub runs: codes, statuses, log lines, and the way back."""

from __future__ import annotations

import json
import re
import subprocess
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any, NamedTuple

import anyio
import httpx
import pytest
from websockets.sync.client import connect
from websockets.typing import Subprotocol

from tests.support.postgres import Database
from tests.support.server_process import Server, hub

LIST = "{ articles(first: 5) { nodes { title } } }"
CREATE = (
    'mutation Create($title: String!) { createArticle(input: {title: $title, body: {text: "A."}})'
    " { __typename ... on CreateArticlePayload { article { title } } } }"
)
PAGES = (
    *("/feed.xml", "/atom.xml", "/feed.json", "/sitemap.xml", "/oembed?url=http://a.test/b"),
    *("/search?q=ferry", "/suggest?q=f", "/?article=x", "/readyz", "/metrics"),
)
REQUESTS = 150


@pytest.fixture
def data(tmp_path: Path) -> Path:
    folder = tmp_path / "data"
    folder.mkdir()
    return folder


def serve(data: Path, **env: str) -> Server:
    done = hub("token", "create", "--role", "editor", "--name", "test", data=data, **env)
    assert done.returncode == 0, done.stderr
    return Server(data, token=done.stdout.strip(), **env)


class Answer(NamedTuple):
    status: int
    codes: set[str]
    data: Any
    retry_after: str | None


def ask(server: Server, query: str, *, editor: bool = False, **variables: Any) -> Answer:
    client = server.client if editor else httpx
    response = client.post(
        f"{server.url}/graphql", json={"query": query, "variables": variables}, timeout=60
    )
    answer = response.json()
    codes = {error["extensions"]["code"] for error in answer.get("errors", [])}
    retry_after = response.headers.get("retry-after")
    return Answer(response.status_code, codes, answer.get("data"), retry_after)


def assert_unavailable(answer: Answer, code: str = "DATABASE_UNAVAILABLE") -> None:
    assert (answer.status, answer.codes, answer.data) == (503, {code}, None)
    assert answer.retry_after is not None
    assert int(answer.retry_after) > 0


def assert_quiet(lines: str, seconds: float) -> None:
    """No traceback, and a line a second of each kind at most."""
    assert "Traceback" not in lines, lines
    assert "INTERNAL" not in lines
    for logger, number in Counter(re.findall(r"(?:WARNING|ERROR) (\S+)", lines)).items():
        assert number <= seconds + 2, (logger, lines)


@pytest.fixture
def away(postgres: Database, data: Path) -> Iterator[Server]:
    """A server whose PostgreSQL has been stopped."""
    anyio.run(postgres.empty)
    with serve(data, HUB_DATABASE_URL=postgres.url) as server:
        assert ask(server, CREATE, editor=True, title="Ferry").status == 200
        assert ask(server, LIST).status == 200
        postgres.cluster.stop()
        try:
            yield server
        finally:
            if postgres.cluster.is_stopped:
                postgres.cluster.start()


def test_without_postgresql_everything_says_so(away: Server, postgres: Database) -> None:
    before, began = len(away.output()), time.monotonic()
    for number in range(REQUESTS):
        assert_unavailable(ask(away, f"{LIST} # {number}"))
    for query, editor in ((LIST, True), (CREATE, True), ("{ __typename }", True)):
        assert_unavailable(ask(away, query, editor=editor, title="Away"))
    for page in PAGES:
        response = httpx.get(away.url + page)
        assert response.status_code == 503, (page, response.text)
        assert "Traceback" not in response.text
    assert ask(away, "{ __typename }") == (200, set(), {"__typename": "Query"}, None)
    partial = '{ __typename article(slug: "ferry") { title } }'
    expected = (200, {"DATABASE_UNAVAILABLE"}, {"__typename": "Query", "article": None}, None)
    for _ in range(2):
        assert ask(away, partial) == expected
    assert "DATABASE_UNAVAILABLE" in streamed(away, LIST)
    with connect(
        f"ws://127.0.0.1:{away.port}/graphql",
        subprotocols=[Subprotocol("graphql-transport-ws")],
    ) as socket:
        socket.send('{"type": "connection_init"}')
        message = {"type": "subscribe", "id": "1", "payload": {"query": LIST}}
        socket.send(json.dumps(message))
        assert json.loads(socket.recv(10))["type"] == "connection_ack"
        assert "DATABASE_UNAVAILABLE" in str(socket.recv(30))
    assert_quiet(away.output()[before:], time.monotonic() - began)
    postgres.cluster.start()
    deadline = time.monotonic() + 20
    while ask(away, LIST).status != 200:
        assert time.monotonic() < deadline
        time.sleep(0.1)
    assert ask(away, partial).codes == set()  # nothing of the failure was kept
    assert ask(away, CREATE, editor=True, title="Back").data["createArticle"]["article"]


def streamed(server: Server, query: str) -> str:
    headers = {"accept": "text/event-stream"}
    return httpx.post(
        f"{server.url}/graphql", json={"query": query}, headers=headers, timeout=30
    ).text


def test_postgresql_without_space_says_so(postgres: Database, data: Path) -> None:
    """The error that PostgreSQL raises when a file cannot be extended, raised by a trigger."""
    anyio.run(postgres.empty)
    full = (
        "CREATE FUNCTION full_disk() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE EXCEPTION"
        " 'could not extend file: No space left on device' USING ERRCODE = 'disk_full'; END $$;"
        "CREATE TRIGGER full_disk BEFORE INSERT ON revision FOR EACH ROW"
        " EXECUTE FUNCTION full_disk();"
    )
    with serve(data, HUB_DATABASE_URL=postgres.url) as server:
        anyio.run(postgres.cluster.run, full, postgres.name)
        try:
            before, began = len(server.output()), time.monotonic()
            for number in range(10):
                answer = ask(server, CREATE, editor=True, title=f"Full {number}")
                assert_unavailable(answer, "STORAGE_FULL")
            assert ask(server, LIST).data == {"articles": {"nodes": []}}
            assert_quiet(server.output()[before:], time.monotonic() - began)
        finally:
            anyio.run(postgres.cluster.run, "DROP FUNCTION full_disk CASCADE", postgres.name)
        assert ask(server, CREATE, editor=True, title="Space").data["createArticle"]["article"]


@pytest.fixture
def small(tmp_path: Path) -> Iterator[Path]:
    """A folder on a file system of its own, of 12 MB."""
    folder = tmp_path / "small"
    folder.mkdir()
    options = ("-t", "tmpfs", "-o", "size=12m", "none")
    try:
        subprocess.run(["mount", *options, folder], check=True, capture_output=True)
    except (OSError, subprocess.CalledProcessError):
        pytest.skip("no file systems can be mounted here")
    try:
        yield folder
    finally:
        subprocess.run(["umount", "-l", folder], check=True)


def test_sqlite_without_space_says_so(small: Path) -> None:
    data = small / "data"
    data.mkdir()
    with serve(data) as server:
        assert ask(server, CREATE, editor=True, title="Ferry").status == 200
        filler = small / "filler"
        with filler.open("wb", buffering=0) as file, suppress(OSError):
            while True:
                file.write(bytes(4_096))
        before, began = len(server.output()), time.monotonic()
        answers = [ask(server, CREATE, editor=True, title=f"F{number}") for number in range(30)]
        assert_unavailable(answers[-1], "STORAGE_FULL")
        listed = ask(server, LIST)
        assert (listed.status, listed.codes) == (200, set())
        assert ask(server, LIST, editor=True).status == 200
        assert_quiet(server.output()[before:], time.monotonic() - began)
        filler.unlink()
        assert ask(server, CREATE, editor=True, title="Space").data["createArticle"]["article"]


def test_a_damaged_sqlite_file_says_so(data: Path) -> None:
    with serve(data) as server:
        assert ask(server, CREATE, editor=True, title="Ferry").status == 200
        before, began = len(server.output()), time.monotonic()
        for path in data.glob("hub.sqlite3*"):
            if not path.name.endswith("-shm"):
                with path.open("r+b") as file:
                    file.write(b"\xa5" * path.stat().st_size)
        for number in range(REQUESTS):
            assert_unavailable(ask(server, f"{LIST} # {number}"))
        for page in PAGES:
            # The indexer may have read what /metrics tells: then SQLite has it in memory still.
            status = httpx.get(server.url + page).status_code
            assert status == 503 or (page, status) == ("/metrics", 200), page
        assert ask(server, "{ __typename }").status == 200
        assert_quiet(server.output()[before:], time.monotonic() - began)
