"""Filters in Algolia's JSON: `facetFilters`, `numericFilters` and `filters`.

All three have one result: groups of terms, a conjunction of disjunctions, and a range of time.
https://www.algolia.com/doc/api-reference/api-parameters/filters
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Any

import orjson

from search_index.query import FacetField

FIELDS = {
    "topics": FacetField.TOPIC,
    "authors": FacetField.AUTHOR,
    "language": FacetField.LANGUAGE,
    "kind": FacetField.KIND,
    "year": FacetField.YEAR,
}
"""The attributes to filter and count by; topics and authors by their names."""

TIME = "timestamp"
"""The numeric attribute: the time of publication in seconds since 1970."""

MAX_VALUES = 100
MAX_FILTER_CHARACTERS = 5_000
_NUMERIC = re.compile(rf"\s*{TIME}\s*(<=|>=|<|>|=)\s*(-?\d{{1,11}})(?:\.\d+)?\s*")
_RANGE = re.compile(rf"\s*{TIME}\s*:\s*(-?\d{{1,11}})\s+(?:to|TO)\s+(-?\d{{1,11}})\s*")
_QUOTED = r""""(?:[^"\\]|\\.)*"|'(?:[^'\\]|\\.)*\'"""
_TOKEN = re.compile(
    rf"""\s*(?: (?P<sign>[()]) | (?P<word>AND|OR|NOT)(?=[\s()]|$)
    | (?P<time>{TIME}\s*(?: [<>=]+\s*[^\s()]+ | :\s*\S+\s+(?:to|TO)\s+[^\s()]+ ))
    | (?P<name>{_QUOTED}|[\w.]+)\s*:\s*(?P<value>{_QUOTED}|[^\s()"']+) )""",
    re.VERBOSE | re.DOTALL,
)


class BadParams(Exception):
    """Invalid parameters of a request; the message may be sent to the client."""


@dataclass(frozen=True, slots=True)
class Term:
    """A value of an attribute that hits must have; if `negated`, must not have."""

    field: FacetField
    value: str
    negated: bool = False


@dataclass(frozen=True, slots=True)
class TimeRange:
    """A half-open range of seconds since 1970; None for no bound."""

    start: int | None = None
    end: int | None = None

    def intersect(self, other: TimeRange) -> TimeRange:
        """Return the intersection of two ranges."""
        starts = [bound for bound in (self.start, other.start) if bound is not None]
        ends = [bound for bound in (self.end, other.end) if bound is not None]
        return TimeRange(max(starts, default=None), min(ends, default=None))

    def as_datetimes(self) -> tuple[datetime | None, datetime | None]:
        """Return both bounds. Raises BadParams beyond the year 9999."""
        return _to_datetime(self.start), _to_datetime(self.end)


@dataclass(frozen=True, slots=True)
class ParsedFilters:
    """Filters: at least one term of each group must match, and the time must be in the range."""

    groups: tuple[tuple[Term, ...], ...] = ()
    time_range: TimeRange = TimeRange()

    def values(self, field: FacetField) -> frozenset[str]:
        """Return the values of a field in all terms."""
        return frozenset(
            term.value for group in self.groups for term in group if term.field is field
        )


def parse_filters(facet_filters: object, numeric_filters: object, filters: object) -> ParsedFilters:
    """Parse the three parameters and combine them. Raises BadParams."""
    groups = [*_parse_facet_filters(facet_filters)]
    time_range = TimeRange()
    for text in parse_list(numeric_filters, "numericFilters"):
        single = text[0] if isinstance(text, list) and len(text) == 1 else text
        time_range = time_range.intersect(_parse_numeric(single if isinstance(single, str) else ""))
    for group in _parse_expression(filters):
        if isinstance(group, TimeRange):
            time_range = time_range.intersect(group)
        else:
            groups.append(group)
    if sum(map(len, groups)) > MAX_VALUES:
        raise BadParams(f"Filters may name at most {MAX_VALUES} values.")
    return ParsedFilters(tuple(groups), time_range)


def parse_list(value: object, name: str) -> list[Any]:
    """Parse a list, JSON in a string, or a single value. Raises BadParams."""
    if isinstance(value, str) and value.startswith("["):
        try:
            value = orjson.loads(value)
        except ValueError:
            raise BadParams(f"{name} is not JSON.") from None
    if value in (None, ""):
        return []
    items = value if isinstance(value, list) else [value]
    if len(items) > MAX_VALUES:
        raise BadParams(f"{name} must have at most {MAX_VALUES} values.")
    return items


def _parse_facet_filters(value: object) -> Iterator[tuple[Term, ...]]:
    for group in parse_list(value, "facetFilters"):
        terms = tuple(map(_parse_facet_filter, parse_list(group, "facetFilters")))
        if terms:
            yield terms


