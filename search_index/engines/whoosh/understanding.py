"""A request against what is visible: which terms to look for, how to forgive, what was meant."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise

import numpy as np

from search_index.engines.whoosh import matching, spelling
from search_index.engines.whoosh.matching import Option
from search_index.engines.whoosh.parsing import Clause, Piece, Request
from search_index.engines.whoosh.snapshot import View

MAX_EXPANSIONS = 32
"""Words that a beginning is scored by; documents with others are found, and come last."""

RARE = 2
"""Documents of a word at most, for it to be taken for a possible mistake."""

QUESTION_WORDS = 6
"""Loose words from which on a text is a question, whose quotes are quotations: nothing in it is
required, and no share of it need match."""

REPEATED = 1.0
"""How much each further time counts that a word was typed, beside 1 for the first."""

MAX_FORGIVEN = 8
"""Missing or rare words of a query that others are looked up for; bounds it to some 20 ms."""

PAIR_WEIGHT = 0.25
"""How much words count for following each other as they were typed, beside 1 for being there."""

MAX_PAIR_DOCUMENTS = 20_000
"""Documents that the words of a pair may have together, for it to be looked for; some 5 ms."""

_FAR_MORE = 10  # times as many documents as a rare word's make the likelier word
_PREFIX_WEIGHT = 0.8
_BEGINNING_WEIGHT = 0.3
_TYPO_WEIGHTS = {1: 0.6, 2: 0.35}
_JOINED_WEIGHT = 0.8
_JOINED_GROUP = -1


@dataclass(frozen=True, slots=True)
class Needle:
    """A clause as it is looked for: a document with any of the options matches it.

    Options of one group stand together. `times` says how often it was asked for.
    """

    options: tuple[Option, ...]
    required: bool
    times: float = 1.0


@dataclass(frozen=True, slots=True)
class Search:
    """What to look for. `needles` empty: everything, or nothing where the text said something."""

    needles: tuple[Needle, ...]
    without: tuple[Option, ...]
    did_you_mean: str | None
    everything: bool
    is_question: bool = False
    pairs: tuple[Option, ...] = ()


def understand(view: View, request: Request) -> Search:
    """Resolve a request against the words of visible documents; bounded by its number of words."""
    clauses = [clause for clause in request.clauses if not _is_light(view, clause)]
    if not clauses:
        clauses = list(request.clauses)
    is_question = sum(not clause.required for clause in clauses) >= QUESTION_WORDS
    fixes: dict[tuple[int, int], str] = {}
    needles = [
        Needle(
            tuple(_options(view, clause, fixes)),
            clause.required and not is_question,
            1 + REPEATED * (clause.times - 1),
        )
        for clause in clauses
    ]
    _join_neighbours(view, clauses, needles, fixes)
    return Search(
        tuple(needles),
        tuple(_exact(view, piece) for piece in request.without),
        _corrected(request.text, fixes),
        everything=not needles and (not request.text.strip() or bool(request.without)),
        is_question=is_question,
        pairs=tuple(_pairs(view, clauses)),
    )


def _is_light(view: View, clause: Clause) -> bool:
    """Whether a clause says little beside others: `the`, unless it is still being typed."""
    return not clause.required and all(
        piece.words[0] in view.light_words and not piece.prefix for piece in clause.pieces
    )


def _options(view: View, clause: Clause, fixes: dict[tuple[int, int], str]) -> Iterator[Option]:
    group = 0
    for piece in clause.pieces:
        exact = _exact(view, piece)
        yield replace(exact, group=group)
        if piece.prefix:
            for option in _beginnings(view, piece):
                yield replace(option, group=group)
        if len(piece.words) == 1 and len(fixes) < MAX_FORGIVEN:
            for option in _forgiving(view, piece, exact, fixes):
                group += 1
                yield replace(option, group=group)
        group += 1


def _exact(view: View, piece: Piece) -> Option:
    slots = tuple(view.stems(word) for word in piece.words)
    return Option(slots, piece.offsets, piece.field)


def _beginnings(view: View, piece: Piece) -> Iterator[Option]:
    word = piece.words[0]
    counts = matching.visible_words_from(view, word)
    counts.pop(word, None)
    if not counts:
        return
    likely = sorted(counts, key=lambda other: (other in view.light_words, -counts[other], other))
    for other in likely[:MAX_EXPANSIONS]:
        yield Option((view.stems(other),), (0,), piece.field, _PREFIX_WEIGHT)
    if piece.field is None:
        yield Option((), (), None, _BEGINNING_WEIGHT, beginning=word)


def _forgiving(
    view: View, piece: Piece, exact: Option, fixes: dict[tuple[int, int], str]
) -> Iterator[Option]:
    """The words that a missing or rare one may have been meant for."""
    word = piece.words[0]
    count = sum(view.frequency("text", term) for term in exact.slots[0])
    if count > RARE or (piece.prefix and matching.visible_words_from(view, word)):
        return
    near = [
        candidate
        for candidate in spelling.candidates(view, word)
        if candidate.count >= _FAR_MORE * count
    ]
    split = None if count or piece.field else _split(view, word)
    if split and (not near or near[0].distance > 1):
        fixes[piece.start, piece.end] = " ".join(split)
    elif near and not count:
        fixes[piece.start, piece.end] = near[0].word
    if split:
        yield _pair(view, split)
    for candidate in near:
        weight = _TYPO_WEIGHTS[candidate.distance]
        yield Option((view.stems(candidate.word),), (0,), piece.field, weight)


def _pair(view: View, pair: tuple[str, str]) -> Option:
    return Option(tuple(view.stems(word) for word in pair), (0, 1), None, _JOINED_WEIGHT)


def _split(view: View, word: str) -> tuple[str, str] | None:
    """The two words that follow each other somewhere visible and make `word` together."""
    for pair in spelling.splits(view, word):
        option = _pair(view, pair)
        for segment, mask in view.pairs():
            for documents, _ in matching.found(segment, option):
                if np.any(mask[documents]):
                    return pair
    return None


def _join_neighbours(
    view: View,
    clauses: Sequence[Clause],
    needles: list[Needle],
    fixes: dict[tuple[int, int], str],
) -> None:
    """Let `news paper` find `newspaper`: the joined word stands for both of its halves."""
    for number in range(len(clauses) - 1):
        first, second = clauses[number].pieces[0], clauses[number + 1].pieces[0]
        if any(
            len(clause.pieces) > 1 or clause.required for clause in clauses[number : number + 2]
        ):
            continue
        joined = first.words[0] + second.words[0]
        if first.end == second.start or not view.frequency("words", joined):
            continue
        option = Option((view.stems(joined),), weight=_JOINED_WEIGHT, group=_JOINED_GROUP)
        for place in (number, number + 1):
            needles[place] = replace(needles[place], options=(*needles[place].options, option))
        if not all(view.frequency("words", piece.words[0]) for piece in (first, second)):
            fixes.pop((first.start, first.end), None)
            fixes.pop((second.start, second.end), None)
            fixes[first.start, second.end] = joined


def _pairs(view: View, clauses: Sequence[Clause]) -> Iterator[Option]:
    """Words that follow each other in the text, as phrases that documents may hold."""
    for first, second in pairwise(clauses):
        left, right = first.pieces[0], second.pieces[0]
        loose = not (first.required or second.required or right.prefix)
        if loose and left.end < right.start and right.start - left.end <= 2:
            slots = (view.stems(left.words[0]), view.stems(right.words[0]))
            documents = sum(view.frequency("text", term) for slot in slots for term in slot)
            if documents <= MAX_PAIR_DOCUMENTS:
                yield Option(slots, (0, 1), None, PAIR_WEIGHT)


def _corrected(text: str, fixes: dict[tuple[int, int], str]) -> str | None:
    """The text as it was probably meant, if any word of it is in no visible document."""
    if not fixes:
        return None
    taken = len(text)
    for (start, end), word in sorted(fixes.items(), reverse=True):
        if end <= taken:  # of fixes that overlap, the last one counts
            text = text[:start] + word + text[end:]
            taken = start
    return text.strip()
