"""A separate process that writes an index; tests start it and sometimes kill it.

    python -m tests.support.whoosh_process FOLDER write|rebuild|hold FIRST_ID

Prints a line when it is ready, and one after each commit.
"""

from __future__ import annotations

import sys
from itertools import count
from pathlib import Path

import anyio

from search_index.engines import open_engine
from tests.support.documents import a_document


async def main(folder: Path, mode: str, first: int) -> None:
    """Write documents one by one, rebuild for ever, or hold the lock; until killed."""
    engine = open_engine(f"whoosh:{folder}")
    _print_line("ready")
    if mode == "write":
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
