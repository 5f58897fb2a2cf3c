"""Query rewriting: clauses to terms of visible documents, with completions and corrections."""

from __future__ import annotations

import math
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from itertools import pairwise

from search_index.query import MAX_TERMS, UNTUNED, Tuning
from search_index.ranking import idf
from search_index.rewriting import compounds, curation, expansions
from search_index.rewriting.corrections import (
    Correction,
    CorrectionChoice,
    Span,
    find_corrections,
    pair_alternative,
)
from search_index.rewriting.time_limit import TimeLimit
from search_index.rewriting.vocabulary import Vocabulary
from search_index.text import parser
from search_index.text.document_terms import title_term
from search_index.text.parser import Clause, ParsedQuery, Phrase
from search_index.text.synonyms import SynonymMap, editors_stop_words
from search_index.text.term_query import TermAlternative, TermGroup, TermQuery

MAX_TITLE_WORDS = 2
"""Words of a text that are looked for in titles by themselves: of a longer one, all words count."""

MAX_COMPARED_TITLES = 5
"""Titles whose signs are compared with a text, at most."""

LONG_TEXT = 500
"""Characters of a text after which further words weigh less."""

MAX_GAP = 2
"""Characters between two words of a text that count as adjacent."""

QUESTION_WORDS = 6
"""Optional words from which on a text is a question, whose quotes are quotations: nothing in it is
required, and documents that match any share of it are hits."""

MAX_CORRECTIONS = 8
"""Missing words of a query that are corrected, at most; bounds the time to 20 ms."""

PAIR_WEIGHT = 0.25
"""Weight of adjacent words in the order of the query, relative to 1 for the words alone."""

MAX_PAIR_DOCUMENTS = 20_000
"""Sum of the document frequencies of a pair's words up to which it is searched; about 5 ms."""

_LATE_WEIGHT = 0.5
_LONGER_WEIGHT = 0.5  # of completions of a word that is complete by itself
_TYPO_WEIGHTS = {1: 0.6, 2: 0.35}
_CHOSEN_WEIGHT = 0.85  # of the correction that the text means, by its other words
_JOINED_WEIGHT = 0.8
SYNONYM_WEIGHT = 0.9
"""Weight of a synonym, relative to 1 for the typed word."""

_BLANK = " \t\n-"  # a lone minus, on the way to a word, finds what an empty text does
_MINUS = re.compile(r"(?:^|\s)-[^\W_]")
_JOINED_IDF_GROUP = -1  # idf group of a joined word, used by no other alternative


def rewrite(
    vocabulary: Vocabulary,
    parsed: ParsedQuery,
    time_limit: TimeLimit,
    *,
    ranked: bool = True,
    tuning: Tuning = UNTUNED,
    languages: frozenset[str] = frozenset(),
) -> TermQuery:
    """Rewrite a parsed query to terms of visible documents; cost bounded by its number of words.

    When the time limit is exceeded, the remaining words are not completed or corrected.

    `ranked` false: nothing is added that only matters for the order by score. `languages` are those
    that the search is filtered by.
    """
    if ranked and parsed.excluded and _is_title_with_minus(vocabulary, parsed.text):
        parsed = parser.parse(parsed.text, operators=False)
    stop_words = editors_stop_words(tuning) if tuning.stop_words else {}
    clauses = [
        clause
        for clause in parsed.clauses
        if not _is_stop_clause(vocabulary, clause)
        and not curation.is_stop_clause(vocabulary, clause, stop_words, languages)
    ]
    if not clauses:
        clauses = list(parsed.clauses)
    if len(clauses) > MAX_TERMS:
        clauses = _most_telling(vocabulary, clauses)
    is_question = sum(not clause.required for clause in clauses) >= QUESTION_WORDS
    synonyms = _synonym_map(vocabulary, tuning) if tuning.synonyms else None
    rewriter = _Rewriter(vocabulary, clauses, synonyms, time_limit)
    groups = [
        TermGroup(
            tuple(rewriter.alternatives(clause)),
            clause.required and not is_question,
            clause.count * _place_weight(clause),
        )
        for clause in clauses
    ]
    rewriter.join_adjacent(groups)
    corrected_text = rewriter.correct(groups, parsed.text)
    rewriter.add_synonyms(groups)
    # `bread -cheese` must not match an article with the title "Bread cheese".
    has_title = ranked and not parsed.excluded
    return TermQuery(
        tuple(groups),
        tuple(_exact(vocabulary, phrase) for phrase in parsed.excluded),
        corrected_text,
        match_all=not groups and (not parsed.text.strip(_BLANK) or bool(parsed.excluded)),
        is_question=is_question,
        pairs=tuple(_pairs(vocabulary, rewriter.corrected_clauses())) if ranked else (),
        title=_title(vocabulary, parsed.text, corrected_text) if has_title else "",
        title_words=_title_words(clauses) if has_title else (),
        has_corrections=rewriter.has_corrections,
    )


