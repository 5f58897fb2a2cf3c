"""The parameters in Algolia's JSON: as an object, or as a string in the form of a query string.

Filters are parsed in `filters`.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qsl, urlencode

import orjson

from hub.settings import Settings
from schema.web.instantsearch.filters import (
    FIELDS,
    LEVELS,
    NUMBERS,
    BadParams,
    ParsedFilters,
    parse_filters,
    parse_list,
)
from schema.web.instantsearch.highlights import Tags
from search_index.query import MAX_PAGE, FacetField, Sort

INDEXES = {
    "articles": Sort.RELEVANCE,
    "articles_newest": Sort.NEWEST,
    "articles_oldest": Sort.OLDEST,
    "articles_discussed": Sort.MOST_DISCUSSED,
}
"""The indexes by name: the same articles in different orders."""

SUGGESTIONS = "_query_suggestions"
"""What the names of the indexes of past searches end with."""

MAX_SUGGESTED = 10
"""Past searches of one request, at most."""

UNSUPPORTED = ("tagFilters", "aroundLatLng", "insideBoundingBox", "insidePolygon")
"""Algolia's filters by properties that articles do not have."""

MAX_FACET_HITS = 100
MAX_SNIPPET = 100
"""Words of a snippet, at most."""

MAX_REACHABLE_HITS = 1000
"""Hits that can be reached by page number, and hits of a page, at most, as in Algolia's service."""

SEARCH_COST = 10
FACET_COST = 5
HIT_COST = 15
PLAIN_HIT_COST = 6
"""Costs of a search, a facet, a hit with its highlights, and without: see `hub bench worst`."""


@dataclass(frozen=True, slots=True)
class FacetSearch:
    """A search among the values of a facet, by the prefixes in `text`."""

    field: FacetField
    text: str
    limit: int


@dataclass(frozen=True, slots=True)
class Attributes:
    """Names of attributes: those in `names`, or with `all` those that are not in `names`.

    `sizes` holds the words of snippets by attribute; `*` stands for every other attribute.
    """

    names: frozenset[str] = frozenset()
    all: bool = False
    sizes: Mapping[str, int] = field(default_factory=dict)

    def has(self, name: str) -> bool:
        """Return whether an attribute is among them."""
        return (name in self.names) != self.all

    def words(self, name: str) -> int | None:
        """Return the words of an attribute's snippet; None if they were not given."""
        return self.sizes.get(name, self.sizes.get("*"))


@dataclass(frozen=True, slots=True)
class UnknownIndex:
    """A request of an index that does not exist, among others that can be answered."""

    index: str

    @property
    def cost(self) -> int:
        """Nothing is searched."""
        return 0

    @property
    def message(self) -> str:
        """What to do instead."""
        names = ", ".join(INDEXES)
        return (
            f"There is no index {self.index[:100]!r}; use {names}, or one of these with "
            f"{SUGGESTIONS} at its end for past searches."
        )


