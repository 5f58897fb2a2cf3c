"""Corrections: the similar words of a query's missing ones, chosen so that they occur together."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import islice, product

from search_index.rewriting.vocabulary import Vocabulary
from search_index.text.term_query import TermAlternative

MAX_COMBINATIONS = 60
"""Combinations of corrections that are tried, at most; each takes a few µs for 10,000 documents."""

MIN_LENGTH = 4
"""Minimum letters of a word that is corrected; shorter ones are similar to too many."""

LONG_LENGTH = 8
"""Letters of a word from which on two edits are allowed."""

FREQUENT_FROM = 20
"""Visible documents from which on a word may be too frequent for a correction."""

FREQUENT_SHARE = 0.5
"""Share of these that hold a word which no other is corrected to: it is hardly what was meant."""

_MAX_SPLITS = 3

Span = tuple[int, int]


@dataclass(frozen=True, slots=True)
class Correction:
    """What may stand in place of one or two words of a text, and how far it is from them."""

    words: tuple[str, ...]
    distance: int


def find_corrections(vocabulary: Vocabulary, word: str, *, is_alone: bool) -> list[Correction]:
    """Return the words similar to a missing one, the closest first, and its split into two.

    None are stop words, or in most documents. Short words are corrected beside others only.
    """
    shortest = MIN_LENGTH if is_alone else MIN_LENGTH - 1
    similar = [
        Correction((candidate.word,), candidate.distance)
        for candidate in vocabulary.similar_words(word, shortest)
        if not _is_frequent(vocabulary, candidate.word, candidate.count)
    ]
    split = _find_split(vocabulary, word)
    if split is None:
        return similar
    # Like an edit, but behind one.
    place = sum(correction.distance <= 1 for correction in similar)
    return [*similar[:place], Correction(split, 1), *similar[place:]]


def _is_frequent(vocabulary: Vocabulary, word: str, count: int) -> bool:
    if vocabulary.is_stop_word(word):
        return True
    return vocabulary.num_docs >= FREQUENT_FROM and count > FREQUENT_SHARE * vocabulary.num_docs


def _find_split(vocabulary: Vocabulary, word: str) -> tuple[str, str] | None:
    """Return two words that make `word` together and are adjacent in a visible document."""
    for pair in find_splits(vocabulary, word):
        if vocabulary.has_match(pair_alternative(vocabulary, pair, 1.0)):
            return pair
    return None


def find_splits(vocabulary: Vocabulary, word: str) -> list[tuple[str, str]]:
    """Return at most three pairs of visible words that make `word` together, likeliest first.

    None for words with digits: `2025` is not `20 25`.
    """
    pairs = []
    has_digit = any(character.isdigit() for character in word)
    for place in range(2, len(word) - 1) if not has_digit else ():
        first, second = word[:place], word[place:]
        count = min(vocabulary.doc_freq("words", first), vocabulary.doc_freq("words", second))
        if count:
            pairs.append((-count, first, second))
    return [(first, second) for _, first, second in sorted(pairs)[:_MAX_SPLITS]]


def max_edits(word: str, min_length: int) -> int:
    """Return the edits by which a mistyped word may differ; 0: it has no corrections."""
    if any(character.isdigit() for character in word):
        return 0
    return 0 if len(word) < min_length else 1 if len(word) < LONG_LENGTH else 2


def pair_alternative(vocabulary: Vocabulary, pair: Sequence[str], weight: float) -> TermAlternative:
    """Return the alternative for words that follow each other."""
    slots = tuple(vocabulary.stems(word) for word in pair)
    return TermAlternative(slots, tuple(range(len(slots))), None, weight)


@dataclass(slots=True)
class CorrectionChoice:
    """Chooses, for the words of a text that are missing, those that occur together."""

    vocabulary: Vocabulary
    options: dict[Span, list[Correction]] = field(default_factory=dict)
    """The corrections of each missing word, by its span in the text."""

    def choose(self, others: Iterable[TermAlternative]) -> dict[Span, Correction]:
        """Return a correction of each missing word, or nothing.

        There has to be a visible document with all of them and with all of `others`, the words of
        the text that are not missing. The fewest edits first, then the most documents.
        """
        if not self.options:
            return {}
        counter = self.vocabulary.counter(tuple(others))
        best: tuple[tuple[int, int], tuple[Correction, ...]] | None = None
        for combination in islice(self._combinations(), MAX_COMBINATIONS):
            count = counter(tuple(word for correction in combination for word in correction.words))
            key = (sum(correction.distance for correction in combination), -count)
            if count and (best is None or key < best[0]):
                best = key, combination
        return dict(zip(self.options, best[1], strict=True)) if best else {}

    def _combinations(self) -> Iterator[tuple[Correction, ...]]:
        return iter(
            sorted(
                islice(product(*self.options.values()), 10 * MAX_COMBINATIONS),
                key=lambda combination: sum(correction.distance for correction in combination),
            )
        )
