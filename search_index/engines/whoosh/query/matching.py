"""Matching: the documents with a term, phrase or prefix, and their weighted frequencies."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterable, Iterator

import numpy as np
import numpy.typing as npt

from search_index.engines.whoosh.index import schema
from search_index.engines.whoosh.index.searcher import IndexView
from search_index.engines.whoosh.index.searcher import term_documents as documents_of
from search_index.engines.whoosh.index.segment_reader import SegmentReader
from search_index.fields import TextField
from search_index.text import document_terms
from search_index.text.document_terms import FIELD_BITS
from search_index.text.term_query import TermAlternative

Documents = npt.NDArray[np.uint32]
Weights = npt.NDArray[np.float32]

_BOOSTS = np.array([field.boost for field in sorted(TextField)], np.float32)


def match_alternative(
    segment: SegmentReader, alternative: TermAlternative
) -> Iterator[tuple[Documents, Weights]]:
    """Yield arrays of documents that match an alternative, with the weighted frequency in each.

    Each array is ascending and without duplicates; a document may be in several arrays.
    """
    if not alternative.slots:
        documents = np.unique(
            _prefix_documents(segment, alternative.prefix, except_words=alternative.except_words)
        )
        if len(documents):
            yield documents, np.ones(len(documents), np.float32)
    elif len(alternative.slots) == 1 and alternative.field is None:
        field = segment.fields.get("text")
        for term in alternative.slots[0]:
            number = field.find(schema.encode(term)) if field else None
            if field is not None and number is not None:
                yield field.documents(number), field.weights(number)
    else:
        documents, weights = _match_phrase(segment, alternative)
        if len(documents):
            yield documents, weights


def best_matches(
    view: IndexView, alternatives: Iterable[TermAlternative]
) -> Iterator[tuple[float, npt.NDArray[np.int64], Weights]]:
    """Yield the documents of all segments that match any of the alternatives, with its weight.

    As `match_alternative`, but terms of equal weight are looked up together, with the greatest
    frequency of each document; likewise all words that start with a prefix.
    """
    terms_by_weight: dict[float, dict[str, None]] = {}
    for alternative in alternatives:
        if not alternative.slots:
            numbers = np.flatnonzero(
                prefix_mask(view, alternative.prefix, except_words=alternative.except_words)
            )
            yield alternative.weight, numbers, np.ones(len(numbers), np.float32)
        elif len(alternative.slots) == 1 and alternative.field is None:
            terms_by_weight.setdefault(alternative.weight, {}).update(
                dict.fromkeys(alternative.slots[0])
            )
        else:
            for segment, slice_ in view.segment_slices():
                for documents, weights in match_alternative(segment, alternative):
                    yield alternative.weight, documents.astype(np.int64) + slice_.start, weights
    for weight, terms in terms_by_weight.items():
        yield weight, *_union_terms(view, terms)


def _union_terms(view: IndexView, terms: Iterable[str]) -> tuple[npt.NDArray[np.int64], Weights]:
    """Return the documents with any of these terms, and the greatest frequency in each."""
    maxima = np.zeros(view.max_doc, np.uint16)
    encoded = [schema.encode(term) for term in terms]
    for segment, slice_ in view.segment_slices():
        if (field := segment.fields.get("text")) is not None:
            numbers = [number for term in encoded if (number := field.find(term)) is not None]
            if numbers:
                field.raise_weights(numbers, maxima[slice_])
    hits = np.flatnonzero(maxima > 0)  # of booleans, which is far faster than of numbers
    return hits, maxima[hits].view(np.float16).astype(np.float32)


def prefix_range(segment: SegmentReader, prefix: str, name: str = "words") -> tuple[int, int]:
    """Return the range of term numbers, first and last (exclusive), with a prefix in a field."""
    field = segment.fields.get(name)
    if field is None:
        return 0, 0
    words, encoded = field.terms, schema.encode(prefix)
    first = bisect_left(words, encoded)
    return first, bisect_left(words, encoded + b"\xff", first)


def _prefix_documents(
    segment: SegmentReader, prefix: str, name: str = "words", except_words: tuple[str, ...] = ()
) -> Documents:
    """Return the documents of the words with a prefix, once for each such word."""
    first, last = prefix_range(segment, prefix, name)
    if first == last:
        return np.zeros(0, np.uint32)
    field = segment.fields[name]
    documents: Documents = field.ids[field.starts[first] : field.starts[last]]
    skipped = [field.find(schema.encode(word)) for word in except_words]
    for number in sorted((number for number in skipped if number is not None), reverse=True):
        start = int(field.starts[first])
        removed = slice(int(field.starts[number]) - start, int(field.starts[number + 1]) - start)
        documents = np.delete(documents, removed)
    return documents


def most_frequent_words(view: IndexView, prefix: str, limit: int) -> list[tuple[str, int]]:
    """Return the words with a prefix in visible documents, with their document frequencies.

    The most frequent first, then by the word; at least `limit` of them, if there are as many. Reads
    each segment's most frequent words until no other can be among them (the threshold algorithm
    of Fagin, Lotem and Naor 2003).
    """
    parts = [
        part
        for pair in view.segment_masks()
        if (part := _PrefixWords.of(*pair, prefix)) is not None
    ]
    depth = 2 * limit
    while True:
        words: dict[bytes, None] = {}
        unread = 0  # upper bound for the document frequency of a word that was not read
        for part in parts:
            frequent, bound = part.most_frequent(depth)
            words |= dict.fromkeys(frequent)
            unread += bound
        counted = [
            (word, count) for word in words if (count := sum(part.doc_freq(word) for part in parts))
        ]
        counted.sort(key=lambda entry: (-entry[1], entry[0]))
        if not unread or (len(counted) >= limit and counted[limit - 1][1] > unread):
            return [(schema.decode(word), count) for word, count in counted]
        depth *= 4


class _PrefixWords:
    """The words of one segment with a prefix, and the numbers of their visible documents."""

    def __init__(self, segment: SegmentReader, first: int, counts: npt.NDArray[np.int64]) -> None:
        self._field = segment.fields["words"]
        self._first = first
        self._counts = counts

    @classmethod
    def of(
        cls, segment: SegmentReader, mask: npt.NDArray[np.bool_], prefix: str
    ) -> _PrefixWords | None:
        """Count them; None without such words. O(their postings), unless all are visible."""
        first, last = prefix_range(segment, prefix)
        if first == last:
            return None
        field = segment.fields["words"]
        starts = field.starts[first : last + 1].astype(np.int64)
        if mask.all():
            return cls(segment, first, np.diff(starts))
        visible = mask[field.ids[starts[0] : starts[-1]]]
        return cls(
            segment, first, np.add.reduceat(visible, starts[:-1] - starts[0], dtype=np.int64)
        )

    def most_frequent(self, limit: int) -> tuple[list[bytes], int]:
        """Return the `limit` most frequent words, and an upper bound for the others' frequency."""
        words, counts = self._field.terms, self._counts
        if len(counts) <= limit:
            return words[self._first : self._first + len(counts)], 0
        places = np.argpartition(counts, -limit)[-limit:]
        return [words[self._first + place] for place in places.tolist()], int(counts[places].min())

    def doc_freq(self, word: bytes) -> int:
        """Return the number of visible documents with a word."""
        number = self._field.find(word)
        return 0 if number is None else int(self._counts[number - self._first])


