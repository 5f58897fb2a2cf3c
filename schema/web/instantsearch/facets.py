"""Facets in Algolia's JSON: counts by label, levels of topics, extremes, searches for values."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable, Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

from hub.auth import ANONYMOUS
from hub.db.database import Reader
from hub.reads import topics
from schema.web.instantsearch.filters import (
    FIELDS,
    LEVELS,
    NUMBERS,
    SEPARATOR,
    YEAR,
    is_labelled,
)
from schema.web.instantsearch.highlights import Piece, Tags
from schema.web.instantsearch.params import FacetSearch, Params
from search_index.engine import SearchEngine
from search_index.fields import Extremes, NumberField
from search_index.query import Bucket, Facet, FacetField, Page, SearchQuery

MAX_TREE = 1_000
"""Topics of the levels of the tree, at most, the most frequent first."""

MAX_SEARCHED_VALUES = 10_000
"""Values of a facet that a facet search examines, the most frequent first."""

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


def counted_fields(params: Params) -> tuple[FacetField, ...]:
    """Return the fields that the index counts."""
    fields = [FIELDS[name] for name in params.facets]
    return tuple(dict.fromkeys([*fields, *([FacetField.TOPIC] if params.levels else [])]))


async def facet_results(db: Reader, page: Page, params: Params) -> dict[str, Any]:
    """Return `facets`, `facets_stats` and `renderingContent` of a result, with a redirect in it.

    Values of the same label are added up. One statement for the levels of topics, none without.
    """
    by_field = {facet.field: facet for facet in page.facets}
    counts: dict[str, dict[str, int]] = {name: {} for name in params.numbers if name not in FIELDS}
    for name in params.facets:
        if FIELDS[name] in by_field:
            buckets = by_field[FIELDS[name]].buckets[: params.facet_size]
            pairs = ((_value(FIELDS[name], bucket), bucket.count) for bucket in buckets)
            counts[name] = _add_up(pairs)
    if params.levels and FacetField.TOPIC in by_field:
        counts |= await _levels(db, by_field[FacetField.TOPIC], params)
    extremes = dict(_extremes(page.extremes, params.numbers))
    return {
        "facets": counts,
        **({"facets_stats": extremes} if extremes else {}),
        "renderingContent": {
            **_rendering([name for name in counts if name not in NUMBERS or counts[name]]),
            **({"redirect": {"url": page.rules.redirect}} if page.rules.redirect else {}),
        },
    }


def _add_up(pairs: Iterable[tuple[str, int]]) -> dict[str, int]:
    counts: dict[str, int] = {}
    for value, count in pairs:
        counts[value] = counts.get(value, 0) + count
    return counts


async def _levels(db: Reader, facet: Facet, params: Params) -> dict[str, dict[str, int]]:
    """Return the counts of each level by the names from the top, as `Town > Harbour`."""
    paths = await topics.paths(db, [bucket.value for bucket in facet.buckets], ANONYMOUS)
    pairs: dict[int, list[tuple[str, int]]] = {}
    for bucket in facet.buckets:
        if path := paths.get(bucket.value):
            names = SEPARATOR.join(name for _, name in path.steps)
            pairs.setdefault(path.level, []).append((names, bucket.count))
    return {
        name: _add_up(pairs.get(LEVELS[name], ())[: params.facet_size])
        for name in params.levels
        if LEVELS[name] in pairs or not params.has_all_facets
    }


def _extremes(
    extremes: Iterable[Extremes], names: Iterable[str]
) -> Iterator[tuple[str, dict[str, int]]]:
    by_field = {one.field: one for one in extremes}
    for name in names:
        if NUMBERS[name] in by_field:
            ends = by_field[NUMBERS[name]]
            yield name, {"min": _number(name, ends.low), "max": _number(name, ends.high)}


def _number(name: str, number: int) -> int:
    """Return what an attribute shows of a number of the index."""
    if NUMBERS[name] is NumberField.PUBLISHED:
        moment = _EPOCH + timedelta(microseconds=number)
        return moment.year if name == YEAR else number // 1_000_000
    return number


def _rendering(names: list[str]) -> dict[str, Any]:
    """Return the order of facets, which the widget `dynamicWidgets` shows."""
    values = {name: {"sortRemainingBy": "count"} for name in names}
    return {"facetOrdering": {"facets": {"order": names}, "values": values}}


def _value(field: FacetField, bucket: Bucket) -> str:
    return bucket.label if is_labelled(field) else bucket.value


async def search_values(
    engine: SearchEngine, query: SearchQuery, facet: FacetSearch, tags: Tags
) -> dict[str, Any]:
    """Search the values of a facet: those in which each typed word is the prefix of a word."""
    facet_query = replace(
        query, limit=1, facets=(facet.field,), facet_size=MAX_SEARCHED_VALUES, fragments=0
    )
    page: Page = await engine.search(facet_query)
    prefixes = [_normalize(word) for word in facet.text.split()]
    facet_hits = []
    for bucket in (bucket for counted in page.facets for bucket in counted.buckets):
        value = _value(facet.field, bucket)
        highlighted = _highlight_prefixes(value, prefixes, tags)
        if highlighted is not None:
            hit = {"value": value, "highlighted": highlighted, "count": bucket.count}
            facet_hits.append(hit)
    return {
        "facetHits": facet_hits[: facet.limit],
        "exhaustiveFacetsCount": True,
        "processingTimeMS": max(1, round(page.took_ms)),
    }


def _highlight_prefixes(value: str, prefixes: Iterable[str], tags: Tags) -> str | None:
    """Return `value` with the prefixes in tags; None if one of them is no prefix of a word."""
    words = value.split(" ")
    lengths = [0] * len(words)
    for prefix in prefixes:
        positions = [at for at, word in enumerate(words) if _normalize(word).startswith(prefix)]
        if not positions:
            return None
        for position in positions:
            lengths[position] = max(lengths[position], len(prefix))
    pieces = []
    for number, (word, length) in enumerate(zip(words, lengths, strict=True)):
        space = " " if number + 1 < len(words) else ""
        pieces += [Piece(word[:length], True)] if length else []
        pieces.append(Piece(word[length:] + space, False))
    return tags.render(pieces)


def _normalize(word: str) -> str:
    """Fold the case of a word and remove its accents."""
    parts = unicodedata.normalize("NFD", word.casefold())
    return "".join(character for character in parts if not unicodedata.combining(character))
