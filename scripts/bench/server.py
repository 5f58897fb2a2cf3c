"""A server process that reports its usage: `python -m scripts.bench.server MODULE:FACTORY`.

Serves the application on a free port of 127.0.0.1, with the options of `hub serve`. The first
line on standard output is the port, once it listens; to each line on standard input it replies
with a line of JSON (see `scripts.bench.process.Usage`); the end of standard input stops it.
"""

from __future__ import annotations

import json
import resource
import sys
import threading
import time
from pathlib import Path

import uvicorn
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route
from uvicorn.importer import import_from_string

from scripts.server import uvicorn_options

MAX_CONNECTIONS = 2_000


def create_floor() -> Starlette:
    """Create an application that only returns plain text: the minimum cost of a response."""
    return Starlette(routes=[Route("/", _respond, methods=["GET"])])


async def _respond(_: Request) -> Response:
    return PlainTextResponse("An answer of plain text.")


def serve(factory: str) -> None:
    """Serve until standard input ends."""
    app: Starlette = import_from_string(factory)()
    config = uvicorn.Config(app, host="127.0.0.1", port=0, **uvicorn_options(MAX_CONNECTIONS))
    socket = config.bind_socket()
    server = uvicorn.Server(config)
    threading.Thread(
        target=_report_usage, args=(server, app, socket.getsockname()[1]), daemon=True
    ).start()
    server.run(sockets=[socket])


def _report_usage(server: uvicorn.Server, app: Starlette, port: int) -> None:
    while not server.started:
        time.sleep(0.01)
    _write_line(port)
    for _ in sys.stdin:
        database = getattr(app.state, "db", None)
        statements = 0 if database is None else database.statements
        usage = {"cpu_seconds": time.process_time(), "statements": statements}
        _write_line({**usage, "memory_bytes": _memory()})
    server.should_exit = True


def _memory() -> int:
    """Return the memory in bytes, without file-backed pages, which processes share.

    On systems other than Linux, the peak of all memory.
    """
    try:
        _, resident, shared, *_ = Path("/proc/self/statm").read_text().split()
    except OSError:
        peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
        return peak * (1 if sys.platform == "darwin" else 1024)
    return (int(resident) - int(shared)) * resource.getpagesize()


def _write_line(value: object) -> None:
    sys.stdout.write(json.dumps(value) + "\n")
    sys.stdout.flush()


if __name__ == "__main__":
    serve(sys.argv[1])
