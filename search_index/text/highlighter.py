"""Fragments of stored texts in which the words that matched a query are marked."""

from __future__ import annotations

import html
import re
import sys
from bisect import bisect_right
from collections.abc import Callable, Iterable, Sequence
from functools import lru_cache
from typing import NamedTuple

from search_index.fields import PLAIN_FIELDS, TextField
from search_index.query import Highlight
from search_index.text import analysis, folding, stemming
from search_index.text.term_query import TermQuery
from search_index.text.written_forms import find_forms

MAX_FRAGMENT = 280
"""Characters of a fragment, without markup; longer sentences are cut between words."""

_LEADING_CONTEXT = 60  # characters of a cut sentence before its first mark

MAX_ANALYZED = 200_000
"""Characters of a text that are searched for marks, at most."""

_CACHE_SIZE = 3_000  # texts, of a thousand articles: the next keystroke has mostly the same hits
# The pattern starts with one set of characters: the text is scanned three times as fast.
_SENTENCE_END = re.compile(
    "[.!?\u2026\u3002\uff01\uff1f\n](?:"
    "(?<=[.!?\u2026])[.!?\u2026]*[\"'\u201d\u2019\u00bb)\\]]*\\s+"  # Latin: a space must follow
    "|(?<=[\u3002\uff01\uff1f])[\u3002\uff01\uff1f]*[\u201d\u300d\u300f\uff09]*"  # CJK
    "|(?<=\n)\n*)"
)

# Of a term without the mark of a language, which is no sign.
_IS_PLAIN = re.compile(r"\w*(?:\x04.*)?").fullmatch

Span = tuple[int, int]
Analyze = Callable[[str], tuple[str, ...]]
Mark = tuple[int, int, str]
"""Start, end and the marked text in lower case."""


class _Sentence(NamedTuple):
    start: int
    end: int
    marks: list[Span]


class Highlighter:
    """Marks the words that matched a query. Created for one page; not thread-safe."""

    def __init__(self, query: TermQuery) -> None:
        self._terms: set[str] = set()
        self._prefixes: tuple[str, ...] = ()
        for group in query.groups:
            for alternative in group.alternatives:
                for slot in alternative.slots:
                    self._terms.update(slot)
                if alternative.prefix:
                    self._prefixes = (*self._prefixes, alternative.prefix)
        self._has_signs = any(not _IS_PLAIN(term) for term in self._terms)
        patterns = (*self._terms, *self._prefixes)
        self._letters = frozenset(word[0] for word in patterns if word)
        self._words: dict[str, _WordMarks] = {}

    def highlight(
        self, texts: dict[str, str], language: str, fragments: int
    ) -> tuple[tuple[Highlight, ...], int | None]:
        """Return at most `fragments` fragments of each field with marks, and the best paragraph.

        The paragraph is that of the body's best fragment, from 0; None without a mark in the body.
        `texts` are by `TextField.key`; `language` is the document's tag. O(length of the texts),
        about 0.1 ms for 400 words.
        """
        highlights, paragraph = [], None
        stemmed = stemming.language_of(language)
        for field in PLAIN_FIELDS:
            text = texts.get(field.key, "")[:MAX_ANALYZED]
            marks = self._marks(text, stemmed)
            if marks and field is TextField.TITLE:
                highlights.append(Highlight(field.key, _mark_text(text, marks)))
            elif marks:
                best = _best_sentences(text, marks, fragments)
                sentences = sorted(best)
                excerpts = tuple(_render_fragment(text, sentence) for sentence in sentences)
                if field is TextField.BODY:
                    paragraph = _paragraph_number(text, best[0])
                    paragraphs = tuple(_paragraph_number(text, sentence) for sentence in sentences)
                    highlights.append(Highlight(field.key, excerpts, paragraphs))
                else:
                    highlights.append(Highlight(field.key, excerpts))
        return tuple(highlights), paragraph

    def _marks(self, text: str, language: str) -> list[Mark]:
        """Return the matching words, ascending, not overlapping."""
        word_marks = self._words.get(language)
        if word_marks is None:
            analyze = stemming.analyzer(language)
            word_marks = self._words[language] = _WordMarks(self._terms, self._prefixes, analyze)
        starts, words = _candidates(text, self._letters, language)
        marks = [
            (start + first, start + last, word)
            for start, token in zip(starts, words, strict=True)
            for first, last, word in word_marks[token]
        ]
        # The parts of `U.S.` are not marked for `us`, so that a text without marks may hold it.
        if self._has_signs or not marks:
            return self._add_form_marks(text, marks)
        return marks

    def _add_form_marks(self, text: str, marks: list[Mark]) -> list[Mark]:
        """Mark words with signs (`C++`) as wholes, in place of marks of their parts."""
        wholes = [
            (start, end, text[start:end].lower())
            for start, end, terms in _written_forms(text)
            if not self._terms.isdisjoint(terms)
        ]
        if not wholes:
            return marks
        others = [
            mark
            for mark in marks
            if all(mark[1] <= start or mark[0] >= end for start, end, _ in wholes)
        ]
        return sorted((*wholes, *others))


