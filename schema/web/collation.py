"""Alphabetical order of names in a language."""

from __future__ import annotations

import unicodedata

_MARKS = " #@\"'“„«‘¿¡(["
_PLAIN = str.maketrans(
    {"æ": "ae", "œ": "oe", "ø": "o", "đ": "d", "ð": "d", "ł": "l", "ı": "i", "þ": "th", "ħ": "h"}
)
_ANY_LANGUAGE = "ий уў"
_LETTERS = {
    "cs": "cč rř sš zž",
    "da": "zæøå",
    "es": "nñ",
    "fi": "zåäö",
    "hr": "cčć dđ sš zž",
    "hu": "oö uü",
    "nb": "zæøå",
    "nn": "zæøå",
    "no": "zæøå",
    "pl": "aą cć eę lł nń oó sś zźż",
    "ro": "aăâ iî sș tț",
    "sv": "zåäö",
    "tr": "cç gğ hı oö sş uü",
    "uk": "гґ еє иіїй",
}
"""Letters of their own that a language has, each group behind the letter that begins it.

From the tailorings of CLDR, https://github.com/unicode-org/cldr/tree/main/common/collation, without
digraphs. In other languages, letters with accents stand with the plain ones.
"""


def collation_key(name: str, language: str) -> tuple[list[tuple[str, int]], str]:
    """Return the key by which names are sorted: without accents, case and leading marks.

    Letters that the language counts as its own have their places in its alphabet. Letters of other
    scripts, as Greek or Chinese, are in the order of their code points.
    """
    places = _places(language)
    return [_place(letter, places) for letter in _letters(name, language)], name


def initial_of(name: str, language: str) -> str:
    """Return the heading under which a name stands: its first letter, or # for all else."""
    first = _letters(name, language)[:1]
    if language == "tr" and first == "i":
        return "İ"
    return first.upper() if first.isalpha() else "#"


def _letters(name: str, language: str) -> str:
    """Return the lower-case letters of a name, composed only if they are the language's own."""
    if language == "tr":
        name = name.replace("I", "ı").replace("İ", "i")
    if language in ("da", "nb", "nn", "no"):
        name = name.translate(str.maketrans("äÄöÖ", "æÆøØ"))
    places = _places(language)
    composed = unicodedata.normalize("NFC", name).casefold().lstrip(_MARKS)
    return "".join(letter if letter in places else _plain(letter) for letter in composed)


def _plain(letter: str) -> str:
    decomposed = unicodedata.normalize("NFKD", letter).translate(_PLAIN)
    return "".join(part for part in decomposed if not unicodedata.combining(part))


def _place(letter: str, places: dict[str, tuple[str, int]]) -> tuple[str, int]:
    return places.get(letter, (letter, 0))


def _places(language: str) -> dict[str, tuple[str, int]]:
    """Return the places of a language's own letters: a plain letter, and which one behind it."""
    groups = f"{_ANY_LANGUAGE} {_LETTERS.get(language, '')}".split()
    return {
        letter: (group[0], rank) for group in groups for rank, letter in enumerate(group) if rank
    }
