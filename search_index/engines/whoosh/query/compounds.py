"""Compounds: words of German, Dutch and the Nordic languages that contain a word of the query.

`Schifffahrt` is found in `Dampfschifffahrtsgesellschaft`. No dictionary: the candidates are the
words of the index, and what remains of one beside the word has to be a word of the index too, or
long enough to be one.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

import numpy as np

from search_index.engines.whoosh.index import schema
from search_index.engines.whoosh.index.searcher import IndexView, term_documents
from search_index.text import stemming

LANGUAGES = frozenset(("da", "de", "nl", "no", "sv"))
"""Languages that write compounds as one word."""

MIN_WORD = 4
"""Letters of a word that is looked for in compounds, at least; three in words that are known."""

MIN_REST = 4
"""Letters of the rest of a compound which need not be a word of the index, at least."""

MAX_COMPOUNDS = 50
"""Compounds of one word, at most: those in most documents."""

_MAX_CANDIDATES = 2_000
_LINKS = ("", "s", "es", "e", "n", "en", "er", "ens")
_ENDING = re.compile(
    "(?:e|en|er|es|s|n|em|et|r|ar|or|a|na|ne|arna|erna|orna|ene|ens|ets|erne|ers|arnas)?"
)
# Ends of derived words, which are no words: `ung` in `Richtung`, `isch` in `politisch`.
_SUFFIXES = ("ung", "ungen", "heit", "keit", "lich", "liche", "lichen", "isch", "ische", "ischen")
_VOWELS = frozenset("aeiouy")


def compound_terms(view: IndexView, word: str) -> tuple[str, ...]:
    """Return the terms of the compounds with a word, in languages that have them; cached.

    O(bytes of the vocabulary of these languages), about 0.3 ms for 100,000 words.
    """
    if len(word) < MIN_WORD - 1 or not word.isalpha() or LANGUAGES.isdisjoint(view.languages):
        return ()
    key = ("compounds", word)
    terms: tuple[str, ...] | None = view.completions.get(key)
    if terms is None:
        terms = tuple(_find_terms(view, word))
        view.completions.put(key, terms)
    return terms


def _find_terms(view: IndexView, word: str) -> Iterator[str]:
    candidates = {other for other in _words_with(view, word) if _is_compound(view, other, word)}
    counted = [(-view.doc_freq("words", other), other) for other in candidates]
    for count, other in sorted(counted)[:MAX_COMPOUNDS]:
        for term in view.stems(other) if count else ():
            if stemming.language_of_term(term) in LANGUAGES:
                yield term


def _words_with(view: IndexView, word: str) -> Iterator[str]:
    """Yield words of the index that contain a word and are longer, at most _MAX_CANDIDATES."""
    wanted, place, found = schema.encode(word), 0, 0
    for text in view.compute_once("vocabularies", lambda: _vocabularies(view)):
        place = text.find(wanted)
        while place >= 0 and found < _MAX_CANDIDATES:
            start, end = text.rfind(b"\n", 0, place) + 1, text.find(b"\n", place)
            if end - start > len(wanted):
                found += 1
                yield schema.decode(text[start:end])
            place = text.find(wanted, end)


def _vocabularies(view: IndexView) -> list[bytes]:
    """Return the words of each segment in documents of LANGUAGES, each followed by a line break."""
    vocabularies = []
    for segment, mask in view.segment_masks():
        field, values = segment.fields.get("words"), segment.facet_values("language")
        documents = np.zeros(segment.max_doc, np.bool_)
        for tag in values.terms:
            if stemming.language_of(tag) in LANGUAGES:
                documents[term_documents(segment, "language", tag)] = True
        if field is None or not len(field) or not np.any(documents & mask):
            continue
        counts = np.add.reduceat((documents & mask)[field.ids], field.starts[:-1], dtype=np.int64)
        words = [field.terms[number] for number in np.flatnonzero(counts).tolist()]
        vocabularies.append(b"\n".join(words) + b"\n")
    return vocabularies


def _is_compound(view: IndexView, other: str, word: str) -> bool:
    before, _, after = other.partition(word)
    if not before and _ENDING.fullmatch(after):
        return False
    if _ENDING.fullmatch(after):
        # The last part gives a compound its meaning, but ends of words look like words.
        return _is_part(view, before, is_known=len(word) < MIN_WORD or word.endswith("isch"))
    if after.startswith(_SUFFIXES):
        return False
    is_first = not before or _is_part(view, before, is_known=len(word) < MIN_WORD)
    return is_first and _is_part(view, after, is_known=len(word) < MIN_WORD + 1)


def _is_part(view: IndexView, rest: str, *, is_known: bool) -> bool:
    """Return whether the rest of a compound is a word; `is_known`: it has to be in the index."""
    if not is_known and len(rest) >= MIN_REST and not _VOWELS.isdisjoint(rest):
        return True
    forms = {rest.removesuffix(link) for link in _LINKS} | {
        rest.removeprefix(link) for link in _LINKS
    }
    return any(len(form) >= MIN_WORD - 1 and view.doc_freq("words", form) for form in forms)
