"""Query parser: text to words, phrases, exclusions and alternatives. No text is an error."""

from __future__ import annotations

import dataclasses
import re
from collections.abc import Container
from dataclasses import dataclass, replace
from itertools import islice

from search_index.fields import TextField
from search_index.query import MAX_TEXT, MAX_WORDS
from search_index.text import analysis

_FIELDS = {field.prefix: field for field in TextField if field.prefix is not None}
_WORD_OPERATORS = frozenset(("OR", "AND", "NOT"))
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


def parse(text: str, *, prefix_last: bool = False, operators: bool = True) -> ParsedQuery:
    """Parse at most MAX_TEXT characters and MAX_WORDS words of `text`; never fails.

    Words: each a clause. `"several words"`: required, together. `-word`, `-"words"`, `NOT word`:
    excluded. `a OR b`: one clause. `a AND b`: both required. `title:`, `author:`, `topic:` before a
    word or phrase: required there. A quote that is not closed is ignored. NOT and AND are words in
    a text without lower-case letters, and each operator is where it joins nothing. Without
    `operators`, a minus and words in capitals mean nothing.
    """
    normalized = text[:MAX_TEXT].translate(_QUOTES)
    builder = _ClauseBuilder(
        prefix_last=prefix_last and normalized[-1:].isalnum(),
        operators=_operators(normalized) if operators else frozenset(),
    )
    for match in _CHUNK.finditer(normalized):
        builder.add_chunk(match, is_last=match.end() == len(normalized))
    builder.end()
    return ParsedQuery(text[:MAX_TEXT], tuple(builder.clauses), tuple(builder.excluded))


def _operators(text: str) -> frozenset[str]:
    return frozenset(("-", "OR")) if text.isupper() else frozenset(("-", "OR", "AND", "NOT"))


class _ClauseBuilder:
    """Collects clauses and exclusions, chunk by chunk."""

    def __init__(self, *, prefix_last: bool, operators: Container[str]) -> None:
        self.clauses: list[Clause] = []
        self.excluded: list[Phrase] = []
        self._prefix_last = prefix_last
        self._operators = operators
        self._operator: re.Match[str] | None = None  # read, but not yet what it applies to
        self._remaining_words = MAX_WORDS
        self._numbers: dict[tuple[str, ...], int] = {}  # of clauses that may be repeated

    def add_chunk(self, match: re.Match[str], *, is_last: bool) -> None:
        """Add a word, a phrase, or several words without white space between them."""
        minus, field, quoted, bare = match.groups()
        if bare in _WORD_OPERATORS and bare in self._operators and not minus and not field:
            self._add_operator(match)
            return
        is_excluded = bool(minus) and "-" in self._operators
        if self._operator is not None and self._operator[4] == "NOT":
            is_excluded, self._operator = True, None
        group_number = 3 if bare is None else 4
        chunk = quoted if bare is None else bare
        words = list(islice(analysis.whole_words(chunk), self._remaining_words))
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
        if is_excluded or field or bare is None:
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
        if is_excluded:
            self.excluded += phrases
            return
        if self._prefix_last and is_last and bare is not None and len(phrases[-1].words) == 1:
            phrases[-1] = replace(phrases[-1], prefix=True)
        self._add_clauses(phrases, required=bool(field) or bare is None)

    def end(self) -> None:
        """Take an operator that is all there is as a word: `OR`, on the way to `Oregon`."""
        if self._operator is None or self.clauses or self.excluded:
            return
        word, (start, end) = self._operator[4], self._operator.span(4)
        phrase = Phrase((word.lower(),), (0,), start, end, prefix=self._prefix_last, typed=(word,))
        self.clauses.append(Clause((phrase,)))

    def _add_operator(self, match: re.Match[str]) -> None:
        if self.clauses or match[4] == "NOT" or self._operator is None:
            self._operator = match

    def _add_clauses(self, phrases: list[Phrase], *, required: bool) -> None:
        operator = self._operator[4] if self._operator is not None and self.clauses else ""
        self._operator = None
        if operator == "OR":
            previous = self.clauses.pop()
            self._numbers.pop(previous.phrases[0].words, None)
            joined = (*previous.phrases, phrases[0])
            self.clauses.append(Clause(joined, previous.required and required))
            phrases = phrases[1:]
        elif operator == "AND":
            self._numbers.pop(self.clauses[-1].phrases[0].words, None)
            self.clauses[-1] = replace(self.clauses[-1], required=True)
            required = True
        for phrase in phrases:
            if required or phrase.prefix:
                self.clauses.append(Clause((phrase,), required))
            elif (number := self._numbers.get(phrase.words)) is not None:
                clause = self.clauses[number]
                self.clauses[number] = replace(clause, count=clause.count + 1)
            else:
                self._numbers[phrase.words] = len(self.clauses)
                self.clauses.append(Clause((phrase,), required))
