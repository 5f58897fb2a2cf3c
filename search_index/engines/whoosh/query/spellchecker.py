"""Words close to a mistyped one, split ones and joined ones; from visible documents alone."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from rapidfuzz import process
from rapidfuzz.distance import OSA

from search_index.engines.whoosh.index.searcher import View
from search_index.engines.whoosh.index.segment_reader import Segment

MIN_LENGTH = 4
"""Letters of a word that may be mistyped; shorter ones resemble too many others."""

LONG_LENGTH = 8
"""Letters of a word that may hold two mistakes."""

_BEST = 5
_SPLITS = 3


@dataclass(frozen=True, slots=True)
class Candidate:
    """A word in `count` visible documents, `distance` edits (OSA) from the one asked for."""

    word: str
    distance: int
    count: int


def candidates(view: View, word: str, field: str = "words") -> list[Candidate]:
    """The words closest to `word`, best first, at most five; none for short words and numbers.

    Those with its first letter, or if there are none, with any other. Closest: fewest edits, then
    the most frequent. `field` may be `titles`, for words of titles alone. About 0.2 ms for 50,000
    words, 3 ms where another letter comes first.
    """
    allowed = 0 if len(word) < MIN_LENGTH else 1 if len(word) < LONG_LENGTH else 2
    if not allowed or any(character.isdigit() for character in word):
        return []
    for first in (word[0], ""):
        distances: dict[str, int] = {}
        for segment in view.segments:
            distances.update(_close(segment, word, allowed, field, first))
        distances.pop(word, None)
        found = [
            Candidate(other, distance, view.frequency(field, other))
            for other, distance in distances.items()
        ]
        visible = [candidate for candidate in found if candidate.count]
        if visible:
            visible.sort(key=lambda one: (one.distance, -one.count, one.word))
            return visible[:_BEST]
    return []


def _close(segment: Segment, word: str, allowed: int, field: str, first: str) -> dict[str, int]:
    """The words of a segment that start with `first` and are near enough, with their distances."""
    lengths = range(max(1, len(word) - allowed), len(word) + allowed + 1)
    shapes = segment.words_by_shape(field)
    wanted = [
        (length, letter)
        for length in lengths
        for letter in ((first,) if first else segment.first_letters(field))
    ]
    known = [other for shape in wanted for other in shapes.get(shape, ())]
    if not known:
        return {}
    distances = process.cdist(
        [word], known, scorer=OSA.distance, score_cutoff=allowed, dtype=np.uint8
    )[0]
    close = np.flatnonzero(distances <= allowed).tolist()
    return {known[number]: int(distances[number]) for number in close}


def splits(view: View, word: str) -> list[tuple[str, str]]:
    """The likeliest pairs of visible words that `word` may have been joined from; at most three."""
    found = []
    for place in range(2, len(word) - 1):
        first, second = word[:place], word[place:]
        count = min(view.frequency("words", first), view.frequency("words", second))
        if count:
            found.append((-count, first, second))
    return [(first, second) for _, first, second in sorted(found)[:_SPLITS]]
