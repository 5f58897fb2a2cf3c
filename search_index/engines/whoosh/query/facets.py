"""Filters, and counts of values, each field's as if its own filter were not set."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import numpy as np
import numpy.typing as npt

from search_index.engines.whoosh.index import schema
from search_index.engines.whoosh.index.searcher import View
from search_index.engines.whoosh.index.segment_reader import EARLIEST_MONTH
from search_index.engines.whoosh.query import filters, matching
from search_index.query import Bucket, Facet, FacetField, Filter

Mask = npt.NDArray[np.bool_]
Numbers = npt.NDArray[np.int64]

_VALUES = {
    FacetField.TOPIC: "topic",
    FacetField.AUTHOR: "author",
    FacetField.LANGUAGE: "language",
    FacetField.KIND: "kind",
}
_DATES = "published"
_OF_FACET = {**_VALUES, FacetField.YEAR: _DATES, FacetField.MONTH: _DATES}


class FilterMasks:
    """Which documents of a view pass each field of a filter."""

    def __init__(self, view: View, filter_: Filter) -> None:
        self._masks = dict(_masks(view, filter_))
        for number, mask in enumerate(filters.masks(view, filter_.conditions)):
            self._masks[f"condition {number}"] = mask

    def passing(self, matching_: Mask, *, but: FacetField | None = None) -> Mask:
        """Those of `matching_` that pass every field of the filter, but one facet's own."""
        passed = matching_
        for name, mask in self._masks.items():
            if but is None or name != _OF_FACET[but]:
                passed = passed & mask
        return passed


def _masks(view: View, filter_: Filter) -> Iterator[tuple[str, Mask]]:
    for name, values, labels in (
        ("topic", filter_.topics, True),
        ("author", filter_.authors, True),
        ("language", filter_.languages, False),
        ("kind", filter_.kinds, False),
    ):
        if values:
            yield name, matching.value_mask(view, name, values, labels=labels)
    if filter_.published_from is not None or filter_.published_to is not None:
        published = view.column("published")
        mask = published != schema.NO_TIME
        if filter_.published_from is not None:
            mask &= published >= schema.microseconds(filter_.published_from)
        if filter_.published_to is not None:
            mask &= published < schema.microseconds(filter_.published_to)
        yield _DATES, mask


def count(view: View, field: FacetField, mask: Mask, filter_: Filter, size: int) -> Facet:
    """The `size` most frequent values among the documents in `mask`, and all that are selected.

    Most first, then by value. A label that changes between documents is the most frequent one.
    """
    if field in _VALUES:
        return _count_values(view, field, mask, filter_, size)
    counts = _count_dates(view, field, mask)
    selected = frozenset(value for value in counts if _is_within(value, filter_))
    ordered = sorted(counts, key=lambda value: (-counts[value], value))
    return Facet(
        field,
        tuple(
            Bucket(value, value, counts[value], value in selected)
            for number, value in enumerate(ordered)
            if number < size or value in selected
        ),
    )


class Column:
    """The values of one facet field in all segments of a view, in order, each with its labels.

    A value has one label, but where it was changed between documents: topics and authors are
    indexed by slug and name.
    """

    def __init__(self, view: View, name: str) -> None:
        postings: dict[str, list[Numbers]] = {}
        for segment, place in view.parts():
            field = segment.fields.get(name)
            if field is None:
                continue
            for number, term in enumerate(field.all_terms()):
                documents = field.documents(number).astype(np.int64) + place.start
                postings.setdefault(schema.decode(term), []).append(documents)
        self._terms = sorted(postings)
        parts = [np.concatenate(postings[term]) for term in self._terms]
        self._documents = np.concatenate([np.zeros(0, np.int64), *parts])
        self._starts = np.cumsum([0, *map(len, parts)])[:-1]
        split = [term.partition(schema.LABEL_SEPARATOR) for term in self._terms]
        self.values = sorted({value for value, _, _ in split})
        places = {value: place for place, value in enumerate(self.values)}
        self._places = np.fromiter((places[value] for value, _, _ in split), np.int64)
        self._labels: list[list[tuple[int, str]]] = [[] for _ in self.values]
        for number, (value, separator, label) in enumerate(split):
            self._labels[places[value]].append((number, label if separator else value))

    def counts(self, mask: Mask) -> tuple[Numbers, Numbers]:
        """How many of the documents in `mask` have each value, and each term."""
        by_term = np.zeros(len(self._terms), np.int64)
        if len(by_term):
            held = mask.view(np.uint8).take(self._documents)
            np.add.reduceat(held, self._starts, dtype=np.int64, out=by_term)
        by_value = np.zeros(len(self.values), np.int64)
        np.add.at(by_value, self._places, by_term)
        return by_value, by_term

    def label(self, place: int, by_term: Numbers) -> str:
        """How most of the documents that were counted call a value."""
        return max(self._labels[place], key=lambda one: (by_term[one[0]], one[0]))[1]


def _count_values(view: View, field: FacetField, mask: Mask, filter_: Filter, size: int) -> Facet:
    name = _VALUES[field]
    column = view.once(("values", name), lambda: Column(view, name))
    by_value, by_term = column.counts(mask)
    selected, buckets = _selected(field, filter_), []
    for number, place in enumerate(np.argsort(-by_value, kind="stable").tolist()):
        value, found = column.values[place], int(by_value[place])
        if not found or (number >= size and not selected):
            break
        if number < size or value in selected:
            label = column.label(place, by_term)
            buckets.append(Bucket(value, label, found, value in selected))
    missing = sorted(selected.difference(bucket.value for bucket in buckets))
    return Facet(field, (*buckets, *(Bucket(value, value, 0, True) for value in missing)))


def _count_dates(view: View, field: FacetField, mask: Mask) -> dict[str, int]:
    keys = view.column("years" if field is FacetField.YEAR else "months").compress(mask)
    keys = keys.compress(keys >= EARLIEST_MONTH)
    first = int(keys.min()) if len(keys) else 0
    return {
        _date_name(field, key): number
        for key, number in enumerate(np.bincount(keys - first).tolist(), start=first)
        if number
    }


def _date_name(field: FacetField, key: int) -> str:
    if field is FacetField.YEAR:
        return f"{1970 + key:04d}"
    return f"{1970 + key // 12:04d}-{key % 12 + 1:02d}"


def _selected(field: FacetField, filter_: Filter) -> frozenset[str]:
    if field is FacetField.TOPIC:
        return filter_.topics
    if field is FacetField.AUTHOR:
        return filter_.authors
    return filter_.languages if field is FacetField.LANGUAGE else filter_.kinds


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