def _title(vocabulary: Vocabulary, text: str, corrected_text: str | None) -> str:
    """Return the title term of a text; of the corrected text, if no title is as it was typed."""
    title = title_term(text)
    if corrected_text and not vocabulary.doc_freq("titles", title):
        return title_term(corrected_text)
    return title


def _title_words(clauses: Sequence[Clause]) -> tuple[str, ...]:
    """Return the words of a short text, which are looked for in titles; a prefix ends with `*`."""
    if len(clauses) > MAX_TITLE_WORDS or any(
        clause.required or len(clause.phrases) > 1 for clause in clauses
    ):
        return ()
    phrases = [clause.phrases[0] for clause in clauses]
    return tuple(phrase.words[0] + ("*" if phrase.prefix else "") for phrase in phrases)


def _is_title_with_minus(vocabulary: Vocabulary, text: str) -> bool:
    """Return whether a text with a minus before a word is the title of a visible document."""
    title = title_term(text)
    titles = vocabulary.titles(title, MAX_COMPARED_TITLES) if title else ()
    return any(_MINUS.search(text) for text in titles)


def _place_weight(clause: Clause) -> float:
    """Return the weight of a word by its first place: long texts begin with what they are about."""
    return 1.0 if clause.phrases[0].start < LONG_TEXT else _LATE_WEIGHT


def _most_telling(vocabulary: Vocabulary, clauses: Sequence[Clause]) -> list[Clause]:
    """Return MAX_TERMS clauses in their order: the required ones, then by frequency x idf."""

    def weight(clause: Clause) -> float:
        if clause.required or len(clause.phrases) > 1:
            return math.inf
        terms = _exact(vocabulary, clause.phrases[0]).slots[0]
        count = max(vocabulary.doc_freq("text", term) for term in terms)
        if not count:
            return 0.0
        share = 1 + math.log(clause.count)
        return share * _place_weight(clause) * idf(vocabulary.num_docs, count)

    weights = list(map(weight, clauses))
    ranked = sorted(range(len(clauses)), key=lambda number: -weights[number])
    return [clauses[number] for number in sorted(ranked[:MAX_TERMS])]


def _synonym_map(vocabulary: Vocabulary, tuning: Tuning) -> SynonymMap:
    """Return the synonyms for a vocabulary; cached for each tuning, few of which are in use."""
    cached: SynonymMap | None = vocabulary.synonym_maps.get(tuning)
    if cached is not None:
        return cached
    synonym_map = SynonymMap(tuning, vocabulary.all_stems)
    vocabulary.synonym_maps.put(tuning, synonym_map)
    return synonym_map


def _is_stop_clause(vocabulary: Vocabulary, clause: Clause) -> bool:
    """Return whether a clause is a stop word (`the`) that is not a prefix."""
    return not clause.required and all(
        vocabulary.is_stop_word(phrase.words[0]) and not phrase.prefix for phrase in clause.phrases
    )


def _exact(vocabulary: Vocabulary, phrase: Phrase) -> TermAlternative:
    slots = tuple(map(vocabulary.stems, phrase.words, phrase.typed))
    if phrase.variants:
        slots = ((*slots[0], *phrase.variants),)
    return TermAlternative(slots, phrase.offsets, phrase.field)


def _pairs(vocabulary: Vocabulary, clauses: Iterable[Clause]) -> Iterator[TermAlternative]:
    """Yield adjacent words of the text as phrases."""
    for clause, next_clause in pairwise(clauses):
        phrase, next_phrase = clause.phrases[0], next_clause.phrases[0]
        loose = not (clause.required or next_clause.required or next_phrase.prefix)
        if loose and phrase.end < next_phrase.start and next_phrase.start - phrase.end <= MAX_GAP:
            slots = (_exact(vocabulary, phrase).slots[0], _exact(vocabulary, next_phrase).slots[0])
            documents = sum(vocabulary.doc_freq("text", term) for slot in slots for term in slot)
            if documents <= MAX_PAIR_DOCUMENTS:
                yield TermAlternative(slots, (0, 1), None, PAIR_WEIGHT)


