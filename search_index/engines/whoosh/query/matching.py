"""Which documents of a segment hold a word, a phrase, or a beginning of words; and how much."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterable, Iterator

import numpy as np
import numpy.typing as npt

from search_index.engines.whoosh.index import schema
from search_index.engines.whoosh.index.schema import PART_BITS
from search_index.engines.whoosh.index.searcher import View
from search_index.engines.whoosh.index.searcher import documents as documents_of
from search_index.engines.whoosh.index.segment_reader import Segment
from search_index.text.term_query import TermAlternative, TextField

Documents = npt.NDArray[np.uint32]
Weights = npt.NDArray[np.float32]

_BOOSTS = np.array([schema.BOOSTS[part] for part in TextField], np.float32)


def found(segment: Segment, option: TermAlternative) -> Iterator[tuple[Documents, Weights]]:
    """The documents that match an option, with the weighted frequency of the match in each.

    Ascending; a document may come in several of the arrays, once in each.
    """
    if not option.slots:
        documents = np.unique(_beginning_with(segment, option.prefix))
        if len(documents):
            yield documents, np.ones(len(documents), np.float32)
    elif len(option.slots) == 1 and option.field is None:
        field = segment.fields.get("text")
        for term in option.slots[0]:
            number = field.find(schema.encode(term)) if field else None
            if field is not None and number is not None:
                yield field.documents(number), field.weights(number)
    else:
        documents, weights = _following(segment, option)
        if len(documents):
            yield documents, weights


def best(
    view: View, options: Iterable[TermAlternative]
) -> Iterator[tuple[float, npt.NDArray[np.int64], Weights]]:
    """The documents of all segments that match any of the options, by the options' weights.

    As `found` has them, but words that weigh the same are looked up together, as all words that
    start in some way are, and only the greatest frequency of each document is told.
    """
    words: dict[float, dict[str, None]] = {}
    for option in options:
        if not option.slots:
            beginning = np.flatnonzero(beginning_mask(view, option.prefix))
            yield option.weight, beginning, np.ones(len(beginning), np.float32)
        elif len(option.slots) == 1 and option.field is None:
            words.setdefault(option.weight, {}).update(dict.fromkeys(option.slots[0]))
        else:
            for segment, place in view.parts():
                for documents, weights in found(segment, option):
                    yield option.weight, documents.astype(np.int64) + place.start, weights
    for weight, terms in words.items():
        yield weight, *_any_of(view, terms)


def _any_of(view: View, terms: Iterable[str]) -> tuple[npt.NDArray[np.int64], Weights]:
    """The documents that have any of some terms, and the greatest frequency in each."""
    most = np.zeros(view.size, np.uint16)
    encoded = [schema.encode(term) for term in terms]
    for segment, place in view.parts():
        if (field := segment.fields.get("text")) is not None:
            numbers = [number for term in encoded if (number := field.find(term)) is not None]
            if numbers:
                field.raise_weights(numbers, most[place])
    matching = np.flatnonzero(most > 0)  # of truths, which is far faster than of numbers
    return matching, most[matching].view(np.float16).astype(np.float32)


def words_from(segment: Segment, beginning: str, name: str = "words") -> tuple[int, int]:
    """The numbers, first and last (exclusive), of a field's words that start so."""
    field = segment.fields.get(name)
    if field is None:
        return 0, 0
    words, prefix = field.all_terms(), schema.encode(beginning)
    first = bisect_left(words, prefix)
    return first, bisect_left(words, prefix + b"\xff", first)


def _beginning_with(segment: Segment, beginning: str, name: str = "words") -> Documents:
    """The documents of a field's words that start so, once for each such word."""
    first, last = words_from(segment, beginning, name)
    if first == last:
        return np.zeros(0, np.uint32)
    field = segment.fields[name]
    documents: Documents = field.ids[field.starts[first] : field.starts[last]]
    return documents


def commonest_words_from(view: View, beginning: str, most: int) -> list[tuple[str, int]]:
    """The words that start so in visible documents, with in how many each stands.

    Most first, then by the word; at least `most` of them, where there are as many. Reads each
    segment's own commonest words until no other can be among them (the threshold algorithm of
    Fagin, Lotem and Naor 2003).
    """
    parts = [part for pair in view.pairs() if (part := _Words.of(*pair, beginning)) is not None]
    take = 2 * most
    while True:
        words: dict[bytes, None] = {}
        unread = 0  # documents that a word may be in which is in none of the parts read
        for part in parts:
            found, least = part.commonest(take)
            words |= dict.fromkeys(found)
            unread += least
        counted = [(word, count) for word in words if (count := sum(p.count(word) for p in parts))]
        counted.sort(key=lambda one: (-one[1], one[0]))
        if not unread or (len(counted) >= most and counted[most - 1][1] > unread):
            return [(schema.decode(word), count) for word, count in counted]
        take *= 4


