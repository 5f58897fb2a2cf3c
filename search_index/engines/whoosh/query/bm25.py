"""Scoring: BM25F (`search_index.ranking`) over numpy arrays.

A document that has a word in another form than it was typed in gains FORM_WEIGHT of it. Documents
that match all groups gain EVERY_WORD. The words of a short text gain once more in a title that has
them all, the more the shorter it is.

A group's weight is its idf. Documents whose title equals the text come first, then those that match
a sufficient share of the total weight, by score.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TypeVar

import numpy as np
import numpy.typing as npt

from search_index.engines.whoosh.index.searcher import IndexView
from search_index.engines.whoosh.query import matching
from search_index.ranking import (
    EVERY_WORD,
    FORM_WEIGHT,
    K1,
    MAX_TITLE_GAIN,
    MICROSECONDS_A_DAY,
    RECENCY,
    TITLE_WORD,
    B,
    coverage_shares,
    has_forms,
    idf,
    idf_groups,
    title_bonus,
)
from search_index.rewriting.time_limit import TimeLimit
from search_index.text import document_terms
from search_index.text.term_query import TermAlternative, TermGroup, TermQuery

Floats = npt.NDArray[np.float32]
F = TypeVar("F", float, Floats)
Mask = npt.NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class Scores:
    """The score of each document of a view, and the mask of visible documents that match.

    `has_every_word`: one of them matches all groups; also if the time limit was exceeded.
    """

    scores: Floats
    matching: Mask
    has_every_word: bool = True


@dataclass(slots=True)
class _Totals:
    scores: Floats
    coverage: Floats
    group_counts: npt.NDArray[np.uint8]
    allowed: Mask


def score(
    view: IndexView, query: TermQuery, time_limit: TimeLimit, *, half_life_days: float, ranked: bool
) -> Scores:
    """Score the documents of a view.

    When the time limit is exceeded, the remaining optional groups are skipped: required groups are
    processed first, and exclusions always apply.

    `ranked` false: only the mask is needed. The documents match the highest of COVERAGE_STEPS that
    any document reaches, and scores are 0.
    """
    allowed = view.mask
    if query.excluded:
        allowed = allowed & ~matching.any_mask(view, query.excluded)
    if not query.groups:
        return Scores(np.zeros(view.max_doc, np.float32), allowed & query.match_all)
    totals = _Totals(
        np.zeros(view.max_doc, np.float32),
        np.zeros(view.max_doc, np.float32),
        np.zeros(view.max_doc, np.uint8),
        allowed,
    )
    weights = _add_groups(view, query.groups, totals, time_limit)
    if query.pairs and not time_limit.exceeded():
        totals.scores += sum_scores(view, query.pairs)
    if query.title_words:
        totals.scores += title_scores(view, query.title_words)
    min_coverage = _min_coverage(
        totals, float(np.float32(sum(weights))), coverage_shares(query, ranked=ranked)
    )
    is_hit = totals.allowed & (totals.coverage >= min_coverage) & (totals.group_counts > 0)
    complete = totals.group_counts >= len(weights)
    is_complete = len(weights) == len(query.groups) and bool((complete & is_hit).any())
    is_complete |= time_limit.timed_out
    if not ranked:
        return Scores(np.zeros(view.max_doc, np.float32), is_hit, is_complete)
    scores = totals.scores
    scores *= recency_factors(view, half_life_days)
    if len(weights) > 1:
        scores[np.flatnonzero(complete)] += np.float32(EVERY_WORD)
    if query.title:
        title_documents = np.flatnonzero(matching.term_mask(view, "titles", query.title))
        scores[title_documents] += np.float32(title_bonus(view.num_docs, query))
        is_hit[title_documents] |= view.mask[title_documents]
        is_complete |= bool(view.mask[title_documents].any())
    return Scores(scores, is_hit, is_complete)


def title_scores(view: IndexView, words: Sequence[str]) -> Floats:
    """Return each document's score for a title with all these words; a prefix ends with `*`."""
    titles, total_idf = view.mask, 0.0
    for word in words:
        if word.endswith("*"):
            mask = matching.prefix_mask(view, word[:-1], "titles") & view.mask
        else:
            mask = matching.term_mask(view, "titles", word) & view.mask
        titles = titles & mask
        total_idf += idf(view.num_docs, int(np.count_nonzero(mask)))
    factors = view.compute_once("title factors", lambda: _title_factors(view))
    return np.float32(TITLE_WORD * (K1 + 1) * total_idf) * factors * titles


def _title_factors(view: IndexView) -> Floats:
    """Return the gain of each document's title for being short: 1 for one of average length."""
    lengths = view.column("title_lengths").astype(np.float32)
    average = max(1.0, float(lengths[view.mask].mean())) if view.num_docs else 1.0
    factors: Floats = (
        MAX_TITLE_GAIN / (1 + (MAX_TITLE_GAIN - 1) * lengths / np.float32(average))
    ).astype(np.float32)
    return factors


