"""Explanations of scores: the parts that a hit's score consists of."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum


class ScoreKind(Enum):
    """The reason for a part of a score."""

    WORD = "WORD"
    NEIGHBOURS = "NEIGHBOURS"
    EVERY_WORD = "EVERY_WORD"
    TITLE = "TITLE"
    RECENCY = "RECENCY"
    PIN = "PIN"
    RULE = "RULE"
    DATE = "DATE"


@dataclass(frozen=True, slots=True)
class FieldCount:
    """The number of occurrences of words in a field of a document, and the field's boost."""

    field: str
    count: int
    boost: float


@dataclass(frozen=True, slots=True)
class ScorePart:
    """A part of a hit's score; all parts of a hit sum up to it.

    A WORD, and NEIGHBOURS (adjacent words in the order of the query), hold the terms that matched,
    the fields of the document that contain them with the number of occurrences, the inverse
    document frequency (`idf`), the weighted frequency (`tf`), and the `weight` of this match
    relative to an exact one. A PIN adds nothing: the hit's rank does not depend on its score. A
    RULE of editors, with its name as `text`, and a DATE, with the words for a time, multiply the
    sum of the parts before them: what that adds may be below 0.
    """

    kind: ScoreKind
    score: float
    text: str = ""
    fields: tuple[FieldCount, ...] = ()
    idf: float = 0.0
    tf: float = 0.0
    weight: float = 1.0
