"""The most significant terms of a document, as a query for similar ones."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import NamedTuple

from search_index.fields import PLAIN_FIELDS
from search_index.ranking import K1, idf
from search_index.text import analysis, stemming
from search_index.text.term_query import TermAlternative

MAX_QUERY_TERMS = 50
"""Terms of a document that form the query: those with the highest weight x idf.

Of the first five similar documents, the share that answers a query together with the document is
0.46 with 50 terms, 0.45 with 25, 0.46 with 100 (mean of Cranfield, CACM, CISI and ADI). The CPU for
a document of 10,000 is 1.2 and 1.6 times that of 25 terms.
"""

MIN_SHARE = 0.05
"""Minimum score of a similar document, as a share of the score of the document itself."""

MAX_COMMON_WORDS = 3
"""Common words that are returned with each similar document."""

_MIN_DOC_FREQ = 2  # a term of one document alone matches no other
_REASON_SHARE, _REASON_DOCUMENTS = 0.05, 20
_MIN_LETTERS = 3
_MAX_JOINED = 8


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

    `counts` are the numbers of visible documents with each term, of `documents` in all. The word is
    "" where so many documents have the term that it tells nothing of what two of them share.
    """
    most = max(_REASON_DOCUMENTS, _REASON_SHARE * documents)
    ranked = []
    for term, (weight, _) in weights.items():
        count = counts[term]
        if count >= _MIN_DOC_FREQ:
            share = weight / (weight + K1)
            ranked.append((share * idf(documents, count), share, term))
    ranked.sort(key=lambda entry: (-entry[0], entry[2]))
    return [
        (
            TermAlternative(((term,),), weight=share),
            weights[term].word if counts[term] <= most else "",
        )
        for _, share, term in ranked[:MAX_QUERY_TERMS]
    ]


def reasons(words: Iterable[str], texts: Mapping[str, str]) -> tuple[str, ...]:
    """Return what tells a reader why two documents are similar; at most three words.

    `words` are those in common, the most significant first; "" is none. A word has three letters,
    or stands in capitals in the document's `texts`; others are told where there are none of these.
    Bigrams of scripts without spaces are joined where they stand side by side in the texts; single
    characters are left out.
    """
    text = "\n".join(texts.values())
    found: list[str] = []
    short: list[str] = []
    for word in _joined([word for word in words if word], text):
        is_short = len(word) < _MIN_LETTERS and not analysis.is_run(word)
        is_acronym = is_short and re.search(rf"\b{re.escape(word.upper())}\b", text)
        (short if is_short and not is_acronym else found).append(word)
        if len(found) == MAX_COMMON_WORDS:
            break
    return tuple(found or short[:MAX_COMMON_WORDS])


def _joined(words: list[str], text: str) -> Iterator[str]:
    """Yield the words; bigrams in the place of the first of those that they are joined with."""
    pairs = {word for word in words if len(word) == 2 and analysis.is_run(word)}
    used: set[str] = set()
    for word in words:
        if not analysis.is_run(word):
            yield word
        elif word in pairs and word not in used:
            run = _grown(word, pairs, text)
            used.update(run[place : place + 2] for place in range(len(run) - 1))
            yield run


def _grown(pair: str, pairs: set[str], text: str) -> str:
    """Return the longest run of `pairs` around one of them that stands in the text."""
    run = pair
    while len(run) < _MAX_JOINED:
        longer = next(
            (run + other[1] for other in pairs if run + other[1] in text and run[-1] == other[0]),
            None,
        ) or next(
            (other[0] + run for other in pairs if other[0] + run in text and run[0] == other[1]),
            None,
        )
        if longer is None:
            break
        run = longer
    return run
