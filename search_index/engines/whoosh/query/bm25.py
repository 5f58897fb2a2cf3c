"""Which documents answer a search, and how well: BM25F over numpy arrays.

A needle's score is that of its best option: idf x (k1 + 1) x tf / (tf + k1 x (1 - b + b x length /
average)), where tf sums the boosts of the parts a term stands in (Robertson, Zaragoza and Taylor
2004, "Simple BM25 extension to multiple weighted fields") and idf = ln(1 + (N - n + 0.5) / (n +
0.5)) with n the visible documents that match the needle.

A needle's weight in a search is its idf. Documents that match every needle come first; then those
that cover enough of the weight, by score alone. What has the text as its title comes before all.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import groupby

import numpy as np
import numpy.typing as npt

from search_index.engines.whoosh.index import schema
from search_index.engines.whoosh.index.searcher import View
from search_index.engines.whoosh.query import matching
from search_index.engines.whoosh.query.time_limit import Deadline
from search_index.text.term_query import TermGroup, TermAlternative, TermQuery

K1 = 1.4
B = 0.6

MIN_COVER = 0.25
"""Share of the needles' weight that a document must match at least, if any does."""

COVERS = (0.999, 0.75, 0.5, MIN_COVER)
"""Where hits are not ordered by score, the first share that any document reaches counts."""

RECENCY = 0.15
"""What a document gains by being the newest one, as a share of its score."""

_MICROSECONDS_A_DAY = 86_400_000_000

Floats = npt.NDArray[np.float32]
Mask = npt.NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class Scores:
    """The score of each document of a view, and which of them match; visible ones only."""

    scores: Floats
    matching: Mask


@dataclass(slots=True)
class _Sums:
    scores: Floats
    cover: Floats
    matched: npt.NDArray[np.uint8]
    allowed: Mask


def score(
    view: View, search: TermQuery, deadline: Deadline, *, half_life_days: float, ranked: bool
) -> Scores:
    """The scores of a view's documents.

    When time runs out, the needles that are left are not looked for: those that are required come
    first, and what is excluded stays so in any case.

    `ranked` false: only which documents match is asked for, so those that match as much of the
    search as possible are taken, and scores are 0.
    """
    allowed = view.mask
    if search.excluded:
        allowed = allowed & ~matching.mask_of(view, search.excluded)
    if not search.groups:
        return Scores(np.zeros(view.size, np.float32), allowed & search.everything)
    part = _Sums(
        np.zeros(view.size, np.float32),
        np.zeros(view.size, np.float32),
        np.zeros(view.size, np.uint8),
        allowed,
    )
    weights = []
    for number, needle in enumerate(sorted(search.groups, key=lambda one: not one.required)):
        if number and not needle.required and deadline.passed():
            break
        if weight := _add(view, needle, part):
            weights.append(weight)
    pairs = () if search.pairs and deadline.passed() else search.pairs
    if pairs:
        part.scores += sums(view, pairs)  # by words that follow each other as they were typed
    shares = COVERS if not ranked else () if search.is_question else (MIN_COVER,)
    enough = _enough(part, float(np.float32(sum(weights))), shares)
    found = part.allowed & (part.cover >= enough) & (part.matched > 0)
    if not ranked:
        return Scores(np.zeros(view.size, np.float32), found)
    scores, first = part.scores, np.float32(bonus(view, search))
    scores *= recency(view, half_life_days)
    if len(weights) > 1:
        scores[np.flatnonzero(part.matched >= len(weights))] += first
    if search.title:
        titled = np.flatnonzero(matching.term_mask(view, "titles", search.title))
        scores[titled] += first
        found[titled] |= view.mask[titled]
    return Scores(scores, found)


def bonus(view: View, search: TermQuery) -> float:
    """What a document gets for matching every needle, and again for having the text as its title.

    More than any document's own score: ln(N + 2) is above every idf.
    """
    most = sum(needle.times for needle in search.groups) + len(search.pairs)
    return (K1 + 1) * (1 + RECENCY) * most * math.log(view.count + 2)


