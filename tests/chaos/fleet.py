"""The processes of a site: hubs on ports and in folders of their own, and nodes of OpenSearch."""

from __future__ import annotations

import os
import re
import shutil
import signal
import subprocess
from contextlib import suppress
from pathlib import Path

import httpx

from tests.support.opensearch import RUN, free_port
from tests.support.server_process import Server

NODES = 3
_LEADS = re.compile(r"^hub_index_leader 1", re.MULTILINE)


class Fleet:
    """The hubs of one site; any of them may be down."""

    def __init__(self, hubs: list[Server]) -> None:
        self.hubs = hubs

    def leader(self) -> Server | None:
        """Return the hub that leads an index now; None if none does that answers."""
        for server in self.hubs:
            with suppress(httpx.TransportError):
                page = httpx.get(f"{server.url}/metrics", timeout=1).text
                if _LEADS.search(page):
                    return server
        return None

    @staticmethod
    def signal(server: Server, number: signal.Signals) -> None:
        """Send a signal to all processes of a hub."""
        with suppress(ProcessLookupError):
            os.killpg(server.process.pid, number)


class Nodes:
    """A cluster of three nodes of OpenSearch. Use it as a context; its data ends with it."""

    def __init__(self, folder: Path) -> None:
        self._port = free_port(NODES)
        self._folder = folder
        self._env = {
            **os.environ,
            "OPENSEARCH_PORT": str(self._port),
            "OPENSEARCH_STATE": str(folder),
            "OPENSEARCH_HEAP": "384m",
        }

    @property
    def hosts(self) -> str:
        """The nodes as they stand in `HUB_SEARCH_URL`."""
        return ",".join(f"127.0.0.1:{self._port + number}" for number in range(NODES))

    def __enter__(self) -> Nodes:
        self.start()
        return self

    def __exit__(self, *_: object) -> None:
        for number in range(1, NODES + 1):
            self.signal(number, signal.SIGCONT)
        subprocess.run([RUN, "clean"], env=self._env, capture_output=True, check=False)
        shutil.rmtree(self._folder, ignore_errors=True)

    def start(self) -> None:
        """Start the nodes that do not run, and wait until all answer."""
        done = subprocess.run(
            [RUN, "start", str(NODES)], env=self._env, capture_output=True, text=True, check=False
        )
        assert done.returncode == 0, done.stderr

    def signal(self, number: int, signal_number: signal.Signals) -> None:
        """Send a signal to the node of this number, from 1 on."""
        with suppress(OSError, ValueError):
            pid = int((self._folder / f"node-{number}" / "pid").read_text())
            command = Path(f"/proc/{pid}/cmdline").read_bytes()
            if str(self._folder).encode() in command:
                os.kill(pid, signal_number)

    def answer(self) -> bool:
        """Return whether any node answers, and no index lacks a part."""
        for number in range(NODES):
            url = f"http://127.0.0.1:{self._port + number}/_cluster/health"
            with suppress(httpx.TransportError, ValueError, KeyError):
                if httpx.get(url, timeout=1).json()["status"] in ("yellow", "green"):
                    return True
        return False
