"""Stemming: the forms of a word as one term, which carries the language that it was stemmed in.

A stem of one language means nothing in another: the French stem of `news` is that of `new`. So
terms are marked with their language, and a query's word is looked up by the stem of each language
among the documents of that language alone.
"""

from __future__ import annotations

import re
import threading
from collections.abc import Callable, Collection
from functools import lru_cache

import Stemmer
from whoosh.lang.stopwords import stoplists

from search_index.text import folding

LANGUAGE_MARK = "\x04"
"""Separates a stem and its language in a term."""

_MEMO_SIZE = 200_000
"""Words whose terms are cached, for each language; about 20 MB when full."""

STEMMERS = {
    "ar": "arabic",
    "ca": "catalan",
    "cs": "czech",
    "da": "danish",
    "de": "german",
    "el": "greek",
    "en": "english",
    "eo": "esperanto",
    "es": "spanish",
    "et": "estonian",
    "eu": "basque",
    "fa": "persian",
    "fi": "finnish",
    "fr": "french",
    "ga": "irish",
    "hi": "hindi",
    "hu": "hungarian",
    "hy": "armenian",
    "id": "indonesian",
    "it": "italian",
    "lt": "lithuanian",
    "ne": "nepali",
    "nl": "dutch",
    "no": "norwegian",
    "pl": "polish",
    "pt": "portuguese",
    "ro": "romanian",
    "ru": "russian",
    "sr": "serbian",
    "st": "sesotho",
    "sv": "swedish",
    "ta": "tamil",
    "tr": "turkish",
    "yi": "yiddish",
}
"""Language subtag to the Snowball algorithm that stems it: all that the library has, except for
older variants of two of them."""

_ALIASES = {
    "bs": "sr",
    "hr": "sr",
    "in": "id",
    "iw": "he",
    "ji": "yi",
    "ms": "id",
    "nb": "no",
    "nn": "no",
    "sh": "sr",
}

# Endings that a stemmer recognises only with accents, or not at all: plurals of short words.
_ENDINGS = {
    "ca": (("cio", "ció"),),
    "es": (("ces", "z"), ("as", "a"), ("es", "e"), ("os", "o")),
    "pt": (
        ("coes", "ção"),
        ("cao", "ção"),
        ("oes", "ão"),
        ("aes", "ão"),
        ("aos", "ão"),
        ("ao", "ão"),
        ("ais", "al"),
        ("eis", "el"),
        ("ns", "m"),
        ("as", "a"),
        ("es", "e"),
        ("os", "o"),
        ("us", "u"),
    ),
}
_MIN_ENDED = 4
"""Letters of a word from which on its ending may become shorter."""

# Articles, prepositions and conjunctions that are written as one word with the next; those of
# Arabic as in Lucene's ArabicStemmer.
_ARABIC_PREFIX = re.compile("^(?:[وبكف]ال|لل|ال|و(?=..))(?=..)")
_HEBREW_PREFIX = re.compile("^[הובכלמש](?=.{3})")
_HEBREW_PLURAL = re.compile("(?<=.{3})(?:ים|ימ|ות)$")

# Stop words that are missing in Snowball's lists: `e.g.`, `i.e.`, `z.B.`, `d.h.`
_ABBREVIATIONS = {"de": frozenset(("bzw", "dh", "zb")), "en": frozenset(("eg", "ie"))}

_memos: dict[str, dict[str, tuple[str, ...]]] = {}
_stemmer_lock = threading.Lock()  # a Snowball stemmer has a buffer of its own: one caller at a time


@lru_cache(maxsize=1024)
def language_of(tag: str) -> str:
    """Return the language that a tag (`en`, `pt-BR`, `nb_NO`) is stemmed in, "" if it is not."""
    subtag = re.split("[-_]", tag.strip().lower(), maxsplit=1)[0]
    subtag = _ALIASES.get(subtag, subtag)
    return subtag if subtag in STEMMERS or subtag == "he" else ""


def is_of_language(tag: str, languages: Collection[str]) -> bool:
    """Return whether a tag (`pt-br`) is of one of these languages (`pt`), or stemmed as one."""
    return language_of(tag) in languages or re.split("[-_]", tag, maxsplit=1)[0] in languages


def analyzer(language: str) -> Callable[[str], tuple[str, ...]]:
    """Return the function from a word as it is written to its terms; cached.

    Terms are the stem of the folded word, since accents are left out when typing, and if it
    differs, the folded stem of the word with its accents, on which many stemmers rely. Numbers, and
    words of languages that are not stemmed, have themselves as their only term.
    """
    if not language:
        return _unstemmed
    memo = _memos.setdefault(language, {})

    def terms(token: str) -> tuple[str, ...]:
        result = memo.get(token)
        if result is None:
            if len(memo) >= _MEMO_SIZE:
                memo.clear()
            result = _stemmed(token[: folding.MAX_WORD], language)
            if len(token) <= folding.MAX_WORD:
                memo[token] = result
        return result

    return terms


def _unstemmed(token: str) -> tuple[str, ...]:
    return (folding.fold_word(token),)


def _stemmed(token: str, language: str) -> tuple[str, ...]:
    folded = folding.fold_word(token)
    if any(character.isdigit() for character in folded):
        return (folded,)
    stems = [stem(folded, language)]
    if not token.isascii():
        stems.append(folding.fold(_snowball_stem(token.lower(), language)))
    return tuple(dict.fromkeys(f"{form}{LANGUAGE_MARK}{language}" for form in stems if form))


def stem(word: str, language: str) -> str:
    """Return the stem of a folded word; of an unknown language, the word."""
    for ending, replacement in _ENDINGS.get(language, ()):
        is_shorter = len(replacement) < len(ending)
        if word.endswith(ending) and (len(word) >= _MIN_ENDED or not is_shorter):
            word = word.removesuffix(ending) + replacement
            break
    return folding.fold(_snowball_stem(word, language))


def _snowball_stem(word: str, language: str) -> str:
    if language == "he":
        while (shorter := _HEBREW_PREFIX.sub("", word)) != word:
            word = shorter
        return _HEBREW_PLURAL.sub("", word)
    if language == "ar":
        word = _ARABIC_PREFIX.sub("", word)
    if language not in STEMMERS:
        return word
    with _stemmer_lock:
        stemmed: str = _snowball(language).stemWord(word)
    return stemmed


@lru_cache(maxsize=len(STEMMERS))
def _snowball(language: str) -> Stemmer.Stemmer:
    return Stemmer.Stemmer(STEMMERS[language], 0)


def plain_term(term: str) -> str:
    """Return a term without the mark of its language."""
    return term.partition(LANGUAGE_MARK)[0]


def language_of_term(term: str) -> str:
    """Return the language that a term is marked with; "" for none."""
    return term.partition(LANGUAGE_MARK)[2]


@lru_cache(maxsize=64)
def stop_words(language: str) -> frozenset[str]:
    """Return the folded stop words of `language` (`the`, `of`); Snowball's lists, as in Whoosh.

    Those with an apostrophe (`don't`) are also written without it.
    """
    words = {folding.fold(word) for word in stoplists.get(language, ())}
    joined = {word.replace("'", "") for word in words if "'" in word}
    return frozenset(words | joined | _ABBREVIATIONS.get(language, frozenset()))
