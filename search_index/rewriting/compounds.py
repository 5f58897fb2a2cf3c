"""Compounds: words of German, Dutch and the Nordic languages that contain a word of the query.

`Schifffahrt` is found in `Dampfschifffahrtsgesellschaft`. No dictionary: the candidates are the
words of the index, and what remains of one beside the word has to be a word of the index too, or
long enough to be one.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from search_index.rewriting.vocabulary import Vocabulary
from search_index.text import stemming

LANGUAGES = frozenset(("da", "de", "nl", "no", "sv"))
"""Languages that write compounds as one word."""

MIN_WORD = 4
"""Letters of a word that is looked for in compounds, at least; three in words that are known."""

MIN_REST = 4
"""Letters of the rest of a compound which need not be a word of the index, at least."""

MAX_COMPOUNDS = 50
"""Compounds of one word, at most: those in most documents."""

_LINKS = ("", "s", "es", "e", "n", "en", "er", "ens")
_ENDING = re.compile(
    "(?:e|en|er|es|s|n|em|et|r|ar|or|a|na|ne|arna|erna|orna|ene|ens|ets|erne|ers|arnas)?"
)
# Ends of derived words, which are no words: `ung` in `Richtung`, `isch` in `politisch`.
_SUFFIXES = ("ung", "ungen", "heit", "keit", "lich", "liche", "lichen", "isch", "ische", "ischen")
_VOWELS = frozenset("aeiouy")


def compound_terms(vocabulary: Vocabulary, word: str) -> tuple[str, ...]:
    """Return the terms of the compounds with a word, in languages that have them; cached."""
    if len(word) < MIN_WORD - 1 or not word.isalpha() or LANGUAGES.isdisjoint(vocabulary.languages):
        return ()
    key = ("compounds", word)
    terms: tuple[str, ...] | None = vocabulary.completions.get(key)
    if terms is None:
        terms = tuple(_find_terms(vocabulary, word))
        vocabulary.completions.put(key, terms)
    return terms


def _find_terms(vocabulary: Vocabulary, word: str) -> Iterator[str]:
    candidates = {
        other
        for other in vocabulary.words_containing(word, LANGUAGES)
        if _is_compound(vocabulary, other, word)
    }
    counted = [(-vocabulary.doc_freq("words", other), other) for other in candidates]
    for count, other in sorted(counted)[:MAX_COMPOUNDS]:
        for term in vocabulary.stems(other) if count else ():
            if stemming.language_of_term(term) in LANGUAGES:
                yield term


def _is_compound(vocabulary: Vocabulary, other: str, word: str) -> bool:
    before, _, after = other.partition(word)
    if not before and _ENDING.fullmatch(after):
        return False
    if _ENDING.fullmatch(after):
        # The last part gives a compound its meaning, but ends of words look like words.
        return _is_part(vocabulary, before, is_known=len(word) < MIN_WORD or word.endswith("isch"))
    if after.startswith(_SUFFIXES):
        return False
    is_first = not before or _is_part(vocabulary, before, is_known=len(word) < MIN_WORD)
    return is_first and _is_part(vocabulary, after, is_known=len(word) < MIN_WORD + 1)


def _is_part(vocabulary: Vocabulary, rest: str, *, is_known: bool) -> bool:
    """Return whether the rest of a compound is a word; `is_known`: it has to be in the index."""
    if not is_known and len(rest) >= MIN_REST and not _VOWELS.isdisjoint(rest):
        return True
    forms = {rest.removesuffix(link) for link in _LINKS} | {
        rest.removeprefix(link) for link in _LINKS
    }
    return any(len(form) >= MIN_WORD - 1 and vocabulary.doc_freq("words", form) for form in forms)
