"""A query as terms: groups of alternatives, each a term, a phrase or a prefix, for any engine."""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple

from search_index.fields import TextField


class TermAlternative(NamedTuple):
    """One way in which a document may match.

    `slots` holds, for each of the words that must follow each other at `offsets`, the terms that
    match it. Without slots, any word that starts with `prefix` matches, but for
    `except_words`. `weight` in (0, 1] is the
    weight of this match relative to an exact one (1). Alternatives of one `idf_group` are forms of
    one word and share one document frequency.
    """

    slots: tuple[tuple[str, ...], ...]
    offsets: tuple[int, ...] = (0,)
    field: TextField | None = None
    weight: float = 1.0
    prefix: str = ""
    idf_group: int = 0
    except_words: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class TermGroup:
    """A clause as terms: a document that matches any of the alternatives matches it.

    Alternatives are ordered by `idf_group`. `boost` multiplies the score: the number of times that
    the clause was typed.
    """

    alternatives: tuple[TermAlternative, ...]
    required: bool
    boost: float = 1.0


@dataclass(frozen=True, slots=True)
class TermQuery:
    """A query as groups of terms. Without groups it matches all documents if `match_all`, or none.

    `pairs` are adjacent words of the text, as phrases that raise the score. `title` is the term of
    the titles that consist of the same words as the text. `title_words` are the words of a short
    text, which raise the score where they stand in the title; a prefix ends with `*`.
    `has_corrections`: some word is in no visible document, and others are searched in its place.
    """

    groups: tuple[TermGroup, ...]
    excluded: tuple[TermAlternative, ...]
    did_you_mean: str | None
    match_all: bool
    is_question: bool = False
    pairs: tuple[TermAlternative, ...] = ()
    title: str = ""
    title_words: tuple[str, ...] = ()
    has_corrections: bool = False
