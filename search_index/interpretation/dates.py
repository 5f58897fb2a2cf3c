"""Words for a time in a text: `latest`, `last week`, `vor 3 Tagen`, `since 2020`."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from functools import lru_cache
from typing import NamedTuple

from search_index.interpretation import calendar
from search_index.interpretation.calendar import Span, Unit
from search_index.interpretation.wording import WORDINGS
from search_index.query import Understood
from search_index.text import analysis, folding, stemming
from search_index.text.written_forms import APOSTROPHES

MAX_WORDS = 50
"""Words of a text that are read, the first ones."""

MAX_CHARACTERS = 1_000
MAX_UNDERSTOOD = 3
MAX_LANGUAGES = 4
"""Languages in whose words times are read: those of most articles."""

_WORD = re.compile(r"\w+")
_WITHOUT_APOSTROPHES = str.maketrans("", "", APOSTROPHES)
_EARLIEST_YEAR = 1900
_MAX_NUMBER = 99
_NOTHING = Span(None, None)
_UNITS = {unit.name.lower(): unit for unit in Unit}
_LINKS = frozenset(("de", "del", "of", "in", "im", "en", "le"))
"""Words between a month and its year, or before a time."""

Tokens = tuple[str, ...]


class Reading(NamedTuple):
    """What was read at a place: words until before `end`, and whether it depends on the day."""

    end: int
    span: Span
    is_relative: bool = True
    newest: bool = False


class DateWord(NamedTuple):
    """Words that mean a time, with their place in the text."""

    understood: Understood
    start: int
    end: int
    is_relative: bool


@dataclass(slots=True)
class _Language:
    """The templates of a language by their first word, and the words for their slots."""

    templates: dict[str, list[tuple[Tokens, str]]] = field(default_factory=dict)
    units: dict[str, Unit] = field(default_factory=dict)
    numbers: dict[str, int] = field(default_factory=dict)
    months: dict[str, int] = field(default_factory=dict)


@lru_cache(maxsize=len(WORDINGS))
def _language(tag: str) -> _Language:
    """Return the words for times of a language."""
    language = _Language()
    for line in WORDINGS[tag].replace(",\n", ",").strip().splitlines():
        kind, _, values = line.partition(": ")
        for number, value in enumerate(values.split(","), 1):
            if kind in _UNITS:
                language.units.update(dict.fromkeys(_names(value), _UNITS[kind]))
            elif kind == "numbers":
                language.numbers.update(dict.fromkeys(_names(value), number))
            elif kind == "months":
                language.months.update(dict.fromkeys(_names(value), number))
            else:
                tokens = _tokens(value)
                language.templates.setdefault(tokens[0], []).append((tokens, kind))
    return language


@lru_cache(maxsize=len(WORDINGS))
def _openers(tag: str) -> frozenset[str]:
    """Return the words that times of a language begin with, but for years."""
    language = _language(tag)
    words = (*language.templates, *language.units, *language.numbers, *language.months)
    return frozenset(match[0] for word in words if (match := _WORD.search(word)))


def _may_have_dates(text: str, tags: Sequence[str]) -> bool:
    """Return whether a text has a year, or a word that a time may begin with; 10 µs.

    Words with an apostrophe are looked up joined, as `aujourd'hui`, and in parts.
    """
    text = folding.fold(text[:MAX_CHARACTERS])
    words = _WORD.findall(f"{text} {text.translate(_WITHOUT_APOSTROPHES)}")
    return any(word in openers for openers in map(_openers, tags) for word in words) or any(
        word.isdecimal() for word in words
    )


def _names(value: str) -> Iterator[str]:
    return (word for name in value.split("|") for word in analysis.exact_words(name))


def _tokens(template: str) -> Tokens:
    spaced = template.replace("{", " {").replace("}", "} ")
    return tuple(
        token
        for part in spaced.split()
        for token in ([part] if part.startswith("{") else analysis.exact_words(part))
    )


class _Reader:
    """Reads the words of a text in one language."""

    def __init__(self, tag: str, words: Sequence[str], now: datetime) -> None:
        self._language = _language(tag)
        self._words = words
        self._now = now

    def read(self, place: int) -> Reading | None:
        """Return the longest time that begins with a word; None for none."""
        words, language = self._words, self._language
        keys = [words[place]]
        if self._number(place) is not None:
            keys.append("{n}")
        if words[place] in language.units:
            keys.append("{unit}")
        readings = [
            reading
            for key in keys
            for tokens, kind in language.templates.get(key, ())
            if (reading := self._template(tokens, kind, place)) is not None
        ]
        if (date := self._date(place)) is not None:
            readings.append(date)
        return max(readings, key=lambda reading: reading.end, default=None)

    def _template(self, tokens: Tokens, kind: str, place: int) -> Reading | None:
        if place + len(tokens) > len(self._words):
            return None
        count, unit = 1, Unit.DAY
        for offset, token in enumerate(tokens):
            word = self._words[place + offset]
            if token == "{n}":
                number = self._number(place + offset)
                if number is None:
                    return None
                count = number
            elif token == "{unit}":
                if word not in self._language.units:
                    return None
                unit = self._language.units[word]
            elif token != word:
                return None
        return self._meaning(kind, count, unit, place + len(tokens))

    def _meaning(self, kind: str, count: int, unit: Unit, end: int) -> Reading | None:
        now = self._now
        match kind:
            case "today":
                return Reading(end, calendar.before(now, Unit.DAY, 0))
            case "yesterday":
                return Reading(end, calendar.before(now, Unit.DAY, 1))
            case "latest":
                return Reading(end, _NOTHING, newest=True)
            case "this":
                return Reading(end, calendar.before(now, unit, 0))
            case "last":
                return Reading(end, calendar.before(now, unit, 1))
            case "past":
                return Reading(end, calendar.within(now, unit, count))
            case "ago":
                return Reading(end, calendar.before(now, unit, count))
            case _:
                return self._open(kind, end)

    def _open(self, kind: str, place: int) -> Reading | None:
        """Return the time since another, or before it."""
        if place < len(self._words) and self._words[place] in _LINKS:
            place += 1
        other = self._closed(place)
        if other is None:
            return None
        start = other.span.start
        span = Span(start, None) if kind == "since" else Span(None, start)
        return other._replace(span=span)

    def _closed(self, place: int) -> Reading | None:
        """Return a time that has a beginning; prepositions do not join."""
        if place >= len(self._words):
            return None
        templates = self._language.templates.get(self._words[place], ())
        if any(kind in ("since", "before") and len(tokens) == 1 for tokens, kind in templates):
            return None
        reading = self.read(place)
        return reading if reading is not None and reading.span.start is not None else None

    def _date(self, place: int) -> Reading | None:
        """Return a year, or a month with its year."""
        words = self._words
        if (number := self._year(place)) is not None:
            return Reading(place + 1, calendar.year(number), is_relative=False)
        month = self._language.months.get(words[place])
        if month is None:
            return None
        after = place + 1
        if after < len(words) and words[after] in _LINKS:
            after += 1
        if (number := self._year(after)) is None:
            return None
        return Reading(after + 1, calendar.month(number, month), is_relative=False)

    def _year(self, place: int) -> int | None:
        word = self._words[place] if place < len(self._words) else ""
        if len(word) != 4 or not word.isascii() or not word.isdecimal():
            return None
        return int(word) if _EARLIEST_YEAR <= int(word) <= self._now.year + 1 else None

    def _number(self, place: int) -> int | None:
        word = self._words[place]
        if word.isascii() and word.isdecimal() and len(word) <= 2:
            return int(word) if 1 <= int(word) <= _MAX_NUMBER else None
        return self._language.numbers.get(word)


def find_dates(text: str, languages: Iterable[str], now: datetime) -> list[DateWord]:
    """Return the words for a time in a text, in any of these languages, from left to right.

    Words in quotes, after a minus or a colon are none; nor is a single one that another of the
    languages has as a stop word, as `hier`. O(words).
    """
    tags = [tag for tag in dict.fromkeys(languages) if tag in WORDINGS][:MAX_LANGUAGES]
    if not _may_have_dates(text, tags):
        return []
    text = text[:MAX_CHARACTERS]
    words = [word for word, _ in zip(analysis.whole_words(text), range(MAX_WORDS), strict=False)]
    folded = [word.word for word in words]
    readers = [(tag, _Reader(tag, folded, now)) for tag in tags]
    found: list[DateWord] = []
    place = 0
    while place < len(words) and len(found) < MAX_UNDERSTOOD:
        reading = None
        if _is_loose(text, words[place].start):
            readings = (
                reading
                for tag, reader in readers
                if (reading := reader.read(place)) is not None
                and not (reading.end == place + 1 and _is_stop_word(folded[place], tag, tags))
            )
            reading = max(readings, key=lambda reading: reading.end, default=None)
        if reading is None:
            place += 1
            continue
        start, end = words[place].start, words[reading.end - 1].end
        span = reading.span
        understood = Understood(text[start:end], span.start, span.end, reading.newest)
        found.append(DateWord(understood, start, end, reading.is_relative))
        place = reading.end
    return found


def _is_loose(text: str, start: int) -> bool:
    """Return whether a word is in no quotes, and after no operator."""
    return text.count('"', 0, start) % 2 == 0 and text[max(0, start - 1) : start] not in ("-", ":")


def _is_stop_word(word: str, language: str, languages: Iterable[str]) -> bool:
    return any(word in stemming.stop_words(other) for other in languages if other != language)
