"""`Vocabulary`: what an engine knows about the words of the documents that a viewer sees."""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

from search_index.lru_cache import LRUCache
from search_index.text.term_query import TermAlternative


@dataclass(frozen=True, slots=True)
class Candidate:
    """A word in `count` visible documents, `distance` edits (OSA) from the mistyped word."""

    word: str
    distance: int
    count: int


Words = tuple[str, ...]


class Vocabulary(Protocol):
    """The terms of the visible documents of an engine, with the numbers of these documents.

    Documents have the fields `text` (terms), `words` (folded words) and `titles` (the words of
    titles, and marked terms of `search_index.text.document_terms`).
    """

    @property
    def num_docs(self) -> int:
        """Return the number of visible documents."""
        ...

    @property
    def languages(self) -> tuple[str, ...]:
        """Return the stemmed languages of the visible documents, most frequent first."""
        ...

    @property
    def stop_words(self) -> frozenset[str]:
        """Return the stop words of all languages of the visible documents."""
        ...

    @property
    def synonym_maps(self) -> LRUCache[object, Any]:
        """Return the cache of synonyms by tuning."""
        ...

    @property
    def completions(self) -> LRUCache[Any, Any]:
        """Return the cache of completions and compounds."""
        ...

    def doc_freq(self, field: str, term: str) -> int:
        """Return the number of visible documents with a term in a field."""
        ...

    def is_stop_word(self, word: str) -> bool:
        """Return whether a word is a stop word in the language of most documents that hold it."""
        ...

    def is_mostly_in(self, word: str, languages: Collection[str]) -> bool:
        """Return whether half of the visible documents with a word are in one of these languages.

        A language stands for its regional variants, and for those that are stemmed alike.
        """
        ...

    def stems(self, word: str, typed: str = "") -> Words:
        """Return the terms of a folded word that visible documents hold, the word itself first."""
        ...

    def all_stems(self, word: str) -> Words:
        """Return a folded word and its stems, also those that no document holds."""
        ...

    def frequent_words(self, prefix: str, limit: int) -> Sequence[tuple[str, int]]:
        """Return the words with a prefix and their document frequencies, most frequent first."""
        ...

    def has_prefix(self, prefix: str) -> bool:
        """Return whether any word of a visible document starts with a prefix."""
        ...

    def similar_words(self, word: str, min_length: int) -> Sequence[Candidate]:
        """Return at most five words similar to `word`, best first."""
        ...

    def words_containing(self, word: str, languages: Collection[str]) -> Sequence[str]:
        """Return longer words that contain a word, in documents of these languages."""
        ...

    def has_match(self, alternative: TermAlternative) -> bool:
        """Return whether any visible document matches an alternative."""
        ...

    def counter(self, others: Sequence[TermAlternative]) -> Callable[[Words], int]:
        """Return a function that counts the visible documents with some words and all `others`."""
        ...

    def titles(self, term: str, limit: int) -> Sequence[str]:
        """Return the titles of at most `limit` visible documents that have a term in `titles`."""
        ...
