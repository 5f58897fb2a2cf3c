"""Words close to a mistyped one, split ones and joined ones; from visible documents alone."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from rapidfuzz import process
from rapidfuzz.distance import OSA

from search_index.engines.whoosh.segment import Segment
from search_index.engines.whoosh.snapshot import View

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

    Closest: fewest edits, an edit of the first letter counting one and a half; then the most
    frequent. `field` may be `titles`, for words of titles alone. About 2 ms for 50,000 words.
    """
    allowed = 0 if len(word) < MIN_LENGTH else 1 if len(word) < LONG_LENGTH else 2
    if not allowed or any(character.isdigit() for character in word):
        return []
    distances: dict[str, int] = {}
    for segment in view.segments:
        distances.update(_close(segment, word, allowed, field))
    distances.pop(word, None)
    found = [
        Candidate(other, distance, view.frequency(field, other))
        for other, distance in distances.items()
    ]
    visible = [candidate for candidate in found if candidate.count]
    visible.sort(key=lambda candidate: _rank(candidate, word))
    return visible[:_BEST]


def _rank(candidate: Candidate, word: str) -> tuple[float, int, str]:
    estranged = 0.5 if candidate.word[0] != word[0] else 0.0
    return candidate.distance + estranged, -candidate.count, candidate.word


def _close(segment: Segment, word: str, allowed: int, field: str) -> dict[str, int]:
    found: dict[str, int] = {}
    for length in range(max(1, len(word) - allowed), len(word) + allowed + 1):
        known = segment.words_by_length(field).get(length)
        if not known:
            continue
        distances = process.cdist(
            [word], known, scorer=OSA.distance, score_cutoff=allowed, dtype=np.uint8
        )[0]
        for number in np.flatnonzero(distances <= allowed).tolist():
            found[known[number]] = int(distances[number])
    return found


def splits(view: View, word: str) -> list[tuple[str, str]]:
    """The likeliest pairs of visible words that `word` may have been joined from; at most three."""
    found = []
    for place in range(2, len(word) - 1):
        first, second = word[:place], word[place:]
        count = min(view.frequency("words", first), view.frequency("words", second))
        if count:
            found.append((-count, first, second))
    return [(first, second) for _, first, second in sorted(found)[:_SPLITS]]
