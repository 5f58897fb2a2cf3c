"""The constants and formulas of scores, the same for all engines.

A term group's score is that of its best alternative: idf x (k1 + 1) x tf / (tf + k1 x (1 - b + b x
length / average)), where tf sums the boosts of the fields that contain the term (Robertson,
Zaragoza and Taylor 2004, "Simple BM25 extension to multiple weighted fields") and idf = ln(1 + (N -
n + 0.5) / (n + 0.5)) with n the visible documents that match the group.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from itertools import groupby

from search_index.text.term_query import TermAlternative, TermQuery

K1 = 1.4
B = 0.6

FORM_WEIGHT = 0.9
"""Weight of another form of a word, with the same stem, relative to 1 for the word as typed."""

EVERY_WORD = 4.0
"""Score of a document for matching all of several groups: about that of one rare word more."""

TITLE_WORD = 1.0
"""Score of a word in a title of average length, relative to the maximum of the word in a text."""

MAX_TITLE_GAIN = 1.25
"""Gain of a title without words: the limit of that of short ones."""

MIN_COVERAGE = 0.25
"""Share of the groups' weight that a hit has to match, if any document does."""

COVERAGE_STEPS = (0.999, 0.75, 0.5, MIN_COVERAGE)
"""Minimum shares to try, in this order, if hits are not ordered by score."""

RECENCY = 0.15
"""Boost of the newest document, as a share of its score."""

MICROSECONDS_A_DAY = 86_400_000_000


def idf(documents: int, count: int) -> float:
    """Return the inverse document frequency of a term in `count` of `documents`; above 0."""
    return math.log(1 + (documents - count + 0.5) / (count + 0.5))


def coverage_shares(query: TermQuery, *, ranked: bool) -> Sequence[float]:
    """Return the shares of the total weight that a hit should match, the first to try first."""
    if not ranked:
        return COVERAGE_STEPS
    return () if query.is_question else (MIN_COVERAGE,)


def title_bonus(documents: int, query: TermQuery) -> float:
    """Return the bonus for a title equal to the text, of an index with this many documents.

    Higher than any score without it: ln(N + 2) is above every idf.
    """
    boosts = sum(group.boost for group in query.groups) + len(query.pairs)
    words = boosts + MAX_TITLE_GAIN * TITLE_WORD * len(query.title_words)
    return EVERY_WORD + (K1 + 1) * (1 + RECENCY) * words * math.log(documents + 2)


def idf_groups(alternatives: Sequence[TermAlternative]) -> list[tuple[TermAlternative, ...]]:
    """Return the alternatives of a group by the word that they are forms of: each has one idf."""
    return [
        tuple(members)
        for _, members in groupby(alternatives, key=lambda alternative: alternative.idf_group)
    ]


def has_forms(alternatives: Sequence[TermAlternative]) -> bool:
    """Return whether documents with another form than the first term weigh less."""
    exact = alternatives[0]
    if len(alternatives) > 1 or len(exact.slots) != 1 or len(exact.slots[0]) == 1:
        return False
    return exact.field is None and exact.weight >= 1
