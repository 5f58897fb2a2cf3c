"""The engines that have to pass the contract."""

from __future__ import annotations

import hashlib
from collections import Counter
from pathlib import Path

from search_index.engine import DEFAULT_OPTIONS, EngineOptions, SearchEngine
from search_index.engines import open_engine
from tests.support import opensearch

ENGINES = ("whoosh", "opensearch")
"""The engines that must pass the contract; adding one is how an engine is finished."""

EXCEPTIONS = {
    ("opensearch", "test_when_time_runs_out_what_was_found_is_said_to_be_that"): (
        "the cluster's time limit ends no search of a few documents, so that this one is complete"
    ),
}
"""The only tests of the contract that an engine does not pass, with the reason."""

MAX_EXAMPLES = {"opensearch": 8}
"""Examples of a property that are tried on an engine that is slow to fill."""

_examples = Counter[tuple[str, str]]()


def is_enough(engine: str, test: str) -> bool:
    """Count an example of a property; return whether enough of them were tried on an engine."""
    _examples[engine, test] += 1
    return _examples[engine, test] > MAX_EXAMPLES.get(engine, 10_000)


def engine_url(engine: str, folder: Path | str) -> str:
    """Return the URL of an engine whose index belongs to a folder, and may not exist yet."""
    if engine == "opensearch":
        name = hashlib.sha256(str(folder).encode()).hexdigest()[:16]
        return f"opensearch://{opensearch.node()}/test-{name}"
    return f"{engine}:{folder}"


async def empty_engine(
    engine: str, folder: Path | str, options: EngineOptions = DEFAULT_OPTIONS
) -> SearchEngine:
    """Open an engine with an empty, live index."""
    if engine == "opensearch":
        return await opensearch.EmptiedEngine.open(options)
    opened = open_engine(engine_url(engine, folder), options)
    async with opened.rebuild():
        pass
    return opened
