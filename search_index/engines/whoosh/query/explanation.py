"""The parts of a hit's score, found by scoring its document once more, alone."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import groupby

import numpy as np

from search_index.engines.whoosh.index import schema
from search_index.engines.whoosh.index.schema import PART_BITS
from search_index.engines.whoosh.index.searcher import View, documents
from search_index.engines.whoosh.index.segment_reader import Segment
from search_index.engines.whoosh.query import bm25, matching
from search_index.query import FieldCount, ScoreKind, ScorePart
from search_index.text.term_query import TermGroup, TermAlternative, TextField, TermQuery


class Explainer:
    """Explains the hits of one search. How rare words are is found out once for all hits."""

    def __init__(self, view: View, search: TermQuery, half_life_days: float) -> None:
        self._view = view
        self._search = search
        self._recency = bm25.recency(view, half_life_days)
        self._needles = [
            (needle, [(group, bm25.rarity(view, group)) for group in _groups(needle)])
            for needle in search.groups
        ]
        self._bonus = bm25.bonus(view, search)
        self._pairs = [(option, bm25.rarity(view, (option,))) for option in search.pairs]

    def explain(self, document: int, score: float) -> tuple[ScorePart, ...]:
        """The parts of the score of a document of the view."""
        parts = []
        for needle, groups in self._needles:
            found = [
                part
                for options, idf in groups
                for option in options
                if (part := self._part(document, option, idf, needle.times)) is not None
            ]
            if found:
                parts.append(max(found, key=lambda part: part.score))
        for option, idf in self._pairs:
            pair = self._part(document, option, idf, 1.0)
            if pair is not None:
                parts.append(pair)
        words = sum(part.score for part in parts)
        recent = words * (float(self._recency[document]) - 1)
        if recent:
            parts.append(ScorePart(ScoreKind.RECENCY, recent))
        every = score - words - recent
        segment, own_number = self._view.at(document)
        titled = documents(segment, "titles", self._search.title)
        if self._search.title and _place(titled, own_number) is not None:
            every -= self._bonus
            parts.append(ScorePart(ScoreKind.TITLE, self._bonus))
        if every > bm25.K1:  # far above what rounding leaves
            parts.append(ScorePart(ScoreKind.EVERY_WORD, every))
        return tuple(parts)

    def _part(
        self, document: int, option: TermAlternative, idf: float, times: float
    ) -> ScorePart | None:
        segment, own_number = self._view.at(document)
        weight = max(
            (
                float(weights[place])
                for documents, weights in matching.found(segment, option)
                if (place := _place(documents, own_number)) is not None
            ),
            default=0.0,
        )
        if not weight:
            return None
        saturation = float(bm25.saturations(self._view)[document])
        gain = option.weight * bm25.gain(weight, saturation)
        return ScorePart(
            ScoreKind.NEIGHBOURS if option in self._search.pairs else ScoreKind.WORD,
            times * idf * gain,
            text=" ".join(slot[-1] for slot in option.slots) or f"{option.prefix}…",
            fields=tuple(_fields(segment, option, own_number)),
            idf=idf,
            tf=weight,
            weight=option.weight,
        )


def _groups(needle: TermGroup) -> list[tuple[TermAlternative, ...]]:
    return [tuple(group) for _, group in groupby(needle.alternatives, key=lambda one: one.group)]


def _place(documents: matching.Documents, document: int) -> int | None:
    place = int(np.searchsorted(documents, document))
    return place if place < len(documents) and int(documents[place]) == document else None


def _fields(segment: Segment, option: TermAlternative, document: int) -> Iterator[FieldCount]:
    """The parts of the document in which the words of an option stand, with how often."""
    counts: dict[TextField, int] = {}
    field = segment.fields.get("text")
    for term in {term for slot in option.slots for term in slot} if field is not None else ():
        number = field.find(schema.encode(term)) if field is not None else None
        if field is None or number is None:
            continue
        place = _place(field.documents(number), document)
        if place is None:
            continue
        lengths, positions = field.positions(number)
        first = int(lengths[:place].sum())
        for position in positions[first : first + int(lengths[place])].tolist():
            part = TextField(position >> PART_BITS)
            counts[part] = counts.get(part, 0) + 1
    for part in TextField:
        if part in counts and (option.field is None or part is option.field):
            yield FieldCount(part.name.lower(), counts[part], schema.BOOSTS[part])
