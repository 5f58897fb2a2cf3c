"""Conditions of a filter as masks of the documents of a view."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import numpy.typing as npt

from search_index.engines.whoosh.index.searcher import IndexView
from search_index.engines.whoosh.query import matching
from search_index.query import Condition, FacetField

Mask = npt.NDArray[np.bool_]
_COLUMNS = {
    FacetField.TOPIC: ("topic", True),
    FacetField.AUTHOR: ("author", True),
    FacetField.LANGUAGE: ("language", False),
    FacetField.KIND: ("kind", False),
}


def condition_masks(view: IndexView, groups: tuple[tuple[Condition, ...], ...]) -> Iterator[Mask]:
    """Yield for each group the mask of documents that meet any of its conditions."""
    for group in groups:
        mask = np.zeros(view.max_doc, np.bool_)
        for condition in group:
            matches = _value_mask(view, condition)
            mask |= ~matches if condition.negated else matches
        yield mask


def _value_mask(view: IndexView, condition: Condition) -> Mask:
    if condition.field in _COLUMNS:
        name, labels = _COLUMNS[condition.field]
        return matching.value_mask(view, name, condition.values, labels=labels)
    if condition.field is FacetField.MONTH:
        months = [number for value in condition.values for number in _months(value)]
        return np.isin(view.column("months"), months)
    years = [int(value) - 1970 for value in condition.values if _is_year(value)]
    return np.isin(view.column("years"), years)


def _months(value: str) -> Iterator[int]:
    year, _, month = value.partition("-")
    if _is_year(year) and month.isascii() and month.isdigit() and 1 <= int(month) <= 12:
        yield (int(year) - 1970) * 12 + int(month) - 1


def _is_year(value: str) -> bool:
    return len(value) == 4 and value.isascii() and value.isdigit()
