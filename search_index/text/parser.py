"""Query parser: text to words, phrases, exclusions and alternatives. No text is an error."""

from __future__ import annotations

import dataclasses
import re
from dataclasses import dataclass, replace

from search_index.fields import TextField
from search_index.query import MAX_TERMS, MAX_TEXT
from search_index.text import analysis

_FIELDS = {field.prefix: field for field in TextField if field.prefix is not None}
_QUOTES = str.maketrans(dict.fromkeys("“”„‟«»\uff02", '"'))
_CHUNK = re.compile(
    rf"(-?)(?:({'|'.join(_FIELDS)}):(?=[^\s]))?"
    r'(?:"([^"]*)"|((?:[§№€£$][ \u00a0](?=\d))?[^\s"]+(?:(?<=\d)[ \u00a0][%‰€£](?!\S))?))',
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class Phrase:
    """A folded word, or several that must follow each other; `typed` with their accents.

    `offsets` are the positions of the words within the phrase, from 0; `start` and `end` its span
    in the text. With `prefix`, its one word is incomplete: any word that starts with it matches. If
    it is a single word with signs (`C++`), `variants` are its other terms, and `parts` the plain
    words in it, folded and as typed, which match too.
    """

    words: tuple[str, ...]
    offsets: tuple[int, ...]
    start: int
    end: int
    field: TextField | None = None
    prefix: bool = False
    typed: tuple[str, ...] = dataclasses.field(default=(), compare=False)
    variants: tuple[str, ...] = ()
    parts: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class Clause:
    """Phrases joined by OR. `required`: only documents that match the clause are hits.

    `count` is the number of times that the same word was typed.
    """

    phrases: tuple[Phrase, ...]
    required: bool = False
    count: int = 1


@dataclass(frozen=True, slots=True)
class ParsedQuery:
    """The clauses and exclusions of a query text. `text` is the part of it that was parsed."""

    text: str
    clauses: tuple[Clause, ...]
    excluded: tuple[Phrase, ...]


def parse(text: str, *, prefix_last: bool = False) -> ParsedQuery:
    """Parse at most MAX_TEXT characters and MAX_TERMS words of `text`; never fails.

    Words: each a clause. `"several words"`: required, together. `-word`, `-"words"`: excluded.
    `a OR b`: one clause. `title:`, `author:`, `topic:` before a word or phrase: required there.
    A quote that is not closed is ignored.
    """
    normalized = text[:MAX_TEXT].translate(_QUOTES)
    builder = _ClauseBuilder(prefix_last=prefix_last and normalized[-1:].isalnum())
    for match in _CHUNK.finditer(normalized):
        builder.add_chunk(match, is_last=match.end() == len(normalized))
    return ParsedQuery(text[:MAX_TEXT], tuple(builder.clauses), tuple(builder.excluded))


class _ClauseBuilder:
    """Collects clauses and exclusions, chunk by chunk."""

    def __init__(self, *, prefix_last: bool) -> None:
        self.clauses: list[Clause] = []
        self.excluded: list[Phrase] = []
        self._prefix_last = prefix_last
        self._after_or = False
        self._remaining_words = MAX_TERMS

    def add_chunk(self, match: re.Match[str], *, is_last: bool) -> None:
        minus, field, quoted, bare = match.groups()
        if bare == "OR" and not minus and not field:
            self._after_or = bool(self.clauses)
            return
        group_number = 3 if bare is None else 4
        chunk = quoted if bare is None else bare
        words = list(analysis.whole_words(chunk))[: self._remaining_words]
        if not words:
            return
        self._remaining_words -= len(words)
        start = match.start(group_number)
        phrases = [
            Phrase(
                (word.word,),
                (0,),
                start + word.start,
                start + word.end,
                typed=(word.typed,),
                variants=word.variants,
                parts=word.parts,
            )
            for word in words
        ]
        if minus or field or bare is None:
            phrases = [
                Phrase(
                    tuple(word.word for word in words),
                    tuple(word.position for word in words),
                    phrases[0].start,
                    phrases[-1].end,
                    _FIELDS.get((field or "").lower()),
                    typed=tuple(word.typed for word in words),
                    variants=words[0].variants if len(words) == 1 else (),
                )
            ]
        if minus:
            self.excluded += phrases
            return
        if self._prefix_last and is_last and bare is not None and len(phrases[-1].words) == 1:
            phrases[-1] = replace(phrases[-1], prefix=True)
        self._add_clauses(phrases, required=bool(field) or bare is None)

    def _add_clauses(self, phrases: list[Phrase], *, required: bool) -> None:
        if self._after_or:
            previous = self.clauses.pop()
            joined = (*previous.phrases, phrases[0])
            self.clauses.append(Clause(joined, previous.required and required))
            phrases = phrases[1:]
            self._after_or = False
        for phrase in phrases:
            if required or phrase.prefix or not self._count_repeat(phrase):
                self.clauses.append(Clause((phrase,), required))

    def _count_repeat(self, phrase: Phrase) -> bool:
        """Return whether an optional word occurred before; if so, raise its count."""
        for number, clause in enumerate(self.clauses):
            loose = not clause.required and len(clause.phrases) == 1
            if loose and clause.phrases[0].words == phrase.words:
                self.clauses[number] = replace(clause, count=clause.count + 1)
                return True
        return False
