"""What somebody typed, read as words, phrases, exclusions and alternatives. No text is an error."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace

from search_index.query import MAX_TERMS, MAX_TEXT
from search_index.text import analysis
from search_index.text.term_query import TextField

_FIELDS = {"title": TextField.TITLE, "author": TextField.AUTHOR, "topic": TextField.TOPIC}
_QUOTES = str.maketrans(dict.fromkeys("“”„‟«»\uff02", '"'))
_CHUNK = re.compile(
    r'(-?)(?:(title|author|topic):(?=[^\s]))?(?:"([^"]*)"|([^\s"]+))', re.IGNORECASE
)


@dataclass(frozen=True, slots=True)
class Piece:
    """Folded words that stand together: one word, or several that must follow each other.

    `offsets` are the words' places within the piece, from 0; `start` and `end` its place in the
    text; `prefix` says that its one word may go on.
    """

    words: tuple[str, ...]
    offsets: tuple[int, ...]
    start: int
    end: int
    field: TextField | None = None
    prefix: bool = False


@dataclass(frozen=True, slots=True)
class Clause:
    """Pieces of which one has to be found (OR). `required`: a document without it is no hit.

    `times` counts how often the same word was typed.
    """

    pieces: tuple[Piece, ...]
    required: bool = False
    times: int = 1


@dataclass(frozen=True, slots=True)
class Request:
    """A text as it was understood. `text` is what was read of it."""

    text: str
    clauses: tuple[Clause, ...]
    without: tuple[Piece, ...]


def parse(text: str, *, prefix_last: bool = False) -> Request:
    """Read at most MAX_TEXT characters and MAX_TERMS words of `text`; never fails.

    Words: each a clause. `"several words"`: required, together. `-word`, `-"words"`: excluded.
    `a OR b`: one clause. `title:`, `author:`, `topic:` before a word or phrase: required there.
    A quote that is not closed yet is left out.
    """
    read = text[:MAX_TEXT].translate(_QUOTES)
    reader = _Reader(prefix_last=prefix_last and read[-1:].isalnum())
    for match in _CHUNK.finditer(read):
        reader.take(match, is_last=match.end() == len(read))
    return Request(text[:MAX_TEXT], tuple(reader.clauses), tuple(reader.without))


class _Reader:
    """Chunk by chunk, what has been understood so far."""

    def __init__(self, *, prefix_last: bool) -> None:
        self.clauses: list[Clause] = []
        self.without: list[Piece] = []
        self._prefix_last = prefix_last
        self._joining = False
        self._room = MAX_TERMS

    def take(self, match: re.Match[str], *, is_last: bool) -> None:
        minus, field, quoted, bare = match.groups()
        if bare == "OR" and not minus and not field:
            self._joining = bool(self.clauses)
            return
        group = 3 if bare is None else 4
        found = list(analysis.words(quoted if bare is None else bare))[: self._room]
        if not found:
            return
        self._room -= len(found)
        start = match.start(group)
        pieces = [
            Piece((word,), (0,), start + first, start + last) for word, first, last, _ in found
        ]
        if minus or field or bare is None:
            pieces = [
                Piece(
                    tuple(word for word, *_ in found),
                    tuple(position for *_, position in found),
                    pieces[0].start,
                    pieces[-1].end,
                    _FIELDS.get((field or "").lower()),
                )
            ]
        if minus:
            self.without += pieces
            return
        if self._prefix_last and is_last and bare is not None and len(pieces[-1].words) == 1:
            pieces[-1] = replace(pieces[-1], prefix=True)
        self._add(pieces, required=bool(field) or bare is None)

    def _add(self, pieces: list[Piece], *, required: bool) -> None:
        if self._joining:
            before = self.clauses.pop()
            joined = (*before.pieces, pieces[0])
            self.clauses.append(Clause(joined, before.required and required))
            pieces = pieces[1:]
            self._joining = False
        for piece in pieces:
            if required or piece.prefix or not self._repeats(piece):
                self.clauses.append(Clause((piece,), required))

    def _repeats(self, piece: Piece) -> bool:
        """Whether a loose word has come before, where it is then counted once more."""
        for number, clause in enumerate(self.clauses):
            loose = not clause.required and len(clause.pieces) == 1
            if loose and clause.pieces[0].words == piece.words:
                self.clauses[number] = replace(clause, times=clause.times + 1)
                return True
        return False