def has_prefix(view: IndexView, prefix: str) -> bool:
    """Return whether any word of a visible document starts with a prefix."""
    return any(
        mask[_prefix_documents(segment, prefix)].any() for segment, mask in view.segment_masks()
    )


def prefix_mask(
    view: IndexView, prefix: str, name: str = "words", except_words: tuple[str, ...] = ()
) -> npt.NDArray[np.bool_]:
    """Return the mask of documents with a word in a field that starts with a prefix."""
    mask = np.zeros(view.max_doc, np.bool_)
    for segment, slice_ in view.segment_slices():
        mask[slice_][_prefix_documents(segment, prefix, name, except_words)] = True
    return mask


def term_mask(view: IndexView, name: str, term: str) -> npt.NDArray[np.bool_]:
    """Return the mask of documents with a term in a field."""
    mask = np.zeros(view.max_doc, np.bool_)
    for segment, slice_ in view.segment_slices():
        mask[slice_][documents_of(segment, name, term)] = True
    return mask


def _match_phrase(
    segment: SegmentReader, alternative: TermAlternative
) -> tuple[Documents, Weights]:
    """Return the documents with a phrase, or with a word in a certain field, and the weights.

    Each occurrence of a slot's terms is encoded as one number, document and position minus the
    slot's offset; a phrase occurs where the numbers of all slots are equal. O(occurrences of the
    words), and a look-up of the rarest word's occurrences in those of all others.
    """
    field = segment.fields.get("text")
    slots: list[npt.NDArray[np.int64]] = []
    for terms, offset in zip(alternative.slots, alternative.offsets, strict=True):
        arrays = []
        for term in terms:
            number = field.find(schema.encode(term)) if field else None
            if field is None or number is None:
                continue
            counts, positions = field.positions(number)
            documents = np.repeat(field.documents(number).astype(np.int64), counts)
            arrays.append((documents << 32) + positions.astype(np.int64) - offset)
        if not arrays:
            return np.zeros(0, np.uint32), np.zeros(0, np.float32)
        slots.append(np.unique(np.concatenate(arrays)) if len(arrays) > 1 else arrays[0])
    places, *others = sorted(slots, key=len)
    for other in others:
        indices = np.minimum(np.searchsorted(other, places), len(other) - 1)
        places = places[other[indices] == places]
    text_fields = (places & 0xFFFFFFFF) >> FIELD_BITS
    if alternative.field is not None:
        places, text_fields = (
            places[text_fields == alternative.field],
            text_fields[text_fields == alternative.field],
        )
    documents, owners = np.unique(places >> 32, return_inverse=True)
    weights = np.bincount(owners, weights=_BOOSTS[text_fields], minlength=len(documents))
    return documents.astype(np.uint32), weights.astype(np.float32)


def any_mask(view: IndexView, alternatives: tuple[TermAlternative, ...]) -> npt.NDArray[np.bool_]:
    """Return the mask of documents that match any of the alternatives."""
    mask = np.zeros(view.max_doc, np.bool_)
    for segment, slice_ in view.segment_slices() if alternatives else ():
        for alternative in alternatives:
            for documents, _ in match_alternative(segment, alternative):
                mask[slice_][documents] = True
    return mask


def value_mask(
    view: IndexView, field: str, values: frozenset[str], *, labels: bool
) -> npt.NDArray[np.bool_]:
    """Return the mask of documents with any of these exact values; labels match by slug."""
    mask = np.zeros(view.max_doc, np.bool_)
    encoded_values = [
        schema.encode(value + document_terms.LABEL_SEPARATOR if labels else value)
        for value in values
    ]
    for segment, slice_ in view.segment_slices():
        column = segment.fields.get(field)
        if column is None:
            continue
        terms = column.terms
        for encoded in encoded_values:
            number = bisect_left(terms, encoded)
            while number < len(terms) and (
                terms[number].startswith(encoded) if labels else terms[number] == encoded
            ):
                mask[slice_][column.documents(number)] = True
                number += 1
    return mask
