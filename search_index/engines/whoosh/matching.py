"""Which documents of a segment hold a word, a phrase, or a beginning of words; and how much."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from search_index.engines.whoosh import schema
from search_index.engines.whoosh.schema import PART_BITS, Part
from search_index.engines.whoosh.segment import Segment
from search_index.engines.whoosh.snapshot import View

Documents = npt.NDArray[np.uint32]
Weights = npt.NDArray[np.float32]

_BOOSTS = np.array([schema.BOOSTS[part] for part in Part], np.float32)


@dataclass(frozen=True, slots=True)
class Option:
    """One way in which a document may match.

    `slots` holds, for each of the words that must follow each other at `offsets`, the terms that
    pass for it. Without slots, any word that starts with `beginning` will do. `weight` in (0, 1]
    says how good a match this is beside an exact one. Options of one `group` are forms of one
    word, and count as one when it is asked how rare it is.
    """

    slots: tuple[tuple[str, ...], ...]
    offsets: tuple[int, ...] = (0,)
    part: Part | None = None
    weight: float = 1.0
    beginning: str = ""
    group: int = 0


def found(segment: Segment, option: Option) -> Iterator[tuple[Documents, Weights]]:
    """The documents that match an option, with the weighted frequency of the match in each.

    Ascending; a document may come in several of the arrays, once in each.
    """
    if not option.slots:
        documents = _beginning_with(segment, option.beginning)
        if len(documents):
            yield documents, np.ones(len(documents), np.float32)
    elif len(option.slots) == 1 and option.part is None:
        field = segment.fields.get("text")
        for term in option.slots[0]:
            number = field.find(schema.encode(term)) if field else None
            if field is not None and number is not None:
                yield field.documents(number), field.weights(number)
    else:
        documents, weights = _following(segment, option)
        if len(documents):
            yield documents, weights


def words_from(segment: Segment, beginning: str, name: str = "words") -> tuple[int, int]:
    """The numbers, first and last (exclusive), of a field's words that start so."""
    field = segment.fields.get(name)
    if field is None:
        return 0, 0
    words, prefix = field.all_terms(), schema.encode(beginning)
    return bisect_left(words, prefix), bisect_left(words, prefix + b"\xff")


def visible_words_from(view: View, beginning: str) -> dict[str, int]:
    """The words that start so in visible documents, and in how many each stands.

    O(postings of these words): at most about a millisecond for one letter of 10,000 articles.
    """
    counts: dict[str, int] = {}
    for segment, mask in view.pairs():
        first, last = words_from(segment, beginning)
        if first == last:
            continue
        field = segment.fields["words"]
        starts = field.starts[first : last + 1].astype(np.int64)
        seen = mask[field.ids[starts[0] : starts[-1]]]
        frequencies = np.add.reduceat(seen, starts[:-1] - starts[0], dtype=np.int64)
        for number in np.flatnonzero(frequencies).tolist():
            word = schema.decode(field.all_terms()[first + number])
            counts[word] = counts.get(word, 0) + int(frequencies[number])
    return counts


def begins_any(view: View, beginning: str) -> bool:
    """Whether any word of a visible document starts so."""
    for segment, mask in view.pairs():
        first, last = words_from(segment, beginning)
        if first < last:
            field = segment.fields["words"]
            if mask[field.ids[field.starts[first] : field.starts[last]]].any():
                return True
    return False


def _beginning_with(segment: Segment, beginning: str) -> Documents:
    first, last = words_from(segment, beginning)
    if first == last:
        return np.zeros(0, np.uint32)
    field = segment.fields["words"]
    mask = np.zeros(segment.documents, np.bool_)
    mask[field.ids[field.starts[first] : field.starts[last]]] = True
    return np.flatnonzero(mask).astype(np.uint32)


def _following(segment: Segment, option: Option) -> tuple[Documents, Weights]:
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
    if option.part is not None:
        places, parts = places[parts == option.part], parts[parts == option.part]
    documents, owners = np.unique(places >> 32, return_inverse=True)
    weights = np.bincount(owners, weights=_BOOSTS[parts], minlength=len(documents))
    return documents.astype(np.uint32), weights.astype(np.float32)


def mask_of(segment: Segment, options: tuple[Option, ...]) -> npt.NDArray[np.bool_]:
    """Which documents match any of the options."""
    mask = np.zeros(segment.documents, np.bool_)
    for option in options:
        for documents, _ in found(segment, option):
            mask[documents] = True
    return mask


def value_mask(
    segment: Segment, field: str, values: frozenset[str], *, labels: bool
) -> npt.NDArray[np.bool_]:
    """Which documents have any of these exact values; of labels, the slug is compared."""
    mask = np.zeros(segment.documents, np.bool_)
    column = segment.fields.get(field)
    if column is None:
        return mask
    terms = column.all_terms()
    for value in values:
        encoded = schema.encode(value + schema.LABEL_SEPARATOR if labels else value)
        number = bisect_left(terms, encoded)
        while number < len(terms) and (
            terms[number].startswith(encoded) if labels else terms[number] == encoded
        ):
            mask[column.documents(number)] = True
            number += 1
    return mask
