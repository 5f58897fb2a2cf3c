"""Cursors: the sort keys of a hit as an opaque string, so that paging continues in any commit."""

from __future__ import annotations

import base64
import binascii
import math
import struct
import zlib
from dataclasses import dataclass

from search_index.query import MAX_DEPTH, InvalidQuery, Sort

PIN_KEY = 1e9
"""Sort key of the first pinned hit: above any score."""

_LAYOUT = struct.Struct("<BdqqI")
_SORTS = tuple(Sort)


@dataclass(frozen=True, slots=True)
class Position:
    """Sort keys of a hit: ordered by `key`, then `published`, then `number`, all descending.

    `number` is the unique key of its document. `rank` counts hits from 1, so
    that no cursor points beyond MAX_DEPTH.
    """

    key: float
    published: int
    number: int
    rank: int


def encode_cursor(sort: Sort, position: Position) -> str:
    """Encode a position as a cursor of 48 URL-safe characters."""
    packed = _LAYOUT.pack(
        _SORTS.index(sort), position.key, position.published, position.number, position.rank
    )
    return base64.urlsafe_b64encode(packed + zlib.crc32(packed).to_bytes(4, "little")).decode()


def decode_cursor(sort: Sort, text: str | None, name: str) -> Position | None:
    """Decode a cursor; None for None.

    Raises:
        InvalidQuery: it is not a cursor of this sort; the message contains `name`.
    """
    if text is None:
        return None
    try:
        raw = base64.b64decode(text.encode("ascii"), altchars=b"-_", validate=True)
        packed, crc = raw[:-4], raw[-4:]
        place, key, published, number, rank = _LAYOUT.unpack(packed)
    except (ValueError, struct.error, binascii.Error) as error:
        raise InvalidQuery(f"{name} is not a cursor of this search") from error
    if zlib.crc32(packed).to_bytes(4, "little") != crc:
        raise InvalidQuery(f"{name} is not a cursor of this search")
    if place >= len(_SORTS) or _SORTS[place] is not sort:
        raise InvalidQuery(f"{name} is a cursor of another sort")
    if math.isnan(key) or not 1 <= rank <= MAX_DEPTH:
        raise InvalidQuery(f"{name} is not a cursor of this search")
    return Position(key, published, number, rank)
