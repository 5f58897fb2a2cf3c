"""A server process that tells what it uses: `python -m scripts.bench.server MODULE:FACTORY`.

Serves the application on a free port of 127.0.0.1, set up as `hub serve` sets up its own. The
first line on standard output is the port, once it listens; each line on standard input is
answered by a line of JSON (see `scripts.bench.process.Usage`); the end of standard input ends
the process.
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
from uvicorn.importer import import_from_string

OPTIONS = {
    "log_level": "warning",
    "access_log": False,
    "proxy_headers": False,
    "server_header": False,
    "date_header": False,
    "ws_max_size": 65_536,
    "h11_max_incomplete_event_size": 65_536,
    "timeout_graceful_shutdown": 5,
}
"""The options of `hub serve`."""


def serve(factory: str) -> None:
    """Serve until standard input ends."""
    app: Starlette = import_from_string(factory)()
    config = uvicorn.Config(app, host="127.0.0.1", port=0, **OPTIONS)  # type: ignore[arg-type]
    socket = config.bind_socket()
    server = uvicorn.Server(config)
    threading.Thread(target=_tell, args=(server, app, socket.getsockname()[1]), daemon=True).start()
    server.run(sockets=[socket])


def _tell(server: uvicorn.Server, app: Starlette, port: int) -> None:
    while not server.started:
        time.sleep(0.01)
    _say(port)
    for _ in sys.stdin:
        database = getattr(app.state, "db", None)
        statements = 0 if database is None else database.statements
        used = {"cpu_seconds": time.process_time(), "statements": statements}
        _say({**used, "memory_bytes": _memory()})
    server.should_exit = True


def _memory() -> int:
    """Bytes of memory, without pages of files, which processes share.

    Elsewhere than on Linux, the most that there ever were, and all of it.
    """
    try:
        _, resident, shared, *_ = Path("/proc/self/statm").read_text().split()
    except OSError:
        peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
        return peak * (1 if sys.platform == "darwin" else 1024)
    return (int(resident) - int(shared)) * resource.getpagesize()


def _say(what: object) -> None:
    sys.stdout.write(json.dumps(what) + "\n")
    sys.stdout.flush()


if __name__ == "__main__":
    serve(sys.argv[1])
