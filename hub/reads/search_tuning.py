"""Reads of synonyms and pins. Not private: search results reveal them."""

from __future__ import annotations

from typing import NamedTuple

from hub.db.database import Reader


class SynonymRow(NamedTuple):
    """Words that are synonyms of each other; with `typed`, one way only."""

    id: int
    words: tuple[str, ...]
    typed: str | None


class PinRow(NamedTuple):
    """An article that comes first in the results for exactly `text`."""

    id: int
    text: str
    article_id: int
    rank: int


async def synonyms(db: Reader) -> list[SynonymRow]:
    """Return all sets of synonyms, the oldest first. One statement."""
    rows = await db.rows("SELECT id, words, typed FROM synonym_set ORDER BY id")
    return [SynonymRow(id_, tuple(words.split("\n")), typed) for id_, words, typed in rows]


async def pins(db: Reader) -> list[PinRow]:
    """Return all pins, by their text and rank. One statement."""
    rows = await db.rows("SELECT id, text, article_id, rank FROM pin ORDER BY text, rank, id")
    return [PinRow(*row) for row in rows]