def _add(view: View, needle: TermGroup, part: _Sums) -> float:
    """Add a needle's scores to the sums; its weight, or 0 if no visible document matches it."""
    found: tuple[Floats, float] | None = view.needles.get(needle.alternatives)
    if found is None:
        found = _scored(view, needle.alternatives)
        view.needles.put(needle.alternatives, found)
    scores, weight = found[0], needle.times * found[1]
    hit = scores > 0
    part.scores += scores if needle.times == 1 else np.float32(needle.times) * scores
    part.cover += np.float32(weight) * hit
    part.matched += hit
    if needle.required:
        part.allowed = part.allowed & hit
    return weight


def _scored(view: View, options: Sequence[TermAlternative]) -> tuple[Floats, float]:
    """What each document scores by the best of some options, and how rare it is to match any."""
    best: Floats | None = None
    for _, group in groupby(options, key=lambda option: option.group):
        gains = _gains(view, tuple(group))
        rarity = _idf(view, gains)
        gains *= np.float32(rarity)
        best = gains if best is None else np.maximum(best, gains)
    assert best is not None  # every needle has an option
    several = options[0].group != options[-1].group
    return best, _idf(view, best) if several else rarity


def _gains(view: View, options: Sequence[TermAlternative]) -> Floats:
    """The saturated frequency of the best of some options in each document."""
    saturation = saturations(view)
    gains = np.zeros(view.size, np.float32)
    for weight, documents, frequencies in matching.best(view, options):
        found = weight * (K1 + 1) * frequencies / (frequencies + saturation[documents])
        gains[documents] = np.maximum(gains[documents], found)
    return gains


def saturations(view: View) -> Floats:
    """The frequency at which each document's gain is half of what it can be."""
    return view.once("saturations", lambda: _saturations(view))


def _saturations(view: View) -> Floats:
    found: Floats = (K1 * (1 - B + B * view.lengths)).astype(np.float32)
    return found


def rarity(view: View, options: Sequence[TermAlternative]) -> float:
    """How telling it is to match any of the options, which are forms of one word."""
    return _idf(view, _gains(view, options))


def _idf(view: View, gains: Floats) -> float:
    """The inverse document frequency of what gave these gains; 0 where nothing visible did."""
    count = int(np.count_nonzero((gains > 0) & view.mask))
    return idf(view.count, count) if count else 0.0


def idf(documents: int, count: int) -> float:
    """How telling it is to hold what `count` of `documents` hold; above 0."""
    return math.log(1 + (documents - count + 0.5) / (count + 0.5))


def gain(frequency: float, saturation: float) -> float:
    """The frequency of a term in a document as it counts there; below k1 + 1."""
    return (K1 + 1) * frequency / (frequency + saturation)


def sums(view: View, options: Sequence[TermAlternative]) -> Floats:
    """What each document scores by all options together, each a word."""
    total = np.zeros(view.size, np.float32)
    for option in options:
        gains = _gains(view, (option,))
        total += np.float32(_idf(view, gains)) * gains
    return total


def _enough(part: _Sums, total: float, shares: Sequence[float]) -> float:
    """The first of some shares of the total weight that any document covers; 0 if none."""
    reached = float((part.cover * part.allowed).max(initial=0.0))
    for share in shares:
        if reached >= share * total:
            return share * total
    return 0.0


def recency(view: View, half_life_days: float) -> Floats:
    """The factor by which each document's date raises its score.

    It counts from the newest visible document, not from now, so that answers do not change while
    nothing is written; 1 for what was never published.
    """
    return view.once(("recency", half_life_days), lambda: _recency(view, half_life_days))


def _recency(view: View, half_life_days: float) -> Floats:
    published = view.column("published")
    ages = np.maximum(0, view.newest - published) / _MICROSECONDS_A_DAY
    gains = RECENCY * np.exp2(-ages / half_life_days)
    gains[published == schema.NO_TIME] = 0.0
    factors: Floats = (1 + gains).astype(np.float32)
    return factors
