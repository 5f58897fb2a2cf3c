"""What editors have set, ready to be looked up: synonyms by their words, pins by their text."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence

from search_index.query import Tuning
from search_index.text import analysis

MAX_SYNONYM_WORDS = 4
"""Words of one synonym, at most; what follows is ignored."""

MAX_EXPANSIONS = 20
"""Synonyms by which a word is looked for, at most."""

Words = tuple[str, ...]


class Expansions:
    """The synonyms of a tuning. `stems` gives the terms that documents may hold for a word."""

    def __init__(self, tuning: Tuning, stems: Callable[[str], Sequence[str]]) -> None:
        self._stems = stems
        self._found: dict[Words, dict[Words, None]] = {}
        self.longest = 0
        for synonym in tuning.synonyms:
            words = [one for one in map(folded, synonym.words) if one]
            typed = words if synonym.typed is None else [folded(synonym.typed)]
            for key in typed:
                others = [one for one in words if one != key]
                if not key or not others:
                    continue
                self.longest = max(self.longest, len(key))
                for form in self._forms(key):
                    self._found.setdefault(form, {}).update(dict.fromkeys(others))

    def of(self, words: Sequence[str]) -> list[Words]:
        """What may be looked for in place of these words; nothing for most."""
        found: dict[Words, None] = {}
        for form in self._forms(tuple(words)):
            found.update(self._found.get(form, {}))
        return list(found)[:MAX_EXPANSIONS]

    def _forms(self, words: Words) -> Iterator[Words]:
        """The forms of a word; of several words, as they stand and each by its last stem."""
        stems = [self._stems(word) for word in words]
        if len(stems) == 1:
            for stem in stems[0]:
                yield (stem,)
        else:
            yield words
            yield tuple(forms[-1] for forms in stems)


def folded(text: str) -> Words:
    """The words of a synonym or of a pin's text as queries have them."""
    return tuple(word for word, _, _, _ in analysis.words(text))


def pinned(tuning: Tuning, text: str) -> tuple[int, ...]:
    """The ids that editors put first for a text, in their order."""
    if not tuning.pins:
        return ()
    asked = folded(text)
    return tuple(dict.fromkeys(pin.id for pin in tuning.pins if folded(pin.text) == asked))
