"""The texts of rules, compared with that of a search by folded words."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence

from search_index.rules import Rule, RuleMatch
from search_index.text import analysis

MAX_WORDS = 50
"""Words of a search that are compared with rules; of a longer one, the first."""

MAX_CHARACTERS = 1_000
ANY_WORDS = "*"

Words = tuple[str, ...]
Pattern = tuple[Words, frozenset[str], Rule]
"""The words of a pattern, those that have to be in a text as they are, and its rule."""


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


def matches_pattern(pattern: Sequence[str], words: Sequence[str]) -> bool:
    """Return whether words are those of a pattern.

    Each part between two `*` is taken where it stands first, which never has to be taken back:
    O(pattern x words).
    """
    parts: list[list[str]] = [[]]
    for word in pattern:
        if word == ANY_WORDS:
            parts.append([])
        else:
            parts[-1].append(word)
    first, *others = parts
    if not _stands_at(first, words, 0):
        return False
    if not others:
        return len(words) == len(first)
    start = len(first)
    *middle, last = others
    for part in middle:
        place = next((at for at in range(start, len(words)) if _stands_at(part, words, at)), None)
        if place is None:
            return False
        start = place + len(part)
    end = len(words) - len(last)
    return end >= start and _stands_at(last, words, end)


def _stands_at(part: Sequence[str], words: Sequence[str], place: int) -> bool:
    if place + len(part) > len(words):
        return False
    return all(
        word.startswith(expected[:-1]) if expected.endswith(ANY_WORDS) else word == expected
        for expected, word in zip(part, words[place:], strict=False)
    )


class RuleTexts:
    """The texts of rules, by a word that has to stand in a text: a search looks at few of them."""

    def __init__(self, rules: Iterable[Rule]) -> None:
        self._always: list[Rule] = []
        self._exact: dict[Words, list[Rule]] = {}
        self._contained: dict[str, list[tuple[Words, Rule]]] = {}
        self._patterns: dict[str, list[Pattern]] = {}
        for rule in rules:
            if not rule.texts:
                self._always.append(rule)
            for text in rule.texts:
                self._add(text, rule)

    def _add(self, text: str, rule: Rule) -> None:
        if rule.match is RuleMatch.PATTERN:
            pattern = fold_pattern(text)
            needed = frozenset(word for word in pattern if not word.endswith(ANY_WORDS))
            word = next((word for word in pattern if word in needed), "")
            self._patterns.setdefault(word, []).append((pattern, needed, rule))
        elif (words := fold(text)) and rule.match is RuleMatch.EXACT:
            self._exact.setdefault(words, []).append(rule)
        elif words:
            self._contained.setdefault(words[0], []).append((words, rule))

    def matching(self, text: str) -> Iterator[Rule]:
        """Yield the rules for a text, each once, by their ids."""
        words = fold(text)
        matched = {rule.id: rule for rule in (*self._always, *self._exact.get(words, ()))}
        for word in dict.fromkeys(words):
            for phrase, rule in self._contained.get(word, ()):
                places = (at for at, other in enumerate(words) if other == word)
                if rule.id not in matched and any(_stands_at(phrase, words, at) for at in places):
                    matched[rule.id] = rule
        typed = frozenset(words)
        for pattern, needed, rule in _candidates(self._patterns, words):
            if rule.id not in matched and needed <= typed and matches_pattern(pattern, words):
                matched[rule.id] = rule
        yield from (matched[id_] for id_ in sorted(matched))


def _candidates(patterns: Mapping[str, Sequence[Pattern]], words: Words) -> Iterator[Pattern]:
    if patterns:
        for word in ("", *dict.fromkeys(words)):
            yield from patterns.get(word, ())
