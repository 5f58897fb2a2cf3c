"""Text to terms: words in their order, and bigrams for scripts without spaces.

Pure functions, used for documents, queries and highlights, so that the three always agree. Their
results are stored in the index: a change of results requires a new `schema.VERSION`.
"""

from __future__ import annotations

import re
import unicodedata
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from functools import lru_cache
from string import ascii_lowercase
from typing import NamedTuple

from search_index.text.folding import INVISIBLE, fold_word
from search_index.text.written_forms import APOSTROPHES, WrittenForm, find_forms

# Scripts written without spaces, or whose words carry particles: their runs become bigrams, as in
# Lucene's CJKBigramFilter. Han, kana, bopomofo, hangul; Thai, Lao, Burmese, Khmer with their marks.
_GRAM_RANGES = (
    "\u0e00-\u0e3a\u0e40-\u0e4e\u0e81-\u0ecd\u1000-\u1049\u1050-\u109d\u1100-\u11ff\u1780-\u17d3"
    "\u2e80-\u2fdf\u3005-\u3007\u3021-\u3029\u3031-\u3035\u3041-\u3096\u3099-\u309f\u30a1-\u30ff"
    "\u3105-\u312f\u3131-\u318e\u31a0-\u31bf\u31f0-\u31ff\u3400-\u4dbf\u4e00-\u9fff\ua960-\ua97c"
    "\uac00-\ud7a3\uf900-\ufaff\uff66-\uff9f\U00020000-\U0003ffff"
)
# Marks that belong to the letter before them, e.g. the vowels of Devanagari.
_MARKS = "".join(
    chr(code) for code in range(0x300, 0x10000) if unicodedata.category(chr(code)) in {"Mn", "Mc"}
)
# Emoji and signs, each a word; a flag is two of them.
_SIGN_RANGES = (
    "\u00a3\u00a5\u00a7\u00a9\u00ae\u20a0-\u20c0\u2116\u2122\u2190-\u21ff\u2300-\u23ff"
    "\u2600-\u27bf\u2b00-\u2bff\U0001f000-\U0001f3fa\U0001f400-\U0001faff"
)
_FLAG_LETTER = "[\U0001f1e6-\U0001f1ff]"
_NOT_LETTERS = f"_{APOSTROPHES}"  # some apostrophes are letters to Unicode
_MARK_CLASS = f"[{re.escape(_MARKS)}{INVISIBLE}]"
WORD = re.compile(
    rf"([{_GRAM_RANGES}]+)|(?:(?![{_GRAM_RANGES}])[^\W{_NOT_LETTERS}]{_MARK_CLASS}*)+"
    rf"|(?:{_FLAG_LETTER}{{2}}|[{_SIGN_RANGES}])[{re.escape(_MARKS)}{INVISIBLE}\U0001f3fb-\U0001f3ff]*",
    re.UNICODE,
)

# First letters of words from which a stemmer may remove a prefix: the Dutch "ge" of participles.
_PREFIXES = {"nl": frozenset("g")} | dict.fromkeys(("ga", "id", "st"), frozenset(ascii_lowercase))

_GRAM = re.compile(f"[{_GRAM_RANGES}]")
_MARK = re.compile(_MARK_CLASS)
_LETTER = re.compile(rf"[^\W{_NOT_LETTERS}]")
_SIGN = re.compile(f"[{_SIGN_RANGES}]")


@lru_cache(maxsize=1024)
def _candidate_pattern(letters: frozenset[str]) -> re.Pattern[str]:
    """Return a pattern for ASCII words that start with one of `letters`, and for non-ASCII starts.

    Group 1 takes part in matches of which the caller has to determine whether a word starts there,
    and where it ends. A negated set of ASCII characters compiles in 0.1 ms, a positive one with
    all others in 10 ms.
    """
    plain = {character for letter in letters for character in (letter.lower(), letter.upper())}
    others = re.escape("".join(chr(code) for code in range(128) if chr(code) not in plain))
    ascii_word = "(?<=[\\x00-\\x7f])(?<![^\\x00-/:-@[-`{-\\x7f].)[0-9A-Za-z]*+(?![^\\x00-\\x7f])"
    return re.compile(
        f"[^{others}](?:{ascii_word}|((?<![^\\W{_NOT_LETTERS}].)|(?<=[^\\x00-\\x7f])))", re.DOTALL
    )


def candidate_words(text: str, letters: frozenset[str], language: str) -> Iterator[re.Match[str]]:
    """Yield matches of WORD whose folded or stemmed form may start with one of `letters`.

    Others may be among them. Folding and stemming keep an ASCII first letter, except for prefixes
    that a stemmer removes; hence only words are examined that start with one of `letters` or with
    a non-ASCII character: about six times as fast as WORD alone. `language` is one of
    `stemming.language_of`.
    """
    letters |= _PREFIXES.get(language, frozenset())
    end = 0
    for candidate in _candidate_pattern(letters).finditer(text):
        if candidate.group(1) is None:
            yield candidate
            continue
        start = candidate.start()
        while start >= end:
            match = WORD.match(text, start)
            if match is None or (start > end and _is_inside(text, start)):
                break
            yield match
            end = match.end()
            if match.group(1) is None:
                break
            start = end  # a word may follow a run without a space


