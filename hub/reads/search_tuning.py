"""What editors have set for search. Not private: every search shows it."""

from __future__ import annotations

from typing import NamedTuple

from hub.db.database import Reader


class SynonymRow(NamedTuple):
    """Words that stand for each other; with `typed`, one way only."""

    id: int
    words: tuple[str, ...]
    typed: str | None


class PinRow(NamedTuple):
    """An article that comes first when `text` is all that was typed."""

    id: int
    text: str
    article_id: int
    rank: int


async def synonyms(db: Reader) -> list[SynonymRow]:
    """All sets of synonyms, the oldest first. One statement."""
    found = await db.rows("SELECT id, words, typed FROM synonym_set ORDER BY id")
    return [SynonymRow(id_, tuple(words.split("\n")), typed) for id_, words, typed in found]


async def pins(db: Reader) -> list[PinRow]:
    """All pins, by their text and rank. One statement."""
    found = await db.rows("SELECT id, text, article_id, rank FROM pin ORDER BY text, rank, id")
    return [PinRow(*row) for row in found]
