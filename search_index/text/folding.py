"""Folding: text without case, accents, and other differences that are left out when typing."""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache

import opencc

MAX_WORD = 64
"""Characters of a word that are indexed; longer words are truncated."""

_MEMO_SIZE = 200_000
"""Words whose folding is cached; about 20 MB when full."""

INVISIBLE = "\u00ad\u034f\u061c\u180e\u200b-\u200f\u202a-\u202e\u2060-\u2064\u2066-\u2069\ufeff"
"""Characters without width, as ranges of a pattern: soft hyphens, joiners, marks of direction."""

# Marks that are omitted when typing: accents, Hebrew points, Arabic vowels and tatweel, the nukta
# of Devanagari, variants and skin tones of emoji, and what is invisible.
_DROPPED_MARKS = re.compile(
    "[\u0300-\u036f\u0591-\u05c7\u0610-\u061a\u0640\u064b-\u065f\u0670\u093c"
    f"{INVISIBLE}\ufe00-\ufe0f\U0001f3fb-\U0001f3ff]"
)
_SUBSTITUTES = str.maketrans(
    {
        "ø": "o",
        "ł": "l",
        "đ": "d",
        "ð": "d",
        "þ": "th",
        "æ": "ae",
        "œ": "oe",
        "\u0131": "i",
        "ħ": "h",
        "\u0451": "\u0435",  # Russian yo, which is mostly written as ye
        # Arabic, as Lucene's ArabicNormalizer: forms of alef, teh marbuta, alef maksura; and the
        # Persian letters for yeh and kaf.
        **dict.fromkeys("\u0622\u0623\u0625\u0671", "\u0627"),
        "\u0629": "\u0647",
        "\u0649": "\u064a",
        "\u06cc": "\u064a",
        "\u06a9": "\u0643",
        # Hebrew letters at the end of a word.
        **dict(zip("ךםןףץ", "כמנפצ", strict=True)),
        # Devanagari, as Lucene's HindiNormalizer: nasal signs and short vowels.
        "\u0901": "\u0902",
        **dict(
            zip(
                "\u0908\u090a\u0940\u0942\u0945\u0946\u0949\u094a",
                "\u0907\u0909\u093f\u0941\u0947\u0947\u094b\u094b",
                strict=True,
            )
        ),
        # Katakana to hiragana.
        **{chr(code): chr(code - 0x60) for code in range(0x30A1, 0x30F7)},
    }
)
_SUBSTITUTED = re.compile(f"[{''.join(map(chr, _SUBSTITUTES))}]")
_NASAL = re.compile("\u0928\u094d(?=[\u0915-\u0939])")  # a nasal that is also written as a sign
_HAN = re.compile("[\u3400-\u4dbf\u4e00-\u9fff]")

_fold_memo: dict[str, str] = {}


@lru_cache(maxsize=8192)
def _fold_accents(character: str) -> str:
    base = unicodedata.normalize("NFD", character)
    # Only for scripts in which the accent is optional: й is not и, and hangul is not decomposed.
    if len(base) > 1 and base[0] < "\u0400":
        return _DROPPED_MARKS.sub("", base)
    return character


@lru_cache(maxsize=1)
def _simplified() -> dict[int, str]:
    """Return the simplified form of each traditional Chinese character; takes 15 ms."""
    characters = [chr(code) for code in (*range(0x3400, 0x4DC0), *range(0x4E00, 0xA000))]
    converted = opencc.OpenCC("t2s").convert("\n".join(characters)).split("\n")
    pairs = zip(characters, converted, strict=True)
    return {ord(before): after for before, after in pairs if before != after}


def fold(text: str) -> str:
    """Return `text` without case, accents and variants of letters; idempotent."""
    if text.isascii():
        return text.lower()
    plain = unicodedata.normalize("NFKC", unicodedata.normalize("NFKC", text).casefold())
    plain = _DROPPED_MARKS.sub("", "".join(map(_fold_accents, plain)))
    if _SUBSTITUTED.search(plain):
        plain = _NASAL.sub("\u0902", plain.translate(_SUBSTITUTES))
    if _HAN.search(plain):
        plain = plain.translate(_simplified())
    return plain


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
