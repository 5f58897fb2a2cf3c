"""Words of one field of a segment, by length and first letter, for spelling and suggestions."""

from __future__ import annotations

from bisect import bisect_left
from functools import cached_property
from itertools import islice

import numpy as np
import numpy.typing as npt

from search_index.engines.whoosh.index import schema
from search_index.engines.whoosh.index.postings import Terms
from search_index.text import document_terms

_FIRST_WORD = schema.encode(chr(ord(max(document_terms.TITLE_MARKS)) + 1))
"""Above all terms that are marked, below all words."""


class Words:
    """The words among the sorted terms of `words` or `titles`; marked terms are left out.

    Nothing is computed before it is needed, and results are cached.
    """

    def __init__(self, terms: Terms) -> None:
        self._terms = terms
        self._first = bisect_left(terms, _FIRST_WORD)
        self._by_shape: dict[tuple[int, str], list[str]] = {}
        self._prefixes: dict[int, frozenset[str]] = {}

    def of_shape(self, length: int, letter: str) -> list[str]:
        """Return the words with this number of characters and first character, sorted."""
        words = self._by_shape.get((length, letter))
        if words is None:
            first = bisect_left(self._terms, schema.encode(letter), self._first)
            last = bisect_left(self._terms, _after(letter), first)
            numbers = first + np.flatnonzero(self._lengths[first:last] == length)
            words = [schema.decode(self._terms[number]) for number in numbers.tolist()]
            self._by_shape[length, letter] = words
        return words

    @cached_property
    def first_letters(self) -> frozenset[str]:
        """The first characters of the words; one look-up each."""
        letters, number = set[str](), self._first
        while number < len(self._terms):
            letter = schema.decode(self._terms[number])[0]
            letters.add(letter)
            number = bisect_left(self._terms, _after(letter), number)
        return frozenset(letters)

    def prefixes(self, length: int) -> frozenset[str]:
        """Return the prefixes of this length of the words; O(words) the first time."""
        prefixes = self._prefixes.get(length)
        if prefixes is None:
            words = map(schema.decode, islice(self._terms, self._first, None))
            prefixes = frozenset(word[:length] for word in words if len(word) >= length)
            self._prefixes[length] = prefixes
        return prefixes

    @cached_property
    def _lengths(self) -> npt.NDArray[np.int64]:
        """Number of characters of each term."""
        return self._terms.character_counts()


def _after(prefix: str) -> bytes:
    """Return a term above all that start with `prefix`, and below all others that follow."""
    return schema.encode(prefix) + b"\xff"
