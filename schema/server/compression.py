"""Answers sent small: brotli and gzip, for those who take them."""

from __future__ import annotations

import gzip
from functools import lru_cache

import brotli

from schema.server.requests import MOST_READ

CODINGS = ("br", "gzip")
"""How content is compressed, the smallest first."""

LEAST = 1_000
"""Bytes below which an answer in JSON is sent as it is: it fits into a packet."""


def coding_of(accept_encoding: str) -> str | None:
    """The coding that the client likes best of those we have; None where it takes none of them.

    By RFC 9110, 12.5.3: a quality of 0 means that it does not, `*` stands for what is not named.
    Of the header `MOST_READ` characters are read.
    """
    return _coding_of(accept_encoding[:MOST_READ])


@lru_cache(maxsize=256)
def _coding_of(accept_encoding: str) -> str | None:
    liked = dict[str, float]()
    for part in accept_encoding.lower().split(","):
        name, _, quality = part.replace(" ", "").partition(";q=")
        try:
            liked[name] = float(quality or 1)
        except ValueError:
            liked[name] = 0.0
    usual = liked.get("*", 0.0)
    best = max(CODINGS, key=lambda coding: liked.get(coding, usual))  # of equals the first
    return best if liked.get(best, usual) > 0 else None


def swiftly(content: bytes, coding: str) -> bytes:
    """`content`, compressed while somebody waits: JSON to a third or less, in some 4 ns a byte."""
    if coding == "gzip":
        return gzip.compress(content, 1, mtime=0)
    compressed: bytes = brotli.compress(content, quality=1)
    return compressed
