"""Filters in Algolia's JSON: `facetFilters`, `numericFilters` and `filters`.

All three have one result: groups of terms, a conjunction of disjunctions, and a range of time.
https://www.algolia.com/doc/api-reference/api-parameters/filters
"""

from __future__ import annotations

import re
from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from functools import reduce
from typing import Any

import orjson

from search_index.query import FacetField

FIELDS = {
    "topics": FacetField.TOPIC,
    "authors": FacetField.AUTHOR,
    "language": FacetField.LANGUAGE,
    "kind": FacetField.KIND,
    "year": FacetField.YEAR,
    "month": FacetField.MONTH,
    "hasImage": FacetField.IMAGE,
}
"""The attributes to filter and count by; topics and authors by their names."""

TIME = "timestamp"
"""The numeric attribute: the time of publication in seconds since 1970."""

YEAR = "year"
"""A facet that can be compared as a number too."""

MAX_VALUES = 100
MAX_FILTER_CHARACTERS = 5_000
MAX_DEPTH = 10
"""Parentheses of `filters` within each other."""

_NUMBER = rf"{TIME}|{YEAR}"
_COMPARISON = re.compile(rf"\s*({_NUMBER})\s*(<=|>=|!=|<|>|=)\s*(-?\d{{1,11}})(?:\.\d+)?\s*")
_RANGE = re.compile(rf"\s*({_NUMBER})\s*:\s*(-?\d{{1,11}})\s+(?:to|TO)\s+(-?\d{{1,11}})\s*")
_QUOTED = r""""(?:[^"\\]|\\.)*"|'(?:[^'\\]|\\.)*\'"""
_TOKEN = re.compile(
    rf"""\s*(?: (?P<sign>[()]) | (?P<word>AND|OR|NOT)(?=[\s()]|$)
    | (?P<number>(?:{_NUMBER})(?: \s*[!<>=]+\s*[^\s()]+ | \s*:\s*\S+\s+(?:to|TO)\s+[^\s()]+ ))
    | (?P<name>{_QUOTED}|[\w.]+)\s*:\s*(?P<value>{_QUOTED}|[^\s()"'<]+)(?:<score=\d+>)? )""",
    re.VERBOSE | re.DOTALL,
)
_SCORE = re.compile(r"<score=\d+>$")  # of facetFilters; it would only move hits


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
    clauses = [*_parse_numeric_filters(numeric_filters), *_parse_expression(filters)]
    for clause in clauses:
        terms = tuple(term for term in clause if isinstance(term, Term))
        if len(terms) == len(clause):
            groups.append(terms)
        elif isinstance(clause[0], TimeRange) and len(clause) == 1:
            time_range = time_range.intersect(clause[0])
        else:
            raise BadParams(f"filters: {TIME}, or a range of {YEAR}, cannot be joined by OR.")
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
    value = value[1:] if value[:1] in ("-", "\\") else value
    return Term(FIELDS[name], _SCORE.sub("", value), negated)


# ── numbers ───────────────────────────────────────────────────────────────────────────────────────


def _parse_numeric_filters(value: object) -> Iterator[_Clause]:
    for text in parse_list(value, "numericFilters"):
        single = text[0] if isinstance(text, list) and len(text) == 1 else text
        yield (_parse_numeric(single if isinstance(single, str) else ""),)


def _parse_numeric(text: str) -> Term | TimeRange:
    """Parse a comparison, or a range with both ends; of years as the times within them."""
    match = _COMPARISON.fullmatch(text)
    if match is not None:
        name, sign, number = match[1], match[2], int(match[3])
        if name == YEAR and sign in ("=", "!="):
            return Term(FIELDS[YEAR], str(number), negated=sign == "!=")
        if sign == "!=":
            raise BadParams(f"{TIME} can be compared by < <= = >= and >.")
        start = _beginning(name, number + (sign == ">")) if sign in (">=", ">", "=") else None
        end = _beginning(name, number + (sign != "<")) if sign in ("<=", "<", "=") else None
        return TimeRange(start, end)
    match = _RANGE.fullmatch(text)
    if match is None:
        raise BadParams(
            f"Numbers are compared as in {TIME}>=1700000000, {TIME}:1700000000 TO 1800000000 or"
            f" {YEAR}>=2024."
        )
    return TimeRange(_beginning(match[1], int(match[2])), _beginning(match[1], int(match[3]) + 1))


