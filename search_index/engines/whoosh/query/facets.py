"""Facets: filters, and counts of values, of each field without its own filter."""

from __future__ import annotations

from collections.abc import Iterator
from typing import assert_never

import numpy as np
import numpy.typing as npt

from search_index.engines.whoosh.index import schema
from search_index.engines.whoosh.index.searcher import IndexView
from search_index.engines.whoosh.index.segment_reader import EARLIEST_MONTH
from search_index.engines.whoosh.query import filters
from search_index.facets import (
    DATES,
    build_facet,
    chosen_values,
    collation_key,
    label_of,
    own_filters,
    selected_values,
    with_selected,
)
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
        excluded = frozenset[str]() if except_field is None else own_filters(except_field)
        for name, mask in self._masks.items():
            if name not in excluded:
                passed = passed & mask
        return passed


def _masks(view: IndexView, filter_: Filter) -> Iterator[tuple[str, Mask]]:
    for field in FacetField:
        if values := chosen_values(field, filter_):
            yield field.value, filters.value_mask(view, field, values)
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

    If documents differ in the label, the most frequent is used.
    """
    match field:
        case (
            FacetField.TOPIC
            | FacetField.AUTHOR
            | FacetField.LANGUAGE
            | FacetField.KIND
            | FacetField.IMAGE
        ):
            return _count_values(view, field, mask, filter_, size)
        case FacetField.YEAR:
            numbers = _count_dates(view, "years", mask)
            counts = {_year(number): count for number, count in numbers.items()}
        case FacetField.MONTH:
            numbers = _count_dates(view, "months", mask)
            counts = {_month(number): count for number, count in numbers.items()}
        case _:
            assert_never(field)
    return build_facet(field, counts, {}, filter_, size)


class FacetColumn:
    """The sorted values of one facet field in all segments of a view, each with its labels.

    A value has several labels if it was renamed and some documents are still indexed with the
    old name: topics and authors are indexed by slug and name.
    """

    def __init__(self, view: IndexView, facet: FacetField) -> None:
        name = facet.value.lower()
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
            label = label if separator else label_of(facet, value)
            self._labels[places[value]].append((number, label))
        self._renamed = [place for place, labels in enumerate(self._labels) if len(labels) > 1]
        self._ranks = self._rank_terms()

    def _rank_terms(self) -> Numbers:
        """Return the place of each term in the order of the labels; equal ones by their values."""
        pairs = [(number, label) for labels in self._labels for number, label in labels]
        pairs.sort(key=lambda pair: collation_key(pair[1]))  # stable: values are sorted
        ranks = np.zeros(len(self._terms), np.int64)
        ranks[[number for number, _ in pairs]] = np.arange(len(pairs))
        return ranks

    def counts(self, mask: Mask) -> tuple[Numbers, Numbers]:
        """Count the documents in `mask` with each value, and with each term."""
        by_term = np.zeros(len(self._terms), np.int64)
        if len(by_term):
            is_counted = mask.view(np.uint8).take(self._documents)
            np.add.reduceat(is_counted, self._starts, dtype=np.int64, out=by_term)
        by_value = np.zeros(len(self.values), np.int64)
        np.add.at(by_value, self._places, by_term)
        return by_value, by_term

    def order(self, by_value: Numbers, by_term: Numbers) -> Numbers:
        """Return the values that are counted: highest first, equal ones by their labels."""
        ranks = np.zeros(len(self.values), np.int64)
        ranks[self._places] = self._ranks
        for place in self._renamed:
            ranks[place] = self._ranks[self._label(place, by_term)[0]]
        counted = np.flatnonzero(by_value)
        return counted[np.lexsort((ranks[counted], -by_value[counted]))]

    def label(self, place: int, by_term: Numbers) -> str:
        """Return the most frequent label of a value among the counted documents."""
        return self._label(place, by_term)[1]

    def _label(self, place: int, by_term: Numbers) -> tuple[int, str]:
        return max(self._labels[place], key=lambda entry: (by_term[entry[0]], entry[0]))


def _count_values(
    view: IndexView, field: FacetField, mask: Mask, filter_: Filter, size: int
) -> Facet:
    column = view.compute_once(("values", field), lambda: FacetColumn(view, field))
    by_value, by_term = column.counts(mask)
    selected = selected_values(field, filter_, {})
    buckets = []
    for number, place in enumerate(column.order(by_value, by_term).tolist()):
        if number >= size and not selected:
            break
        value = column.values[place]
        if number < size or value in selected:
            label = column.label(place, by_term)
            buckets.append(Bucket(value, label, int(by_value[place]), value in selected))
    return with_selected(field, buckets, selected)


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
