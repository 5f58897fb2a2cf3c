"""Shares of one client in what a process has for all: websockets, subscriptions, searches."""

from __future__ import annotations

import json
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress
from itertools import count
from typing import Any

import httpx
import pytest
from websockets.exceptions import ConnectionClosed
from websockets.sync.client import ClientConnection, connect
from websockets.typing import Subprotocol

from tests.support.server_process import Server, hub

SIZE, SHARE = 60, 6
IDLE_SECONDS = 2
CHANGED = "subscription { articleChanged { change } }"
SEARCH = '{ search(query: "%s") { totalCount } }'
ADDRESSES = (f"198.51.100.{number}" for number in count(1))


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    data = tmp_path_factory.mktemp("shares") / "data"
    limits = {
        "HUB_PROXIES": "1",
        "HUB_MAX_SOCKETS": str(SIZE),
        "HUB_MAX_SUBSCRIPTIONS": str(SIZE),
        "HUB_SOCKET_IDLE_SECONDS": str(IDLE_SECONDS),
        "HUB_SEARCHES_PER_MINUTE": "3",
    }
    with Server(data, **limits) as server:
        yield server


def new_token(server: Server) -> str:
    done = hub("token", "create", "--role", "writer", "--name", "Rita", data=server.data)
    return next(word for word in done.stdout.split() if word.startswith("hub_"))


@contextmanager
def a_socket(server: Server, address: str, token: str = "") -> Iterator[ClientConnection]:
    """A websocket of a client at this address, after its connection_init."""
    with connect(
        f"ws://127.0.0.1:{server.port}/graphql",
        subprotocols=[Subprotocol("graphql-transport-ws")],
        additional_headers={"x-forwarded-for": address},
    ) as socket:
        payload = {"authorization": f"Bearer {token}"} if token else {}
        with suppress(ConnectionClosed):  # refused already
            socket.send(json.dumps({"type": "connection_init", "payload": payload}))
        yield socket


def outcome(socket: ClientConnection) -> str | int:
    """The type of the next message, or the code with which the socket is closed."""
    try:
        return str(json.loads(socket.recv(5))["type"])
    except ConnectionClosed as closed:
        return closed.rcvd.code if closed.rcvd else "lost"


def subscribe(socket: ClientConnection, id_: str) -> None:
    message = {"type": "subscribe", "id": id_, "payload": {"query": CHANGED}}
    socket.send(json.dumps(message))


@pytest.mark.parametrize("kind", ["address", "network", "token"])
def test_one_client_holds_a_tenth_of_the_sockets(server: Server, kind: str) -> None:
    secret = new_token(server) if kind == "token" else ""
    same = next(ADDRESSES)
    addresses = {
        "address": [same] * (SHARE + 1),
        "network": [f"2001:db8:0:1::{number}" for number in range(1, SHARE + 2)],
        "token": [next(ADDRESSES) for _ in range(SHARE + 1)],
    }[kind]
    with ExitStack() as stack:
        sockets = [stack.enter_context(a_socket(server, address, secret)) for address in addresses]
        outcomes = [outcome(socket) for socket in sockets]
        assert outcomes == ["connection_ack"] * SHARE + [1013]
        with a_socket(server, next(ADDRESSES)) as other:
            assert outcome(other) == "connection_ack"
        sockets[0].close()
        time.sleep(0.2)
        with a_socket(server, addresses[0], secret) as another:
            assert outcome(another) == "connection_ack"


def test_one_client_holds_a_tenth_of_the_subscriptions(server: Server) -> None:
    """On websockets and event streams together."""
    mine, stream = next(ADDRESSES), {"accept": "text/event-stream"}
    with ExitStack() as stack:
        for _ in range(2):
            socket = stack.enter_context(a_socket(server, mine))
            assert outcome(socket) == "connection_ack"
            for id_ in range(SHARE // 2):
                subscribe(socket, str(id_))
        time.sleep(0.5)
        subscribe(socket, "more")
        assert "TOO_MANY_SUBSCRIPTIONS" in str(socket.recv(5))
        for address, refused in ((mine, True), (next(ADDRESSES), False)):
            with server.client.stream(
                "POST",
                "/graphql",
                json={"query": CHANGED},
                headers=stream | {"x-forwarded-for": address},
            ) as response:
                start = ""
                for line in response.iter_lines():
                    start += line
                    if (refused and "data:" in line) or not refused:
                        break
                assert ("TOO_MANY_SUBSCRIPTIONS" in start) == refused, start


def test_a_socket_without_an_operation_ends(server: Server) -> None:
    """Pings keep no socket open, a running operation does."""
    with a_socket(server, next(ADDRESSES)) as idle, a_socket(server, next(ADDRESSES)) as busy:
        assert [outcome(idle), outcome(busy)] == ["connection_ack"] * 2
        subscribe(busy, "1")
        began = time.monotonic()
        while ping(idle) == "pong":
            assert time.monotonic() - began < IDLE_SECONDS + 3
            time.sleep(0.3)
        assert ping(idle) == 1000
        assert ping(busy) == "pong"
        busy.send('{"type": "complete", "id": "1"}')
        began = time.monotonic()
        assert outcome(busy) == 1000
        assert IDLE_SECONDS - 0.5 < time.monotonic() - began < IDLE_SECONDS + 2


def ping(socket: ClientConnection) -> str | int:
    with suppress(ConnectionClosed):
        socket.send('{"type": "ping"}')
    return outcome(socket)


def refusals(server: Server, clients: list[dict[str, str]]) -> list[bool]:
    """Whether a new search of each of these clients, in turn, is one too many."""

    def answer(index: int, headers: dict[str, str]) -> Any:
        query = SEARCH % f"w{time.monotonic_ns()}x{index}"
        return httpx.post(f"{server.url}/graphql", json={"query": query}, headers=headers).json()

    return ["RATE_LIMITED" in str(answer(*client)) for client in enumerate(clients)]


def test_tokens_of_one_name_have_limits_of_their_own(server: Server) -> None:
    first, second = new_token(server), new_token(server)
    clients = [{"authorization": f"Bearer {token}"} for token in [first] * 4 + [second]]
    assert refusals(server, clients) == [False, False, False, True, False]


def test_a_network_of_one_subscriber_has_one_limit(server: Server) -> None:
    addresses = [f"2001:db8:9:9::{number}" for number in range(1, 5)] + ["2001:db8:9:a::1"]
    clients = [{"x-forwarded-for": address} for address in addresses]
    assert refusals(server, clients) == [False, False, False, True, False]
