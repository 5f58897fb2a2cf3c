"""Facets as aggregations, and their buckets."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterable
from typing import Any

from search_index.engines.opensearch.clauses import both
from search_index.engines.opensearch.mapping import number_bounds
from search_index.facets import build_facet, own_filters
from search_index.fields import Extremes, NumberField
from search_index.query import Facet, FacetField, Filter
from search_index.text.document_terms import LABEL_SEPARATOR

Json = dict[str, Any]

Search = Callable[[Json], Awaitable[Json]]

MAX_VALUES = 10_000
"""Values of a field that one request counts; of a field with more, the rest is fetched too."""


def aggregation(field: FacetField, filters: dict[str, Json]) -> Json:
    """Return the aggregation that counts a field, without its own filter."""
    return {
        "filter": _others(field, filters),
        "aggs": {"values": {"terms": {"field": field.value.lower(), "size": MAX_VALUES}}},
    }


def extremes_aggregation(fields: Iterable[NumberField], filters: dict[str, Json]) -> Json:
    """Return the aggregation of the lowest and highest numbers of the hits."""
    parts = {
        field.value: {
            "filter": {"range": {field.value: {"gte": number_bounds(field)[0]}}},
            "aggs": {name: {name: {"field": field.value}} for name in ("min", "max")},
        }
        for field in fields
    }
    return {"filter": both(list(filters.values())) if filters else {"match_all": {}}, "aggs": parts}


def parse_extremes(fields: Iterable[NumberField], response: Json) -> tuple[Extremes, ...]:
    """Return the lowest and highest numbers of the hits that have any."""
    return tuple(
        Extremes(field, int(part["min"]["value"]), int(part["max"]["value"]))
        for field in fields
        for part in [response[field.value]]
        if part["doc_count"]
    )


def _others(field: FacetField, filters: dict[str, Json]) -> Json:
    own = own_filters(field)
    others = [query for name, query in filters.items() if name not in own]
    return both(others) if others else {"match_all": {}}


async def complete(
    field: FacetField,
    response: Json,
    required: list[Json],
    filters: dict[str, Json],
    search: Search,
) -> Json:
    """Return the response of `aggregation` with all values of a field, exactly counted.

    The most frequent values of each shard are all of them where there are at most MAX_VALUES;
    otherwise every value of the documents that pass `required` is fetched, a page at a time.
    """
    values = response["values"]
    if not values["sum_other_doc_count"] and not values["doc_count_error_upper_bound"]:
        return response
    source = {"value": {"terms": {"field": field.value.lower()}}}
    composite: Json = {"size": MAX_VALUES, "sources": [source]}
    query = {"bool": {"filter": [*required, _others(field, filters)]}}
    buckets: list[Json] = []
    while True:
        aggregations = {"values": {"composite": composite}}
        page = await search({"size": 0, "query": query, "aggs": aggregations})
        found = page["aggregations"]["values"]
        buckets += ({**bucket, "key": bucket["key"]["value"]} for bucket in found["buckets"])
        if "after_key" not in found or len(found["buckets"]) < MAX_VALUES:
            return {"values": {"buckets": buckets}}
        composite = {**composite, "after": found["after_key"]}


def parse_facet(field: FacetField, response: Json, filter_: Filter, size: int) -> Facet:
    """Return the `size` most frequent values, and all values that are selected."""
    counts: dict[str, int] = {}
    labels: dict[str, tuple[int, str]] = {}
    for bucket in response["values"]["buckets"]:
        value, _, label = bucket["key"].partition(LABEL_SEPARATOR)
        count = bucket["doc_count"]
        counts[value] = counts.get(value, 0) + count
        labels[value] = max(labels.get(value, (0, "")), (count, label))
    return build_facet(
        field, counts, {value: label for value, (_, label) in labels.items()}, filter_, size
    )
