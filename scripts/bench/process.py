"""Server processes: start them, read their usage, stop them."""

from __future__ import annotations

import asyncio
import json
import os
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import NamedTuple

import anyio

from hub.settings import Settings

ROOT = Path(__file__).parents[2]
START_SECONDS = 60
END_SECONDS = 20


class BenchError(Exception):
    """A benchmark cannot continue; the message says why."""


class Usage(NamedTuple):
    """Resource usage of a process with all threads, since its start.

    `memory_bytes` is its current memory, without file-backed pages.
    """

    cpu_seconds: float
    statements: int
    memory_bytes: int


class ServerProcess:
    """A running server, which listens on `port` of 127.0.0.1."""

    def __init__(self, process: asyncio.subprocess.Process, port: int) -> None:
        self._process = process
        self.port = port

    async def usage(self) -> Usage:
        """Read its usage so far, to the microsecond; this costs the process about 50 µs."""
        if self._process.stdin is None:
            raise BenchError("The server's standard input is closed.")
        self._process.stdin.write(b"\n")
        return Usage(**json.loads(await _read_line(self._process)))


@asynccontextmanager
async def start_server(
    factory: str, settings: Settings, log: Path, root: Path = ROOT
) -> AsyncIterator[ServerProcess]:
    """Start a server process of `factory` (`module:function`), and stop it with the context.

    It is configured by `settings` alone, not by this process's environment; its standard error
    goes to `log`. It runs the code of the checkout `root`. It listens, and need not be ready yet.

    Raises:
        BenchError: it does not start, or the body of the context raises BenchError or
            TimeoutError; the message contains the end of its log.
    """
    with log.open("wb") as stderr:
        process = await asyncio.create_subprocess_exec(
            *(sys.executable, "-m", "scripts.bench.server", factory),
            stdin=asyncio.subprocess.PIPE,
            stdout=asyncio.subprocess.PIPE,
            stderr=stderr,
            cwd=root,
            env=_environment(settings),
            start_new_session=True,  # Ctrl+C signals this process, which then stops the server
        )
    try:
        with anyio.fail_after(START_SECONDS):
            port: int = json.loads(await _read_line(process))
        yield ServerProcess(process, port)
    except (BenchError, TimeoutError) as error:
        raise BenchError(f"{error}\n{_log_tail(log)}".strip()) from error
    finally:
        await _stop(process)


def _log_tail(log: Path) -> str:
    return log.read_text(encoding="utf-8", errors="replace")[-2000:]


async def _read_line(process: asyncio.subprocess.Process) -> bytes:
    line = b"" if process.stdout is None else await process.stdout.readline()
    if not line:
        raise BenchError("The server has ended.")
    return line


async def _stop(process: asyncio.subprocess.Process) -> None:
    if process.stdin is not None:
        process.stdin.close()
    with anyio.CancelScope(shield=True):
        with anyio.move_on_after(END_SECONDS):
            await process.wait()
        if process.returncode is None:
            process.kill()
            await process.wait()


def _environment(settings: Settings) -> dict[str, str]:
    inherited = {name: value for name, value in os.environ.items() if not name.startswith("HUB_")}
    return inherited | {
        "HUB_DATA_DIR": str(settings.data_dir),
        "HUB_DATABASE_URL": settings.database_url,
        "HUB_SEARCH_URL": settings.search_url,
        "HUB_CACHE_BYTES": str(settings.cache_bytes),
        "HUB_SEARCHES_PER_MINUTE": "0",
        "HUB_MUTATIONS_PER_MINUTE": "0",
        "HUB_NEIGHBOURS": "0",  # computing neighbours takes long, and would be measured too
    }
