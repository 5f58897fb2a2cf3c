"""What a client may take before it has asked anything: connections, heads of requests, time."""

from __future__ import annotations

import contextlib
import json
import re
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from websockets.sync.client import connect
from websockets.typing import Subprotocol

from scripts.server import (
    HEAD_SECONDS,
    MAX_HEAD_BYTES,
    MAX_HEADERS,
    SPARE_FILES,
    STALL_SECONDS,
)
from tests.support.paths import ROOT
from tests.support.server_process import Server

LINE = b"GET /healthz HTTP/1.1\r\n"
HEAD = LINE + b"host: hub\r\nconnection: close\r\n"
QUERY = b'{"query":"{ site { name } }"}'
POST = b"POST /graphql HTTP/1.1\r\nhost: hub\r\ncontent-type: application/json\r\n"
PIECE = b"a" * 1_000_000


def headers(number: int) -> bytes:
    return b"".join(b"x-%d: a\r\n" % index for index in range(number))


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    with Server(tmp_path_factory.mktemp("connections") / "data") as server:
        yield server


@pytest.fixture(autouse=True)
def calm(server: Server) -> Iterator[None]:
    """After each test the server answers, and has logged no error."""
    before = len(server.output())
    yield
    assert server.ask("{ site { name } }")["site"]
    output = server.output()[before:]
    assert "Traceback" not in output, output
    assert "ERROR" not in output, output


def status_of(server: Server, *parts: bytes, pause: float = 0.0) -> int:
    """The status of the response to these bytes; 0 if the server hangs up without one."""
    received = b""
    with socket.create_connection(("127.0.0.1", server.port), 30) as line:
        with contextlib.suppress(OSError):  # it may hang up before everything is sent
            for part in parts:
                line.sendall(part)
                time.sleep(pause)
        with contextlib.suppress(ConnectionResetError):
            while part := line.recv(65_536):
                received += part
    return int(received.split(b" ")[1]) if received else 0


@pytest.mark.parametrize(
    ("status", "parts"),
    [
        pytest.param(200, [HEAD + b"\r\n"], id="a small head"),
        pytest.param(200, [HEAD + headers(MAX_HEADERS - 2) + b"\r\n"], id="100 headers"),
        pytest.param(431, [HEAD + headers(MAX_HEADERS - 1) + b"\r\n"], id="101 headers"),
        pytest.param(431, [HEAD, headers(500_000)], id="500,000 headers"),
        pytest.param(200, [HEAD + b"x: " + b"a" * 65_000 + b"\r\n\r\n"], id="65,000 bytes"),
        pytest.param(431, [HEAD + b"x: " + b"a" * MAX_HEAD_BYTES + b"\r\n\r\n"], id="64 KiB"),
        pytest.param(431, [HEAD + b"x: ", *[PIECE] * 90], id="90 MB of a header"),
        pytest.param(431, [HEAD, *[PIECE] * 90], id="90 MB of a header's name"),
        pytest.param(431, [b"GET /?", *[PIECE] * 90], id="90 MB of an address"),
        pytest.param(0, [POST + b"transfer-encoding: chunked\r\n\r\n1\r\n{\r\n0\r\n"
                         + headers(500_000)], id="500,000 trailers"),
    ],
)  # fmt: skip
def test_a_head_has_bounds(server: Server, status: int, parts: list[bytes]) -> None:
    assert status_of(server, *parts) == status


def test_heads_in_pieces_and_in_a_row_are_read(server: Server) -> None:
    """Bounds are of one head, however the bytes arrive, whatever bodies come before it."""
    assert status_of(server, *(HEAD[at : at + 1] for at in range(len(HEAD))), b"\r\n") == 200
    large = QUERY + b" " * 300_000
    post = POST + b"content-length: %d\r\n\r\n" % len(large) + large
    several = (post + LINE + b"host: hub\r\n" + headers(90) + b"\r\n") * 4 + HEAD + b"\r\n"
    with socket.create_connection(("127.0.0.1", server.port), 30) as line:
        line.sendall(several)
        received = b""
        while part := line.recv(65_536):
            received += part
    assert received.count(b"HTTP/1.1 200 OK") == 9


def test_a_body_in_small_chunks_is_read(server: Server) -> None:
    chunks = b"".join(b"%x\r\n%c\r\n" % (1, byte) for byte in QUERY + b" " * 60_000)
    request = POST + b"connection: close\r\ntransfer-encoding: chunked\r\n\r\n" + chunks
    assert status_of(server, request + b"0\r\n\r\n") == 200


DRIBBLES: dict[str, tuple[bytes, bytes, int]] = {
    "nothing": (b"", b"", 0),
    "half a head": (HEAD, b"", 408),
    "a byte from time to time": (b"GET /", b"a", 408),
    "empty lines from time to time": (b"", b"\r\n", 408),
    "headers from time to time": (HEAD, b"x: a\r\n", 408),
    "a second head from time to time": (LINE + b"host: hub\r\n\r\nGET /", b"a", 408),
    "a body that nobody reads": (LINE + b"host: hub\r\ncontent-length: 99\r\n\r\n", b"a", 200),
}


