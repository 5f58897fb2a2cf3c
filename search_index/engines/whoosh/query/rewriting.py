"""A request against what is visible: which terms to look for, how to forgive, what was meant."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from itertools import pairwise

import numpy as np

from search_index.engines.whoosh.index import schema
from search_index.engines.whoosh.index.searcher import View
from search_index.engines.whoosh.query import matching, spellchecker
from search_index.engines.whoosh.query.time_limit import Deadline
from search_index.query import UNTUNED, Tuning
from search_index.text.parser import Clause, Piece, Request
from search_index.text.synonyms import Expansions
from search_index.text.term_query import TermGroup, TermAlternative, TextField, TermQuery

MAX_EXPANSIONS = 32
"""Words that a beginning is scored by; documents with others are found, and come last."""

RARE = 2
"""Documents of a word at most, for it to be taken for a possible mistake."""

QUESTION_WORDS = 6
"""Loose words from which on a text is a question, whose quotes are quotations: nothing in it is
required, and no share of it need match."""

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
SYNONYM_WEIGHT = 0.9
"""How good it is to find a synonym, beside 1 for the word that was typed."""

_JOINED = -1  # the group of a joined word, which no other option has


def understand(
    view: View,
    request: Request,
    deadline: Deadline,
    *,
    ranked: bool = True,
    tuning: Tuning = UNTUNED,
) -> TermQuery:
    """Resolve a request against the words of visible documents; bounded by its number of words.

    When time runs out, words are taken as they stand.

    `ranked` false: rare words are taken as they stand, for where hits are not ordered by score,
    what somebody may have meant would stand among what they asked for.
    """
    clauses = [clause for clause in request.clauses if not _is_light(view, clause)]
    if not clauses:
        clauses = list(request.clauses)
    is_question = sum(not clause.required for clause in clauses) >= QUESTION_WORDS
    synonyms = _expansions(view, tuning) if tuning.synonyms else None
    reader = _Reader(view, synonyms, deadline, rare=RARE if ranked else 0)
    needles = [
        TermGroup(
            tuple(reader.options(clause)), clause.required and not is_question, float(clause.times)
        )
        for clause in clauses
    ]
    reader.join_neighbours(clauses, needles)
    reader.add_synonyms(clauses, needles)
    return TermQuery(
        tuple(needles),
        tuple(_exact(view, piece) for piece in request.without),
        reader.corrected(request.text),
        everything=not needles and (not request.text.strip() or bool(request.without)),
        is_question=is_question,
        pairs=tuple(_pairs(view, clauses)) if ranked else (),
        # `bread -cheese` asks for no article called "Bread cheese".
        title=schema.whole_title(request.text) if ranked and not request.without else "",
    )


def _expansions(view: View, tuning: Tuning) -> Expansions:
    """The synonyms for a view; made once for each tuning, of which few are in use at a time."""
    known = view.expansions.get(tuning)
    if known is None:
        known = Expansions(tuning, view.stems)
        view.expansions.put(tuning, known)
    made: Expansions = known
    return made


def _is_light(view: View, clause: Clause) -> bool:
    """Whether a clause says little beside others: `the`, unless it is still being typed."""
    return not clause.required and all(
        piece.words[0] in view.light_words and not piece.prefix for piece in clause.pieces
    )


def _exact(view: View, piece: Piece) -> TermAlternative:
    slots = tuple(view.stems(word) for word in piece.words)
    return TermAlternative(slots, piece.offsets, piece.field)


def _pairs(view: View, clauses: Sequence[Clause]) -> Iterator[TermAlternative]:
    """Words that follow each other in the text, as phrases that documents may hold."""
    for first, second in pairwise(clauses):
        left, right = first.pieces[0], second.pieces[0]
        loose = not (first.required or second.required or right.prefix)
        if loose and left.end < right.start and right.start - left.end <= 2:
            slots = (view.stems(left.words[0]), view.stems(right.words[0]))
            documents = sum(view.frequency("text", term) for slot in slots for term in slot)
            if documents <= MAX_PAIR_DOCUMENTS:
                yield TermAlternative(slots, (0, 1), None, PAIR_WEIGHT)


class _Reader:
    """Turns clauses into options, and remembers which words were probably meant otherwise."""

    def __init__(
        self, view: View, synonyms: Expansions | None, deadline: Deadline, *, rare: int
    ) -> None:
        """`rare`: documents of a word at most, for others to be looked for beside it."""
        self._synonyms = synonyms
        self._view = view
        self._deadline = deadline
        self._rare = rare
        self._forgiven = 0
        self._fixes: dict[tuple[int, int], str] = {}  # by the place in the text

    def options(self, clause: Clause) -> Iterator[TermAlternative]:
        """The ways in which a document may match a clause; a group for each word."""
        group = 0
        for piece in clause.pieces:
            exact = _exact(self._view, piece)
            begun = piece.prefix and not self._deadline.passed()
            beginnings = self._beginnings(piece) if begun else ()
            if not beginnings or self._is_there(exact):
                yield exact._replace(group=group)
            # Most are in the first group, as they were remembered.
            yield from (one._replace(group=group) if group else one for one in beginnings)
            for option in self._forgiving(piece, exact):
                group += 1
                yield option._replace(group=group)
            group += 1

    def _is_there(self, exact: TermAlternative) -> bool:
        """Whether any visible document has a word as it stands, or any of its stems."""
        return any(
            self._view.frequency(field, term)
            for term in exact.slots[0]
            for field in ("text", "words")
        )

    def _beginnings(self, piece: Piece) -> tuple[TermAlternative, ...]:
        """The words that a beginning may become, the commonest, and any other one."""
        word, field = piece.words[0], piece.field
        known: tuple[TermAlternative, ...] | None = self._view.beginnings.get((word, field))
        if known is None:
            known = tuple(_beginnings(self._view, word, field))
            self._view.beginnings.put((word, field), known)
        return known

    def _forgiving(self, piece: Piece, exact: TermAlternative) -> Iterator[TermAlternative]:
        """The words that a missing or rare one may have been meant for."""
        if len(piece.words) > 1 or self._forgiven >= MAX_FORGIVEN:
            return
        view, word = self._view, piece.words[0]
        if self._synonyms is not None and self._synonyms.of((word,)):
            return
        count = sum(view.frequency("text", term) for term in exact.slots[0])
        if count > self._rare or (piece.prefix and matching.begins_any(view, word)):
            return
        if self._deadline.passed():
            return
        self._forgiven += 1
        near = [
            candidate
            for candidate in spellchecker.candidates(view, word)
            if candidate.count >= _FAR_MORE * count
        ]
        split = None if count or piece.field is not None else _split(view, word)
        if split and (not near or near[0].distance > 1):
            self._fixes[piece.start, piece.end] = " ".join(split)
        elif near and not count:
            self._fixes[piece.start, piece.end] = near[0].word
        if split:
            yield _pair(view, split)
        for candidate in near:
            weight = _TYPO_WEIGHTS[candidate.distance]
            yield TermAlternative((view.stems(candidate.word),), (0,), piece.field, weight)

    def join_neighbours(self, clauses: Sequence[Clause], needles: list[TermGroup]) -> None:
        """Let `news paper` find `newspaper`: the joined word stands for both of its halves."""
        for number, (one, other) in enumerate(pairwise(clauses)):
            if any(len(clause.pieces) > 1 or clause.required for clause in (one, other)):
                continue
            first, second = one.pieces[0], other.pieces[0]
            joined = first.words[0] + second.words[0]
            if first.end >= second.start or not self._view.frequency("words", joined):
                continue
            option = TermAlternative(
                (self._view.stems(joined),), weight=_JOINED_WEIGHT, group=_JOINED
            )
            for place in (number, number + 1):
                needles[place] = replace(
                    needles[place], alternatives=(*needles[place].alternatives, option)
                )
            if not all(self._view.frequency("words", half.words[0]) for half in (first, second)):
                self._fixes.pop((first.start, first.end), None)
                self._fixes.pop((second.start, second.end), None)
                self._fixes[first.start, second.end] = joined

    def add_synonyms(self, clauses: Sequence[Clause], needles: list[TermGroup]) -> None:
        """Let words be found by what stands for them; several of them, each by all that does."""
        if self._synonyms is None:
            return
        for first in range(len(clauses)):
            words: list[str] = []
            for last in range(first, min(len(clauses), first + self._synonyms.longest)):
                clause = clauses[last]
                if clause.required or len(clause.pieces) > 1 or len(clause.pieces[0].words) > 1:
                    break
                words.append(clause.pieces[0].words[0])
                for other in self._synonyms.of(words):
                    slots = tuple(self._view.stems(word) for word in other)
                    offsets = tuple(range(len(slots)))
                    option = TermAlternative(slots, offsets, None, SYNONYM_WEIGHT)
                    for place in range(first, last + 1):
                        needles[place] = _with(needles[place], option)

    def corrected(self, text: str) -> str | None:
        """The text as it was probably meant, if any word of it is in no visible document."""
        if not self._fixes:
            return None
        taken = len(text)
        for (start, end), word in sorted(self._fixes.items(), reverse=True):
            if end <= taken:  # of fixes that overlap, the last one counts
                text = text[:start] + word + text[end:]
                taken = start
        return text.strip()


def _beginnings(view: View, word: str, field: TextField | None) -> Iterator[TermAlternative]:
    light = view.light_words
    passed_over = 1 + sum(other.startswith(word) for other in light)
    counts = matching.commonest_words_from(view, word, MAX_EXPANSIONS + passed_over)
    others = [other for other, _ in counts if other != word]
    others.sort(key=light.__contains__)  # what says little comes last
    for other in others[:MAX_EXPANSIONS]:
        yield TermAlternative((view.stems(other),), (0,), field, _PREFIX_WEIGHT)
    if others and field is None:
        yield TermAlternative((), (), None, _BEGINNING_WEIGHT, prefix=word)


def _with(needle: TermGroup, option: TermAlternative) -> TermGroup:
    """A needle with one more option, beside those of its group."""
    options = sorted((*needle.alternatives, option), key=lambda one: one.group)
    return replace(needle, alternatives=tuple(options))


def _pair(view: View, pair: tuple[str, str]) -> TermAlternative:
    return TermAlternative(tuple(view.stems(word) for word in pair), (0, 1), None, _JOINED_WEIGHT)


def _split(view: View, word: str) -> tuple[str, str] | None:
    """The two words that follow each other somewhere visible and make `word` together."""
    for pair in spellchecker.splits(view, word):
        option = _pair(view, pair)
        for segment, mask in view.pairs():
            for documents, _ in matching.found(segment, option):
                if np.any(mask[documents]):
                    return pair
    return None
