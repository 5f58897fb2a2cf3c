"""Suggester: completes a typed text to articles by title, and topics and authors by name.

A title matches if it contains every typed word, in any order; the last one may be a prefix. Titles
that start with the typed text come first, then those that contain it, then the others; each
ordered by popularity. All data are postings of the words of titles, which a segment has in memory:
a prefix is a range of the sorted words, and its titles a slice of their postings.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Iterator
from dataclasses import dataclass
from functools import partial

import numpy as np
import numpy.typing as npt

from search_index.engines.whoosh.index import schema
from search_index.engines.whoosh.index.searcher import IndexView, Searcher
from search_index.engines.whoosh.query import matching, spellchecker
from search_index.fields import TextField
from search_index.query import (
    MAX_SUGGESTIONS,
    Suggestion,
    SuggestionKind,
    SuggestQuery,
)
from search_index.text import analysis, folding, highlighter

MAX_TEXT = 100
"""Characters of the text that are read."""

MAX_WORDS = 12
"""Words of the text that are read: the last ones, which are being typed."""

MAX_LABELS = 2
"""Topics, and likewise authors, that come before the articles, at most."""

MIN_LABEL = 2
"""Typed characters from which on topics and authors are suggested."""

MIN_FUZZY_LENGTH = 4
"""Minimum length of a prefix that is corrected."""

MAX_EDIT_INDEX = 12
"""Letters of a prefix in which edits are tried."""

MAX_EDIT_LETTERS = 64
"""Letters that edits may insert or substitute, at most."""

MAX_INLINE_DOCUMENTS = 200_000
"""Articles and comments of an index up to which suggestions run on the event loop."""

_MAX_COMPARED = 24  # titles that are compared with the typed text, the most popular ones
_HALF_COMMENTS = 50.0  # comments that yield half of the maximum popularity for comments
_START_BONUS, _SUBSTRING_BONUS = 4.0, 2.0  # above any popularity, which is at most 2

_FIELDS = (("topic", SuggestionKind.TOPIC), ("author", SuggestionKind.AUTHOR))


@dataclass(frozen=True, slots=True)
class TypedText:
    """A typed text: complete folded words, and the prefix of one more word or ""."""

    words: tuple[str, ...]
    prefix: str

    @property
    def text(self) -> str:
        """The words and the prefix, separated by single spaces."""
        return " ".join((*self.words, self.prefix)).strip()


@dataclass(frozen=True, slots=True)
class LabelEntry:
    """A topic or author, with its folded words and the number of visible articles."""

    words: tuple[str, ...]
    name: str
    slug: str
    count: int


def parse_typed(text: str) -> TypedText:
    """Parse a typed text. Any text is valid; of a long one, only the end is read."""
    text = text[-MAX_TEXT:]
    words = [word for word, _, _, _ in analysis.query_words(text)][-MAX_WORDS:]
    if words and not text[-1].isspace():
        return TypedText(tuple(words[:-1]), words[-1])
    return TypedText(tuple(words), "")


def runs_inline(searcher: Searcher) -> bool:
    """Return whether any text takes a few milliseconds at most."""
    return searcher.max_doc <= MAX_INLINE_DOCUMENTS


def suggest(searcher: Searcher, query: SuggestQuery) -> tuple[Suggestion, ...]:
    """Return the suggestions for a query; about 1 ms for 100,000 articles."""
    view = searcher.view(query.statuses, withdrawn=query.withdrawn)
    limit = min(max(0, query.limit), MAX_SUGGESTIONS)
    typed_text = parse_typed(query.text)
    if not typed_text.text or not limit:
        return ()
    suggestions = _collect(view, typed_text, limit)
    if not suggestions:
        for corrected in _corrections(view, typed_text):
            suggestions = _collect(view, corrected, limit)
            if suggestions:
                break
    return tuple(suggestions)


def _collect(view: IndexView, typed_text: TypedText, limit: int) -> list[Suggestion]:
    names = list(_suggest_labels(view, typed_text)) if len(typed_text.text) >= MIN_LABEL else []
    first = names[: max(1, limit // 2)]
    articles = list(_suggest_articles(view, typed_text, limit))
    return [*first, *articles][:limit]


# Articles


def _suggest_articles(view: IndexView, typed_text: TypedText, limit: int) -> Iterator[Suggestion]:
    documents = np.flatnonzero(_title_mask(view, typed_text))
    popularities = view.compute_once("popularities", lambda: _compute_popularities(view))
    rates = popularities[documents] + _START_BONUS * _title_start_mask(view, typed_text)[documents]
    if len(documents) > _MAX_COMPARED:
        is_first = rates >= np.partition(rates, -_MAX_COMPARED)[-_MAX_COMPARED]
        documents, rates = documents[is_first], rates[is_first]
        first = np.lexsort((view.column("ids")[documents], rates))[-_MAX_COMPARED:]
        documents, rates = documents[first], rates[first]
    text, ranked = typed_text.text, []
    for document, rate in zip(documents.tolist(), rates.tolist(), strict=True):
        segment, number = view.locate(document)
        offset = f" {segment.folded_title(number)}".find(f" {text}")
        order = rate % _START_BONUS + (
            _START_BONUS if offset == 0 else _SUBSTRING_BONUS if offset > 0 else 0.0
        )
        ranked.append((order, int(segment.ids[number]), segment, number))
    ranked.sort(key=lambda entry: entry[:2], reverse=True)
    for _, id_, segment, number in ranked[:limit]:
        title = segment.stored_texts(number)[TextField.TITLE.key]
        yield Suggestion(SuggestionKind.ARTICLE, title, highlight(title, typed_text), str(id_))


def _title_mask(view: IndexView, typed_text: TypedText) -> npt.NDArray[np.bool_]:
    """Return the mask of visible documents whose titles contain every word."""
    mask = view.mask
    for word in typed_text.words:
        mask = mask & matching.term_mask(view, "titles", word)
    if typed_text.prefix:
        mask = mask & matching.prefix_mask(view, typed_text.prefix, "titles")
    return mask


def _title_start_mask(view: IndexView, typed_text: TypedText) -> npt.NDArray[np.bool_]:
    """Return the mask of documents whose titles start with the first typed word."""
    if typed_text.words:
        return matching.term_mask(view, "titles", schema.FIRST_WORD_MARK + typed_text.words[0])
    return matching.prefix_mask(view, schema.FIRST_WORD_MARK + typed_text.prefix, "titles")


def _compute_popularities(view: IndexView) -> npt.NDArray[np.float32]:
    """Return the popularity of each document, 0 to 2, by its comments and its date.

    The part for the date has a half-life of a year, from the newest visible document back.
    """
    comments, published = view.column("comments").astype(np.float32), view.column("published")
    recent = np.exp2(-np.maximum(0, view.newest - published) / 86_400_000_000 / 365)
    recent[published == schema.NO_TIME] = 0.0
    rates: npt.NDArray[np.float32] = comments / (comments + _HALF_COMMENTS) + recent
    return rates.astype(np.float32)


# Topics and authors


def _suggest_labels(view: IndexView, typed_text: TypedText) -> Iterator[Suggestion]:
    for field, kind in _FIELDS:
        names = view.compute_once(("names", field), partial(LabelIndex, view, field))
        matches = [name for name in names.starting_like(typed_text) if _has_words(name, typed_text)]
        matches.sort(
            key=lambda label: (
                not _starts_like(label, typed_text),
                -label.count,
                label.name,
                label.slug,
            )
        )
        for label in matches[:MAX_LABELS]:
            marked = highlight(label.name, typed_text)
            yield Suggestion(kind, label.name, marked, label.slug, label.count)


def _has_words(label: LabelEntry, typed_text: TypedText) -> bool:
    """Return whether the name contains every typed word."""
    return all(word in label.words for word in typed_text.words) and (
        not typed_text.prefix or any(word.startswith(typed_text.prefix) for word in label.words)
    )


def _starts_like(label: LabelEntry, typed_text: TypedText) -> bool:
    return " ".join(label.words).startswith(typed_text.text)


class LabelIndex:
    """Sorted index of the words in the names of the topics or authors of a view."""

    def __init__(self, view: IndexView, field: str) -> None:
        counts: dict[str, int] = {}
        for segment, mask in view.segment_masks():
            values = segment.facet_values(field)
            for term, count in zip(values.terms, values.counts(mask), strict=True):
                if count:
                    counts[term] = counts.get(term, 0) + int(count)
        self.labels: list[LabelEntry] = []
        words = []
        for term, count in counts.items():
            slug, _, name = term.partition(schema.LABEL_SEPARATOR)
            label_words = tuple(_plain_words(name))
            words += [(word, len(self.labels)) for word in label_words]
            self.labels.append(LabelEntry(label_words, name, slug, count))
        words.sort()
        self.keys = [word for word, _ in words]
        self.numbers = [number for _, number in words]

    def starting_like(self, typed_text: TypedText) -> list[LabelEntry]:
        """Return the labels with a word that starts with the first typed word."""
        word = typed_text.words[0] if typed_text.words else typed_text.prefix
        first = bisect_left(self.keys, word)
        last = bisect_left(self.keys, word + "\U0010ffff")
        return [self.labels[number] for number in dict.fromkeys(self.numbers[first:last])]


def _plain_words(text: str) -> list[str]:
    return [word for word, _, _, _ in analysis.query_words(text)]


# Corrections


def _corrections(view: IndexView, typed_text: TypedText) -> Iterator[TypedText]:
    """Yield corrected texts, the likeliest first; words that are in no title are replaced."""
    words = []
    for word in typed_text.words:
        if _is_title_word(view, word):
            words.append(word)
        else:
            candidates = spellchecker.find_candidates(view, word, "titles")
            words.append(candidates[0].word if candidates else word)
    if tuple(words) != typed_text.words:
        yield TypedText(tuple(words), typed_text.prefix)
    for prefix in _corrected_prefixes(view, typed_text.prefix):
        yield TypedText(tuple(words), prefix)


def _is_title_word(view: IndexView, word: str) -> bool:
    return view.doc_freq("titles", word) > 0


def _corrected_prefixes(view: IndexView, prefix: str) -> list[str]:
    """Return prefixes of title words that are one edit (OSA) from `prefix`; at most five.

    The first letter is not changed. Prefixes of most visible titles come first.
    """
    if len(prefix) < MIN_FUZZY_LENGTH:
        return []
    letters = view.compute_once("title letters", partial(_title_letters, view))
    candidates, lengths = _edits(prefix, letters), range(len(prefix) - 1, len(prefix) + 2)
    indexed = {
        other
        for segment in view.segments
        for length in lengths
        for other in candidates & segment.words("titles").prefixes(length)
    }
    counted = {
        other: int(np.count_nonzero(view.mask & matching.prefix_mask(view, other, "titles")))
        for other in indexed
    }
    visible = [other for other, count in counted.items() if count]
    return sorted(visible, key=lambda candidate: (-counted[candidate], candidate))[:5]


def _title_letters(view: IndexView) -> frozenset[str]:
    """Return the first letters of the words of visible titles."""
    indexed = frozenset[str]().union(
        *(segment.words("titles").first_letters for segment in view.segments)
    )
    return frozenset(
        letter
        for letter in indexed
        if np.any(view.mask & matching.prefix_mask(view, letter, "titles"))
    )


def _edits(word: str, letters: frozenset[str]) -> set[str]:
    """Return the words one edit (OSA) from `word` with the same first letter."""
    indices = range(1, min(len(word), MAX_EDIT_INDEX))
    letters = frozenset(sorted(letters)[:MAX_EDIT_LETTERS])
    edits = {word[:index] + word[index + 1 :] for index in indices}
    edits |= {
        word[:index] + word[index + 1] + word[index] + word[index + 2 :] for index in indices[:-1]
    }
    edits |= {word[:index] + new + word[index + 1 :] for index in indices for new in letters}
    edits |= {word[:index] + new + word[index:] for index in indices for new in letters}
    edits.discard(word)
    return edits


# Highlighting


def highlight(text: str, typed_text: TypedText) -> str:
    """Return `text` as escaped HTML, with the typed words in `<mark>`."""
    letters = frozenset(word[0] for word in (*typed_text.words, typed_text.prefix) if word)
    candidates = analysis.candidate_words(text, letters, "")
    spans = [span for match in candidates for span in _spans(match, typed_text)]
    return highlighter.mark_html(text, 0, len(text), spans)


def _spans(match: re.Match[str], typed_text: TypedText) -> list[highlighter.Span]:
    """Return the spans of a word, or of a run of bigrams, that were typed."""
    start, end, token, prefix = match.start(), match.end(), match.group(), typed_text.prefix
    if analysis.is_run(token):
        spans = {
            (start + offset, start + offset + len(gram))
            for gram in (*typed_text.words, prefix)
            for offset in range(len(token) - len(gram) + 1)
            if gram and folding.fold_word(token[offset : offset + len(gram)]) == gram
        }
        return highlighter.merge_spans(sorted(spans))
    folded = folding.fold_word(token)
    if folded in typed_text.words:
        return [(start, end)]
    if prefix and folded.startswith(prefix):
        # If a letter folds to several, lengths differ: then the entire word is marked.
        return [(start, start + len(prefix) if len(folded) == len(token) else end)]
    return []
