"""Text to terms: words, folding, stems by language, bigrams for scripts without spaces.

Pure functions, used for documents, queries and highlights, so that the three always agree. Their
results are stored in the index: a change of results requires a new `schema.VERSION`.
"""

from __future__ import annotations

import re
import threading
import unicodedata
from collections.abc import Callable, Iterator
from functools import lru_cache

import Stemmer
from whoosh.lang.stopwords import stoplists

MAX_WORD = 64
"""Characters of a word that are indexed; longer words are truncated."""

_MEMO_SIZE = 200_000
"""Words whose folding or stem is cached, for each language; about 20 MB when full."""

STEMMERS = {
    "ca": "catalan",
    "da": "danish",
    "de": "german",
    "en": "english",
    "es": "spanish",
    "fi": "finnish",
    "fr": "french",
    "it": "italian",
    "nl": "dutch",
    "no": "norwegian",
    "pt": "portuguese",
    "ro": "romanian",
    "ru": "russian",
    "sv": "swedish",
}
"""Language subtag to the Snowball algorithm that stems it; other languages are not stemmed."""

_ALIASES = {"nb": "no", "nn": "no"}

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

# First letters of prefixes that a stemmer may remove: the Dutch "ge" of participles.
_PREFIXES = {"nl": frozenset("g")}

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
    a non-ASCII character: about six times as fast as WORD alone. `language` is a key of STEMMERS
    or "".
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


# Marks that are omitted when typing: accents, Hebrew points, Arabic vowels and tatweel.
_DROPPED_MARKS = re.compile("[\u0300-\u036f\u0591-\u05c7\u0610-\u061a\u0640\u064b-\u065f\u0670]")
_TRANSLITERATED = {
    "ø": "o",
    "ł": "l",
    "đ": "d",
    "ð": "d",
    "þ": "th",
    "æ": "ae",
    "œ": "oe",
    "\u0131": "i",
    "ħ": "h",
}

# Endings that a stemmer recognises only with accents, or (Portuguese plurals) not at all.
_ENDINGS = {
    "ca": (("cio", "ció"),),
    "pt": (("coes", "ção"), ("cao", "ção"), ("oes", "ão")),
}

_fold_memo: dict[str, str] = {}
_stem_memo: dict[str, dict[str, str]] = {}
_stemmer_lock = threading.Lock()  # a Snowball stemmer has a buffer of its own: one caller at a time


@lru_cache(maxsize=8192)
def _fold_character(character: str) -> str:
    if character in _TRANSLITERATED:
        return _TRANSLITERATED[character]
    if character == "\u0451":  # Russian yo, which is mostly written as ye
        return "\u0435"
    base = unicodedata.normalize("NFD", character)
    # Only for scripts in which the accent is optional: й is not и, and hangul is not decomposed.
    if len(base) > 1 and base[0] < "\u0400":
        return _DROPPED_MARKS.sub("", base)
    return character


def fold(text: str) -> str:
    """Return `text` without case, accents and typographic variants; idempotent."""
    if text.isascii():
        return text.lower()
    plain = unicodedata.normalize("NFKC", unicodedata.normalize("NFKC", text).casefold())
    return _DROPPED_MARKS.sub("", "".join(map(_fold_character, plain)))


def fold_word(word: str) -> str:
    """Fold a word and truncate it to MAX_WORD characters; cached."""
    folded = _fold_memo.get(word)
    if folded is None:
        folded = fold(word[:MAX_WORD])[:MAX_WORD]
        if len(_fold_memo) >= _MEMO_SIZE:
            _fold_memo.clear()
        if len(word) <= MAX_WORD:
            _fold_memo[word] = folded
    return folded


@lru_cache(maxsize=1024)
def language_of(tag: str) -> str:
    """Return the key of STEMMERS for a language tag (`en`, `pt-BR`, `nb_NO`), "" if not stemmed."""
    subtag = re.split("[-_]", tag.strip().lower(), maxsplit=1)[0]
    subtag = _ALIASES.get(subtag, subtag)
    return subtag if subtag in STEMMERS else ""


def stemmer(language: str) -> Callable[[str], str]:
    """Return the function from a folded word to its stem; the identity for unknown languages.

    Folding comes before stemming, so that words typed without accents match words with them.
    """
    if language not in STEMMERS:
        return _identity
    memo = _stem_memo.setdefault(language, {})

    def stem(word: str) -> str:
        stemmed = memo.get(word)
        if stemmed is None:
            if len(memo) >= _MEMO_SIZE:
                memo.clear()
            stemmed = memo[word] = _stem_word(word, language)
        return stemmed

    return stem


def _stem_word(word: str, language: str) -> str:
    accented = word
    for plain, ending in _ENDINGS.get(language, ()):
        if word.endswith(plain):
            accented = word.removesuffix(plain) + ending
            break
    with _stemmer_lock:
        stem: str = _snowball(language).stemWord(accented)
    return fold(stem)


@lru_cache(maxsize=len(STEMMERS))
def _snowball(language: str) -> Stemmer.Stemmer:
    return Stemmer.Stemmer(STEMMERS[language], 0)


def _identity(word: str) -> str:
    return word


@lru_cache(maxsize=64)
def stop_words(language: str) -> frozenset[str]:
    """Return the folded stop words of `language` (`the`, `of`); Snowball's lists, as in Whoosh."""
    return frozenset(map(fold, stoplists.get(language, ())))


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


def index_terms(text: str, stem: Callable[[str], str]) -> Iterator[tuple[str, str, int]]:
    """Yield the terms to index for `text`: (folded word, term, position), from 0, ascending.

    A run yields its characters and its bigrams, so that single characters can be searched too.
    """
    position = 0
    for word, _, _, is_run in tokenize(text):
        if not is_run:
            yield word, stem(word), position
            position += 1
            continue
        for offset, character in enumerate(word):
            single = fold_word(character)
            yield single, single, position
            if offset + 1 < len(word):
                gram = fold_word(word[offset : offset + 2])
                yield gram, gram, position
            position += 1
