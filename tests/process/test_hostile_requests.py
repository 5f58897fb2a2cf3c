"""Bytes that are no decent request, sent to a real server: it refuses them, and goes on."""

from __future__ import annotations

import json
import random
import socket
from collections.abc import Iterator

import pytest
from websockets.exceptions import ConnectionClosed
from websockets.sync.client import connect
from websockets.typing import Subprotocol

from tests.support.server_process import Server

QUERY = b'{"query":"{ site { name } }"}'
SECONDS = 5


def post(body: bytes, *headers: bytes, path: bytes = b"/graphql") -> bytes:
    """A POST request as it should be, but for what is given."""
    lines = [b"POST " + path + b" HTTP/1.1", b"host: hub", b"connection: close", *headers]
    return b"\r\n".join(lines) + b"\r\n\r\n" + body


JSON = b"content-type: application/json"
LENGTH = b"content-length: %d" % len(QUERY)
CHUNKED = b"transfer-encoding: chunked"
DEEP = b"[" * 100_000 + b"]" * 100_000
IN_CHUNKS = b"%x\r\n%s\r\n0\r\n\r\n" % (len(QUERY), QUERY)


def sized(body: bytes) -> bytes:
    """A POST request with this body."""
    return post(body, JSON, b"content-length: %d" % len(body))


REQUESTS: dict[str, bytes] = {
    "nothing": b"\r\n\r\n",
    "bytes": bytes(range(256)) * 8,
    "TLS": b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03" + bytes(200),
    "HTTP/0.9": b"GET /graphql\r\n\r\n",
    "HTTP/9.9": b"GET /graphql HTTP/9.9\r\nhost: hub\r\n\r\n",
    "no such method": b"\xff\xfe /graphql HTTP/1.1\r\nhost: hub\r\n\r\n",
    "a long path": b"GET /" + b"a" * 100_000 + b" HTTP/1.1\r\nhost: hub\r\n\r\n",
    "a path of no text": b"GET /\xff\x00\xfe HTTP/1.1\r\nhost: hub\r\n\r\n",
    "a path of no UTF-8": b"GET /%ff%00%fe HTTP/1.1\r\nhost: hub\r\nconnection: close\r\n\r\n",
    "a query of no UTF-8": b"GET /graphql?query=%ff%fe HTTP/1.1\r\nhost: hub\r\n\r\n",
    "a large header": post(QUERY, JSON, LENGTH, b"x-large: " + b"a" * 300_000),
    "many headers": post(QUERY, JSON, LENGTH, *(b"x-%d: a" % n for n in range(20_000))),
    "a header of no text": post(QUERY, JSON, LENGTH, b"authorization: Bearer \xff\xfe\x80"),
    "a header with a NUL": post(QUERY, JSON, LENGTH, b"x-request-id: a\x00b"),
    "no name of a header": post(QUERY, JSON, LENGTH, b": a"),
    "a folded header": post(QUERY, JSON, LENGTH, b"x-folded: a\r\n b"),
    "two lengths": post(QUERY, JSON, LENGTH, b"content-length: 3"),
    "a negative length": post(QUERY, JSON, b"content-length: -1"),
    "a length of no number": post(QUERY, JSON, b"content-length: many"),
    "a length beyond numbers": post(QUERY, JSON, b"content-length: " + b"9" * 40),
    "a length and chunks": post(IN_CHUNKS, JSON, LENGTH, CHUNKED),
    "a chunk of no length": post(b"zz\r\n" + QUERY, JSON, CHUNKED),
    "a chunk beyond numbers": post(b"f" * 40 + b"\r\n" + QUERY, JSON, CHUNKED),
    "a chunk too short": post(b"2\r\n" + QUERY + b"\r\n0\r\n\r\n", JSON, CHUNKED),
    "an unknown coding": post(QUERY, JSON, LENGTH, b"transfer-encoding: smuggled"),
    "deep JSON": sized(DEEP),
    "deep variables": sized(b'{"query":"{ a }","variables":{"a":' + DEEP + b"}}"),
    "a body of no UTF-8": sized(b'{"query":"\xff\xfe\x80"}'),
    "half a surrogate": sized(b'{"query":"{ site { name } }","variables":{"a":"\\ud800"}}'),
    "a number beyond numbers": sized(b'{"query":' + b"9" * 5_000 + b"}"),
    "NaN": sized(b'{"query":"{ a }","variables":{"a":NaN}}'),
    "a key twice": sized(b'{"query":"{ a }","query":[]}'),
    "a body that is too long": sized(b" " * 1_100_000),
    "a document of brackets": sized(json.dumps({"query": "{a" * 30_000}).encode()),
    "a document of NULs": sized(json.dumps({"query": "\0" * 1_000}).encode()),
    "a socket of no key": b"GET /graphql HTTP/1.1\r\nhost: hub\r\nupgrade: websocket\r\n"
    b"connection: upgrade\r\nsec-websocket-version: 13\r\n\r\n",
    "a socket of no version": b"GET /graphql HTTP/1.1\r\nhost: hub\r\nupgrade: websocket\r\n"
    b"connection: upgrade\r\nsec-websocket-key: !!!\r\nsec-websocket-version: 99\r\n\r\n",
    "frames of no sense": b"GET /graphql HTTP/1.1\r\nhost: hub\r\nupgrade: websocket\r\n"
    b"connection: upgrade\r\nsec-websocket-key: dGhlIHNhbXBsZSBub25jZQ==\r\n"
    b"sec-websocket-version: 13\r\nsec-websocket-protocol: graphql-transport-ws\r\n\r\n"
    + b"\xff"
    * 500,
}


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    with Server(tmp_path_factory.mktemp("hostile") / "data") as server:
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


