"""Facets as aggregations, and their buckets."""

from __future__ import annotations

from typing import Any, assert_never

from search_index.engines.opensearch.clauses import both
from search_index.filters import is_within, own_filter
from search_index.query import Bucket, Facet, FacetField, Filter
from search_index.text.document_terms import LABEL_SEPARATOR

Json = dict[str, Any]

MAX_VALUES = 10_000
"""Values of a field that are counted, at most: those of most documents."""


def aggregation(field: FacetField, filters: dict[str, Json]) -> Json:
    """Return the aggregation that counts a field, without its own filter."""
    own = own_filter(field)
    others = [query for name, query in filters.items() if name != own]
    return {
        "filter": both(others) if others else {"match_all": {}},
        "aggs": {"values": {"terms": {"field": field.value.lower(), "size": MAX_VALUES}}},
    }


def parse_facet(field: FacetField, response: Json, filter_: Filter, size: int) -> Facet:
    """Return the `size` most frequent values, and all values that are selected."""
    counts: dict[str, int] = {}
    labels: dict[str, tuple[int, str]] = {}
    for bucket in response["values"]["buckets"]:
        value, _, label = bucket["key"].partition(LABEL_SEPARATOR)
        count = bucket["doc_count"]
        counts[value] = counts.get(value, 0) + count
        labels[value] = max(labels.get(value, (0, "")), (count, label or value))
    ordered = sorted(counts, key=lambda value: (-counts[value], value))
    selected = _selected(field, filter_, ordered)
    buckets = [
        Bucket(value, labels[value][1], counts[value], value in selected)
        for number, value in enumerate(ordered)
        if number < size or value in selected
    ]
    missing = sorted(selected.difference(counts))
    return Facet(field, (*buckets, *(Bucket(value, value, 0, True) for value in missing)))


def _selected(field: FacetField, filter_: Filter, values: list[str]) -> frozenset[str]:
    match field:
        case FacetField.TOPIC:
            return filter_.topics
        case FacetField.AUTHOR:
            return filter_.authors
        case FacetField.LANGUAGE:
            return filter_.languages
        case FacetField.KIND:
            return filter_.kinds
        case FacetField.YEAR | FacetField.MONTH:
            return frozenset(value for value in values if is_within(value, filter_))
        case _:
            assert_never(field)
