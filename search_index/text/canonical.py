"""Canonical forms of term queries: queries with equal forms have equal results.

While a reader types, most prefixes complete to the same words as the prefix before them: if no word
but `climate` starts with `clim`, the results stay the same until the last letter but one.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable
from dataclasses import replace

from search_index.text.term_query import TermGroup, TermQuery


def canonical_form(
    query: TermQuery, completions: Callable[[str], Hashable], has_title: Callable[[str], bool]
) -> Hashable:
    """Return a key that is equal for queries that match, score and highlight alike.

    `completions` identifies the words that start with a prefix, `has_title` returns whether any
    document has exactly this title; both refer to the index view of the query. O(prefixes).
    """
    completed = tuple(
        completions(alternative.prefix)
        for group in query.groups
        for alternative in group.alternatives
        if alternative.prefix
    )
    groups = tuple(map(_without_prefixes, query.groups))
    title = query.title if query.title and has_title(query.title) else ""
    title_words = tuple("*" if word.endswith("*") else word for word in query.title_words)
    form = replace(query, groups=groups, title=title, title_words=title_words)
    return form, completed


def _without_prefixes(group: TermGroup) -> TermGroup:
    alternatives = [
        alternative._replace(prefix="") if alternative.prefix else alternative
        for alternative in group.alternatives
    ]
    return replace(group, alternatives=tuple(alternatives))
