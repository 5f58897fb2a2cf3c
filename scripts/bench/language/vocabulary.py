"""Random words with the distribution of news text: a few very frequent, most very rare."""

from __future__ import annotations

import hashlib
from bisect import bisect
from collections.abc import Sequence
from itertools import accumulate
from random import Random

from scripts.bench.language.words import CODAS, FUNCTION, GENERAL, NUCLEI, ONSETS, SUFFIXES, TOPICS

SEED = 20260822
SIZE = 40_000
FUNCTION_SHARE = 0.45
TOPICAL_SHARE = 0.12
GENERAL_RANKS = 900
"""Frequency ranks of general news words; words of topics are in `TOPICAL_RANKS`."""

TOPICAL_RANKS = 6_000
INVENTED_LETTERS = range(3, 15)
ACCENTED_SHARE = 0.006


def rng(*key: object) -> Random:
    """Return the random generator of a key, the same on every run and machine."""
    digest = hashlib.sha256(repr((SEED, *key)).encode()).digest()
    return Random(int.from_bytes(digest[:8], "big"))


class Vocabulary:
    """Words by frequency (Zipf's law, exponent 1.05): invented ones mixed with real ones."""

    def __init__(self) -> None:
        self.words = _vocabulary()
        self._cumulated = list(accumulate(1 / (rank + 8) ** 1.05 for rank in range(SIZE)))
        self._function = list(accumulate(1 / (rank + 2) for rank in range(len(FUNCTION))))
        self._topical = list(accumulate(1 / (rank + 3) for rank in range(16)))

    def choose(self, random: Random) -> str:
        """Return a random word, weighted by its frequency."""
        return self.words[bisect(self._cumulated, random.random() * self._cumulated[-1])]

    def choose_text(
        self, random: Random, count: int, topics: Sequence[str], topical: float = TOPICAL_SHARE
    ) -> list[str]:
        """Return `count` words of a text on these topics, mostly the first; no punctuation."""
        drawn, chance = list[str](), random.random
        for _ in range(count):
            x = chance()
            if x < FUNCTION_SHARE:
                drawn.append(FUNCTION[bisect(self._function, chance() * self._function[-1])])
            elif x < FUNCTION_SHARE + topical:
                place = min(int(chance() * chance() * len(topics)), len(topics) - 1)
                rank = min(bisect(self._topical, chance() * self._topical[-1]), 15)
                drawn.append(TOPICS[topics[place]][rank])
            else:
                drawn.append(self.choose(random))
        return drawn


def _vocabulary() -> list[str]:
    random, general = rng("vocab"), frozenset(GENERAL)
    topical = {word for words in TOPICS.values() for word in words}
    real = sorted((general | topical) - set(FUNCTION))
    words = _invent_words(random, SIZE - len(real), {*real, *FUNCTION})
    words.sort(key=lambda word: len(word) + random.gauss(0, 2.5))  # frequent words are short
    random.shuffle(real)
    for word in real:
        ranks = GENERAL_RANKS if word in general else TOPICAL_RANKS
        words.insert(random.randrange(0, ranks), word)
    return words


def _invent_words(random: Random, count: int, existing: set[str]) -> list[str]:
    """Return `count` words that are not in `existing`, and add them to it."""
    words = list[str]()
    while len(words) < count:
        syllables = random.choice((1, 2, 2, 2, 3, 3))
        word = "".join(
            random.choice(ONSETS) + random.choice(NUCLEI) + random.choice(CODAS)
            for _ in range(syllables)
        ) + random.choice(SUFFIXES)
        if random.random() < ACCENTED_SHARE:
            word = word.replace("e", "é", 1).replace("o", "ö", 1)
        if len(word) in INVENTED_LETTERS and word not in existing:
            existing.add(word)
            words.append(word)
    return words
