"""Facets and filters, the same for all engines: values, labels, order, and what is selected."""

from __future__ import annotations

import calendar
import unicodedata
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from typing import assert_never

from search_index.query import Bucket, Facet, FacetField, Filter
from search_index.text.document_terms import to_microseconds
from search_index.text.language_names import language_name

DATES = "published"
"""The name of the filter by dates; others are named as their facets."""


DATED = (FacetField.YEAR, FacetField.MONTH)
"""Facets of the date of publication, which the filter by dates selects too."""

MONTHS = tuple(calendar.month_name)[1:]
IMAGE_LABELS = {"true": "With image", "false": "Without image"}

_MEMO_SIZE = 50_000
"""Labels whose sort keys are cached; about 10 MB when full."""


def chosen_values(field: FacetField, filter_: Filter) -> frozenset[str]:
    """Return the values of a facet that a filter names; none where it does not narrow by it."""
    match field:
        case FacetField.TOPIC:
            return filter_.topics
        case FacetField.AUTHOR:
            return filter_.authors
        case FacetField.LANGUAGE:
            return filter_.languages
        case FacetField.KIND:
            return filter_.kinds
        case FacetField.YEAR:
            return filter_.years
        case FacetField.MONTH:
            return filter_.months
        case FacetField.IMAGE:
            image = filter_.has_image
            return frozenset() if image is None else frozenset({str(image).lower()})
        case _:
            assert_never(field)


def own_filters(field: FacetField) -> frozenset[str]:
    """Return the names of the filters that select values of a facet: they do not narrow it."""
    return frozenset({field.value, DATES}) if field in DATED else frozenset({field.value})


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


def is_month(value: str) -> bool:
    """Return whether a text is a month, as `2026-03`."""
    return len(value) == 7 and any(True for _ in months(value))


def is_year(value: str) -> bool:
    """Return whether a text is a year of four digits."""
    return len(value) == 4 and value.isascii() and value.isdigit()


# ── facets ────────────────────────────────────────────────────────────────────────────────────────


def label_of(field: FacetField, value: str) -> str:
    """Return a value in words. The names of topics and authors are not in their values."""
    match field:
        case FacetField.LANGUAGE:
            return language_name(value)
        case FacetField.KIND:
            return value.replace("_", " ").capitalize()
        case FacetField.MONTH:
            return " ".join(f"{MONTHS[number % 12]} {value[:4]}" for number in months(value))
        case FacetField.IMAGE:
            return IMAGE_LABELS.get(value, value)
        case FacetField.TOPIC | FacetField.AUTHOR | FacetField.YEAR:
            return value
        case _:
            assert_never(field)


@lru_cache(maxsize=_MEMO_SIZE)
def collation_key(label: str) -> tuple[str, str]:
    """Return the key by which labels are sorted: without case and accents first."""
    parts = unicodedata.normalize("NFKD", label.casefold())
    return "".join(part for part in parts if not unicodedata.combining(part)), label


def order_buckets(field: FacetField, buckets: list[Bucket]) -> list[Bucket]:
    """Return buckets by count, highest first, then by label; years and months by date."""
    if field in DATED:
        return sorted(buckets, key=lambda bucket: (-bucket.count, bucket.value))
    return sorted(
        buckets, key=lambda bucket: (-bucket.count, collation_key(bucket.label), bucket.value)
    )


def selected_values(
    field: FacetField, filter_: Filter, values: Mapping[str, int]
) -> frozenset[str]:
    """Return the values of a field that a filter names; years and months also by a range."""
    chosen = chosen_values(field, filter_)
    if field in DATED:
        return chosen | {value for value in values if is_within(value, filter_)}
    return chosen


def build_facet(
    field: FacetField,
    counts: Mapping[str, int],
    labels: Mapping[str, str],
    filter_: Filter,
    size: int,
) -> Facet:
    """Return the `size` most frequent values, and all values that are selected."""
    selected = selected_values(field, filter_, counts)
    ordered = order_buckets(
        field,
        [
            Bucket(value, labels.get(value) or label_of(field, value), count, value in selected)
            for value, count in counts.items()
        ],
    )
    return with_selected(
        field,
        [bucket for place, bucket in enumerate(ordered) if place < size or bucket.selected],
        selected,
    )


def with_selected(field: FacetField, buckets: list[Bucket], selected: frozenset[str]) -> Facet:
    """Return a facet that ends with the selected values that no hit has.

    Of a topic or author, the label is the slug: an engine does not know who may see the name.
    """
    missing = selected.difference(bucket.value for bucket in buckets)
    empty = [Bucket(value, label_of(field, value), 0, True) for value in missing]
    return Facet(field, (*buckets, *order_buckets(field, empty)))
