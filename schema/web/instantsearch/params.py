"""The parameters of the search adapter's JSON: as an object, or as text like that of an address.

What narrows hits is read in `instantsearch_filters`.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import parse_qsl, urlencode

import orjson

from schema.web.instantsearch.filters import (
    FIELDS,
    TIME,
    BadParams,
    Narrowing,
    listed,
    narrowing,
)
from search_index.query import MAX_PAGE, FacetField, Sort

INDEXES = {
    "articles": Sort.RELEVANCE,
    "articles_newest": Sort.NEWEST,
    "articles_oldest": Sort.OLDEST,
    "articles_discussed": Sort.MOST_DISCUSSED,
}
"""The names of indexes; the others are the same articles in another order."""

UNKNOWN = ("tagFilters", "aroundLatLng", "insideBoundingBox", "insidePolygon")
"""What narrows hits elsewhere by what articles do not have."""

MAX_FACET_HITS = 100


@dataclass(frozen=True, slots=True)
class FacetSearch:
    """A search among the values of a facet: those with a word that begins with each of `text`."""

    field: FacetField
    text: str
    most: int


@dataclass(frozen=True, slots=True)
class Params:
    """One request, checked. With `facet` it asks for values of a facet, not for hits.

    `retrieved`, `highlighted` and `snipped` name attributes; None stands for all there are.
    """

    index: str
    text: str
    query: str
    page: int
    hits_per_page: int
    facets: tuple[FacetField, ...]
    facet_size: int
    with_time: bool
    narrowing: Narrowing
    tags: tuple[str, str]
    retrieved: frozenset[str] | None
    highlighted: frozenset[str] | None
    snipped: frozenset[str] | None
    facet: FacetSearch | None = None

    @property
    def sort(self) -> Sort:
        """The order that the index stands for."""
        return INDEXES[self.index]


def read(body: bytes, most: int) -> list[Params]:
    """The requests of a body, at most `most`. Raises BadParams."""
    found = _json(body)
    requests = found.get("requests") if isinstance(found, dict) else found
    if not isinstance(requests, list) or not all(isinstance(one, dict) for one in requests):
        raise BadParams("Send a list of requests.")
    if len(requests) > most:
        raise BadParams(f"Send at most {most} requests.")
    return [_params(one) for one in requests]


def read_alone(body: bytes, index: str, facet: str | None = None) -> Params:
    """A request that names its index, and perhaps a facet, in its address. Raises BadParams."""
    found = _json(body) if body else {}
    if not isinstance(found, dict):
        raise BadParams("Send an object of parameters.")
    named = {"indexName": index, **({"type": "facet", "facet": facet} if facet else {})}
    return _params({**found, **named})


def _json(body: bytes) -> Any:
    try:
        return orjson.loads(body)
    except ValueError:
        raise BadParams("The body is not JSON.") from None


def _params(request: Mapping[str, Any]) -> Params:
    index = _text(request.get("indexName", ""))
    if index not in INDEXES:
        raise BadParams(f"There is no index {index[:100]!r}; use {', '.join(INDEXES)}.")
    given = _given(request)
    for name in UNKNOWN:
        if any(listed(given.get(name), name)):
            raise BadParams(f"{name} cannot narrow here: articles have no tags or places.")
    facets = listed(given.get("facets"), "facets")
    names = FIELDS if "*" in facets else [name for name in FIELDS if name in facets]
    return Params(
        index=index,
        text=urlencode({name: _text(value) for name, value in given.items()}),
        query=_text(given.get("query") or ""),
        page=_number(given, "page", 0, 10_000),
        hits_per_page=_number(given, "hitsPerPage", 20, MAX_PAGE),
        facets=tuple(FIELDS[name] for name in names),
        facet_size=max(1, _number(given, "maxValuesPerFacet", 100, 1000)),
        with_time="*" in facets or TIME in facets,
        narrowing=narrowing(
            given.get("facetFilters"), given.get("numericFilters"), given.get("filters")
        ),
        tags=(
            _text(given.get("highlightPreTag") or "<em>")[:100],
            _text(given.get("highlightPostTag") or "</em>")[:100],
        ),
        retrieved=_attributes(given, "attributesToRetrieve"),
        highlighted=_attributes(given, "attributesToHighlight"),
        snipped=_attributes(given, "attributesToSnippet"),
        facet=_facet_search(request, given) if request.get("type") == "facet" else None,
    )


def _facet_search(request: Mapping[str, Any], given: Mapping[str, Any]) -> FacetSearch:
    name = request.get("facet")
    if not isinstance(name, str) or name not in FIELDS:
        raise BadParams(f"facet must be one of {', '.join(FIELDS)}.")
    text = _text(given.get("facetQuery") or "")[:100]
    return FacetSearch(FIELDS[name], text, _number(given, "maxFacetHits", 10, MAX_FACET_HITS))


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
    frame = ("params", "indexName", "type", "facet")
    return {name: value for name, value in request.items() if name not in frame} | params


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


def _attributes(given: Mapping[str, Any], name: str) -> frozenset[str] | None:
    """The attributes that a parameter names, without the size of snippets (`body:20`)."""
    if name not in given:
        return None
    names = frozenset(_text(one).partition(":")[0] for one in listed(given[name], name))
    return None if "*" in names else names
