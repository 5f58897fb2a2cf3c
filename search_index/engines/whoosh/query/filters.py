"""Conditions of a filter as masks of the documents of a view."""

from __future__ import annotations

from collections.abc import Iterator
from typing import assert_never

import numpy as np
import numpy.typing as npt

from search_index.engines.whoosh.index.searcher import IndexView
from search_index.engines.whoosh.query import matching
from search_index.facets import is_year, months
from search_index.query import Condition, FacetField

Mask = npt.NDArray[np.bool_]


def condition_masks(view: IndexView, groups: tuple[tuple[Condition, ...], ...]) -> Iterator[Mask]:
    """Yield for each group the mask of documents that meet any of its conditions."""
    for group in groups:
        mask = np.zeros(view.max_doc, np.bool_)
        for condition in group:
            matches = value_mask(view, condition.field, condition.values)
            mask |= ~matches if condition.negated else matches
        yield mask


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
