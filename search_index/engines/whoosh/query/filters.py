"""Conditions of a filter: which documents of a view fulfil each."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import numpy.typing as npt

from search_index.engines.whoosh.index.searcher import View
from search_index.engines.whoosh.query import matching
from search_index.query import Condition, FacetField

Mask = npt.NDArray[np.bool_]
_COLUMNS = {
    FacetField.TOPIC: ("topic", True),
    FacetField.AUTHOR: ("author", True),
    FacetField.LANGUAGE: ("language", False),
    FacetField.KIND: ("kind", False),
}


def masks(view: View, groups: tuple[tuple[Condition, ...], ...]) -> Iterator[Mask]:
    """For each group the documents that fulfil any of its conditions."""
    for group in groups:
        mask = np.zeros(view.size, np.bool_)
        for condition in group:
            carrying = _carrying(view, condition)
            mask |= ~carrying if condition.without else carrying
        yield mask


def _carrying(view: View, condition: Condition) -> Mask:
    if condition.field in _COLUMNS:
        name, labels = _COLUMNS[condition.field]
        return matching.value_mask(view, name, condition.values, labels=labels)
    if condition.field is FacetField.MONTH:
        wanted = [number for value in condition.values for number in _months(value)]
        return np.isin(view.column("months"), wanted)
    years = [int(value) - 1970 for value in condition.values if _is_year(value)]
    return np.isin(view.column("years"), years)


def _months(value: str) -> Iterator[int]:
    year, _, month = value.partition("-")
    if _is_year(year) and month.isascii() and month.isdigit() and 1 <= int(month) <= 12:
        yield (int(year) - 1970) * 12 + int(month) - 1


def _is_year(value: str) -> bool:
    return len(value) == 4 and value.isascii() and value.isdigit()