def _is_inside(text: str, start: int) -> bool:
    """Return whether `start` is inside a word: after a letter of it, with or without marks."""
    if _SIGN.match(text, start) and not _LETTER.match(text, start):  # ❶ is a letter and a sign
        return False
    place = start - 1
    while place >= 0 and _MARK.match(text, place):
        place -= 1
    if place < 0 or not _LETTER.match(text, place) or _GRAM.match(text, place):
        return False
    return bool(_MARK.match(text, start)) or not _GRAM.match(text, start)


def is_run(token: str) -> bool:
    """Return whether a match of WORD is a run of characters that is indexed as bigrams."""
    return not token.isascii() and _GRAM.match(token) is not None


def tokenize(text: str) -> Iterator[tuple[str, int, int, bool]]:
    """Yield the folded words of `text` with start and end, in order; True marks a run of bigrams.

    Runs are not folded, because folding would change offsets: fold their bigrams.
    """
    for match in WORD.finditer(text):
        run = match.group(1)
        if run is None:
            word = fold_word(match.group())
            if word:
                yield word, match.start(), match.end(), False
        else:
            yield run, match.start(), match.end(), True


def bigrams(run: str) -> Iterator[tuple[str, int, int]]:
    """Yield the bigrams of a run with their offsets; of a run of one character, the character."""
    if len(run) == 1:
        yield fold_word(run), 0, 1
    for offset in range(len(run) - 1):
        yield fold_word(run[offset : offset + 2]), offset, offset + 2


def query_words(text: str) -> Iterator[tuple[str, int, int, int]]:
    """Yield the words and bigrams of a query text, with start, end and position."""
    position = 0
    for word, start, end, is_run in tokenize(text):
        if is_run:
            for gram, first, last in bigrams(word):
                yield gram, start + first, start + last, position + first
            position += len(word)
        else:
            yield word, start, end, position
            position += 1


class QueryWord(NamedTuple):
    """A word of a query: folded, with its span in the text, and as it is typed.

    A word with signs (`C++`) is a whole: `variants` are its other terms, and `parts` the plain
    words in it, folded and as typed.
    """

    word: str
    start: int
    end: int
    position: int
    typed: str
    variants: tuple[str, ...] = ()
    parts: tuple[tuple[str, str], ...] = ()


def whole_words(text: str) -> Iterator[QueryWord]:
    """Yield the words and bigrams of a query text, as `query_words`; words with signs as wholes."""
    forms = find_forms(text)
    form = next(forms, None)
    plain = deque(
        QueryWord(word, start, end, position, text[start:end])
        for word, start, end, position in query_words(text)
    )
    while plain:
        while form is not None and form.end <= plain[0].start:
            form = next(forms, None)
        if form is None or plain[0].start < form.start:
            yield plain.popleft()
            continue
        inside = [plain.popleft()]
        while plain and plain[0].start < form.end:
            inside.append(plain.popleft())
        yield _whole_word(text, form, inside)


def _whole_word(text: str, form: WrittenForm, inside: Sequence[QueryWord]) -> QueryWord:
    parts = tuple((fold_word(part), part) for part in form.parts)
    return QueryWord(
        form.wholes[0],
        form.start,
        form.end,
        inside[0].position,
        text[form.start : form.end],
        form.wholes[1:],
        parts or tuple((word.word, word.typed) for word in inside if word.word.isalnum()),
    )


def exact_words(text: str) -> tuple[str, ...]:
    """Return the words of a text by which it equals another: without emoji beside other words."""
    words = tuple(word.word for word in whole_words(text))
    return tuple(word for word in words if _LETTER.search(word)) or words


def index_terms(
    text: str, analyze: Callable[[str], tuple[str, ...]]
) -> Iterator[tuple[str, str, int]]:
    """Yield the terms to index for `text`: (word, term, position), from 0.

    The positions of one term ascend, and the last position is that of the last word. `analyze`
    returns the terms of a word, as `stemming.analyzer`. A run yields its characters and its
    bigrams, so that single characters can be searched too. A word with signs has the position of
    its first part.
    """
    forms = find_forms(text)
    form = next(forms, None)
    position = 0
    for word, start, end, is_run in tokenize(text):
        while form is not None and form.start <= start:
            if form.end > start:
                yield from _form_terms(form, position, analyze)
            form = next(forms, None)
        if not is_run:
            for term in analyze(text[start:end]):
                yield word, term, position
            position += 1
            continue
        for offset, character in enumerate(word):
            single = fold_word(character)
            yield single, single, position
            if offset + 1 < len(word):
                gram = fold_word(word[offset : offset + 2])
                yield gram, gram, position
            position += 1


def _form_terms(
    form: WrittenForm, position: int, analyze: Callable[[str], tuple[str, ...]]
) -> Iterator[tuple[str, str, int]]:
    for whole in () if form.parts else form.wholes:
        yield whole, whole, position
    for number, part in enumerate(form.parts):
        for term in analyze(part):
            yield fold_word(part), term, position + min(number, 1)
