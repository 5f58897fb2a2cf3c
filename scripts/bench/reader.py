"""A process that only reads an index: `python -m scripts.bench.reader FOLDER`.

Reads queries as a JSON list from standard input, and prints its peak memory in MB.
"""

from __future__ import annotations

import json
import re
import resource
import sys
from pathlib import Path

import anyio

from search_index.engine import NO_TIME_LIMIT
from search_index.engines import open_engine
from search_index.query import FacetField, SearchQuery, SuggestQuery


async def _read(folder: str, texts: list[str]) -> None:
    engine = open_engine(f"whoosh:{folder}", NO_TIME_LIMIT)
    for text in texts:
        await engine.search(SearchQuery(text, facets=tuple(FacetField), fragments=3))
        await engine.suggest(SuggestQuery(text))
    await engine.close()


def _peak_memory() -> float:
    """Return the peak in MB; from /proc if possible: getrusage includes memory before exec."""
    status = Path("/proc/self/status")
    if status.exists():
        peak = re.search(r"VmHWM:\s+(\d+) kB", status.read_text())
        if peak:
            return int(peak[1]) / 1024
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


if __name__ == "__main__":
    anyio.run(_read, sys.argv[1], json.load(sys.stdin))
    sys.stdout.write(f"{_peak_memory():.1f}\n")
