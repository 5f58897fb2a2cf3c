"""What a viewer sees, and filters, as queries."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any, assert_never

from search_index.engines.opensearch import clauses
from search_index.engines.opensearch.mapping import clean, number_bounds
from search_index.facets import DATES, chosen_values, is_year, months
from search_index.fields import NumberRange
from search_index.query import (
    NOTHING_WITHDRAWN,
    Condition,
    FacetField,
    Filter,
    Scope,
    Withdrawn,
)
from search_index.text.document_terms import NO_TIME, to_microseconds

Json = dict[str, Any]


def visible(
    statuses: Collection[str], within: Collection[Scope], withdrawn: Withdrawn = NOTHING_WITHDRAWN
) -> Json:
    """Return the query for the documents that a viewer sees."""
    query: Json = {
        "filter": [
            {"terms": {"status": sorted(statuses)}},
            {"terms": {"scope": sorted(scope.value for scope in within)}},
        ]
    }
    hidden = [
        {"terms": {field: sorted(ids)}}
        for field, ids in (("id", withdrawn.articles), ("comment", withdrawn.comments))
        if ids
    ]
    if hidden:
        query["must_not"] = hidden
    return {"bool": query}


def field_filters(filter_: Filter) -> dict[str, Json]:
    """Return the query of each field of a filter but the conditions, by its name."""
    queries = {
        field.value: _condition_values(field, values)
        for field in FacetField
        if (values := chosen_values(field, filter_))
    }
    if filter_.published_from is not None or filter_.published_to is not None:
        bounds = {"gt": NO_TIME}
        if filter_.published_from is not None:
            bounds["gte"] = to_microseconds(filter_.published_from)
            del bounds["gt"]
        if filter_.published_to is not None:
            bounds["lt"] = to_microseconds(filter_.published_to)
        queries[DATES] = {"range": {"published": bounds}}
    return queries


def conditions(groups: tuple[tuple[Condition | NumberRange, ...], ...]) -> list[Json]:
    """Return the query of each group of conditions."""
    return [clauses.either([_condition(condition) for condition in group]) for group in groups]


def _condition(condition: Condition | NumberRange) -> Json:
    query = (
        _range(condition)
        if isinstance(condition, NumberRange)
        else _condition_values(condition.field, condition.values)
    )
    return {"bool": {"must_not": [query]}} if condition.negated else query


def _range(condition: NumberRange) -> Json:
    lowest, highest = number_bounds(condition.field)
    low, high = condition.low, condition.high
    bounds = {
        "gte": lowest if low is None else min(max(low, lowest), highest),
        "lte": highest if high is None else min(max(high, lowest), highest),
    }
    if (low is not None and low > highest) or (high is not None and high < lowest):
        return {"match_none": {}}
    return {"range": {condition.field.value: bounds}}


def _condition_values(field: FacetField, values: Collection[str]) -> Json:
    match field:
        case FacetField.TOPIC:
            return _values("topic_slug", values)
        case FacetField.AUTHOR:
            return _values("author_slug", values)
        case FacetField.LANGUAGE:
            return _values("language", values)
        case FacetField.KIND:
            return _values("kind", values)
        case FacetField.IMAGE:
            return _values("image", values)
        case FacetField.YEAR:
            return _values("year", [value for value in values if is_year(value)])
        case FacetField.MONTH:
            numbers = [number for value in values for number in months(value)]
            names = [f"{1970 + number // 12:04d}-{number % 12 + 1:02d}" for number in numbers]
            return _values("month", names)
        case _:
            assert_never(field)


def _values(field: str, values: Collection[str]) -> Json:
    return {"terms": {field: sorted(map(clean, values))}}
