"""Server processes as their parent sees them: started, asked what they used, ended."""

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
    """A bench cannot go on; the message says why."""


class Usage(NamedTuple):
    """What a process has used since it started; all of its threads, in seconds and statements.

    `memory_bytes` is what it has now, without pages of files.
    """

    cpu_seconds: float
    statements: int
    memory_bytes: int


class ServerProcess:
    """A running server; `port` is where it listens on 127.0.0.1."""

    def __init__(self, process: asyncio.subprocess.Process, port: int) -> None:
        self._process = process
        self.port = port

    async def usage(self) -> Usage:
        """What it has used so far, to the microsecond; asking costs it some 50 µs."""
        if self._process.stdin is None:
            raise BenchError("The server cannot be asked.")
        self._process.stdin.write(b"\n")
        return Usage(**json.loads(await _line(self._process)))


@asynccontextmanager
async def serving(factory: str, settings: Settings, log: Path) -> AsyncIterator[ServerProcess]:
    """A server process of `factory` (`module:function`), which ends with the context.

    It is set up by `settings` alone, not by this process's environment; what it writes about
    trouble goes into `log`. It listens, and need not be ready yet.

    Raises:
        BenchError: it does not start, or whatever is done with it fails so; the message holds
            the end of its log.
    """
    with log.open("wb") as trouble:
        process = await asyncio.create_subprocess_exec(
            *(sys.executable, "-m", "scripts.bench.server", factory),
            stdin=asyncio.subprocess.PIPE,
            stdout=asyncio.subprocess.PIPE,
            stderr=trouble,
            cwd=ROOT,
            env=_environment(settings),
            start_new_session=True,  # Ctrl+C is for this process, which then ends that one
        )
    try:
        with anyio.fail_after(START_SECONDS):
            port: int = json.loads(await _line(process))
        yield ServerProcess(process, port)
    except (BenchError, TimeoutError) as error:
        raise BenchError(f"{error}\n{_end_of(log)}".strip()) from error
    finally:
        await _end(process)


def _end_of(log: Path) -> str:
    return log.read_text(encoding="utf-8", errors="replace")[-2000:]


async def _line(process: asyncio.subprocess.Process) -> bytes:
    line = b"" if process.stdout is None else await process.stdout.readline()
    if not line:
        raise BenchError("The server has ended.")
    return line


async def _end(process: asyncio.subprocess.Process) -> None:
    if process.stdin is not None:
        process.stdin.close()
    with anyio.CancelScope(shield=True):
        with anyio.move_on_after(END_SECONDS):
            await process.wait()
        if process.returncode is None:
            process.kill()
            await process.wait()


def _environment(settings: Settings) -> dict[str, str]:
    kept = {name: value for name, value in os.environ.items() if not name.startswith("HUB_")}
    return kept | {
        "HUB_DATA_DIR": str(settings.data_dir),
        "HUB_DATABASE_URL": settings.database_url,
        "HUB_SEARCH_URL": settings.search_url,
        "HUB_CACHE_BYTES": str(settings.cache_bytes),
        "HUB_SEARCHES_PER_MINUTE": "0",
        "HUB_NEIGHBOURS": "0",  # drawing goes on for long, and would be measured with the rest
    }
