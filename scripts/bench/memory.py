"""Measurement of a server's memory when its caches are full."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from itertools import count

from scripts.bench.client import Connection, drive, get, post
from scripts.bench.process import BenchError, ServerProcess
from scripts.bench.questions import ARTICLE_PAGE

DOCUMENTS = 1_000
"""Number of documents: more than a server caches."""

CLIENTS = 8
MAX_SECONDS = 600.0
_EVICTIONS = re.compile(rb"^hub_cache_evictions_total ([0-9.e+]+)$", re.MULTILINE)


async def measure_full_memory(
    server: ServerProcess, connection: Connection, slugs: Sequence[str]
) -> int:
    """Return the memory of a server in bytes, once it has evicted responses and documents.

    Raises:
        BenchError: the response cache does not become full.
    """
    documents = new_documents(slugs)
    for _ in range(DOCUMENTS):
        await connection.send(next(documents))
    requests, seconds = _new_requests(slugs), 0.0
    while not await _has_evictions(connection):
        if seconds > MAX_SECONDS:
            raise BenchError("The cache of answers does not get full.")
        seconds += (await drive(server.port, requests, CLIENTS, 0.5)).seconds
    return (await server.usage()).memory_bytes


def new_documents(slugs: Sequence[str]) -> Iterator[bytes]:
    """Yield endless requests of article pages, each with a new document."""
    for number in count():
        slug = slugs[number % len(slugs)]
        yield post(f"{ARTICLE_PAGE}# {number}", {"slug": slug})


def _new_requests(slugs: Sequence[str]) -> Iterator[bytes]:
    """Yield endless requests of article pages by one document; each has its own cache entry."""
    for number in count():
        yield post(ARTICLE_PAGE, {"slug": slugs[number % len(slugs)], "number": number})


async def _has_evictions(connection: Connection) -> bool:
    match = _EVICTIONS.search((await connection.send(get("/metrics"))).body)
    return match is not None and float(match[1]) > 0
