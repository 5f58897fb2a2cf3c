"""A real OpenSearch node for the tests, one for all workers of a run, which ends with the run."""

from __future__ import annotations

import fcntl
import os
import shutil
import socket
import subprocess
import tempfile
from contextlib import ExitStack
from functools import lru_cache
from pathlib import Path

import pytest
from typing_extensions import override

from search_index.engine import DEFAULT_OPTIONS, EngineOptions
from search_index.engines.opensearch import OpenSearchEngine
from search_index.engines.opensearch.address import parse_address

RUN = Path(__file__).with_name("run.sh")
MISSING = "no JDK 21 and Maven here: apt-get install openjdk-21-jdk-headless maven"

_free: list[str] = []
_count = 0


def _has_java() -> bool:
    return (
        shutil.which("mvn") is not None
        and subprocess.run([RUN, "check"], capture_output=True, check=False).returncode == 0
    )


def need_java() -> None:
    """Skip the test where there is no Java; in CI it fails."""
    if not _has_java():
        if os.environ.get("CI"):
            pytest.fail(MISSING)
        pytest.skip(MISSING)


@lru_cache(maxsize=1)
def node() -> str:
    """Return `host:port` of the node, and start it first; skip the test where there is no Java."""
    need_java()
    is_worker = "PYTEST_XDIST_WORKER" in os.environ
    run = os.getppid() if is_worker else os.getpid()
    folder = Path(tempfile.gettempdir()) / f"hub-opensearch-tests-{run}"
    folder.mkdir(exist_ok=True)
    with (folder / "lock").open("a") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        port = folder / "port"
        if not port.exists():
            _start(folder, free_port(), run)
        return f"127.0.0.1:{port.read_text()}"


def _start(folder: Path, port: int, run: int) -> None:
    environment = {
        **os.environ,
        "OPENSEARCH_PORT": str(port),
        "OPENSEARCH_STATE": str(folder / "node"),
    }
    # Whatever ends this run: the node ends with it.
    watch = f'while kill -0 {run} 2>/dev/null; do sleep 1; done; "{RUN}" clean; rm -rf "{folder}"'
    subprocess.run(
        ["sh", "-c", f"({watch}) </dev/null >/dev/null 2>&1 &"],
        cwd="/",
        env=environment,
        start_new_session=True,
        check=True,
    )
    started = subprocess.run(
        [RUN, "start"], env=environment, capture_output=True, text=True, check=False
    )
    if started.returncode:
        pytest.fail(f"OpenSearch did not start: {started.stderr}")
    (folder / "port").write_text(str(port))


def free_port(nodes: int = 1) -> int:
    """Return the first of so many ports that are free, as are those ten above.

    Nodes talk to each other by the latter.
    """
    while True:
        with ExitStack() as stack:
            first = stack.enter_context(socket.socket())
            first.bind(("127.0.0.1", 0))
            port: int = first.getsockname()[1]
            others = [port + 10, *(port + n + m for n in range(1, nodes) for m in (0, 10))]
            try:
                for other in others:
                    stack.enter_context(socket.socket()).bind(("127.0.0.1", other))
            except (OSError, OverflowError):
                continue
            return port


class EmptiedEngine(OpenSearchEngine):
    """An engine whose index is emptied for the next test, which takes less than a new one.

    What was deleted before has to leave no trace in any result.
    """

    def __init__(self, name: str, options: EngineOptions) -> None:
        super().__init__(parse_address(f"//{node()}/{name}", secure=False), options)
        self._name = name

    @classmethod
    async def open(cls, options: EngineOptions = DEFAULT_OPTIONS) -> EmptiedEngine:
        """Return an engine with an empty index that no other test uses."""
        global _count
        if _free:
            engine = cls(_free.pop(), options)
            await engine.write([], list(await engine.stamps()))
            return engine
        _count += 1
        engine = cls(f"emptied-{os.getpid()}-{_count}", options)
        async with engine.rebuild():
            pass
        return engine

    @override
    async def close(self) -> None:
        """Close it, and let another test have its index."""
        if not self._client.is_closed:
            _free.append(self._name)
        await super().close()
