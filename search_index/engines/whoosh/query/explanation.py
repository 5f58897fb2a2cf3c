"""Explanations: the parts of a hit's score, computed by scoring its document again."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np

from search_index.engines.whoosh.index import schema
from search_index.engines.whoosh.index.searcher import IndexView, term_documents
from search_index.engines.whoosh.index.segment_reader import SegmentReader
from search_index.engines.whoosh.query import bm25, matching
from search_index.engines.whoosh.query.leaning import Leaning
from search_index.explanations import FieldCount, ScoreKind, ScorePart
from search_index.fields import TextField
from search_index.ranking import K1, idf_groups, title_bonus
from search_index.text import stemming
from search_index.text.document_terms import FIELD_BITS
from search_index.text.term_query import TermAlternative, TermQuery


class Explainer:
    """Explains the hits of one search; document frequencies are computed once for all hits."""

    def __init__(
        self, view: IndexView, query: TermQuery, leaning: Leaning, half_life_days: float
    ) -> None:
        self._view = view
        self._query = query
        self._leaning = leaning
        self._recency = bm25.recency_factors(view, half_life_days)
        self._groups = [
            (
                group,
                [
                    (members, bm25.alternatives_idf(view, members))
                    for members in idf_groups(group.alternatives)
                ],
            )
            for group in query.groups
        ]
        self._bonus = title_bonus(view.num_docs, query)
        self._titles = bm25.title_scores(view, query.title_words) if query.title_words else None
        self._pairs = [
            (alternative, bm25.alternatives_idf(view, (alternative,)))
            for alternative in query.pairs
        ]

    def explain(self, document: int, score: float) -> tuple[ScorePart, ...]:
        """Return the parts of the score of a document of the view."""
        score, added = self._leaning.explain(document, score)
        parts = []
        for group, same_words in self._groups:
            matched = [
                part
                for alternatives, idf in same_words
                for form in (self._form(document, alternatives),)
                for alternative in alternatives
                if (part := self._part(document, alternative, idf, group.boost * form)) is not None
            ]
            if matched:
                parts.append(max(matched, key=lambda part: part.score))
        for alternative, idf in self._pairs:
            pair = self._part(document, alternative, idf, 1.0)
            if pair is not None:
                parts.append(pair)
        if self._titles is not None and self._titles[document]:
            text = " ".join(word.removesuffix("*") for word in self._query.title_words)
            parts.append(ScorePart(ScoreKind.TITLE, float(self._titles[document]), text=text))
        words = sum(part.score for part in parts)
        recency = words * (float(self._recency[document]) - 1)
        if recency:
            parts.append(ScorePart(ScoreKind.RECENCY, recency))
        remainder = score - words - recency
        segment, own_number = self._view.locate(document)
        title_documents = term_documents(segment, "titles", self._query.title)
        if self._query.title and _position(title_documents, own_number) is not None:
            remainder -= self._bonus
            parts.append(ScorePart(ScoreKind.TITLE, self._bonus))
        if remainder > K1:  # far above rounding errors
            parts.append(ScorePart(ScoreKind.EVERY_WORD, remainder))
        return (*parts, *added)

    def _form(self, document: int, alternatives: Sequence[TermAlternative]) -> float:
        """Return the weight of the form in which a document has a word."""
        weights = bm25.form_weights(self._view, alternatives)
        return float(weights[document]) if weights is not None else 1.0

    def _part(
        self, document: int, alternative: TermAlternative, idf: float, boost: float
    ) -> ScorePart | None:
        segment, own_number = self._view.locate(document)
        weight = max(
            (
                float(weights[place])
                for documents, weights in matching.match_alternative(segment, alternative)
                if (place := _position(documents, own_number)) is not None
            ),
            default=0.0,
        )
        if not weight:
            return None
        saturation = float(bm25.saturations(self._view)[document])
        gain = alternative.weight * bm25.gain(weight, saturation)
        return ScorePart(
            ScoreKind.NEIGHBOURS if alternative in self._query.pairs else ScoreKind.WORD,
            boost * idf * gain,
            text=" ".join(stemming.plain_term(slot[-1]) for slot in alternative.slots)
            or f"{alternative.prefix}…",
            fields=tuple(_fields(segment, alternative, own_number)),
            idf=idf,
            tf=weight,
            weight=alternative.weight,
        )


def _position(documents: matching.Documents, document: int) -> int | None:
    place = int(np.searchsorted(documents, document))
    return place if place < len(documents) and int(documents[place]) == document else None


def _fields(
    segment: SegmentReader, alternative: TermAlternative, document: int
) -> Iterator[FieldCount]:
    """Yield the fields of the document that contain terms of an alternative, with counts."""
    counts: dict[TextField, int] = {}
    field = segment.fields.get("text")
    for term in {term for slot in alternative.slots for term in slot} if field is not None else ():
        number = field.find(schema.encode(term)) if field is not None else None
        if field is None or number is None:
            continue
        place = _position(field.documents(number), document)
        if place is None:
            continue
        lengths, positions = field.positions(number)
        first = int(lengths[:place].sum())
        for position in positions[first : first + int(lengths[place])].tolist():
            text_field = TextField(position >> FIELD_BITS)
            counts[text_field] = counts.get(text_field, 0) + 1
    for text_field in TextField:
        if text_field in counts and (alternative.field is None or text_field is alternative.field):
            yield FieldCount(text_field.key, counts[text_field], text_field.boost)
