"""Content codings: negotiation by Accept-Encoding, compression by brotli and gzip."""

from __future__ import annotations

import asyncio
import gzip
from functools import lru_cache
from typing import NamedTuple

import brotli

from schema.server.requests import MAX_HEADER_CHARACTERS

CODINGS = ("br", "gzip")
"""The supported content codings, the one with the smallest output first."""

MIN_JSON_BYTES = 1_000
"""Bytes below which a JSON response is not compressed: it fits into a packet."""


INLINE_BYTES = 250_000
"""Bytes that are compressed on the event loop: in about a millisecond."""


class Level(NamedTuple):
    """The quality of each coding, and brotli's mode."""

    brotli: int
    gzip: int
    brotli_mode: int


FAST = Level(1, 1, brotli.MODE_GENERIC)
"""For JSON that is computed for one request: to a third or less, in some 4 ns a byte."""

BALANCED = Level(5, 6, brotli.MODE_TEXT)
"""For pages and feeds."""

BEST = Level(11, 9, brotli.MODE_TEXT)
"""For static files: some 50 ms for 40 kB."""

NEARLY_BEST = Level(9, 9, brotli.MODE_TEXT)
"""For large static files: 0.15 s for a megabyte of script, where BEST takes 3 s for 9 % less."""


def negotiate_coding(accept_encoding: str) -> str | None:
    """Return the supported coding that the client prefers; None if it accepts none of them.

    By RFC 9110, 12.5.3: a quality of 0 means "not acceptable", `*` stands for codings that are not
    listed. Only the first `MAX_HEADER_CHARACTERS` of the header are read.
    """
    return _negotiate_coding(accept_encoding[:MAX_HEADER_CHARACTERS])


@lru_cache(maxsize=256)
def _negotiate_coding(accept_encoding: str) -> str | None:
    qualities = dict[str, float]()
    for part in accept_encoding.lower().split(","):
        name, _, quality = part.replace(" ", "").partition(";q=")
        try:
            qualities[name] = float(quality or 1)
        except ValueError:
            qualities[name] = 0.0
    default = qualities.get("*", 0.0)
    best = max(CODINGS, key=lambda coding: qualities.get(coding, default))  # the first of equals
    return best if qualities.get(best, default) > 0 else None


async def compress_beside(content: bytes, coding: str) -> bytes:
    """Compress content that is computed for one request; in a thread if it is long."""
    if len(content) <= INLINE_BYTES:
        return compress(content, coding)
    return await asyncio.get_running_loop().run_in_executor(None, compress, content, coding)


def compress(content: bytes, coding: str, level: Level = FAST) -> bytes:
    """Compress content by a coding of `CODINGS`."""
    if coding == "gzip":
        return gzip.compress(content, level.gzip, mtime=0)
    compressed: bytes = brotli.compress(content, mode=level.brotli_mode, quality=level.brotli)
    return compressed
