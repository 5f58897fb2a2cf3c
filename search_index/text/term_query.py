"""A query as terms: groups of alternatives, each a term, a phrase or a prefix, for any engine."""

from __future__ import annotations

from dataclasses import dataclass
from enum import IntEnum
from typing import NamedTuple


class TextField(IntEnum):
    """The parts of a document's text, as they are told apart in a term's positions."""

    TITLE = 0
    SUMMARY = 1
    BODY = 2
    TOPIC = 3
    AUTHOR = 4


class TermAlternative(NamedTuple):
    """One way in which a document may match.

    `slots` holds, for each of the words that must follow each other at `offsets`, the terms that
    pass for it. Without slots, any word that starts with `beginning` will do. `weight` in (0, 1]
    says how good a match this is beside an exact one. Options of one `group` are forms of one
    word, and count as one when it is asked how rare it is.
    """

    slots: tuple[tuple[str, ...], ...]
    offsets: tuple[int, ...] = (0,)
    field: TextField | None = None
    weight: float = 1.0
    prefix: str = ""
    group: int = 0


@dataclass(frozen=True, slots=True)
class TermGroup:
    """A clause as it is looked for: a document with any of the options matches it.

    Options of one group stand together. `times` says how often it was asked for.
    """

    alternatives: tuple[TermAlternative, ...]
    required: bool
    times: float = 1.0


@dataclass(frozen=True, slots=True)
class TermQuery:
    """What to look for. `needles` empty: everything, or nothing where the text said something.

    `title` is the term of the titles that read just like the text.
    """

    groups: tuple[TermGroup, ...]
    excluded: tuple[TermAlternative, ...]
    did_you_mean: str | None
    everything: bool
    is_question: bool = False
    pairs: tuple[TermAlternative, ...] = ()
    title: str = ""