class _Words:
    """The words of one segment that start in some way, and their visible documents."""

    def __init__(self, segment: Segment, first: int, counts: npt.NDArray[np.int64]) -> None:
        self._field = segment.fields["words"]
        self._first = first
        self._counts = counts

    @classmethod
    def of(cls, segment: Segment, mask: npt.NDArray[np.bool_], beginning: str) -> _Words | None:
        """None where no word starts so. O(postings of these words), unless all are visible."""
        first, last = words_from(segment, beginning)
        if first == last:
            return None
        field = segment.fields["words"]
        starts = field.starts[first : last + 1].astype(np.int64)
        if mask.all():
            return cls(segment, first, np.diff(starts))
        seen = mask[field.ids[starts[0] : starts[-1]]]
        return cls(segment, first, np.add.reduceat(seen, starts[:-1] - starts[0], dtype=np.int64))

    def commonest(self, most: int) -> tuple[list[bytes], int]:
        """The `most` words in most documents, and the documents that any other is in at most."""
        words, counts = self._field.all_terms(), self._counts
        if len(counts) <= most:
            return words[self._first : self._first + len(counts)], 0
        picked = np.argpartition(counts, -most)[-most:]
        return [words[self._first + place] for place in picked.tolist()], int(counts[picked].min())

    def count(self, word: bytes) -> int:
        """In how many visible documents a word stands."""
        number = self._field.find(word)
        return 0 if number is None else int(self._counts[number - self._first])


def begins_any(view: View, beginning: str) -> bool:
    """Whether any word of a visible document starts so."""
    return any(mask[_beginning_with(segment, beginning)].any() for segment, mask in view.pairs())


def beginning_mask(view: View, beginning: str, name: str = "words") -> npt.NDArray[np.bool_]:
    """Which documents have a word in a field that starts so."""
    mask = np.zeros(view.size, np.bool_)
    for segment, place in view.parts():
        mask[place][_beginning_with(segment, beginning, name)] = True
    return mask


def term_mask(view: View, name: str, term: str) -> npt.NDArray[np.bool_]:
    """Which documents have a term in a field."""
    mask = np.zeros(view.size, np.bool_)
    for segment, place in view.parts():
        mask[place][documents_of(segment, name, term)] = True
    return mask


def _following(segment: Segment, option: TermAlternative) -> tuple[Documents, Weights]:
    """The documents in which a phrase stands, or a word in a certain part.

    Each place of a slot's terms is written as one number, document then position, from which the
    slot's offset is taken; a phrase stands where the slots' numbers meet. O(places of the words),
    and of the rarest word's places a look-up in all others.
    """
    field = segment.fields.get("text")
    slots: list[npt.NDArray[np.int64]] = []
    for terms, offset in zip(option.slots, option.offsets, strict=True):
        pieces = []
        for term in terms:
            number = field.find(schema.encode(term)) if field else None
            if field is None or number is None:
                continue
            counts, positions = field.positions(number)
            documents = np.repeat(field.documents(number).astype(np.int64), counts)
            pieces.append((documents << 32) + positions.astype(np.int64) - offset)
        if not pieces:
            return np.zeros(0, np.uint32), np.zeros(0, np.float32)
        slots.append(np.unique(np.concatenate(pieces)) if len(pieces) > 1 else pieces[0])
    places, *others = sorted(slots, key=len)
    for other in others:
        at = np.minimum(np.searchsorted(other, places), len(other) - 1)
        places = places[other[at] == places]
    parts = (places & 0xFFFFFFFF) >> PART_BITS
    if option.field is not None:
        places, parts = places[parts == option.field], parts[parts == option.field]
    documents, owners = np.unique(places >> 32, return_inverse=True)
    weights = np.bincount(owners, weights=_BOOSTS[parts], minlength=len(documents))
    return documents.astype(np.uint32), weights.astype(np.float32)


def mask_of(view: View, options: tuple[TermAlternative, ...]) -> npt.NDArray[np.bool_]:
    """Which documents match any of the options."""
    mask = np.zeros(view.size, np.bool_)
    for segment, place in view.parts() if options else ():
        for option in options:
            for documents, _ in found(segment, option):
                mask[place][documents] = True
    return mask


def value_mask(
    view: View, field: str, values: frozenset[str], *, labels: bool
) -> npt.NDArray[np.bool_]:
    """Which documents have any of these exact values; of labels, the slug is compared."""
    mask = np.zeros(view.size, np.bool_)
    wanted = [
        schema.encode(value + schema.LABEL_SEPARATOR if labels else value) for value in values
    ]
    for segment, place in view.parts():
        column = segment.fields.get(field)
        if column is None:
            continue
        terms = column.all_terms()
        for encoded in wanted:
            number = bisect_left(terms, encoded)
            while number < len(terms) and (
                terms[number].startswith(encoded) if labels else terms[number] == encoded
            ):
                mask[place][column.documents(number)] = True
                number += 1
    return mask
