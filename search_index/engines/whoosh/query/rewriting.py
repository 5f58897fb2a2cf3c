"""Query rewriting: clauses to terms of visible documents, with completions and corrections."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from itertools import pairwise

import numpy as np

from search_index.engines.whoosh.index import schema
from search_index.engines.whoosh.index.searcher import IndexView
from search_index.engines.whoosh.query import matching, spellchecker
from search_index.engines.whoosh.query.time_limit import TimeLimit
from search_index.fields import TextField
from search_index.query import UNTUNED, Tuning
from search_index.text.parser import Clause, ParsedQuery, Phrase
from search_index.text.synonyms import SynonymMap
from search_index.text.term_query import TermAlternative, TermGroup, TermQuery

MAX_EXPANSIONS = 32
"""Completions by which a prefix is scored; documents with others match too, and come last."""

RARE_DOC_FREQ = 2
"""Document frequency up to which a word is taken for a possible typing error."""

QUESTION_WORDS = 6
"""Optional words from which on a text is a question, whose quotes are quotations: nothing in it is
required, and documents that match any share of it are hits."""

MAX_CORRECTIONS = 8
"""Missing or rare words of a query that are corrected, at most; bounds the time to 20 ms."""

PAIR_WEIGHT = 0.25
"""Weight of adjacent words in the order of the query, relative to 1 for the words alone."""

MAX_PAIR_DOCUMENTS = 20_000
"""Sum of the document frequencies of a pair's words up to which it is searched; about 5 ms."""

_MIN_FREQUENCY_RATIO = 10  # document frequency of a correction, relative to that of the rare word
_PREFIX_WEIGHT = 0.8
_ANY_COMPLETION_WEIGHT = 0.3
_TYPO_WEIGHTS = {1: 0.6, 2: 0.35}
_JOINED_WEIGHT = 0.8
_PARTS_WEIGHT = 0.7  # of all parts of a word with signs, one after the other
_PART_WEIGHT = 0.3
SYNONYM_WEIGHT = 0.9
"""Weight of a synonym, relative to 1 for the typed word."""

_JOINED_IDF_GROUP = -1  # idf group of a joined word, used by no other alternative


def rewrite(
    view: IndexView,
    parsed: ParsedQuery,
    time_limit: TimeLimit,
    *,
    ranked: bool = True,
    tuning: Tuning = UNTUNED,
) -> TermQuery:
    """Rewrite a parsed query to terms of visible documents; cost bounded by its number of words.

    When the time limit is exceeded, the remaining words are not completed or corrected.

    `ranked` false: rare words are not corrected, because without an order by score, documents with
    the correction would mix with exact matches.
    """
    clauses = [clause for clause in parsed.clauses if not _is_stop_clause(view, clause)]
    if not clauses:
        clauses = list(parsed.clauses)
    is_question = sum(not clause.required for clause in clauses) >= QUESTION_WORDS
    synonyms = _synonym_map(view, tuning) if tuning.synonyms else None
    rewriter = _Rewriter(
        view, synonyms, time_limit, max_rare_doc_freq=RARE_DOC_FREQ if ranked else 0
    )
    groups = [
        TermGroup(
            tuple(rewriter.alternatives(clause)),
            clause.required and not is_question,
            float(clause.count),
        )
        for clause in clauses
    ]
    rewriter.join_adjacent(clauses, groups)
    rewriter.add_synonyms(clauses, groups)
    return TermQuery(
        tuple(groups),
        tuple(_exact(view, phrase) for phrase in parsed.excluded),
        rewriter.corrected_text(parsed.text),
        match_all=not groups and (not parsed.text.strip() or bool(parsed.excluded)),
        is_question=is_question,
        pairs=tuple(_pairs(view, clauses)) if ranked else (),
        # `bread -cheese` must not match an article with the title "Bread cheese".
        title=schema.title_term(parsed.text) if ranked and not parsed.excluded else "",
    )


def _synonym_map(view: IndexView, tuning: Tuning) -> SynonymMap:
    """Return the synonyms for a view; cached for each tuning, few of which are in use."""
    cached: SynonymMap | None = view.synonym_maps.get(tuning)
    if cached is not None:
        return cached
    synonym_map = SynonymMap(tuning, view.all_stems)
    view.synonym_maps.put(tuning, synonym_map)
    return synonym_map


def _is_stop_clause(view: IndexView, clause: Clause) -> bool:
    """Return whether a clause is a stop word (`the`) that is not a prefix."""
    return not clause.required and all(
        view.is_stop_word(phrase.words[0]) and not phrase.prefix for phrase in clause.phrases
    )


