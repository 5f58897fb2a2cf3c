"""The parameters in Algolia's JSON: as an object, or as a string in the form of a query string.

Filters are parsed in `filters`.
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
    ParsedFilters,
    parse_filters,
    parse_list,
)
from search_index.query import MAX_PAGE, FacetField, Sort

INDEXES = {
    "articles": Sort.RELEVANCE,
    "articles_newest": Sort.NEWEST,
    "articles_oldest": Sort.OLDEST,
    "articles_discussed": Sort.MOST_DISCUSSED,
}
"""The indexes by name: the same articles in different orders."""

UNSUPPORTED = ("tagFilters", "aroundLatLng", "insideBoundingBox", "insidePolygon")
"""Algolia's filters by properties that articles do not have."""

MAX_FACET_HITS = 100
MAX_REACHABLE_HITS = 1000
"""Hits that can be reached by page number, at most, as in Algolia's service."""

SEARCH_COST = 10
FACET_COST = 5
HIT_COST = 15
"""Costs of a search, of a facet, and of a hit with its highlights, see `hub bench worst`."""


@dataclass(frozen=True, slots=True)
class FacetSearch:
    """A search among the values of a facet, by the prefixes in `text`."""

    field: FacetField
    text: str
    limit: int


@dataclass(frozen=True, slots=True)
class Params:
    """One validated request. With `facet` it requests values of a facet instead of hits.

    `retrieved`, `highlighted` and `snippeted` name attributes; None stands for all of them.
    """

    index: str
    text: str
    query: str
    page: int
    hits_per_page: int
    facets: tuple[FacetField, ...]
    facet_size: int
    with_time: bool
    filters: ParsedFilters
    tags: tuple[str, str]
    retrieved: frozenset[str] | None
    highlighted: frozenset[str] | None
    snippeted: frozenset[str] | None
    facet: FacetSearch | None = None

    @property
    def sort(self) -> Sort:
        """The order of the index."""
        return INDEXES[self.index]

    @property
    def cost(self) -> int:
        """The work of this request, in the units of `schema.execution.cost`."""
        skipped = min(self.page * self.hits_per_page, MAX_REACHABLE_HITS)
        searches = 1 + -(-skipped // MAX_PAGE) + 2 * self.with_time
        return (
            searches * SEARCH_COST + len(self.facets) * FACET_COST + self.hits_per_page * HIT_COST
        )


def parse_requests(body: bytes, limit: int) -> list[Params]:
    """Parse the requests of a body, at most `limit`. Raises BadParams."""
    content = _parse_json(body)
    requests = content.get("requests") if isinstance(content, dict) else content
    if not isinstance(requests, list) or not all(isinstance(request, dict) for request in requests):
        raise BadParams("Send a list of requests.")
    if len(requests) > limit:
        raise BadParams(f"Send at most {limit} requests.")
    return [_parse_params(request) for request in requests]


def parse_request(body: bytes, index: str, facet: str | None = None) -> Params:
    """Parse a request with its index, and an optional facet, in the path. Raises BadParams."""
    content = _parse_json(body) if body else {}
    if not isinstance(content, dict):
        raise BadParams("Send an object of parameters.")
    from_path = {"indexName": index, **({"type": "facet", "facet": facet} if facet else {})}
    return _parse_params({**content, **from_path})


def _parse_json(body: bytes) -> Any:
    try:
        return orjson.loads(body)
    except ValueError:
        raise BadParams("The body is not JSON.") from None


def _parse_params(request: Mapping[str, Any]) -> Params:
    index = _to_text(request.get("indexName", ""))
    if index not in INDEXES:
        raise BadParams(f"There is no index {index[:100]!r}; use {', '.join(INDEXES)}.")
    parameters = _merge_parameters(request)
    for name in UNSUPPORTED:
        if any(parse_list(parameters.get(name), name)):
            raise BadParams(f"{name} cannot narrow here: articles have no tags or places.")
    facets = parse_list(parameters.get("facets"), "facets")
    names = FIELDS if "*" in facets else [name for name in FIELDS if name in facets]
    return Params(
        index=index,
        text=urlencode({name: _to_text(value) for name, value in parameters.items()}),
        query=_to_text(parameters.get("query") or ""),
        page=_parse_number(parameters, "page", 0, 10_000),
        hits_per_page=_parse_number(parameters, "hitsPerPage", 20, MAX_PAGE),
        facets=tuple(FIELDS[name] for name in names),
        facet_size=max(1, _parse_number(parameters, "maxValuesPerFacet", 100, 1000)),
        with_time="*" in facets or TIME in facets,
        filters=parse_filters(
            parameters.get("facetFilters"),
            parameters.get("numericFilters"),
            parameters.get("filters"),
        ),
        tags=(
            _to_text(parameters.get("highlightPreTag") or "<em>")[:100],
            _to_text(parameters.get("highlightPostTag") or "</em>")[:100],
        ),
        retrieved=_parse_attributes(parameters, "attributesToRetrieve"),
        highlighted=_parse_attributes(parameters, "attributesToHighlight"),
        snippeted=_parse_attributes(parameters, "attributesToSnippet"),
        facet=_parse_facet_search(request, parameters) if request.get("type") == "facet" else None,
    )


def _parse_facet_search(request: Mapping[str, Any], parameters: Mapping[str, Any]) -> FacetSearch:
    name = request.get("facet")
    if not isinstance(name, str) or name not in FIELDS:
        raise BadParams(f"facet must be one of {', '.join(FIELDS)}.")
    text = _to_text(parameters.get("facetQuery") or "")[:100]
    return FacetSearch(
        FIELDS[name], text, _parse_number(parameters, "maxFacetHits", 10, MAX_FACET_HITS)
    )


def _merge_parameters(request: Mapping[str, Any]) -> dict[str, Any]:
    """Return the parameters of a request, whose place depends on the client's version."""
    params = request.get("params", {})
    if isinstance(params, str):
        try:
            params = dict(parse_qsl(params, keep_blank_values=True, max_num_fields=100))
        except ValueError:
            raise BadParams("params has too many fields.") from None
    if not isinstance(params, dict):
        raise BadParams("params must be an object or a text.")
    envelope = ("params", "indexName", "type", "facet")
    return {name: value for name, value in request.items() if name not in envelope} | params


def _to_text(value: object) -> str:
    return value if isinstance(value, str) else orjson.dumps(value).decode()


def _parse_number(parameters: Mapping[str, Any], name: str, default: int, maximum: int) -> int:
    try:
        number = int(parameters.get(name, default))
    except (TypeError, ValueError, OverflowError):
        raise BadParams(f"{name} must be a number.") from None
    if not 0 <= number <= maximum:
        raise BadParams(f"{name} must be from 0 to {maximum}.")
    return number


def _parse_attributes(parameters: Mapping[str, Any], name: str) -> frozenset[str] | None:
    """Return the attributes in a parameter, without the size of snippets (`body:20`)."""
    if name not in parameters:
        return None
    names = frozenset(
        _to_text(attribute).partition(":")[0] for attribute in parse_list(parameters[name], name)
    )
    return None if "*" in names else names
