"""Editors' synonyms and pins in the form in which queries look them up, by folded words."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence

from search_index.query import Tuning
from search_index.text import analysis, stemming

MAX_SYNONYM_WORDS = 4
"""Words of one synonym, at most; further ones are ignored."""

MAX_EXPANSIONS = 20
"""Synonyms that are searched for one word, at most."""

Words = tuple[str, ...]


class SynonymMap:
    """The synonyms of a tuning. `stems` returns the terms that documents may hold for a word."""

    def __init__(self, tuning: Tuning, stems: Callable[[str], Sequence[str]]) -> None:
        self._stems = stems
        self._synonyms: dict[Words, dict[tuple[Words, str | None], None]] = {}
        self.max_words = 0
        for synonym in tuning.synonyms:
            words = [entry for entry in map(fold_words, synonym.words) if entry]
            keys = words if synonym.typed is None else [fold_words(synonym.typed)]
            for key in keys:
                others = [other for other in words if other != key]
                if not key or not others:
                    continue
                self.max_words = max(self.max_words, len(key))
                for form in self._forms(key):
                    self._synonyms.setdefault(form, {}).update(
                        dict.fromkeys((other, synonym.language) for other in others)
                    )

    def lookup(self, words: Sequence[str]) -> list[tuple[Words, str | None]]:
        """Return the synonyms of these words, each with the language of its set; mostly none."""
        synonyms: dict[tuple[Words, str | None], None] = {}
        for form in self._forms(tuple(words)):
            synonyms.update(self._synonyms.get(form, {}))
        return list(synonyms)[:MAX_EXPANSIONS]

    def _forms(self, words: Words) -> Iterator[Words]:
        """Yield the forms of a word; of several, the words, and their stems in each language."""
        stems = [self._stems(word) for word in words]
        if len(stems) == 1:
            for stem in stems[0]:
                yield (stem,)
            return
        yield words
        by_language = [{stemming.language_of_term(term): term for term in forms} for forms in stems]
        for language in dict.fromkeys(key for forms in by_language for key in forms if key):
            yield tuple(
                forms.get(language, word) for forms, word in zip(by_language, words, strict=True)
            )


def fold_words(text: str) -> Words:
    """Return the words of a synonym or of a pin's text, folded as those of a query."""
    return analysis.exact_words(text)


def editors_stop_words(tuning: Tuning) -> Mapping[str, frozenset[str | None]]:
    """Return the stop words of a tuning, folded, with the languages that they are of."""
    languages: dict[str, set[str | None]] = {}
    for stop_word in tuning.stop_words:
        for word in fold_words(stop_word.word)[:1]:
            languages.setdefault(word, set()).add(stop_word.language)
    return {word: frozenset(values) for word, values in languages.items()}


def pinned_ids(tuning: Tuning, text: str) -> tuple[int, ...]:
    """Return the ids that editors pinned for a text, in the order of the pins."""
    if not tuning.pins:
        return ()
    key = fold_words(text)
    return tuple(dict.fromkeys(pin.id for pin in tuning.pins if fold_words(pin.text) == key))
