"""Corrections: the similar words of a query's missing ones, chosen so that they occur together."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import islice, product

import numpy as np
import numpy.typing as npt

from search_index.engines.whoosh.index.searcher import IndexView
from search_index.engines.whoosh.query import matching, spellchecker
from search_index.text.term_query import TermAlternative

MAX_COMBINATIONS = 60
"""Combinations of corrections that are tried, at most; each takes a few µs for 10,000 documents."""

FREQUENT_FROM = 20
"""Visible documents from which on a word may be too frequent for a correction."""

FREQUENT_SHARE = 0.5
"""Share of these that hold a word which no other is corrected to: it is hardly what was meant."""

Span = tuple[int, int]
Mask = npt.NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class Correction:
    """What may stand in place of one or two words of a text, and how far it is from them."""

    words: tuple[str, ...]
    distance: int


def find_corrections(view: IndexView, word: str, *, is_alone: bool) -> list[Correction]:
    """Return the words similar to a missing one, the closest first, and its split into two.

    None are stop words, or in most documents. Short words are corrected beside others only.
    """
    shortest = spellchecker.MIN_LENGTH if is_alone else spellchecker.MIN_LENGTH - 1
    similar = [
        Correction((candidate.word,), candidate.distance)
        for candidate in spellchecker.find_candidates(view, word, min_length=shortest)
        if not _is_frequent(view, candidate.word, candidate.count)
    ]
    split = _find_split(view, word)
    if split is None:
        return similar
    # Like an edit, but behind one.
    place = sum(correction.distance <= 1 for correction in similar)
    return [*similar[:place], Correction(split, 1), *similar[place:]]


def _is_frequent(view: IndexView, word: str, count: int) -> bool:
    if view.is_stop_word(word):
        return True
    return view.num_docs >= FREQUENT_FROM and count > FREQUENT_SHARE * view.num_docs


def _find_split(view: IndexView, word: str) -> tuple[str, str] | None:
    """Return two words that make `word` together and are adjacent in a visible document."""
    for pair in spellchecker.find_splits(view, word):
        alternative = pair_alternative(view, pair, 1.0)
        for segment, mask in view.segment_masks():
            for documents, _ in matching.match_alternative(segment, alternative):
                if np.any(mask[documents]):
                    return pair
    return None


def pair_alternative(view: IndexView, pair: Sequence[str], weight: float) -> TermAlternative:
    """Return the alternative for words that follow each other."""
    slots = tuple(view.stems(word) for word in pair)
    return TermAlternative(slots, tuple(range(len(slots))), None, weight)


@dataclass(slots=True)
class CorrectionChoice:
    """Chooses, for the words of a text that are missing, those that occur together."""

    view: IndexView
    options: dict[Span, list[Correction]] = field(default_factory=dict)
    """The corrections of each missing word, by its span in the text."""

    def choose(self, others: Iterable[TermAlternative]) -> dict[Span, Correction]:
        """Return a correction of each missing word, or nothing.

        There has to be a visible document with all of them and with all of `others`, the words of
        the text that are not missing. The fewest edits first, then the most documents.
        """
        if not self.options:
            return {}
        required = self.view.mask
        for other in others:
            required = required & matching.any_mask(self.view, (other,))
        masks: dict[tuple[str, ...], Mask] = {}
        best: tuple[tuple[int, int], tuple[Correction, ...]] | None = None
        for combination in islice(self._combinations(), MAX_COMBINATIONS):
            mask = required
            for correction in combination:
                if correction.words not in masks:
                    masks[correction.words] = self._mask(correction)
                mask = mask & masks[correction.words]
            count = int(np.count_nonzero(mask))
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

    def _mask(self, correction: Correction) -> Mask:
        mask = self.view.mask
        for word in correction.words:
            mask = mask & matching.term_mask(self.view, "words", word)
        return mask
