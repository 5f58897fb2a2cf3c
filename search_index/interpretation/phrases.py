"""The texts of rules, compared with that of a search by folded words."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from search_index.rules import Rule, RuleMatch
from search_index.text import analysis

MAX_WORDS = 50
"""Words of a search that are compared with rules; of a longer one, the first."""

MAX_CHARACTERS = 1_000
ANY_WORDS = "*"

_BITS = 2_048
"""Bits of a block of patterns, about: each word of a search takes a step in each."""

Words = tuple[str, ...]


def fold(text: str) -> Words:
    """Return the words by which a text is compared: without case, accents and punctuation."""
    return analysis.exact_words(text[:MAX_CHARACTERS])[:MAX_WORDS]


def fold_pattern(text: str) -> Words:
    """Return the words of a pattern; `*` alone, and a word with `*` at its end, keep it."""
    words: list[str] = []
    for part in text.split():
        if part == ANY_WORDS:
            words += [] if words[-1:] == [ANY_WORDS] else [ANY_WORDS]
            continue
        folded = fold(part.rstrip(ANY_WORDS))
        if part.endswith(ANY_WORDS) and folded:
            folded = (*folded[:-1], folded[-1] + ANY_WORDS)
        words += folded
    return tuple(words)


@dataclass(slots=True)
class _Block:
    """Patterns as one automaton whose states are the bits of an integer.

    A pattern has a bit for its beginning and one for each of its words. It is set when the words
    so far are those of a text; it stays set (`loops`) where `*` follows: see Baeza-Yates and
    Gonnet, "A new approach to text searching", 1992.
    """

    size: int = 0
    beginnings: int = 0
    loops: int = 0
    ends: int = 0
    rules: dict[int, Rule] = field(default_factory=dict)
    """The rules by the place of the last bit of their patterns."""

    def add(self, pattern: Words, rule: Rule) -> Iterator[tuple[str, int]]:
        """Append a pattern; yield its words with their bits."""
        bit = 1 << self.size
        self.beginnings |= bit
        for word in pattern:
            if word == ANY_WORDS:
                self.loops |= bit
            else:
                bit <<= 1
                yield word, bit
        self.ends |= bit
        self.rules[bit.bit_length()] = rule
        self.size = bit.bit_length()

    def matching(self, masks: Iterable[int]) -> Iterator[Rule]:
        """Yield the rules of the patterns that a text is, by the bits of each of its words."""
        state = self.beginnings
        for mask in masks:
            state = (state << 1) & mask | state & self.loops
        state &= self.ends
        while state:
            place = state.bit_length()
            yield self.rules[place]
            state ^= 1 << (place - 1)


class _Patterns:
    """Patterns in blocks, with the blocks and the bits in which each word stands."""

    def __init__(self) -> None:
        self._blocks: list[_Block] = []
        self._places: dict[str, dict[int, int]] = {}

    def add(self, pattern: Words, rule: Rule) -> None:
        """Add a pattern; one with more words than are compared matches no text."""
        if sum(word != ANY_WORDS for word in pattern) > MAX_WORDS:
            return
        if not self._blocks or self._blocks[-1].size >= _BITS:
            self._blocks.append(_Block())
        number = len(self._blocks) - 1
        for word, bit in self._blocks[-1].add(pattern, rule):
            places = self._places.setdefault(word, {})
            places[number] = places.get(number, 0) | bit

    def matching(self, words: Words) -> Iterator[Rule]:
        """Yield the rules of the patterns that a text is; blocks without its words are left out."""
        masks = {word: self._masks(word) for word in words}
        for number in sorted({number for found in masks.values() for number in found}):
            yield from self._blocks[number].matching(masks[word].get(number, 0) for word in words)

    def _masks(self, word: str) -> dict[int, int]:
        """Return the bits of a word, and of the beginnings that patterns have of it, by block."""
        masks = dict(self._places.get(word, {}))
        for end in range(1, len(word) + 1):
            for number, bits in self._places.get(word[:end] + ANY_WORDS, {}).items():
                masks[number] = masks.get(number, 0) | bits
        return masks


class RuleTexts:
    """The texts of rules, which a search is compared with at once.

    A search takes a step for each of its words and each block of a few hundred patterns, whatever
    these are, and one for each that matches.
    """

    def __init__(self, rules: Iterable[Rule]) -> None:
        self._always: list[Rule] = []
        self._exact: dict[Words, list[Rule]] = {}
        self._patterns = _Patterns()
        for rule in rules:
            if not rule.texts:
                self._always.append(rule)
            for text in rule.texts:
                self._add(text, rule)

    def _add(self, text: str, rule: Rule) -> None:
        if rule.match is RuleMatch.PATTERN:
            self._patterns.add(fold_pattern(text), rule)
        elif (words := fold(text)) and rule.match is RuleMatch.EXACT:
            self._exact.setdefault(words, []).append(rule)
        elif words:
            self._patterns.add((ANY_WORDS, *words, ANY_WORDS), rule)

    def matching(self, text: str) -> Iterator[Rule]:
        """Yield the rules for a text, each once, by their ids."""
        words = fold(text)
        rules = (*self._always, *self._exact.get(words, ()), *self._patterns.matching(words))
        matched = {rule.id: rule for rule in rules}
        yield from (matched[id_] for id_ in sorted(matched))
