"""Text to terms: words in their order, and bigrams for scripts without spaces.

Pure functions, used for documents, queries and highlights, so that the three always agree. Their
results are stored in the index: a change of results requires a new `schema.VERSION`.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Iterator
from functools import lru_cache
from string import ascii_lowercase

from search_index.text.folding import fold_word

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
WORD = re.compile(
    rf"([{_GRAM_RANGES}]+)|(?:(?![{_GRAM_RANGES}])[^\W_][{re.escape(_MARKS)}]*)+", re.UNICODE
)

# First letters of words from which a stemmer may remove a prefix: the Dutch "ge" of participles.
_PREFIXES = {"nl": frozenset("g")} | dict.fromkeys(("ga", "id", "st"), frozenset(ascii_lowercase))

_GRAM = re.compile(f"[{_GRAM_RANGES}]")
_IS_MARK = frozenset(_MARKS)


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
    return re.compile(f"[^{others}](?:{ascii_word}|((?<![^\\W_].)|(?<=[^\\x00-\\x7f])))", re.DOTALL)


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
    place = start - 1
    while place >= 0 and text[place] in _IS_MARK:
        place -= 1
    if place < 0 or not text[place].isalnum() or _GRAM.match(text, place):
        return False
    return text[start] in _IS_MARK or not _GRAM.match(text, start)


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


def index_terms(
    text: str, analyze: Callable[[str], tuple[str, ...]]
) -> Iterator[tuple[str, str, int]]:
    """Yield the terms to index for `text`: (folded word, term, position), from 0, ascending.

    `analyze` returns the terms of a word, as `stemming.analyzer`. A run yields its characters and
    its bigrams, so that single characters can be searched too.
    """
    position = 0
    for word, start, end, is_run in tokenize(text):
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
