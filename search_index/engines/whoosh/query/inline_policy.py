"""Policy: searches that are fast enough to run on the event loop, without a thread."""

from __future__ import annotations

from search_index.engines.whoosh.index.searcher import Searcher, term_documents
from search_index.engines.whoosh.query import matching
from search_index.query import SearchQuery
from search_index.rewriting.corrections import MIN_LENGTH
from search_index.text import analysis

MAX_DOCUMENTS = 60_000
"""Articles and comments of an index up to which short queries run on the event loop."""

MAX_TEXT = 60
MAX_WORDS = 4
MAX_HITS = 20
"""Maximum characters, words and hits of a query that runs on the event loop."""


def runs_inline(searcher: Searcher, query: SearchQuery) -> bool:
    """Return whether a query takes a few milliseconds at most: a short one of a small index.

    False for missing words, because corrections are looked up for them. Takes about 20 µs.
    """
    if (
        searcher.max_doc > MAX_DOCUMENTS
        or len(query.text) > MAX_TEXT
        or query.limit > MAX_HITS
        or query.explain
        or query.tuning.synonyms
    ):
        return False
    words = [word for word, _, _, _ in analysis.query_words(query.text)]
    if len(words) > MAX_WORDS:
        return False
    if words and query.prefix_last and _has_prefix(searcher, query, words[-1]):
        words.pop()
    return all(len(word) < MIN_LENGTH or _is_common(searcher, query, word) for word in words)


def _has_prefix(searcher: Searcher, query: SearchQuery, prefix: str) -> bool:
    for segment in searcher.segments:
        if segment.scope in query.within:
            first, last = matching.prefix_range(segment, prefix)
            if first < last:
                return True
    return False


def _is_common(searcher: Searcher, query: SearchQuery, word: str) -> bool:
    count = sum(
        len(term_documents(segment, "words", word))
        for segment in searcher.segments
        if segment.scope in query.within
    )
    return count > 0
