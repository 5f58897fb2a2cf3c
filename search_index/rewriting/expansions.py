"""Expansions of a word: its completions, its parts if it has signs, compounds that contain it."""

from __future__ import annotations

from collections.abc import Iterator

from search_index.fields import TextField
from search_index.rewriting import compounds
from search_index.rewriting.vocabulary import Vocabulary
from search_index.text.parser import Phrase
from search_index.text.term_query import TermAlternative

MAX_EXPANSIONS = 32
"""Completions by which a prefix is scored; documents with others match too, and come last."""

_COMPOUND_WEIGHT = 0.4  # of a word within a compound
_PARTS_WEIGHT = 0.7  # of all parts of a word with signs, one after the other
_PART_WEIGHT = 0.3
_PREFIX_WEIGHT = 0.8
_ANY_COMPLETION_WEIGHT = 0.3


def compound_alternatives(vocabulary: Vocabulary, phrase: Phrase) -> Iterator[TermAlternative]:
    """Yield the compounds that contain a word."""
    if len(phrase.words) == 1 and not phrase.parts:
        terms = compounds.compound_terms(vocabulary, phrase.words[0])
        if terms:
            yield TermAlternative((terms,), (0,), phrase.field, _COMPOUND_WEIGHT)


def part_alternatives(vocabulary: Vocabulary, phrase: Phrase) -> Iterator[TermAlternative]:
    """Yield the parts of a word with signs: all of them as a phrase, then each, unless a number."""
    slots = tuple(vocabulary.stems(word, typed) for word, typed in phrase.parts)
    if len(slots) > 1:
        yield TermAlternative(slots, tuple(range(len(slots))), phrase.field, _PARTS_WEIGHT)
    for (word, _), slot in zip(phrase.parts, slots, strict=True):
        is_telling = not word.isdigit() and not vocabulary.is_stop_word(word)
        if len(slots) == 1 or is_telling:
            yield TermAlternative((slot,), (0,), phrase.field, _PART_WEIGHT)


def completions(
    vocabulary: Vocabulary, word: str, field: TextField | None
) -> Iterator[TermAlternative]:
    """Yield the most frequent completions of a prefix, stop words last, and one for all others."""
    skipped = 1 + sum(other.startswith(word) for other in vocabulary.stop_words)
    counts = vocabulary.frequent_words(word, MAX_EXPANSIONS + skipped)
    others = [other for other, _ in counts if other != word]
    others.sort(key=vocabulary.is_stop_word)  # stop words last
    for other in others[:MAX_EXPANSIONS]:
        yield TermAlternative((vocabulary.stems(other),), (0,), field, _PREFIX_WEIGHT)
    if others and field is None:
        yield TermAlternative((), (), None, _ANY_COMPLETION_WEIGHT, prefix=word)