def _beginning(name: str, number: int) -> int:
    """Return the seconds since 1970 at which a second, or a year, begins."""
    if name == TIME:
        return number
    if not 1 <= number <= 9999:
        raise BadParams(f"{YEAR} is out of range.")
    return int(datetime(number, 1, 1, tzinfo=UTC).timestamp())


def _to_datetime(seconds: int | None) -> datetime | None:
    if seconds is None:
        return None
    try:
        return datetime.fromtimestamp(seconds, UTC)
    except (ValueError, OverflowError, OSError):
        raise BadParams(f"{TIME} is out of range.") from None


# ── filters ───────────────────────────────────────────────────────────────────────────────────────

_Clause = tuple[Term | TimeRange, ...]
"""Terms of which at least one must match."""


def _parse_expression(text: object) -> list[_Clause]:
    """Parse `a AND (b OR NOT c) OR …` into clauses that must all match."""
    if text in (None, ""):
        return []
    if not isinstance(text, str) or len(text) > MAX_FILTER_CHARACTERS:
        raise BadParams(f"filters must be a text of at most {MAX_FILTER_CHARACTERS} characters.")
    tokens = deque(_tokenize(text.rstrip()))
    clauses = _parse_joined(tokens, depth=0, negated=False)
    if tokens:
        raise BadParams("filters: a parenthesis is closed that was not opened.")
    return clauses


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
        if match["number"]:
            yield _parse_numeric(match["number"])
        elif match["name"]:
            yield _build_term(_unquote(match["name"]), _unquote(match["value"]))
        else:
            yield match["sign"] or match["word"]


def _parse_joined(
    tokens: deque[str | Term | TimeRange], depth: int, *, negated: bool
) -> list[_Clause]:
    """Parse operands up to the end or a closing parenthesis, all joined by AND, or all by OR."""
    if depth > MAX_DEPTH:
        raise BadParams(f"filters: at most {MAX_DEPTH} parentheses may stand within each other.")
    operands, operators = [_parse_operand(tokens, depth, negated=negated)], set[str]()
    while tokens and tokens[0] in ("AND", "OR"):
        operators.add(str(tokens.popleft()))
        operands.append(_parse_operand(tokens, depth, negated=negated))
    if len(operators) > 1:
        raise BadParams("filters: put what OR joins in parentheses, as in a AND (b OR c).")
    if tokens and tokens[0] != ")":
        raise BadParams("filters: terms are joined by AND or OR, with NOT before a term.")
    if ("OR" in operators) == negated:  # NOT (a OR b) is NOT a AND NOT b
        return _limited([clause for operand in operands for clause in operand])
    return reduce(_either, operands)


def _parse_operand(
    tokens: deque[str | Term | TimeRange], depth: int, *, negated: bool
) -> list[_Clause]:
    token = tokens.popleft() if tokens else ""
    if token == "NOT":
        negated, token = not negated, tokens.popleft() if tokens else ""
    if token == "(":
        clauses = _parse_joined(tokens, depth + 1, negated=negated)
        if not tokens:
            raise BadParams("filters: a parenthesis is not closed.")
        tokens.popleft()
        return clauses
    match token:
        case Term():
            return [(replace(token, negated=token.negated != negated),)]
        case TimeRange() if not negated:
            return [(token,)]
        case TimeRange():
            raise BadParams(f"filters: {TIME} cannot be negated.")
        case _:
            raise BadParams("filters: something is missing beside AND, OR or NOT.")


def _either(left: list[_Clause], right: list[_Clause]) -> list[_Clause]:
    """Return the clauses of `left OR right`: each of one with each of the other."""
    if sum(map(len, left)) * len(right) + sum(map(len, right)) * len(left) > MAX_VALUES:
        raise BadParams(f"filters: written out, they must have at most {MAX_VALUES} values.")
    return [(*one, *other) for one in left for other in right]


def _limited(clauses: list[_Clause]) -> list[_Clause]:
    if sum(map(len, clauses)) > MAX_VALUES:
        raise BadParams(f"Filters may name at most {MAX_VALUES} values.")
    return clauses


def _build_term(name: str, value: str) -> Term:
    if name not in FIELDS:
        raise BadParams(f"filters take attribute:value, of {', '.join(FIELDS)}, and {TIME}.")
    return Term(FIELDS[name], value)


def _unquote(text: str) -> str:
    if text[0] in "\"'":
        return re.sub(r"\\(.)", r"\1", text[1:-1], flags=re.DOTALL)
    return text
