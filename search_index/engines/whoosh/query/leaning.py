"""Scores multiplied by the rules of editors and by words for a time, and what that added."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np
import numpy.typing as npt

from search_index.engines.whoosh.index.searcher import IndexView
from search_index.engines.whoosh.query.bm25 import Scores
from search_index.engines.whoosh.query.filters import condition_masks
from search_index.explanations import ScorePart
from search_index.interpretation.rules import Lean, explain_leans
from search_index.rules import MAX_FACTOR

Mask = npt.NDArray[np.bool_]


class Leaning:
    """The leans of one search, with the documents that each multiplies the scores of."""

    def __init__(self, view: IndexView, leans: Sequence[Lean], *, has_words: bool) -> None:
        """Without words, all documents have a score of 1."""
        self._leans = leans
        self._masks = list(_masks(view, leans))
        self._has_words = has_words

    def apply(self, scores: Scores) -> None:
        """Multiply the scores."""
        if not self._leans:
            return
        factors = np.ones(len(scores.scores), np.float32)
        for lean, mask in zip(self._leans, self._masks, strict=True):
            factors[mask] *= np.float32(lean.factor)
        np.minimum(factors, np.float32(MAX_FACTOR), out=factors)
        if not self._has_words:
            scores.scores.fill(1)
        np.multiply(scores.scores, factors, out=scores.scores)

    def explain(self, document: int, score: float) -> tuple[float, tuple[ScorePart, ...]]:
        """Return the score that a document had before, and the parts that were added."""
        leans = [
            lean for lean, mask in zip(self._leans, self._masks, strict=True) if mask[document]
        ]
        return explain_leans(leans, score, has_words=self._has_words or not self._leans)


def _masks(view: IndexView, leans: Sequence[Lean]) -> Iterator[Mask]:
    for lean in leans:
        mask = view.mask
        for group_mask in condition_masks(view, lean.conditions):
            mask = mask & group_mask
        yield mask
