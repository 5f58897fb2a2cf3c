"""Words with signs in them, as people write them: `C++`, `3.5`, `U.S.`, `R&D`, `@name`, `O'Brien`.

Such a word is indexed as a whole, beside the plain words that it consists of. So a search for the
whole finds it first, and a search for a part finds it too.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import NamedTuple

from search_index.text.folding import INVISIBLE, fold, fold_word

APOSTROPHES = "'’‘ʼʻ`´＇′ʹ"
"""The characters that are typed or set as an apostrophe."""

MAX_LENGTH = 40
"""Characters of a word with signs; longer ones are addresses or data, and are indexed by parts."""

_MEMO_SIZE = 100_000
_LETTER = r"[^\W\d_]"
_PLAIN = f"[^\\W\\d_{APOSTROPHES}]"  # some apostrophes are letters to Unicode
_NUMBER = r"\d+(?:[.,:'’]\d+)*"
_CURRENCY = "$€£¥₹₽₩₪"
_SIGNS = f"{_CURRENCY}%‰§№"

_MARKED_NUMBER = re.compile(
    rf"(?<![\w{_SIGNS}])(?:(?P<sign>[{_CURRENCY}§№])[ \u00a0\u202f]?(?P<after>{_NUMBER})"
    rf"|(?P<before>{_NUMBER})[ \u00a0\u202f]?(?P<unit>[{_CURRENCY}%‰]))"
)
_FORM = re.compile(
    rf"""
    (?P<acronym> (?<![\w.]) (?: {_LETTER}(?:\.{_LETTER})+ \.?
                            | {_LETTER}{{1,2}}(?:\.{_LETTER}{{1,2}})+ \. ) (?![\w]) )
    | (?P<number> (?<![\w.,]) v?\d+(?:[.,:'’]\d+)++ (?![-/]\w) )
    | (?P<suffixed> (?<!\w) (?: \w*{_LETTER}\w*\+{{1,2}} | {_LETTER}{{1,3}}\# ) (?![\w+\#]) )
    | (?P<prefixed> (?<![\w@\#&.]) (?: [@\#]\w+ | \.{_LETTER}\w+ ) (?!\.\w) )
    | (?P<dotted> (?<![\w.]) \w+(?:\.\w+)+ )
    | (?P<joined> (?<!\w) \w{{1,4}}(?:[&/]\w{{1,4}})+ (?!\w) )
    | (?P<code> (?<!\w) (?=[\w/.-]*\d) \w{{1,12}}(?:[-/.]\w{{1,12}}){{1,6}} (?!\w) )
    | (?P<apostrophe> {_PLAIN}+(?:[{APOSTROPHES}]{_PLAIN}+)+ )
    """,
    re.VERBOSE,
)
_APOSTROPHE = re.compile(f"[{APOSTROPHES}]")
# A whole word: marks and what is invisible may be inside it, and then it has no such parts.
_MARK = f"[\u0300-\u036f{INVISIBLE}]"
_CAMEL = re.compile(rf"(?<!\w)(?<!\w{_MARK}){_PLAIN}*(?![A-Z]){_PLAIN}[A-Z]{_PLAIN}*(?!{_MARK}*\w)")
_CHUNK = re.compile(r"\S+")
_CAMEL_PART = re.compile(r"[A-Z]*[^\W\d_A-Z]+|[A-Z]+")
_THOUSANDS = re.compile(r"[1-9]\d{0,2}(?:([.,'’])\d{3})(?:\1\d{3})*")

# Not names: what French, Italian and Catalan shorten before a vowel, and English after a noun.
_ELISIONS = frozenset(
    (*"cdjlmnst", "qu", "jusqu", "lorsqu", "puisqu", "un", "all", "dall", "dell", "nell")
)
_CONTRACTIONS = frozenset(("s", "re", "ll", "ve", "d", "m"))


class WrittenForm(NamedTuple):
    """A word with signs in a text, from `start` to `end`.

    `wholes` are its terms, the most usual one first. `parts` are the words of one in camel case,
    which is a plain word itself, as `PowerPoint`; of others, its parts are the plain words there.
    """

    start: int
    end: int
    wholes: tuple[str, ...]
    parts: tuple[str, ...] = ()


def find_forms(text: str) -> Iterator[WrittenForm]:
    """Yield the words with signs in a text, ascending, not overlapping.

    Each word between white space is examined once, and its result cached: about 0.1 ms for 400
    words.
    """
    marked = list(_marked_numbers(text)) if any(sign in text for sign in _SIGNS) else []
    for chunk in _CHUNK.finditer(text):
        forms = _memo[chunk.group()]
        for form in forms:
            start, end = chunk.start() + form.start, chunk.start() + form.end
            while marked and marked[0].end <= start:
                yield marked.pop(0)
            if not marked or end <= marked[0].start:
                yield form._replace(start=start, end=end)
    yield from marked


def _forms_in(chunk: str) -> Iterator[WrittenForm]:
    if len(chunk) > MAX_LENGTH:
        return
    matches = sorted(
        (*_FORM.finditer(chunk), *_CAMEL.finditer(chunk)), key=lambda match: match.start()
    )
    end = 0
    for match in matches:
        kind, written = match.lastgroup, match.group()
        wholes = tuple(_wholes(kind or "", written)) if match.start() >= end else ()
        if wholes:
            end = match.end()
            parts = () if kind else tuple(_CAMEL_PART.findall(written))
            yield WrittenForm(match.start(), end, wholes, parts)


def _wholes(kind: str, written: str) -> Iterator[str]:
    match kind:
        case "acronym":
            yield fold(written.replace(".", ""))
        case "apostrophe":
            if _is_one_word(written):
                yield fold(_APOSTROPHE.sub("", written))
        case "number":
            yield from _number_forms(written.lstrip("v"))
        case "code":
            folded = fold_word(written)
            yield folded
            first, _, second = folded.partition("-")
            if first.isalpha() and second.isdecimal():
                yield first + second  # `F16` and `F-16`
        case "":
            if all(character.lower() != character.upper() for character in written):
                yield fold_word(written)
        case _:
            yield fold(written)


def _is_one_word(written: str) -> bool:
    """Return whether the parts around an apostrophe are one word: `O'Brien`, but not `l'arbre`."""
    first, second = _APOSTROPHE.split(written, maxsplit=1)
    if second.lower() in _CONTRACTIONS:
        return False
    return first.lower() not in _ELISIONS or (len(first) == 1 and second[0].isupper())


def _number_forms(number: str) -> Iterator[str]:
    """Yield the terms of a number: without separators of thousands, with a point for decimals.

    `1.000` is a thousand in some countries and one in others: it has both terms.
    """
    separators = {character for character in number if not character.isdigit()}
    if _THOUSANDS.fullmatch(number):
        if separators == {"."}:
            yield number
        yield "".join(character for character in number if character.isdigit())
        return
    if separators == {","} and number.count(",") == 1:
        yield number.replace(",", ".")
        return
    if separators in ({",", "."}, {"'", "."}, {"’", "."}):  # 1,234.5 and 1.234,5
        whole, decimals = re.fullmatch(r"(.*)[^\d](\d+)", number).groups()  # type: ignore[union-attr]
        if _THOUSANDS.fullmatch(whole):
            yield "".join(character for character in whole if character.isdigit()) + "." + decimals
            return
    yield number


def _marked_numbers(text: str) -> Iterator[WrittenForm]:
    """Yield amounts of money, percentages and numbers of sections, `€5` and `5 €` alike."""
    for match in _MARKED_NUMBER.finditer(text):
        sign = match["sign"] or match["unit"]
        number = match["after"] or match["before"]
        numbers = list(_number_forms(number))
        wholes = [f"{fold(sign)}{form}" for form in numbers]
        if number not in numbers or not number.isdigit():
            wholes += numbers
        yield WrittenForm(match.start(), match.end(), tuple(wholes))


class _Memo(dict[str, tuple[WrittenForm, ...]]):
    """Cache of the forms in each word between white space."""

    def __missing__(self, chunk: str) -> tuple[WrittenForm, ...]:
        forms = () if chunk.isalpha() and chunk.islower() else tuple(_forms_in(chunk))
        if len(self) >= _MEMO_SIZE:
            self.clear()
        if len(chunk) <= MAX_LENGTH:
            self[chunk] = forms
        return forms


_memo = _Memo()
