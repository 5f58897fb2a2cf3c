"""Conditions of a filter as masks of the documents of a view."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import assert_never

import numpy as np
import numpy.typing as npt

from search_index.engines.whoosh.index.searcher import IndexView
from search_index.engines.whoosh.query import matching
from search_index.facets import is_year, months
from search_index.fields import Extremes, NumberField, NumberRange
from search_index.query import Condition, FacetField
from search_index.text.document_terms import NO_TIME

Mask = npt.NDArray[np.bool_]
Numbers = npt.NDArray[np.int64]


def condition_masks(
    view: IndexView, groups: tuple[tuple[Condition | NumberRange, ...], ...]
) -> Iterator[Mask]:
    """Yield for each group the mask of documents that meet any of its conditions."""
    for group in groups:
        mask = np.zeros(view.max_doc, np.bool_)
        for condition in group:
            matches = (
                _range_mask(view, condition)
                if isinstance(condition, NumberRange)
                else value_mask(view, condition.field, condition.values)
            )
            mask |= ~matches if condition.negated else matches
        yield mask


def number_column(view: IndexView, field: NumberField) -> tuple[Numbers, Mask | None]:
    """Return a number of every document, and which documents have it; None if all have."""
    match field:
        case NumberField.ID:
            return view.column("ids"), None
        case NumberField.COMMENTS:
            return view.column("comments"), None
        case NumberField.PUBLISHED:
            published = view.column("published")
            return published, published != NO_TIME
        case _:
            assert_never(field)


def _range_mask(view: IndexView, condition: NumberRange) -> Mask:
    numbers, present = number_column(view, condition.field)
    mask = np.ones(view.max_doc, np.bool_) if present is None else present.copy()
    if condition.low is not None:
        mask &= numbers >= condition.low
    if condition.high is not None:
        mask &= numbers <= condition.high
    return mask


def find_extremes(
    view: IndexView, fields: Iterable[NumberField], mask: Mask
) -> tuple[Extremes, ...]:
    """Return the lowest and highest numbers of the documents in `mask` that have any."""
    found = []
    for field in dict.fromkeys(fields):
        numbers, present = number_column(view, field)
        numbers = numbers.compress(mask if present is None else mask & present)
        if len(numbers):
            found.append(Extremes(field, int(numbers.min()), int(numbers.max())))
    return tuple(found)


def value_mask(view: IndexView, field: FacetField, values: frozenset[str]) -> Mask:
    """Return the mask of documents that have any of these values of a field."""
    match field:
        case FacetField.TOPIC:
            return matching.value_mask(view, "topic", values, labels=True)
        case FacetField.AUTHOR:
            return matching.value_mask(view, "author", values, labels=True)
        case FacetField.LANGUAGE:
            return matching.value_mask(view, "language", values, labels=False)
        case FacetField.KIND:
            return matching.value_mask(view, "kind", values, labels=False)
        case FacetField.IMAGE:
            return matching.value_mask(view, "image", values, labels=False)
        case FacetField.YEAR:
            years = [int(value) - 1970 for value in values if is_year(value)]
            return np.isin(view.column("years"), years)
        case FacetField.MONTH:
            numbers = [number for value in values for number in months(value)]
            return np.isin(view.column("months"), numbers)
        case _:
            assert_never(field)
