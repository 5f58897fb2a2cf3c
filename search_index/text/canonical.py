"""Canonical forms of term queries: queries with equal forms have equal results.

While somebody types, most prefixes complete to the same words as the prefix before them: if no word
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

    `completions` identifies the words that start with a prefix, `has_title` tells whether any
    document has this whole title; both are asked of the same index view as the query. O(prefixes).
    """
    completed = tuple(
        completions(option.prefix)
        for needle in query.groups
        for option in needle.alternatives
        if option.prefix
    )
    groups = tuple(map(_without_prefixes, query.groups))
    title = query.title if query.title and has_title(query.title) else ""
    return replace(query, groups=groups, title=title), completed


def _without_prefixes(needle: TermGroup) -> TermGroup:
    options = [
        option._replace(prefix="") if option.prefix else option for option in needle.alternatives
    ]
    return replace(needle, alternatives=tuple(options))