class _Rewriter:
    """Rewrites clauses to alternatives, and collects the corrections of words."""

    def __init__(
        self,
        vocabulary: Vocabulary,
        clauses: Sequence[Clause],
        synonyms: SynonymMap | None,
        time_limit: TimeLimit,
    ) -> None:
        self._vocabulary = vocabulary
        self._clauses = clauses
        self._synonyms = synonyms
        self._time_limit = time_limit
        self._choice = CorrectionChoice(vocabulary)
        self._joined: dict[Span, str] = {}  # words that were split, by their span in the text
        self._chosen: dict[Span, Correction] = {}
        # What other words are typed for: a word of a document answers one of them.
        self._words = frozenset(
            clause.phrases[0].words[0] for clause in clauses if not clause.phrases[0].prefix
        )

    @property
    def has_corrections(self) -> bool:
        """True if a word of the text was corrected."""
        return bool(self._choice.options)

    def alternatives(self, clause: Clause) -> Iterator[TermAlternative]:
        """Yield the alternatives of a clause, with an idf group for each word."""
        idf_group = 0
        for phrase in clause.phrases:
            exact = _exact(self._vocabulary, phrase)
            is_prefix = phrase.prefix and not self._time_limit.exceeded()
            completions = self._completions(phrase, exact) if is_prefix else ()
            if not completions or _is_indexed(self._vocabulary, exact):
                yield exact._replace(idf_group=idf_group)
            # Cached completions have idf group 0, which is mostly the right one.
            yield from (
                alternative._replace(idf_group=idf_group) if idf_group else alternative
                for alternative in completions
            )
            for alternative in (
                *expansions.part_alternatives(self._vocabulary, phrase),
                *(
                    expansions.compound_alternatives(self._vocabulary, phrase)
                    if len(self._clauses) < QUESTION_WORDS
                    else ()
                ),
                *self._corrections(phrase, exact),
            ):
                idf_group += 1
                yield alternative._replace(idf_group=idf_group)
            idf_group += 1

    def _completions(self, phrase: Phrase, exact: TermAlternative) -> tuple[TermAlternative, ...]:
        """Return the most frequent completions of a prefix, and an alternative for all others.

        Words that are typed elsewhere in the text are left out: `john j` means Johnson or Jones.
        Completions weigh less if the prefix is a word itself.
        """
        word, field = phrase.words[0], phrase.field
        completions: tuple[TermAlternative, ...] | None = self._vocabulary.completions.get(
            (word, field)
        )
        if completions is None:
            completions = tuple(expansions.completions(self._vocabulary, word, field))
            self._vocabulary.completions.put((word, field), completions)
        if completions and _is_indexed(self._vocabulary, exact):
            completions = tuple(
                alternative._replace(weight=_LONGER_WEIGHT) if alternative.slots else alternative
                for alternative in completions
            )
        typed = tuple(other for other in self._words if other.startswith(word))
        if not typed:
            return completions
        terms = {term for other in typed for term in self._vocabulary.stems(other)}
        remaining = tuple(
            alternative if alternative.slots else alternative._replace(except_words=typed)
            for alternative in completions
            if not alternative.slots or terms.isdisjoint(alternative.slots[0])
        )
        return remaining if any(alternative.slots for alternative in remaining) else completions

    def _corrections(self, phrase: Phrase, exact: TermAlternative) -> Iterator[TermAlternative]:
        """Yield corrections of a word that no visible document has."""
        vocabulary, word, span = self._vocabulary, phrase.words[0], (phrase.start, phrase.end)
        options = self._choice.options
        if len(phrase.words) > 1 or phrase.parts or len(options) >= MAX_CORRECTIONS:
            return
        if self._synonyms is not None and self._synonyms.lookup((word,)):
            return
        if any(vocabulary.doc_freq("text", term) for term in exact.slots[0]):
            return
        if compounds.compound_terms(vocabulary, word):
            return
        if (phrase.prefix and vocabulary.has_prefix(word)) or self._time_limit.exceeded():
            return
        is_alone = len(self._clauses) == 1
        found = find_corrections(vocabulary, word, is_alone=is_alone)
        if phrase.field is not None:
            found = [correction for correction in found if len(correction.words) == 1]
        if found:
            options[span] = found
        for correction in found:
            if len(correction.words) > 1:
                yield pair_alternative(vocabulary, correction.words, _JOINED_WEIGHT)
            else:
                weight = _TYPO_WEIGHTS[correction.distance]
                yield TermAlternative(
                    (vocabulary.stems(correction.words[0]),), (0,), phrase.field, weight
                )

    def join_adjacent(self, groups: list[TermGroup]) -> None:
        """Let `news paper` match `newspaper`: add the joined word as an alternative of both."""
        vocabulary = self._vocabulary
        for number, (clause, next_clause) in enumerate(pairwise(self._clauses)):
            if any(len(item.phrases) > 1 or item.required for item in (clause, next_clause)):
                continue
            phrase, next_phrase = clause.phrases[0], next_clause.phrases[0]
            joined = phrase.words[0] + next_phrase.words[0]
            gap = next_phrase.start - phrase.end
            if not 0 < gap <= MAX_GAP or not vocabulary.doc_freq("words", joined):
                continue
            if any(character.isdigit() for character in joined):
                continue
            alternative = TermAlternative(
                (vocabulary.stems(joined),), weight=_JOINED_WEIGHT, idf_group=_JOINED_IDF_GROUP
            )
            for index in (number, number + 1):
                groups[index] = replace(
                    groups[index], alternatives=(*groups[index].alternatives, alternative)
                )
            if not all(
                vocabulary.doc_freq("words", item.words[0]) for item in (phrase, next_phrase)
            ):
                self._choice.options.pop((phrase.start, phrase.end), None)
                self._choice.options.pop((next_phrase.start, next_phrase.end), None)
                self._joined[phrase.start, next_phrase.end] = joined

    def add_synonyms(self, groups: list[TermGroup]) -> None:
        """Add the synonyms of words, and those of several words to each of these."""
        if self._synonyms is None:
            return
        clauses = self._clauses
        for first in range(len(clauses)):
            words: list[str] = []
            for last in range(first, min(len(clauses), first + self._synonyms.max_words)):
                clause = clauses[last]
                if clause.required or len(clause.phrases) > 1 or len(clause.phrases[0].words) > 1:
                    break
                words.append(clause.phrases[0].words[0])
                for synonym, language in self._synonyms.lookup(words):
                    alternative = curation.synonym_alternative(
                        self._vocabulary, synonym, language, SYNONYM_WEIGHT
                    )
                    if alternative is None:
                        continue
                    for index in range(first, last + 1):
                        groups[index] = _add_alternative(groups[index], alternative)

    def correct(self, groups: list[TermGroup], text: str) -> str | None:
        """Choose corrections that occur together, and return the corrected text (did you mean).

        They then weigh almost as much as exact words. None if nothing is missing, or if no visible
        document has the corrected words together.
        """
        missing = self._choice.options
        spans = [(clause.phrases[0].start, clause.phrases[0].end) for clause in self._clauses]
        others = (
            _exact(self._vocabulary, clause.phrases[0])
            for clause, span in zip(self._clauses, spans, strict=True)
            if span not in missing
            and not any(first <= span[0] < last for first, last in self._joined)
            and not clause.phrases[0].prefix
        )
        self._chosen = self._choice.choose(
            other for other in others if _is_indexed(self._vocabulary, other)
        )
        for number, span in enumerate(spans):
            if span in self._chosen:
                groups[number] = _prefer(self._vocabulary, groups[number], self._chosen[span])
        chosen = {span: " ".join(correction.words) for span, correction in self._chosen.items()}
        if missing and not chosen:
            return None
        return _replaced(text, chosen | self._joined)

    def corrected_clauses(self) -> Iterator[Clause]:
        """Yield the clauses with the chosen corrections of single words in place of the typed."""
        for clause in self._clauses:
            phrase = clause.phrases[0]
            correction = self._chosen.get((phrase.start, phrase.end))
            if correction is not None and len(correction.words) == 1:
                corrected = replace(phrase, words=correction.words, typed=correction.words)
                clause = replace(clause, phrases=(corrected, *clause.phrases[1:]))
            yield clause


