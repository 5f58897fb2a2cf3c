"""How much memory a server takes once its caches are full."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from itertools import count

from scripts.bench.client import Connection, drive, get, post
from scripts.bench.process import BenchError, ServerProcess
from scripts.bench.questions import ARTICLE_PAGE

DOCUMENTS = 1_000
"""Documents that no server remembers all of."""

CLIENTS = 8
MOST_SECONDS = 600.0
_EVICTIONS = re.compile(rb"^hub_cache_evictions_total ([0-9.e+]+)$", re.MULTILINE)


async def memory_when_full(
    server: ServerProcess, connection: Connection, slugs: Sequence[str]
) -> int:
    """The bytes that a server takes, after it had to drop answers and documents.

    Raises:
        BenchError: its cache does not get full.
    """
    documents = new_documents(slugs)
    for _ in range(DOCUMENTS):
        await connection.ask(next(documents))
    answers, seconds = _new_answers(slugs), 0.0
    while not await _evictions(connection):
        if seconds > MOST_SECONDS:
            raise BenchError("The cache of answers does not get full.")
        seconds += (await drive(server.port, answers, CLIENTS, 0.5)).seconds
    return (await server.usage()).memory_bytes


def new_documents(slugs: Sequence[str]) -> Iterator[bytes]:
    """Endless article pages, each asked for by a document that was never sent before."""
    for number in count():
        slug = slugs[number % len(slugs)]
        yield post(f"{ARTICLE_PAGE}# {number}", {"slug": slug})


def _new_answers(slugs: Sequence[str]) -> Iterator[bytes]:
    """Endless article pages by one document; each counts as an answer of its own."""
    for number in count():
        yield post(ARTICLE_PAGE, {"slug": slugs[number % len(slugs)], "number": number})


async def _evictions(connection: Connection) -> bool:
    found = _EVICTIONS.search((await connection.ask(get("/metrics"))).body)
    return found is not None and float(found[1]) > 0
