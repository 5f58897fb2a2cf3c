"""Facets: filters, and counts of values, of each field without its own filter."""

from __future__ import annotations

from collections.abc import Iterator
from typing import assert_never

import numpy as np
import numpy.typing as npt

from search_index.engines.whoosh.index import schema
from search_index.engines.whoosh.index.searcher import IndexView
from search_index.engines.whoosh.index.segment_reader import EARLIEST_MONTH
from search_index.engines.whoosh.query import filters, matching
from search_index.filters import DATES, is_within, own_filter
from search_index.query import Bucket, Facet, FacetField, Filter
from search_index.text.document_terms import LABEL_SEPARATOR, NO_TIME, to_microseconds

Mask = npt.NDArray[np.bool_]
Numbers = npt.NDArray[np.int64]


class FilterMasks:
    """Masks of the documents of a view that pass each field of a filter."""

    def __init__(self, view: IndexView, filter_: Filter) -> None:
        self._masks = dict(_masks(view, filter_))
        for number, mask in enumerate(filters.condition_masks(view, filter_.conditions)):
            self._masks[f"condition {number}"] = mask

    def apply(self, matching_: Mask, *, except_field: FacetField | None = None) -> Mask:
        """Return the documents of `matching_` that pass all fields of the filter except one."""
        passed = matching_
        excluded = None if except_field is None else own_filter(except_field)
        for name, mask in self._masks.items():
            if name != excluded:
                passed = passed & mask
        return passed


def _masks(view: IndexView, filter_: Filter) -> Iterator[tuple[str, Mask]]:
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
        mask = published != NO_TIME
        if filter_.published_from is not None:
            mask &= published >= to_microseconds(filter_.published_from)
        if filter_.published_to is not None:
            mask &= published < to_microseconds(filter_.published_to)
        yield DATES, mask


def count_facet(
    view: IndexView, field: FacetField, mask: Mask, filter_: Filter, size: int
) -> Facet:
    """Return the `size` most frequent values in `mask`, and all values that are selected.

    Ordered by count, then by value. If documents differ in the label, the most frequent is used.
    """
    match field:
        case FacetField.TOPIC:
            return _count_values(view, field, "topic", filter_.topics, mask, size)
        case FacetField.AUTHOR:
            return _count_values(view, field, "author", filter_.authors, mask, size)
        case FacetField.LANGUAGE:
            return _count_values(view, field, "language", filter_.languages, mask, size)
        case FacetField.KIND:
            return _count_values(view, field, "kind", filter_.kinds, mask, size)
        case FacetField.YEAR:
            numbers = _count_dates(view, "years", mask)
            counts = {_year(number): count for number, count in numbers.items()}
        case FacetField.MONTH:
            numbers = _count_dates(view, "months", mask)
            counts = {_month(number): count for number, count in numbers.items()}
        case _:
            assert_never(field)
    selected = frozenset(value for value in counts if is_within(value, filter_))
    ordered = sorted(counts, key=lambda value: (-counts[value], value))
    return Facet(
        field,
        tuple(
            Bucket(value, value, counts[value], value in selected)
            for number, value in enumerate(ordered)
            if number < size or value in selected
        ),
    )


class FacetColumn:
    """The sorted values of one facet field in all segments of a view, each with its labels.

    A value has several labels if it was renamed and some documents are still indexed with the
    old name: topics and authors are indexed by slug and name.
    """

    def __init__(self, view: IndexView, name: str) -> None:
        postings: dict[str, list[Numbers]] = {}
        for segment, slice_ in view.segment_slices():
            field = segment.fields.get(name)
            if field is None:
                continue
            for number, term in enumerate(field.terms):
                documents = field.documents(number).astype(np.int64) + slice_.start
                postings.setdefault(schema.decode(term), []).append(documents)
        self._terms = sorted(postings)
        parts = [np.concatenate(postings[term]) for term in self._terms]
        self._documents = np.concatenate([np.zeros(0, np.int64), *parts])
        self._starts = np.cumsum([0, *map(len, parts)])[:-1]
        split = [term.partition(LABEL_SEPARATOR) for term in self._terms]
        self.values = sorted({value for value, _, _ in split})
        places = {value: place for place, value in enumerate(self.values)}
        self._places = np.fromiter((places[value] for value, _, _ in split), np.int64)
        self._labels: list[list[tuple[int, str]]] = [[] for _ in self.values]
        for number, (value, separator, label) in enumerate(split):
            self._labels[places[value]].append((number, label if separator else value))

    def counts(self, mask: Mask) -> tuple[Numbers, Numbers]:
        """Count the documents in `mask` with each value, and with each term."""
        by_term = np.zeros(len(self._terms), np.int64)
        if len(by_term):
            is_counted = mask.view(np.uint8).take(self._documents)
            np.add.reduceat(is_counted, self._starts, dtype=np.int64, out=by_term)
        by_value = np.zeros(len(self.values), np.int64)
        np.add.at(by_value, self._places, by_term)
        return by_value, by_term

    def label(self, place: int, by_term: Numbers) -> str:
        """Return the most frequent label of a value among the counted documents."""
        return max(self._labels[place], key=lambda entry: (by_term[entry[0]], entry[0]))[1]


def _count_values(
    view: IndexView,
    field: FacetField,
    name: str,
    selected: frozenset[str],
    mask: Mask,
    size: int,
) -> Facet:
    column = view.compute_once(("values", name), lambda: FacetColumn(view, name))
    by_value, by_term = column.counts(mask)
    buckets = []
    for number, place in enumerate(np.argsort(-by_value, kind="stable").tolist()):
        value, total = column.values[place], int(by_value[place])
        if not total or (number >= size and not selected):
            break
        if number < size or value in selected:
            label = column.label(place, by_term)
            buckets.append(Bucket(value, label, total, value in selected))
    missing = sorted(selected.difference(bucket.value for bucket in buckets))
    return Facet(field, (*buckets, *(Bucket(value, value, 0, True) for value in missing)))


def _count_dates(view: IndexView, column: str, mask: Mask) -> dict[int, int]:
    """Count the documents in `mask` by their years or months since 1970, if published."""
    keys = view.column(column).compress(mask)
    keys = keys.compress(keys >= EARLIEST_MONTH)
    first = int(keys.min()) if len(keys) else 0
    return {
        key: number
        for key, number in enumerate(np.bincount(keys - first).tolist(), start=first)
        if number
    }


def _year(number: int) -> str:
    return f"{1970 + number:04d}"


def _month(number: int) -> str:
    return f"{_year(number // 12)}-{number % 12 + 1:02d}"