def _add_groups(
    view: IndexView, groups: Sequence[TermGroup], totals: _Totals, time_limit: TimeLimit
) -> list[float]:
    """Add the scores of groups to the totals; return the weights of those with visible matches."""
    weights = []
    for number, group in enumerate(sorted(groups, key=lambda group: not group.required)):
        if number and not group.required and time_limit.exceeded():
            break
        if weight := _add_group(view, group, totals):
            weights.append(weight)
    return weights


def _add_group(view: IndexView, group: TermGroup, totals: _Totals) -> float:
    """Add a group's scores to the totals; return its weight, 0 without visible matches."""
    group_score: tuple[Floats, float] | None = view.group_scores.get(group.alternatives)
    if group_score is None:
        group_score = _score_group(view, group.alternatives)
        view.group_scores.put(group.alternatives, group_score)
    scores, weight = group_score[0], group.boost * group_score[1]
    is_hit = scores > 0
    totals.scores += scores if group.boost == 1 else np.float32(group.boost) * scores
    totals.coverage += np.float32(weight) * is_hit
    totals.group_counts += is_hit
    if group.required:
        totals.allowed = totals.allowed & is_hit
    return weight


def _score_group(view: IndexView, alternatives: Sequence[TermAlternative]) -> tuple[Floats, float]:
    """Return each document's score by its best alternative, and the idf of all alternatives."""
    best: Floats | None = None
    for same_word in idf_groups(alternatives):
        gains = _gains(view, same_word)
        if (weights := form_weights(view, same_word)) is not None:
            gains *= weights
        group_idf = _idf(view, gains)
        gains *= np.float32(group_idf)
        best = gains if best is None else np.maximum(best, gains)
    assert best is not None  # every group has an alternative
    several = alternatives[0].idf_group != alternatives[-1].idf_group
    return best, _idf(view, best) if several else group_idf


def form_weights(view: IndexView, alternatives: Sequence[TermAlternative]) -> Floats | None:
    """Return each document's weight for a word by its form; None where forms make no difference."""
    if not has_forms(alternatives):
        return None
    as_typed = matching.term_mask(view, "words", alternatives[0].slots[0][0])
    return np.where(as_typed, np.float32(1), np.float32(FORM_WEIGHT))


def _gains(view: IndexView, alternatives: Sequence[TermAlternative]) -> Floats:
    """Return the saturated frequency of the best alternative in each document."""
    saturation = saturations(view)
    gains = np.zeros(view.max_doc, np.float32)
    for weight, documents, frequencies in matching.best_matches(view, alternatives):
        weighted = weight * (K1 + 1) * frequencies / (frequencies + saturation[documents])
        gains[documents] = np.maximum(gains[documents], weighted)
    return gains


def saturations(view: IndexView) -> Floats:
    """Return the frequency at which each document's gain is half of its maximum; cached."""
    return view.compute_once("saturations", lambda: _compute_saturations(view))


def _compute_saturations(view: IndexView) -> Floats:
    values: Floats = (K1 * (1 - B + B * view.lengths)).astype(np.float32)
    return values


def alternatives_idf(view: IndexView, alternatives: Sequence[TermAlternative]) -> float:
    """Return the idf of alternatives that are forms of one word."""
    return _idf(view, _gains(view, alternatives))


def _idf(view: IndexView, gains: Floats) -> float:
    """Return the inverse document frequency for these gains; 0 without visible documents."""
    count = int(np.count_nonzero((gains > 0) & view.mask))
    return idf(view.num_docs, count) if count else 0.0


def gain(frequency: F, saturation: F) -> F:
    """Return the saturated frequency of a term in a document, or in each; below k1 + 1."""
    return (K1 + 1) * frequency / (frequency + saturation)


def sum_scores(view: IndexView, alternatives: Sequence[TermAlternative]) -> Floats:
    """Return each document's score by all alternatives together, each with its own idf."""
    total = np.zeros(view.max_doc, np.float32)
    for alternative in alternatives:
        gains = _gains(view, (alternative,))
        total += np.float32(_idf(view, gains)) * gains
    return total


def _min_coverage(totals: _Totals, total: float, shares: Sequence[float]) -> float:
    """Return the first of these shares of the total weight that any document reaches, or 0."""
    reached = float((totals.coverage * totals.allowed).max(initial=0.0))
    for share in shares:
        if reached >= share * total:
            return share * total
    return 0.0


def recency_factors(view: IndexView, half_life_days: float) -> Floats:
    """Return the recency factor of each document's score.

    Ages are relative to the newest visible document, not to now, so that results are stable while
    nothing is written; 1 for documents that were never published.
    """
    return view.compute_once(
        ("recency", half_life_days), lambda: _compute_recency(view, half_life_days)
    )


def _compute_recency(view: IndexView, half_life_days: float) -> Floats:
    published = view.column("published")
    ages = np.maximum(0, view.newest - published) / MICROSECONDS_A_DAY
    gains = RECENCY * np.exp2(-ages / half_life_days)
    gains[published == document_terms.NO_TIME] = 0.0
    factors: Floats = (1 + gains).astype(np.float32)
    return factors
