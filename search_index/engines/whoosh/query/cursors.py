"""Cursors: where a page ended, as an opaque string of sort keys, so that any commit can resume."""

from __future__ import annotations

import base64
import binascii
import math
import struct
import zlib
from dataclasses import dataclass

from search_index.query import MAX_DEPTH, BadQuery, Sort

_LAYOUT = struct.Struct("<BdqqI")
_SORTS = tuple(Sort)


@dataclass(frozen=True, slots=True)
class Position:
    """A hit's place in its order: by `key`, then `published`, then `number`, all descending.

    `number` is the key of its document in its segment. `rank` counts hits from 1, so that no
    cursor leads deeper than MAX_DEPTH.
    """

    key: float
    published: int
    number: int
    rank: int


def cursor(sort: Sort, position: Position) -> str:
    """The opaque form of a position; 48 URL-safe characters."""
    packed = _LAYOUT.pack(
        _SORTS.index(sort), position.key, position.published, position.number, position.rank
    )
    return base64.urlsafe_b64encode(packed + zlib.crc32(packed).to_bytes(4, "little")).decode()


def position(sort: Sort, text: str | None, name: str) -> Position | None:
    """The inverse of `cursor`; None for None.

    Raises:
        BadQuery: it is none of this sort; its message calls it `name`.
    """
    if text is None:
        return None
    try:
        raw = base64.b64decode(text.encode("ascii"), altchars=b"-_", validate=True)
        packed, crc = raw[:-4], raw[-4:]
        place, key, published, number, rank = _LAYOUT.unpack(packed)
    except (ValueError, struct.error, binascii.Error) as error:
        raise BadQuery(f"{name} is not a cursor of this search") from error
    if zlib.crc32(packed).to_bytes(4, "little") != crc:
        raise BadQuery(f"{name} is not a cursor of this search")
    if place >= len(_SORTS) or _SORTS[place] is not sort:
        raise BadQuery(f"{name} is a cursor of another sort")
    if math.isnan(key) or not 1 <= rank <= MAX_DEPTH:
        raise BadQuery(f"{name} is not a cursor of this search")
    return Position(key, published, number, rank)