def answer(server: Server, request: bytes, *, waits: bool = False) -> bytes:
    """All that comes back until the server hangs up; who `waits` has not hung up before."""
    received = b""
    with socket.create_connection(("127.0.0.1", server.port), SECONDS) as line:
        try:
            line.sendall(request)
            if not waits:
                line.shutdown(socket.SHUT_WR)
            while part := line.recv(65_536):
                received += part
        except OSError:
            pass  # it has hung up
    return received


def assert_refused(server: Server, request: bytes) -> None:
    """Nothing comes back, or an answer that is no fault of the server's."""
    received = answer(server, request)
    assert b"Traceback" not in received
    for status in (line.split(b" ")[1] for line in received.splitlines() if line[:7] == b"HTTP/1."):
        assert int(status) < 500, received


@pytest.mark.parametrize("name", REQUESTS)
def test_what_is_no_request_does_no_harm(name: str, server: Server) -> None:
    assert_refused(server, REQUESTS[name])


@pytest.mark.parametrize("seed", range(40))
def test_a_damaged_request_does_no_harm(seed: int, server: Server) -> None:
    """Bits flipped, parts left out, doubled or put in, anywhere in a decent request."""
    chance = random.Random(seed)
    request = bytearray(
        post(IN_CHUNKS, JSON, CHUNKED) if seed % 2 else post(QUERY, JSON, LENGTH, b"accept: */*")
    )
    for _ in range(chance.randint(1, 6)):
        at, size = chance.randrange(len(request)), chance.randint(1, 12)
        match chance.randrange(4):
            case 0:
                request[at] ^= 1 << chance.randrange(8)
            case 1:
                del request[at : at + size]
            case 2:
                request[at:at] = request[at : at + size]
            case _:
                request[at:at] = chance.randbytes(size)
    assert_refused(server, bytes(request))


MALFORMED_PAYLOADS = (
    *("{}", '{"query": 5}', '{"query": null}', '{"query": ["{ a }"]}', '{"query": {}}'),
    *('{"documentId": 5}', '{"query": "{ a }", "operationName": 5}'),
    *('{"query": "{ a }", "variables": []}', '{"query": "{ a }", "extensions": "x"}'),
)
MESSAGES: dict[str, str | bytes] = {
    "no JSON": "{",
    "bytes": b"\x00\xff",
    "no object": "[1]",
    "no type": "{}",
    "a type of no text": '{"type": {}}',
    "an unknown type": '{"type": "x"}',
    "no id": '{"type": "subscribe", "payload": {"query": "{ site { name } }"}}',
    "an id of no text": '{"type": "subscribe", "id": 1, "payload": {"query": "{ a }"}}',
    "no payload": '{"type": "subscribe", "id": "1"}',
    "a payload of no object": '{"type": "subscribe", "id": "1", "payload": []}',
    "variables of no object": '{"type": "subscribe", "id": "1",'
    ' "payload": {"query": "{ site { name } }", "variables": 1}}',
    **{
        f"a payload: {payload}": f'{{"type": "subscribe", "id": "1", "payload": {payload}}}'
        for payload in MALFORMED_PAYLOADS
    },
    "half a surrogate": '{"type": "ping", "payload": {"a": "\\ud800"}}',
    "deep JSON": DEEP.decode()[:60_000],
    "a number beyond numbers": '{"type": "ping", "payload": {"a": ' + "9" * 5_000 + "}}",
    "a long id": '{"type": "subscribe", "id": "' + "a" * 60_000 + '", "payload": {"query": "{a}"}}',
    "too much": "a" * 2_000_000,
}


