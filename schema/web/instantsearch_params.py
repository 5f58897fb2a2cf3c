"""The parameters of the search adapter's JSON: as an object, or as text like that of an address."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any
from urllib.parse import parse_qsl, urlencode

import orjson

from search_index.query import MAX_PAGE, FacetField, Sort

FIELDS = {
    "topics": FacetField.TOPIC,
    "authors": FacetField.AUTHOR,
    "language": FacetField.LANGUAGE,
    "kind": FacetField.KIND,
    "year": FacetField.YEAR,
}
"""The attributes to narrow and count by; topics and authors go by their names."""

INDEXES = {
    "articles": Sort.RELEVANCE,
    "articles_newest": Sort.NEWEST,
    "articles_oldest": Sort.OLDEST,
    "articles_discussed": Sort.MOST_DISCUSSED,
}
"""The names of indexes; the others are the same articles in another order."""

MAX_VALUES = 100
_NUMERIC = re.compile(r"\s*timestamp\s*(<=|>=|<|>|=)\s*(-?\d{1,11})\s*")


class BadParams(Exception):
    """A request cannot be answered as asked; the message may be shown."""


@dataclass(frozen=True, slots=True)
class Params:
    """One request, checked."""

    index: str
    text: str
    query: str
    page: int
    hits_per_page: int
    facets: tuple[FacetField, ...]
    facet_size: int
    chosen: dict[FacetField, frozenset[str]]
    published_from: datetime | None
    published_to: datetime | None
    tags: tuple[str, str]

    @property
    def sort(self) -> Sort:
        """The order that the index stands for."""
        return INDEXES[self.index]


def read(body: bytes, most: int) -> list[Params]:
    """The requests of a body, at most `most`. Raises BadParams."""
    try:
        found = orjson.loads(body)
    except ValueError:
        raise BadParams("The body is not JSON.") from None
    requests = found.get("requests") if isinstance(found, dict) else found
    if not isinstance(requests, list) or not all(isinstance(one, dict) for one in requests):
        raise BadParams("Send a list of requests.")
    if len(requests) > most:
        raise BadParams(f"Send at most {most} requests.")
    return [_params(one) for one in requests]


def _params(request: Mapping[str, Any]) -> Params:
    index = _text(request.get("indexName", ""))
    if index not in INDEXES:
        raise BadParams(f"There is no index {index[:100]!r}; use {', '.join(INDEXES)}.")
    given = _given(request)
    if given.get("filters"):
        raise BadParams("filters are not taken; use facetFilters and numericFilters.")
    facets = _list(given.get("facets"), "facets")
    names = FIELDS if "*" in facets else [name for name in FIELDS if name in facets]
    chosen = _chosen(given.get("facetFilters"))
    start, end = _moments(given.get("numericFilters"))
    years = chosen.pop(FacetField.YEAR, frozenset())
    if years:
        start, end = _years(years, start, end)
    return Params(
        index=index,
        text=urlencode({name: _text(value) for name, value in given.items()}),
        query=_text(given.get("query") or ""),
        page=_number(given, "page", 0, 10_000),
        hits_per_page=_number(given, "hitsPerPage", 20, MAX_PAGE),
        facets=tuple(FIELDS[name] for name in names),
        facet_size=max(1, _number(given, "maxValuesPerFacet", 100, 100)),
        chosen=chosen,
        published_from=start,
        published_to=end,
        tags=(
            _text(given.get("highlightPreTag") or "<em>")[:100],
            _text(given.get("highlightPostTag") or "</em>")[:100],
        ),
    )


def _given(request: Mapping[str, Any]) -> dict[str, Any]:
    """The parameters, wherever the adapter's version puts them."""
    params = request.get("params", {})
    if isinstance(params, str):
        try:
            params = dict(parse_qsl(params, keep_blank_values=True, max_num_fields=100))
        except ValueError:
            raise BadParams("params has too many fields.") from None
    if not isinstance(params, dict):
        raise BadParams("params must be an object or a text.")
    beside = {name: value for name, value in request.items() if name not in ("params", "indexName")}
    return beside | params


def _text(value: object) -> str:
    return value if isinstance(value, str) else orjson.dumps(value).decode()


def _number(given: Mapping[str, Any], name: str, usual: int, most: int) -> int:
    try:
        found = int(given.get(name, usual))
    except (TypeError, ValueError, OverflowError):
        raise BadParams(f"{name} must be a number.") from None
    if not 0 <= found <= most:
        raise BadParams(f"{name} must be from 0 to {most}.")
    return found


def _list(value: object, name: str) -> list[Any]:
    """A list, also where it comes as JSON in a text, or as one value alone."""
    if isinstance(value, str) and value.startswith("["):
        try:
            value = orjson.loads(value)
        except ValueError:
            raise BadParams(f"{name} is not JSON.") from None
    if value in (None, ""):
        return []
    found = value if isinstance(value, list) else [value]
    if len(found) > MAX_VALUES:
        raise BadParams(f"{name} must have at most {MAX_VALUES} values.")
    return found


def _chosen(value: object) -> dict[FacetField, frozenset[str]]:
    """What is chosen of each field: any of its values. Raises BadParams for what cannot be so."""
    chosen: dict[FacetField, frozenset[str]] = {}
    for group in _list(value, "facetFilters"):
        values = _list(group, "facetFilters")
        if not values:
            continue
        pairs = [_pair(one) for one in values]
        [field, *others] = {field for field, _ in pairs}
        if others or field in chosen:
            raise BadParams(
                "facetFilters must name each attribute in one group of its own: hits have any of "
                'its values (operator "or").'
            )
        chosen[field] = frozenset(value for _, value in pairs)
    return chosen


def _pair(text: object) -> tuple[FacetField, str]:
    name, colon, value = text.partition(":") if isinstance(text, str) else ("", "", "")
    if name not in FIELDS or not colon or value.startswith("-"):
        raise BadParams(f"facetFilters take attribute:value, of {', '.join(FIELDS)}.")
    return FIELDS[name], value.removeprefix("\\")


def _moments(value: object) -> tuple[datetime | None, datetime | None]:
    """From when on, and until before when, by seconds since 1970."""
    start: int | None = None
    end: int | None = None
    for text in _list(value, "numericFilters"):
        alone = text[0] if isinstance(text, list) and len(text) == 1 else text
        found = _NUMERIC.fullmatch(alone) if isinstance(alone, str) else None
        if found is None:
            raise BadParams("numericFilters take timestamp, as in timestamp>=1700000000.")
        sign, number = found[1], int(found[2])
        if sign in (">=", ">", "="):
            start = max(number + (sign == ">"), start if start is not None else number)
        if sign in ("<=", "<", "="):
            until = number + (sign != "<")
            end = min(until, end if end is not None else until)
    return _moment(start), _moment(end)


def _moment(seconds: int | None) -> datetime | None:
    if seconds is None:
        return None
    try:
        return datetime.fromtimestamp(seconds, UTC)
    except (ValueError, OverflowError, OSError):
        raise BadParams("timestamp is out of range.") from None


def _years(
    years: frozenset[str], start: datetime | None, end: datetime | None
) -> tuple[datetime, datetime]:
    """The span of a year, within the span that is asked for."""
    [year, *others] = years
    if others or not re.fullmatch(r"[12]\d{3}", year):
        raise BadParams("year takes one year, as in year:2026.")
    first, last = datetime(int(year), 1, 1, tzinfo=UTC), datetime(int(year) + 1, 1, 1, tzinfo=UTC)
    return max(first, start or first), min(last, end or last)