def _exact(view: IndexView, phrase: Phrase) -> TermAlternative:
    slots = tuple(map(view.stems, phrase.words, phrase.typed))
    if phrase.variants:
        slots = ((*slots[0], *phrase.variants),)
    return TermAlternative(slots, phrase.offsets, phrase.field)


def _pairs(view: IndexView, clauses: Sequence[Clause]) -> Iterator[TermAlternative]:
    """Yield adjacent words of the text as phrases."""
    for clause, next_clause in pairwise(clauses):
        phrase, next_phrase = clause.phrases[0], next_clause.phrases[0]
        loose = not (clause.required or next_clause.required or next_phrase.prefix)
        if loose and phrase.end < next_phrase.start and next_phrase.start - phrase.end <= 2:
            slots = (_exact(view, phrase).slots[0], _exact(view, next_phrase).slots[0])
            documents = sum(view.doc_freq("text", term) for slot in slots for term in slot)
            if documents <= MAX_PAIR_DOCUMENTS:
                yield TermAlternative(slots, (0, 1), None, PAIR_WEIGHT)


class _Rewriter:
    """Rewrites clauses to alternatives, and collects the corrections of words."""

    def __init__(
        self,
        view: IndexView,
        synonyms: SynonymMap | None,
        time_limit: TimeLimit,
        *,
        max_rare_doc_freq: int,
    ) -> None:
        """Create a rewriter. Words in at most `max_rare_doc_freq` documents are corrected."""
        self._synonyms = synonyms
        self._view = view
        self._time_limit = time_limit
        self._max_rare_doc_freq = max_rare_doc_freq
        self._corrected_count = 0
        self._replacements: dict[tuple[int, int], str] = {}  # by the span in the text

    def alternatives(self, clause: Clause) -> Iterator[TermAlternative]:
        """Yield the alternatives of a clause, with an idf group for each word."""
        idf_group = 0
        for phrase in clause.phrases:
            exact = _exact(self._view, phrase)
            is_prefix = phrase.prefix and not self._time_limit.exceeded()
            completions = self._completions(phrase) if is_prefix else ()
            if not completions or self._is_indexed(exact):
                yield exact._replace(idf_group=idf_group)
            # Cached completions have idf group 0, which is mostly the right one.
            yield from (
                alternative._replace(idf_group=idf_group) if idf_group else alternative
                for alternative in completions
            )
            for alternative in (
                *_part_alternatives(self._view, phrase),
                *self._corrections(phrase, exact),
            ):
                idf_group += 1
                yield alternative._replace(idf_group=idf_group)
            idf_group += 1

    def _is_indexed(self, exact: TermAlternative) -> bool:
        """Return whether any visible document has a word or any of its stems."""
        return any(
            self._view.doc_freq(field, term)
            for term in exact.slots[0]
            for field in ("text", "words")
        )

    def _completions(self, phrase: Phrase) -> tuple[TermAlternative, ...]:
        """Return the most frequent completions of a prefix, and an alternative for all others."""
        word, field = phrase.words[0], phrase.field
        completions: tuple[TermAlternative, ...] | None = self._view.completions.get((word, field))
        if completions is None:
            completions = tuple(_completions(self._view, word, field))
            self._view.completions.put((word, field), completions)
        return completions

    def _corrections(self, phrase: Phrase, exact: TermAlternative) -> Iterator[TermAlternative]:
        """Yield corrections of a missing or rare word."""
        if len(phrase.words) > 1 or phrase.parts or self._corrected_count >= MAX_CORRECTIONS:
            return
        view, word = self._view, phrase.words[0]
        if self._synonyms is not None and self._synonyms.lookup((word,)):
            return
        count = sum(view.doc_freq("text", term) for term in exact.slots[0])
        if count > self._max_rare_doc_freq or (phrase.prefix and matching.has_prefix(view, word)):
            return
        if self._time_limit.exceeded():
            return
        self._corrected_count += 1
        candidates = [
            candidate
            for candidate in spellchecker.find_candidates(view, word)
            if candidate.count >= _MIN_FREQUENCY_RATIO * count
        ]
        split = None if count or phrase.field is not None else _split(view, word)
        if split and (not candidates or candidates[0].distance > 1):
            self._replacements[phrase.start, phrase.end] = " ".join(split)
        elif candidates and not count:
            self._replacements[phrase.start, phrase.end] = candidates[0].word
        if split:
            yield _pair(view, split)
        for candidate in candidates:
            weight = _TYPO_WEIGHTS[candidate.distance]
            yield TermAlternative((view.stems(candidate.word),), (0,), phrase.field, weight)

    def join_adjacent(self, clauses: Sequence[Clause], groups: list[TermGroup]) -> None:
        """Let `news paper` match `newspaper`: add the joined word as an alternative of both."""
        for number, (clause, next_clause) in enumerate(pairwise(clauses)):
            if any(len(item.phrases) > 1 or item.required for item in (clause, next_clause)):
                continue
            phrase, next_phrase = clause.phrases[0], next_clause.phrases[0]
            joined = phrase.words[0] + next_phrase.words[0]
            if phrase.end >= next_phrase.start or not self._view.doc_freq("words", joined):
                continue
            if any(character.isdigit() for character in joined):
                continue
            alternative = TermAlternative(
                (self._view.stems(joined),), weight=_JOINED_WEIGHT, idf_group=_JOINED_IDF_GROUP
            )
            for index in (number, number + 1):
                groups[index] = replace(
                    groups[index], alternatives=(*groups[index].alternatives, alternative)
                )
            if not all(
                self._view.doc_freq("words", item.words[0]) for item in (phrase, next_phrase)
            ):
                self._replacements.pop((phrase.start, phrase.end), None)
                self._replacements.pop((next_phrase.start, next_phrase.end), None)
                self._replacements[phrase.start, next_phrase.end] = joined

    def add_synonyms(self, clauses: Sequence[Clause], groups: list[TermGroup]) -> None:
        """Add the synonyms of words, and those of several words to each of these."""
        if self._synonyms is None:
            return
        for first in range(len(clauses)):
            words: list[str] = []
            for last in range(first, min(len(clauses), first + self._synonyms.max_words)):
                clause = clauses[last]
                if clause.required or len(clause.phrases) > 1 or len(clause.phrases[0].words) > 1:
                    break
                words.append(clause.phrases[0].words[0])
                for synonym in self._synonyms.lookup(words):
                    slots = tuple(self._view.stems(word) for word in synonym)
                    offsets = tuple(range(len(slots)))
                    alternative = TermAlternative(slots, offsets, None, SYNONYM_WEIGHT)
                    for index in range(first, last + 1):
                        groups[index] = _add_alternative(groups[index], alternative)

    def corrected_text(self, text: str) -> str | None:
        """Return the corrected text (did you mean), or None if nothing was corrected."""
        if not self._replacements:
            return None
        limit = len(text)
        for (start, end), word in sorted(self._replacements.items(), reverse=True):
            if end <= limit:  # of overlapping replacements, the last one counts
                text = text[:start] + word + text[end:]
                limit = start
        return text.strip()


