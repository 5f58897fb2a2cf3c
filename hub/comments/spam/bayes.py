"""A small Bayes filter over hashed features: counts of comments in spam and in others."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from math import log
from typing import NamedTuple

from hub.comments.spam.features import bucket_of

MIN_DECISIONS = 10
"""Decisions of either sort from which on the filter has a say."""

MAX_EVIDENCE = 24
"""Features that decide, at most: those that tell most."""

MAX_LOGIT = 8.0
MAX_TRUST = 2.75
"""Most that words alone speak for a comment: many of them are common ones of a language."""
_SHRINKAGE = 2.0
"""A feature that few comments had counts less: by n / (n + this)."""


class Learned(NamedTuple):
    """Numbers of comments by bucket, as (spam, other), and of all comments that were learned."""

    counts: Mapping[int, tuple[int, int]] = {}
    spam: int = 0
    others: int = 0


class Evidence(NamedTuple):
    """A feature of a comment, and how much more likely it is in spam, as a logarithm."""

    feature: str
    weight: float


def weigh(features: Iterable[str], learned: Learned) -> tuple[float, list[Evidence]]:
    """Return the logarithm of the odds that these are features of spam, and what decided it.

    0 while too little was learned.
    """
    if min(learned.spam, learned.others) < MIN_DECISIONS:
        return 0.0, []
    weights = []
    for feature in features:
        spam, others = learned.counts.get(bucket_of(feature), (0, 0))
        if spam or others:
            odds = log((spam + 0.5) / (learned.spam + 1)) - log(
                (others + 0.5) / (learned.others + 1)
            )
            number = spam + others
            weights.append(Evidence(feature, odds * number / (number + _SHRINKAGE)))
    weights.sort(key=lambda evidence: abs(evidence.weight), reverse=True)
    decisive = weights[:MAX_EVIDENCE]
    total = sum(evidence.weight for evidence in decisive)
    return max(-MAX_TRUST, min(MAX_LOGIT, total)), decisive