def _parse_facet_filter(text: object) -> Term:
    name, colon, value = text.partition(":") if isinstance(text, str) else ("", "", "")
    if name not in FIELDS or not colon:
        raise BadParams(f"facetFilters take attribute:value, of {', '.join(FIELDS)}.")
    negated = value.startswith("-")
    return Term(FIELDS[name], value[1:] if value[:1] in ("-", "\\") else value, negated)


def _parse_numeric(text: str) -> TimeRange:
    match = _NUMERIC.fullmatch(text)
    if match is not None:
        sign, number = match[1], int(match[2])
        start = number + (sign == ">") if sign in (">=", ">", "=") else None
        end = number + (sign != "<") if sign in ("<=", "<", "=") else None
        return TimeRange(start, end)
    match = _RANGE.fullmatch(text)
    if match is None:
        raise BadParams(
            f"Numbers are compared as in {TIME}>=1700000000 or {TIME}:1700000000 TO 1800000000."
        )
    return TimeRange(int(match[1]), int(match[2]) + 1)


def _to_datetime(seconds: int | None) -> datetime | None:
    if seconds is None:
        return None
    try:
        return datetime.fromtimestamp(seconds, UTC)
    except (ValueError, OverflowError, OSError):
        raise BadParams(f"{TIME} is out of range.") from None


# ── filters ───────────────────────────────────────────────────────────────────────────────────────


def _parse_expression(text: object) -> Iterator[tuple[Term, ...] | TimeRange]:
    """Parse the groups of `a AND (b OR NOT c) AND …`."""
    if text in (None, ""):
        return
    if not isinstance(text, str) or len(text) > MAX_FILTER_CHARACTERS:
        raise BadParams(f"filters must be a text of at most {MAX_FILTER_CHARACTERS} characters.")
    parts, bare_or = _split_at_and(_tokenize(text.rstrip()))
    if bare_or and len(parts) > 1:
        raise BadParams("filters: put what OR joins in parentheses, as in a AND (b OR c).")
    yield from map(_parse_group, parts)


def _tokenize(text: str) -> Iterator[str | Term | TimeRange]:
    position = 0
    while position < len(text):
        match = _TOKEN.match(text, position)
        if match is None:
            raise BadParams(
                f"filters cannot be read at {text[position : position + 30]!r}; they take "
                f"attribute:value, of {', '.join(FIELDS)}, and {TIME}."
            )
        position = match.end()
        if match["time"]:
            yield _parse_numeric(match["time"])
        elif match["name"]:
            yield _build_term(_unquote(match["name"]), _unquote(match["value"]))
        else:
            yield match["sign"] or match["word"]


def _split_at_and(
    tokens: Iterable[str | Term | TimeRange],
) -> tuple[list[list[str | Term | TimeRange]], bool]:
    """Return the groups between AND without parentheses, and if there is an OR outside of them."""
    parts: list[list[str | Term | TimeRange]] = [[]]
    is_nested = has_bare_or = False
    for token in tokens:
        if token in ("(", ")"):
            if (token == "(") == is_nested or (token == "(" and parts[-1]):
                raise BadParams("filters: parentheses enclose what OR joins, and nothing else.")
            is_nested = not is_nested
        elif token == "AND":
            if is_nested:
                raise BadParams("filters: AND cannot stand in parentheses.")
            parts.append([])
        else:
            has_bare_or |= token == "OR" and not is_nested
            parts[-1].append(token)
    if is_nested:
        raise BadParams("filters: a parenthesis is not closed.")
    return parts, has_bare_or


def _parse_group(tokens: list[str | Term | TimeRange]) -> tuple[Term, ...] | TimeRange:
    """Parse terms joined by OR, each with an optional NOT; or a single time range."""
    if len(tokens) == 1 and isinstance(tokens[0], TimeRange):
        return tokens[0]
    terms: list[Term] = []
    negated = complete = False
    for token in tokens:
        if isinstance(token, TimeRange):
            raise BadParams(f"filters: {TIME} can neither be negated nor joined by OR.")
        if isinstance(token, Term) and not complete:
            terms.append(replace(token, negated=negated))
            negated, complete = False, True
        elif token == "OR" and complete:
            complete = False
        elif token == "NOT" and not (complete or negated):
            negated = True
        else:
            raise BadParams("filters: terms are joined by AND or OR, with NOT before a term.")
    if not complete:
        raise BadParams("filters: something is missing beside AND, OR or NOT.")
    return tuple(terms)


def _build_term(name: str, value: str) -> Term:
    if name not in FIELDS:
        raise BadParams(f"filters take attribute:value, of {', '.join(FIELDS)}, and {TIME}.")
    return Term(FIELDS[name], value)


def _unquote(text: str) -> str:
    if text[0] in "\"'":
        return re.sub(r"\\(.)", r"\1", text[1:-1], flags=re.DOTALL)
    return text
