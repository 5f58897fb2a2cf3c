"""A hub as users run it: a server process on a free port, used over HTTP."""

from __future__ import annotations

import contextlib
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from types import TracebackType
from typing import Any, Self

import httpx

from tests.support.paths import ROOT

START_SECONDS = 60


def free_port() -> int:
    """Return a port that no process listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def hub(*arguments: str, data: Path, **env: str) -> subprocess.CompletedProcess[str]:
    """Run a `hub` command on a data folder."""
    return subprocess.run(
        [sys.executable, "-m", "scripts", *arguments],
        env=environment(data, **env),
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )


def environment(data: Path, **env: str) -> dict[str, str]:
    """Return this process's environment, without its settings of a hub."""
    inherited = {key: value for key, value in os.environ.items() if not key.startswith("HUB_")}
    return inherited | {"HUB_DATA_DIR": str(data), "PYTHONPATH": str(ROOT)} | env


class Server:
    """`hub serve` on a data folder; use it as a context. `output` holds what it printed."""

    def __init__(self, data: Path, *options: str, token: str | None = None, **env: str) -> None:
        self.data = data
        self.port = free_port()
        self.url = f"http://127.0.0.1:{self.port}"
        self._options = options
        self._env = env
        headers = {"authorization": f"Bearer {token}"} if token else {}
        self.client = httpx.Client(base_url=self.url, headers=headers, timeout=30)
        self.log = data.parent / f"server-{self.port}.log"

    def start(self) -> Self:
        """Start the process and wait until it is ready."""
        self.launch()
        self._wait(self._is_ready)
        return self

    def launch(self) -> None:
        """Start the process."""
        with self.log.open("ab") as log:
            self.process = subprocess.Popen(
                [
                    *(sys.executable, "-m", "scripts", "serve", "--port", str(self.port)),
                    *self._options,
                ],
                env=environment(self.data, **self._env),
                cwd=ROOT,
                stdout=log,
                stderr=log,
                start_new_session=True,
            )

    def wait_until_it_answers(self) -> None:
        """Wait until the process answers, whether or not it can be searched."""
        self._wait(lambda: self.client.get("/healthz").is_success)

    def _is_ready(self) -> bool:
        ready = self.client.get("/readyz").json()
        metrics = self.client.get("/metrics")
        is_indexed = metrics.is_error or "\nhub_outbox_events 0.0\n" in metrics.text
        return ready.get("index") == "ok" and is_indexed

    def _wait(self, holds: Callable[[], bool]) -> None:
        deadline = time.monotonic() + START_SECONDS
        while time.monotonic() < deadline:
            assert self.process.poll() is None, self.output()
            with contextlib.suppress(httpx.TransportError):
                if holds():
                    return
            time.sleep(0.02)
        raise AssertionError(f"not ready in {START_SECONDS} s:\n{self.output()}")

    def kill(self) -> None:
        """Send SIGKILL to the server and its child processes."""
        with contextlib.suppress(ProcessLookupError):
            os.killpg(self.process.pid, signal.SIGKILL)
        self.process.wait(10)

    def stop(self) -> int:
        """Send SIGTERM, as a service manager does; return the exit status."""
        self.process.terminate()
        return self.process.wait(20)

    def output(self) -> str:
        """Return the server's output so far."""
        return self.log.read_text()

    def ask(self, query: str, **variables: Any) -> Any:
        """Return the data of a response; an error in it fails the test."""
        response = self.client.post("/graphql", json={"query": query, "variables": variables})
        answer = response.json()
        assert "errors" not in answer, answer
        return answer["data"]

    def __enter__(self) -> Self:
        return self.start()

    def __exit__(
        self,
        kind: type[BaseException] | None,
        value: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.kill()
        self.client.close()
