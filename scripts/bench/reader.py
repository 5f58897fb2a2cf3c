"""A process that only reads an index, for its memory: `python -m scripts.bench.reader FOLDER`.

Takes questions as a JSON list on standard input, and prints the most memory that it took, in MB.
"""

from __future__ import annotations

import json
import re
import resource
import sys
from pathlib import Path

import anyio

from search_index.engine import UNHURRIED
from search_index.engines import open_engine
from search_index.query import FacetField, SearchQuery, SuggestQuery


async def _read(folder: str, texts: list[str]) -> None:
    engine = open_engine(f"whoosh:{folder}", UNHURRIED)
    for text in texts:
        await engine.search(SearchQuery(text, facets=tuple(FacetField), fragments=3))
        await engine.suggest(SuggestQuery(text))
    await engine.close()


def _most_memory() -> float:
    """In MB. Where /proc tells, from there: getrusage counts what was there before exec."""
    status = Path("/proc/self/status")
    if status.exists():
        peak = re.search(r"VmHWM:\s+(\d+) kB", status.read_text())
        if peak:
            return int(peak[1]) / 1024
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


if __name__ == "__main__":
    anyio.run(_read, sys.argv[1], json.load(sys.stdin))
    sys.stdout.write(f"{_most_memory():.1f}\n")