def _is_indexed(vocabulary: Vocabulary, exact: TermAlternative) -> bool:
    """Return whether any visible document has each word, or any of its stems."""
    return all(
        any(vocabulary.doc_freq(field, term) for term in slot for field in ("text", "words"))
        for slot in exact.slots
    )


def _prefer(vocabulary: Vocabulary, group: TermGroup, correction: Correction) -> TermGroup:
    """Return the group with a chosen correction that weighs almost as much as an exact word."""
    slots = tuple(vocabulary.stems(word) for word in correction.words)
    return replace(
        group,
        alternatives=tuple(
            alternative._replace(weight=_CHOSEN_WEIGHT)
            if alternative.slots == slots
            else alternative
            for alternative in group.alternatives
        ),
    )


def _replaced(text: str, replacements: Mapping[Span, str]) -> str | None:
    """Return a text with other words at these spans; None without any."""
    if not replacements:
        return None
    limit = len(text)
    for (start, end), word in sorted(replacements.items(), reverse=True):
        if end <= limit:  # of overlapping replacements, the last one counts
            text = text[:start] + word + text[end:]
            limit = start
    return text.strip()


def _add_alternative(group: TermGroup, alternative: TermAlternative) -> TermGroup:
    """Return a term group with one more alternative, sorted by idf group."""
    alternatives = sorted((*group.alternatives, alternative), key=lambda item: item.idf_group)
    return replace(group, alternatives=tuple(alternatives))
