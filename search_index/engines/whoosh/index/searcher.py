"""Searcher of one commit of an index, and views of the documents of certain statuses."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Callable, Collection, Hashable, Iterable, Iterator, Mapping
from functools import cached_property
from pathlib import Path
from typing import Any, TypeVar

import numpy as np
import numpy.typing as npt

from search_index.engines.whoosh.index import schema
from search_index.engines.whoosh.index.segment_reader import SegmentReader
from search_index.lru_cache import LRUCache
from search_index.query import (
    IN_ARTICLES,
    NOTHING_WITHDRAWN,
    Page,
    Scope,
    SearchQuery,
    Suggestion,
    SuggestQuery,
    Withdrawn,
)
from search_index.text import document_terms, stemming

V = TypeVar("V")
Array = npt.NDArray[Any]
Mask = npt.NDArray[np.bool_]

_CACHED_PAGES = 512  # pages by query; about 5 MB
_CACHED_CANONICAL_PAGES = 100  # pages by canonical form, for keystrokes without effect
_CACHED_VIEWS = 16  # views by statuses and scopes
_CACHED_COMPLETIONS = 500  # prefixes whose completions a view caches
_CACHED_SCORES = 2_000_000  # scores that a view caches; 8 MB
_CACHED_STEMS = 5_000  # words whose terms a view caches
_CACHED_DOC_FREQS = 20_000  # terms whose document frequency a view caches


class Searcher:
    """The segments of one commit and masks of their live documents. Immutable, thread-safe."""

    def __init__(
        self, folder: Path, segments: Iterable[Any], open_segments: Mapping[str, SegmentReader]
    ) -> None:
        """Open the segments not in `open_segments`. Raises the errors of SegmentReader."""
        self.segments: list[SegmentReader] = []
        self.live_docs: list[Mask] = []
        for entry in segments:
            segment = open_segments.get(entry.segment_id())
            if segment is None:
                segment = SegmentReader(folder, entry)
                segment.warm()  # in the opening thread, so that searches do not wait
            live = np.ones(segment.max_doc, np.bool_)
            live[list(entry.deleted_docs())] = False
            self.segments.append(segment)
            self.live_docs.append(live)
        self.max_doc = sum(segment.max_doc for segment in self.segments)
        self.num_articles = sum(
            int(np.count_nonzero(living))
            for segment, living in zip(self.segments, self.live_docs, strict=True)
            if not segment.holds_comments
        )
        self.page_cache: LRUCache[SearchQuery, Page] = LRUCache(_CACHED_PAGES)
        self.suggestion_cache: LRUCache[SuggestQuery, tuple[Suggestion, ...]] = LRUCache(
            _CACHED_PAGES
        )
        self._view_cache: LRUCache[
            tuple[frozenset[str], frozenset[Scope], Withdrawn], IndexView
        ] = LRUCache(_CACHED_VIEWS)

    def view(
        self,
        statuses: frozenset[str],
        within: frozenset[Scope] = IN_ARTICLES,
        withdrawn: Withdrawn = NOTHING_WITHDRAWN,
    ) -> IndexView:
        """Return the view of the documents with these statuses that are not withdrawn; cached."""
        indexed_statuses = frozenset(
            status
            for status in statuses
            if any(_term_number(segment, "status", status) is not None for segment in self.segments)
        )
        view = self._cached_view(indexed_statuses, within, NOTHING_WITHDRAWN)
        if withdrawn != NOTHING_WITHDRAWN and np.any(view.mask & view.withdrawn_mask(withdrawn)):
            return self._cached_view(indexed_statuses, within, withdrawn)
        return view

    def _cached_view(
        self, statuses: frozenset[str], within: frozenset[Scope], withdrawn: Withdrawn
    ) -> IndexView:
        key = (statuses, within, withdrawn)
        view = self._view_cache.get(key)
        if view is None:
            view = IndexView(self, *key)
            self._view_cache.put(key, view)
        return view

    def stamps(self) -> dict[int, int]:
        """Return the id and stamp of each live article."""
        stamps_by_id: dict[int, int] = {}
        for segment, live in zip(self.segments, self.live_docs, strict=True):
            if not segment.holds_comments:
                ids, stamps = segment.ids[live].tolist(), segment.stamps[live].tolist()
                stamps_by_id.update(zip(ids, stamps, strict=True))
        return stamps_by_id


class IndexView:
    """The documents of a searcher with certain statuses, and statistics of these alone.

    Documents are numbered consecutively through all segments: `slices` holds the range of each
    segment. All statistics are computed from the visible documents, those in `mask`, so that hits,
    totals, scores, facets and suggestions reveal nothing about others.
    """

    def __init__(
        self,
        searcher: Searcher,
        statuses: frozenset[str],
        within: frozenset[Scope],
        withdrawn: Withdrawn,
    ) -> None:
        self.segments: list[SegmentReader] = []
        self.slices: list[slice] = []
        self.max_doc = 0
        masks = [np.zeros(0, np.bool_)]
        for segment, live in zip(searcher.segments, searcher.live_docs, strict=True):
            if segment.scope not in within:
                continue
            mask = np.zeros(segment.max_doc, np.bool_)
            for status in statuses:
                mask[term_documents(segment, "status", status)] = True
            masks.append(mask & live)
            self.segments.append(segment)
            self.slices.append(slice(self.max_doc, self.max_doc + segment.max_doc))
            self.max_doc += segment.max_doc
        self._starts = [slice_.start for slice_ in self.slices]
        self._computed: dict[Hashable, Any] = {}
        self.mask: Mask = np.concatenate(masks)
        if withdrawn != NOTHING_WITHDRAWN:
            self.mask &= ~self.withdrawn_mask(withdrawn)
        self.masks: list[Mask] = [self.mask[slice_] for slice_ in self.slices]
        self.num_docs = int(np.count_nonzero(self.mask))
        # Caches of `search_index.rewriting`, which this package must not import.
        self.synonym_maps: LRUCache[object, Any] = LRUCache(4)
        self.completions: LRUCache[Hashable, Any] = LRUCache(_CACHED_COMPLETIONS)
        # Of `query.bm25`: while a text is typed, its earlier words are searched again and again.
        self.group_scores: LRUCache[Hashable, Any] = LRUCache(
            max(4, _CACHED_SCORES // max(1, self.max_doc))
        )
        # Of `query.execute`.
        self.canonical_pages: LRUCache[Hashable, Page] = LRUCache(_CACHED_CANONICAL_PAGES)
        self._doc_freqs: dict[tuple[str, str], int] = {}
        self._stems: LRUCache[tuple[str, str], tuple[str, ...]] = LRUCache(_CACHED_STEMS)
        self._stop_words: dict[str, bool] = {}

    def withdrawn_mask(self, withdrawn: Withdrawn) -> Mask:
        """Return the mask of what is withdrawn: articles with their comments, and comments."""
        articles, comments = (np.fromiter(ids, np.int64) for ids in withdrawn)
        are_articles = np.isin(self.column("ids"), articles)
        result: Mask = are_articles | np.isin(self.column("comment_ids"), comments)
        return result

    def segment_masks(self) -> Iterator[tuple[SegmentReader, Mask]]:
        """Yield each segment with the mask of its visible documents."""
        return zip(self.segments, self.masks, strict=True)

    def segment_slices(self) -> Iterator[tuple[SegmentReader, slice]]:
        """Yield each segment with the range of its documents in the view."""
        return zip(self.segments, self.slices, strict=True)

    def locate(self, document: int) -> tuple[SegmentReader, int]:
        """Return the segment of a document, and its number there."""
        position = bisect_right(self._starts, document) - 1
        return self.segments[position], document - self._starts[position]

    def compute_once(self, key: Hashable, compute: Callable[[], V]) -> V:
        """Return the result of `compute`, cached by `key` for the lifetime of the view."""
        value: V | None = self._computed.get(key)
        if value is None:
            value = self._computed[key] = compute()
        return value

    def column(self, name: str) -> Array:
        """Return an attribute of `SegmentReader` for every document, visible or not."""
        return self.compute_once(name, lambda: self._column(name))

    def _column(self, name: str) -> Array:
        columns = [getattr(segment, name) for segment in self.segments]
        return np.concatenate(columns) if columns else np.zeros(0, np.int64)

    def doc_freq(self, field: str, term: str) -> int:
        """Return the number of visible documents with a term; cached."""
        key = (field, term)
        count = self._doc_freqs.get(key)
        if count is None:
            count = sum(
                int(np.count_nonzero(mask[term_documents(segment, field, term)]))
                for segment, mask in self.segment_masks()
            )
            if len(self._doc_freqs) >= _CACHED_DOC_FREQS:
                self._doc_freqs.clear()
            self._doc_freqs[key] = count
        return count

    @cached_property
    def lengths(self) -> npt.NDArray[np.float32]:
        """Length of each document, relative to the average of articles or of comments.

        Comments are short: relative to articles, their term frequencies would count too much.
        """
        averages = {comments: self._average_length(comments) for comments in (False, True)}
        lengths = [
            segment.lengths / np.float32(averages[segment.holds_comments])
            for segment in self.segments
        ]
        return np.concatenate([np.zeros(0, np.float32), *lengths])

    def _average_length(self, comments: bool) -> float:
        lengths = [
            segment.lengths[mask]
            for segment, mask in self.segment_masks()
            if segment.holds_comments is comments
        ]
        total = sum(sorted(float(values.sum(dtype=np.float64)) for values in lengths))
        return max(1.0, total / max(1, sum(map(len, lengths))))

    @cached_property
    def languages(self) -> tuple[str, ...]:
        """Stemmed languages of visible documents, most frequent first."""
        counts: dict[str, int] = {}
        for segment, mask in self.segment_masks():
            values = segment.facet_values("language")
            for tag, count in zip(values.terms, values.counts(mask), strict=True):
                language = stemming.language_of(tag)
                if language and count:
                    counts[language] = counts.get(language, 0) + int(count)
        return tuple(sorted(counts, key=lambda language: (-counts[language], language)))

    @cached_property
    def stop_words(self) -> frozenset[str]:
        """Stop words of all languages of the visible documents."""
        return frozenset[str]().union(*map(stemming.stop_words, self.languages))

    def is_stop_word(self, word: str) -> bool:
        """Return whether a word is a stop word in the language of most documents that hold it.

        `die` is one in German, and a word in English: in a hub with articles in both, it is what it
        is in most of them. Cached.
        """
        if word not in self.stop_words:
            return False
        result = self._stop_words.get(word)
        if result is None:
            result = self._stop_words[word] = self._is_mostly_stop_word(word)
        return result

    def _is_mostly_stop_word(self, word: str) -> bool:
        languages = {
            language for language in self.languages if word in stemming.stop_words(language)
        }
        return len(languages) == len(self.languages) or self.is_mostly_in(word, languages)

    def is_mostly_in(self, word: str, languages: Collection[str]) -> bool:
        """Return whether half of the visible documents with a word are in one of these languages.

        A language stands for its regional variants, and for those that are stemmed alike.
        """
        total = inside = 0
        for segment, mask in self.segment_masks():
            documents = term_documents(segment, "words", word)
            values = segment.facet_values("language")
            is_inside = [stemming.is_of_language(tag, languages) for tag in values.terms]
            visible = np.zeros(segment.max_doc, np.bool_)
            visible[documents] = mask[documents]
            counts = values.counts(visible)
            total += int(np.count_nonzero(visible))
            inside += int(sum(counts[is_inside])) if len(counts) else 0
        return 2 * inside >= total

    @cached_property
    def newest(self) -> int:
        """Publication time of the newest visible document; NO_TIME without any."""
        published = self.column("published")[self.mask]
        return int(published.max()) if len(published) else document_terms.NO_TIME

    def stems(self, word: str, typed: str = "") -> tuple[str, ...]:
        """Return the terms of a folded word: itself, and its stems in the visible languages.

        `typed` is the word with its accents, which makes stems better. Stems that no visible
        document holds are left out. Cached.
        """
        key = (word, typed)
        terms = self._stems.get(key)
        if terms is None:
            stems = {**self._all_stems(word), **self._all_stems(typed or word)}
            visible = (term for term in stems if term != word and self.doc_freq("text", term))
            terms = (word, *visible)
            self._stems.put(key, terms)
        return terms

    def all_stems(self, word: str) -> tuple[str, ...]:
        """Return a folded word and its stems, also those that no document holds."""
        return (word, *(term for term in self._all_stems(word) if term != word))

    def _all_stems(self, word: str) -> dict[str, None]:
        analyzers = map(stemming.analyzer, self.languages)
        return {term: None for analyze in analyzers for term in analyze(word)}


def _term_number(segment: SegmentReader, field: str, term: str) -> int | None:
    arrays = segment.fields.get(field)
    return arrays.find(schema.encode(term)) if arrays else None


def term_documents(segment: SegmentReader, field: str, term: str) -> npt.NDArray[np.uint32]:
    """Return the documents of a segment with a term, ascending; visible or not."""
    number = _term_number(segment, field, term)
    if number is None:
        return np.zeros(0, np.uint32)
    result: npt.NDArray[np.uint32] = segment.fields[field].documents(number)
    return result