class _WordMarks(dict[str, list[Mark]]):
    """Cache of the marks within each word, or run of bigrams, of texts in one language."""

    def __init__(self, terms: set[str], prefixes: tuple[str, ...], analyze: Analyze) -> None:
        super().__init__()
        self._terms = terms
        self._prefixes = prefixes
        self._analyze = analyze

    def __missing__(self, token: str) -> list[Mark]:
        spans = self._in_run(token) if analysis.is_run(token) else self._in_word(token)
        marks = self[token] = [(first, last, token[first:last].lower()) for first, last in spans]
        return marks

    def _in_word(self, token: str) -> list[Span]:
        word, terms = folding.fold_word(token), self._terms
        if word in terms or word.startswith(self._prefixes):
            return [(0, len(token))]
        return [(0, len(token))] if terms.intersection(self._analyze(token)) else []

    def _in_run(self, token: str) -> list[Span]:
        spans = []
        for offset in range(len(token)):
            for length in (2, 1):
                gram = token[offset : offset + length]
                if len(gram) == length and folding.fold_word(gram) in self._terms:
                    spans.append((offset, offset + length))
                    break
        return merge_spans(spans)


def merge_spans(spans: Iterable[Span]) -> list[Span]:
    """Join overlapping and adjacent spans, which are ascending by their start."""
    joined: list[Span] = []
    for start, end in spans:
        if joined and start <= joined[-1][1]:
            joined[-1] = (joined[-1][0], max(end, joined[-1][1]))
        else:
            joined.append((start, end))
    return joined


def _mark_text(text: str, marks: list[Mark]) -> tuple[str]:
    return (mark_html(text, 0, len(text), [(start, end) for start, end, _ in marks]),)


def _paragraph_number(text: str, sentence: _Sentence) -> int:
    """Return the paragraph of a sentence's first mark; paragraphs are separated by empty lines."""
    return text.count("\n\n", 0, sentence.marks[0][0])


@lru_cache(maxsize=_CACHE_SIZE)
def _candidates(
    text: str, letters: frozenset[str], language: str
) -> tuple[tuple[int, ...], tuple[str, ...]]:
    """Return offsets and texts of the words that may match terms with these first letters."""
    matches = list(analysis.candidate_words(text, letters, language))
    return (
        tuple([match.start() for match in matches]),
        tuple([sys.intern(match.group()) for match in matches]),
    )


@lru_cache(maxsize=_CACHE_SIZE)
def _written_forms(text: str) -> tuple[tuple[int, int, tuple[str, ...]], ...]:
    """Return the spans and terms of the words with signs in a text, without those in camel case."""
    return tuple((form.start, form.end, form.wholes) for form in find_forms(text) if not form.parts)


@lru_cache(maxsize=_CACHE_SIZE)
def _sentence_ends(text: str) -> tuple[int, ...]:
    """Return the end offset of each sentence of a text."""
    return (*(match.end() for match in _SENTENCE_END.finditer(text)), len(text))


def _best_sentences(text: str, marks: Sequence[Mark], limit: int) -> list[_Sentence]:
    """Return at most `limit` sentences, the best first.

    Ordered by the number of distinct marked words, then by the number of marks, then by position.
    """
    ends = _sentence_ends(text)
    by_sentence: list[list[Mark]] = []
    end = 0
    for mark in marks:
        if mark[0] >= end:
            end = ends[bisect_right(ends, mark[0])]
            by_sentence.append([])
        by_sentence[-1].append(mark)
    by_sentence.sort(
        key=lambda sentence_marks: (
            len({word for _, _, word in sentence_marks}),
            len(sentence_marks),
        ),
        reverse=True,
    )
    return [_sentence(ends, sentence_marks) for sentence_marks in by_sentence[:limit]]


def _sentence(ends: tuple[int, ...], marks: Sequence[Mark]) -> _Sentence:
    """Return the sentence that contains these marks."""
    place = bisect_right(ends, marks[0][0])
    end = ends[place]
    spans = [(first, min(last, end)) for first, last, _ in marks]
    return _Sentence(ends[place - 1] if place else 0, end, spans)


def _render_fragment(text: str, sentence: _Sentence) -> str:
    start, end = sentence.start, sentence.end
    if end - start <= MAX_FRAGMENT:
        return mark_html(text, start, end, sentence.marks)
    start, end = _window(text, sentence)
    inside = [(a, b) for a, b in sentence.marks if a >= start and b <= end]
    before = "" if start == sentence.start else "…"
    after = "" if end == sentence.end else "…"
    return before + mark_html(text, start, end, inside) + after


def _window(text: str, sentence: _Sentence) -> Span:
    """Return the part of a long sentence with most marks, cut at spaces where there are any."""
    first, last = _densest_span(sentence.marks, MAX_FRAGMENT - _LEADING_CONTEXT)
    start = max(sentence.start, first - _LEADING_CONTEXT)
    end = min(sentence.end, start + MAX_FRAGMENT)
    start = max(sentence.start, end - MAX_FRAGMENT)
    if start > sentence.start:
        space = text.find(" ", start, first)
        start = space + 1 if space >= 0 else start
    if end < sentence.end:
        space = text.rfind(" ", min(last, end), end)
        end = space if space >= 0 else end
    return start, end


def _densest_span(marks: Sequence[Span], width: int) -> Span:
    """Return the span of at most `width` characters with most marks. O(marks)."""
    best = (0, marks[0][0], marks[0][1])
    begin = 0
    for number, (_, end) in enumerate(marks):
        while end - marks[begin][0] > width and begin < number:
            begin += 1
        if number - begin + 1 > best[0]:
            best = (number - begin + 1, marks[begin][0], end)
    return best[1], best[2]


def mark_html(text: str, start: int, end: int, marks: Iterable[Span]) -> str:
    """Return the text from `start` to `end` as HTML: escaped, marked, without outer white space."""
    pieces = []
    place = start
    for first, last in marks:
        pieces.append(html.escape(text[place:first]))
        pieces.append(f"<mark>{html.escape(text[first:last])}</mark>")
        place = last
    pieces.append(html.escape(text[place:end]))
    return "".join(pieces).strip()
