"""Somebody who is told by webhook: a real HTTP server, which can be told to misbehave."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, NamedTuple

from typing_extensions import override

SECRET = "whsec_" + base64.b64encode(b"a key of twenty-four octets").decode()


class Got(NamedTuple):
    """A message that came, and what was answered."""

    id: str
    headers: dict[str, str]
    body: str
    answered: int

    @property
    def data(self) -> Any:
        """What is to be purged."""
        return json.loads(self.body)["data"]

    def is_signed(self, secret: str = SECRET) -> bool:
        """Whether it verifies, as a library of Standard Webhooks does it."""
        key = base64.b64decode(secret.removeprefix("whsec_"))
        signed = f"{self.id}.{self.headers['webhook-timestamp']}.{self.body}".encode()
        expected = "v1," + base64.b64encode(hmac.new(key, signed, hashlib.sha256).digest()).decode()
        return expected in self.headers["webhook-signature"].split()


class Receiver:
    """What came, in order. `answers` are given one after the other, then 204s."""

    def __init__(self) -> None:
        self.got: list[Got] = []
        self.answers: list[int] = []
        self.delay_seconds = 0.0
        self.refuses: set[str] = set()
        """Tags for which 500 is answered as long as they are in here."""
        self.url = ""

    @property
    def taken(self) -> list[Got]:
        """The messages that were answered well."""
        return [one for one in self.got if one.answered < 300]

    def until(self, count: int, seconds: float = 20) -> list[Got]:
        """What has been taken, once it is as many."""
        deadline = time.monotonic() + seconds
        while len(self.taken) < count:
            assert time.monotonic() < deadline, self.got
            time.sleep(0.01)
        return self.taken

    def answer(self, headers: dict[str, str], body: str) -> int:
        """Note a message, and say what to answer."""
        status = self.answers.pop(0) if self.answers else 204
        if self.refuses & set(json.loads(body)["data"]["tags"]):
            status = 500
        self.got.append(Got(headers["webhook-id"], headers, body, status))
        return status


@contextmanager
def receiving(port: int = 0) -> Iterator[Receiver]:
    """A receiver on a port of its own."""
    receiver = Receiver()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["content-length"])).decode()
            time.sleep(receiver.delay_seconds)
            headers = {name.lower(): value for name, value in self.headers.items()}
            self.send_response(receiver.answer(headers, body))
            self.end_headers()

        @override
        def log_message(self, format: str, *args: Any) -> None:
            """Say nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", port), Handler)
    receiver.url = f"http://127.0.0.1:{server.server_port}/purge?key=not-to-be-told"
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05})
    thread.start()
    try:
        yield receiver
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
