"""A separate process that writes an index; tests start it and sometimes kill it.

    python -m tests.support.whoosh_process FOLDER write|merge|rebuild|hold FIRST_ID

Prints a line when it is ready, and one after each commit.
"""

from __future__ import annotations

import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import count
from pathlib import Path

import anyio

from search_index.engines import open_engine
from search_index.engines.whoosh.index import writer
from tests.support.documents import a_document
from tests.support.paths import ROOT


@contextmanager
def start(folder: Path, task: str, first: int = 1) -> Iterator[subprocess.Popen[str]]:
    """Run this module on an index, up to its first line; kill it at the end."""
    command = [sys.executable, "-m", __name__, str(folder), task, str(first)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True, cwd=ROOT) as process:
        try:
            assert process.stdout is not None
            assert process.stdout.readline() == "ready\n"
            yield process
        finally:
            process.send_signal(signal.SIGKILL)


async def main(folder: Path, mode: str, first: int) -> None:
    """Write documents one by one, rebuild for ever, or hold the lock; until killed.

    In the mode "merge", every merge is left to another process.
    """
    engine = open_engine(f"whoosh:{folder}")
    _print_line("ready")
    if mode == "merge":
        writer.MAX_ROWS_MERGED_AT_ONCE = 0
    if mode in ("write", "merge"):
        for number in count(first):
            await engine.write([a_document(number, f"Bread {number}", "crumbs " * 200)], [])
            _print_line(str(number))
    elif mode == "rebuild":
        async with engine.rebuild() as fresh:
            for number in count(first):
                await fresh.write([a_document(number, f"Bread {number}", "crumbs " * 200)], [])
                _print_line(str(number))
    else:
        async with engine.lock() as acquired:
            _print_line(str(acquired))
            await anyio.sleep_forever()


def _print_line(line: str) -> None:
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()


if __name__ == "__main__":
    anyio.run(main, Path(sys.argv[1]), sys.argv[2], int(sys.argv[3]))
