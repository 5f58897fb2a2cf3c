"""Which documents answer a search, and how well: BM25F over numpy arrays, segment by segment.

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

from search_index.engines.whoosh import matching, schema
from search_index.engines.whoosh.deadline import Deadline
from search_index.engines.whoosh.matching import Option
from search_index.engines.whoosh.snapshot import View
from search_index.engines.whoosh.snapshot import documents as documents_of
from search_index.engines.whoosh.understanding import Needle, Search

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
    """One segment's scores and which documents match; visible ones only."""

    scores: Floats
    matching: Mask


@dataclass(slots=True)
class _Sums:
    scores: Floats
    cover: Floats
    matched: npt.NDArray[np.int16]
    allowed: Mask


def score(
    view: View, search: Search, deadline: Deadline, *, half_life_days: float, ranked: bool
) -> list[Scores]:
    """Scores for each segment of a view, in its order.

    When time runs out, the needles that are left are not looked for: those that are required come
    first, and what is excluded stays so in any case.

    `ranked` false: only which documents match is asked for, so those that match as much of the
    search as possible are taken, and scores are 0.
    """
    if not search.needles:
        return [
            Scores(np.zeros(segment.documents, np.float32), mask & search.everything & ~excluded)
            for (segment, mask), excluded in zip(view.pairs(), _excluded(view, search), strict=True)
        ]
    parts = [
        _Sums(
            np.zeros(segment.documents, np.float32),
            np.zeros(segment.documents, np.float32),
            np.zeros(segment.documents, np.int16),
            mask & ~excluded,
        )
        for (segment, mask), excluded in zip(view.pairs(), _excluded(view, search), strict=True)
    ]
    weights = []
    for number, needle in enumerate(sorted(search.needles, key=lambda one: not one.required)):
        if number and not needle.required and deadline.passed():
            break
        if weight := _add(view, needle, parts):
            weights.append(weight)
    total = float(np.float32(sum(weights)))
    pairs = () if search.pairs and deadline.passed() else search.pairs
    for part, gained in zip(parts, sums(view, pairs), strict=True):
        part.scores += gained  # by words that follow each other as they were typed
    shares = COVERS if not ranked else () if search.is_question else (MIN_COVER,)
    enough = _enough(parts, total, shares)
    first = bonus(view, search)
    found = [
        Scores(
            _final(part, factors, len(weights), first) if ranked else np.zeros_like(part.scores),
            part.allowed & (part.cover >= enough) & (part.matched > 0),
        )
        for part, factors in zip(parts, recency(view, half_life_days), strict=True)
    ]
    for (segment, mask), part_ in zip(view.pairs(), found, strict=True) if search.title else ():
        titled = documents_of(segment, "titles", search.title)
        part_.scores[titled] += np.float32(first)
        part_.matching[titled] |= mask[titled]
    return found


def bonus(view: View, search: Search) -> float:
    """What a document gets for matching every needle, and again for having the text as its title.

    More than any document's own score: ln(N + 2) is above every idf.
    """
    most = sum(needle.times for needle in search.needles) + len(search.pairs)
    return (K1 + 1) * (1 + RECENCY) * most * math.log(view.count + 2)


def _excluded(view: View, search: Search) -> list[Mask]:
    return [matching.mask_of(segment, search.without) for segment in view.segments]


def _add(view: View, needle: Needle, parts: list[_Sums]) -> float:
    """Add a needle's scores to the parts; its weight, or 0 if no visible document matches it."""
    best: list[Floats] = []
    for _, options in groupby(needle.options, key=lambda option: option.group):
        gains = _gains(view, tuple(options))
        rarity = _idf(view, gains)
        scored = [np.float32(rarity) * of_segment for of_segment in gains]
        best = [np.maximum(a, b) for a, b in zip(best, scored, strict=True)] if best else scored
    several = needle.options[0].group != needle.options[-1].group
    weight = needle.times * (_idf(view, best) if several else rarity)
    for scores, part in zip(best, parts, strict=True):
        hit = scores > 0
        part.scores += np.float32(needle.times) * scores
        part.cover += np.float32(weight) * hit
        part.matched += hit
        if needle.required:
            part.allowed &= hit
    return weight


def _gains(view: View, options: Sequence[Option]) -> list[Floats]:
    """For each segment, the saturated frequency of the best of some options in each document."""
    best = []
    for segment, saturation in zip(view.segments, saturations(view), strict=True):
        gains = np.zeros(segment.documents, np.float32)
        for weight, documents, frequencies in matching.best(segment, options):
            found = weight * (K1 + 1) * frequencies / (frequencies + saturation[documents])
            gains[documents] = np.maximum(gains[documents], found)
        best.append(gains)
    return best


def saturations(view: View) -> list[Floats]:
    """For each segment, the frequency at which a document's gain is half of what it can be."""
    if not view.saturations:
        view.saturations = [
            (K1 * (1 - B + B * lengths)).astype(np.float32) for lengths in view.lengths
        ]
    return view.saturations


def rarity(view: View, options: Sequence[Option]) -> float:
    """How telling it is to match any of the options, which are forms of one word."""
    return _idf(view, _gains(view, options))


def _idf(view: View, gains: Sequence[Floats]) -> float:
    """The inverse document frequency of what gave these gains; 0 where nothing visible did."""
    count = sum(
        int(np.count_nonzero(of_segment[mask]))
        for of_segment, mask in zip(gains, view.masks, strict=True)
    )
    return idf(view.count, count) if count else 0.0


def idf(documents: int, count: int) -> float:
    """How telling it is to hold what `count` of `documents` hold; above 0."""
    return math.log(1 + (documents - count + 0.5) / (count + 0.5))


def gain(frequency: float, saturation: float) -> float:
    """The frequency of a term in a document as it counts there; below k1 + 1."""
    return (K1 + 1) * frequency / (frequency + saturation)


def sums(view: View, options: Sequence[Option]) -> list[Floats]:
    """For each segment, what each document scores by all options together, each a word."""
    totals = [np.zeros(segment.documents, np.float32) for segment in view.segments]
    for option in options:
        gains = _gains(view, (option,))
        weight = np.float32(_idf(view, gains))
        for total, of_segment in zip(totals, gains, strict=True):
            total += weight * of_segment
    return totals


def _enough(parts: list[_Sums], total: float, shares: Sequence[float]) -> float:
    """The first of some shares of the total weight that any document covers; 0 if none."""
    reached = max(
        (float(part.cover[part.allowed].max()) for part in parts if part.allowed.any()), default=0.0
    )
    for share in shares:
        if reached >= share * total:
            return share * total
    return 0.0


def _final(part: _Sums, recency: Floats, needles: int, first: float) -> Floats:
    """A segment's scores with what is gained by being recent, and by matching every needle."""
    scores = part.scores * recency
    if needles > 1:
        scores += np.float32(first) * (part.matched >= needles)
    return scores


def recency(view: View, half_life_days: float) -> list[Floats]:
    """For each segment, the factor by which a document's date raises its score.

    It counts from the newest visible document, not from now, so that answers do not change while
    nothing is written; 1 for what was never published.
    """
    known = view.recency.get(half_life_days)
    if known is None:
        known = view.recency[half_life_days] = []
        for segment in view.segments:
            ages = np.maximum(0, view.newest - segment.published) / _MICROSECONDS_A_DAY
            gains = RECENCY * np.exp2(-ages / half_life_days)
            gains[segment.published == schema.NO_TIME] = 0.0
            known.append((1 + gains).astype(np.float32))
    return known