def test_a_head_has_a_deadline(server: Server) -> None:
    """The server hangs up within the deadline, however often another byte comes."""
    with ThreadPoolExecutor(len(DRIBBLES)) as clients:
        statuses = clients.map(lambda name: dribble(server, *DRIBBLES[name][:2]), DRIBBLES)
        reached = dict(zip(DRIBBLES, statuses, strict=True))
    assert reached == {name: status for name, (_, _, status) in DRIBBLES.items()}


def dribble(server: Server, start: bytes, more: bytes) -> int | None:
    """The last status before the server hangs up, 0 without one; None if it does not hang up."""
    received, began = b"", time.monotonic()
    with socket.create_connection(("127.0.0.1", server.port), 1) as line:
        line.sendall(start)
        while time.monotonic() - began < HEAD_SECONDS + 5:
            try:
                if not (part := line.recv(65_536)):
                    break
                received += part
            except TimeoutError:
                line.sendall(more)
            except ConnectionResetError:
                break
        else:
            return None
    statuses = [int(digits) for digits in re.findall(rb"HTTP/1\.1 (\d+)", received)]
    return statuses[-1] if statuses else 0


def test_websockets_and_used_connections_outlive_the_deadline(server: Server) -> None:
    address = f"ws://127.0.0.1:{server.port}/graphql"
    with connect(address, subprotocols=[Subprotocol("graphql-transport-ws")]) as socket_:
        socket_.send('{"type": "connection_init"}')
        assert json.loads(socket_.recv(5)) == {"type": "connection_ack"}
        with socket.create_connection(("127.0.0.1", server.port), 5) as line:
            began = time.monotonic()
            while time.monotonic() - began < HEAD_SECONDS + 2:
                line.sendall(LINE + b"host: hub\r\n\r\n")
                answer = b""
                while not answer.endswith(b"\r\n\r\nok"):  # head and body may come apart
                    answer += line.recv(65_536)
                assert answer.startswith(b"HTTP/1.1 200 OK")
                time.sleep(2)
        socket_.send('{"type": "ping"}')
        assert json.loads(socket_.recv(5)) == {"type": "pong"}


def test_connections_beyond_the_limit_are_refused_and_others_go_on(tmp_path: Path) -> None:
    limit = 20
    with (
        Server(tmp_path / "data", HUB_MAX_CONNECTIONS=str(limit)) as server,
        contextlib.ExitStack() as stack,
    ):
        server.client.close()  # it keeps a connection open
        time.sleep(0.2)
        address = ("127.0.0.1", server.port)
        lines = [
            stack.enter_context(socket.create_connection(address, 5)) for _ in range(limit * 2)
        ]
        statuses = []
        for line in lines:
            line.sendall(LINE + b"host: hub\r\n\r\n")
            statuses.append(int(line.recv(65_536).split(b" ")[1]))
        assert statuses == [200] * limit + [503] * limit
        lines[0].close()
        deadline = time.monotonic() + 5
        while (status := status_of(server, HEAD + b"\r\n")) != 200:
            assert time.monotonic() < deadline, status


REQUESTS = 400


def fetch_schemas(
    server: Server, stack: contextlib.ExitStack, number: int = REQUESTS
) -> socket.socket:
    """Ask for some 50 MB on one connection, of which the kernel takes a few."""
    line = stack.enter_context(socket.socket())
    line.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 8_192)
    line.connect(("127.0.0.1", server.port))
    line.sendall(b"GET /schema.graphql HTTP/1.1\r\nhost: hub\r\n\r\n" * number)
    return line


def read_all(line: socket.socket) -> int:
    """The number of responses that still come until the server hangs up, or nothing comes."""
    line.settimeout(3)
    received = 0
    with contextlib.suppress(TimeoutError, ConnectionResetError):
        while part := line.recv(1_000_000):
            received += part.count(b"type Query {")
    return received


def test_who_takes_no_response_is_cut_off_and_who_is_slow_is_not(server: Server) -> None:
    with contextlib.ExitStack() as stack:
        stalled, slow = fetch_schemas(server, stack), fetch_schemas(server, stack)
        began = time.monotonic()
        while time.monotonic() - began < STALL_SECONDS * 2.5:
            assert slow.recv(40_000)
            time.sleep(0.1)
        assert read_all(stalled) < REQUESTS / 2
        assert read_all(slow) > REQUESTS / 2


def test_a_client_that_leaves_with_requests_in_work_leaves_no_error(server: Server) -> None:
    for number in (2, 3, 50):
        with contextlib.ExitStack() as stack:
            line = fetch_schemas(server, stack, number)
            assert line.recv(1_000)
    time.sleep(0.5)


def test_the_limit_of_open_files_is_raised_for_the_connections() -> None:
    code = (
        "import resource; from scripts.server import allow_connections;"
        "resource.setrlimit(resource.RLIMIT_NOFILE, (64, resource.getrlimit(7)[1]));"
        "allow_connections(100); print(*resource.getrlimit(resource.RLIMIT_NOFILE))"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True
    )
    soft, hard = map(int, done.stdout.split())
    assert soft == min(100 + SPARE_FILES, hard)