@dataclass(frozen=True, slots=True)
class Params:
    """One validated request. With `facet` it requests values of a facet instead of hits.

    `facets`, `levels` of topics and `numbers` name the attributes to count by, and those whose
    lowest and highest values are told; `has_all_facets`: none of them was named.
    `skipped` and `size` are hits; `by_offset`: they were given as `offset` and `length`, not as a
    page. `is_counted`: it is a search of a reader, not one that counts facets beside it.
    `with_query_id`: clicks on the hits are told.
    """

    index: str
    text: str
    query: str
    skipped: int
    size: int
    by_offset: bool
    facets: tuple[str, ...]
    levels: tuple[str, ...]
    numbers: tuple[str, ...]
    facet_size: int
    filters: ParsedFilters
    tags: Tags
    retrieved: Attributes
    highlighted: Attributes
    snippeted: Attributes
    facet: FacetSearch | None = None
    is_counted: bool = True
    with_query_id: bool = False
    has_all_facets: bool = False

    @property
    def sort(self) -> Sort:
        """The order of the index."""
        return INDEXES[self.index]

    @property
    def is_of_suggestions(self) -> bool:
        """True if past searches are requested instead of articles."""
        return self.index.endswith(SUGGESTIONS)

    @property
    def cost(self) -> int:
        """The work of this request, in the units of `schema.execution.cost`."""
        if self.is_of_suggestions:
            return SEARCH_COST + min(self.size, MAX_SUGGESTED) * HIT_COST
        skipped = min(self.skipped, MAX_REACHABLE_HITS)
        pages = max(1, -(-self.size // MAX_PAGE))
        searches = pages + -(-skipped // MAX_PAGE)
        facets = len(self.facets) + len(self.levels) + bool(self.numbers)
        hit_cost = HIT_COST if self.is_marked else PLAIN_HIT_COST
        return searches * SEARCH_COST + facets * FACET_COST + self.size * hit_cost

    @property
    def is_marked(self) -> bool:
        """True if highlights or snippets are asked for, which is most of a search's work."""
        marked = (self.highlighted, self.snippeted)
        return any(attributes.all or attributes.names for attributes in marked)


def parse_requests(body: bytes, limit: int) -> list[Params | UnknownIndex]:
    """Parse the requests of a body, at most `limit`.

    Raises:
        BadParams: a request cannot be read, or none of them names an index that exists.
    """
    content = parse_json(body)
    requests = content.get("requests") if isinstance(content, dict) else content
    if not isinstance(requests, list) or not all(isinstance(request, dict) for request in requests):
        raise BadParams("Send a list of requests.")
    if len(requests) > limit:
        raise BadParams(f"Send at most {limit} requests.")
    parsed = [parse_params(request) for request in requests]
    if parsed and all(isinstance(one, UnknownIndex) for one in parsed):
        _known(parsed[0])
    return parsed


def parse_request(body: bytes, index: str, facet: str | None = None) -> Params:
    """Parse a request with its index, and an optional facet, in the path. Raises BadParams."""
    content = parse_json(body) if body else {}
    if not isinstance(content, dict):
        raise BadParams("Send an object of parameters.")
    from_path = {"indexName": index, **({"type": "facet", "facet": facet} if facet else {})}
    return _known(parse_params({**content, **from_path}))


def _known(params: Params | UnknownIndex) -> Params:
    if isinstance(params, UnknownIndex):
        raise BadParams(params.message)
    return params


def check_cost(requests: Iterable[Params | UnknownIndex], settings: Settings) -> None:
    """Refuse requests that cost too much together. Raises BadParams."""
    cost = sum(params.cost for params in requests)
    if cost > settings.max_cost:
        raise BadParams(
            f"These requests cost {cost}; at most {settings.max_cost} are allowed. Ask for"
            " fewer hits or fewer results at once, or for hits without highlights and snippets"
            " (attributesToHighlight and attributesToSnippet: [])."
        )


def parse_json(body: bytes) -> Any:
    """Return the content of a body. Raises BadParams."""
    try:
        return orjson.loads(body)
    except ValueError:
        raise BadParams("The body is not JSON.") from None


def parse_params(request: Mapping[str, Any]) -> Params | UnknownIndex:
    """Parse one request, with the name of its index. Raises BadParams."""
    index = _to_text(request.get("indexName", ""))
    if index.removesuffix(SUGGESTIONS) not in INDEXES:
        return UnknownIndex(index)
    parameters = _merge_parameters(request)
    for name in UNSUPPORTED:
        if any(parse_list(parameters.get(name), name)):
            raise BadParams(f"{name} cannot narrow here: articles have no tags or places.")
    facets = parse_list(parameters.get("facets"), "facets")
    has_all = "*" in facets

    def requested(names: Iterable[str]) -> tuple[str, ...]:
        return tuple(name for name in names if has_all or name in facets)

    skipped, size, by_offset = _parse_range(parameters)
    return Params(
        index=index,
        text=urlencode({name: _to_text(value) for name, value in parameters.items()}),
        query=_to_text(parameters.get("query") or ""),
        skipped=skipped,
        size=size,
        by_offset=by_offset,
        facets=requested(FIELDS),
        levels=requested(LEVELS),
        numbers=requested(NUMBERS),
        has_all_facets=has_all,
        facet_size=max(1, parse_number(parameters, "maxValuesPerFacet", 100, 1000)),
        filters=parse_filters(
            parameters.get("facetFilters"),
            parameters.get("numericFilters"),
            parameters.get("filters"),
        ),
        tags=Tags(
            _to_text(parameters.get("highlightPreTag") or "<em>")[:100],
            _to_text(parameters.get("highlightPostTag") or "</em>")[:100],
            _to_text(parameters.get("snippetEllipsisText", "…"))[:100],
        ),
        retrieved=_parse_attributes(parameters, "attributesToRetrieve"),
        highlighted=_parse_attributes(parameters, "attributesToHighlight"),
        snippeted=_parse_attributes(parameters, "attributesToSnippet"),
        facet=_parse_facet_search(request, parameters) if request.get("type") == "facet" else None,
        is_counted=not skipped and _to_text(parameters.get("analytics", True)) != "false",
        with_query_id=_to_text(parameters.get("clickAnalytics", False)) == "true",
    )


def _parse_facet_search(request: Mapping[str, Any], parameters: Mapping[str, Any]) -> FacetSearch:
    name = request.get("facet")
    if not isinstance(name, str) or name not in FIELDS:
        raise BadParams(f"facet must be one of {', '.join(FIELDS)}.")
    text = _to_text(parameters.get("facetQuery") or "")[:100]
    return FacetSearch(
        FIELDS[name], text, parse_number(parameters, "maxFacetHits", 10, MAX_FACET_HITS)
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


def parse_number(parameters: Mapping[str, Any], name: str, default: int, maximum: int) -> int:
    """Return a parameter from 0 to `maximum`. Raises BadParams."""
    try:
        number = int(parameters.get(name, default))
    except (TypeError, ValueError, OverflowError):
        raise BadParams(f"{name} must be a number.") from None
    if not 0 <= number <= maximum:
        raise BadParams(f"{name} must be from 0 to {maximum}.")
    return number


def _parse_range(parameters: Mapping[str, Any]) -> tuple[int, int, bool]:
    """Return hits to skip, hits, and whether both were given as `offset` and `length`."""
    if parameters.get("offset") is not None or parameters.get("length") is not None:
        offset = parse_number(parameters, "offset", 0, 1_000_000)
        return offset, parse_number(parameters, "length", 20, MAX_REACHABLE_HITS), True
    size = parse_number(parameters, "hitsPerPage", 20, MAX_REACHABLE_HITS)
    return parse_number(parameters, "page", 0, 10_000) * size, size, False


def _parse_attributes(parameters: Mapping[str, Any], name: str) -> Attributes:
    """Return the attributes in a parameter: `title`, `*`, `-image` beside it, `body:20`."""
    if name not in parameters:
        return Attributes(all=True)
    sizes, names, excluded = dict[str, int](), set[str](), set[str]()
    for item in map(_to_text, parse_list(parameters[name], name)):
        attribute, colon, size = item.partition(":")
        if colon:
            sizes[attribute] = parse_number({name: size}, name, 0, MAX_SNIPPET)
        if attribute.startswith("-"):
            excluded.add(attribute[1:])
        else:
            names.add(attribute)
    if "*" in names:
        return Attributes(frozenset(excluded), all=True, sizes=sizes)
    return Attributes(frozenset(names - excluded), sizes=sizes)
