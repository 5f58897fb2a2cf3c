"""`_highlightResult` and `_snippetResult` in Algolia's JSON: texts with tags around matches."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from html import escape, unescape
from typing import Any, NamedTuple

from search_index.text import analysis, folding

_WORD = re.compile(r"\S+\s*|\s+")


class Piece(NamedTuple):
    """A part of a text; `marked` if it matched the query."""

    text: str
    marked: bool


@dataclass(frozen=True, slots=True)
class Tags:
    """What stands around a match, and what stands where a snippet was cut.

    Texts are escaped for HTML if a tag is one of HTML. Else the tags are placeholders, as those of
    InstantSearch and autocomplete-js, which escape the text themselves and then replace them.
    """

    before: str = "<em>"
    after: str = "</em>"
    ellipsis: str = "…"

    @property
    def is_markup(self) -> bool:
        """True if the result is HTML."""
        return "<" in self.before + self.after

    def render(self, pieces: Iterable[Piece]) -> str:
        """Return the pieces as one text."""
        rendered = []
        for text, marked in pieces:
            shown = escape(text, quote=False) if self.is_markup else text
            rendered.append(f"{self.before}{shown}{self.after}" if marked else shown)
        return "".join(rendered)


def pieces_of(fragment: str) -> list[Piece]:
    """Return the pieces of a fragment of the engine: HTML in which only `<mark>` is markup."""
    first, *others = fragment.split("<mark>")
    pieces = [Piece(unescape(first), marked=False)]
    for other in others:
        marked, _, text = other.partition("</mark>")
        pieces += [Piece(unescape(marked), marked=True), Piece(unescape(text), marked=False)]
    return [piece for piece in pieces if piece.text]


def result(pieces: Sequence[Piece], tags: Tags) -> dict[str, Any]:
    """Return a text with its matches in tags, and what they are."""
    matched = list(dict.fromkeys(piece.text.lower() for piece in pieces if piece.marked))
    return {
        "value": tags.render(pieces),
        "matchLevel": "full" if matched else "none",
        "matchedWords": matched,
    }


def snippet(pieces: Sequence[Piece], words: int, tags: Tags, *, is_cut: bool) -> list[Piece]:
    """Return at most `words` words of a text, with its first match; `is_cut` if more text follows.

    A quarter of them stand before the match, so that it can be understood.
    """
    parts = _words(pieces)
    match = next((at for at, word in enumerate(parts) if any(piece.marked for piece in word)), 0)
    start = max(0, min(match - words // 4, len(parts) - words))
    kept = [piece for word in parts[start : start + words] for piece in word]
    if start > 0:
        kept.insert(0, Piece(tags.ellipsis, marked=False))
    if start + words < len(parts) or is_cut:
        kept = [*kept[:-1], Piece(kept[-1].text.rstrip(), kept[-1].marked)] if kept else []
        kept.append(Piece(tags.ellipsis, marked=False))
    return kept


def _words(pieces: Iterable[Piece]) -> list[list[Piece]]:
    """Split pieces after white space: each word is made of one or more of them."""
    words: list[list[Piece]] = [[]]
    for text, marked in pieces:
        for part in _WORD.findall(text):
            words[-1].append(Piece(part, marked))
            if part[-1].isspace():
                words.append([])
    return [word for word in words if word]


class LabelMarks:
    """Marks words of labels, as names of topics, that were typed; the last may be incomplete."""

    def __init__(self, text: str) -> None:
        words = [word for word, *_ in analysis.query_words(text)]
        self._typed = frozenset(words)
        self._prefix = words[-1] if words and not text[-1:].isspace() else None

    def pieces(self, label: str) -> list[Piece]:
        """Return the pieces of a label."""
        pieces, end = [], 0
        for match in analysis.WORD.finditer(label):
            word = folding.fold_word(match.group())
            if word in self._typed or (self._prefix and word.startswith(self._prefix)):
                pieces += [Piece(label[end : match.start()], False), Piece(match.group(), True)]
                end = match.end()
        return [piece for piece in (*pieces, Piece(label[end:], False)) if piece.text]