@pytest.mark.parametrize("name", MESSAGES)
@pytest.mark.parametrize("initialized", [False, True], ids=["a stranger", "a client"])
def test_what_is_no_message_ends_the_socket_alone(
    name: str, initialized: bool, server: Server
) -> None:
    address = f"ws://127.0.0.1:{server.port}/graphql"
    with connect(address, subprotocols=[Subprotocol("graphql-transport-ws")]) as socket_:
        if initialized:
            socket_.send('{"type": "connection_init"}')
            assert json.loads(socket_.recv(SECONDS)) == {"type": "connection_ack"}
        socket_.send(MESSAGES[name])
        try:
            while message := json.loads(socket_.recv(2)):
                assert message["type"] in ("pong", "error", "next", "complete"), message
                assert "INTERNAL_ERROR" not in json.dumps(message)
        except TimeoutError:
            return  # it was borne
        except ConnectionClosed as closed:
            code = closed.rcvd.code if closed.rcvd else None
    assert code in (1009, 4400, 4401), code


PATHS = (
    *("suggest", "feed.xml", "atom.xml", "feed.json", "oembed", "search", "sitemap.xml"),
    *("opensearch.xml", "docs/x", "hub-search.js", "static/x", "readyz", "schema.graphql"),
)
NAMES = ("q", "first", "limit", "topic", "author", "language", "article", "url", "after", "format")
VALUES = (
    *("", "ferry", "-1", "0", "99999999999999999999", "%00", "%ff", "%F0%9F%98%80", "../../etc"),
    *(
        "http://[",
        "a" * 3_000,
        "%22%27%3Cscript%3E",
        "null",
        "1e309",
        "%ed%a0%80",
        "*",
        "%0d%0aa:b",
    ),
)


@pytest.mark.parametrize("path", PATHS)
def test_no_address_is_too_strange(path: str, server: Server) -> None:
    chance = random.Random(path)
    for _ in range(40):
        arguments = "&".join(
            f"{chance.choice(NAMES)}={chance.choice(VALUES)}" for _ in range(chance.randint(0, 5))
        )
        address = f"GET /{path}?{arguments} HTTP/1.1\r\nhost: hub\r\nconnection: close\r\n\r\n"
        received = answer(server, address.encode(), waits=True)
        status = int(received.split(b" ", 2)[1])
        # oEmbed's word for a format that it does not have is 501.
        assert status < 500 or (path, status) == ("oembed", 501), (arguments, received[:2_000])
        assert b"Traceback" not in received
        assert b"\r\na:b" not in received.partition(b"\r\n\r\n")[0]


def test_half_requests_keep_nobody_waiting(server: Server) -> None:
    half = post(b"", JSON, b"content-length: 1000")[:-2]
    lines = [socket.create_connection(("127.0.0.1", server.port), SECONDS) for _ in range(100)]
    try:
        for line in lines:
            line.sendall(half)
        assert server.ask("{ site { name } }")["site"]
    finally:
        for line in lines:
            line.close()


@pytest.mark.parametrize("payload", MALFORMED_PAYLOADS)
def test_a_malformed_payload_is_a_violation_of_the_protocol(payload: str, server: Server) -> None:
    address = f"ws://127.0.0.1:{server.port}/graphql"
    with connect(address, subprotocols=[Subprotocol("graphql-transport-ws")]) as socket_:
        socket_.send('{"type": "connection_init"}')
        assert json.loads(socket_.recv(SECONDS)) == {"type": "connection_ack"}
        socket_.send(f'{{"type": "subscribe", "id": "1", "payload": {payload}}}')
        with pytest.raises(ConnectionClosed) as closed:
            socket_.recv(SECONDS)
    assert closed.value.rcvd is not None
    assert closed.value.rcvd.code == 4400
