"""The most significant terms of a document, as a query for similar ones."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import NamedTuple

from search_index.fields import PLAIN_FIELDS
from search_index.ranking import K1, idf
from search_index.text import analysis, stemming
from search_index.text.term_query import TermAlternative

MAX_QUERY_TERMS = 25
"""Terms of a document that form the query: those with the highest weight x idf."""

MIN_SHARE = 0.1
"""Minimum score of a similar document, as a share of the score of the document itself."""

MAX_COMMON_WORDS = 3
"""Common words that are returned with each similar document."""

_MIN_DOC_FREQ = 2  # a term of one document alone matches no other


class TermWeight(NamedTuple):
    """The weighted frequency of a term in a document, and the word that is its first occurrence."""

    weight: float
    word: str


def term_weights(
    texts: Mapping[str, str], language: str, is_stop_word: Callable[[str], bool]
) -> dict[str, TermWeight]:
    """Return the terms of the texts of a document but for stop words. O(words).

    `texts` are by `TextField.key`, `language` is the tag of the document.
    """
    stemmed = stemming.language_of(language)
    analyze, stop_words = stemming.analyzer(stemmed), stemming.stop_words(stemmed)
    weights: dict[str, TermWeight] = {}
    for text_field in PLAIN_FIELDS:
        for word, term, _ in analysis.index_terms(texts.get(text_field.key, ""), analyze):
            if word not in stop_words and not is_stop_word(word):
                known = weights.get(term)
                weights[term] = TermWeight(
                    (known.weight if known else 0.0) + text_field.boost,
                    known.word if known else word,
                )
    return weights


def interesting_terms(
    weights: Mapping[str, TermWeight], counts: Mapping[str, int], documents: int
) -> list[tuple[TermAlternative, str]]:
    """Return the most significant terms, weighted by their frequency, each with its first word.

    `counts` are the numbers of visible documents with each term, of `documents` in all.
    """
    ranked = []
    for term, (weight, _) in weights.items():
        count = counts[term]
        if count >= _MIN_DOC_FREQ:
            share = weight / (weight + K1)
            ranked.append((share * idf(documents, count), share, term))
    ranked.sort(key=lambda entry: (-entry[0], entry[2]))
    return [
        (TermAlternative(((term,),), weight=share), weights[term].word)
        for _, share, term in ranked[:MAX_QUERY_TERMS]
    ]
