"""A webhook receiver: a real HTTP server, which can be set to fail."""

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


class Delivery(NamedTuple):
    """A received message, and the status of the response."""

    id: str
    headers: dict[str, str]
    body: str
    answered: int

    @property
    def data(self) -> Any:
        """Data of the message: the tags to purge."""
        return json.loads(self.body)["data"]

    def is_signed(self, secret: str = SECRET) -> bool:
        """Verify the signature, as a library of Standard Webhooks does."""
        key = base64.b64decode(secret.removeprefix("whsec_"))
        signed = f"{self.id}.{self.headers['webhook-timestamp']}.{self.body}".encode()
        expected = "v1," + base64.b64encode(hmac.new(key, signed, hashlib.sha256).digest()).decode()
        return expected in self.headers["webhook-signature"].split()


class Receiver:
    """Received messages, in order. `answers` are the next statuses to return, then 204."""

    def __init__(self) -> None:
        self.deliveries: list[Delivery] = []
        self.answers: list[int] = []
        self.delay_seconds = 0.0
        self.refuses: set[str] = set()
        """Tags whose messages get status 500."""
        self.url = ""

    @property
    def accepted(self) -> list[Delivery]:
        """Messages with a response below 300."""
        return [item for item in self.deliveries if item.answered < 300]

    def wait_for(self, count: int, seconds: float = 20) -> list[Delivery]:
        """Wait until `count` messages are accepted; return them."""
        deadline = time.monotonic() + seconds
        while len(self.accepted) < count:
            assert time.monotonic() < deadline, self.deliveries
            time.sleep(0.01)
        return self.accepted

    def answer(self, headers: dict[str, str], body: str) -> int:
        """Record a message, and return the status to respond with."""
        status = self.answers.pop(0) if self.answers else 204
        if self.refuses & set(json.loads(body)["data"].get("tags", ())):
            status = 500
        self.deliveries.append(Delivery(headers["webhook-id"], headers, body, status))
        return status


@contextmanager
def receiving(port: int = 0) -> Iterator[Receiver]:
    """Run a receiver, on a free port by default."""
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
            """Log nothing."""

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