def _part_alternatives(view: IndexView, phrase: Phrase) -> Iterator[TermAlternative]:
    """Yield the parts of a word with signs: all of them as a phrase, then each, unless a number."""
    slots = tuple(view.stems(word, typed) for word, typed in phrase.parts)
    if len(slots) > 1:
        yield TermAlternative(slots, tuple(range(len(slots))), phrase.field, _PARTS_WEIGHT)
    for (word, _), slot in zip(phrase.parts, slots, strict=True):
        is_telling = not word.isdigit() and not view.is_stop_word(word)
        if len(slots) == 1 or is_telling:
            yield TermAlternative((slot,), (0,), phrase.field, _PART_WEIGHT)


def _completions(view: IndexView, word: str, field: TextField | None) -> Iterator[TermAlternative]:
    skipped = 1 + sum(other.startswith(word) for other in view.stop_words)
    counts = matching.most_frequent_words(view, word, MAX_EXPANSIONS + skipped)
    others = [other for other, _ in counts if other != word]
    others.sort(key=view.is_stop_word)  # stop words last
    for other in others[:MAX_EXPANSIONS]:
        yield TermAlternative((view.stems(other),), (0,), field, _PREFIX_WEIGHT)
    if others and field is None:
        yield TermAlternative((), (), None, _ANY_COMPLETION_WEIGHT, prefix=word)


def _add_alternative(group: TermGroup, alternative: TermAlternative) -> TermGroup:
    """Return a term group with one more alternative, sorted by idf group."""
    alternatives = sorted((*group.alternatives, alternative), key=lambda item: item.idf_group)
    return replace(group, alternatives=tuple(alternatives))


def _pair(view: IndexView, pair: tuple[str, str]) -> TermAlternative:
    return TermAlternative(tuple(view.stems(word) for word in pair), (0, 1), None, _JOINED_WEIGHT)


def _split(view: IndexView, word: str) -> tuple[str, str] | None:
    """Return two words that make `word` together and are adjacent in a visible document."""
    for pair in spellchecker.find_splits(view, word):
        alternative = _pair(view, pair)
        for segment, mask in view.segment_masks():
            for documents, _ in matching.match_alternative(segment, alternative):
                if np.any(mask[documents]):
                    return pair
    return None
