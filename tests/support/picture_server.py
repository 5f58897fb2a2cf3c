"""A web server of pictures on this machine, which counts its requests."""

from __future__ import annotations

import threading
from collections import Counter
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from time import sleep
from typing import Any, NamedTuple

from typing_extensions import override


class Answer(NamedTuple):
    """An answer of the server."""

    content: bytes = b""
    status: int = 200
    headers: Mapping[str, str] = {}  # never changed
    seconds: float = 0.0


class PictureServer:
    """The server: its answers by path, and what it was asked."""

    def __init__(self, answers: Mapping[str, Answer | bytes]) -> None:
        self.answers = dict(answers)
        self.requests: Counter[str] = Counter()
        self.most_at_once = 0
        self.url = ""
        self._open = 0
        self._lock = threading.Lock()

    def answer(self, path: str) -> Answer:
        """Return the answer for a path, and count the request."""
        with self._lock:
            self.requests[path] += 1
            self._open += 1
            self.most_at_once = max(self.most_at_once, self._open)
        found = self.answers.get(path, Answer(b"gone", 404))
        answer = found if isinstance(found, Answer) else Answer(found)
        sleep(answer.seconds)
        return answer

    def close_request(self) -> None:
        """Count the end of a request."""
        with self._lock:
            self._open -= 1


@contextmanager
def serve(answers: Mapping[str, Answer | bytes]) -> Iterator[PictureServer]:
    """Serve these answers at a port of 127.0.0.1 until the context ends."""
    pictures = PictureServer(answers)

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_GET(self) -> None:
            answer = pictures.answer(self.path)
            self.send_response(answer.status)
            for name, value in answer.headers.items():
                self.send_header(name, value)
            if "content-length" not in answer.headers:
                self.send_header("content-length", str(len(answer.content)))
            self.end_headers()
            self.wfile.write(answer.content)
            pictures.close_request()

        @override
        def log_message(self, *_: Any) -> None:
            pass

    class Server(ThreadingHTTPServer):
        @override
        def handle_error(self, *_: Any) -> None:
            """Say nothing of clients that do not read to the end."""

    server = Server(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    pictures.url = f"http://127.0.0.1:{server.server_port}"
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05})
    thread.start()
    try:
        yield pictures
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
