"""Synonyms and stop words of editors, by language, as terms and clauses."""

from __future__ import annotations

from collections.abc import Mapping

from search_index.rewriting.corrections import pair_alternative
from search_index.rewriting.vocabulary import Vocabulary
from search_index.text import stemming
from search_index.text.parser import Clause
from search_index.text.term_query import TermAlternative


def synonym_alternative(
    vocabulary: Vocabulary, words: tuple[str, ...], language: str | None, weight: float
) -> TermAlternative | None:
    """Return a synonym; with a language, only its terms in that. None if no document has it."""
    alternative = pair_alternative(vocabulary, words, weight)
    if language is None:
        return alternative
    stemmed = stemming.language_of(language)
    slots = tuple(
        tuple(term for term in slot if stemming.language_of_term(term) == stemmed)
        for slot in alternative.slots
    )
    return alternative._replace(slots=slots) if all(slots) else None


def is_stop_clause(
    vocabulary: Vocabulary,
    clause: Clause,
    stop_words: Mapping[str, frozenset[str | None]],
    filtered: frozenset[str],
) -> bool:
    """Return whether editors made a clause a stop word, in the language that it is meant in."""
    if clause.required or not stop_words:
        return False
    for phrase in clause.phrases:
        languages = stop_words.get(phrase.words[0], frozenset())
        tags = {tag for tag in languages if tag is not None}
        if phrase.prefix or not languages:
            return False
        if None in languages:
            continue
        if filtered:
            if not all(stemming.is_of_language(tag, tags) for tag in filtered):
                return False
        elif not vocabulary.is_mostly_in(phrase.words[0], tags):
            return False
    return True
