"""Filters, and counts of values, each field's as if its own filter were not set."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import numpy as np
import numpy.typing as npt

from search_index.engines.whoosh import conditions, matching, schema
from search_index.engines.whoosh.segment import Segment
from search_index.engines.whoosh.snapshot import View
from search_index.query import Bucket, Facet, FacetField, Filter

Mask = npt.NDArray[np.bool_]

_VALUES = {
    FacetField.TOPIC: "topic",
    FacetField.AUTHOR: "author",
    FacetField.LANGUAGE: "language",
    FacetField.KIND: "kind",
}
_DATES = "published"
_OF_FACET = {**_VALUES, FacetField.YEAR: _DATES, FacetField.MONTH: _DATES}


class FilterMasks:
    """Which documents of a segment pass each field of a filter."""

    def __init__(self, segment: Segment, filter_: Filter) -> None:
        self._masks = dict(_masks(segment, filter_))
        for number, mask in enumerate(conditions.masks(segment, filter_.conditions)):
            self._masks[f"condition {number}"] = mask

    def passing(self, matching_: Mask, *, but: FacetField | None = None) -> Mask:
        """Those of `matching_` that pass every field of the filter, but one facet's own."""
        passed = matching_
        for name, mask in self._masks.items():
            if but is None or name != _OF_FACET[but]:
                passed = passed & mask
        return passed


def _masks(segment: Segment, filter_: Filter) -> Iterator[tuple[str, Mask]]:
    for name, values, labels in (
        ("topic", filter_.topics, True),
        ("author", filter_.authors, True),
        ("language", filter_.languages, False),
        ("kind", filter_.kinds, False),
    ):
        if values:
            yield name, matching.value_mask(segment, name, values, labels=labels)
    if filter_.published_from is not None or filter_.published_to is not None:
        mask = segment.published != schema.NO_TIME
        if filter_.published_from is not None:
            mask &= segment.published >= schema.microseconds(filter_.published_from)
        if filter_.published_to is not None:
            mask &= segment.published < schema.microseconds(filter_.published_to)
        yield _DATES, mask


def count(view: View, field: FacetField, masks: list[Mask], filter_: Filter, size: int) -> Facet:
    """The `size` most frequent values among the documents in `masks`, and all that are selected.

    Most first, then by value. A label that changes between documents is the most frequent one.
    """
    if field in _VALUES:
        counts, labels = _count_values(view, _VALUES[field], masks)
    else:
        counts, labels = _count_dates(view, field, masks), {}
    selected = _selected(field, filter_, counts)
    ordered = sorted({*counts, *selected}, key=lambda value: (-counts.get(value, 0), value))
    buckets = tuple(
        Bucket(value, labels.get(value, value), counts.get(value, 0), value in selected)
        for number, value in enumerate(ordered)
        if number < size or value in selected
    )
    return Facet(field, buckets)


def _count_values(
    view: View, name: str, masks: list[Mask]
) -> tuple[dict[str, int], dict[str, str]]:
    by_term: dict[str, int] = {}
    for segment, mask in zip(view.segments, masks, strict=True):
        values = segment.values(name)
        counts = values.counts(np.flatnonzero(mask))
        for number in np.flatnonzero(counts).tolist():
            term = values.terms[number]
            by_term[term] = by_term.get(term, 0) + int(counts[number])
    by_value: dict[str, int] = {}
    labels: dict[str, str] = {}
    for term in sorted(by_term, key=lambda term: (by_term[term], term)):
        value, separator, label = term.partition(schema.LABEL_SEPARATOR)
        by_value[value] = by_value.get(value, 0) + by_term[term]
        labels[value] = label if separator else value
    return by_value, labels


def _count_dates(view: View, field: FacetField, masks: list[Mask]) -> dict[str, int]:
    found: dict[str, int] = {}
    for segment, mask in zip(view.segments, masks, strict=True):
        months = segment.months[mask & (segment.published != schema.NO_TIME)]
        keys = months // 12 if field is FacetField.YEAR else months
        for key, number in zip(*np.unique(keys, return_counts=True), strict=True):
            name = _date_name(field, int(key))
            found[name] = found.get(name, 0) + int(number)
    return found


def _date_name(field: FacetField, key: int) -> str:
    if field is FacetField.YEAR:
        return f"{1970 + key:04d}"
    return f"{1970 + key // 12:04d}-{key % 12 + 1:02d}"


def _selected(field: FacetField, filter_: Filter, counts: dict[str, int]) -> frozenset[str]:
    if field is FacetField.TOPIC:
        return filter_.topics
    if field is FacetField.AUTHOR:
        return filter_.authors
    if field is FacetField.LANGUAGE:
        return filter_.languages
    if field is FacetField.KIND:
        return filter_.kinds
    return frozenset(value for value in counts if _is_within(value, filter_))


def _is_within(value: str, filter_: Filter) -> bool:
    """Whether a bounded range of dates takes in the whole of a year or month."""
    if filter_.published_from is None or filter_.published_to is None:
        return False
    year, _, month = value.partition("-")
    first = datetime(int(year), int(month or 1), 1, tzinfo=UTC)
    last_month = datetime(int(year), int(month or 12), 1, tzinfo=UTC)
    try:
        after = (last_month + timedelta(days=31)).replace(day=1)
    except OverflowError:  # the year 9999
        return False
    first_us, after_us = schema.microseconds(first), schema.microseconds(after)
    return schema.microseconds(
        filter_.published_from
    ) <= first_us and after_us <= schema.microseconds(filter_.published_to)
