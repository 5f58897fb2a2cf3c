"""Suggester: completes a typed text to articles by title, and topics and authors by name.

A title matches if it contains every typed word, in any order; the last one may be a prefix. Titles
that start with the typed text come first, then those that contain it, then the others; each
ordered by popularity. All data are postings of the words of titles, which a segment has in memory:
a prefix is a range of the sorted words, and its titles a slice of their postings.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial

import numpy as np
import numpy.typing as npt

from search_index.engines.whoosh.index.searcher import IndexView, Searcher
from search_index.engines.whoosh.query import matching, spellchecker
from search_index.fields import TextField
from search_index.query import (
    MAX_SUGGESTIONS,
    Suggestion,
    SuggestionKind,
    SuggestQuery,
)
from search_index.text.document_terms import FIRST_WORD_MARK, NO_TIME
from search_index.text.typed_text import (
    HALF_COMMENTS,
    LABEL_FIELDS,
    MAX_COMPARED,
    MIN_FUZZY_LENGTH,
    MIN_LABEL,
    START_BONUS,
    LabelIndex,
    TypedText,
    edits,
    highlight,
    merge,
    parse_typed,
    title_order,
)

MAX_INLINE_DOCUMENTS = 200_000
"""Articles and comments of an index up to which suggestions run on the event loop."""


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
    labels = list(_suggest_labels(view, typed_text)) if len(typed_text.text) >= MIN_LABEL else []
    return merge(labels, list(_suggest_articles(view, typed_text, limit)), limit)


# Articles


def _suggest_articles(view: IndexView, typed_text: TypedText, limit: int) -> Iterator[Suggestion]:
    documents = np.flatnonzero(_title_mask(view, typed_text))
    popularities = view.compute_once("popularities", lambda: _compute_popularities(view))
    rates = popularities[documents] + START_BONUS * _title_start_mask(view, typed_text)[documents]
    if len(documents) > MAX_COMPARED:
        is_first = rates >= np.partition(rates, -MAX_COMPARED)[-MAX_COMPARED]
        documents, rates = documents[is_first], rates[is_first]
        first = np.lexsort((view.column("ids")[documents], rates))[-MAX_COMPARED:]
        documents, rates = documents[first], rates[first]
    ranked = []
    for document, rate in zip(documents.tolist(), rates.tolist(), strict=True):
        segment, number = view.locate(document)
        order = title_order(segment.folded_title(number), typed_text, rate % START_BONUS)
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
        return matching.term_mask(view, "titles", FIRST_WORD_MARK + typed_text.words[0])
    return matching.prefix_mask(view, FIRST_WORD_MARK + typed_text.prefix, "titles")


def _compute_popularities(view: IndexView) -> npt.NDArray[np.float32]:
    """Return the popularity of each document, 0 to 2, by its comments and its date.

    The part for the date has a half-life of a year, from the newest visible document back.
    """
    comments, published = view.column("comments").astype(np.float32), view.column("published")
    recent = np.exp2(-np.maximum(0, view.newest - published) / 86_400_000_000 / 365)
    recent[published == NO_TIME] = 0.0
    rates: npt.NDArray[np.float32] = comments / (comments + HALF_COMMENTS) + recent
    return rates.astype(np.float32)


# Topics and authors


def _suggest_labels(view: IndexView, typed_text: TypedText) -> Iterator[Suggestion]:
    for field, kind in LABEL_FIELDS:
        labels = view.compute_once(("names", field), partial(_label_index, view, field))
        yield from labels.suggest(kind, typed_text)


def _label_index(view: IndexView, field: str) -> LabelIndex:
    counts: dict[str, int] = {}
    for segment, mask in view.segment_masks():
        values = segment.facet_values(field)
        for term, count in zip(values.terms, values.counts(mask), strict=True):
            if count:
                counts[term] = counts.get(term, 0) + int(count)
    return LabelIndex(counts)


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
    candidates, lengths = edits(prefix, letters), range(len(prefix) - 1, len(prefix) + 2)
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
