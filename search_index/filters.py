"""The rules of filters by dates and values, the same for all engines."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import assert_never

from search_index.query import FacetField, Filter
from search_index.text.document_terms import to_microseconds

DATES = "published"
"""The name of the filter by dates."""


def own_filter(field: FacetField) -> str:
    """Return the name of the filter that selects values of a facet."""
    match field:
        case FacetField.TOPIC:
            return "topic"
        case FacetField.AUTHOR:
            return "author"
        case FacetField.LANGUAGE:
            return "language"
        case FacetField.KIND:
            return "kind"
        case FacetField.YEAR | FacetField.MONTH:
            return DATES
        case _:
            assert_never(field)


def is_within(value: str, filter_: Filter) -> bool:
    """Return whether a bounded range of dates includes an entire year or month."""
    if filter_.published_from is None or filter_.published_to is None:
        return False
    year, _, month = value.partition("-")
    first = datetime(int(year), int(month or 1), 1, tzinfo=UTC)
    last_month = datetime(int(year), int(month or 12), 1, tzinfo=UTC)
    try:
        after = (last_month + timedelta(days=31)).replace(day=1)
    except OverflowError:  # the year 9999
        return False
    first_us, after_us = (
        to_microseconds(first),
        to_microseconds(after),
    )
    return to_microseconds(filter_.published_from) <= first_us and after_us <= to_microseconds(
        filter_.published_to
    )


def months(value: str) -> Iterator[int]:
    """Yield the number of a month (`2026-03`) since January 1970; nothing for another text."""
    year, _, month = value.partition("-")
    if is_year(year) and month.isascii() and month.isdigit() and 1 <= int(month) <= 12:
        yield (int(year) - 1970) * 12 + int(month) - 1


def is_year(value: str) -> bool:
    """Return whether a text is a year of four digits."""
    return len(value) == 4 and value.isascii() and value.isdigit()
