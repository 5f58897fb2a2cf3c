"""Which searches take so little that they are answered where they are asked, without a thread."""

from __future__ import annotations

from search_index.engines.whoosh.index.searcher import Snapshot, documents
from search_index.engines.whoosh.query import matching, spellchecker
from search_index.engines.whoosh.query.rewriting import RARE
from search_index.query import Scope, SearchQuery
from search_index.text import analysis

MAX_DOCUMENTS = 60_000
"""Documents of an index, articles and comments, in which what is short is found quickly."""

MAX_TEXT = 60
MAX_WORDS = 4
MAX_HITS = 20
"""Characters, words and hits of a query that is answered quickly, at most."""


def is_quick(snapshot: Snapshot, query: SearchQuery) -> bool:
    """Whether a query takes a few milliseconds at most: little is asked of few documents.

    What may be a mistake is not, for any other word may have been meant. Takes some 20 µs.
    """
    if (
        snapshot.documents > MAX_DOCUMENTS
        or len(query.text) > MAX_TEXT
        or query.limit > MAX_HITS
        or query.explain
        or query.tuning.synonyms
    ):
        return False
    words = [word for word, _, _, _ in analysis.words(query.text)]
    if len(words) > MAX_WORDS:
        return False
    if words and query.prefix_last and _begins_any(snapshot, query, words[-1]):
        words.pop()
    return all(
        len(word) < spellchecker.MIN_LENGTH or _is_common(snapshot, query, word) for word in words
    )


def _begins_any(snapshot: Snapshot, query: SearchQuery, beginning: str) -> bool:
    for segment in snapshot.segments:
        if (Scope.COMMENTS if segment.holds_comments else Scope.ARTICLES) in query.within:
            first, last = matching.words_from(segment, beginning)
            if first < last:
                return True
    return False


def _is_common(snapshot: Snapshot, query: SearchQuery, word: str) -> bool:
    found = sum(
        len(documents(segment, "words", word))
        for segment in snapshot.segments
        if (Scope.COMMENTS if segment.holds_comments else Scope.ARTICLES) in query.within
    )
    return found > RARE
