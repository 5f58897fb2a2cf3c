"""Explanations: the parts of a hit's score, computed again from the texts of its document."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from search_index.engines.opensearch.scoring import WeightedQuery, saturation, title_weight
from search_index.explanations import FieldCount, ScoreKind, ScorePart
from search_index.fields import PLAIN_FIELDS, TextField
from search_index.query import Scope
from search_index.ranking import (
    FORM_WEIGHT,
    K1,
    MAX_TITLE_GAIN,
    MICROSECONDS_A_DAY,
    RECENCY,
    has_forms,
)
from search_index.text import stemming
from search_index.text.document_terms import (
    FIELD_BITS,
    LABEL_SEPARATOR,
    NO_TIME,
    AnalyzedText,
    analyze,
    title_words,
)
from search_index.text.term_query import TermAlternative

Json = dict[str, Any]


class Explainer:
    """Explains the hits of one search."""

    def __init__(self, weighted: WeightedQuery, half_life_days: float) -> None:
        self._weighted = weighted
        self._half_life = half_life_days * MICROSECONDS_A_DAY

    def explain(self, hit: Json, score: float) -> tuple[ScorePart, ...]:
        """Return the parts of the score of a hit, with its texts. O(words)."""
        source, fields = hit["_source"], hit["fields"]
        analyzed = analyze(source["language"], _texts(source))
        scope = Scope.COMMENTS if fields["comment"][0] else Scope.ARTICLES
        half = saturation(self._weighted.base, fields["length"][0], scope)
        parts = [*self._word_parts(analyzed, half), *self._pair_parts(analyzed, half)]
        titles = title_words(source.get(TextField.TITLE.key, ""))
        parts += self._title_parts(titles, fields["title_length"][0])
        words = sum(part.score for part in parts)
        recency = words * self._recency(fields["published"][0])
        if recency:
            parts.append(ScorePart(ScoreKind.RECENCY, recency))
        remainder = score - words - recency
        if self._weighted.query.title in titles and self._weighted.query.title:
            remainder -= self._weighted.title_bonus
            parts.append(ScorePart(ScoreKind.TITLE, self._weighted.title_bonus))
        if remainder > K1:  # far above rounding errors
            parts.append(ScorePart(ScoreKind.EVERY_WORD, remainder))
        return tuple(parts)

    def _word_parts(self, analyzed: AnalyzedText, half: float) -> Iterator[ScorePart]:
        for group in self._weighted.groups:
            matched = []
            for members, idf in group.words:
                form = 1.0
                if has_forms(members) and members[0].slots[0][0] not in analyzed.words:
                    form = FORM_WEIGHT
                boost = group.group.boost * form
                matched += [
                    part
                    for alternative in members
                    if (part := _part(analyzed, alternative, idf, boost, half)) is not None
                ]
            if matched:
                yield max(matched, key=lambda part: part.score)

    def _pair_parts(self, analyzed: AnalyzedText, half: float) -> Iterator[ScorePart]:
        for pair, idf in self._weighted.pairs:
            part = _part(analyzed, pair, idf, 1.0, half, ScoreKind.NEIGHBOURS)
            if part is not None:
                yield part

    def _title_parts(self, titles: Sequence[str], length: int) -> Iterator[ScorePart]:
        words = self._weighted.query.title_words
        if words and all(_has_word(titles, word) for word in words):
            average = self._weighted.base.average_title
            factor = MAX_TITLE_GAIN / (1 + (MAX_TITLE_GAIN - 1) * length / average)
            text = " ".join(word.removesuffix("*") for word in words)
            yield ScorePart(ScoreKind.TITLE, title_weight(self._weighted) * factor, text=text)

    def _recency(self, published: int) -> float:
        if published == NO_TIME:
            return 0.0
        age = max(0, self._weighted.base.newest - published)
        return float(RECENCY * 2.0 ** (-age / self._half_life))


def _has_word(titles: Iterable[str], word: str) -> bool:
    if word.endswith("*"):
        return any(title.startswith(word[:-1]) for title in titles)
    return word in titles


def _texts(source: Json) -> Iterator[tuple[TextField, Sequence[str]]]:
    """Yield the texts of the fields, in the order of the fields' numbers."""
    names = {TextField.TOPIC: "topic", TextField.AUTHOR: "author"}
    for field in sorted(TextField):
        if field in PLAIN_FIELDS:
            yield field, [source.get(field.key, "")]
        else:
            yield field, [label.partition(LABEL_SEPARATOR)[2] for label in source[names[field]]]


def _part(
    analyzed: AnalyzedText,
    alternative: TermAlternative,
    idf: float,
    boost: float,
    half: float,
    kind: ScoreKind = ScoreKind.WORD,
) -> ScorePart | None:
    frequency = _frequency(analyzed, alternative)
    if not frequency:
        return None
    gain = alternative.weight * (K1 + 1) * frequency / (frequency + half)
    return ScorePart(
        kind,
        boost * idf * gain,
        text=" ".join(stemming.plain_term(slot[-1]) for slot in alternative.slots)
        or f"{alternative.prefix}…",
        fields=tuple(_fields(analyzed, alternative)),
        idf=idf,
        tf=frequency,
        weight=alternative.weight,
    )


def _frequency(analyzed: AnalyzedText, alternative: TermAlternative) -> float:
    """Return the weighted frequency of an alternative in a document."""
    if not alternative.slots:
        prefix, others = alternative.prefix, alternative.except_words
        return float(any(word.startswith(prefix) and word not in others for word in analyzed.words))
    if len(alternative.slots) == 1 and alternative.field is None:
        return max(analyzed.weights.get(term, 0.0) for term in alternative.slots[0])
    places: set[int] | None = None
    for terms, offset in zip(alternative.slots, alternative.offsets, strict=True):
        here = {
            position - offset for term in terms for position in analyzed.positions.get(term, ())
        }
        places = here if places is None else places & here
    fields = [TextField(place >> FIELD_BITS) for place in places or () if place >= 0]
    return sum(field.boost for field in fields if alternative.field in (None, field))


def _fields(analyzed: AnalyzedText, alternative: TermAlternative) -> Iterator[FieldCount]:
    """Yield the fields that contain terms of an alternative, with counts."""
    counts: dict[TextField, int] = {}
    for term in {term for slot in alternative.slots for term in slot}:
        for position in analyzed.positions.get(term, ()):
            field = TextField(position >> FIELD_BITS)
            counts[field] = counts.get(field, 0) + 1
    for field in TextField:
        if field in counts and alternative.field in (None, field):
            yield FieldCount(field.key, counts[field], field.boost)
